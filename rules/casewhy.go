package rules

import "derisk/tracker"

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
	x, err := p.explained(r, id)
	if err != nil {
		return tracker.Text{EN: err.Error()}, nil
	}
	before, active := p.was.Active[id]
	switch {
	case end && x.Result:
		return tracker.Text{EN: "the condition still holds", ZH: "条件仍然成立"}, nil
	case end && !r.Resolve:
		return tracker.Text{EN: "the rule has no resolve: true", ZH: "规则没有 resolve: true"}, nil
	case end:
		return tracker.Text{EN: "it did not hold at the due time before", ZH: "上一执行时间条件并不成立"}, nil
	case !x.Result:
		return tracker.Text{EN: "the condition is false", ZH: "条件不成立"}, decisiveParts(x)
	case x.New != nil && !*x.New:
		return tracker.Text{EN: "the condition holds, but it did not become known since the due time before", ZH: "条件成立，但并非自上一执行时间以来新获知"}, nil
	case active && before.Key == x.Key || active && !r.Once():
		at := before.Last.Format("2006-01-02T15:04:05Z07:00")
		return tracker.Text{EN: "the condition holds, but it fired already at " + at, ZH: "条件成立，但已于 " + at + " 触发过"}, nil
	}
	return tracker.Text{EN: "the condition holds, but its once key " + x.Key + " fired already", ZH: "条件成立，但其 once 键 " + x.Key + " 已触发过"}, nil
}

// explained is what the condition comes to at the step for one subject.
func (p playedStep) explained(r *Rule, id string) (Explanation, error) {
	all, err := Explain(r, p.facts, "", p.step.At)
	if err != nil {
		return Explanation{}, err
	}
	var known []string
	for _, x := range all {
		if x.Subject == id {
			return x, nil
		}
		known = append(known, x.Subject)
	}
	return Explanation{}, noSubject(r.Each, id, p.step.At, known)
}

// decisiveParts are those that the result follows from, each with the values in it.
func decisiveParts(x Explanation) (list []Part) {
	for _, d := range x.Decisive {
		list = append(list, x.Parts[d.Part])
		for _, i := range d.From {
			list = append(list, x.Parts[i])
		}
	}
	return list
}
