// Package picture draws the course of measures over time: bands of colour that
// say what each was when, a line for today, and what is dated in words below.
//
// A picture is [Width] pixels wide, made to be read at half of that on a
// telephone. The same [Timeline] gives the same bytes for ever. Its words are
// written in the font that stands beside this file, which has Latin letters and
// the characters of GB 2312; a name with any other character is never drawn as
// an empty box: the next of its names is taken.
package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"time"

	"derisk/tracker"
)

// Width is how wide every picture is, in pixels.
const Width = 800

// Most that a picture shows; a longer list is the caller's to cut and to tell of.
const (
	MaxRows  = 20
	MaxNotes = 20
)

// Timeline is what a picture shows. The words are the reader's language, plain
// text; they are cut where they are too long.
type Timeline struct {
	Title    Names
	About    []string  // lines under the title
	From, To time.Time // first and last instant shown
	Today    time.Time // a line stands there
	Rows     []Row     // one is drawn large, more small
	Notes    []Note    // dated lines below, of one row
	More     string    // what is left out
	Words    Words
}

// Names are what something can be called, the best first.
type Names []string

// Row is the course of one measure.
type Row struct {
	Name   Names
	Beside string // at the right end of its line
	Bands  []Band
}

// Band is a stretch of one status. Zero To: to the end of what is shown.
type Band struct {
	From, To  time.Time
	Status    tracker.Status
	Presumed  bool
	Uncertain bool
}

// Note is something that happens at an instant: marked at the band, told below.
type Note struct {
	At    time.Time
	Day   string // when, in words
	Words string
	Come  bool // no longer to come
}

// Words are what the picture says by itself.
type Words struct {
	Lang      string // of the names of months: "en" or "zh"
	Today     string
	Presumed  string
	Uncertain string
	Status    map[tracker.Status]string
}

// Theme is what a picture is drawn on.
type Theme string

const (
	Dark  Theme = "dark"
	Light Theme = "light"
)

// PNG draws a timeline.
func (t Timeline) PNG(theme Theme) ([]byte, error) {
	if len(t.Rows) == 0 || len(t.Rows) > MaxRows || len(t.Notes) > MaxNotes || !t.From.Before(t.To) {
		return nil, fmt.Errorf("a picture of %d rows and %d notes from %s to %s", len(t.Rows), len(t.Notes), t.From, t.To)
	}
	pen, err := newPen(theme)
	if err != nil {
		return nil, err
	}
	s := sheet{Timeline: t, pen: pen}
	height := s.draw() // on no canvas: only to measure
	pen.canvas = image.NewRGBA(image.Rect(0, 0, Width, height))
	s.draw()
	var out bytes.Buffer
	if err := png.Encode(&out, pen.canvas); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
