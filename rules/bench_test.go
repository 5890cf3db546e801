package rules

import (
	"fmt"
	"testing"

	"derisk/tracker"
)

// BenchmarkEvaluate is one rule over many measures, each folded beforehand:
// ns/pair is the cost of a rule for one measure. BenchmarkFold is the folding.
func BenchmarkEvaluate(b *testing.B) {
	const n = 20_000
	measures := make([]*tracker.Measure, n)
	for i := range measures {
		measures[i] = paused(fmt.Sprintf("m%06d", i), i%50-60, i%50)
	}
	s := snapshot(b, tracker.Facts{Measures: measures, Goods: goods()})
	r, faults := Parse("x.yaml", []byte(ruleWith("when: |\n  measure.status == \"suspended\" and days_until(measure.until) in [60] and any(measure.tags, # == \"lithium-battery\")\nonce: [measure.until]")))
	if faults != nil {
		b.Fatal(faults)
	}
	b.Run("fold", func(b *testing.B) {
		for b.Loop() {
			sc := newScene(s, day0, true, r.Zone, nil)
			for i := range s.Measures {
				sc.view(i)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/measure")
	})
	b.Run("rule", func(b *testing.B) {
		sc := newScene(s, day0, true, r.Zone, nil)
		for i := range s.Measures {
			sc.view(i)
		}
		for b.Loop() {
			if _, err := evaluate(r, sc, day0.AddDate(0, 0, -1), tracker.RuleState{}); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/pair")
	})
}
