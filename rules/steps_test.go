package rules

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"

	"derisk/tracker"
)

// steps evaluates an expression as plainly as can be, straight from what was
// written, and counts what that takes: parts and entries looked at, and bytes
// of texts searched and compared. It is the reference for the bound on cost
// and for the values that the machine gives.
type steps struct {
	env      *scope
	entry    []any // what # is, innermost last
	looks    int   // parts evaluated and entries looked at
	searched int   // bytes gone through by contains, len, lower and the like
	compared int   // bytes of the shorter text of each comparison
}

func (s *steps) value(n ast.Node) any {
	s.looks++
	switch n := n.(type) {
	case *ast.IntegerNode:
		return float64(n.Value)
	case *ast.FloatNode:
		return n.Value
	case *ast.StringNode:
		return n.Value
	case *ast.BoolNode:
		return n.Value
	case *ast.IdentifierNode:
		return map[string]any{"now": s.env.Now, "today": s.env.Today}[n.Value]
	case *ast.MemberNode:
		return s.field(n.Property.(*ast.StringNode).Value)
	case *ast.PointerNode:
		return s.entry[len(s.entry)-1]
	case *ast.UnaryNode:
		v := s.value(n.Node)
		if f, ok := v.(float64); ok {
			return -f
		}
		return !v.(bool)
	case *ast.ConditionalNode:
		if s.truth(n.Cond) {
			return s.value(n.Exp1)
		}
		return s.value(n.Exp2)
	case *ast.ArrayNode:
		list := make([]any, len(n.Nodes))
		for i, entry := range n.Nodes {
			list[i] = s.value(entry)
		}
		return list
	case *ast.BinaryNode:
		return s.operator(n)
	case *ast.BuiltinNode:
		return s.call(n.Name, n.Arguments)
	case *ast.CallNode:
		return s.call(n.Callee.(*ast.IdentifierNode).Value, n.Arguments)
	}
	panic(n.String())
}

func (s *steps) truth(n ast.Node) bool { return s.value(n).(bool) }

func (s *steps) field(name string) any {
	m := s.env.Measure
	texts := func(list []string) (values []any) {
		for _, text := range list {
			values = append(values, text)
		}
		return values
	}
	switch name {
	case "tags":
		return texts(m.Tags)
	case "hs":
		return texts(m.HS)
	case "entities":
		return texts(m.Entities)
	case "against":
		return texts(m.Against)
	}
	return map[string]any{"id": m.ID, "title": m.Title, "status": m.Status, "by": m.By, "rate": m.Rate, "review_days": m.ReviewDays,
		"since": m.Since, "until": m.Until, "presumed": m.Presumed}[name]
}

func (s *steps) operator(n *ast.BinaryNode) any {
	switch n.Operator {
	case "and":
		return s.truth(n.Left) && s.truth(n.Right)
	case "or":
		return s.truth(n.Left) || s.truth(n.Right)
	case "in":
		return s.in(n)
	}
	left, right := s.value(n.Left), s.value(n.Right)
	switch n.Operator {
	case "+":
		return left.(float64) + right.(float64)
	case "-":
		return left.(float64) - right.(float64)
	case "*":
		return left.(float64) * right.(float64)
	case "/":
		return left.(float64) / right.(float64)
	case "contains":
		s.searched += len(left.(string))
		return strings.Contains(left.(string), right.(string))
	case "startsWith":
		s.compared += min(len(left.(string)), len(right.(string)))
		return strings.HasPrefix(left.(string), right.(string))
	case "==":
		return s.equal(left, right)
	case "!=":
		return !s.equal(left, right)
	}
	order, known := s.order(left, right)
	return known && map[string]bool{"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[n.Operator]
}

func (s *steps) equal(a, b any) bool {
	if x, ok := a.(string); ok {
		s.compared += min(len(x), len(b.(string)))
		return x == b
	}
	if x, ok := a.(bool); ok {
		return x == b
	}
	order, known := s.order(a, b)
	return known && order == 0
}

func (s *steps) order(a, b any) (int, bool) {
	if x, ok := a.(day); ok {
		return compare(x, b.(day))
	}
	x, y := a.(float64), b.(float64)
	switch {
	case math.IsNaN(x) || math.IsNaN(y):
		return 0, false
	case x < y:
		return -1, true
	case x > y:
		return 1, true
	}
	return 0, true
}

func (s *steps) in(n *ast.BinaryNode) bool {
	left := s.value(n.Left)
	if span, ok := n.Right.(*ast.BinaryNode); ok && span.Operator == ".." {
		from, _ := wholeNumber(span.Left)
		to, _ := wholeNumber(span.Right)
		s.looks += to - from + 1
		v := left.(float64)
		return v == math.Trunc(v) && v >= float64(from) && v <= float64(to)
	}
	found := false
	for _, entry := range s.value(n.Right).([]any) {
		s.looks++
		found = s.equal(entry, left) || found
	}
	return found
}

func (s *steps) call(name string, args []ast.Node) any {
	if slices.Contains(closures, name) {
		return s.closure(name, args)
	}
	v := s.value(args[0])
	if text, ok := v.(string); ok {
		s.searched += len(text)
	}
	switch name {
	case "len":
		if list, ok := v.([]any); ok {
			return float64(len(list))
		}
		return float64(utf8.RuneCountInString(v.(string)))
	case "lower":
		return strings.ToLower(v.(string))
	case "upper":
		return strings.ToUpper(v.(string))
	case "trim":
		return strings.TrimSpace(v.(string))
	case "abs":
		return math.Abs(v.(float64))
	case "min":
		return math.Min(v.(float64), s.value(args[1]).(float64))
	case "days_until":
		return daysUntil(v.(day), s.env.Today)
	case "known":
		if d, ok := v.(day); ok {
			return d.known
		}
		return !isMissing(v.(float64))
	case "date":
		d := tracker.MustDate(v.(string))
		return dayOf(d, d.First(s.env.Facts.zone), s.env.Facts.zone)
	}
	panic(name)
}

func (s *steps) closure(name string, args []ast.Node) any {
	body := args[1]
	if predicate, ok := body.(*ast.PredicateNode); ok {
		body = predicate.Node
	}
	held, list := 0, s.value(args[0]).([]any)
	for _, entry := range list {
		s.looks++
		s.entry = append(s.entry, entry)
		if s.truth(body) {
			held++
		}
		s.entry = s.entry[:len(s.entry)-1]
	}
	switch name {
	case "any":
		return held > 0
	case "all":
		return held == len(list)
	case "none":
		return held == 0
	case "one":
		return held == 1
	}
	return float64(held)
}
