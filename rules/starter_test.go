package rules

import (
	"os"
	"testing"
	"time"

	"derisk/tracker"
)

// starterFacts are the facts that the program comes with.
func starterFacts(t testing.TB) *tracker.Snapshot {
	t.Helper()
	facts, err := tracker.ReadFacts(os.DirFS("../measures.d"))
	if err != nil {
		t.Fatal(err)
	}
	return snapshot(t, facts)
}

func starterRules(t testing.TB) *Set {
	t.Helper()
	set, err := Load(os.DirFS("../rules.d"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range set.Faults {
		t.Error(f)
	}
	return set
}

func TestStarterRulesPassTheirTests(t *testing.T) {
	facts := starterFacts(t)
	for _, r := range starterRules(t).Rules {
		if len(r.Cases) < 2 {
			t.Errorf("%s has %d tests", r.Name, len(r.Cases))
		}
		for _, result := range RunCases(r, facts) {
			for _, wrong := range linesOf(result) {
				t.Errorf("%s:%d: %s\n%s", r.File, result.Case.Line, result.Case.Name, wrong)
			}
		}
	}
}

// What a team sees when it starts with the starter facts, and would have seen
// in the year before: worth reading, and no flood.
func TestStarterRulesDoNotFlood(t *testing.T) {
	facts, rules := starterFacts(t), starterRules(t).Rules
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	first := 0
	for _, r := range rules {
		at := r.Schedule.Last(now)
		out, err := Evaluate(r, facts, Tick{At: at, Prev: r.Schedule.Last(at.Add(-time.Second))}, tracker.RuleState{})
		if err != nil {
			t.Error(err)
		}
		for _, f := range out.Firings {
			t.Logf("%s %s [%s] %s / %s", f.At.Format("2006-01-02 15:04"), f.Rule, f.Severity, f.Message.EN, f.Message.ZH)
		}
		first += len(out.Firings)
	}
	if first > 30 {
		t.Errorf("%d firings on the first run", first)
	}
	year, err := Backtest(rules, facts, tracker.MustDate("2025-11-25"), tracker.MustDate("2026-11-25")).Run(t.Context(), nil)
	if err != nil {
		t.Error(err)
	}
	byRule := map[string]int{}
	for _, f := range year {
		byRule[f.Rule]++
	}
	t.Logf("in a year %d: %v", len(year), byRule)
	if testing.Verbose() {
		for _, f := range year {
			t.Logf("%s %s %s: %s", f.At.Format("2006-01-02 15:04"), f.Rule, f.Subject, f.Message.EN)
		}
	}
	if len(year) > 365 {
		t.Errorf("%d firings in a year: more than one a day", len(year))
	}
}
