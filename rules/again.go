package rules

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/expr-lang/expr/vm"

	"derisk/tracker"
)

// Again is a firing that was decided again.
type Again struct {
	Explanation
	Firing  tracker.Firing `json:"fired"`   // as it was told
	Differs []string       `json:"differs"` // what comes out otherwise than it did; nothing, unless derisk itself decides otherwise now
}

// DecideAgain decides again about the subject of a firing: by the text of the rule
// that fired, over all that was recorded when it was evaluated.
func DecideAgain(source string, s *tracker.Snapshot, f tracker.Firing) (Again, error) {
	r, faults := Parse(f.Rule+".yaml", []byte(source))
	if r == nil {
		return Again{}, fmt.Errorf("this derisk no longer takes that version of the rule: %w", faults[0])
	}
	r.revision = f.Revision
	x := explainer{parts: partsOf(r.when), lines: r.conditionLines(), explained: []Explanation{}}
	x.term = x.parts.term(r.when.node)
	x.evaluation = evaluation{rule: r, scene: newScene(s, f.At, !f.First, r.Zone, nil), machine: new(vm.VM)}
	if err := x.decide(f); err != nil {
		return Again{}, err
	}
	again := Again{Explanation: x.explained[0], Firing: f, Differs: []string{}}
	if again.Result != (f.Kind == tracker.Began) {
		again.Differs = append(again.Differs, "result")
	}
	again.Differs = append(again.Differs, differing(x.out.Firings[0], f)...)
	return again, nil
}

// decide explains the subject of a firing and fires for it again. Views of
// subjects serve only while they are visited, so both happen there.
func (x *explainer) decide(f tracker.Firing) error {
	found := false
	err := x.eachSubject(func(s subject) error {
		if s.id != f.Subject || found {
			return nil
		}
		found = true
		if err := x.explain(s); err != nil {
			return err
		}
		return x.fireAgain(s, f)
	})
	switch {
	case err != nil || found:
		return err
	case f.Kind == tracker.Began:
		return fmt.Errorf("%s %q is not there any more", x.rule.Each, f.Subject)
	}
	x.explained = append(x.explained, Explanation{Rule: f.Rule, Subject: f.Subject, At: f.At, Parts: []Part{}})
	return x.fire(x.subject(f.Subject), f.Key, f.Kind)
}

// fireAgain fires for what is visited. A resolved firing has the key of the one that it resolves.
func (x *explainer) fireAgain(s subject, f tracker.Firing) (err error) {
	key := f.Key
	if f.Kind == tracker.Began {
		if key, err = x.key(s); err != nil {
			return err
		}
	} else {
		s = x.subject(s.id)
	}
	return x.fire(s, key, f.Kind)
}

// differing names what two firings do not have in common, as their JSON names it.
func differing(a, b tracker.Firing) (names []string) {
	for _, c := range []struct {
		name string
		same bool
	}{
		{"key", a.Key == b.Key},
		{"severity", a.Severity == b.Severity},
		{"labels", len(a.Labels)+len(b.Labels) == 0 || reflect.DeepEqual(a.Labels, b.Labels)},
		{"message", a.Message == b.Message},
		{"measures", slices.Equal(a.Measures, b.Measures)},
		{"tags", slices.Equal(a.Tags, b.Tags)},
		{"by", slices.Equal(a.By, b.By)},
		{"kinds", slices.Equal(a.Kinds, b.Kinds)},
		{"owner", a.Owner == b.Owner},
		{"facts", slices.Equal(a.Facts, b.Facts)},
	} {
		if !c.same {
			names = append(names, c.name)
		}
	}
	return names
}
