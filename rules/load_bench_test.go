package rules

import (
	"fmt"
	"runtime"
	"testing"
	"testing/fstest"
	"time"

	"github.com/expr-lang/expr"

	"derisk/rules/rulestest"
)

// BenchmarkLoad reads a folder of a thousand rules, each with a condition, a
// key and a message in two languages. The ratio is to the time that expr takes
// to compile the conditions alone; MB is what the set keeps.
func BenchmarkLoad(b *testing.B) {
	folder := fstest.MapFS{}
	templates := rulestest.Rules(1000, 1)
	for i, t := range templates {
		folder[fmt.Sprintf("rule-%04d.yaml", i)] = &fstest.MapFile{Data: []byte(ruleWith(fmt.Sprintf("when: |\n  %s\nonce: [measure.since]", t.Expr)))}
	}
	var set *Set
	load := func() {
		var err error
		if set, err = Load(folder); err != nil || len(set.Faults) > 0 {
			b.Fatal(err, set.Faults)
		}
	}
	compile := func() {
		for _, t := range templates {
			if _, err := expr.Compile(t.Expr, options(plainly)...); err != nil {
				b.Fatal(err)
			}
		}
	}
	before := heap()
	load()
	kept := heap() - before
	for b.Loop() {
		b.ReportMetric(float64(quickest(load))/float64(quickest(compile)), "ratio")
	}
	b.ReportMetric(float64(kept)/1e6, "MB")
	runtime.KeepAlive(set)
}

// quickest is the shortest time of five.
func quickest(run func()) time.Duration {
	best := time.Hour
	for range 5 {
		start := time.Now()
		run()
		best = min(best, time.Since(start))
	}
	return best
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
