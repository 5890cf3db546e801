package index

import (
	"fmt"
	"math"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// planner makes plans from trees.
type planner[R any] struct {
	compiler[R]
	index *Index[R]
}

// plan makes the plan of a condition. Of its parts, joined by and, the machine
// sees to those that are not understood, after the others.
func (p *planner[R]) plan(tree ast.Node, asks Machine[R]) node[R] {
	var parts []ast.Node
	left := false
	for _, n := range joined(tree, "and", "&&") {
		if p.closure(n).truth != nil {
			parts = append(parts, n)
		} else {
			left = true
		}
	}
	plan := p.both(parts)
	if left {
		plan = both[R]{plan, &machine[R]{asks}}
	}
	return plan
}

// joined lists the parts that an operator joins.
func joined(n ast.Node, words ...string) []ast.Node {
	if b, ok := n.(*ast.BinaryNode); ok && slices.Contains(words, b.Operator) {
		return append(joined(b.Left, words...), joined(b.Right, words...)...)
	}
	return []ast.Node{n}
}

// both puts what asks rows last.
func (p *planner[R]) both(trees []ast.Node) node[R] {
	var columns, rows both[R]
	for _, n := range trees {
		part := p.node(n)
		if asksRows(part) {
			rows = append(rows, part)
		} else {
			columns = append(columns, part)
		}
	}
	return append(columns, rows...)
}

func asksRows[R any](n node[R]) bool {
	switch n := n.(type) {
	case both[R]:
		return slices.ContainsFunc(n, asksRows[R])
	case either[R]:
		return slices.ContainsFunc(n, asksRows[R])
	case not[R]:
		return asksRows(n.part)
	case *rest[R]:
		return true
	}
	return false
}

// node plans a part of which a closure can be made.
func (p *planner[R]) node(n ast.Node) node[R] {
	switch n := n.(type) {
	case *ast.UnaryNode:
		return not[R]{p.node(n.Node)}
	case *ast.BinaryNode:
		return p.binaryNode(n)
	case *ast.MemberNode:
		return &anyWord[R]{p.index.wordsOf(nameOf(n)), []string{trueWord}}
	}
	switch name, args := call(n); name {
	case "any":
		if some := p.some(args, true); some != nil {
			return some
		}
	case "none", "all":
		if some := p.some(args, name == "none"); some != nil {
			return not[R]{some}
		}
	case "known":
		if c := p.orderOf(args[0]); c != nil {
			all := []span{{-math.MaxFloat64, math.MaxFloat64}}
			return &within[R]{c, func(*frame[R]) []span { return all }}
		}
	}
	return p.leaf(n)
}

func (p *planner[R]) binaryNode(n *ast.BinaryNode) node[R] {
	switch n.Operator {
	case "and", "&&":
		return p.both(joined(n, "and", "&&"))
	case "or", "||":
		var parts either[R]
		for _, n := range joined(n, "or", "||") {
			parts = append(parts, p.node(n))
		}
		return parts
	case "!=":
		equal := *n
		equal.Operator = "=="
		return not[R]{p.binaryNode(&equal)}
	}
	if atom := p.wordAtom(n); atom != nil {
		return atom
	}
	if atom := p.spanAtom(n); atom != nil {
		return atom
	}
	return p.leaf(n)
}

// leaf asks the row, or, where only one column of texts is read, each of its words once.
func (p *planner[R]) leaf(n ast.Node) node[R] {
	reads := readsOf(n)
	if len(reads.columns) != 1 || reads.pace != never || p.schema.Texts[reads.columns[0]] == nil {
		return &rest[R]{p.closure(n).truth}
	}
	p.bound = reads.columns[0]
	test, f := p.closure(n).truth, new(frame[R])
	p.bound = ""
	return p.passing(reads.columns[0], n.String(), func(word string) bool {
		f.bound = word
		return test(f)
	})
}

func (p *planner[R]) passing(name, asks string, passes func(string) bool) node[R] {
	c := p.index.wordsOf(name)
	return &passing[R]{c, asks, c.test(asks, passes)}
}

// wordAtom is for text == "x", text in ["x", "y"] and "x" in list; else nil.
func (p *planner[R]) wordAtom(n *ast.BinaryNode) node[R] {
	if word, ok := n.Left.(*ast.StringNode); ok && n.Operator == "in" && p.schema.Lists[nameOf(n.Right)] != nil {
		return &anyWord[R]{p.index.wordsOf(nameOf(n.Right)), []string{word.Value}}
	}
	for _, side := range []ast.Node{n.Left, n.Right} {
		if words := wordsOf(n, side); words != nil && p.schema.Texts[nameOf(side)] != nil {
			return &anyWord[R]{p.index.wordsOf(nameOf(side)), words}
		}
	}
	return nil
}

// wordsOf lists the words that what is must be, where a comparison says so by == or in; else nil.
func wordsOf(n *ast.BinaryNode, what ast.Node) []string {
	against := n.Right
	if n.Right == what {
		against = n.Left
	}
	switch n.Operator {
	case "==":
		return literals(&ast.ArrayNode{Nodes: []ast.Node{against}})
	case "in":
		return literals(against)
	}
	return nil
}

// some is for the rows with an entry of which a condition is so, or nil where
// the condition reads more than the entry.
func (p *planner[R]) some(args []ast.Node, so bool) node[R] {
	name, says := nameOf(args[0]), body(args[1])
	if reads := readsOf(says); p.schema.Lists[name] == nil || len(reads.columns) > 0 || reads.pace != never {
		return nil
	}
	if b, ok := says.(*ast.BinaryNode); ok && so {
		for _, side := range []ast.Node{b.Left, b.Right} {
			if _, entry := side.(*ast.PointerNode); entry && wordsOf(b, side) != nil {
				return &anyWord[R]{p.index.wordsOf(name), wordsOf(b, side)}
			}
		}
	}
	test, f := p.closure(says).truth, new(frame[R])
	return p.passing(name, fmt.Sprint(so, says), func(word string) bool {
		f.entry = word
		return test(f) == so
	})
}

// spanAtom is for a comparison of a figure or a date of the row with what is
// the same for all rows; else nil.
func (p *planner[R]) spanAtom(n *ast.BinaryNode) node[R] {
	if flipped := mirrored[n.Operator]; flipped != "" && p.orderOf(n.Left) == nil {
		n = &ast.BinaryNode{Operator: flipped, Left: n.Right, Right: n.Left}
	}
	c := p.orderOf(n.Left)
	if c == nil || len(readsOf(n.Right).columns) > 0 || n.Operator != "in" && mirrored[n.Operator] == "" {
		return nil
	}
	spans, loose := p.spans(n)
	if loose {
		return both[R]{&within[R]{c, spans}, &rest[R]{p.closure(n).truth}}
	}
	return &within[R]{c, spans}
}

// orderOf is the column of a figure, a date, the days to or from a date, or the
// length of a list; else nil.
func (p *planner[R]) orderOf(n ast.Node) *orderColumn[R] {
	name, args := call(n)
	if len(args) == 1 {
		n = args[0]
	}
	figure, day, list := p.schema.Figures[nameOf(n)], p.schema.Days[nameOf(n)], p.schema.Lists[nameOf(n)]
	switch {
	case figure != nil && name == "":
		return p.index.orderOf(nameOf(n), figure)
	case day != nil && (name == "" || name == "days_until" || name == "days_since"):
		return p.index.orderOf(nameOf(n), func(row *R) float64 { return day(row).figure() })
	case list != nil && name == "len":
		return p.index.orderOf("len "+nameOf(n), func(row *R) float64 { return float64(len(list(row))) })
	}
	return nil
}

// spans gives the spans in which the left side of a comparison must lie, and
// whether they are loose: not all that lies in them fits. Dates compare by the
// day, but two times by the clock; and what is in a range is whole.
func (p *planner[R]) spans(n *ast.BinaryNode) (spans func(*frame[R]) []span, loose bool) {
	function, _ := call(n.Left)
	operator, sides := n.Operator, []ast.Node{n.Right}
	if array, ok := n.Right.(*ast.ArrayNode); ok {
		operator, sides = "==", array.Nodes
	}
	var against []func(*frame[R]) span
	for _, side := range sides {
		made := p.closure(side)
		from, to, between := ends(side)
		switch {
		case between:
			against, loose = append(against, always[R](span{from, to})), function == ""
		case made.figure != nil:
			against = append(against, after(made.figure, func(v float64) span { return fitting(operator, v) }))
		default:
			if made.day(&frame[R]{clock: p.index.clock}).Timed {
				operator, loose = operator[:1]+"=", true
			}
			against = append(against, after(made.day, func(d Day) span { return fitting(operator, d.figure()) }))
		}
	}
	return func(f *frame[R]) (spans []span) {
		for _, side := range against {
			s := side(f)
			if function == "days_until" || function == "days_since" {
				s = s.counted(function, f.clock.Today().figure())
			}
			spans = append(spans, s)
		}
		return spans
	}, loose
}
