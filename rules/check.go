package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// fault is something wrong in an expression, at characters from to to of it.
type fault struct {
	from, to      int
	message, hint string
}

// checker walks an expression as written: it admits what is on the allow-list
// and knows the kind of every part. What the whole may cost is for [priceOf].
type checker struct {
	each   Each
	inSay  bool
	faults []fault
	over   []Kind // what # is, innermost last
	depth  int
	varies bool // depends on a subject or on time
}

// bad is the kind of what is faulty already: nothing more is said about it.
const bad Kind = ""

// Limits of what is told.
const (
	maxFaults = 50  // of one expression, and of one file
	maxSaid   = 300 // characters of a message, and of a hint
)

func (c *checker) fault(n ast.Node, hint, format string, args ...any) Kind {
	if len(c.faults) < maxFaults {
		at := n.Location()
		c.faults = append(c.faults, fault{at.From, at.To, clip(fmt.Sprintf(format, args...), maxSaid), clip(hint, maxSaid)})
	}
	return bad
}

// check gives the kind of n.
func (c *checker) check(n ast.Node) Kind {
	if c.depth++; c.depth > maxDepth {
		c.depth--
		return c.fault(n, "split the rule in two", "nested more than %d deep", maxDepth)
	}
	defer func() { c.depth-- }()
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		return Figure
	case *ast.StringNode:
		return Text
	case *ast.BoolNode:
		return Truth
	case *ast.IdentifierNode:
		return c.identifier(n)
	case *ast.MemberNode:
		return c.member(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.ArrayNode:
		return c.list(n)
	case *ast.PointerNode:
		return c.pointer(n)
	case *ast.BuiltinNode:
		return c.call(n, n.Name, n.Arguments)
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			return c.call(n, callee.Value, n.Arguments)
		}
		return c.fault(n, "write the function first: lower(measure.title)", "fields cannot be called")
	}
	what, hint := construct(n)
	return c.fault(n, hint, "%s is not part of the language of rules", what)
}

// construct names what the language leaves out, and what to write instead.
func construct(n ast.Node) (what, hint string) {
	switch n.(type) {
	case *ast.NilNode:
		return "nil", "ask known(measure.until) whether a date or figure is there"
	case *ast.SliceNode:
		return "a slice [a:b]", `ask any(list, # == "x"), or startsWith of a text`
	case *ast.MapNode, *ast.PairNode:
		return "a map {…}", ""
	case *ast.ChainNode:
		return "?.", "write a dot alone: what is missing never fails"
	case *ast.VariableDeclaratorNode:
		return "let", "write the value where it is used"
	case *ast.SequenceNode:
		return "a sequence with ;", `join conditions with "and"`
	case *ast.BytesNode:
		return "b\"…\"", "a text stands in plain quotes"
	case *ast.PredicateNode:
		return "a closure here", `write any(measure.tags, # == "gallium")`
	}
	return "this", ""
}

func (c *checker) identifier(n *ast.IdentifierNode) Kind {
	if name, ok := lookName("", n.Value); ok {
		c.varies = true
		return name.Kind
	}
	if slices.Contains(c.each.inScope(), Each(n.Value)) {
		return c.fault(n, fmt.Sprintf("write a field of it, such as %s.id", n.Value), "%q is not a value by itself", n.Value)
	}
	if slices.Contains(Eaches(), Each(n.Value)) {
		return c.fault(n, fmt.Sprintf("write %s, or change each to %s", c.each, n.Value), "a rule over each %s has no %q", c.each, n.Value)
	}
	if slices.Contains([]string{"null", "none", "None", "NULL"}, n.Value) {
		return c.fault(n, "ask known(measure.until) whether a date or figure is there", "unknown name %q", n.Value)
	}
	known := []string{"now", "today"}
	for _, subject := range c.each.inScope() {
		known = append(known, string(subject))
	}
	if _, ok := lookName(c.each, n.Value); ok {
		return c.fault(n, fmt.Sprintf("did you mean %s.%s?", c.each, n.Value), "unknown name %q", n.Value)
	}
	if slices.Contains(modelWords(), n.Value) {
		return c.fault(n, fmt.Sprintf("a text stands in quotes: %q", n.Value), "unknown name %q", n.Value)
	}
	return c.fault(n, didYouMean(n.Value, known), "unknown name %q", n.Value)
}

func (c *checker) member(n *ast.MemberNode) Kind {
	base, plain := n.Node.(*ast.IdentifierNode)
	property, named := n.Property.(*ast.StringNode)
	if !plain || !named || n.Optional {
		return c.fault(n, `of a list, ask "x" in measure.tags or any(measure.tags, # == "x")`, "only fields such as measure.status can be read, not entries of them")
	}
	if !slices.Contains(c.each.inScope(), Each(base.Value)) {
		return c.identifier(base)
	}
	name, ok := lookName(Each(base.Value), property.Value)
	if !ok {
		return c.fault(n, didYouMean(property.Value, fieldsOf(Each(base.Value))), "%s has no field %q", article(base.Value), property.Value)
	}
	c.varies = true
	return name.Kind
}

func article(noun string) string {
	if strings.ContainsRune("aeio", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

func (c *checker) conditional(n *ast.ConditionalNode) Kind {
	cond, yes, no := c.check(n.Cond), c.check(n.Exp1), c.check(n.Exp2)
	switch {
	case cond == bad || yes == bad || no == bad:
		return bad
	case cond != Truth:
		return c.fault(n.Cond, conditionHint(n.Cond, cond), "? needs a condition before it, this is a %s", cond)
	case yes != no || yes.element() != bad:
		return c.fault(n, `write condition ? "one text" : "another"`, "both sides of : must be of one kind, these are a %s and a %s", yes, no)
	}
	return yes
}
