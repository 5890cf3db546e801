package rules

import (
	"math"
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
)

// turns are the days on which a condition can change while its subject stays as
// it is: those at which it counts, such as the 30th before measure.until in
// days_until(measure.until) == 30, and the days beside them.
type turns struct {
	counts []count
}

// count is one comparison of days counted to or from a date.
type count struct {
	date    *expression
	offsets []int // from the date to a day on which the comparison can change
}

// never is a day that does not come.
const never = math.MaxInt

// turnsOf finds all that a condition counts; nil where it reads the clock in
// another way, so that it can change at any tick.
func turnsOf(when *expression) *turns {
	if readsNow(when.node) {
		return nil
	}
	found := &turns{}
	if !found.gather(when.node, when.each) {
		return nil
	}
	return found
}

// gather takes in what a node counts, and says whether it understood it all.
func (t *turns) gather(n ast.Node, each Each) bool {
	if !countsDays(n) {
		return true
	}
	if b, ok := n.(*ast.BinaryNode); ok {
		if c, ok := countOf(b, each); ok {
			t.counts = append(t.counts, c)
			return true
		}
	}
	switch n.(type) {
	case *ast.BinaryNode, *ast.UnaryNode, *ast.ConditionalNode:
	default:
		return false
	}
	return !slices.ContainsFunc(childrenOf(n), func(child ast.Node) bool { return !t.gather(child, each) })
}

// countOf reads a comparison of days_until or days_since of a field with
// figures that are written out.
func countOf(b *ast.BinaryNode, each Each) (count, bool) {
	call, days := b.Left, b.Right
	if b.Operator != "in" && literal(days) == nil {
		call, days = days, call
	}
	f, ok := call.(*ast.CallNode)
	if !ok || len(f.Arguments) != 1 {
		return count{}, false
	}
	callee, _ := f.Callee.(*ast.IdentifierNode)
	field, isField := f.Arguments[0].(*ast.MemberNode)
	sign := map[string]int{"days_until": -1, "days_since": 1}[callee.Value]
	figures, fixed := figuresOf(days)
	if sign == 0 || !isField || !fixed {
		return count{}, false
	}
	date, faults := compile(field.String(), each, plainly)
	if len(faults) > 0 {
		return count{}, false
	}
	c := count{date: date}
	for _, figure := range figures {
		for near := int(math.Floor(figure)) - 1; near <= int(math.Ceil(figure))+1; near++ {
			c.offsets = append(c.offsets, sign*near)
		}
	}
	return c, true
}

// figuresOf are the figures that stand in a literal, a list or at the ends of a range.
func figuresOf(n ast.Node) (figures []float64, fixed bool) {
	parts := []ast.Node{n}
	switch n := n.(type) {
	case *ast.ArrayNode:
		parts = n.Nodes
	case *ast.BinaryNode:
		parts = []ast.Node{n.Left, n.Right}
	}
	for _, part := range parts {
		figure, ok := literal(part).(float64)
		if !ok || math.Abs(figure) > maxWorkingSpan*10 {
			return nil, false
		}
		figures = append(figures, figure)
	}
	return figures, true
}

// after is the first day after one on which the condition can change.
func (t *turns) after(today int, machine *vm.VM, env *scope) (int, error) {
	if t == nil {
		return today, nil
	}
	next := never
	for _, c := range t.counts {
		v, err := c.date.run(machine, env)
		if err != nil {
			return today, err
		}
		d, ok := v.(day)
		if !ok || !d.known {
			continue
		}
		for _, offset := range c.offsets {
			if turn := d.number + offset; turn > today {
				next = min(next, turn)
			}
		}
	}
	return next, nil
}
