package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
)

// lintSchedule doubts a schedule, and a key, that do not go with the days which
// the condition names.
func lintSchedule(r *Rule) (found []finding) {
	if r.Each.Happens() {
		return nil
	}
	all := claims(r.when.node, false)
	if i := slices.IndexFunc(all, func(c claim) bool { return countsDays(c.node) }); i >= 0 && r.finerThanDays() && !readsNow(r.when.node) {
		found = append(found, finding{name: needlessTicks, key: "schedule", fault: fault{
			message: fmt.Sprintf("%s changes once a day at most, the rule is due more often", all[i].node),
			hint:    `write "0 9 * * *"`,
		}})
	}
	for _, c := range all {
		if days := daysNamed(c); len(days) > 1 {
			found = append(found, r.lintDays(c.node.(*ast.BinaryNode), days)...)
		}
	}
	return found
}

// finerThanDays says that the schedule comes due more than once on some day of
// a fortnight.
func (r *Rule) finerThanDays() bool {
	from := time.Date(2026, 6, 1, 0, 0, 0, 0, r.Zone) // a Monday in no month with a change of clock
	last := ""
	for at := range r.Schedule.Between(from, from.AddDate(0, 0, 14)) {
		day := at.In(r.Zone).Format(time.DateOnly)
		if day == last {
			return true
		}
		last = day
	}
	return false
}

// dayCounts are the functions that count from today.
var dayCounts = []string{"days_until", "days_since", "working_days_until"}

// countsDays says whether a node reads the calendar.
func countsDays(n ast.Node) bool {
	return holdsPart(n, func(part ast.Node) bool {
		switch part := part.(type) {
		case *ast.IdentifierNode:
			return part.Value == "today" || slices.Contains(dayCounts, part.Value)
		case *ast.MemberNode:
			field := part.String()
			return field == "review.left" || field == "review.counted"
		}
		return false
	})
}

func readsNow(n ast.Node) bool {
	return holdsPart(n, func(part ast.Node) bool {
		name, ok := part.(*ast.IdentifierNode)
		return ok && name.Value == "now"
	})
}

func holdsPart(n ast.Node, is func(ast.Node) bool) (found bool) {
	ast.Walk(&n, visitor(func(part ast.Node) { found = found || is(part) }))
	return found
}

// daysNamed are the days that a claim lists one by one, in order, such as 30, 7
// and 1 in days_until(measure.until) in [30, 7, 1].
func daysNamed(c claim) (days []int) {
	b, ok := c.node.(*ast.BinaryNode)
	if !ok || c.negated || b.Operator != "in" || !countsDays(b.Left) {
		return nil
	}
	list, ok := b.Right.(*ast.ArrayNode)
	if !ok {
		return nil
	}
	for _, entry := range list.Nodes {
		day, fixed := wholeNumber(entry)
		if !fixed {
			return nil
		}
		days = append(days, day)
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// lintDays doubts a rule that names several days but cannot fire on each. With
// once its key must change from day to day; without it the condition must not
// hold for two days running.
func (r *Rule) lintDays(in *ast.BinaryNode, days []int) []finding {
	count := in.Left.String()
	from, to := spanOf(in.Right)
	if r.Once() {
		if slices.ContainsFunc(r.once, func(x *expression) bool { return countsDays(x.node) || readsNow(x.node) }) {
			return nil
		}
		return []finding{{name: missedDays, key: "once", fault: fault{
			message: fmt.Sprintf("the key is the same on each of the days %s, so the rule fires on the first alone", listed(days)), hint: "add " + count}}}
	}
	var running []int
	for i := 1; i < len(days); i++ {
		if days[i] == days[i-1]+1 {
			running = append(running, days[i-1], days[i])
		}
	}
	if running == nil || r.Repeat != (Repeat{}) {
		return nil
	}
	return []finding{{name: missedDays, key: "when", fault: fault{from, to,
		fmt.Sprintf("it holds on the days %s running, so the rule fires on the first of them alone", listed(slices.Compact(running))),
		fmt.Sprintf("add once: [%s.id, %s]", r.Each, count)}}}
}

func listed(days []int) string {
	words := make([]string, len(days))
	for i, d := range days {
		words[i] = strconv.Itoa(d)
	}
	return strings.Join(words, ", ")
}
