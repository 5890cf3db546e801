package bot

import "derisk/bot/picture"

// Reply is one answer, for every surface to draw. All its words are in the
// request's language and are plain text: whoever draws them escapes what their
// surface would read as markup, and takes out control characters.
type Reply struct {
	Title     string
	Tone      Tone
	Sections  []Section
	Data      any     // for programs: one object, or a slice of objects
	Offers    []Offer // what could be asked next, the likeliest first
	Files     []File  // to be shown or kept beside the words
	Ephemeral bool    // for the asker's eyes only
	No        bool    // the answer is no: a program exits with 1
}

// Tone is a hint for colour; the words say it too.
type Tone string

const (
	Plain   Tone = ""
	Good    Tone = "good"    // done, or free to go
	Notice  Tone = "notice"  // presumed, uncertain, coming soon
	Warning Tone = "warning" // suspended, depends
	Alarm   Tone = "alarm"   // in force, controlled, refused
)

// Section is one part of a reply, drawn in the order of its fields. Any may be empty.
type Section struct {
	Heading string
	Lines   []string // paragraphs
	Fields  []Field
	Items   []string // a list
	Table   *Table
	Marked  Marked            // lines of a file with values in them
	Bands   *picture.Timeline // drawn as text in a terminal; elsewhere the picture is a file
	Links   []Link
}

// Field is a name and its value.
type Field struct{ Name, Value string }

// Table has rows of as many cells as it has columns.
type Table struct {
	Columns []string
	Rows    [][]string
}

// Link is a source: what it is called, and where it is. URL may be empty, and is
// not to be trusted: only http and https may be made to click.
type Link struct{ Text, URL string }

// Offer is a request that could come next, for a button or a hint.
type Offer struct {
	Label   string
	Command string
	Args    map[string]string
}

// File is something that goes with a reply.
type File struct {
	Name  string // such as timeline.png
	Type  string // its media type
	Data  []byte
	About string // what it shows, for who cannot see it
}

func (r *Reply) add(s Section) { r.Sections = append(r.Sections, s) }
