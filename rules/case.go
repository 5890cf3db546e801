package rules

import (
	"time"

	"derisk/tracker"
)

// Case is one test written in a rule file: what the rule is to do at an
// instant, and in Then at later ones, going on with what it remembers.
type Case struct {
	Name string
	Step
	Then []Step
}

// Step is one instant of a test.
//
// A test of one step without Posts can stand at any instant. One that says when
// something is posted, or that goes on, stands at due times of the schedule, as
// nothing else comes to pass live. Between two steps the rule runs at every due
// time, and may tell nothing there that is not in a step.
type Step struct {
	Line     int // where it begins in the file
	At       time.Time
	Given    []Given  // of a later step: in place of what was given under the same id, or beside it
	Fires    []string // subjects that are to fire
	Resolved []string // subjects that are to end; at the first step, having held at the due time before
	Says     tracker.Text
	Posts    []Posting
}

// Given is what a test has for facts: one field is set.
type Given struct {
	ID         string // of a starter measure, commitment or indicator
	Measure    *tracker.Measure
	Review     *tracker.Review
	Commitment *tracker.Commitment
	Indicator  *tracker.Indicator
	Article    *tracker.Article
}

// Posting is what a subscription is to make of a step's firings.
type Posting struct {
	Line    int
	To      tracker.Subscription
	At      time.Time     // when they are posted; zero: none ever is
	Because tracker.Cause // why then, or why not; empty: not asked
	Says    string        // part of a message, in the subscription's language
	Tells   []string      // subjects that are posted; nil: not asked
}

// CaseResult is how one test went. It passed where Wrong is empty.
type CaseResult struct {
	Rule    string
	Case    Case
	Firings []tracker.Firing // at its steps
	Wrong   []Difference
}

// RunCases runs every test of a rule, each over its own facts and from a fresh
// state, as a backtest would see them. Goods, parties and calendars come from
// starter, and so do facts given by id.
func RunCases(r *Rule, starter *tracker.Snapshot) []CaseResult {
	results := make([]CaseResult, len(r.Cases))
	for i, c := range r.Cases {
		results[i] = runCase(r, c, starter)
	}
	return results
}

func runCase(r *Rule, c Case, starter *tracker.Snapshot) CaseResult {
	result := CaseResult{Rule: r.Name, Case: c}
	s, err := newStage(c, starter)
	if err != nil {
		result.Wrong = []Difference{{Line: c.Line, Key: "given", Note: tracker.Text{EN: err.Error()}}}
		return result
	}
	for _, played := range s.play(r) {
		result.Firings = append(result.Firings, played.firings...)
		result.Wrong = append(result.Wrong, played.explain(r, played.judge())...)
	}
	return result
}

// steps are all steps of the test, in order.
func (c Case) steps() []Step { return append([]Step{c.Step}, c.Then...) }

// byTicks says that a test goes by due times alone.
func (c Case) byTicks() bool {
	for _, step := range c.steps() {
		if len(step.Posts) > 0 {
			return true
		}
	}
	return len(c.Then) > 0
}
