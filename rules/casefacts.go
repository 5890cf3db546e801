package rules

import (
	"slices"

	"derisk/tracker"
)

// gathering picks the facts of a test out of what it gives and out of the
// starter facts: with the wholes of its parts, the measures of its reviews and
// the frameworks of its commitments.
type gathering struct {
	starter *tracker.Snapshot
	facts   tracker.Facts
}

// factsOf are the facts of each step of a test.
func factsOf(c Case, starter *tracker.Snapshot) (list []*tracker.Snapshot, err error) {
	g := gathering{starter, tracker.Facts{Goods: starter.Goods, Entities: starter.Entities, Calendars: starter.Calendars}}
	for i, step := range c.steps() {
		if i > 0 && len(step.Given) == 0 {
			list = append(list, list[i-1])
			continue
		}
		facts, err := g.step(step.Given)
		if err != nil {
			return nil, err
		}
		list = append(list, facts)
	}
	return list, nil
}

func (g *gathering) step(given []Given) (*tracker.Snapshot, error) {
	for _, fact := range given { // what is written out comes before what the starter facts would add
		g.facts = g.facts.With(fact.facts())
	}
	for _, fact := range given {
		if err := g.add(fact); err != nil {
			return nil, err
		}
	}
	return tracker.NewSnapshot(g.facts)
}

// facts are what is written out.
func (g Given) facts() (f tracker.Facts) {
	switch {
	case g.Measure != nil:
		f.Measures = []*tracker.Measure{g.Measure}
	case g.Review != nil:
		f.Reviews = []tracker.Review{*g.Review}
	case g.Commitment != nil:
		f.Commitments = []tracker.Commitment{*g.Commitment}
	case g.Indicator != nil:
		f.Indicators = []tracker.Indicator{*g.Indicator}
	case g.Article != nil:
		f.Articles = []tracker.Article{*g.Article}
	}
	return f
}

// add brings in what a fact needs beside itself, or a starter fact.
func (g *gathering) add(given Given) error {
	switch {
	case given.Measure != nil:
		return g.whole(given.Measure)
	case given.Review != nil:
		return g.measure(given.Review.Measure)
	case given.Commitment != nil:
		return g.measure(given.Commitment.Framework)
	case given.Indicator != nil, given.Article != nil:
		return nil
	}
	return g.byID(given.ID)
}

func (g *gathering) byID(id string) error {
	for _, c := range g.starter.Commitments {
		if c.ID == id {
			g.facts = g.facts.With(tracker.Facts{Commitments: []tracker.Commitment{c}})
			return g.measure(c.Framework)
		}
	}
	for _, ind := range g.starter.Indicators {
		if ind.ID == id {
			g.facts = g.facts.With(tracker.Facts{Indicators: []tracker.Indicator{ind}})
			return nil
		}
	}
	return g.measure(id)
}

// measure adds a starter measure with its wholes, unless it is there already.
func (g *gathering) measure(id string) error {
	if slices.ContainsFunc(g.facts.Measures, func(m *tracker.Measure) bool { return m.ID == id }) {
		return nil
	}
	m, err := g.starter.Measure(id)
	if err != nil {
		return err
	}
	g.facts.Measures = append(g.facts.Measures, m)
	return g.whole(m)
}

func (g *gathering) whole(m *tracker.Measure) error {
	if m.Under == "" {
		return nil
	}
	return g.measure(m.Under)
}
