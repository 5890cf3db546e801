package bot

import (
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
)

// Draw is how a reply is drawn as text.
type Draw struct {
	Width  int  // of the terminal in cells; 0: lines are not broken
	Colour bool // only for a terminal, and not where NO_COLOR is set
}

// Text draws a reply for a terminal, ended by a newline. Tables line up, Chinese
// characters taking two cells. Control characters are taken out.
func (d Draw) Text(r Reply) string {
	var b strings.Builder
	if r.Title != "" {
		b.WriteString(d.paint(tonePaint[r.Tone], clean(r.Title)) + "\n")
	}
	for i, s := range r.Sections {
		if i > 0 || s.Heading != "" {
			b.WriteString("\n")
		}
		d.section(&b, s)
	}
	return b.String()
}

// tonePaint are the terminal's own: bold, and a colour where it says something.
var tonePaint = map[Tone]string{Plain: "1", Good: "1;32", Notice: "1;36", Warning: "1;33", Alarm: "1;31"}

func (d Draw) paint(colour, words string) string {
	if !d.Colour || colour == "" {
		return words
	}
	return "\x1b[" + colour + "m" + words + "\x1b[0m"
}

func (d Draw) section(b *strings.Builder, s Section) {
	if s.Heading != "" {
		b.WriteString(d.paint("1", clean(s.Heading)) + "\n")
	}
	for _, line := range s.Lines {
		d.paragraph(b, "", clean(line))
	}
	d.fields(b, s.Fields)
	for _, item := range s.Items {
		d.paragraph(b, "- ", clean(item))
	}
	if s.Table != nil {
		d.table(b, *s.Table)
	}
	d.marked(b, s.Marked)
	if s.Bands != nil {
		d.bands(b, *s.Bands)
	}
	for _, l := range s.Links {
		d.paragraph(b, "- ", clean(l.Text))
		if l.URL != "" {
			b.WriteString("  " + clean(l.URL) + "\n") // never broken: it is to be copied
		}
	}
}

func (d Draw) fields(b *strings.Builder, fields []Field) {
	widest := 0
	for _, f := range fields {
		widest = max(widest, cells(clean(f.Name)))
	}
	for _, f := range fields {
		d.paragraph(b, pad(clean(f.Name), widest)+"  ", clean(f.Value))
	}
}

// paragraph writes words behind a lead, broken at the width and set in under the lead.
func (d Draw) paragraph(b *strings.Builder, lead, words string) {
	indent := strings.Repeat(" ", cells(lead))
	for i, line := range wrap(words, d.Width-len(indent)) {
		if i > 0 {
			lead = indent
		}
		b.WriteString(strings.TrimRight(lead+line, " ") + "\n")
	}
}

const leastColumn = 20 // cells that the last column keeps where the terminal is narrow

// table writes columns two cells apart. The last is broken where the terminal is
// too narrow for it.
func (d Draw) table(b *strings.Builder, t Table) {
	widths := make([]int, len(t.Columns))
	rows := append([][]string{t.Columns}, t.Rows...)
	for _, row := range rows {
		for i := range widths {
			widths[i] = max(widths[i], cells(clean(row[i])))
		}
	}
	for n, row := range rows {
		lead := ""
		for i := range len(row) - 1 {
			lead += pad(clean(row[i]), widths[i]) + "  "
		}
		last := clean(row[len(row)-1])
		if n == 0 {
			b.WriteString(d.paint("2", strings.TrimRight(lead+last, " ")) + "\n")
			continue
		}
		if room := d.Width - cells(lead); d.Width > 0 && room < leastColumn {
			b.WriteString(strings.TrimRight(lead, " ") + "\n")
			d.paragraph(b, "    ", last)
			continue
		}
		d.paragraph(b, lead, last)
	}
}

// cells is how many cells of a terminal words take.
func cells(words string) int { return widths.StringWidth(words) }

// widths counts as terminals do that are not set for East Asian ambiguity,
// whatever the locale says, so that output is the same everywhere.
var widths = &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}

func pad(words string, width int) string {
	return words + strings.Repeat(" ", max(0, width-cells(words)))
}

// wrap breaks words into lines of at most width cells: at spaces, and between
// Chinese characters. Below 20 cells nothing is broken.
func wrap(words string, width int) []string {
	if width < 20 || cells(words) <= width {
		return []string{words}
	}
	var lines []string
	line, used := "", 0
	for _, piece := range pieces(words) {
		w := cells(piece)
		if used+cells(strings.TrimRight(piece, " ")) > width && used > 0 {
			lines = append(lines, strings.TrimRight(line, " "))
			line, used = "", 0
		}
		line, used = line+piece, used+w
	}
	return append(lines, line)
}

// pieces are what a line may be broken between: a word with the spaces after it,
// or one Chinese character with the punctuation after it.
func pieces(words string) []string {
	var list []string
	start, runes := 0, []rune(words)
	for i := 1; i < len(runes); i++ {
		before, after := runes[i-1], runes[i]
		wide := (isWide(before) || isWide(after)) && !unicode.IsPunct(after) && !opens(before)
		if before == ' ' && after != ' ' || wide && after != ' ' {
			list = append(list, string(runes[start:i]))
			start = i
		}
	}
	return append(list, string(runes[start:]))
}

func isWide(r rune) bool { return unicode.Is(unicode.Han, r) || widths.RuneWidth(r) == 2 }

func opens(r rune) bool { return unicode.In(r, unicode.Ps, unicode.Pi) }

// clean takes out what would move a terminal's cursor or turn the direction of
// the text; a newline becomes a space.
func clean(words string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029', r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, words)
}

// JSON writes a reply's data: one object, or one object a line for a list. A
// reply without data gives its words.
func JSON(w io.Writer, r Reply) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	v := reflect.ValueOf(r.Data)
	if r.Data == nil {
		return out.Encode(map[string]string{"text": strings.TrimSpace(Draw{}.Text(r))})
	}
	if v.Kind() != reflect.Slice {
		return out.Encode(r.Data)
	}
	for i := range v.Len() {
		if err := out.Encode(v.Index(i).Interface()); err != nil {
			return err
		}
	}
	return nil
}
