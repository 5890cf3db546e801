package rules

import (
	"os"
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

// TestEveryFiringIsDecidedAgainAsItWas runs the starter rules live over the
// starter facts, and asks about every firing.
func TestEveryFiringIsDecidedAgainAsItWas(t *testing.T) {
	facts, err := tracker.ReadFacts(os.DirFS("../measures.d"))
	if err != nil {
		t.Fatal(err)
	}
	facts.Reviews = []tracker.Review{{ID: "r1", Owner: "guild:1", Measure: "cn-mofcom-2025-18", Accepted: tracker.MustDate("2026-10-09")}}
	recorded := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for _, m := range facts.Measures {
		for i := range m.Events {
			m.Events[i].Recorded = recorded
		}
	}
	s := snapshot(t, facts)
	set, err := Load(os.DirFS("../rules.d"))
	if err != nil {
		t.Fatal(err)
	}
	set.Rules = append(set.Rules, mustParse(t, "when: measure.status == \"suspended\"\nresolve: true"),
		mustParse(t, "each: review\nwhen: review.left < 40\nsay: {en: \"{{ review.left }}\", zh: \"{{ review.left }}\"}"))
	told, kinds, first := 0, map[tracker.FiringKind]int{}, 0
	for _, r := range set.Rules {
		was := tracker.RuleState{}
		begin := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		for prev, at := r.Schedule.Last(begin), r.Schedule.Next(begin); at.Before(begin.AddDate(0, 1, 0)); prev, at = at, r.Schedule.Next(at) {
			out, err := Evaluate(r, s, Tick{At: at, Prev: prev, Live: !was.Tick.IsZero()}, was)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range out.Firings {
				f.First = was.Tick.IsZero()
				again, err := DecideAgain(r.Version().Source, s, f)
				if err != nil || len(again.Differs) > 0 {
					t.Errorf("%s of %s at %s: differs in %v, %v", f.Kind, f.Subject, f.At, again.Differs, err)
				}
				kinds[f.Kind]++
				if f.First {
					first++
				}
				told++
			}
			was = After(was, out)
		}
	}
	if told < 30 || kinds[tracker.Resolved] == 0 || first == 0 || first == told {
		t.Errorf("only %d firings, %v, %d at a first tick", told, kinds, first)
	}
}

func TestDecidedAgainSaysWhatDiffers(t *testing.T) {
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("a", 1, 20)}})
	r := mustParse(t, suspendedRule)
	out, err := Evaluate(r, s, tick(5), tracker.RuleState{})
	if err != nil || len(out.Firings) != 1 {
		t.Fatal(out, err)
	}
	f := out.Firings[0]
	for _, c := range []struct {
		name, source string
		facts        *tracker.Measure
		change       func(*tracker.Firing)
		want         string
	}{
		{"as it was", r.raw, paused("a", 1, 20), func(*tracker.Firing) {}, ""},
		{"another message", r.raw, paused("a", 1, 20), func(f *tracker.Firing) { f.Message.EN = "other" }, "message"},
		{"another rule", strings.Replace(r.raw, `"suspended"`, `"ended"`, 1), paused("a", 1, 20), func(*tracker.Firing) {}, "result"},
		{"other facts", r.raw, paused("a", 10, 20), func(*tracker.Firing) {}, "result facts"},
		{"a resolved one that still holds", r.raw, paused("a", 1, 20), func(f *tracker.Firing) { f.Kind = tracker.Resolved }, "result message"},
	} {
		told := f
		c.change(&told)
		again, err := DecideAgain(c.source, snapshot(t, tracker.Facts{Measures: []*tracker.Measure{c.facts}}), told)
		if got := strings.Join(again.Differs, " "); err != nil || got != c.want {
			t.Errorf("%s: differs in %q, %v, want %q", c.name, got, err, c.want)
		}
	}
	if _, err := DecideAgain("about: [", s, f); err == nil || !strings.Contains(err.Error(), "no longer takes") {
		t.Errorf("a text that is no rule: %v", err)
	}
	f.Subject = "gone"
	if _, err := DecideAgain(r.raw, s, f); err == nil || !strings.Contains(err.Error(), `"gone"`) {
		t.Errorf("a subject that is not there: %v", err)
	}
	f.Kind = tracker.Resolved
	if again, err := DecideAgain(r.raw, s, f); err != nil || again.Result {
		t.Errorf("a subject that went away: %+v, %v", again, err)
	}
}
