package index

import (
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// frame is what a function made from a tree looks at.
type frame[R any] struct {
	row   *R
	clock Clock
	bound string // the value of the column that the compiler is bound to
	entry entry
}

// entry is what # stands for: the entry of the innermost list.
type entry struct {
	text   string
	figure float64
	day    Day
}

type (
	truth[R any] func(*frame[R]) bool
	text[R any]  func(*frame[R]) string
	date[R any]  func(*frame[R]) Day
)

// kind is the type of a tree.
type kind int

const (
	other kind = iota
	isText
	isFigure
	isDay
	isTruth
)

// compiler makes functions from trees. A tree of which it does not know every
// part makes it fail; what it made is then of no use.
type compiler[R any] struct {
	schema *Schema[R]
	bound  string    // a column of texts whose value is taken from the frame, not from the row
	over   []entries // the lists that a tree stands in, innermost last
	reads  reads
	failed bool
}

// entries is what a list holds.
type entries struct {
	kind kind
	size float64 // of whole figures, as in [figure]
}

// innermost is the list whose entry # is.
func (c *compiler[R]) innermost() entries {
	if len(c.over) == 0 {
		c.fail()
		return entries{}
	}
	return c.over[len(c.over)-1]
}

// reads is what a tree depends on.
type reads struct {
	columns []string // each once
	pace    pace
}

func (r *reads) column(name string) {
	if !slices.Contains(r.columns, name) {
		r.columns = append(r.columns, name)
	}
}

// still says that a tree is the same for all rows and times.
func (r reads) still() bool { return len(r.columns) == 0 && r.pace == never }

// apart runs make, and tells what the trees that it made read.
func (c *compiler[R]) apart(make func()) reads {
	outer := c.reads
	c.reads = reads{}
	make()
	inner := c.reads
	for _, name := range inner.columns {
		outer.column(name)
	}
	outer.pace = max(outer.pace, inner.pace)
	c.reads = outer
	return inner
}

func (c *compiler[R]) fail() { c.failed = true }

// kind is the type of a tree that was checked.
func (c *compiler[R]) kind(n ast.Node) kind {
	switch n := n.(type) {
	case *ast.StringNode:
		return isText
	case *ast.IntegerNode, *ast.FloatNode:
		return isFigure
	case *ast.BoolNode:
		return isTruth
	case *ast.IdentifierNode:
		return isDay
	case *ast.MemberNode:
		return c.schema.kind(column(n))
	case *ast.UnaryNode:
		if n.Operator == "+" || n.Operator == "-" {
			return isFigure
		}
		return isTruth
	case *ast.ConditionalNode:
		return c.kind(n.Exp1)
	case *ast.PointerNode:
		return c.innermost().kind
	case *ast.BinaryNode:
		if strings.Contains("+-*/", n.Operator) {
			return isFigure
		}
		return isTruth
	}
	name, _ := call(n)
	return results[name]
}

// results is what each function gives.
var results = map[string]kind{
	"any": isTruth, "all": isTruth, "none": isTruth, "one": isTruth, "known": isTruth, "count": isFigure, "len": isFigure,
	"days_until": isFigure, "days_since": isFigure, "working_days_until": isFigure, "date": isDay,
	"abs": isFigure, "round": isFigure, "floor": isFigure, "ceil": isFigure, "min": isFigure, "max": isFigure,
	"lower": isText, "upper": isText, "trim": isText,
}

func (s *Schema[R]) kind(name string) kind {
	switch {
	case s.Texts[name] != nil:
		return isText
	case s.Figures[name] != nil:
		return isFigure
	case s.Days[name] != nil:
		return isDay
	case s.Truths[name] != nil:
		return isTruth
	}
	return other
}

// column is the name of the column that a tree reads, or "".
func column(n ast.Node) string {
	if member, ok := n.(*ast.MemberNode); ok {
		base, plain := member.Node.(*ast.IdentifierNode)
		property, named := member.Property.(*ast.StringNode)
		if plain && named {
			return base.Value + "." + property.Value
		}
	}
	return ""
}

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

// truth makes a condition.
func (c *compiler[R]) truth(n ast.Node) truth[R] {
	switch n := n.(type) {
	case *ast.BoolNode:
		return func(*frame[R]) bool { return n.Value }
	case *ast.MemberNode:
		return c.truthColumn(column(n))
	case *ast.UnaryNode:
		part := c.truth(n.Node)
		return func(f *frame[R]) bool { return !part(f) }
	case *ast.ConditionalNode:
		when, yes, no := c.truth(n.Cond), c.truth(n.Exp1), c.truth(n.Exp2)
		return func(f *frame[R]) bool {
			if when(f) {
				return yes(f)
			}
			return no(f)
		}
	case *ast.BinaryNode:
		return c.binary(n)
	}
	return c.truthCall(n)
}

func (c *compiler[R]) truthColumn(name string) truth[R] {
	read := c.schema.Truths[name]
	if read == nil {
		c.fail()
	}
	c.reads.column(name)
	return func(f *frame[R]) bool { return read(f.row) }
}

func (c *compiler[R]) truthCall(n ast.Node) truth[R] {
	name, args := call(n)
	switch name {
	case "any":
		count := c.count(args, false)
		return func(f *frame[R]) bool { return count(f, 1) == 1 }
	case "none":
		count := c.count(args, false)
		return func(f *frame[R]) bool { return count(f, 1) == 0 }
	case "all":
		count := c.count(args, true)
		return func(f *frame[R]) bool { return count(f, 1) == 0 }
	case "one":
		count := c.count(args, false)
		return func(f *frame[R]) bool { return count(f, 2) == 1 }
	case "known":
		return c.known(args[0])
	}
	c.fail()
	return nil
}

func (c *compiler[R]) known(n ast.Node) truth[R] {
	if c.kind(n) == isDay {
		day := c.day(n)
		return func(f *frame[R]) bool { return day(f).Known }
	}
	figure := c.figure(n).value
	return func(f *frame[R]) bool { return !missing(figure(f)) }
}

// binary makes a condition of two sides.
func (c *compiler[R]) binary(n *ast.BinaryNode) truth[R] {
	switch n.Operator {
	case "and", "&&":
		left, right := c.truth(n.Left), c.truth(n.Right)
		return func(f *frame[R]) bool { return left(f) && right(f) }
	case "or", "||":
		left, right := c.truth(n.Left), c.truth(n.Right)
		return func(f *frame[R]) bool { return left(f) || right(f) }
	case "contains", "startsWith", "endsWith":
		left, right, test := c.text(n.Left), c.text(n.Right), textTests[n.Operator]
		return func(f *frame[R]) bool { return test(left(f), right(f)) }
	case "matches":
		return c.matches(n)
	case "in":
		return c.in(n)
	}
	return c.compare(n)
}

var textTests = map[string]func(string, string) bool{
	"contains": strings.Contains, "startsWith": strings.HasPrefix, "endsWith": strings.HasSuffix,
}

func (c *compiler[R]) matches(n *ast.BinaryNode) truth[R] {
	left := c.text(n.Left)
	written, ok := n.Right.(*ast.StringNode)
	if !ok {
		c.fail()
		return nil
	}
	pattern, err := regexp.Compile(written.Value)
	if err != nil {
		c.fail()
	}
	return func(f *frame[R]) bool { return pattern.MatchString(left(f)) }
}

// orders is what each comparison asks of the order of its sides.
var orders = map[string]func(order int) bool{
	"==": func(order int) bool { return order == 0 },
	"!=": func(order int) bool { return order != 0 },
	"<":  func(order int) bool { return order < 0 },
	"<=": func(order int) bool { return order <= 0 },
	">":  func(order int) bool { return order > 0 },
	">=": func(order int) bool { return order >= 0 },
}

// compare makes a comparison. With a missing side it is false, but != is true.
func (c *compiler[R]) compare(n *ast.BinaryNode) truth[R] {
	fits, unequal := orders[n.Operator], n.Operator == "!="
	if fits == nil {
		c.fail()
	}
	switch c.kind(n.Left) {
	case isText:
		left, right := c.text(n.Left), c.text(n.Right)
		return func(f *frame[R]) bool { return (left(f) == right(f)) != unequal }
	case isTruth:
		left, right := c.truth(n.Left), c.truth(n.Right)
		return func(f *frame[R]) bool { return (left(f) == right(f)) != unequal }
	case isDay:
		left, right := c.day(n.Left), c.day(n.Right)
		return func(f *frame[R]) bool {
			order, known := Compare(left(f), right(f))
			return known && fits(order) || !known && unequal
		}
	}
	left, right := c.figure(n.Left).value, c.figure(n.Right).value
	switch n.Operator {
	case "<":
		return func(f *frame[R]) bool { return left(f) < right(f) }
	case "<=":
		return func(f *frame[R]) bool { return left(f) <= right(f) }
	case ">":
		return func(f *frame[R]) bool { return left(f) > right(f) }
	case ">=":
		return func(f *frame[R]) bool { return left(f) >= right(f) }
	}
	return func(f *frame[R]) bool { return (left(f) == right(f)) != unequal }
}

// text makes a text.
func (c *compiler[R]) text(n ast.Node) text[R] {
	switch n := n.(type) {
	case *ast.StringNode:
		return func(*frame[R]) string { return n.Value }
	case *ast.PointerNode:
		return func(f *frame[R]) string { return f.entry.text }
	case *ast.MemberNode:
		return c.textColumn(column(n))
	case *ast.ConditionalNode:
		when, yes, no := c.truth(n.Cond), c.text(n.Exp1), c.text(n.Exp2)
		return func(f *frame[R]) string {
			if when(f) {
				return yes(f)
			}
			return no(f)
		}
	}
	name, args := call(n)
	change := textFunctions[name]
	if change == nil {
		c.fail()
		return nil
	}
	part := c.text(args[0])
	return func(f *frame[R]) string { return change(part(f)) }
}

var textFunctions = map[string]func(string) string{"lower": strings.ToLower, "upper": strings.ToUpper, "trim": strings.TrimSpace}

func (c *compiler[R]) textColumn(name string) text[R] {
	read := c.schema.Texts[name]
	if read == nil {
		c.fail()
	}
	c.reads.column(name)
	if name == c.bound {
		return func(f *frame[R]) string { return f.bound }
	}
	return func(f *frame[R]) string { return read(f.row) }
}

// day makes a date.
func (c *compiler[R]) day(n ast.Node) date[R] {
	switch n := n.(type) {
	case *ast.PointerNode:
		return func(f *frame[R]) Day { return f.entry.day }
	case *ast.MemberNode:
		name := column(n)
		read := c.schema.Days[name]
		if read == nil {
			c.fail()
		}
		c.reads.column(name)
		return func(f *frame[R]) Day { return read(f.row) }
	case *ast.IdentifierNode:
		return c.clockDay(n.Value)
	case *ast.ConditionalNode:
		when, yes, no := c.truth(n.Cond), c.day(n.Exp1), c.day(n.Exp2)
		return func(f *frame[R]) Day {
			if when(f) {
				return yes(f)
			}
			return no(f)
		}
	}
	if name, args := call(n); name == "date" {
		if written, ok := args[0].(*ast.StringNode); ok {
			day := c.schema.Date(written.Value)
			return func(*frame[R]) Day { return day }
		}
	}
	c.fail()
	return nil
}

func (c *compiler[R]) clockDay(name string) date[R] {
	switch name {
	case "today":
		c.reads.pace = max(c.reads.pace, daily)
		return func(f *frame[R]) Day { return f.clock.Today() }
	case "now":
		c.reads.pace = instant
		return func(f *frame[R]) Day { return f.clock.Now() }
	}
	c.fail()
	return nil
}
