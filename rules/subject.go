package rules

import (
	"fmt"
	"slices"
	"time"

	"derisk/tracker"
)

// subject is one thing that a rule goes over, as an expression sees it.
type subject struct {
	id       string
	title    tracker.Text
	scope    *scope
	owner    string
	measures []*measureView // concerned
	tags, by []string       // beyond those of the measures
}

// concern fills what subscriptions filter by.
func (s subject) concern(f *tracker.Firing) {
	f.Tags, f.By = slices.Clone(s.tags), slices.Clone(s.by)
	for _, m := range s.measures {
		f.Measures = append(f.Measures, m.ID)
		f.Tags = append(f.Tags, m.Tags...)
		f.By = append(f.By, m.By)
		f.Kinds = append(f.Kinds, m.measure.Kind)
	}
	f.Measures, f.Tags, f.By = sortedOnce(f.Measures), sortedOnce(f.Tags), sortedOnce(f.By)
	slices.Sort(f.Kinds)
	f.Kinds = slices.Compact(f.Kinds)
}

// eachSubject calls look with every subject that is known at the tick, in the
// order of the snapshot. A measure without a status is none. It fails on a
// subject that the rule cannot afford to look at.
func (e *evaluation) eachSubject(look func(subject) error) error {
	return e.visitEach(func(s subject) error {
		if err := e.rule.afford(s); err != nil {
			return err
		}
		return look(s)
	})
}

// visitEach is [evaluation.eachSubject] whatever it costs to look.
func (e *evaluation) visitEach(visit func(subject) error) error {
	switch e.rule.Each {
	case EachMeasure:
		return e.eachMeasure(visit)
	case EachEvent:
		return e.eachEvent(visit)
	case EachReview:
		return eachOf(e, e.scene.snapshot.Reviews, e.reviewSubject, visit)
	case EachCommitment:
		return eachOf(e, e.scene.snapshot.Commitments, e.commitmentSubject, visit)
	case EachIndicator:
		return eachOf(e, e.scene.snapshot.Indicators, e.indicatorSubject, visit)
	case EachArticle:
		return eachOf(e, e.scene.snapshot.Articles, e.articleSubject, visit)
	}
	return fmt.Errorf("each %s is not known", e.rule.Each)
}

// eachOf visits what view does not leave out with a nil scope.
func eachOf[T any](e *evaluation, all []T, view func(*T) (subject, error), visit func(subject) error) error {
	for i := range all {
		s, err := view(&all[i])
		if err != nil {
			return err
		}
		if s.scope == nil {
			continue
		}
		if err := visit(s); err != nil {
			return err
		}
	}
	return nil
}

func (e *evaluation) eachMeasure(visit func(subject) error) error {
	visitView := e.measureSubjects(visit)
	for i := range e.scene.snapshot.Measures {
		if v := e.scene.view(i); v.Status != "" {
			if err := visitView(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// measureSubjects visits measures as subjects, one after the other in one scope.
func (e *evaluation) measureSubjects(visit func(subject) error) func(*measureView) error {
	env := e.scene.scope()
	one := make([]*measureView, 1)
	return func(v *measureView) error {
		env.Measure, one[0] = v, v
		return visit(subject{id: v.ID, title: v.measure.Title, scope: env, measures: one})
	}
}

// eachMatch visits the subjects of which the rule's condition holds. Measures
// are found by index, with the result of [evaluation.eachMatchByMachine].
func (e *evaluation) eachMatch(visit func(subject) error) error {
	if e.rule.Each != EachMeasure {
		return e.eachMatchByMachine(visit)
	}
	f := e.scene.finder()
	for _, v := range f.largest() {
		if err := e.measureSubjects(e.rule.afford)(v); err != nil {
			return err
		}
	}
	return f.condition(e.rule.when).Each(e.measureSubjects(visit))
}

// eachMatchByMachine asks expr's machine about every subject. It is what the
// index is measured by: whatever the condition, both visit the same subjects.
func (e *evaluation) eachMatchByMachine(visit func(subject) error) error {
	return e.eachSubject(func(s subject) error {
		held, err := e.rule.when.holds(e.machine, s.scope)
		if err != nil || !held {
			return err
		}
		return visit(s)
	})
}

// eachEvent visits the events that became known after the due time before and
// by this one.
func (e *evaluation) eachEvent(visit func(subject) error) error {
	for _, i := range e.scene.newMeasures(e.prev) {
		m := e.scene.snapshot.Measures[i]
		for _, event := range m.Known(e.scene.cut) {
			if !e.isNew(m, &event) {
				continue
			}
			v := e.scene.view(i)
			env := e.scene.scope()
			env.Measure, env.Event = v, e.scene.event(m, &event)
			if err := visit(subject{id: event.ID, title: m.Title, scope: env, measures: []*measureView{v}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// isNew says that an event was published in the tick's window, or, live,
// recorded in it and published within [lateRecording].
func (e *evaluation) isNew(m *tracker.Measure, event *tracker.Event) bool {
	return e.becameKnown(published(event).First(m.Location()), event.Recorded)
}

func (e *evaluation) becameKnown(published, recorded time.Time) bool {
	if published.After(e.scene.at) || e.scene.live && recorded.After(e.scene.at) {
		return false
	}
	if published.After(e.prev) {
		return true
	}
	return e.scene.live && recorded.After(e.prev) && published.After(e.scene.at.Add(-lateRecording))
}

func (e *evaluation) reviewSubject(r *tracker.Review) (subject, error) {
	v, err := e.scene.review(*r)
	if v == nil || err != nil {
		return subject{}, err
	}
	env := e.scene.scope()
	env.Review, env.Measure = v, e.scene.measure(r.Measure)
	title := tracker.Text{EN: r.Name}
	if r.Name == "" {
		title.EN = r.ID
	}
	return subject{id: r.ID, title: title, scope: env, owner: r.Owner, measures: []*measureView{env.Measure}}, nil
}

func (e *evaluation) commitmentSubject(c *tracker.Commitment) (subject, error) {
	v := e.scene.commitment(c)
	if v == nil {
		return subject{}, nil
	}
	env := e.scene.scope()
	env.Commitment = v
	s := subject{id: c.ID, title: c.Title, scope: env, by: []string{c.By}}
	if m := e.scene.measure(c.Framework); m != nil {
		s.measures = []*measureView{m}
	}
	return s, nil
}

func (e *evaluation) indicatorSubject(ind *tracker.Indicator) (subject, error) {
	v := e.scene.indicator(ind)
	if v == nil {
		return subject{}, nil
	}
	env := e.scene.scope()
	env.Indicator = v
	s := subject{id: ind.ID, title: ind.Title, scope: env}
	if ind.Subject != "" {
		s.tags = e.scene.tags([]string{ind.Subject})
	}
	return s, nil
}

func (e *evaluation) articleSubject(a *tracker.Article) (subject, error) {
	if !e.becameKnown(a.At, a.Fetched) {
		return subject{}, nil
	}
	env := e.scene.scope()
	env.Article = e.scene.article(a)
	s := subject{id: a.ID, title: tracker.Text{EN: a.Title}, scope: env}
	for _, mention := range a.Mentions {
		if m := e.scene.measure(mention.Measure); m != nil {
			s.measures = append(s.measures, m)
		}
	}
	return s, nil
}

// subject finds a subject that was active; one that is gone is known by its id alone.
func (e *evaluation) subject(id string) subject {
	found := subject{id: id, title: tracker.Text{EN: id, ZH: id}}
	if e.rule.Each == EachMeasure {
		if v := e.scene.measure(id); v != nil {
			found.title, found.measures = v.measure.Title, []*measureView{v}
		}
		return found
	}
	_ = e.eachSubject(func(s subject) error {
		if s.id == id {
			found = s
		}
		return nil
	})
	return found
}
