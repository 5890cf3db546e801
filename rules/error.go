package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"derisk/tracker"
)

// Error is one fault in a rule file: where it is, the words at fault, and what
// to do about it. It prints as
//
//	truce.yaml:5:15: when: a measure has no field "statu"
//	    measure.statu == "suspended"
//	            ^^^^^ did you mean "status"?
type Error struct {
	File         string
	Line, Column int    // from 1, in characters; 0 where the file as a whole is meant
	Key          string // of the file, such as when or say.en; may be empty
	Message      string
	Quote        string // the line at fault
	At, Width    int    // of the words at fault in Quote, from 0, in characters
	Hint         string // what to write instead; may be empty
}

// Error is the fault in up to three lines.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Headline())
	if e.Quote == "" {
		if e.Hint != "" {
			b.WriteString(": " + e.Hint)
		}
		return b.String()
	}
	quote := []rune(e.Quote)
	at := min(e.At, len(quote))
	fmt.Fprintf(&b, "\n    %s\n    %s%s", e.Quote, blank(quote[:at]), strings.Repeat("^", max(1, width(quote[at:min(at+e.Width, len(quote))]))))
	if e.Hint != "" {
		b.WriteString(" " + e.Hint)
	}
	return b.String()
}

// Rule is the name of the rule whose file it is.
func (e *Error) Rule() string {
	return strings.TrimSuffix(strings.TrimSuffix(e.File, ".yaml"), ".yml")
}

// Headline is the fault in one line, without the quoted words.
func (e *Error) Headline() string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
	}
	if e.Key != "" {
		return place + ": " + e.Key + ": " + e.Message
	}
	return place + ": " + e.Message
}

// blank is as wide as r on a terminal; tabs stay, so that carets line up.
func blank(r []rune) string {
	var b strings.Builder
	for _, c := range r {
		if c == '\t' {
			b.WriteByte('\t')
			continue
		}
		b.WriteString(strings.Repeat(" ", columns(c)))
	}
	return b.String()
}

func width(r []rune) (n int) {
	for _, c := range r {
		n += columns(c)
	}
	return n
}

// columns is two for the wide characters of East Asia.
func columns(c rune) int {
	if c >= 0x1100 && c <= 0x115f || c >= 0x2e80 && c <= 0x1f9ff && utf8.RuneLen(c) >= 3 {
		return 2
	}
	return 1
}

// quote shows the line at fault without its indent; of a long one the part
// round the words at fault.
func (e *Error) quote(line string) {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	e.Quote, e.At = strings.TrimRight(line[indent:], " "), max(0, e.Column-1-indent)
	if len(e.Quote) <= maxQuote {
		return
	}
	shown := []rune(e.Quote)
	from := max(0, min(e.At, len(shown))-maxQuote/3)
	to := min(len(shown), from+maxQuote)
	e.Quote, e.At = string(shown[from:to]), e.At-from
	if from > 0 {
		e.Quote, e.At = "…"+e.Quote, e.At+1
	}
	if to < len(shown) {
		e.Quote += "…"
	}
}

func sortErrors(errs []*Error) {
	slices.SortStableFunc(errs, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// didYouMean is a hint that names the nearest known name, or lists what is
// known where none is near and the list is short.
func didYouMean(name string, known []string) string {
	if near := tracker.Nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(known) <= 24 {
		return "there are: " + strings.Join(known, ", ")
	}
	return ""
}
