package rules

import (
	"slices"
	"strings"
	"unicode"
)

// token is a word, a number, one Chinese character, or one other sign.
type token struct {
	text     string
	from, to int // in characters
	number   bool
}

func tokensOf(text string) (list []token) {
	last := -1 // kind of the character before
	for i, c := range []rune(text) {
		kind := tokenKind(c)
		switch {
		case kind == 0:
		case kind == last && kind < 3:
			t := &list[len(list)-1]
			t.text, t.to = t.text+string(c), i+1
		default:
			list = append(list, token{string(c), i, i + 1, kind == 2})
		}
		last = kind
	}
	return list
}

// tokenKind is 0 for space, 1 and 2 for what makes words and numbers, 3 for what stands alone.
func tokenKind(c rune) int {
	switch {
	case unicode.IsSpace(c):
		return 0
	case unicode.IsDigit(c):
		return 2
	case unicode.Is(unicode.Han, c), !unicode.IsLetter(c):
		return 3
	}
	return 1
}

// maxAligned is how many words of a text are compared with another.
const maxAligned = 400

// alignWords lays want against the stretch of had that is nearest to it, and
// marks the words of either that the other has not there. The score says how near.
func alignWords(want, had string) (w, h Words, score int) {
	a, b := tokensOf(want), tokensOf(had)
	a, b = a[:min(len(a), maxAligned)], b[:min(len(b), 4*maxAligned)]
	table := alignTable(a, b)
	end := 0
	for j := range b {
		if table[len(a)][j+1] > table[len(a)][end] {
			end = j + 1
		}
	}
	w, h = Words{Text: want}, Words{Text: had}
	for i, j := len(a), end; i > 0; {
		switch {
		case j > 0 && table[i][j] == table[i-1][j-1]+likeness(a[i-1], b[j-1]):
			i, j = i-1, j-1
			if a[i].text != b[j].text {
				w.mark(a[i])
				h.mark(b[j])
			}
		case j > 0 && table[i][j] == table[i][j-1]-1:
			j--
			h.mark(b[j])
		default:
			i--
			w.mark(a[i])
		}
	}
	return w, h, table[len(a)][end]
}

// alignTable holds the best score of laying the first i words of a against
// words of b that end at the first j; where they begin costs nothing.
func alignTable(a, b []token) [][]int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
		if i == 0 {
			continue
		}
		table[i][0] = -i
		for j := 1; j <= len(b); j++ {
			table[i][j] = max(table[i-1][j-1]+likeness(a[i-1], b[j-1]), table[i-1][j]-1, table[i][j-1]-1)
		}
	}
	return table
}

// likeness is how well a word stands in the place of another.
func likeness(a, b token) int {
	switch {
	case strings.EqualFold(a.text, b.text):
		return 2
	case a.number && b.number:
		return 0
	}
	return -1
}

// mark marks a word; words are marked from the last to the first.
func (w *Words) mark(t token) {
	if n := len(w.Marks); n > 0 && strings.TrimSpace(string([]rune(w.Text)[t.to:w.Marks[n-1][0]])) == "" {
		w.Marks[n-1][0] = t.from
		return
	}
	w.Marks = append(w.Marks, [2]int{t.from, t.to})
}

// Underline is a line to stand below the text, with ^ below what is marked; ""
// where nothing is.
func (w Words) Underline() string {
	var b strings.Builder
	text, at := []rune(w.Text), 0
	for _, mark := range slices.Backward(w.Marks) {
		b.WriteString(blank(text[at:mark[0]]) + strings.Repeat("^", width(text[mark[0]:mark[1]])))
		at = mark[1]
	}
	return b.String()
}

// Underline is a line to stand below a line of text, with ^ below the
// characters from a column, counted from 1, on.
func Underline(line string, column, length int) string {
	text := []rune(line)
	from := min(max(column-1, 0), len(text))
	return blank(text[:from]) + strings.Repeat("^", max(1, width(text[from:min(from+length, len(text))])))
}
