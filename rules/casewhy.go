package rules

import (
	"slices"
	"strings"

	"derisk/tracker"
)

// explain adds to what was wanted in vain why it did not come.
func (p playedStep) explain(r *Rule, wrong []Difference) []Difference {
	for i := range wrong {
		if d := &wrong[i]; d.Want.Text != "" && (d.Key == "fires" || d.Key == "resolved") {
			d.Note, d.Parts = p.why(r, d.Want.Text, d.Key == "resolved")
		}
	}
	return wrong
}

// why says what kept a subject from firing, or from ending.
func (p playedStep) why(r *Rule, id string, end bool) (tracker.Text, []Part) {
	list, err := Explain(r, p.facts, id, p.step.At)
	if err != nil {
		return tracker.Text{EN: err.Error()}, nil
	}
	x := list[0]
	before, active := p.was.Active[id]
	switch {
	case end && x.Result:
		return tracker.Text{EN: "the condition still holds", ZH: "条件仍然成立"}, nil
	case end && !r.Resolve:
		return tracker.Text{EN: "the rule has no resolve: true", ZH: "规则没有 resolve: true"}, nil
	case end:
		return tracker.Text{EN: "it did not hold at the due time before", ZH: "上一执行时间条件并不成立"}, nil
	case !x.Result:
		return tracker.Text{EN: "the condition is false", ZH: "条件不成立"}, falseParts(x.Parts)
	case x.New != nil && !*x.New:
		return tracker.Text{EN: "the condition holds, but it did not become known since the due time before", ZH: "条件成立，但并非自上一执行时间以来新获知"}, nil
	case active && before.Key == x.Key || active && !r.Once():
		at := before.Last.Format("2006-01-02T15:04:05Z07:00")
		return tracker.Text{EN: "the condition holds, but it fired already at " + at, ZH: "条件成立，但已于 " + at + " 触发过"}, nil
	}
	return tracker.Text{EN: "the condition holds, but its once key " + x.Key + " fired already", ZH: "条件成立，但其 once 键 " + x.Key + " 已触发过"}, nil
}

// falseParts are the innermost parts that make a condition false, each with the
// values in it. What is false within a part that is true, such as not a, is no reason.
func falseParts(parts []Part) (list []Part) {
	for _, p := range parts {
		reason := string(p.Value) == "false" && !slices.ContainsFunc(parts, func(q Part) bool {
			return string(q.Value) == "false" && p.contains(q) || string(q.Value) == "true" && q.contains(p)
		})
		if !reason {
			continue
		}
		list = append(list, p)
		for _, q := range parts {
			if p.contains(q) {
				list = append(list, q)
			}
		}
	}
	return list
}

// contains says that another part stands within p.
func (p Part) contains(q Part) bool { return q.Expr != p.Expr && strings.Contains(p.Expr, q.Expr) }
