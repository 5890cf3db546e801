package rules

import (
	"cmp"
	"slices"
	"time"

	"github.com/expr-lang/expr/ast"

	"derisk/tracker"
)

// Bounds of what is supposed: each event supposed is one evaluation.
const (
	maxSupposed = 100
	maxDates    = 8  // days supposed as the last of a suspension and the like
	usualDays   = 30 // from today, where the condition names no other
)

// nearEvents are events of a measure that, recorded and published on the day
// asked about, would turn the result round. Only those that the measure's
// recorded events admit are supposed. Of each kind the first found is given.
func (x *explainer) nearEvents(w watch, e Explanation) (list []Near, err error) {
	m, err := w.facts.Measure(w.id)
	if err != nil {
		return nil, err
	}
	supposed := x.suppose(m)
	for _, event := range supposed[:min(len(supposed), maxSupposed)] {
		told := slices.ContainsFunc(list, func(n Near) bool { return n.Event.What == event.What })
		if told || len(list) == maxNear || m.Admits(event) != nil {
			continue
		}
		held, err := w.withEvent(m, event, e.At)
		if err != nil {
			return nil, err
		}
		if held != e.Result {
			list = append(list, Near{Measure: m.ID, Event: &event})
		}
	}
	return list, nil
}

// withEvent evaluates the condition as if the measure had one more event.
func (w watch) withEvent(m *tracker.Measure, event tracker.Event, at time.Time) (bool, error) {
	facts := w.facts.Facts
	facts.Measures = slices.Clone(facts.Measures)
	for i := range facts.Measures {
		if facts.Measures[i].ID == m.ID {
			own := *facts.Measures[i]
			own.Events = append(slices.Clone(own.Events), event)
			facts.Measures[i] = &own
		}
	}
	snapshot, err := tracker.NewSnapshot(facts)
	if err != nil {
		return false, err
	}
	other := watch{rule: w.rule, facts: snapshot, id: w.id}
	return other.holds(at)
}

// supposition makes events of today for a measure.
type supposition struct {
	today  tracker.Date
	id     string
	events []tracker.Event
}

func (s *supposition) add(e tracker.Event) {
	e.ID, e.On, e.Published, e.Evidence = s.id, s.today, s.today, cmp.Or(e.Evidence, tracker.Official)
	s.events = append(s.events, e)
}

// suppose lists events that could be recorded of a measure today, the plainest
// first: with the days and words that the condition asks for.
func (x *explainer) suppose(m *tracker.Measure) []tracker.Event {
	s := supposition{today: tracker.DayOf(x.scene.at.In(m.Location())), id: m.ID + ".supposed"}
	days := x.daysAskedFor()
	s.add(tracker.Event{What: tracker.Resumed})
	for _, e := range m.Events { // where several run, it must be said which one ends
		if e.What == tracker.Suspended {
			s.add(tracker.Event{What: tracker.Resumed, Of: e.ID})
		}
	}
	for _, day := range days {
		s.add(tracker.Event{What: tracker.Suspended, Until: day})
		s.add(tracker.Event{What: tracker.Extended, Until: day})
		s.add(tracker.Event{What: tracker.Postponed, To: day})
	}
	s.add(tracker.Event{What: tracker.Suspended})
	s.add(tracker.Event{What: tracker.Extended, Until: tracker.MustDate("none")})
	for _, reason := range append(x.reasonsAskedFor(), tracker.Revoked) {
		s.add(tracker.Event{What: tracker.Ended, Reason: reason})
	}
	for _, what := range []tracker.What{tracker.Reinstated, tracker.Effective, tracker.Announced, tracker.Proposed} {
		s.add(tracker.Event{What: what})
	}
	for _, terms := range x.termsAskedFor() {
		s.add(tracker.Event{What: tracker.Amended, Terms: terms})
	}
	s.add(tracker.Event{What: tracker.Reported, Evidence: tracker.Press})
	return s.events
}

// daysAskedFor are the days to come that the condition counts to, those nearest
// to a month away first.
func (x *explainer) daysAskedFor() []tracker.Date {
	var away []int
	visitPlaced(x.rule.when.node, func(n ast.Node) {
		compared, is := n.(*ast.BinaryNode)
		if !is {
			return
		}
		if c, ok := counted(compared); ok {
			for _, n := range bounds(compared.Right) {
				away = append(away, c.sign*n)
			}
		}
	})
	away = append(slices.DeleteFunc(away, func(n int) bool { return n < 0 }), usualDays)
	slices.SortStableFunc(away, func(a, b int) int { return max(a-usualDays, usualDays-a) - max(b-usualDays, usualDays-b) })
	away = slices.Compact(away)
	var days []tracker.Date
	for _, n := range away[:min(len(away), maxDates)] {
		days = append(days, countdown{sign: 1}.day(x.scene.today, n))
	}
	return days
}

// bounds are the numbers at which a comparison with n turns: those of a list,
// the ends of a range, and the numbers beside a limit.
func bounds(n ast.Node) []int {
	if span, ok := n.(*ast.BinaryNode); ok && span.Operator == ".." {
		return append(wholeNumbers(span.Left), wholeNumbers(span.Right)...)
	}
	list := wholeNumbers(n)
	if _, one := wholeNumber(n); one && len(list) == 1 {
		return []int{list[0], list[0] - 1, list[0] + 1}
	}
	return list
}

// textsBeside are the texts that the condition writes out in comparisons in
// which a field stands.
func (r *Rule) textsBeside(field string) (texts []string) {
	visitPlaced(r.when.node, func(n ast.Node) {
		compared, is := n.(*ast.BinaryNode)
		if !is || connects(n) || !mentions(compared, field) {
			return
		}
		texts = append(texts, textsIn(compared)...)
	})
	return texts
}

// textsIn are the texts written out in a node; the names of fields are none.
func textsIn(n ast.Node) (texts []string) {
	names := map[ast.Node]bool{}
	var found []*ast.StringNode
	visitPlaced(n, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.MemberNode:
			names[n.Property] = true
		case *ast.StringNode:
			found = append(found, n)
		}
	})
	for _, text := range found {
		if !names[text] {
			texts = append(texts, text.Value)
		}
	}
	return texts
}

func mentions(n ast.Node, field string) (does bool) {
	visitPlaced(n, func(n ast.Node) { does = does || isField(n) && n.String() == field })
	return does
}

// reasonsAskedFor are the reasons for an ending that the condition names.
func (x *explainer) reasonsAskedFor() []tracker.Reason {
	texts := x.rule.textsBeside("measure.reason")
	return only(tracker.Reasons(), func(r tracker.Reason) bool { return slices.Contains(texts, string(r)) })
}

// termsAskedFor are amendments to what the condition asks for: a rate at or
// beside its limit, a country, an entity or a tag that it names.
func (x *explainer) termsAskedFor() (list []tracker.Terms) {
	visitPlaced(x.rule.when.node, func(n ast.Node) {
		compared, is := n.(*ast.BinaryNode)
		if !is || compared.Left.String() != "measure.rate" {
			return
		}
		for _, percent := range bounds(compared.Right) {
			list = append(list, tracker.Terms{Rate: &tracker.Rate{Percent: float64(percent)}})
		}
	})
	for _, text := range x.rule.textsBeside("measure.against") {
		list = append(list, tracker.Terms{Against: []string{text}})
	}
	for _, text := range x.rule.textsBeside("measure.entities") {
		list = append(list, tracker.Terms{Entities: []string{text}})
	}
	for _, text := range x.rule.textsBeside("measure.tags") {
		list = append(list, tracker.Terms{Goods: []tracker.Goods{{Tags: []string{text}}}})
	}
	return list
}
