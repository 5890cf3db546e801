package tracker

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// inForce gives a measure one official event, so that it is in force from 2025.
func inForce(m Measure) *Measure {
	m.Zone = "UTC"
	m.Events = append([]Event{{ID: m.ID + ".effective", What: Effective, On: MustDate("2025-01-01"),
		Published: MustDate("2025-01-01"), Evidence: Official}}, m.Events...)
	return &m
}

func lines(tags ...string) []Goods { return []Goods{{Tags: tags}} }

// scopeFacts are the starter measures that tests of scope use, all in force.
func scopeFacts() Facts {
	full := 100.0
	return Facts{
		Goods: testGoods(),
		Entities: []Entity{
			{ID: "wingtech", Name: Text{EN: "Wingtech Technology", ZH: "闻泰科技"}, Listed: []string{"us-wingtech"}},
			{ID: "nexperia", Name: Text{EN: "Nexperia", ZH: "安世半导体"}, Owners: []Ownership{{Entity: "wingtech", Percent: &full, From: MustDate("2020")}}},
			{ID: "nexperia-china", Name: Text{EN: "Nexperia China", ZH: "安世中国"}, Owners: []Ownership{{Entity: "nexperia", Percent: &full}}},
			{ID: "asml", Name: Text{EN: "ASML", ZH: "阿斯麦"}},
			{ID: "chs", Name: Text{EN: "CHS Inc."}}, {ID: "jl-mag", Name: Text{EN: "JL MAG"}},
		},
		Measures: []*Measure{
			inForce(Measure{ID: "cn-58", Kind: ExportControl, By: "CN", Terms: Terms{Goods: []Goods{
				{Name: Text{EN: "Cells and packs", ZH: "电芯和电池组"}, Tags: []string{"lithium-battery"}, HS: []string{"850760"},
					Where: map[string]string{"energy_density_wh_kg": ">= 300"}},
				{Tags: []string{"battery-equipment"}},
				{Name: Text{EN: "Artificial graphite anode material", ZH: "人造石墨负极材料"}, Tags: []string{"artificial-graphite", "graphite-anode"}},
			}}}),
			inForce(Measure{ID: "cn-39", Kind: ExportControl, By: "CN", Terms: Terms{Goods: []Goods{
				{Tags: []string{"natural-graphite"}, HS: []string{"250410"}},
				{Tags: []string{"artificial-graphite"}, HS: []string{"380110"}, Where: map[string]string{"purity_percent": "> 99.9", "density_g_cm3": "> 1.73"}},
			}}}),
			inForce(Measure{ID: "cn-18", Kind: ExportControl, By: "CN", Terms: Terms{Goods: []Goods{
				{Tags: []string{"rare-earth-magnet"}, HS: []string{"850511"}}, {Tags: []string{"medium-heavy-rare-earth"}}}}}),
			inForce(Measure{ID: "cn-46", Kind: ExportControl, By: "CN", Terms: Terms{Against: []string{"US"}, Goods: lines("dual-use"), EndUse: Military}}),
			inForce(Measure{ID: "cn-46-2", Under: "cn-46", Kind: ExportControl, By: "CN", Terms: Terms{Against: []string{"US"}, Goods: lines("gallium", "graphite")}}),
			inForce(Measure{ID: "cn-61", Kind: ExportControl, By: "CN", Terms: Terms{Goods: []Goods{
				{Tags: []string{"rare-earth-magnet"}, Where: map[string]string{"china_origin_value_percent": ">= 0.1"}},
				{Name: Text{EN: "Listed items of Chinese origin re-exported", ZH: "原产中国、在境外转移的物项"}, Tags: []string{"medium-heavy-rare-earth"}}}}}),
			inForce(Measure{ID: "cn-general-licence", Title: Text{EN: "General licences", ZH: "通用许可"}, Kind: Licence, By: "CN",
				Terms:   Terms{Goods: lines("rare-earth-magnet"), EndUse: Civil, Entities: []string{"jl-mag"}},
				Relates: []Relation{{To: "cn-18", As: ExemptsFrom}}}),
			inForce(Measure{ID: "cn-gacc-30", Kind: ImportRestriction, By: "CN", Terms: Terms{Against: []string{"US"}, Entities: []string{"chs"},
				Goods: []Goods{{Tags: []string{"soybean"}, HS: []string{"120190"}}}}}),
			inForce(Measure{ID: "cn-gallium", Kind: ExportControl, By: "CN", Terms: Terms{Goods: lines("gallium")}}),
			inForce(Measure{ID: "us-301", Kind: Tariff, By: "US", Terms: Terms{Against: []string{"CN"}, Rate: &Rate{25}, Goods: lines("lithium-battery", "critical-mineral")}}),
			inForce(Measure{ID: "us-fentanyl", Kind: Tariff, By: "US", Terms: Terms{Against: []string{"CN", "HK"}, Rate: &Rate{10}, Goods: lines("all-goods")}}),
			inForce(Measure{ID: "us-wingtech", Kind: EntityList, By: "US", Terms: Terms{Against: []string{"CN"}, Goods: lines("all-goods")}}),
			inForce(Measure{ID: "us-affiliates", Kind: OwnershipRule, By: "US", Terms: Terms{Goods: lines("all-goods")},
				Relates: []Relation{{To: "us-wingtech", As: Extends}}}),
			inForce(Measure{ID: "eu-semiconductors", Kind: ExportControl, By: "EU", Terms: Terms{Goods: lines("semiconductor")}}),
			inForce(Measure{ID: "cn-framework", Kind: Framework, By: "CN", Terms: Terms{Goods: lines("all-goods")}}),
			inForce(Measure{ID: "nl-order", Kind: ControlOrder, By: "NL", Terms: Terms{Entities: []string{"nexperia"}, Goods: lines("semiconductor")}}),
			inForce(Measure{ID: "cn-countermeasure", Kind: EntityList, By: "CN", Terms: Terms{Entities: []string{"asml"}}}),
			inForce(Measure{ID: "us-port-fee", Kind: PortFee, By: "US", Terms: Terms{Against: []string{"CN"}, Goods: lines("vessel")}}),
		},
	}
}

var noon = Query{Now: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}

func snapshotOf(t testing.TB, f Facts) *Snapshot {
	t.Helper()
	s, err := NewSnapshot(f)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func find(matches []Match, id string) Match {
	i := slices.IndexFunc(matches, func(m Match) bool { return m.Measure.ID == id })
	if i < 0 {
		return Match{}
	}
	return matches[i]
}

func goods(tags ...string) Product { return Product{Tags: tags, From: "CN", To: "US"} }

func with(p Product, change func(*Product)) Product {
	p.Attrs = maps.Clone(p.Attrs)
	change(&p)
	return p
}

func density(n float64) func(*Product) {
	return func(p *Product) { p.Attrs = map[string]float64{"energy_density_wh_kg": n} }
}

func TestCheck(t *testing.T) {
	s := snapshotOf(t, scopeFacts())
	route := func(from, to string) func(*Product) { return func(p *Product) { p.From, p.To = from, to } }
	use := func(u EndUse) func(*Product) { return func(p *Product) { p.EndUse = u } }
	parties := func(ids ...string) func(*Product) { return func(p *Product) { p.Parties = ids } }
	same := func(*Product) {}
	code := func(hs string) Product { return Product{HS: hs, From: "CN", To: "US"} }
	for _, c := range []struct {
		name    string
		product Product
		change  func(*Product)
		measure string
		want    Answer // "" for left out
		says    string // part of the reasons or of what it depends on, English or Chinese
	}{
		{"battery under the threshold", goods("lithium-battery"), density(250), "cn-58", No, "energy density 250 Wh/kg: controlled only at 300 Wh/kg or more"},
		{"battery at the threshold", goods("lithium-battery"), density(300), "cn-58", Yes, "covers “Cells and packs”: lithium-ion batteries"},
		{"battery of unknown density", goods("lithium-battery"), same, "cn-58", Depends, "energy density: controlled at 300 Wh/kg or more"},
		{"the same in Chinese", goods("lithium-battery"), same, "cn-58", Depends, "能量密度：达到300 Wh/kg及以上时受控"},
		{"battery by its code", code("85076000"), density(310), "cn-58", Yes, "HS 850760"},
		{"heading that holds the code", code("8507"), density(310), "cn-58", Depends, "which goods of HS 8507 they are: covers 850760"},
		{"battery is no equipment", code("850760"), density(1), "cn-58", No, "energy density 1 Wh/kg"},
		{"code that no line ties to a tag", code("811292"), same, "cn-gallium", Depends, "whether HS 811292 counts as gallium"},
		{"code tied to another tag", code("850760"), same, "cn-gallium", "", ""},
		{"artificial graphite", goods("artificial-graphite"), same, "cn-58", Yes, "Artificial graphite anode material"},
		{"artificial graphite of unknown purity", goods("artificial-graphite"), same, "cn-39", Depends, "purity: controlled above 99.9%"},
		{"graphite of which kind", goods("graphite"), same, "cn-39", Depends, "which kind of graphite it is: covers natural graphite"},
		{"code that may be one of several", code("811292"), same, "us-301", Depends, "whether HS 811292 counts as lithium-ion batteries and critical minerals"},
		{"anode", goods("graphite-anode"), same, "cn-58", Yes, ""},
		{"anode is no battery", goods("graphite-anode"), same, "us-301", "", ""},
		{"artificial graphite is graphite", goods("artificial-graphite"), same, "cn-46-2", Yes, "graphite"},
		{"tag far below", goods("artificial-graphite"), same, "us-301", Yes, "critical minerals"},
		{"no product named", Product{From: "CN", To: "US"}, same, "cn-gallium", Depends, "what the goods are: covers gallium"},

		{"to another country", goods("gallium"), route("CN", "DE"), "cn-46-2", No, "to DE: covers exports from CN to US"},
		{"within the country", goods("gallium"), route("CN", "CN"), "cn-gallium", No, "to CN"},
		{"from another country", goods("gallium"), route("VN", "US"), "cn-gallium", No, "from VN: covers exports from CN"},
		{"origin not known", goods("gallium"), route("", "US"), "cn-gallium", Depends, "where it comes from: covers exports from CN"},
		{"destination not known", goods("gallium"), route("CN", ""), "cn-46-2", Depends, "where it goes: covers exports from CN to US"},
		{"Hong Kong is a place of its own", goods("gallium"), route("HK", "US"), "cn-gallium", No, "from HK"},
		{"tariff looks at the other end", goods("lithium-battery"), route("CN", "US"), "us-301", Yes, "route CN to US"},
		{"tariff on what another country sends", goods("lithium-battery"), route("KR", "US"), "us-301", No, "from KR"},
		{"tariff on what goes elsewhere", goods("lithium-battery"), route("CN", "DE"), "us-301", No, "to DE"},
		{"a member of the Union", goods("semiconductor"), route("NL", "CN"), "eu-semiconductors", Yes, "route NL to CN"},
		{"inside the Union", goods("semiconductor"), route("NL", "DE"), "eu-semiconductors", No, "to DE"},
		{"outside the Union", goods("semiconductor"), route("GB", "CN"), "eu-semiconductors", No, "from GB"},
		{"Chinese ship in a US port", goods("vessel"), route("CN", "US"), "us-port-fee", Yes, ""},
		{"cargo pays no port fee", goods("soybean"), route("CN", "US"), "us-port-fee", "", ""},

		{"magnet made abroad, share not known", goods("rare-earth-magnet"), route("VN", "US"), "cn-61", Depends, "share of value of Chinese origin: controlled at 0.1% or more"},
		{"magnet made abroad with a tenth of a percent", with(goods("rare-earth-magnet"), func(p *Product) { p.Attrs = map[string]float64{"china_origin_value_percent": 0.1} }), route("VN", "US"), "cn-61", Yes, "route VN to US"},
		{"magnet made in China", goods("rare-earth-magnet"), route("CN", "US"), "cn-61", No, "from CN: covers trade outside CN"},
		{"dysprosium passed on by others", goods("medium-heavy-rare-earth"), route("JP", "US"), "cn-61", Depends, "whether it is “Listed items of Chinese origin re-exported”"},

		{"dual-use list, military", goods("rare-earth-magnet"), use(Military), "cn-46", Depends, "whether it is on the list of dual-use items"},
		{"on the list, military", goods("rare-earth-magnet", "dual-use"), use(Military), "cn-46", Yes, "end use: military"},
		{"on the list, civil", goods("rare-earth-magnet", "dual-use"), use(Civil), "cn-46", No, "end use civil: covers military use only"},
		{"on the list, use not known", goods("rare-earth-magnet", "dual-use"), same, "cn-46", Depends, "its end use: covers military use"},
		{"clause 2 asks for no end use", goods("gallium"), use(Civil), "cn-46-2", Yes, ""},

		{"soybeans of a named exporter", goods("soybean"), func(p *Product) { p.From, p.To, p.Parties = "US", "CN", []string{"chs"} }, "cn-gacc-30", Yes, "names CHS Inc."},
		{"soybeans of somebody else", goods("soybean"), func(p *Product) { p.From, p.To, p.Parties = "US", "CN", []string{"asml"} }, "cn-gacc-30", No, "none of the parties given"},
		{"soybeans of whom", goods("soybean"), route("US", "CN"), "cn-gacc-30", Depends, "who the parties are: names CHS Inc."},
		{"listing follows the party", with(goods("gallium"), route("US", "NL")), parties("wingtech"), "us-wingtech", Yes, "names Wingtech Technology"},
		{"listing, parties not known", goods("gallium"), route("US", "CN"), "us-wingtech", Depends, "who the parties are: names Wingtech Technology"},
		{"import into the listing country", goods("gallium"), same, "us-wingtech", No, "to US"},
		{"trade between others", with(goods("gallium"), route("JP", "VN")), parties("wingtech"), "us-wingtech", Depends, "whether the rules of US reach it although it comes from JP"},
		{"owner listed, not the party", with(goods("gallium"), route("US", "NL")), parties("nexperia"), "us-wingtech", No, "names Wingtech Technology, an owner of Nexperia"},
		{"affiliate", with(goods("gallium"), route("US", "NL")), parties("nexperia"), "us-affiliates", Yes, "Nexperia is owned 100 % by Wingtech Technology, listed by us-wingtech"},
		{"affiliate of an affiliate", with(goods("gallium"), route("US", "CN")), parties("nexperia-china"), "us-affiliates", Yes, "Nexperia China is owned 100 % by Nexperia"},
		{"nobody's affiliate", with(goods("gallium"), route("US", "NL")), parties("asml"), "us-affiliates", No, "no owner of ASML that is listed is recorded"},
		{"affiliate of whom", goods("gallium"), route("US", "NL"), "us-affiliates", Depends, "who owns them"},
		{"any dealing with a party under a countermeasure", with(goods("gallium"), route("NL", "CN")), parties("asml"), "cn-countermeasure", Yes, "names no goods: covers any"},
		{"no dealing with China", with(goods("gallium"), route("NL", "US")), parties("asml"), "cn-countermeasure", No, "bars dealings with CN only"},
		{"order on a company that is no party", goods("semiconductor"), same, "nl-order", "", ""},
		{"order on a party", goods("semiconductor"), parties("nexperia"), "nl-order", Yes, "names Nexperia"},

		{"may hold a general licence", with(goods("rare-earth-magnet"), use(Civil)), parties("jl-mag"), "cn-18", Depends, "may be exempt under “General licences” (cn-general-licence)"},
		{"licence does not cover military use", goods("rare-earth-magnet"), use(Military), "cn-18", Yes, ""},
		{"holder not recorded", with(goods("rare-earth-magnet"), use(Civil)), parties("asml"), "cn-general-licence", Depends, "recorded holders are JL MAG"},
		{"a framework restricts no flow", goods("gallium"), same, "cn-framework", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := find(s.Check(with(c.product, c.change), noon), c.measure)
			if got.Applies != c.want {
				t.Fatalf("%s: %q, because %v, depends on %v; want %q", c.measure, got.Applies, got.Because, got.DependsOn, c.want)
			}
			if (got.Applies == Depends) != (len(got.DependsOn) > 0) {
				t.Errorf("%s depends on %v", got.Applies, got.DependsOn)
			}
			said := ""
			for _, text := range slices.Concat(got.Because, got.DependsOn) {
				said += text.EN + "\n" + text.ZH + "\n"
			}
			if !strings.Contains(said, c.says) || strings.Contains(said, "%!") {
				t.Errorf("it says:\n%swant %q", said, c.says)
			}
		})
	}
}

func TestCheckLeavesOut(t *testing.T) {
	f := scopeFacts()
	ended := inForce(Measure{ID: "ended", Kind: ExportControl, By: "CN", Terms: Terms{Goods: lines("gallium")}})
	ended.Events = append(ended.Events, Event{ID: "ended.ended", What: Ended, Reason: Revoked, On: MustDate("2025-06-01"), Published: MustDate("2025-06-01"), Evidence: Official})
	f.Measures = append(f.Measures, ended)
	s := snapshotOf(t, f)
	for on, want := range map[string]Answer{"2024-12-31": "", "2025-05-31": Yes, "2025-06-01": ""} {
		if got := find(s.Check(goods("gallium"), Query{On: MustDate(on)}), "ended").Applies; got != want {
			t.Errorf("on %s: %q, want %q", on, got, want)
		}
	}
}

func TestCheckByAmendedGoods(t *testing.T) {
	f := scopeFacts()
	m := inForce(Measure{ID: "amended", Kind: ExportControl, By: "CN", Terms: Terms{Goods: lines("soybean")}})
	m.Events = append(m.Events, Event{ID: "amended.goods", What: Amended, On: MustDate("2025-06-01"), Published: MustDate("2025-06-01"),
		Evidence: Official, Terms: Terms{Goods: lines("gallium")}})
	f.Measures = append(f.Measures, m)
	s := snapshotOf(t, f)
	for on, want := range map[string]Answer{"2025-05-31": "", "2025-06-01": Yes} {
		if got := find(s.Check(goods("gallium"), Query{On: MustDate(on)}), "amended").Applies; got != want {
			t.Errorf("on %s: %q, want %q", on, got, want)
		}
	}
}

func TestExemptions(t *testing.T) {
	for _, c := range []struct {
		name  string
		terms Terms
		use   EndUse
		want  Answer
		says  string
	}{
		{"fits wholly", Terms{EndUse: Civil}, Civil, No, "exempt since 8 November 2025: as told"},
		{"does not fit", Terms{EndUse: Civil}, Military, Yes, ""},
		{"may fit", Terms{EndUse: Civil}, "", Depends, "whether the exemption since 8 November 2025 applies: as told"},
		{"in words only", Terms{}, Civil, Depends, "自2025年11月8日起的豁免是否适用：据称"},
		{"other goods", Terms{Goods: lines("soybean")}, Civil, Yes, ""},
		{"the same goods", Terms{Goods: lines("gallium")}, Civil, No, "exempt since"},
		{"the same goods for somebody", Terms{Goods: lines("gallium"), Entities: []string{"jl-mag"}}, Civil, Depends, "names JL MAG"},
		{"the same destination", Terms{Against: []string{"US"}}, Civil, No, "exempt since"},
		{"another destination", Terms{Against: []string{"JP"}}, Civil, Yes, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := scopeFacts()
			m := inForce(Measure{ID: "with-exemption", Kind: ExportControl, By: "CN", Terms: Terms{Goods: lines("gallium")}})
			m.Events = append(m.Events, Event{ID: "let-off", What: Exempted, On: MustDate("2025-11-08"), Published: MustDate("2025-11-08"),
				Evidence: Official, Terms: c.terms, Note: Text{EN: "as told", ZH: "据称"}})
			f.Measures = append(f.Measures, m)
			p := goods("gallium")
			p.EndUse = c.use
			got := find(snapshotOf(t, f).Check(p, noon), "with-exemption")
			said := ""
			for _, text := range slices.Concat(got.Because, got.DependsOn) {
				said += text.EN + "\n" + text.ZH + "\n"
			}
			if got.Applies != c.want || !strings.Contains(said, c.says) {
				t.Errorf("%s, want %s:\n%s", got.Applies, c.want, said)
			}
		})
	}
}

func TestOnlyAMeasureInForceExempts(t *testing.T) {
	f := scopeFacts()
	for _, m := range f.Measures {
		if m.ID == "cn-general-licence" {
			m.Events = append(m.Events, Event{ID: "cn-general-licence.suspended", What: Suspended, On: MustDate("2025-06-01"),
				Until: MustDate("2025-06-30"), Published: MustDate("2025-06-01"), Evidence: Official})
		}
	}
	s := snapshotOf(t, f)
	for on, want := range map[string]Answer{"2025-05-31": Depends, "2025-06-30": Yes, "2025-07-01": Depends} {
		if got := find(s.Check(goods("rare-earth-magnet"), Query{On: MustDate(on)}), "cn-18"); got.Applies != want {
			t.Errorf("on %s: %s %v, want %s", on, got.Applies, got.DependsOn, want)
		}
	}
}

// What is definite must stay so when more is known.
func TestKnowingMoreNeverTurnsAnAnswer(t *testing.T) {
	s := snapshotOf(t, scopeFacts())
	tags := []string{"graphite", "artificial-graphite", "graphite-anode", "lithium-battery", "rare-earth-magnet", "medium-heavy-rare-earth",
		"gallium", "semiconductor", "soybean", "vessel", "dual-use", "critical-mineral", "all-goods"}
	countries := []string{"CN", "US", "NL", "DE", "HK", "JP", "EU"}
	rapid.Check(t, func(t *rapid.T) {
		less := Product{
			Tags:    rapid.SliceOfN(rapid.SampledFrom(tags), 0, 2).Draw(t, "tags"),
			HS:      rapid.SampledFrom([]string{"", "", "8507", "850760", "850511", "811292"}).Draw(t, "hs"),
			From:    rapid.SampledFrom(append(countries, "")).Draw(t, "from"),
			To:      rapid.SampledFrom(append(countries, "")).Draw(t, "to"),
			EndUse:  rapid.SampledFrom([]EndUse{"", Civil, Military}).Draw(t, "use"),
			Parties: rapid.SliceOfN(rapid.SampledFrom([]string{"wingtech", "nexperia", "asml", "chs", "jl-mag"}), 0, 2).Draw(t, "parties"),
		}
		more := less
		more.Attrs = map[string]float64{"energy_density_wh_kg": rapid.Float64Range(0, 600).Draw(t, "density")}
		if rapid.Bool().Draw(t, "origin") {
			more.Attrs["china_origin_value_percent"] = rapid.Float64Range(0, 1).Draw(t, "share")
		}
		if more.From == "" {
			more.From = rapid.SampledFrom(countries).Draw(t, "found from")
		}
		if more.To == "" {
			more.To = rapid.SampledFrom(countries).Draw(t, "found to")
		}
		if more.EndUse == "" {
			more.EndUse = rapid.SampledFrom([]EndUse{Civil, Military}).Draw(t, "found use")
		}
		after := s.Check(more, noon)
		before := s.Check(less, noon)
		if len(after) != len(before) {
			t.Fatalf("%d measures, then %d", len(before), len(after))
		}
		for i, was := range before {
			if was.Applies != Depends && after[i].Applies != was.Applies {
				t.Fatalf("%s: %s (%v), then %s (%v)", was.Measure.ID, was.Applies, was.Because, after[i].Applies, after[i].Because)
			}
		}
	})
}
