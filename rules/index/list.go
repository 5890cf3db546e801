package index

import (
	"slices"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
)

// list is a list of a row: a column of texts, or entries written out.
type list[R any] struct {
	entries
	column  func(*R) []string // nil: written out
	texts   []text[R]
	figures []figure[R]
	days    []date[R]
}

// list makes a list.
func (c *compiler[R]) list(n ast.Node) list[R] {
	if name := column(n); name != "" {
		read := c.schema.Lists[name]
		if read == nil {
			c.fail()
		}
		c.reads.column(name)
		return list[R]{entries: entries{kind: isText}, column: read}
	}
	array, ok := n.(*ast.ArrayNode)
	if !ok || len(array.Nodes) == 0 {
		c.fail()
		return list[R]{}
	}
	l := list[R]{entries: entries{kind: c.kind(array.Nodes[0])}}
	for _, entry := range array.Nodes {
		switch l.kind {
		case isText:
			l.texts = append(l.texts, c.text(entry))
		case isFigure:
			l.figures = append(l.figures, c.figure(entry))
		case isDay:
			l.days = append(l.days, c.day(entry))
		default:
			c.fail()
		}
	}
	for i, figure := range l.figures {
		if i > 0 && (figure.size > 0) != (l.size > 0) { // whole or not: only the machine knows
			c.fail()
		}
		l.size = max(l.size, figure.size)
	}
	return l
}

// written counts the entries that are written out.
func (l *list[R]) written() int { return len(l.texts) + len(l.figures) + len(l.days) }

// at is an entry that is written out.
func (l *list[R]) at(f *frame[R], i int) entry {
	switch l.kind {
	case isText:
		return entry{text: l.texts[i](f)}
	case isFigure:
		return entry{figure: l.figures[i].value(f)}
	}
	return entry{day: l.days[i](f)}
}

// count makes a function that counts the entries of which a condition holds
// (or does not, if not), up to as many as are enough.
func (c *compiler[R]) count(args []ast.Node, not bool) func(f *frame[R], enough int) int {
	l, holds := c.overList(args)
	if l.column == nil {
		return l.countWritten(holds, not)
	}
	return func(f *frame[R], enough int) (n int) {
		outer := f.entry
		for _, word := range l.column(f.row) {
			f.entry.text = word
			if holds(f) == not {
				continue
			}
			if n++; n == enough {
				break
			}
		}
		f.entry = outer
		return n
	}
}

func (l list[R]) countWritten(holds truth[R], not bool) func(f *frame[R], enough int) int {
	return func(f *frame[R], enough int) (n int) {
		outer := f.entry
		for i := range l.written() {
			f.entry = outer // an entry may speak of the list around it
			f.entry = l.at(f, i)
			if holds(f) == not {
				continue
			}
			if n++; n == enough {
				break
			}
		}
		f.entry = outer
		return n
	}
}

// overList makes the list and the condition of a call such as any(list, condition).
func (c *compiler[R]) overList(args []ast.Node) (list[R], truth[R]) {
	if len(args) != 2 {
		c.fail()
		return list[R]{}, nil
	}
	l := c.list(args[0])
	c.over = append(c.over, l.entries)
	holds := c.truth(body(args[1]))
	c.over = c.over[:len(c.over)-1]
	return l, holds
}

func body(n ast.Node) ast.Node {
	if predicate, ok := n.(*ast.PredicateNode); ok {
		return predicate.Node
	}
	return n
}

// length makes len of a list or a text.
func (c *compiler[R]) length(n ast.Node) func(*frame[R]) float64 {
	if array, ok := n.(*ast.ArrayNode); ok {
		length := float64(len(array.Nodes))
		return func(*frame[R]) float64 { return length }
	}
	if read := c.schema.Lists[column(n)]; read != nil {
		c.reads.column(column(n))
		return func(f *frame[R]) float64 { return float64(len(read(f.row))) }
	}
	text := c.text(n)
	return func(f *frame[R]) float64 { return float64(utf8.RuneCountInString(text(f))) }
}

// in makes a search in a list or a range.
func (c *compiler[R]) in(n *ast.BinaryNode) truth[R] {
	if from, to, ok := ends(n.Right); ok {
		figure := c.figure(n.Left).value
		return func(f *frame[R]) bool {
			v := figure(f)
			return from <= v && v <= to && isWhole(v)
		}
	}
	l := c.list(n.Right)
	switch l.kind {
	case isText:
		return l.hasText(c.text(n.Left))
	case isFigure:
		left := c.figure(n.Left).value
		return func(f *frame[R]) bool {
			v := left(f)
			return slices.ContainsFunc(l.figures, func(entry figure[R]) bool { return entry.value(f) == v })
		}
	}
	left := c.day(n.Left)
	return func(f *frame[R]) bool {
		day := left(f)
		return slices.ContainsFunc(l.days, func(entry date[R]) bool {
			order, known := Compare(day, entry(f))
			return known && order == 0
		})
	}
}

func (l list[R]) hasText(left text[R]) truth[R] {
	if l.column != nil {
		return func(f *frame[R]) bool { return slices.Contains(l.column(f.row), left(f)) }
	}
	return func(f *frame[R]) bool {
		word := left(f)
		return slices.ContainsFunc(l.texts, func(entry text[R]) bool { return entry(f) == word })
	}
}

// ends reads a range with both ends written out.
func ends(n ast.Node) (from, to float64, ok bool) {
	between, ok := n.(*ast.BinaryNode)
	if !ok || between.Operator != ".." {
		return 0, 0, false
	}
	from, okFrom := wholeNumber(between.Left)
	to, okTo := wholeNumber(between.Right)
	return from, to, okFrom && okTo
}

// wholeNumber reads 30 and -30.
func wholeNumber(n ast.Node) (float64, bool) {
	if minus, ok := n.(*ast.UnaryNode); ok && minus.Operator == "-" {
		v, ok := wholeNumber(minus.Node)
		return -v, ok
	}
	v, ok := n.(*ast.IntegerNode)
	if !ok {
		return 0, false
	}
	return float64(v.Value), true
}
