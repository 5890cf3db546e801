package rules

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"derisk/tracker"
)

// replayed are rules of every sort, for properties of replays.
func replayed(t testing.TB) []*Rule {
	t.Helper()
	var list []*Rule
	for i, lines := range []string{
		"when: measure.status == \"suspended\"\nresolve: true",
		"when: measure.status == \"suspended\"\nrepeat: 1w\nzone: America/New_York",
		"when: days_until(measure.until) in [30, 7, 1]\nonce: [measure.id, measure.until, days_until(measure.until)]",
		"schedule: \"0 0,12 * * *\"\nzone: Europe/London\nwhen: measure.presumed\nonce: [measure.since]\nresolve: true",
		"each: event\nwhen: event.evidence == \"official\"\nschedule: \"@every 31h\"",
		"each: commitment\nwhen: days_until(commitment.due) < 30\nresolve: true\nsay: {en: x, zh: y}",
	} {
		name := fmt.Sprintf("r%d.yaml", i)
		r, faults := Parse(name, []byte(ruleWith(lines)))
		for _, f := range faults {
			t.Fatal(f)
		}
		list = append(list, r)
	}
	return list
}

// A backtest is nothing but Evaluate, tick by tick; and it may be split at any
// tick, the state handed on.
func TestBacktestIsEvaluateTickByTick(t *testing.T) {
	facts, list := starterFacts(t), replayed(t)
	rapid.Check(t, func(t *rapid.T) {
		from := tracker.DayOf(time.Date(2025, 9, rapid.IntRange(1, 400).Draw(t, "day"), 0, 0, 0, 0, time.UTC))
		to := tracker.DayOf(from.First(time.UTC).AddDate(0, 0, rapid.IntRange(0, 8).Draw(t, "days")))
		foretold, err := Backtest(list, facts, from, to).Run(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []tracker.Firing
		for _, f := range foretold {
			got = append(got, f.Firing)
		}
		var want []tracker.Firing
		for _, r := range list {
			first, last := from.First(r.Zone).Add(-1), to.Last(r.Zone)
			split := first.Add(time.Duration(rapid.Float64Range(0, 1).Draw(t, "split") * float64(last.Sub(first))))
			firings, state := tickByTick(t, r, facts, first, split, tracker.RuleState{})
			rest, _ := tickByTick(t, r, facts, split, last, state)
			want = append(append(want, firings...), rest...)
		}
		sortFirings(want)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%v to %v: %d firings, want %d", from, to, len(got), len(want))
		}
		seen := map[string]bool{}
		for _, f := range got {
			if seen[f.ID] {
				t.Fatalf("told twice: %+v", f)
			}
			seen[f.ID] = true
		}
	})
}

func tickByTick(t *rapid.T, r *Rule, s *tracker.Snapshot, from, to time.Time, was tracker.RuleState) ([]tracker.Firing, tracker.RuleState) {
	var firings []tracker.Firing
	for at := range r.Schedule.Between(from, to) {
		out, err := Evaluate(r, s, Tick{At: at, Prev: r.Schedule.Last(at.Add(-1))}, was)
		if err != nil {
			t.Fatal(err)
		}
		firings, was = append(firings, out.Firings...), After(was, out)
	}
	return firings, was
}

// The sample of the rule language, over the truce of November 2025.
func TestBacktestOfTheTruce(t *testing.T) {
	r, err := starterRules(t).Rule("suspension-ending")
	if err != nil {
		t.Fatal(err)
	}
	firings, err := Backtest([]*Rule{r}, starterFacts(t), tracker.MustDate("2026-09-01"), tracker.MustDate("2026-11-24")).Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range firings {
		if f.Subject == "cn-mofcom-2025-58" {
			got = append(got, f.At.Format(time.RFC3339)+" "+f.Key)
		}
	}
	want := `2026-09-11T09:00:00+08:00 ["cn-mofcom-2025-58","2026-11-10",60]
2026-10-11T09:00:00+08:00 ["cn-mofcom-2025-58","2026-11-10",30]
2026-10-27T09:00:00+08:00 ["cn-mofcom-2025-58","2026-11-10",14]
2026-11-03T09:00:00+08:00 ["cn-mofcom-2025-58","2026-11-10",7]
2026-11-09T09:00:00+08:00 ["cn-mofcom-2025-58","2026-11-10",1]
2026-11-10T09:00:00+08:00 ["cn-mofcom-2025-58","2026-11-10",0]`
	if text := strings.Join(got, "\n"); text != want {
		t.Error(text)
	}
}

func TestForecast(t *testing.T) {
	edge := mustParse(t, "when: measure.status == \"suspended\"\nresolve: true")
	left := mustParse(t, "when: days_until(measure.until) in [3, 1]\nonce: [days_until(measure.until)]")
	left.Name = "left"
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("held", -3, 4), paused("later", 2, 30)}})
	now := day0.Add(time.Hour)
	tests := []struct {
		name   string
		states map[string]tracker.RuleState
		want   string
	}{
		{"warmed up", nil, "1 firing held left, 2 firing later test, 3 firing held left, 5 resolved held test"},
		{"from the live state", map[string]tracker.RuleState{"test": {Tick: day0}, "left": {Tick: day0, Fired: map[string]bool{"held\n[3]": true}}},
			"1 firing held test, 2 firing later test, 3 firing held left, 5 resolved held test"},
	}
	for _, tt := range tests {
		firings, err := Forecast([]*Rule{edge, left}, s, now, 6, tt.states).Run(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range firings {
			got = append(got, fmt.Sprintf("%d %s %s %s", int(f.At.Sub(day0).Hours()/24), f.Kind, f.Subject, f.Rule))
		}
		if text := strings.Join(got, ", "); text != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, text, tt.want)
		}
	}
}

func TestReplayIsBounded(t *testing.T) {
	busy := mustParse(t, "schedule: \"@every 1s\"\nwhen: 1 == 2")
	calm := mustParse(t, "when: measure.status == \"suspended\"")
	calm.Name = "calm"
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", 0, 5)}})
	firings, err := Backtest([]*Rule{busy, calm}, s, date(0), date(3)).Run(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "choose fewer days") || len(firings) != 1 {
		t.Errorf("%d firings, %v", len(firings), err)
	}
}
