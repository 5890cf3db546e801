// Package bench sets other engines beside derisk's rules: the same conditions
// over the same measures, each engine in its own language and its own best
// form. It is a module of its own, so that derisk does not depend on them.
//
//	cd bench && go test -bench . -benchtime 1x
package bench

import (
	"slices"
	"testing"
	"time"

	"derisk/rules/rulestest"
	"derisk/tracker"
)

// facts are the measures, what each is at [rulestest.Now], and the conditions.
type facts struct {
	measures []*tracker.Measure
	rows     []rulestest.Row
	rules    []rulestest.Template
}

// pass evaluates every rule over every measure: for each rule, the places of
// the measures for which it holds, in order.
type pass func() [][]int

// engines are in the order of the table. OPA gets fewer measures: its inputs
// take some 10 kB each.
var engines = []struct {
	name     string
	measures int
	prepare  func(testing.TB, facts) pass
}{
	{"native", 50_000, native},
	{"sqlite", 50_000, sqlite},
	{"expr", 50_000, exprVM},
	{"cel", 50_000, cel},
	{"opa", 2_000, opa},
}

const ruleCount = 200

func factsOf(n int) facts {
	measures, rows := rulestest.Measures(n, 1)
	return facts{measures, rows, rulestest.Rules(ruleCount, 1)}
}

// BenchmarkEngines gives ns/pair, the time for one rule and one measure, of each
// engine. Everything is warm, on one goroutine, the median of several passes.
func BenchmarkEngines(b *testing.B) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) {
			f := factsOf(e.measures)
			theirs := e.prepare(b, f)
			sameResults(b, f, theirs, native(b, f))
			for b.Loop() {
				b.ReportMetric(median(theirs)/float64(len(f.rows)*len(f.rules)), "ns/pair")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// TestEnginesAgree asks every engine on few measures, so that a plain test run
// finds a condition that one of them reads otherwise.
func TestEnginesAgree(t *testing.T) {
	f := factsOf(1000)
	ours := backtest(t, f)
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) { sameResults(t, f, e.prepare(t, f), ours) })
	}
}

func sameResults(t testing.TB, f facts, theirs, ours pass) {
	t.Helper()
	their, our := theirs(), ours()
	held := 0
	for i, rule := range f.rules {
		if !slices.Equal(their[i], our[i]) {
			t.Fatalf("%s: holds for %d measures, to derisk for %d:\n%s", rule.Name, len(their[i]), len(our[i]), rule.Expr)
		}
		held += len(our[i])
	}
	if held == 0 {
		t.Fatal("no rule holds for any measure: that compares nothing")
	}
}

// median is the time of a pass in nanoseconds: of three to a hundred, for about a second.
func median(run pass) float64 {
	var took []time.Duration
	for began := time.Now(); len(took) < 3 || len(took) < 100 && time.Since(began) < time.Second; {
		start := time.Now()
		run()
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return float64(took[len(took)/2])
}

// native asks the predicates written by hand.
func native(_ testing.TB, f facts) pass {
	return func() [][]int {
		held := make([][]int, len(f.rules))
		for i, rule := range f.rules {
			for j := range f.rows {
				if rule.Native(&f.rows[j]) {
					held[i] = append(held[i], j)
				}
			}
		}
		return held
	}
}
