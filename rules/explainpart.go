package rules

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// writtenPart is a part of a condition, compiled by itself, with its place in
// the file and in the condition.
type writtenPart struct {
	expr     *expression
	node     ast.Node
	from, to int // characters of the condition
	at       place
	mark     Mark
}

// writtenParts are the parts of one condition in the order in which they are written.
type writtenParts []writtenPart

// partsOf lists the parts of a condition whose values say why it holds or not:
// everything but literals, and not what stands inside a closure.
func partsOf(when *expression) writtenParts {
	c := partCollector{when: when, source: []rune(when.source)}
	c.collect(when.node)
	slices.SortStableFunc(c.parts, func(a, b writtenPart) int { return a.from - b.from })
	return c.parts
}

// find is the place of a node among the parts, or -1 for what is none.
func (p writtenParts) find(n ast.Node) int {
	from, words := firstCharacter(n), n.String()
	return slices.IndexFunc(p, func(p writtenPart) bool { return p.node == n || p.from == from && p.expr.source == words })
}

type partCollector struct {
	when   *expression
	source []rune
	parts  writtenParts
}

func (c *partCollector) collect(n ast.Node) {
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.StringNode, *ast.BoolNode, *ast.ArrayNode, *ast.PointerNode, *ast.PredicateNode:
		return
	case *ast.UnaryNode:
		if _, number := n.Node.(*ast.IntegerNode); number {
			return
		}
		c.collect(n.Node)
	case *ast.BinaryNode:
		if n.Operator == ".." {
			return
		}
		c.collect(n.Left)
		c.collect(n.Right)
	case *ast.ConditionalNode:
		c.collect(n.Cond)
		c.collect(n.Exp1)
		c.collect(n.Exp2)
	case *ast.BuiltinNode:
		c.all(n.Arguments)
	case *ast.CallNode:
		c.all(n.Arguments)
	}
	c.add(n)
}

func (c *partCollector) all(nodes []ast.Node) {
	for _, n := range nodes {
		c.collect(n)
	}
}

// add takes a part unless the same words stand there already, at the same place.
func (c *partCollector) add(n ast.Node) {
	if c.parts.find(n) >= 0 {
		return
	}
	x, faults := compile(n.String(), c.when.each, plainly)
	if len(faults) > 0 { // a part of what was admitted is admitted
		return
	}
	p := writtenPart{expr: x, node: n, from: firstCharacter(n), to: c.end(n)}
	p.at = c.place(p.from)
	p.mark = c.mark(n, p.from, p.to)
	c.parts = append(c.parts, p)
}

func (c *partCollector) place(character int) place {
	if character < len(c.when.places) {
		return c.when.places[character]
	}
	return place{}
}

// mark is where the value of a part is shown. What goes over several lines is
// marked on its first.
func (c *partCollector) mark(n ast.Node, from, to int) Mark {
	if op := n.Location(); connects(n) {
		from, to = op.From, op.To
	}
	first := c.place(from)
	last := first
	for i := from; i < to; i++ {
		if p := c.place(i); p.line == first.line {
			last = p
		}
	}
	return Mark{first.line, first.column, last.column - first.column + 1}
}

// connects says that a node is an and or or of conditions.
func connects(n ast.Node) bool {
	b, ok := n.(*ast.BinaryNode)
	return ok && slices.Contains([]string{"and", "&&", "or", "||"}, b.Operator)
}

// firstCharacter is where a part begins: an operator stands after its left side.
func firstCharacter(n ast.Node) int {
	first := -1
	visitPlaced(n, func(n ast.Node) {
		if at := n.Location().From; first < 0 || at < first {
			first = at
		}
	})
	return first
}

// end is the character after a part, with the bracket that closes it.
func (c *partCollector) end(n ast.Node) (end int) {
	visitPlaced(n, func(n ast.Node) {
		end = max(end, n.Location().To)
		switch n.(type) {
		case *ast.CallNode, *ast.BuiltinNode, *ast.ArrayNode:
			end = max(end, c.closing(n.Location().From))
		}
	})
	return min(end, len(c.source))
}

// visitPlaced visits a node and all in it, but for what has no place of its own: a
// choice is placed by the reader at what follows it.
func visitPlaced(n ast.Node, visit func(ast.Node)) {
	ast.Walk(&n, visitor(func(n ast.Node) {
		if _, choice := n.(*ast.ConditionalNode); !choice {
			visit(n)
		}
	}))
}

// closing is the character after the bracket that closes the first one opened
// at or after from; brackets in quotes are none.
func (c *partCollector) closing(from int) int {
	depth, quote := 0, rune(0)
	for i := from; i < len(c.source); i++ {
		switch r := c.source[i]; {
		case quote != 0 && r == '\\' && quote != '`':
			i++
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
		case r == '"' || r == '\'' || r == '`':
			quote = r
		case r == '(' || r == '[' || r == '{':
			depth++
		case r == ')' || r == ']' || r == '}':
			if depth--; depth <= 0 {
				return i + 1
			}
		}
	}
	return from
}

type visitor func(ast.Node)

func (v visitor) Visit(n *ast.Node) { v(*n) }

// term is a condition as and, or and not over what is decided at once.
type term struct {
	op   string // "and", "or", "not", "?" or "" for what is decided at once
	node ast.Node
	part int // its place among the parts; -1 for a literal
	of   []*term
	held bool
}

// term reads a condition.
func (p writtenParts) term(n ast.Node) *term {
	t := &term{node: n, part: p.find(n)}
	switch n := n.(type) {
	case *ast.BoolNode:
		t.held = n.Value
	case *ast.UnaryNode:
		t.op, t.of = "not", []*term{p.term(n.Node)}
	case *ast.ConditionalNode:
		t.op, t.of = "?", []*term{p.term(n.Cond), p.term(n.Exp1), p.term(n.Exp2)}
	case *ast.BinaryNode:
		if connects(n) {
			t.op, t.of = map[string]string{"and": "and", "&&": "and", "or": "or", "||": "or"}[n.Operator], []*term{p.term(n.Left), p.term(n.Right)}
		}
	}
	return t
}

// take gives every term the value that its part has.
func (t *term) take(values []any) {
	if t.part >= 0 {
		t.held, _ = values[t.part].(bool)
	}
	for _, of := range t.of {
		of.take(values)
	}
}

// leaves are the terms that are decided at once.
func (t *term) leaves() (all []*term) {
	if t.op == "" {
		return []*term{t}
	}
	for _, of := range t.of {
		all = append(all, of.leaves()...)
	}
	return all
}

// with is what the term would come to if the leaf given were the other way round.
func (t *term) with(other *term) bool {
	switch t.op {
	case "and":
		return t.of[0].with(other) && t.of[1].with(other)
	case "or":
		return t.of[0].with(other) || t.of[1].with(other)
	case "not":
		return !t.of[0].with(other)
	case "?":
		if t.of[0].with(other) {
			return t.of[1].with(other)
		}
		return t.of[2].with(other)
	}
	return t.held != (t == other)
}

// decide lists the terms that the value follows from: of an and that fails all
// that fail, of one that holds all, and the other way round for an or.
func (t *term) decide() []*term {
	switch t.op {
	case "and", "or":
		var all []*term
		for _, of := range t.of {
			if of.held == t.held {
				all = append(all, of.decide()...)
			}
		}
		return all
	case "?":
		taken := t.of[2]
		if t.of[0].held {
			taken = t.of[1]
		}
		return append(t.of[0].decide(), taken.decide()...)
	case "not":
		if t.of[0].op != "" {
			return t.of[0].decide()
		}
	}
	return []*term{t}
}

// decisive are the parts that the result follows from, each once.
func (p writtenParts) decisive(t *term) (list []Decisive) {
	for _, of := range t.decide() {
		if of.part < 0 || slices.ContainsFunc(list, func(d Decisive) bool { return d.Part == of.part }) {
			continue
		}
		list = append(list, Decisive{of.part, p.valuesIn(of.part)})
	}
	return list
}

// valuesIn are the outermost values, no conditions, inside a part.
func (p writtenParts) valuesIn(part int) (list []int) {
	end := -1
	for i := range p {
		inside := i != part && p[i].from >= p[part].from && p[i].to <= p[part].to
		if !inside || p[i].expr.kind == Truth && !isField(p[i].node) || p[i].from < end {
			continue
		}
		widest := i
		for j := i + 1; j < len(p); j++ { // those that begin at the same place
			if j != part && p[j].from == p[i].from && p[j].to > p[widest].to && p[j].to <= p[part].to && p[j].expr.kind != Truth {
				widest = j
			}
		}
		list, end = append(list, widest), p[widest].to
	}
	return list
}

func isField(n ast.Node) bool {
	_, is := n.(*ast.MemberNode)
	return is
}
