package rules

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm"

	"derisk/tracker"
)

// Explanation is what a rule's condition comes to for one subject at an
// instant, part by part, and why.
type Explanation struct {
	Rule     string
	Subject  string
	Title    tracker.Text // of the subject
	Owner    string       // of a review: it concerns nobody else
	At       time.Time
	Result   bool
	Key      string    // of the firing, where it holds and the rule has once
	New      *bool     // of an event or article: became known in the window, else the rule does not look at it
	Last     time.Time // due time at or before At; the window of events and articles is from Prev to it
	Prev     time.Time // due time before Last
	Next     time.Time // due time after At; zero: none within nine years
	Lines    []Line    // the condition as it is written
	Parts    []Part
	Decisive []Decisive

	// For one subject only.
	Firing *tracker.Firing // as it would be told at At, whether the condition holds or not; nil where it cannot be said
	Times  *Times
	Near   []Near
}

// Line is a line of a file.
type Line struct {
	Number int
	Text   string
}

// Part is one part of the condition, in the order in which they are written.
type Part struct {
	Expr   string
	Value  json.RawMessage // null: missing
	Line   int             // in the rule's file, of its first character
	Column int
	Mark   Mark
	Joins  bool // is an and or or
}

// Mark is where the value of a part is to be shown: at its words, or, of and,
// or and not, at the operator.
type Mark struct{ Line, Column, Width int }

// Decisive is a part that the result follows from, with the values in it that
// it was decided by, both by their place in the parts.
type Decisive struct {
	Part int
	From []int
}

// Explain tells what a rule comes to at an instant, knowing what was published
// by then: for one subject, or for every one where id is empty. A subject
// that does not exist then matches [tracker.ErrNotFound].
func Explain(r *Rule, s *tracker.Snapshot, id string, at time.Time) ([]Explanation, error) {
	if id == "" {
		x, err := newExplainer(r, s, at)
		if err != nil {
			return nil, err
		}
		err = x.eachSubject(x.explain)
		return x.explained, err
	}
	few, err := narrow(s, r.Each, id, r.textsBeside("measure.tags")...)
	if err != nil {
		return nil, err
	}
	x, err := newExplainer(r, few, at)
	if err != nil {
		return nil, err
	}
	err = x.eachSubject(func(s subject) error {
		if s.id != id {
			return nil
		}
		return x.explain(s)
	})
	if err != nil {
		return nil, err
	}
	if len(x.explained) > 0 {
		return x.explained, x.deepen(&x.explained[0])
	}
	known, err := subjectsAt(r, s, at)
	if err != nil {
		return nil, err
	}
	return nil, noSubject(r.Each, id, at, known)
}

func newExplainer(r *Rule, s *tracker.Snapshot, at time.Time) (*explainer, error) {
	x := &explainer{parts: partsOf(r.when), lines: r.conditionLines(), explained: []Explanation{}}
	x.term = x.parts.term(r.when.node)
	prev := r.Schedule.Last(at.Add(-time.Nanosecond))
	x.evaluation = evaluation{rule: r, scene: newScene(s, at, false, r.Zone, nil), machine: new(vm.VM), prev: prev}
	if !r.Each.Happens() {
		return x, nil
	}
	x.isNewAt = map[string]bool{}
	err := x.eachSubject(func(s subject) error { x.isNewAt[s.id] = true; return nil })
	x.prev = time.Time{} // from here on all that are known
	return x, err
}

// subjectsAt lists what a rule goes over at an instant, by id.
func subjectsAt(r *Rule, s *tracker.Snapshot, at time.Time) (known []string, err error) {
	e := evaluation{rule: r, scene: newScene(s, at, false, r.Zone, nil), machine: new(vm.VM)}
	err = e.eachSubject(func(s subject) error { known = append(known, s.id); return nil })
	return known, err
}

func noSubject(each Each, id string, at time.Time, known []string) error {
	hint := ""
	if near := tracker.Nearest(id, known); near != "" {
		hint = fmt.Sprintf(": did you mean %q?", near)
	}
	return fmt.Errorf("no %s %q at %s%s (%w)", each, id, at.Format(time.RFC3339), hint, tracker.ErrNotFound)
}

// conditionLines are the lines of the file in which the condition stands.
func (r *Rule) conditionLines() (lines []Line) {
	places := r.when.places
	if len(places) == 0 {
		return nil
	}
	all := strings.Split(r.source, "\n")
	for n := places[0].line; n <= places[len(places)-1].line && n <= len(all); n++ {
		lines = append(lines, Line{n, all[n-1]})
	}
	return lines
}

// explainer evaluates every part of a condition for each subject.
type explainer struct {
	evaluation
	parts     writtenParts
	lines     []Line
	term      *term
	isNewAt   map[string]bool // events and articles that are new at the tick; nil for other subjects
	explained []Explanation
}

func (x *explainer) explain(s subject) error {
	r, at := x.rule, x.scene.at
	e := Explanation{Rule: r.Name, Subject: s.id, Title: s.title, Owner: s.owner, At: at,
		Last: r.Schedule.Last(at), Next: r.Schedule.Next(at), Lines: x.lines, Parts: []Part{}}
	e.Prev = r.Schedule.Last(e.Last.Add(-time.Nanosecond))
	held, err := r.when.holds(x.machine, s.scope)
	if err != nil {
		return err
	}
	e.Result = held
	if held && r.Once() {
		if e.Key, err = x.key(s); err != nil {
			return err
		}
	}
	if x.isNewAt != nil {
		isNew := x.isNewAt[s.id]
		e.New = &isNew
	}
	values := make([]any, len(x.parts))
	for i, p := range x.parts {
		if values[i], err = p.expr.run(x.machine, s.scope); err != nil {
			return err
		}
		value, err := json.Marshal(plainValue(values[i]))
		if err != nil {
			return err
		}
		e.Parts = append(e.Parts, Part{Expr: p.expr.source, Value: value, Line: p.at.line, Column: p.at.column, Mark: p.mark, Joins: connects(p.node)})
	}
	x.term.take(values)
	e.Decisive = x.parts.decisive(x.term)
	x.explained = append(x.explained, e)
	return nil
}

// deepen adds what is worth its cost for one subject only.
func (x *explainer) deepen(e *Explanation) (err error) {
	w := watch{rule: x.rule, facts: x.scene.snapshot, id: e.Subject}
	if e.Times, err = w.times(e.At); err != nil {
		return err
	}
	if e.Firing, err = w.firing(e.At); err != nil && e.Result {
		return err
	}
	e.Near, err = x.near(w, *e)
	return err
}
