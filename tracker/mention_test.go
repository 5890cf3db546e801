package tracker

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func spokenOf(t testing.TB) *Snapshot {
	t.Helper()
	told := func(id string, whats ...Event) []Event {
		for i := range whats {
			whats[i].ID, whats[i].Evidence = id, Official
		}
		return whats
	}
	on := func(what What, day string) Event {
		return Event{What: what, On: MustDate(day), Published: MustDate(day)}
	}
	s, err := NewSnapshot(Facts{
		Goods: []Tag{
			{Slug: "critical-mineral", EN: "Critical minerals", ZH: "关键矿产"},
			{Slug: "rare-earth", EN: "Rare earths", ZH: "稀土", Parent: "critical-mineral"},
			{Slug: "rare-earth-magnet", EN: "Rare-earth magnets", Parent: "rare-earth", Also: []string{"NdFeB"}},
			{Slug: "gallium", EN: "Gallium", ZH: "镓", Parent: "critical-mineral"},
			{Slug: "battery", EN: "Batteries"}, {Slug: "lithium-battery", EN: "Lithium batteries", ZH: "锂电池", Parent: "battery"},
			{Slug: "port-crane", EN: "Port cranes"}, {Slug: "all-goods", EN: "All goods"},
		},
		Entities: []Entity{
			{ID: "nexperia", Name: Text{EN: "Nexperia", ZH: "安世半导体"}, Aliases: []string{"Anshi Semiconductor", "安世"}},
			{ID: "chs", Name: Text{EN: "CHS Inc."}},
		},
		Measures: []*Measure{
			{ID: "cn-magnets", Title: Text{EN: "Export control on rare-earth magnets", ZH: "稀土永磁材料出口管制"}, Kind: ExportControl, By: "CN", Zone: "Asia/Shanghai",
				Instrument: Text{EN: "Announcement No. 18 of 2025"}, Terms: Terms{Goods: lines("rare-earth-magnet")}, Events: told("a", on(Announced, "2025-04-04"))},
			{ID: "cn-batteries", Title: Text{EN: "Export control on lithium batteries"}, Kind: ExportControl, By: "CN", Zone: "Asia/Shanghai",
				Instrument: Text{EN: "Announcement No. 58 of 2025"}, Terms: Terms{Goods: lines("lithium-battery")},
				Events: told("b", on(Announced, "2025-10-09"), on(Suspended, "2025-11-07"))},
			{ID: "cn-gallium-us", Title: Text{EN: "Ban in principle to the United States"}, Kind: ExportControl, By: "CN", Zone: "Asia/Shanghai",
				Terms: Terms{Against: []string{"US"}, Goods: lines("gallium")}, Events: told("c", on(Announced, "2024-12-03"))},
			{ID: "nl-order", Title: Text{EN: "Dutch order under the Goods Availability Act"}, Kind: ControlOrder, By: "NL", Zone: "Europe/Amsterdam",
				Terms: Terms{Entities: []string{"nexperia"}}, Events: told("d", on(Effective, "2025-09-30"))},
			{ID: "us-au", Title: Text{EN: "US-Australia framework on critical minerals"}, Kind: Framework, By: "US", Zone: "America/New_York",
				Terms: Terms{Goods: lines("rare-earth", "critical-mineral")}, Events: told("e", on(Announced, "2025-10-20"))},
			{ID: "us-threat", Title: Text{EN: "Threatened extra tariff on China"}, Kind: Tariff, By: "US", Zone: "America/New_York",
				Terms: Terms{Against: []string{"CN"}, Goods: lines("all-goods"), Rate: &Rate{100}}, Events: told("f", on(Proposed, "2025-10-10"))},
			{ID: "us-cranes", Title: Text{EN: "Section 301 tariff on cranes"}, Kind: Tariff, By: "US", Zone: "America/New_York",
				Terms: Terms{Against: []string{"CN"}, Goods: lines("port-crane"), Rate: &Rate{100}}, Events: told("g", on(Announced, "2025-10-10"))},
			{ID: "eu-aci", Title: Text{EN: "Anti-Coercion Instrument", ZH: "反胁迫工具条例"}, Kind: Instrument, By: "EU", Zone: "Europe/Brussels",
				Instrument: Text{EN: "Regulation (EU) 2023/2675"}, Events: told("h", on(Effective, "2023-12-27"))},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMentions(t *testing.T) {
	s := spokenOf(t)
	for _, c := range []struct {
		name, on, text string
		want           string // ids, joined by spaces
	}{
		{"nothing of trade", "2026-01-10", "A bridge opened in Rotterdam.", ""},
		{"a country alone", "2026-01-10", "China spoke.", ""},
		{"goods and no act", "2026-01-10", "China leads in lithium batteries and NdFeB magnets.", ""},
		{"an act and no goods", "2026-01-10", "China keeps its export controls.", ""},
		{"goods and act of somebody else", "2026-01-10", "Japan weighs export controls on lithium batteries.", ""},
		{"goods, act and actor", "2026-01-10", "China's export controls on lithium batteries bite.", "cn-batteries"},
		{"in Chinese", "2026-01-10", "中国对锂电池实施出口管制。", "cn-batteries"},
		{"the act in one sentence, the goods in another", "2026-01-10", "China has export controls.\nLithium batteries are dear.", ""},
		{"goods above all that a measure is on", "2026-01-10", "Beijing eases export curbs on rare earths.", "cn-magnets"},
		{"goods at the top of the tree are too wide", "2026-01-10", "Beijing eases export curbs on critical minerals and batteries.", ""},
		{"before the measure was known", "2025-10-01", "China may bring export controls on lithium batteries.", ""},
		{"a suspension, of what was suspended", "2025-11-20", "China suspended export controls on lithium batteries and NdFeB.", "cn-batteries"},
		{"a suspension long ago is no news", "2026-09-20", "China suspended export controls on lithium batteries.", ""},
		{"against somebody who is not named", "2025-12-20", "China's export controls on gallium hurt Japan.", ""},
		{"against somebody who is", "2025-12-20", "China's export controls on gallium hurt the U.S. most.", "cn-gallium-us"},
		{"the number of an announcement", "2026-01-10", "China's Announcement No. 58 of 2025 has six clauses.", "cn-batteries"},
		{"the number in Chinese", "2026-01-10", "商务部公告2025年第18号仍然有效。", "cn-magnets"},
		{"a number without a year is of the article's", "2025-12-10", "商务部第18号公告仍然有效。", "cn-magnets"},
		{"the same number of another year", "2026-01-10", "商务部第18号公告仍然有效。", ""},
		{"the number of somebody else's announcement", "2026-01-10", "Japan's Announcement No. 58 of 2025.", ""},
		{"a regulation cited", "2026-01-10", "The EU could turn to Regulation 2023/2675.", "eu-aci"},
		{"a rare phrase of a title", "2026-01-10", "Germany wants the EU to use its anti-coercion tool.", "eu-aci"},
		{"a party under another name", "2026-01-10", "The Dutch government took control of Anshi Semiconductor.", "nl-order"},
		{"a party named elsewhere", "2026-01-10", "Nexperia waits.\nThe Dutch minister defends the intervention.", "nl-order"},
		{"the act without the party", "2026-01-10", "The Dutch government took control of a bank.", ""},
		{"both signatories of a framework", "2026-01-10", "The US and Australia signed a pact on rare earths.", "us-au"},
		{"one signatory", "2026-01-10", "The US signed a pact with Japan on rare earths.", ""},
		{"a rate and whom it hits", "2025-10-20", "The US answers China with a 100% tariff.", "us-threat"},
		{"another rate", "2025-10-20", "The US answers China with a 50% tariff.", ""},
		{"the rate alone", "2025-10-20", "The US sets a 100% tariff.", ""},
		{"tariffs at large", "2025-10-20", "The US weighs tariffs on China.", ""},
		{"a tariff on goods", "2025-10-20", "A US tariff of 100 percent on port cranes from China.", "us-cranes us-threat"},
		{"a tariff on goods at another rate", "2025-10-20", "A US tariff of 25% on port cranes from China.", ""},
		{"us is no country", "2025-10-20", "They told us of a 100% tariff that China feared.", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := MustDate(c.on).First(time.UTC)
			var ids []string
			for _, m := range s.Mentions(Article{Title: "News", At: at, Groups: []Group{{Points: strings.Split(c.text, "\n")}}}) {
				ids = append(ids, m.Measure)
			}
			if got := strings.Join(ids, " "); got != c.want {
				t.Errorf("speaks of %q, want %q", got, c.want)
			}
		})
	}
}

func TestMentionsTellTheirWords(t *testing.T) {
	a := Article{Title: "News from China", At: MustDate("2026-01-10").First(time.UTC), Lead: "New export rules reach lithium batteries, 即第58号."}
	got := spokenOf(t).Mentions(a)
	want := []string{"China", "export rules", "lithium battery"}
	if len(got) != 1 || got[0].Measure != "cn-batteries" || !slices.Equal(got[0].Words, want) {
		t.Errorf("got %+v, want the words %q", got, want)
	}
}

// TestMentionsAreBounded reads 500 passages of an article and 4000 bytes of each.
func TestMentionsAreBounded(t *testing.T) {
	s, says := spokenOf(t), "China's export controls on lithium batteries bite."
	points := slices.Repeat([]string{"A bridge opened."}, 1000)
	for _, c := range []struct {
		name  string
		place func() Article
		want  bool
	}{
		{"passage 500", func() Article {
			p := slices.Clone(points)
			p[498] = says
			return Article{Title: "t", Groups: []Group{{Points: p}}}
		}, true},
		{"passage 501", func() Article {
			p := slices.Clone(points)
			p[499] = says
			return Article{Title: "t", Groups: []Group{{Points: p}}}
		}, false},
		{"byte 3000", func() Article { return Article{Title: strings.Repeat("锂", 900) + " " + says} }, true},
		{"byte 6000", func() Article { return Article{Title: strings.Repeat("锂", 2000) + " " + says} }, false},
	} {
		if got := s.Mentions(c.place()); len(got) > 0 != c.want {
			t.Errorf("%s is read: %v", c.name, !c.want)
		}
	}
}

func FuzzMentions(f *testing.F) {
	s := spokenOf(f)
	f.Add("中国 export controls 锂电池 No. 58 of 2025 100%", int64(1_760_000_000))
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		for _, m := range s.Mentions(Article{Title: text, Lead: text, At: time.Unix(unix, 0)}) {
			if len(m.Words) == 0 {
				t.Fatalf("%q speaks of %s without words", text, m.Measure)
			}
		}
	})
}
