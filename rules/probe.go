package rules

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
)

// probe looks at one part of an expression: what it came to, and what its own
// parts did, as far as they are come to.
type probe struct {
	node  ast.Node
	how   string   // and, or, not, ?, all: how it goes through its parts; own: it is run, then they are looked at
	parts []*probe // of ?: the condition and both sides

	point             bool // a part that can be true and false
	value             *expression
	negated           *expression // of a closure's predicate: value and negated say that some entry makes it true, and false
	sawTrue, sawFalse bool
}

// probeMaker makes the probes of expressions of one rule and language.
type probeMaker struct {
	dialects *dialects
	each     Each
	lang     int
}

// make makes the probe of a part and of all in it.
func (b probeMaker) make(n ast.Node) *probe {
	p := &probe{node: n, how: "all"}
	switch n := n.(type) {
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			p.how = "not"
		}
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "&&":
			p.how = "and"
		case "or", "||":
			p.how = "or"
		default:
			b.own(p)
		}
	case *ast.ConditionalNode:
		p.how = "?"
	case *ast.MemberNode, *ast.BuiltinNode, *ast.CallNode:
		b.own(p)
	}
	p.parts = b.inner(n)
	return p
}

// own lets a part that is a condition be run by itself.
func (b probeMaker) own(p *probe) {
	x, faults := b.dialects.compile(p.node.String(), b.each, b.lang)
	if len(faults) == 0 && x.kind == Truth {
		p.how, p.value, p.point = "own", x, true
	}
}

// inner makes the probes in a part; those of a closure's predicate go over its list.
func (b probeMaker) inner(n ast.Node) (parts []*probe) {
	closure, ok := n.(*ast.BuiltinNode)
	if ok && slices.Contains(closures, closure.Name) && len(closure.Arguments) == 2 {
		return append([]*probe{b.make(closure.Arguments[0])}, b.entries(closure.Arguments[0].String(), closure.Arguments[1])...)
	}
	for _, child := range childrenOf(n) {
		parts = append(parts, b.make(child))
	}
	return parts
}

// entries makes the probes of the conditions in a closure's predicate. What goes
// over a list of its own is a condition by itself.
func (b probeMaker) entries(list string, n ast.Node) (parts []*probe) {
	switch c := n.(type) {
	case *ast.PredicateNode:
		return b.entries(list, c.Node)
	case *ast.UnaryNode:
		if c.Operator == "not" || c.Operator == "!" {
			return b.entries(list, c.Node)
		}
	case *ast.BinaryNode:
		if slices.Contains([]string{"and", "&&", "or", "||"}, c.Operator) {
			return append(b.entries(list, c.Left), b.entries(list, c.Right)...)
		}
	}
	some, faults := b.dialects.compile(fmt.Sprintf("any(%s, %s)", list, n), b.each, b.lang)
	other, more := b.dialects.compile(fmt.Sprintf("any(%s, not (%s))", list, n), b.each, b.lang)
	if len(faults)+len(more) > 0 { // dearer than the whole may be
		return nil
	}
	return []*probe{{node: n, how: "own", point: true, value: some, negated: other}}
}

// childrenOf are the nodes directly below one.
func childrenOf(n ast.Node) []ast.Node {
	switch n := n.(type) {
	case *ast.UnaryNode:
		return []ast.Node{n.Node}
	case *ast.BinaryNode:
		return []ast.Node{n.Left, n.Right}
	case *ast.ConditionalNode:
		return []ast.Node{n.Cond, n.Exp1, n.Exp2}
	case *ast.ArrayNode:
		return n.Nodes
	case *ast.BuiltinNode:
		return n.Arguments
	case *ast.CallNode:
		return n.Arguments
	case *ast.PredicateNode:
		return []ast.Node{n.Node}
	}
	return nil
}

// look evaluates a part for one subject as the machine would, with its
// short cuts, and takes note of what it came to. Of what is no condition the
// value is meaningless.
func (p *probe) look(machine *vm.VM, env *scope) (bool, error) {
	switch p.how {
	case "and", "or":
		held, err := p.parts[0].look(machine, env)
		if err != nil || held == (p.how == "or") {
			return held, err
		}
		return p.parts[1].look(machine, env)
	case "not":
		held, err := p.parts[0].look(machine, env)
		return !held, err
	case "?":
		held, err := p.parts[0].look(machine, env)
		if err != nil {
			return false, err
		}
		if held {
			return p.parts[1].look(machine, env)
		}
		return p.parts[2].look(machine, env)
	case "own":
		return p.run(machine, env)
	}
	return false, p.lookInside(machine, env)
}

func (p *probe) lookInside(machine *vm.VM, env *scope) error {
	for _, part := range p.parts {
		if _, err := part.look(machine, env); err != nil {
			return err
		}
	}
	return nil
}

func (p *probe) run(machine *vm.VM, env *scope) (held bool, err error) {
	if held, err = p.value.holds(machine, env); err != nil {
		return false, err
	}
	isFalse := !held
	if p.negated != nil {
		if isFalse, err = p.negated.holds(machine, env); err != nil {
			return false, err
		}
	}
	p.sawTrue, p.sawFalse = p.sawTrue || held, p.sawFalse || isFalse
	return held, p.lookInside(machine, env)
}
