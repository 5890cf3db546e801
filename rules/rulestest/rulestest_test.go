package rulestest_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"derisk/rules"
	"derisk/rules/rulestest"
	"derisk/tracker"
)

func snapshot(t *testing.T, measures []*tracker.Measure) *tracker.Snapshot {
	t.Helper()
	s, err := tracker.NewSnapshot(tracker.Facts{Measures: measures, Goods: rulestest.Tags()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRowIsWhatTheMeasureFoldsTo: the rows are worked out without the fold, so each checks the other.
func TestRowIsWhatTheMeasureFoldsTo(t *testing.T) {
	measures, rows := rulestest.Measures(3000, 7)
	s := snapshot(t, measures)
	seen := map[string]int{}
	for i, m := range s.Measures {
		if err := m.Admits(); err != nil {
			t.Fatalf("%s: %v", m.ID, err)
		}
		if got, want := fmt.Sprintf("%+v", folded(s, m)), fmt.Sprintf("%+v", rows[i]); got != want {
			t.Fatalf("%s folds to\n%s\nits row is\n%s", m.ID, got, want)
		}
		seen[rows[i].Status]++
	}
	for _, status := range tracker.Statuses() {
		if seen[string(status)] < 100 {
			t.Errorf("%d of 3,000 measures are %s", seen[string(status)], status)
		}
	}
}

func folded(s *tracker.Snapshot, m *tracker.Measure) rulestest.Row {
	state := m.At(rulestest.Now, tracker.Cut{Known: rulestest.Now, Recorded: rulestest.Now})
	r := rulestest.Row{
		ID: m.ID, Kind: string(m.Kind), By: m.By, Status: string(state.Status), Reason: string(state.Reason),
		Against: state.Terms.Against, Entities: state.Terms.Entities, EndUse: string(state.Terms.EndUse), Rate: math.NaN(),
		Announced: number(state.Announced), Effective: number(state.Effective), Since: number(state.Started()),
		Until: number(state.Until()), BackFrom: number(state.BackFrom()),
		Presumed: state.Presumed, Basis: string(state.Basis), Reported: len(state.Reported) > 0, ReviewDays: math.NaN(),
	}
	if state.Terms.Rate != nil {
		r.Rate = state.Terms.Rate.Percent
	}
	if m.Review != nil {
		r.ReviewDays = float64(m.Review.Days)
	}
	var tags []string
	for _, g := range state.Terms.Goods {
		tags, r.HS = append(tags, g.Tags...), append(r.HS, g.HS...)
	}
	r.Tags = s.TagsAbove(tags)
	return r
}

func number(d tracker.Date) int {
	if d.IsZero() {
		return 0
	}
	return tracker.DaysBetween(tracker.MustDate("1970-01-01"), d)
}

func TestToday(t *testing.T) {
	if got := number(tracker.DayOf(rulestest.Now)); got != rulestest.Today {
		t.Errorf("Now is day %d, Today says %d", got, rulestest.Today)
	}
}

func TestSameSeedSameMeasures(t *testing.T) {
	first, rows := rulestest.Measures(200, 3)
	again, rowsAgain := rulestest.Measures(200, 3)
	if !reflect.DeepEqual(first, again) || fmt.Sprint(rows) != fmt.Sprint(rowsAgain) {
		t.Error("the same seed gave other measures")
	}
	if other, _ := rulestest.Measures(200, 4); reflect.DeepEqual(first, other) {
		t.Error("another seed gave the same measures")
	}
}

// TestNativeSaysWhatTheRuleSays evaluates every template over the measures and asks its predicate about each row.
func TestNativeSaysWhatTheRuleSays(t *testing.T) {
	measures, rows := rulestest.Measures(2000, 1)
	s := snapshot(t, measures)
	held, made := 0, rulestest.Rules(60, 1)
	for _, rule := range made {
		var want []string
		for i := range rows {
			if rule.Native(&rows[i]) {
				want = append(want, rows[i].ID)
			}
		}
		if got := active(t, s, rule.Expr); !slices.Equal(got, want) {
			t.Errorf("%s: the rule holds for %d, the predicate for %d:\n%s", rule.Name, len(got), len(want), rule.Expr)
		}
		held += len(want)
	}
	share := 100 * float64(held) / float64(len(rows)*len(made))
	if t.Logf("a rule holds for %.2f percent of the measures", share); share < 0.4 || share > 1.5 {
		t.Errorf("a rule holds for %.2f percent of the measures, want 0.4 to 1.5", share)
	}
}

// active lists the measures of which a condition holds.
func active(t *testing.T, s *tracker.Snapshot, when string) (ids []string) {
	t.Helper()
	file := fmt.Sprintf("about: a test\nschedule: 0 9 * * *\nwhen: |\n  %s\nsay: {en: x, zh: x}\n", when)
	rule, faults := rules.Parse("rule.yaml", []byte(file))
	if faults != nil {
		t.Fatalf("%s: %v", strings.TrimSpace(when), faults[0])
	}
	tick := rules.Tick{At: rulestest.Now, Prev: rulestest.Now.Add(-24 * time.Hour), Live: true}
	outcome, err := rules.Evaluate(rule, s, tick, tracker.RuleState{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range outcome.Active {
		ids = append(ids, a.Subject)
	}
	return ids
}
