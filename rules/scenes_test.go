package rules

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/expr-lang/expr/vm"
	"pgregory.net/rapid"

	"derisk/rules/rulestest"
	"derisk/tracker"
)

// TestSharedScenesFindWhatFreshOnesFind evaluates rules over scenes that share
// their folds and index, while measures come and go, events are recorded late,
// and time goes on and sometimes back; and each time by the machine over a scene
// of its own.
func TestSharedScenesFindWhatFreshOnesFind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		made, _ := rulestest.Measures(40, rapid.Uint64Range(1, 1000).Draw(t, "seed"))
		known, rules := make([]int, len(made)), randomRules(t)
		shared, at := new(scenes), rulestest.Now.AddDate(0, -3, 0)
		s := snapshotOf(t, made, known, at)
		for range rapid.IntRange(2, 8).Draw(t, "steps") {
			hours := rapid.SampledFrom([]int{0, 1, 12, 24, 24, 24 * 7, 24 * 40, -24, -24 * 60}).Draw(t, "hours")
			at = at.Add(time.Duration(hours) * time.Hour)
			if rapid.Bool().Draw(t, "recorded") {
				for range rapid.SampledFrom([]int{1, 2, 60}).Draw(t, "events") {
					known[rapid.IntRange(0, len(known)-1).Draw(t, "of")] += rapid.SampledFrom([]int{1, 1, 3, -3}).Draw(t, "more")
				}
				s = snapshotOf(t, made, known, at)
			}
			live := rapid.Bool().Draw(t, "live")
			for _, r := range rules {
				compareScenes(t, r, s, at, live, shared)
			}
			if rapid.IntRange(0, 5).Draw(t, "forget") == 0 {
				shared.forget()
			}
		}
	})
}

// snapshotOf knows, of each measure, as many events as are told; of none it does
// not know the measure. The last one of each was recorded at an instant.
func snapshotOf(t *rapid.T, made []*tracker.Measure, known []int, recorded time.Time) *tracker.Snapshot {
	var measures []*tracker.Measure
	for i, m := range made {
		if known[i] <= 0 {
			continue
		}
		part := *m
		part.Events = slices.Clone(m.Events[:min(known[i], len(m.Events))])
		if i%3 == 0 {
			part.Events[len(part.Events)-1].Recorded = recorded
		}
		measures = append(measures, &part)
	}
	s, err := tracker.NewSnapshot(tracker.Facts{Measures: measures, Goods: rulestest.Tags()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func randomRules(t *rapid.T) (list []*Rule) {
	var sources []string
	for _, template := range rulestest.Rules(20, rapid.Uint64Range(1, 1000).Draw(t, "templates")) {
		sources = append(sources, template.Expr)
	}
	sources = append(sources, condition(t).source, condition(t).source, `measure.status == "in-force"`, `measure.since <= now and days_since(measure.since) < 90`)
	for i, source := range sources {
		r, faults := Parse(fmt.Sprintf("rule%d.yaml", i), []byte(ruleWith("when: |\n  "+source)))
		if faults != nil {
			t.Fatalf("%s: %v", source, faults)
		}
		list = append(list, r)
	}
	return list
}

func compareScenes(t *rapid.T, r *Rule, s *tracker.Snapshot, at time.Time, live bool, shared *scenes) {
	t.Helper()
	got, err := evaluate(r, shared.at(s, at, live, r.Zone), at, tracker.RuleState{})
	if err != nil {
		t.Fatal(err)
	}
	fresh := evaluation{rule: r, scene: newScene(s, at, live, r.Zone, nil), prev: at, machine: new(vm.VM)}
	var want, found []string
	if err := fresh.eachMatchByMachine(func(s subject) error { want = append(want, s.id); return nil }); err != nil {
		t.Fatal(err)
	}
	for _, a := range got.Active {
		found = append(found, a.Subject)
	}
	slices.Sort(found)
	if slices.Sort(want); !slices.Equal(found, want) {
		t.Fatalf("%s\nat %s (live %v) the shared scene finds %v, a fresh one %v", r.when.source, at, live, found, want)
	}
}
