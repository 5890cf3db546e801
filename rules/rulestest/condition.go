package rulestest

import (
	"fmt"
	"strconv"
	"strings"
)

// Condition is a condition about a measure, as a tree, so that it can be
// written in the language of any engine. What is missing makes a comparison
// false, and its Not true.
type Condition interface{ expr() string }

type (
	// And holds where all of its parts do.
	And []Condition
	// Or holds where one of its parts does.
	Or []Condition
	// Not holds where its part does not.
	Not struct{ Part Condition }
	// Text tests a text.
	Text struct {
		Field string
		Test  Test
	}
	// Some tests whether a list has an entry that meets the test.
	Some struct {
		List string
		Test Test
	}
	// Every tests whether all entries of a list meet the test; an empty list does.
	Every struct {
		List string
		Test Test
	}
	// Has looks for a text in a list.
	Has struct{ List, Value string }
	// Figure compares a figure: >=, >, <= or <.
	Figure struct {
		Field, Op string
		Value     float64
	}
	// Length compares how many entries a list has.
	Length struct {
		List, Op string
		Value    int
	}
	// DaysUntil tests whether a date lies From to To days ahead, both included.
	DaysUntil struct {
		Field    string
		From, To int
	}
	// DaysSince tests whether a date lies From to To days back, both included.
	DaysSince struct {
		Field    string
		From, To int
	}
	// Dated compares a date with a day: >=, >, <= or <.
	Dated struct {
		Field, Op string
		Day       int // since the Unix epoch
	}
	// True is a field that is itself a condition.
	True struct{ Field string }
)

// Test is what a text must meet: == and startsWith and contains have one
// value, in has several.
type Test struct {
	Op     string
	Values []string
}

func (t Test) expr(what string) string {
	if t.Op == "in" {
		return what + " in " + quoteList(t.Values)
	}
	return what + " " + t.Op + " " + strconv.Quote(t.Values[0])
}

func quoteList(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(v)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func (c And) expr() string { return joined(c, " and ") }
func (c Or) expr() string  { return joined(c, " or ") }
func (c Not) expr() string { return "not (" + c.Part.expr() + ")" }

func joined(parts []Condition, word string) string {
	text := make([]string, len(parts))
	for i, part := range parts {
		text[i] = part.expr()
	}
	return "(" + strings.Join(text, word) + ")"
}

func (c Text) expr() string   { return c.Test.expr("measure." + c.Field) }
func (c Some) expr() string   { return fmt.Sprintf("any(measure.%s, %s)", c.List, c.Test.expr("#")) }
func (c Every) expr() string  { return fmt.Sprintf("all(measure.%s, %s)", c.List, c.Test.expr("#")) }
func (c Has) expr() string    { return fmt.Sprintf("%q in measure.%s", c.Value, c.List) }
func (c Figure) expr() string { return fmt.Sprintf("measure.%s %s %v", c.Field, c.Op, c.Value) }
func (c Length) expr() string { return fmt.Sprintf("len(measure.%s) %s %d", c.List, c.Op, c.Value) }

func (c DaysUntil) expr() string {
	return fmt.Sprintf("days_until(measure.%s) in %d..%d", c.Field, c.From, c.To)
}

func (c DaysSince) expr() string {
	return fmt.Sprintf("days_since(measure.%s) in %d..%d", c.Field, c.From, c.To)
}

func (c Dated) expr() string {
	return fmt.Sprintf("measure.%s %s date(%q)", c.Field, c.Op, date(c.Day))
}

func (c True) expr() string { return "measure." + c.Field }
