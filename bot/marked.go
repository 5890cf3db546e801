package bot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Marked are lines of a file with the values of their parts to be shown in them.
type Marked []MarkedLine

// MarkedLine is one line of a file.
type MarkedLine struct {
	Number int
	Text   string
	Marks  []Value
}

// Value is a value of some words of a line.
type Value struct {
	Column, Width int    // of the words in Text, in characters; the first column is 1
	Of            string // the words, in one line; empty for an operator that joins others
	Words         string // the value
	Tone          Tone   // of a condition: Good where it holds, Alarm where not
}

const (
	markedWidth = 80 // cells of a line where nothing is known of the terminal
	longValue   = 40 // cells of a value; more is cut
)

// marked writes each line with its values below it, every one under a bracket
// as wide as the words that it is of:
//
//	6 | measure.status == "suspended"
//	  | └ "in-force" ┘
//	  | └────────── false ──────────┘
//
// A line that is too wide is broken between words.
func (d Draw) marked(b *strings.Builder, m Marked) {
	if len(m) == 0 {
		return
	}
	number := len(fmt.Sprint(m[len(m)-1].Number))
	room := cmp.Or(d.Width, markedWidth) - number - 5 // "  6 | "
	for _, line := range m {
		lead := fmt.Sprintf("  %*d | ", number, line.Number)
		for _, piece := range line.pieces(max(room, leastColumn)) {
			b.WriteString(d.paint("2", lead) + piece.text + "\n")
			lead = fmt.Sprintf("  %*s | ", number, "")
			for _, row := range piece.rows(room) {
				b.WriteString(d.paint("2", lead) + d.row(row) + "\n")
			}
		}
	}
}

// piece is as much of a line as fits, with the values whose words begin in it.
// Columns are cells from its beginning.
type piece struct {
	text  string
	marks []bracket
}

// bracket is a value below words, from cell from up to to.
type bracket struct {
	from, to int
	words    string
	tone     Tone
}

// pieces breaks a line, without its indent, to pieces of at most so many cells.
func (l MarkedLine) pieces(room int) (list []piece) {
	runes := []rune(strings.Map(printable, l.Text))
	start := len(runes) - len([]rune(strings.TrimLeft(string(runes), " ")))
	for indent := ""; start < len(runes); indent = "    " {
		end := l.breakAt(runes, start, room-len(indent))
		p := piece{text: strings.TrimRight(indent+string(runes[start:end]), " ")}
		for _, v := range l.Marks {
			from, to := v.Column-1, min(v.Column-1+v.Width, end)
			if from < start || from >= end {
				continue
			}
			before := len(indent) + cells(string(runes[start:from]))
			p.marks = append(p.marks, bracket{before, before + max(1, cells(string(runes[from:to]))), cutCells(clean(v.Words), min(longValue, room-2)), v.Tone})
		}
		list = append(list, p)
		for start = end; start < len(runes) && runes[start] == ' '; {
			start++
		}
	}
	return list
}

// printable keeps the columns of a line: what cannot be printed becomes a space.
func printable(r rune) rune {
	if clean(string(r)) == "" {
		return ' '
	}
	return []rune(clean(string(r)))[0]
}

// breakAt is where a piece that begins at start ends: at a space that parts no
// words that have a value, else at any, else where it is full.
func (l MarkedLine) breakAt(runes []rune, start, room int) int {
	end, used := start, 0
	for end < len(runes) && used+cells(string(runes[end])) <= room {
		used += cells(string(runes[end]))
		end++
	}
	if end == len(runes) {
		return end
	}
	anywhere := end
	for i := end; i > start; i-- {
		if runes[i] != ' ' {
			continue
		}
		if anywhere == end {
			anywhere = i
		}
		parts := slices.ContainsFunc(l.Marks, func(v Value) bool { return v.Column-1 < i && i < v.Column-1+v.Width })
		if !parts && i > start+(end-start)/3 {
			return i
		}
	}
	return anywhere
}

func cutCells(words string, most int) string {
	if cells(words) <= most {
		return words
	}
	return widths.Truncate(words, most, "…")
}

// rows lays the values out: below those of the words inside theirs, and beside
// each other where there is room.
func (p piece) rows(room int) (rows [][]bracket) {
	marks := slices.Clone(p.marks)
	slices.SortStableFunc(marks, func(a, b bracket) int {
		return cmp.Or(cmp.Compare(a.to-a.from, b.to-b.from), cmp.Compare(a.from, b.from))
	})
	lowest := make([]int, len(marks)) // row of each
	for i, m := range marks {
		drawn := m.drawn(room)
		for j, inner := range marks[:i] {
			if inner.from >= m.from && inner.to <= m.to {
				lowest[i] = max(lowest[i], lowest[j]+1)
			}
		}
		for ; lowest[i] < len(rows) && slices.ContainsFunc(rows[lowest[i]], drawn.meets); lowest[i]++ {
		}
		if lowest[i] == len(rows) {
			rows = append(rows, nil)
		}
		rows[lowest[i]] = append(rows[lowest[i]], drawn)
	}
	for _, row := range rows {
		slices.SortFunc(row, func(a, b bracket) int { return a.from - b.from })
	}
	return rows
}

func (b bracket) meets(other bracket) bool { return b.from <= other.to && other.from <= b.to }

// drawn is the bracket with its value in it, as wide as both need, and within
// the room: a value wider than its words runs on to the right, or ends with them.
func (b bracket) drawn(room int) bracket {
	words, span := b.words, b.to-b.from
	switch spare := span - 4 - cells(words); {
	case spare >= 0:
		left := spare / 2
		b.words = "└" + strings.Repeat("─", left) + " " + words + " " + strings.Repeat("─", spare-left) + "┘"
	case span >= cells(words)+2:
		b.words = "└" + words + strings.Repeat("─", span-2-cells(words)) + "┘"
	case b.from+2+cells(words) <= room:
		b.words = "└ " + words
	default:
		b.words = words + " ┘"
		b.from = max(0, b.to-cells(b.words))
	}
	b.to = b.from + cells(b.words)
	return b
}

// row writes brackets beside each other.
func (d Draw) row(row []bracket) string {
	var b strings.Builder
	at := 0
	for _, m := range row {
		b.WriteString(strings.Repeat(" ", m.from-at) + d.paint(valuePaint[m.tone], m.words))
		at = m.to
	}
	return b.String()
}

var valuePaint = map[Tone]string{Good: "32", Alarm: "31"}

// drawMarked gives each value a line of its own: brackets stand crooked on a
// telephone and beside Chinese.
func drawMarked(m Marked) (lines []string) {
	signs := map[Tone]string{Good: "✓ ", Alarm: "✗ "}
	for _, line := range m {
		for _, v := range line.Marks {
			if v.Of != "" {
				lines = append(lines, "- "+signs[v.Tone]+code(cut(v.Of, 200))+": "+oneLine(cut(v.Words, 200)))
			}
		}
	}
	return lines
}
