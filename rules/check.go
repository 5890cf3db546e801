package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"derisk/tracker"
)

// fault is something wrong in an expression, at characters from to to of it.
type fault struct {
	from, to      int
	message, hint string
}

// checker walks an expression as written: it admits what is on the allow-list,
// knows every type, and adds up what the expression could cost.
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

func (c *checker) fault(n ast.Node, hint, format string, args ...any) (Kind, int) {
	at := n.Location()
	c.faults = append(c.faults, fault{at.From, at.To, fmt.Sprintf(format, args...), hint})
	return bad, 0
}

// check gives the kind of n and the most that evaluating it can cost.
func (c *checker) check(n ast.Node) (Kind, int) {
	if c.depth++; c.depth > maxDepth {
		c.depth--
		return c.fault(n, "", "nested more than %d deep", maxDepth)
	}
	defer func() { c.depth-- }()
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		return Figure, 1
	case *ast.StringNode:
		return Text, 1
	case *ast.BoolNode:
		return Truth, 1
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
		return c.fault(n, "", "fields cannot be called")
	}
	return c.fault(n, "", "%s is not part of the language of rules", construct(n))
}

// construct names what the language leaves out.
func construct(n ast.Node) string {
	switch n.(type) {
	case *ast.NilNode:
		return "nil"
	case *ast.SliceNode:
		return "a slice [a:b]"
	case *ast.MapNode, *ast.PairNode:
		return "a map {…}"
	case *ast.ChainNode:
		return "?."
	case *ast.VariableDeclaratorNode:
		return "let"
	case *ast.SequenceNode:
		return "a sequence with ;"
	case *ast.PredicateNode:
		return "a closure here"
	}
	return "this"
}

func (c *checker) identifier(n *ast.IdentifierNode) (Kind, int) {
	if name, ok := lookName("", n.Value); ok {
		c.varies = true
		return name.Kind, 1
	}
	if slices.Contains(c.each.inScope(), Each(n.Value)) {
		return c.fault(n, fmt.Sprintf("write a field of it, such as %s.id", n.Value), "%q is not a value by itself", n.Value)
	}
	if slices.Contains(Eaches(), Each(n.Value)) {
		return c.fault(n, "", "a rule over each %s has no %q", c.each, n.Value)
	}
	known := []string{"now", "today"}
	for _, subject := range c.each.inScope() {
		known = append(known, string(subject))
	}
	if _, ok := lookName(c.each, n.Value); ok {
		return c.fault(n, fmt.Sprintf("did you mean %s.%s?", c.each, n.Value), "unknown name %q", n.Value)
	}
	return c.fault(n, didYouMean(n.Value, known), "unknown name %q", n.Value)
}

func (c *checker) member(n *ast.MemberNode) (Kind, int) {
	base, plain := n.Node.(*ast.IdentifierNode)
	property, named := n.Property.(*ast.StringNode)
	if !plain || !named || n.Optional {
		return c.fault(n, "", "only fields such as measure.status can be read, not entries of them")
	}
	if !slices.Contains(c.each.inScope(), Each(base.Value)) {
		return c.identifier(base)
	}
	name, ok := lookName(Each(base.Value), property.Value)
	if !ok {
		return c.fault(n, didYouMean(property.Value, fieldsOf(Each(base.Value))), "%s has no field %q", article(base.Value), property.Value)
	}
	c.varies = true
	return name.Kind, 1
}

func article(noun string) string {
	if strings.ContainsRune("aeio", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

func (c *checker) unary(n *ast.UnaryNode) (Kind, int) {
	kind, cost := c.check(n.Node)
	want := Figure
	if n.Operator == "not" || n.Operator == "!" {
		want = Truth
	}
	if kind != want && kind != bad {
		return c.fault(n, "", "%s needs a %s, this is a %s", n.Operator, want, kind)
	}
	return kind, cost + 1
}

func (c *checker) binary(n *ast.BinaryNode) (Kind, int) {
	if n.Operator == ".." {
		return c.fault(n, "", "a range such as 0..30 can stand only after \"in\"")
	}
	if n.Operator == "in" {
		return c.in(n)
	}
	left, costLeft := c.check(n.Left)
	right, costRight := c.check(n.Right)
	cost := costLeft + costRight + 1
	if left == bad || right == bad {
		return bad, cost
	}
	switch n.Operator {
	case "and", "&&", "or", "||":
		return c.both(n, Truth, left, right, Truth), cost
	case "+", "-", "*", "/":
		if left == Date && right == Date {
			return c.fault(n, "write days_until(…) or days_since(…)", "dates cannot be added or subtracted")
		}
		return c.both(n, Figure, left, right, Figure), cost
	case "contains", "startsWith", "endsWith":
		if left == Texts && n.Operator == "contains" {
			return c.fault(n, `write "x" in list`, "contains looks into a text, not into a list")
		}
		return c.both(n, Text, left, right, Truth), cost + 10
	case "matches":
		return c.matches(n, left, cost)
	case "==", "!=":
		if left != right || left.element() != bad {
			return c.fault(n, "", "%s cannot compare a %s with a %s", n.Operator, left, right)
		}
		return Truth, cost
	case "<", "<=", ">", ">=":
		if left != right || left != Figure && left != Date {
			return c.fault(n, compareHint(left, right), "%s cannot compare a %s with a %s", n.Operator, left, right)
		}
		return Truth, cost
	}
	return c.fault(n, "", "the operator %q is not part of the language of rules", n.Operator)
}

func compareHint(left, right Kind) string {
	if left == Date && right == Text || left == Text && right == Date {
		return `write date("2026-11-10")`
	}
	if left == Date && right == Figure {
		return "count its days: days_until(…)"
	}
	return ""
}

// both wants the same kind on either side.
func (c *checker) both(n *ast.BinaryNode, want, left, right, gives Kind) Kind {
	for _, side := range []struct {
		kind Kind
		node ast.Node
	}{{left, n.Left}, {right, n.Right}} {
		if side.kind != want {
			kind, _ := c.fault(side.node, "", "%q needs a %s, this is a %s", n.Operator, want, side.kind)
			return kind
		}
	}
	return gives
}

func (c *checker) matches(n *ast.BinaryNode, left Kind, cost int) (Kind, int) {
	pattern, fixed := n.Right.(*ast.StringNode)
	switch {
	case left != Text:
		return c.fault(n, "", "matches looks into a text, this is a %s", left)
	case !fixed:
		return c.fault(n.Right, "", "the pattern after matches must be written out")
	case len(pattern.Value) > maxPattern:
		return c.fault(n.Right, "", "the pattern has more than %d bytes", maxPattern)
	}
	if _, err := regexp.Compile(pattern.Value); err != nil {
		return c.fault(n.Right, "", "%v", err)
	}
	return Truth, cost + 200
}

// in admits a list, or a range with both ends written out.
func (c *checker) in(n *ast.BinaryNode) (Kind, int) {
	left, costLeft := c.check(n.Left)
	if span, ok := n.Right.(*ast.BinaryNode); ok && span.Operator == ".." {
		return c.inRange(n, span, left, costLeft)
	}
	right, costRight := c.check(n.Right)
	if left == bad || right == bad {
		return bad, costLeft + costRight
	}
	if left.listed() == bad || right != left.listed() {
		return c.fault(n, "", "a %s cannot be in a %s", left, right)
	}
	return Truth, costLeft + costRight + c.length(n.Right)
}

func (c *checker) inRange(n, span *ast.BinaryNode, left Kind, cost int) (Kind, int) {
	from, fixedFrom := wholeNumber(span.Left)
	to, fixedTo := wholeNumber(span.Right)
	switch {
	case left != Figure && left != bad:
		return c.fault(n, "", "a %s cannot be in a range", left)
	case !fixedFrom || !fixedTo:
		return c.fault(span, "", "both ends of a range must be whole numbers, written out")
	case from > to:
		return c.fault(span, fmt.Sprintf("write %d..%d", to, from), "the range %d..%d is empty", from, to)
	case to-from >= maxRange:
		return c.fault(span, "compare with <= and >= instead", "the range %d..%d has more than %d numbers", from, to, maxRange)
	}
	return Truth, cost + to - from + 1
}

// wholeNumber reads 30 and -30, within what a range may hold.
func wholeNumber(n ast.Node) (int, bool) {
	if minus, ok := n.(*ast.UnaryNode); ok && minus.Operator == "-" {
		v, ok := wholeNumber(minus.Node)
		return -v, ok
	}
	v, ok := n.(*ast.IntegerNode)
	if !ok || v.Value > 1e9 || v.Value < -1e9 {
		return 0, false
	}
	return v.Value, true
}

func (c *checker) conditional(n *ast.ConditionalNode) (Kind, int) {
	cond, cost := c.check(n.Cond)
	yes, costYes := c.check(n.Exp1)
	no, costNo := c.check(n.Exp2)
	cost += max(costYes, costNo) + 1
	switch {
	case cond == bad || yes == bad || no == bad:
		return bad, cost
	case cond != Truth:
		return c.fault(n.Cond, "", "? needs a condition before it, this is a %s", cond)
	case yes != no || yes.element() != bad:
		return c.fault(n, "", "both sides of : must be of one kind, these are a %s and a %s", yes, no)
	}
	return yes, cost
}

func (c *checker) list(n *ast.ArrayNode) (Kind, int) {
	if len(n.Nodes) == 0 {
		return c.fault(n, "", "the list is empty")
	}
	all, cost := bad, len(n.Nodes)
	for _, entry := range n.Nodes {
		kind, spent := c.check(entry)
		cost += spent
		switch {
		case kind == bad:
			return bad, cost
		case kind.listed() == bad:
			return c.fault(entry, "", "a list can hold texts, figures or dates, not a %s", kind)
		case all != bad && kind != all:
			return c.fault(entry, "", "the list holds a %s and a %s", all, kind)
		}
		all = kind
	}
	return all.listed(), cost
}

func (c *checker) pointer(n *ast.PointerNode) (Kind, int) {
	if n.Name != "" || len(c.over) == 0 {
		return c.fault(n, "", "# stands for a list's entry, inside any(list, …) and the like")
	}
	return c.over[len(c.over)-1], 1
}

func (c *checker) call(n ast.Node, name string, args []ast.Node) (Kind, int) {
	if slices.Contains(closures, name) {
		return c.closure(n, name, args)
	}
	f, ok := lookFunction(name)
	if !ok {
		return c.fault(n, didYouMean(name, callable()), "unknown function %q", name)
	}
	if f.InSay && !c.inSay {
		return c.fault(n, "", "%s can be used only in say", name)
	}
	if len(args) != len(f.Takes) {
		return c.fault(n, "", "%s takes %d, these are %d", name, len(f.Takes), len(args))
	}
	cost := f.charge
	for i, arg := range args {
		kind, spent := c.check(arg)
		cost += spent
		if kind != f.Takes[i] && kind != bad && (f.Or == bad || kind != f.Or) {
			return c.fault(arg, argumentHint(f.Takes[i], kind), "%s takes a %s here, this is a %s", name, f.Takes[i], kind)
		}
	}
	if f.Fixed {
		return c.fixed(f, args[len(args)-1], cost)
	}
	return f.Gives, cost
}

func argumentHint(want, have Kind) string {
	if want == Date && have == Text {
		return `write date("2026-11-10")`
	}
	return ""
}

// fixed admits the last argument only as a text written out.
func (c *checker) fixed(f Function, arg ast.Node, cost int) (Kind, int) {
	text, ok := arg.(*ast.StringNode)
	if !ok {
		return c.fault(arg, "", "%s needs its text written out", f.Name)
	}
	if f.Gives == Date {
		if d, err := tracker.ParseDate(text.Value); err != nil || d.Precision() == tracker.Never {
			return c.fault(arg, `write date("2026-11-10")`, "%q is not a date", text.Value)
		}
	}
	return f.Gives, cost
}

func (c *checker) closure(n ast.Node, name string, args []ast.Node) (Kind, int) {
	if len(c.over) >= maxClosures {
		return c.fault(n, "", "%s goes over a list inside %d others: one inside another is the most", name, maxClosures)
	}
	if len(args) != 2 {
		return c.fault(n, "", "%s takes a list and a condition: %s(measure.tags, # == \"gallium\")", name, name)
	}
	kind, cost := c.check(args[0])
	if kind == bad {
		return bad, cost
	}
	if kind.element() == bad {
		return c.fault(args[0], "", "%s goes over a list, this is a %s", name, kind)
	}
	body := args[1]
	if predicate, ok := body.(*ast.PredicateNode); ok {
		body = predicate.Node
	}
	c.over = append(c.over, kind.element())
	held, spent := c.check(body)
	c.over = c.over[:len(c.over)-1]
	if held != Truth && held != bad {
		return c.fault(body, "", "%s needs a condition, this is a %s", name, held)
	}
	cost += c.length(args[0]) * (spent + 1)
	if name == "count" {
		return Figure, cost
	}
	return Truth, cost
}

// length is how many entries the bound on cost reckons with.
func (c *checker) length(list ast.Node) int {
	switch n := list.(type) {
	case *ast.ArrayNode:
		return len(n.Nodes)
	case *ast.MemberNode:
		base, _ := n.Node.(*ast.IdentifierNode)
		property, _ := n.Property.(*ast.StringNode)
		if base != nil && property != nil {
			if name, ok := lookName(Each(base.Value), property.Value); ok {
				return name.List
			}
		}
	}
	return 1
}
