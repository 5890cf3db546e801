// Package bench sets other engines beside derisk's rules: the same conditions
// over the same measures, each engine in its own language and its own best
// form. It is a module of its own, so that derisk does not depend on them.
//
//	cd bench && go test -bench . -benchtime 1x
package bench

import (
	"runtime"
	"slices"
	"syscall"
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
// the measures for which it holds, in any order.
type pass func() [][]int

// engines are in the order of the table. OPA gets fewer measures: its inputs
// take some 10 kB each.
var engines = []struct {
	name     string
	measures int
	prepare  func(testing.TB, facts) pass
}{
	{"index", 50_000, indexed},
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
// engine, and as ratio how many times that of derisk's index it is, over the
// same facts. Both are times of a processor, warm, on one goroutine.
func BenchmarkEngines(b *testing.B) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) {
			f := factsOf(e.measures)
			theirs, ours := e.prepare(b, f), indexed(b, f)
			sameResults(b, f, theirs(), ours())
			for b.Loop() {
				their, our := sideBySide(theirs, ours)
				b.ReportMetric(their/float64(len(f.rows)*len(f.rules)), "ns/pair")
				b.ReportMetric(their/our, "ratio")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// TestEnginesAgree asks every engine about few measures what derisk as a whole says of them.
func TestEnginesAgree(t *testing.T) {
	f := factsOf(500)
	our := derisk(t, f)()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) { sameResults(t, f, e.prepare(t, f)(), our) })
	}
}

func sameResults(t testing.TB, f facts, their, our [][]int) {
	t.Helper()
	held := 0
	for i, rule := range f.rules {
		slices.Sort(their[i])
		slices.Sort(our[i])
		if !slices.Equal(their[i], our[i]) {
			t.Fatalf("%s: holds for %d measures, to derisk for %d:\n%s", rule.Name, len(their[i]), len(our[i]), rule.Expr)
		}
		held += len(our[i])
	}
	if held == 0 {
		t.Fatal("no rule holds for any measure: that compares nothing")
	}
}

// sideBySide times passes of two engines in turn, so that what else the machine
// does hits both alike, and gives the median of each in nanoseconds.
func sideBySide(theirs, ours pass) (their, our float64) {
	var their5, our5 [5]float64
	for i := range their5 {
		their5[i], our5[i] = took(theirs), took(ours)
	}
	slices.Sort(their5[:])
	slices.Sort(our5[:])
	return their5[2], our5[2]
}

// took is the time of a processor that a pass takes, with its share of
// collecting garbage: the mean of as many passes as fit into a fifth of a second.
func took(run pass) float64 {
	runtime.GC()
	passes, start := 0, processorTime()
	for passes == 0 || processorTime()-start < time.Second/5 {
		run()
		passes++
	}
	return float64(processorTime()-start) / float64(passes)
}

// processorTime is what this process has used by now. Other than the time on
// the wall it does not count what else the machine is busy with.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
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
