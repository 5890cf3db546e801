package rules

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// fail reports a fault at a node as a whole.
func (p *fileReader) fail(n *yaml.Node, key, hint, message string) {
	if p.full() {
		p.untold++
		return
	}
	p.tell(p.at(n, 0, utf8.RuneCountInString(n.Value), key, hint, message))
}

// failWithin reports faults inside a node's text.
func (p *fileReader) failWithin(n *yaml.Node, key string, faults []fault) {
	for _, f := range faults {
		if p.full() {
			p.untold++
			continue
		}
		if strings.Contains(f.message, "ends too early") && n.Style == 0 && strings.Contains(p.lines[min(n.Line, len(p.lines))-1], " #") {
			f.hint = "to YAML a # after a space begins a comment: put the expression below a |"
		}
		p.tell(p.at(n, f.from, f.to, key, f.hint, f.message))
	}
}

// at places characters from to to of a scalar's text in the file: quotes,
// escapes, indents and folded lines lie between the text and the file.
func (p *fileReader) at(n *yaml.Node, from, to int, key, hint, message string) *Error {
	line, column := min(n.Line, len(p.lines)), n.Column
	if n.Kind == yaml.ScalarNode {
		if from == 0 {
			p.followed, p.follows = nil, p.follow(n, 1)
		} else if p.followed != n {
			p.followed, p.follows = n, p.places(n)
		}
		if from < len(p.follows) {
			line, column = p.follows[from].line, p.follows[from].column
		}
	}
	e := &Error{File: p.file, Line: line, Column: column, Key: key, Message: message, Hint: hint, Width: max(1, to-from)}
	if line >= 1 && line <= len(p.lines) {
		e.quote(p.lines[line-1])
	}
	return e
}

// places gives the place of each character of a scalar's text in the file, as
// far as they can be followed through its quotes, escapes, indents and folds.
func (p *fileReader) places(n *yaml.Node) []place { return p.follow(n, len(n.Value)) }

// follow is [fileReader.places] for the first characters only.
func (p *fileReader) follow(n *yaml.Node, most int) []place {
	value := []rune(cutBytes(n.Value, most*utf8.UTFMax))
	value = value[:min(most, len(value))]
	places := make([]place, len(value))
	cursor := cursor{lines: p.lines, at: place{min(n.Line, len(p.lines)), max(1, n.Column)}}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		cursor.at = place{min(n.Line+1, len(p.lines)), 1} // the text begins below the | or >
	}
	for i, c := range value {
		if found, ok := cursor.find(c); ok {
			places[i] = found
		} else {
			places[i] = cursor.at
		}
	}
	return places
}

// cursor goes forward through a file's lines.
type cursor struct {
	lines []string
	row   []rune // of the line at; nil: not split yet
	at    place
}

// maxAhead is how many characters of the file may lie between two of a scalar's.
const maxAhead = 300

// find goes on to the next character r, and past it. Where there is none, as r
// was written as an escape, the cursor stays. Space is found where the cursor
// stands, as folding changes it.
func (c *cursor) find(r rune) (place, bool) {
	if r == ' ' || r == '\n' || r == '\t' {
		return c.at, true
	}
	c.split()
	stay, row, left := c.at, c.row, maxAhead
	for ; c.at.line <= len(c.lines) && left > 0; c.at, c.row = (place{c.at.line + 1, 1}), nil {
		c.split()
		for ; c.at.column <= len(c.row) && left > 0; c.at.column, left = c.at.column+1, left-1 {
			if c.row[c.at.column-1] == r {
				found := c.at
				c.at.column++
				return found, true
			}
		}
	}
	c.at, c.row = stay, row
	return place{}, false
}

// split makes the row of the line at ready.
func (c *cursor) split() {
	if c.row == nil && c.at.line <= len(c.lines) {
		c.row = []rune(c.lines[c.at.line-1])
	}
}
