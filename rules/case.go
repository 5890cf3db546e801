package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

// Case is one test written in a rule file.
type Case struct {
	Name     string
	Line     int // where it begins in the file
	At       time.Time
	Given    []Given
	Fires    []string // subjects that are to fire
	Resolved []string // subjects that are to end, having held at the due time before At
	Says     tracker.Text
}

// Given is what a test has for facts: one field is set.
type Given struct {
	ID      string // of a starter measure, commitment or indicator
	Measure *tracker.Measure
	Review  *tracker.Review
	Article *tracker.Article
}

// CaseResult is how one test went. It passed where Wrong is empty.
type CaseResult struct {
	Rule    string
	Case    Case
	Firings []tracker.Firing
	Wrong   []string // what differs, in words, each beginning with - (missing) or + (too much)
}

// RunCases runs every test of a rule, each over its own facts and from a fresh
// state, as a backtest would see them. Goods, parties and calendars come from
// starter, and so do measures given by id.
func RunCases(r *Rule, starter *tracker.Snapshot) []CaseResult {
	results := make([]CaseResult, len(r.Cases))
	for i, c := range r.Cases {
		results[i] = runCase(r, c, starter)
	}
	return results
}

func runCase(r *Rule, c Case, starter *tracker.Snapshot) CaseResult {
	result := CaseResult{Rule: r.Name, Case: c}
	facts, err := c.facts(starter)
	if err != nil {
		result.Wrong = []string{err.Error()}
		return result
	}
	prev := r.Schedule.Last(c.At.Add(-time.Second))
	var was tracker.RuleState
	if len(c.Resolved) > 0 {
		out, err := Evaluate(r, facts, Tick{At: prev, Prev: r.Schedule.Last(prev.Add(-time.Second))}, was)
		if err != nil {
			result.Wrong = []string{err.Error()}
			return result
		}
		was = After(was, out)
	}
	out, err := Evaluate(r, facts, Tick{At: c.At, Prev: prev}, was)
	if err != nil {
		result.Wrong = []string{err.Error()}
		return result
	}
	result.Firings = out.Firings
	result.Wrong = c.compare(out.Firings)
	return result
}

// compare says what differs between the firings wanted and had.
func (c Case) compare(firings []tracker.Firing) (wrong []string) {
	had := map[tracker.FiringKind][]string{}
	for _, f := range firings {
		had[f.Kind] = append(had[f.Kind], f.Subject)
	}
	wrong = append(wrong, differ("fires", c.Fires, had[tracker.Began])...)
	wrong = append(wrong, differ("resolved", c.Resolved, had[tracker.Resolved])...)
	for _, lang := range []struct {
		name, want string
		of         func(tracker.Text) string
	}{
		{"en", c.Says.EN, func(t tracker.Text) string { return t.EN }},
		{"zh", c.Says.ZH, func(t tracker.Text) string { return t.ZH }},
	} {
		said := slices.ContainsFunc(firings, func(f tracker.Firing) bool { return strings.Contains(lang.of(f.Message), lang.want) })
		if lang.want == "" || said {
			continue
		}
		wrong = append(wrong, fmt.Sprintf("- says.%s: %s", lang.name, lang.want))
		for _, f := range firings {
			wrong = append(wrong, fmt.Sprintf("+ says.%s: %s", lang.name, lang.of(f.Message)))
		}
	}
	return wrong
}

func differ(key string, want, had []string) (wrong []string) {
	for _, id := range want {
		if !slices.Contains(had, id) {
			wrong = append(wrong, fmt.Sprintf("- %s: %s", key, id))
		}
	}
	for _, id := range had {
		if !slices.Contains(want, id) {
			wrong = append(wrong, fmt.Sprintf("+ %s: %s", key, id))
		}
	}
	return wrong
}

// facts are what the test gives, with the wholes of its parts, the measures of
// its reviews and the frameworks of its commitments.
func (c Case) facts(starter *tracker.Snapshot) (*tracker.Snapshot, error) {
	g := gathering{starter: starter, facts: tracker.Facts{Goods: starter.Goods, Entities: starter.Entities, Calendars: starter.Calendars}}
	for _, given := range c.Given {
		if given.Measure != nil {
			g.facts.Measures = append(g.facts.Measures, given.Measure)
		}
	}
	for _, given := range c.Given {
		if err := g.add(given); err != nil {
			return nil, err
		}
	}
	return tracker.NewSnapshot(g.facts)
}

// gathering picks facts out of the starter facts.
type gathering struct {
	starter *tracker.Snapshot
	facts   tracker.Facts
}

func (g *gathering) add(given Given) error {
	switch {
	case given.Measure != nil:
		return g.whole(given.Measure)
	case given.Review != nil:
		g.facts.Reviews = append(g.facts.Reviews, *given.Review)
		return g.measure(given.Review.Measure)
	case given.Article != nil:
		g.facts.Articles = append(g.facts.Articles, *given.Article)
		return nil
	}
	return g.byID(given.ID)
}

func (g *gathering) byID(id string) error {
	for _, c := range g.starter.Commitments {
		if c.ID == id {
			g.facts.Commitments = append(g.facts.Commitments, c)
			return g.measure(c.Framework)
		}
	}
	for _, ind := range g.starter.Indicators {
		if ind.ID == id {
			g.facts.Indicators = append(g.facts.Indicators, ind)
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
		return fmt.Errorf("given: %w", err)
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
