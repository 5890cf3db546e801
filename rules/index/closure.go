package index

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// frame is what closures look at.
type frame[R any] struct {
	row   *R
	clock Clock
	bound string // the value of the column that the compiler is bound to
	entry string // #, the entry of the innermost list
}

type truth[R any] func(*frame[R]) bool

// closure is a tree made into a function: the one for its kind of value is
// set. None is set where the tree is not understood, which is left to the machine.
type closure[R any] struct {
	truth  truth[R]
	text   func(*frame[R]) string
	figure func(*frame[R]) float64
	day    func(*frame[R]) Day
	list   func(*frame[R]) []string
	whole  bool // the figure is an integer to the machine
}

// compiler makes closures.
type compiler[R any] struct {
	schema *Schema[R]
	bound  string // a column of texts whose value is taken from the frame, not from the row
}

// always, after and pair make functions of a frame: of nothing, of one part and
// of two. They are nil where there is no function to apply.

func always[R, V any](v V) func(*frame[R]) V { return func(*frame[R]) V { return v } }

func after[R, A, V any](part func(*frame[R]) A, apply func(A) V) func(*frame[R]) V {
	if apply == nil {
		return nil
	}
	return func(f *frame[R]) V { return apply(part(f)) }
}

func pair[R, A, B, V any](left func(*frame[R]) A, right func(*frame[R]) B, apply func(A, B) V) func(*frame[R]) V {
	if apply == nil {
		return nil
	}
	return func(f *frame[R]) V { return apply(left(f), right(f)) }
}

// closure makes a tree into a function.
func (c *compiler[R]) closure(n ast.Node) (made closure[R]) {
	switch n := n.(type) {
	case *ast.BoolNode:
		made.truth = always[R](n.Value)
	case *ast.StringNode:
		made.text = always[R](n.Value)
	case *ast.IntegerNode:
		return integer[R](n.Value)
	case *ast.FloatNode:
		made.figure = always[R](n.Value)
	case *ast.PointerNode:
		made.text = func(f *frame[R]) string { return f.entry }
	case *ast.IdentifierNode:
		made.day = clockDays[R](n.Value)
	case *ast.MemberNode:
		return c.column(nameOf(n))
	case *ast.ArrayNode:
		if words := literals(n); words != nil {
			made.list = always[R](words)
		}
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	default:
		name, args := call(n)
		return c.call(name, args)
	}
	return made
}

func clockDays[R any](name string) func(*frame[R]) Day {
	switch name {
	case "today":
		return func(f *frame[R]) Day { return f.clock.Today() }
	case "now":
		return func(f *frame[R]) Day { return f.clock.Now() }
	}
	return nil
}

// column reads a column.
func (c *compiler[R]) column(name string) (made closure[R]) {
	if name != "" && name == c.bound {
		made.text = func(f *frame[R]) string { return f.bound }
		return made
	}
	row := func(f *frame[R]) *R { return f.row }
	made.text = after(row, c.schema.Texts[name])
	made.list = after(row, c.schema.Lists[name])
	made.figure = after(row, c.schema.Figures[name])
	made.day = after(row, c.schema.Days[name])
	made.truth = after(row, c.schema.Truths[name])
	return made
}

func (c *compiler[R]) unary(n *ast.UnaryNode) (made closure[R]) {
	if whole, ok := wholeNumber(n); ok {
		return integer[R](whole)
	}
	part := c.closure(n.Node)
	switch {
	case part.truth != nil:
		made.truth = func(f *frame[R]) bool { return !part.truth(f) }
	case part.figure != nil && n.Operator == "+":
		return part
	case part.figure != nil && !part.whole:
		made.figure = func(f *frame[R]) float64 { return -part.figure(f) }
	}
	return made
}

func (c *compiler[R]) binary(n *ast.BinaryNode) (made closure[R]) {
	if n.Operator == "in" {
		made.truth = c.in(n)
		return made
	}
	left, right := c.closure(n.Left), c.closure(n.Right)
	switch {
	case left.text != nil && right.text != nil && n.Operator == "matches":
		made.truth = after(left.text, matching(right.text(nil))) // it is written out
	case left.text != nil && right.text != nil:
		made.truth = pair(left.text, right.text, textTests[n.Operator])
	case left.truth != nil && right.truth != nil:
		made.truth = truths(n.Operator, left.truth, right.truth)
	case left.day != nil && right.day != nil:
		made.truth = pair(left.day, right.day, dayTests[n.Operator])
	case left.figure != nil && right.figure != nil:
		made.truth = pair(left.figure, right.figure, figureTests[n.Operator])
		if !(left.whole && right.whole) {
			made.figure = pair(left.figure, right.figure, sums[n.Operator])
		}
	}
	return made
}

func truths[R any](operator string, left, right truth[R]) truth[R] {
	switch operator {
	case "and", "&&":
		return func(f *frame[R]) bool { return left(f) && right(f) }
	case "or", "||":
		return func(f *frame[R]) bool { return left(f) || right(f) }
	case "==":
		return func(f *frame[R]) bool { return left(f) == right(f) }
	case "!=":
		return func(f *frame[R]) bool { return left(f) != right(f) }
	}
	return nil
}

// in is a search in a list, in entries written out, or in a range.
func (c *compiler[R]) in(n *ast.BinaryNode) truth[R] {
	left, list := c.closure(n.Left), c.closure(n.Right).list
	if left.text != nil && list != nil {
		return func(f *frame[R]) bool { return slices.Contains(list(f), left.text(f)) }
	}
	if from, to, ok := ends(n.Right); ok && left.figure != nil {
		return after(left.figure, func(v float64) bool { return from <= v && v <= to && isWhole(v) })
	}
	array, ok := n.Right.(*ast.ArrayNode)
	if !ok {
		return nil
	}
	var equal []truth[R]
	for _, entry := range array.Nodes {
		test := c.binary(&ast.BinaryNode{Operator: "==", Left: n.Left, Right: entry}).truth
		if test == nil {
			return nil
		}
		equal = append(equal, test)
	}
	return func(f *frame[R]) bool {
		return slices.ContainsFunc(equal, func(test truth[R]) bool { return test(f) })
	}
}

// call makes a call. Calls that go over a list have a condition in args[1].
func (c *compiler[R]) call(name string, args []ast.Node) (made closure[R]) {
	if len(args) == 0 || len(args) > 2 {
		return made
	}
	first := c.closure(args[0])
	if len(args) == 2 {
		return c.callOfTwo(name, first, c.closure(body(args[1])))
	}
	today := clockDays[R]("today")
	switch written, isText := args[0].(*ast.StringNode); {
	case name == "date" && isText:
		made.day = always[R](c.schema.Date(written.Value))
	case name == "days_until" && first.day != nil:
		made.figure = pair(first.day, today, Day.Until)
	case name == "days_since" && first.day != nil:
		made.figure = pair(first.day, today, func(d, today Day) float64 { return -d.Until(today) })
	case name == "known" && first.day != nil:
		made.truth = after(first.day, func(d Day) bool { return d.Known })
	case name == "known" && first.figure != nil:
		made.truth = after(first.figure, func(v float64) bool { return !missing(v) })
	case name == "len" && first.list != nil:
		made.figure, made.whole = after(first.list, func(l []string) float64 { return float64(len(l)) }), true
	case name == "len" && first.text != nil:
		made.figure, made.whole = after(first.text, runes), true
	case first.text != nil:
		made.text = after(first.text, textFunctions[name])
	case first.figure != nil:
		made.figure, made.whole = after(first.figure, figureFunctions[name]), first.whole && name == "abs"
	}
	return made
}

func (c *compiler[R]) callOfTwo(name string, first, second closure[R]) (made closure[R]) {
	switch {
	case first.figure != nil && second.figure != nil:
		made.figure = pair(first.figure, second.figure, extremes[name])
	case first.day != nil && second.text != nil && name == "working_days_until":
		made.figure = func(f *frame[R]) float64 { return f.clock.WorkingDays(first.day(f), second.text(f)) }
	case first.list != nil && second.truth != nil:
		return over(name, first.list, second.truth)
	}
	return made
}
