package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"derisk/tracker"
)

// Near is a single change that would turn a result round: of one value in the
// condition, or, hypothetically, one more fact of a measure.
type Near struct {
	Part  int          // among the parts; with Would
	Would tracker.Text // what would have to be, to follow "if"; empty where Event says it

	Measure string         // of Event
	Event   *tracker.Event // as it would be recorded on the day asked about
}

const maxNear = 5 // values told, and events

// near lists single changes that would turn the result round.
func (x *explainer) near(w watch, e Explanation) ([]Near, error) {
	list := x.nearValues(e)
	if x.rule.Each != EachMeasure {
		return list, nil
	}
	events, err := x.nearEvents(w, e)
	return append(list, events...), err
}

// nearValues are the parts each of which decides the result by itself.
func (x *explainer) nearValues(e Explanation) (list []Near) {
	for _, leaf := range x.term.leaves() {
		if leaf.part < 0 || len(list) == maxNear || x.term.with(leaf) == e.Result {
			continue
		}
		if slices.ContainsFunc(list, func(n Near) bool { return n.Part == leaf.part }) {
			continue
		}
		list = append(list, Near{Part: leaf.part, Would: x.otherwise(leaf.node, !leaf.held)})
	}
	return list
}

// otherwise says what would have to be for a part of the condition to come to want.
func (x *explainer) otherwise(n ast.Node, want bool) tracker.Text {
	if compared, is := n.(*ast.BinaryNode); is {
		if t, ok := x.otherwiseCompared(compared, want); ok {
			return t
		}
	}
	return tracker.Text{EN: fmt.Sprintf("%s were %t", n, want), ZH: fmt.Sprintf("%s 为 %t", n, want)}
}

// turned is what holds where an operator does not.
var turned = map[string]string{"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "in": "not in"}

// comparisons are the words for an operator between two values, and with a date.
var comparisons = map[string]struct{ figures, dates tracker.Text }{
	"==":     {tracker.Text{EN: "were", ZH: "为"}, tracker.Text{EN: "were", ZH: "为"}},
	"!=":     {tracker.Text{EN: "were not", ZH: "不为"}, tracker.Text{EN: "were not", ZH: "不为"}},
	"<":      {tracker.Text{EN: "were less than", ZH: "小于"}, tracker.Text{EN: "were before", ZH: "早于"}},
	"<=":     {tracker.Text{EN: "were at most", ZH: "不大于"}, tracker.Text{EN: "were not after", ZH: "不晚于"}},
	">":      {tracker.Text{EN: "were more than", ZH: "大于"}, tracker.Text{EN: "were after", ZH: "晚于"}},
	">=":     {tracker.Text{EN: "were at least", ZH: "不小于"}, tracker.Text{EN: "were not before", ZH: "不早于"}},
	"in":     {tracker.Text{EN: "were one of", ZH: "属于"}, tracker.Text{EN: "were one of", ZH: "属于"}},
	"not in": {tracker.Text{EN: "were none of", ZH: "不属于"}, tracker.Text{EN: "were none of", ZH: "不属于"}},
}

// otherwiseCompared says what the left side of a comparison would have to be.
func (x *explainer) otherwiseCompared(n *ast.BinaryNode, want bool) (tracker.Text, bool) {
	operator := n.Operator
	if !want {
		operator = turned[operator]
	}
	words, ok := comparisons[operator]
	if !ok {
		return tracker.Text{}, false
	}
	left, right, between := n.Left.String(), withoutBrackets(n.Right), words.figures
	if at := x.parts.find(n.Left); at >= 0 && x.parts[at].expr.kind == Date {
		between = words.dates
	}
	if c, ok := counted(n); ok {
		if dates := c.dates(n.Right, x.scene.today); dates != "" {
			left, right, between = c.of, dates, comparisons[c.turn(operator)].dates
		}
	}
	if _, fixed := n.Left.(*ast.StringNode); fixed && n.Operator == "in" { // "gallium" in measure.tags
		holds := tracker.Text{EN: "held", ZH: "含有"}
		if !want {
			holds = tracker.Text{EN: "did not hold", ZH: "不含"}
		}
		left, right, between = right, left, holds
	}
	return tracker.Text{EN: left + " " + between.EN + " " + right, ZH: left + " " + between.ZH + " " + right}, true
}

func withoutBrackets(n ast.Node) string {
	words := n.String()
	if _, list := n.(*ast.ArrayNode); list {
		return strings.TrimSuffix(strings.TrimPrefix(words, "["), "]")
	}
	return words
}

// countdown is a date whose days are counted in a comparison.
type countdown struct {
	of   string // the date
	sign int    // 1 for days_until, -1 for days_since
}

// counted reads days_until(date) and days_since(date) on the left of a comparison.
func counted(n *ast.BinaryNode) (countdown, bool) {
	call, ok := n.Left.(*ast.CallNode)
	if !ok || len(call.Arguments) != 1 {
		return countdown{}, false
	}
	sign := map[string]int{"days_until": 1, "days_since": -1}[call.Callee.String()]
	return countdown{call.Arguments[0].String(), sign}, sign != 0
}

// day is the date that is so many days from today, as it is counted.
func (c countdown) day(today day, days int) tracker.Date {
	return dateOf(day{number: today.number + c.sign*days, known: true})
}

// dates are the days that whole numbers on the right of the comparison stand
// for, in order; "" where there are none.
func (c countdown) dates(right ast.Node, today day) string {
	if span, ok := right.(*ast.BinaryNode); ok && span.Operator == ".." {
		from, _ := wholeNumber(span.Left)
		to, _ := wholeNumber(span.Right)
		ends := []string{c.day(today, from).String(), c.day(today, to).String()}
		slices.Sort(ends)
		return ends[0] + ".." + ends[1]
	}
	var dates []string
	for _, n := range wholeNumbers(right) {
		dates = append(dates, c.day(today, n).String())
	}
	slices.Sort(dates)
	return strings.Join(dates, ", ")
}

// turn is the operator between dates for that between numbers of days: the
// later a date is, the fewer days have gone since.
func (c countdown) turn(operator string) string {
	if c.sign < 0 {
		if turned, ok := map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}[operator]; ok {
			return turned
		}
	}
	return operator
}

// wholeNumbers are those of a literal or a list; none where anything else is among them.
func wholeNumbers(n ast.Node) (list []int) {
	entries := []ast.Node{n}
	if array, is := n.(*ast.ArrayNode); is {
		entries = array.Nodes
	}
	for _, entry := range entries {
		v, ok := wholeNumber(entry)
		if !ok || v > maxDaysAway || v < -maxDaysAway {
			return nil
		}
		list = append(list, v)
	}
	return list
}

const maxDaysAway = 40_000 // days from today that are told as a date
