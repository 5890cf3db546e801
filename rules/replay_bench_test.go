package rules

import (
	"slices"
	"testing"
	"time"

	"derisk/tracker"
)

// BenchmarkYear is a year of the starter rules over the starter facts: the
// naive way, in which each rule at each tick folds each measure anew, beside
// a backtest. Both tell the same; ratio is how much longer the naive way takes.
func BenchmarkYear(b *testing.B) {
	facts, set := starterFacts(b), starterRules(b)
	from, to := tracker.MustDate("2025-11-25"), tracker.MustDate("2026-11-24")
	naive := func() []string {
		var told []string
		for _, r := range set.Rules {
			var was tracker.RuleState
			for at := range r.Schedule.Between(from.First(r.Zone).Add(-1), to.Last(r.Zone)) {
				out, err := Evaluate(r, facts, Tick{At: at, Prev: r.Schedule.Last(at.Add(-1))}, was)
				if err != nil {
					b.Fatal(err)
				}
				for _, f := range out.Firings {
					told = append(told, f.ID)
				}
				was = After(was, out)
			}
		}
		return told
	}
	backtest := func() []string {
		firings, err := Backtest(set.Rules, facts, from, to).Run(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		told := make([]string, len(firings))
		for i, f := range firings {
			told[i] = f.ID
		}
		return told
	}
	begun := time.Now()
	want := naive()
	slow := time.Since(begun)
	got := backtest()
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		b.Fatalf("%d firings, %d the naive way", len(got), len(want))
	}
	for b.Loop() {
		backtest()
	}
	b.ReportMetric(float64(slow)*float64(b.N)/float64(b.Elapsed()), "ratio")
}
