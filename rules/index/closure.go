package index

import (
	"regexp"
	"slices"
	"strings"

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
	reads  reads
	failed bool // a tree was not understood
}

// reads is what trees depend on.
type reads struct {
	columns []string // each once
	pace    pace
}

func (r *reads) column(name string) {
	if !slices.Contains(r.columns, name) {
		r.columns = append(r.columns, name)
	}
}

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

// closure makes a tree into a function.
func (c *compiler[R]) closure(n ast.Node) closure[R] {
	made := c.make(n)
	if made.truth == nil && made.text == nil && made.figure == nil && made.day == nil && made.list == nil {
		c.failed = true
	}
	return made
}

func (c *compiler[R]) make(n ast.Node) (made closure[R]) {
	switch n := n.(type) {
	case *ast.BoolNode:
		made.truth = func(*frame[R]) bool { return n.Value }
	case *ast.StringNode:
		made.text = func(*frame[R]) string { return n.Value }
	case *ast.IntegerNode:
		return integer[R](n.Value)
	case *ast.FloatNode:
		made.figure = func(*frame[R]) float64 { return n.Value }
	case *ast.PointerNode:
		made.text = func(f *frame[R]) string { return f.entry }
	case *ast.IdentifierNode:
		made.day = c.clockDay(n.Value)
	case *ast.MemberNode:
		return c.column(column(n))
	case *ast.ArrayNode:
		if words := literals(n); words != nil {
			made.list = func(*frame[R]) []string { return words }
		}
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	default:
		name, args := call(n)
		return c.call(name, args)
	}
	return made
}

func (c *compiler[R]) clockDay(name string) func(*frame[R]) Day {
	switch name {
	case "today":
		c.reads.pace = max(c.reads.pace, daily)
		return func(f *frame[R]) Day { return f.clock.Today() }
	case "now":
		c.reads.pace = instant
		return func(f *frame[R]) Day { return f.clock.Now() }
	}
	return nil
}

// column reads a column.
func (c *compiler[R]) column(name string) (made closure[R]) {
	c.reads.column(name)
	text, list, figure, day, truth := c.schema.Texts[name], c.schema.Lists[name], c.schema.Figures[name], c.schema.Days[name], c.schema.Truths[name]
	switch {
	case text != nil && name == c.bound:
		made.text = func(f *frame[R]) string { return f.bound }
	case text != nil:
		made.text = func(f *frame[R]) string { return text(f.row) }
	case list != nil:
		made.list = func(f *frame[R]) []string { return list(f.row) }
	case figure != nil:
		made.figure = func(f *frame[R]) float64 { return figure(f.row) }
	case day != nil:
		made.day = func(f *frame[R]) Day { return day(f.row) }
	case truth != nil:
		made.truth = func(f *frame[R]) bool { return truth(f.row) }
	}
	return made
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

// literals are the texts of a list of texts written out; else nil.
func literals(n ast.Node) (words []string) {
	array, ok := n.(*ast.ArrayNode)
	if !ok {
		return nil
	}
	for _, entry := range array.Nodes {
		word, ok := entry.(*ast.StringNode)
		if !ok {
			return nil
		}
		words = append(words, word.Value)
	}
	return words
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

func (c *compiler[R]) conditional(n *ast.ConditionalNode) (made closure[R]) {
	when, yes, no := c.closure(n.Cond).truth, c.closure(n.Exp1), c.closure(n.Exp2)
	switch {
	case when == nil:
	case yes.truth != nil && no.truth != nil:
		made.truth = choose(when, yes.truth, no.truth)
	case yes.text != nil && no.text != nil:
		made.text = choose(when, yes.text, no.text)
	case yes.figure != nil && no.figure != nil && yes.whole == no.whole:
		made.figure, made.whole = choose(when, yes.figure, no.figure), yes.whole
	case yes.day != nil && no.day != nil:
		made.day = choose(when, yes.day, no.day)
	}
	return made
}

func choose[R, V any](when truth[R], yes, no func(*frame[R]) V) func(*frame[R]) V {
	return func(f *frame[R]) V {
		if when(f) {
			return yes(f)
		}
		return no(f)
	}
}

func (c *compiler[R]) binary(n *ast.BinaryNode) (made closure[R]) {
	if n.Operator == "in" {
		return closure[R]{truth: c.in(n)}
	}
	left, right := c.closure(n.Left), c.closure(n.Right)
	switch {
	case left.text != nil && right.text != nil:
		made.truth = c.texts(n, left.text, right.text)
	case left.truth != nil && right.truth != nil:
		made.truth = truths(n.Operator, left.truth, right.truth)
	case left.day != nil && right.day != nil:
		fits, unequal := orders[n.Operator], n.Operator == "!="
		made.truth = func(f *frame[R]) bool {
			order, known := Compare(left.day(f), right.day(f))
			return known && fits(order) || !known && unequal
		}
	case left.figure != nil && right.figure != nil:
		made.truth = figures(n.Operator, left.figure, right.figure)
		if made.truth == nil && !(left.whole && right.whole) {
			made.figure = reckoned(n.Operator, left.figure, right.figure)
		}
	}
	return made
}

func (c *compiler[R]) texts(n *ast.BinaryNode, left, right func(*frame[R]) string) truth[R] {
	if n.Operator == "matches" {
		pattern, err := regexp.Compile(right(nil)) // it is written out
		if err != nil {
			return nil
		}
		return func(f *frame[R]) bool { return pattern.MatchString(left(f)) }
	}
	test := map[string]func(string, string) bool{
		"==":       func(a, b string) bool { return a == b },
		"!=":       func(a, b string) bool { return a != b },
		"contains": strings.Contains, "startsWith": strings.HasPrefix, "endsWith": strings.HasSuffix,
	}[n.Operator]
	if test == nil {
		return nil
	}
	return func(f *frame[R]) bool { return test(left(f), right(f)) }
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

// orders is what each comparison asks of the order of its sides.
var orders = map[string]func(order int) bool{
	"==": func(order int) bool { return order == 0 },
	"!=": func(order int) bool { return order != 0 },
	"<":  func(order int) bool { return order < 0 },
	"<=": func(order int) bool { return order <= 0 },
	">":  func(order int) bool { return order > 0 },
	">=": func(order int) bool { return order >= 0 },
}

// in is a search in a list, in entries written out, or in a range.
func (c *compiler[R]) in(n *ast.BinaryNode) truth[R] {
	left := c.closure(n.Left)
	if from, to, ok := ends(n.Right); ok && left.figure != nil {
		return func(f *frame[R]) bool {
			v := left.figure(f)
			return from <= v && v <= to && isWhole(v)
		}
	}
	if array, ok := n.Right.(*ast.ArrayNode); ok {
		return c.among(left, array)
	}
	list := c.closure(n.Right).list
	if left.text == nil || list == nil {
		return nil
	}
	return func(f *frame[R]) bool { return slices.Contains(list(f), left.text(f)) }
}

// among says that the left side is equal to one of the entries.
func (c *compiler[R]) among(left closure[R], array *ast.ArrayNode) truth[R] {
	var tests []truth[R]
	for _, entry := range array.Nodes {
		right := c.closure(entry)
		switch {
		case left.text != nil && right.text != nil:
			tests = append(tests, func(f *frame[R]) bool { return left.text(f) == right.text(f) })
		case left.figure != nil && right.figure != nil:
			tests = append(tests, func(f *frame[R]) bool { return left.figure(f) == right.figure(f) })
		case left.day != nil && right.day != nil:
			tests = append(tests, func(f *frame[R]) bool {
				order, known := Compare(left.day(f), right.day(f))
				return known && order == 0
			})
		default:
			return nil
		}
	}
	return func(f *frame[R]) bool {
		return slices.ContainsFunc(tests, func(test truth[R]) bool { return test(f) })
	}
}
