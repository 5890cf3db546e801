package tracker

import (
	"fmt"
	"testing"
)

// BenchmarkCheck asks about one product among 100,000 measures, each with four
// events, of which a few thousand touch it. The goal is well under a second.
func BenchmarkCheck(b *testing.B) {
	s := snapshotOf(b, manyMeasures(100_000))
	for b.Loop() {
		if got := s.Check(goods("rare-earth-magnet"), noon); len(got) == 0 {
			b.Fatal("nothing found")
		}
	}
}

// BenchmarkCheckEverything is the worst case: every measure covers all goods, so each is folded.
func BenchmarkCheckEverything(b *testing.B) {
	f := manyMeasures(100_000)
	for _, m := range f.Measures {
		m.Goods = lines("all-goods")
	}
	s := snapshotOf(b, f)
	for b.Loop() {
		if got := s.Check(goods("rare-earth-magnet"), noon); len(got) == 0 {
			b.Fatal("nothing found")
		}
	}
}

func manyMeasures(n int) Facts {
	f := Facts{Goods: testGoods()}
	for i := range 500 {
		f.Goods = append(f.Goods, Tag{Slug: fmt.Sprintf("goods-%d", i), Parent: "farm-goods"})
	}
	for i := range n {
		m := Measure{ID: fmt.Sprintf("m-%06d", i), Kind: Kinds()[i%7], By: "CN", Terms: Terms{
			Goods: []Goods{{Tags: []string{f.Goods[i%len(f.Goods)].Slug}}, {HS: []string{fmt.Sprintf("%06d", i)}, Tags: []string{"vessel"}}}}}
		for j, what := range []What{Suspended, Resumed, Reported} {
			day := MustDate(fmt.Sprintf("2025-0%d-01", j+2))
			m.Events = append(m.Events, Event{ID: fmt.Sprintf("%s.%d", m.ID, j), What: what, On: day, Published: day, Evidence: Official})
		}
		f.Measures = append(f.Measures, inForce(m))
	}
	return f
}
