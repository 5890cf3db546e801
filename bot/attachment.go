package bot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"strconv"
	"strings"

	"derisk/tracker"
)

const (
	// maxUpload is how many bytes the files of one message may have together
	// ("Uploading Files": the limit of a request, without a boosted server's grace).
	maxUpload = 10 << 20
	// maxFileAbout is how many characters describe a file ("Attachment Object").
	maxFileAbout = 1024
	maxFiles     = 10
)

// attachment names a file of a message: ID is its place among the files sent.
type attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
}

// attach adds files to a message. What Discord would not take is told in the
// message instead.
func (m *message) attach(files []File, lang string) {
	size := 0
	for _, f := range files {
		if size += len(f.Data); size > maxUpload || len(m.files) == maxFiles {
			size -= len(f.Data)
			words := tracker.Text{
				EN: "%s is too large for Discord: ask for less, with a filter or a shorter time.",
				ZH: "%s 超过 Discord 的大小上限：请用筛选条件或更短的时间范围缩小查询。",
			}
			m.Content = cutText(strings.TrimSpace(m.Content+"\n"+fmt.Sprintf(words.In(lang), plainText(f.Name))), maxContent)
			continue
		}
		m.Attachments = append(m.Attachments, attachment{strconv.Itoa(len(m.files)), f.Name, cut(strings.Map(visible, f.About), maxFileAbout)})
		m.files = append(m.files, f)
	}
}

// detach takes the files off.
func (m *message) detach() { m.Attachments, m.files = nil, nil }

// filed is a body that files go with.
type filed interface{ sent() []File }

func (m message) sent() []File { return m.files }

func (c callback) sent() []File {
	if inner, is := c.Data.(filed); is {
		return inner.sent()
	}
	return nil
}

// encodeBody is a body as it is sent: JSON, or a form with the JSON and the
// files where it carries some ("Uploading Files").
func encodeBody(body any) (raw []byte, mediaType string, err error) {
	if body == nil {
		return nil, "application/json", nil
	}
	if raw, err = json.Marshal(body); err != nil {
		return nil, "", err
	}
	c, is := body.(filed)
	if !is || len(c.sent()) == 0 {
		return raw, "application/json", nil
	}
	return form(raw, c.sent())
}

func form(raw []byte, files []File) ([]byte, string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	parts := append([]File{{Name: "", Type: "application/json", Data: raw}}, files...)
	for n, f := range parts {
		disposition := `form-data; name="payload_json"`
		if n > 0 {
			disposition = fmt.Sprintf(`form-data; name="files[%d]"; filename=%q`, n-1, f.Name)
		}
		part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}, "Content-Type": {f.Type}})
		if err != nil {
			return nil, "", err
		}
		if _, err := part.Write(f.Data); err != nil {
			return nil, "", err
		}
	}
	err := w.Close()
	return b.Bytes(), w.FormDataContentType(), err
}
