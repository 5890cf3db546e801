package bench

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"derisk/rules"
	"derisk/rules/rulestest"
	"derisk/tracker"
)

// derisk is the whole of it: rules read from their files and evaluated over
// measures that are folded from their events.
func derisk(t testing.TB, f facts) pass {
	s, err := tracker.NewSnapshot(tracker.Facts{Measures: f.measures, Goods: rulestest.Tags()})
	if err != nil {
		t.Fatal(err)
	}
	tick := rules.Tick{At: rulestest.Now, Prev: rulestest.Now, Live: true}
	return func() [][]int {
		held := make([][]int, len(f.rules))
		for i, rule := range f.rules {
			outcome, err := rules.Evaluate(deriskRule(t, rule.Expr), s, tick, tracker.RuleState{})
			if err != nil {
				t.Fatal(err)
			}
			for _, active := range outcome.Active {
				held[i] = append(held[i], place(t, active.Subject))
			}
		}
		return held
	}
}

func deriskRule(t testing.TB, when string) *rules.Rule {
	file := fmt.Sprintf("about: What holds of some measures.\nschedule: \"@daily\"\nwhen: |\n  %s\nsay: {en: now, zh: 现在}\n", when)
	rule, faults := rules.Parse("rule.yaml", []byte(file))
	if faults != nil {
		t.Fatalf("%s: %v", when, faults[0])
	}
	return rule
}

// place is the number that a measure's id ends with.
func place(t testing.TB, id string) int {
	_, digits, _ := strings.Cut(id, "-")
	n, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
