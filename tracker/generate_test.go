package tracker_test

import (
	"fmt"

	"pgregory.net/rapid"

	"derisk/tracker"
)

// Generators of measures that the reader accepts.

// anyWords is text that YAML could take for something else.
var anyWords = rapid.OneOf(
	rapid.SampledFrom([]string{"58", "2026-11-10", "true", "null", "~", "- a", "a: b", "# a", "a #b", "'", `"`, "---", "...", "%a", "@a",
		"`a", "!a", "&a", "*a", "{a", "[a", "]", "a, b", " a", "a ", "a\n", "\na", "a\n\n b\n", "a\tb", "\ta", "\u2028", "a\ufeffb", "稀土：出口", "<<", "0x1", "1e3", "a\n ", "\n", "|", ">", "?", "? a", "=", "\u00a0a", "\\n"}),
	rapid.StringOfN(rapid.RuneFrom([]rune(" \n\t:#-'\"{}[],&*!|>%@`~?=\\abc稀土\u2028\u2029\ufeff\u00a0\U0001f600")), 0, 12, -1),
)

// someWords says something.
var someWords = rapid.Custom(func(t *rapid.T) string { return "a" + anyWords.Draw(t, "words") })

var anyText = rapid.Custom(func(t *rapid.T) tracker.Text {
	return tracker.Text{EN: anyWords.Draw(t, "en"), ZH: anyWords.Draw(t, "zh")}
})

var anyDay = rapid.Custom(func(t *rapid.T) tracker.Date {
	day := fmt.Sprintf("2025-%02d-%02d", rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day"))
	return tracker.MustDate(day + rapid.SampledFrom([]string{"", "", "T13:01", "T13:01:59", "T13:01+08:00"}).Draw(t, "time"))
})

var anyEnd = rapid.SampledFrom([]tracker.Date{{}, tracker.MustDate("2026"), tracker.MustDate("2026-H1"),
	tracker.MustDate("2027-Q2"), tracker.MustDate("2026-11"), tracker.MustDate("2026-11-10T13:01"), tracker.MustDate("2026-11-10")})

func listOf[V any](g *rapid.Generator[V]) *rapid.Generator[[]V] {
	return rapid.Custom(func(t *rapid.T) []V {
		list := rapid.SliceOfN(g, 0, 3).Draw(t, "list")
		if len(list) == 0 {
			return nil
		}
		return list
	})
}

var anySource = rapid.Custom(func(t *rapid.T) tracker.Source {
	return tracker.Source{
		Title: someWords.Draw(t, "title"), Publisher: anyWords.Draw(t, "publisher"),
		URL:  rapid.SampledFrom([]string{"", "https://example.org/a?b=c#d", "http://example.org/%E5%8D%B3,'x'"}).Draw(t, "url"),
		Date: rapid.OneOf(anyDay, anyEnd).Draw(t, "date"),
	}
})

var anyGoods = rapid.Custom(func(t *rapid.T) tracker.Goods {
	g := tracker.Goods{
		Name: anyText.Draw(t, "name"),
		Tags: listOf(rapid.SampledFrom([]string{"battery", "rare-earth", "58", "null", "true"})).Draw(t, "tags"),
		HS:   listOf(rapid.StringMatching(`[0-9]{2,12}`)).Draw(t, "hs"),
		Where: rapid.SampledFrom([]map[string]string{nil, {"energy_density_wh_kg": ">= 300"},
			{"purity_percent": "> 99.9", "density_g_cm3": "1.5..2.5", "n": "= 3"}}).Draw(t, "where"),
	}
	if g.Tags == nil && g.HS == nil {
		g.HS = []string{"8507"}
	}
	return g
})

var anyTerms = rapid.Custom(func(t *rapid.T) tracker.Terms {
	terms := tracker.Terms{
		Against:  listOf(rapid.SampledFrom([]string{"US", "NO", "CN"})).Draw(t, "against"),
		Goods:    listOf(anyGoods).Draw(t, "goods"),
		EndUse:   rapid.SampledFrom([]tracker.EndUse{"", tracker.Civil, tracker.Military, tracker.AnyUse}).Draw(t, "end use"),
		Entities: listOf(rapid.SampledFrom([]string{"wingtech", "nexperia"})).Draw(t, "entities"),
	}
	if rapid.Bool().Draw(t, "has rate") {
		terms.Rate = &tracker.Rate{Percent: float64(rapid.IntRange(0, 2000).Draw(t, "rate")) / 8}
	}
	return terms
})

// anyEvent is of a kind that is in order anywhere.
func anyEvent(id string) *rapid.Generator[tracker.Event] {
	return rapid.Custom(func(t *rapid.T) tracker.Event {
		e := tracker.Event{
			ID:   id,
			What: rapid.SampledFrom([]tracker.What{tracker.Announced, tracker.Reported, tracker.Ruled, tracker.Challenged}).Draw(t, "what"),
			On:   anyDay.Draw(t, "on"), Published: anyDay.Draw(t, "published"),
			Evidence: rapid.SampledFrom(tracker.Evidences()).Draw(t, "evidence"),
			Seed:     rapid.Bool().Draw(t, "seed"),
			Note:     anyText.Draw(t, "note"), Sources: listOf(anySource).Draw(t, "sources"),
		}
		if e.What != tracker.Reported {
			return e
		}
		e.Of = string(rapid.SampledFrom(tracker.Whats()).Draw(t, "of"))
		e.Until, e.To = anyEnd.Draw(t, "until"), anyEnd.Draw(t, "to")
		e.Reason = rapid.SampledFrom(append(tracker.Reasons(), "")).Draw(t, "reason")
		e.Basis = rapid.SampledFrom([]tracker.Basis{"", tracker.Lapse, tracker.Ordained, tracker.Conditional}).Draw(t, "basis")
		if e.Basis == tracker.Conditional {
			e.Unless = tracker.Text{EN: someWords.Draw(t, "unless")}
		}
		e.Terms = anyTerms.Draw(t, "terms")
		return e
	})
}

func anyMeasure(id string) *rapid.Generator[*tracker.Measure] {
	return rapid.Custom(func(t *rapid.T) *tracker.Measure {
		m := &tracker.Measure{
			ID: id, Title: tracker.Text{EN: someWords.Draw(t, "title")}, By: "CN",
			Kind:      rapid.SampledFrom(tracker.Kinds()).Draw(t, "kind"),
			Authority: anyText.Draw(t, "authority"), Instrument: anyText.Draw(t, "instrument"),
			Zone:  rapid.SampledFrom([]string{"Asia/Shanghai", "America/New_York", "UTC"}).Draw(t, "zone"),
			Terms: anyTerms.Draw(t, "terms"), Note: anyText.Draw(t, "note"),
		}
		if rapid.Bool().Draw(t, "has review") {
			m.Review = &tracker.ReviewTerms{Days: 45, Of: "working", Calendar: "CN", From: "acceptance", Excludes: []string{"expert-review"}}
		}
		if rapid.Bool().Draw(t, "is related") {
			m.Relates = []tracker.Relation{{To: id, As: tracker.Extends}, {To: "x", As: tracker.Amends}}
		}
		for i := range rapid.IntRange(1, 4).Draw(t, "events") {
			m.Events = append(m.Events, anyEvent(fmt.Sprintf("%s.%d", id, i)).Draw(t, "event"))
		}
		return m
	})
}
