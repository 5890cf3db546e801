package discordtest

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
)

// maxUpload is how many bytes a request may have ("Uploading Files").
const maxUpload = 10 << 20

// Upload is a file that came with a message.
type Upload struct {
	Name  string
	Type  string // its media type
	Data  []byte
	About string // the description of its attachment
}

// attachmentBody names a file of a message by its place among those sent.
type attachmentBody struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description"`
}

// splitBody is the JSON of a body and the files that come with it, by the number
// in files[n].
func splitBody(header http.Header, body []byte) (payload []byte, files map[string]Upload, err error) {
	kind, words, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return body, nil, nil // what it is, the description checks
	}
	if len(body) > maxUpload {
		return nil, nil, fmt.Errorf("a body of %d bytes", len(body))
	}
	files = map[string]Upload{}
	form := multipart.NewReader(bytes.NewReader(body), words["boundary"])
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return payload, files, nil
		}
		if err != nil {
			return nil, nil, err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, nil, err
		}
		if part.FormName() == "payload_json" {
			payload = data
			continue
		}
		files[part.FormName()] = Upload{Name: part.FileName(), Type: part.Header.Get("Content-Type"), Data: data}
	}
}

// fileName is what Discord leaves as it is.
var fileName = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// uploads checks that files and attachments are the same, and gives them in order.
func (c *check) uploads(named []attachmentBody, files map[string]Upload) []Upload {
	var all []Upload
	for _, a := range named {
		key := "files[" + a.ID + "]"
		f, sent := files[key]
		if !sent || f.Name != a.Filename || !fileName.MatchString(f.Name) || f.Type == "" || len(f.Data) == 0 {
			c.fail("attachment %s %q: the file sent is %q of type %q with %d bytes", a.ID, a.Filename, f.Name, f.Type, len(f.Data))
		}
		c.length("description of "+a.Filename, a.Description, 0, 1024)
		f.About = a.Description
		all = append(all, f)
	}
	if len(all) != len(files) || len(all) > 10 {
		c.fail("%d files and %d attachments", len(files), len(all))
	}
	return slices.Clip(all)
}
