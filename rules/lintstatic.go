package rules

import (
	"math"
	"slices"

	"github.com/expr-lang/expr/ast"

	"derisk/tracker"
)

// reasoner tells from its words alone that a condition can never hold, or
// always does. It knows the words that fields can have, and what one field can
// be at once. What it does not understand it holds for possible.
type reasoner struct {
	words map[string]vocabulary
}

// cause is why a condition, or its negation, can never hold.
type cause struct {
	at        ast.Node
	why       string // as the condition can never hold
	otherwise string // as its negation can never hold
	hint      string
}

func (c *cause) fault(message string) fault {
	from, to := spanOf(c.at)
	return fault{from, to, message, c.hint}
}

// claim is a condition that must hold, or, negated, must not.
type claim struct {
	node    ast.Node
	negated bool
}

// claims are what must all be so for a condition to hold, or not to hold.
func claims(n ast.Node, negated bool) []claim {
	switch n := n.(type) {
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			return claims(n.Node, !negated)
		}
	case *ast.BinaryNode:
		if !negated && isAnd(n) || negated && isOr(n) {
			return append(claims(n.Left, negated), claims(n.Right, negated)...)
		}
	}
	return []claim{{n, negated}}
}

func isAnd(n *ast.BinaryNode) bool { return n.Operator == "and" || n.Operator == "&&" }
func isOr(n *ast.BinaryNode) bool  { return n.Operator == "or" || n.Operator == "||" }

// impossible is why a condition, or its negation, can never hold; nil where it may.
func (x *reasoner) impossible(n ast.Node, negated bool) *cause {
	values, before := map[string]*span{}, map[string]claim{}
	for _, c := range claims(n, negated) {
		if b, ok := c.node.(*ast.BinaryNode); ok && (isAnd(b) || isOr(b)) { // either side will do
			if left := x.impossible(b.Left, c.negated); left != nil && x.impossible(b.Right, c.negated) != nil {
				return left
			}
			continue
		}
		if b, ok := c.node.(*ast.BoolNode); ok && b.Value == c.negated {
			return &cause{at: b, why: "it is false", otherwise: "it is true"}
		}
		words := c.node.String()
		if other, ok := before[words]; ok && other.negated != c.negated {
			return contradiction(c.node, words)
		}
		before[words] = c
		if why := x.narrow(values, c); why != nil {
			return why
		}
	}
	return nil
}

func contradiction(at ast.Node, words string) *cause {
	return &cause{at: at, why: words + " contradicts what stands before it", otherwise: "where one side does not hold, another does"}
}

// narrow takes in what a claim says of the value of a field or figure, and
// tells where nothing is left that it could be.
func (x *reasoner) narrow(values map[string]*span, c claim) *cause {
	b, ok := c.node.(*ast.BinaryNode)
	if !ok {
		return nil
	}
	subject, says := sayingOf(b, c.negated)
	if subject == nil {
		return nil
	}
	name := subject.String()
	if v, known := x.words[name]; known && v.closed && says.list != nil && !slices.ContainsFunc(says.list, func(w any) bool { word, ok := w.(string); return !ok || v.has(word) }) {
		message, hint := v.doubt(name, says.list[0].(string))
		return &cause{at: b, why: message, otherwise: message, hint: hint}
	}
	had := values[name]
	if had == nil {
		had = &span{low: math.Inf(-1), high: math.Inf(1)}
		values[name] = had
	}
	had.narrow(says)
	if had.empty() {
		return contradiction(b, b.String())
	}
	return nil
}

// span is what a value can be: one of a list, or anything; not one of those
// refused; if a figure or date, between low and high.
type span struct {
	list      []any // nil: anything
	refused   []any
	low, high float64
	openLow   bool // low itself is refused
	openHigh  bool
}

func (s *span) narrow(more span) {
	if more.list != nil {
		if s.list == nil {
			s.list = more.list
		} else {
			s.list = slices.DeleteFunc(slices.Clone(s.list), func(v any) bool { return !slices.Contains(more.list, v) })
		}
	}
	s.refused = append(s.refused, more.refused...)
	if more.low > s.low || more.low == s.low && more.openLow {
		s.low, s.openLow = more.low, more.openLow
	}
	if more.high < s.high || more.high == s.high && more.openHigh {
		s.high, s.openHigh = more.high, more.openHigh
	}
}

func (s *span) empty() bool {
	if s.low > s.high || s.low == s.high && (s.openLow || s.openHigh) {
		return true
	}
	return s.list != nil && !slices.ContainsFunc(s.list, s.admits)
}

func (s *span) admits(v any) bool {
	if f, ok := v.(float64); ok && (f < s.low || f > s.high || f == s.low && s.openLow || f == s.high && s.openHigh) {
		return false
	}
	return !slices.Contains(s.refused, v)
}

// sayingOf is what a comparison says of its subject's value; no subject where
// it says nothing of use. That an order does not hold says nothing, as it holds
// for no missing value.
func sayingOf(b *ast.BinaryNode, negated bool) (subject ast.Node, says span) {
	says = span{low: math.Inf(-1), high: math.Inf(1)}
	if b.Operator == "in" {
		return sayingOfIn(b, negated)
	}
	subject, operator, value := b.Left, b.Operator, literal(b.Right)
	if value == nil {
		subject, operator, value = b.Right, mirrored[b.Operator], literal(b.Left)
	}
	figure, isFigure := value.(float64)
	switch {
	case value == nil || operator == "":
		return nil, says
	case operator == "==" && !negated, operator == "!=" && negated:
		says.list = []any{value}
	case operator == "!=", operator == "==":
		says.refused = []any{value}
	case negated || !isFigure:
		return nil, says
	case operator == "<", operator == "<=":
		says.high, says.openHigh = figure, operator == "<"
	default:
		says.low, says.openLow = figure, operator == ">"
	}
	return subject, says
}

// mirrored are comparisons as they read from the other side.
var mirrored = map[string]string{"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func sayingOfIn(b *ast.BinaryNode, negated bool) (subject ast.Node, says span) {
	says = span{low: math.Inf(-1), high: math.Inf(1)}
	switch right := b.Right.(type) {
	case *ast.ArrayNode:
		var list []any
		for _, n := range right.Nodes {
			v := literal(n)
			if v == nil {
				return nil, says
			}
			list = append(list, v)
		}
		if negated {
			says.refused = list
		} else {
			says.list = list
		}
		return b.Left, says
	case *ast.BinaryNode:
		from, fixedFrom := wholeNumber(right.Left)
		to, fixedTo := wholeNumber(right.Right)
		if right.Operator == ".." && fixedFrom && fixedTo && !negated {
			says.low, says.high = float64(from), float64(to)
			return b.Left, says
		}
	}
	return nil, says
}

// literal is the value of what is written out: a text, or a figure, or a whole
// day as its number; nil for anything else.
func literal(n ast.Node) any {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.IntegerNode:
		return float64(n.Value)
	case *ast.FloatNode:
		return n.Value
	case *ast.UnaryNode:
		if f, ok := literal(n.Node).(float64); ok && n.Operator == "-" {
			return -f
		}
	case *ast.CallNode:
		return literalDay(n)
	}
	return nil
}

func literalDay(n *ast.CallNode) any {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || callee.Value != "date" || len(n.Arguments) != 1 {
		return nil
	}
	text, ok := n.Arguments[0].(*ast.StringNode)
	if !ok {
		return nil
	}
	d, err := tracker.ParseDate(text.Value)
	if err != nil || d.Precision() != tracker.Day {
		return nil
	}
	return float64(tracker.DaysBetween(epoch, d))
}
