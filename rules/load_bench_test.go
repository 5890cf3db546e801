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
	before := heap()
	load := func() {
		var err error
		if set, err = Load(folder); err != nil || len(set.Faults) > 0 {
			b.Fatal(err, set.Faults)
		}
	}
	load()
	kept := heap() - before
	for b.Loop() {
		load()
	}
	took := float64(b.Elapsed()) / float64(b.N)
	b.ReportMetric(took/float64(compileAlone(b, templates)), "ratio")
	b.ReportMetric(float64(kept)/1e6, "MB")
	runtime.KeepAlive(set)
}

// compileAlone is the time that expr takes for the conditions, the best of five.
func compileAlone(b *testing.B, templates []rulestest.Template) time.Duration {
	best := time.Hour
	for range 5 {
		start := time.Now()
		for _, t := range templates {
			if _, err := expr.Compile(t.Expr, options(plainly)...); err != nil {
				b.Fatal(err)
			}
		}
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
