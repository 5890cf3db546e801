package index

import (
	"math"
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
			p.reads.column(name)
			return fixedAtom(name, p.index.wordsOf(name), trueWords)
		}
	}
	name, args := call(n)
	switch name {
	case "any", "none", "all", "one":
		return p.over(n, name, args)
	case "known":
		if atom := p.knownAtom(n, args[0]); atom != nil {
			return atom
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
	if some := p.counted(n); some != nil {
		return allOf([]node[R]{some, p.leaf(n)})
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
	reads := p.apart(func() { test = p.truth(n) })
	if len(reads.columns) != 1 || reads.pace != never || p.schema.Texts[reads.columns[0]] == nil {
		return &rest[R]{test}
	}
	name := reads.columns[0]
	p.bound = name
	test = p.truth(n)
	p.bound = ""
	f := new(frame[R])
	return &wordAtom[R]{name: name, column: p.index.wordsOf(name), test: func(word string) bool {
		f.bound = word
		return test(f)
	}}
}

// wordsOf makes an atom of text == "x", text in ["x", "y"] and "x" in list; else it gives nil.
func (p *planner[R]) wordsOf(n *ast.BinaryNode) node[R] {
	if name, written := column(n.Right), literal(n.Left); n.Operator == "in" && written != nil && p.schema.Lists[name] != nil {
		p.reads.column(name)
		return fixedAtom(name, p.index.wordsOf(name), written)
	}
	for _, side := range []ast.Node{n.Left, n.Right} {
		name := column(side)
		if p.schema.Texts[name] == nil {
			continue
		}
		if words := wordsOf(n, side); words != nil {
			p.reads.column(name)
			return fixedAtom(name, p.index.wordsOf(name), words)
		}
	}
	return nil
}

// wordsOf lists the words that what is must be, where a comparison says so by == or in; else nil.
func wordsOf(n ast.Node, what ast.Node) []string {
	b, ok := n.(*ast.BinaryNode)
	switch {
	case !ok:
	case b.Operator == "==" && b.Left == what:
		return literal(b.Right)
	case b.Operator == "==" && b.Right == what:
		return literal(b.Left)
	case b.Operator == "in" && b.Left == what:
		array, ok := b.Right.(*ast.ArrayNode)
		var words []string
		for i := 0; ok && i < len(array.Nodes); i++ {
			word := literal(array.Nodes[i])
			words, ok = append(words, word...), word != nil
		}
		if ok {
			return words
		}
	}
	return nil
}

// literal is a text written out, alone in a list, or nil.
func literal(n ast.Node) []string {
	if s, ok := n.(*ast.StringNode); ok {
		return []string{s.Value}
	}
	return nil
}

// over makes a plan of any(list, condition) and the like.
func (p *planner[R]) over(n ast.Node, name string, args []ast.Node) node[R] {
	some := p.some(args, name == "all")
	switch {
	case some == nil:
		return p.leaf(n)
	case name == "any":
		return some
	case name == "one":
		return allOf([]node[R]{some, p.leaf(n)})
	}
	return &not[R]{some}
}

// some makes an atom of the rows with an entry of which a condition holds (or
// does not, if not). It is nil where the condition reads more than the entry.
func (p *planner[R]) some(args []ast.Node, not bool) node[R] {
	if len(args) != 2 || p.schema.Lists[column(args[0])] == nil {
		return nil
	}
	name, says := column(args[0]), body(args[1])
	var test truth[R]
	p.compiler.over = append(p.compiler.over, entries{kind: isText})
	reads := p.apart(func() { test = p.truth(says) })
	p.compiler.over = p.compiler.over[:len(p.compiler.over)-1]
	if !reads.still() {
		return nil
	}
	p.reads.column(name)
	if words := wordsOfEntry(says); words != nil && !not {
		return fixedAtom(name, p.index.wordsOf(name), words)
	}
	f := new(frame[R])
	return &wordAtom[R]{name: name, column: p.index.wordsOf(name), test: func(word string) bool {
		f.entry.text = word
		return test(f) != not
	}}
}

// wordsOfEntry lists the words that # must be.
func wordsOfEntry(n ast.Node) []string {
	b, ok := n.(*ast.BinaryNode)
	if !ok {
		return nil
	}
	for _, side := range []ast.Node{b.Left, b.Right} {
		if _, entry := side.(*ast.PointerNode); entry {
			return wordsOf(b, side)
		}
	}
	return nil
}

// counted makes an atom of the rows with an entry that count(list, condition)
// counts, where a comparison needs one; else it gives nil.
func (p *planner[R]) counted(n *ast.BinaryNode) node[R] {
	name, args := call(n.Left)
	least, fits := n.Right, orders[n.Operator]
	figure, written := least.(*ast.IntegerNode)
	if name != "count" || fits == nil || !written {
		return nil
	}
	if none := -figure.Value; fits(none) {
		return nil
	}
	return p.some(args, false)
}

// spanOf makes an atom of a comparison of a figure or a date with what is the
// same for all rows, or nil.
func (p *planner[R]) spanOf(n *ast.BinaryNode) node[R] {
	if flipped := mirrored[n.Operator]; flipped != "" && !p.measured(n.Left) {
		n = &ast.BinaryNode{Operator: flipped, Left: n.Right, Right: n.Left}
	}
	if !p.measured(n.Left) || n.Operator != "in" && mirrored[n.Operator] == "" {
		return nil
	}
	var reach func(f *frame[R], into []span) ([]span, bool)
	against := p.apart(func() { reach = p.reach(n) })
	if len(against.columns) > 0 {
		return nil
	}
	return &spanAtom[R]{column: p.orderOf(n.Left), reach: reach, exact: p.truth(n)}
}

// measured says that a tree is a figure or a date that a column has in order.
func (p *planner[R]) measured(n ast.Node) bool {
	name, args := call(n)
	switch name {
	case "days_until", "days_since":
		return p.schema.Days[column(args[0])] != nil
	case "len":
		return p.schema.Lists[column(args[0])] != nil
	}
	return p.schema.Figures[column(n)] != nil || p.schema.Days[column(n)] != nil
}

// orderOf is the column of what is measured.
func (p *planner[R]) orderOf(n ast.Node) *orderColumn[R] {
	name, args := call(n)
	if args != nil {
		n = args[0]
	}
	of := column(n)
	if read := p.schema.Figures[of]; read != nil {
		return p.index.orderOf(of, read)
	}
	if read := p.schema.Days[of]; read != nil {
		return p.index.orderOf(of, func(row *R) float64 { return read(row).figure() })
	}
	read := p.schema.Lists[of]
	return p.index.orderOf(name+" "+of, func(row *R) float64 { return float64(len(read(row))) })
}

// reach makes the spans in which the left side of a comparison must lie.
func (p *planner[R]) reach(n *ast.BinaryNode) func(f *frame[R], into []span) (spans []span, loose bool) {
	if p.kind(n.Left) == isDay {
		return p.reachOfDays(n)
	}
	scale := p.scale(n.Left)
	if from, to, ok := ends(n.Right); ok {
		loose := p.schema.Figures[column(n.Left)] != nil // it need not be whole
		return func(f *frame[R], into []span) ([]span, bool) {
			return scale(append(into, span{from, to}), f.today()), loose
		}
	}
	operator, figures := n.Operator, []figure[R]{}
	if operator == "in" {
		operator, figures = "==", p.list(n.Right).figures
	} else {
		figures = append(figures, p.figure(n.Right))
	}
	return func(f *frame[R], into []span) ([]span, bool) {
		for _, figure := range figures {
			into = fitting(into, operator, figure.value(f))
		}
		return scale(apart(into), f.today()), false
	}
}

func (p *planner[R]) scale(n ast.Node) scale {
	name, _ := call(n)
	switch name {
	case "days_until":
		p.reads.pace = max(p.reads.pace, daily)
		return ahead
	case "days_since":
		p.reads.pace = max(p.reads.pace, daily)
		return behind
	}
	return plain
}

// today is the number of today, as spans are moved by it.
func (f *frame[R]) today() float64 { return f.clock.Today().figure() }

// reachOfDays is for dates, which compare by the day, and by the clock where both are times.
func (p *planner[R]) reachOfDays(n *ast.BinaryNode) func(f *frame[R], into []span) (spans []span, loose bool) {
	operator, days := n.Operator, []date[R]{}
	if operator == "in" {
		operator, days = "==", p.list(n.Right).days
	} else {
		days = append(days, p.day(n.Right))
	}
	orEqual := map[string]string{"==": "==", "<": "<=", "<=": "<=", ">": ">=", ">=": ">="}
	return func(f *frame[R], into []span) ([]span, bool) {
		loose := false
		for _, day := range days {
			d, operator := day(f), operator
			if d.Timed {
				loose, operator = true, orEqual[operator]
			}
			into = fitting(into, operator, d.figure())
		}
		return apart(into), loose
	}
}

// knownAtom makes an atom of known(x), or nil.
func (p *planner[R]) knownAtom(n, what ast.Node) node[R] {
	if column(what) == "" || !p.measured(what) {
		return nil
	}
	present := span{-math.MaxFloat64, math.MaxFloat64}
	return &spanAtom[R]{column: p.orderOf(what), exact: p.truth(n), reach: func(_ *frame[R], into []span) ([]span, bool) {
		return append(into, present), false
	}}
}
