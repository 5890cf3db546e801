package index

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// planner makes plans from trees.
type planner[R any] struct {
	compiler[R]
	index *Index[R]
}

// plan makes the plan of a condition, and tells what the condition reads. Of
// its parts, joined by and, the machine sees to those that are not understood.
func (p *planner[R]) plan(tree ast.Node, asks Machine[R]) (plan node[R], understood bool) {
	var parts []node[R]
	understood = true
	for _, n := range joined(tree, "and", "&&") {
		p.failed = false
		if part := p.node(n); !p.failed {
			parts = append(parts, part)
			continue
		}
		if understood {
			parts = append(parts, &machine[R]{asks})
		}
		understood = false
	}
	return allOf(parts), understood
}

// joined lists the parts that an operator joins.
func joined(n ast.Node, words ...string) []ast.Node {
	if b, ok := n.(*ast.BinaryNode); ok && slices.Contains(words, b.Operator) {
		return append(joined(b.Left, words...), joined(b.Right, words...)...)
	}
	return []ast.Node{n}
}

func (p *planner[R]) node(n ast.Node) node[R] {
	switch n := n.(type) {
	case *ast.UnaryNode:
		return &not[R]{p.node(n.Node)}
	case *ast.BinaryNode:
		return p.binaryNode(n)
	case *ast.MemberNode:
		if name := column(n); p.schema.Truths[name] != nil {
			return p.words(name, trueWords, nil)
		}
	}
	if name, args := call(n); name == "any" || name == "none" || name == "all" {
		if some := p.some(args, name != "all"); some != nil && name == "any" {
			return some
		} else if some != nil {
			return &not[R]{some}
		}
	}
	return p.leaf(n)
}

func (p *planner[R]) binaryNode(n *ast.BinaryNode) node[R] {
	switch n.Operator {
	case "and", "&&":
		return allOf(p.nodes(joined(n, "and", "&&")))
	case "or", "||":
		return &either[R]{parts: p.nodes(joined(n, "or", "||"))}
	case "!=":
		return &not[R]{p.binaryNode(with(n, "=="))}
	}
	if atom := p.wordsOf(n); atom != nil {
		return atom
	}
	if atom := p.spanOf(n); atom != nil {
		return atom
	}
	return p.leaf(n)
}

func (p *planner[R]) nodes(trees []ast.Node) []node[R] {
	parts := make([]node[R], len(trees))
	for i, n := range trees {
		parts[i] = p.node(n)
	}
	return parts
}

// with is a comparison with another operator.
func with(n *ast.BinaryNode, operator string) *ast.BinaryNode {
	changed := *n
	changed.Operator = operator
	return &changed
}

// leaf asks the row, or, where only one column of texts is read, each of its words once.
func (p *planner[R]) leaf(n ast.Node) node[R] {
	var test truth[R]
	reads := p.apart(func() { test = p.closure(n).truth })
	if len(reads.columns) != 1 || reads.pace != never || p.schema.Texts[reads.columns[0]] == nil {
		return &rest[R]{test}
	}
	p.bound = reads.columns[0]
	test = p.closure(n).truth
	p.bound = ""
	f := new(frame[R])
	return p.words(reads.columns[0], nil, func(word string) bool {
		f.bound = word
		return test(f)
	})
}

// words makes an atom of the rows with a word that passes a test, or is one of a few.
func (p *planner[R]) words(name string, fixed []string, test func(word string) bool) *wordAtom[R] {
	p.reads.column(name)
	if test == nil {
		test = func(word string) bool { return slices.Contains(fixed, word) }
	}
	return &wordAtom[R]{name: name, column: p.index.wordsOf(name), fixed: fixed, test: test}
}

// wordsOf makes an atom of text == "x", text in ["x", "y"] and "x" in list; else it gives nil.
func (p *planner[R]) wordsOf(n *ast.BinaryNode) node[R] {
	if word, ok := n.Left.(*ast.StringNode); ok && n.Operator == "in" && p.schema.Lists[column(n.Right)] != nil {
		return p.words(column(n.Right), []string{word.Value}, nil)
	}
	for _, side := range []ast.Node{n.Left, n.Right} {
		if words := wordsOf(n, side); words != nil && p.schema.Texts[column(side)] != nil {
			return p.words(column(side), words, nil)
		}
	}
	return nil
}

// wordsOf lists the words that what is must be, where a comparison says so by == or in; else nil.
func wordsOf(n ast.Node, what ast.Node) []string {
	b, ok := n.(*ast.BinaryNode)
	if !ok || b.Operator != "==" && b.Operator != "in" {
		return nil
	}
	against := b.Right
	if b.Right == what {
		against = b.Left
	}
	if b.Operator == "in" {
		return literals(against)
	}
	return literals(&ast.ArrayNode{Nodes: []ast.Node{against}})
}

// some makes an atom of the rows with an entry of which a condition is so. It
// is nil where the condition reads more than the entry.
func (p *planner[R]) some(args []ast.Node, so bool) node[R] {
	name, says := column(args[0]), body(args[1])
	if p.schema.Lists[name] == nil {
		return nil
	}
	var test truth[R]
	reads := p.apart(func() { test = p.closure(says).truth })
	if len(reads.columns) > 0 || reads.pace != never {
		return nil
	}
	if b, ok := says.(*ast.BinaryNode); ok && so {
		for _, side := range []ast.Node{b.Left, b.Right} {
			if _, entry := side.(*ast.PointerNode); entry && wordsOf(b, side) != nil {
				return p.words(name, wordsOf(b, side), nil)
			}
		}
	}
	f := new(frame[R])
	return p.words(name, nil, func(word string) bool {
		f.entry = word
		return test(f) == so
	})
}

// spanOf makes an atom of a comparison of a figure or a date of the row with
// what is the same for all rows, or nil.
func (p *planner[R]) spanOf(n *ast.BinaryNode) node[R] {
	if flipped := mirrored[n.Operator]; flipped != "" && p.orderOf(n.Left) == nil {
		n = &ast.BinaryNode{Operator: flipped, Left: n.Right, Right: n.Left}
	}
	column := p.orderOf(n.Left)
	if column == nil || n.Operator != "in" && mirrored[n.Operator] == "" {
		return nil
	}
	var reach reach[R]
	against := p.apart(func() { reach = p.reach(n) })
	if len(against.columns) > 0 {
		return nil
	}
	return &spanAtom[R]{name: column.name, column: column, reach: reach, exact: p.closure(n).truth}
}

// orderOf is the column of a figure, a date, the days to or from a date, or the
// length of a list; else nil.
func (p *planner[R]) orderOf(n ast.Node) *orderColumn[R] {
	name, args := call(n)
	if len(args) == 1 {
		n = args[0]
	}
	figure, day, list := p.schema.Figures[column(n)], p.schema.Days[column(n)], p.schema.Lists[column(n)]
	switch {
	case figure != nil && name == "":
		return p.index.orderOf(column(n), figure)
	case day != nil && (name == "" || name == "days_until" || name == "days_since"):
		return p.index.orderOf(column(n), func(row *R) float64 { return day(row).figure() })
	case list != nil && name == "len":
		return p.index.orderOf("len "+column(n), func(row *R) float64 { return float64(len(list(row))) })
	}
	return nil
}

// reach gives the spans in which the left side of a comparison must lie, and
// whether they are loose: some in them may not fit.
type reach[R any] func(f *frame[R], into []span) (spans []span, loose bool)

func (p *planner[R]) reach(n *ast.BinaryNode) reach[R] {
	name, _ := call(n.Left)
	scale := scales[name]
	if from, to, ok := ends(n.Right); ok {
		loose := name == "" // it need not be whole
		return func(f *frame[R], into []span) ([]span, bool) {
			return scale(append(into, span{from, to}), f.today()), loose
		}
	}
	operator, sides := n.Operator, []ast.Node{n.Right}
	if array, ok := n.Right.(*ast.ArrayNode); ok && operator == "in" {
		operator, sides = "==", array.Nodes
	}
	var against []closure[R]
	for _, side := range sides {
		against = append(against, p.closure(side))
	}
	return func(f *frame[R], into []span) (spans []span, loose bool) {
		for _, side := range against {
			if side.figure != nil {
				into = fitting(into, operator, side.figure(f))
				continue
			}
			day := side.day(f)
			into, loose = fittingDays(into, operator, day), loose || day.Timed
		}
		return scale(apart(into), f.today()), loose
	}
}

// today is the number of today, by which spans are moved.
func (f *frame[R]) today() float64 { return f.clock.Today().figure() }
