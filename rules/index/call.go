package index

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
)

// call is the name and the arguments of a call.
func call(n ast.Node) (name string, args []ast.Node) {
	switch n := n.(type) {
	case *ast.BuiltinNode:
		return n.Name, n.Arguments
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			return callee.Value, n.Arguments
		}
	}
	return "", nil
}

var (
	textFunctions   = map[string]func(string) string{"lower": strings.ToLower, "upper": strings.ToUpper, "trim": strings.TrimSpace}
	figureFunctions = map[string]func(float64) float64{"abs": abs, "round": math.Round, "floor": math.Floor, "ceil": math.Ceil}
	extremes        = map[string]func(a, b float64) float64{"min": math.Min, "max": math.Max}
)

// call makes a call. Calls that go over a list, and all else with two
// arguments, have the condition or the second one in args[1].
func (c *compiler[R]) call(name string, args []ast.Node) (made closure[R]) {
	switch {
	case len(args) == 2:
		return c.callOfTwo(name, args)
	case len(args) != 1:
		return made
	case name == "date":
		if written, ok := args[0].(*ast.StringNode); ok {
			day := c.schema.Date(written.Value)
			made.day = func(*frame[R]) Day { return day }
		}
		return made
	}
	part, onText, onFigure := c.closure(args[0]), textFunctions[name], figureFunctions[name]
	switch {
	case part.text != nil && onText != nil:
		made.text = func(f *frame[R]) string { return onText(part.text(f)) }
	case part.figure != nil && onFigure != nil:
		made.figure = func(f *frame[R]) float64 { return onFigure(part.figure(f)) }
		made.whole = part.whole && name == "abs"
	case name == "known" && part.day != nil:
		made.truth = func(f *frame[R]) bool { return part.day(f).Known }
	case name == "known" && part.figure != nil:
		made.truth = func(f *frame[R]) bool { return !missing(part.figure(f)) }
	case name == "len":
		made.figure, made.whole = length(part), true
	case part.day != nil:
		made.figure = c.days(name, part.day)
	}
	return made
}

// length is nil for what has none.
func length[R any](of closure[R]) func(*frame[R]) float64 {
	switch {
	case of.list != nil:
		return func(f *frame[R]) float64 { return float64(len(of.list(f))) }
	case of.text != nil:
		return func(f *frame[R]) float64 { return float64(utf8.RuneCountInString(of.text(f))) }
	}
	return nil
}

func (c *compiler[R]) days(name string, day func(*frame[R]) Day) func(*frame[R]) float64 {
	c.reads.pace = max(c.reads.pace, daily)
	switch name {
	case "days_until":
		return func(f *frame[R]) float64 { return day(f).Until(f.clock.Today()) }
	case "days_since":
		return func(f *frame[R]) float64 { return -day(f).Until(f.clock.Today()) }
	}
	return nil
}

func (c *compiler[R]) callOfTwo(name string, args []ast.Node) (made closure[R]) {
	first, second, extreme := c.closure(args[0]), c.closure(body(args[1])), extremes[name]
	switch {
	case first.figure != nil && second.figure != nil && extreme != nil:
		made.figure = func(f *frame[R]) float64 { return extreme(first.figure(f), second.figure(f)) }
	case first.day != nil && second.text != nil && name == "working_days_until":
		c.reads.pace = instant
		made.figure = func(f *frame[R]) float64 { return f.clock.WorkingDays(first.day(f), second.text(f)) }
	case first.list != nil && second.truth != nil:
		return over(name, first.list, second.truth)
	}
	return made
}

// body is the condition of a call that goes over a list.
func body(n ast.Node) ast.Node {
	if predicate, ok := n.(*ast.PredicateNode); ok {
		return predicate.Node
	}
	return n
}

// over makes what goes over a list.
func over[R any](name string, list func(*frame[R]) []string, holds truth[R]) (made closure[R]) {
	switch name {
	case "any":
		made.truth = func(f *frame[R]) bool { return count(f, list, holds, true, 1) == 1 }
	case "none":
		made.truth = func(f *frame[R]) bool { return count(f, list, holds, true, 1) == 0 }
	case "all":
		made.truth = func(f *frame[R]) bool { return count(f, list, holds, false, 1) == 0 }
	case "one":
		made.truth = func(f *frame[R]) bool { return count(f, list, holds, true, 2) == 1 }
	case "count":
		made.figure, made.whole = func(f *frame[R]) float64 { return float64(count(f, list, holds, true, math.MaxInt)) }, true
	}
	return made
}

// count counts the entries of which a condition is so, up to as many as are enough.
func count[R any](f *frame[R], list func(*frame[R]) []string, holds truth[R], so bool, enough int) (n int) {
	outer := f.entry
	for _, word := range list(f) {
		if f.entry = word; holds(f) != so {
			continue
		}
		if n++; n == enough {
			break
		}
	}
	f.entry = outer
	return n
}
