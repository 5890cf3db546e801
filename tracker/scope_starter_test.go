package tracker

import (
	"os"
	"testing"
)

// TestCheckStarterFacts asks about the starter facts what people would ask.
func TestCheckStarterFacts(t *testing.T) {
	facts, err := ReadFacts(os.DirFS("../measures.d"))
	if err != nil {
		t.Fatal(err)
	}
	s := snapshotOf(t, facts)
	for _, c := range []struct {
		name, words, on string
		change          func(*Product)
		measure         string
		applies         Answer
		status          Status
	}{
		{"strong battery while the control is suspended", "lithium batteries", "2026-11-10", density(310), "cn-mofcom-2025-58", Yes, StatusSuspended},
		{"and the day after", "锂离子电池", "2026-11-11", density(310), "cn-mofcom-2025-58", Yes, StatusInForce},
		{"weak battery", "8507.60", "2026-11-24", density(250), "cn-mofcom-2025-58", No, StatusInForce},
		{"artificial graphite", "artificial graphite", "2026-11-24", density(0), "cn-mofcom-2025-58", Yes, StatusInForce},
		{"LFP of which nothing is known", "LFP", "2026-11-24", density(0), "cn-mofcom-2025-58", Depends, StatusInForce},
		{"LFP that is too light", "磷酸铁锂", "2026-11-24", func(p *Product) { p.Attrs = map[string]float64{"compaction_density_g_cm3": 2.4} }, "cn-mofcom-2025-58", No, StatusInForce},
		{"a ternary precursor, whatever its density", "ternary precursor", "2026-11-24", density(0), "cn-mofcom-2025-58", Yes, StatusInForce},
		{"NCM, of which the precursor alone is listed", "NCM", "2026-11-24", density(0), "cn-mofcom-2025-58", Depends, StatusInForce},
		{"an anode of natural graphite", "natural graphite anode", "2026-11-24", density(0), "cn-mofcom-2025-58", Depends, StatusInForce},
		{"an anode of artificial graphite", "artificial graphite anode", "2026-11-24", density(0), "cn-mofcom-2025-58", Yes, StatusInForce},
		{"gallium under clause 2", "gallium", "2026-11-24", density(0), "cn-mofcom-2024-46-2", Yes, StatusSuspended},
		{"gallium under clause 1", "镓", "2026-11-24", func(p *Product) { p.EndUse = Civil }, "cn-mofcom-2024-46", No, StatusInForce},
		{"soybeans of CHS", "soybeans", "2025-11-09", func(p *Product) { p.From, p.To, p.Parties = "US", "CN", []string{"chs"} }, "cn-gacc-2025-30", Yes, StatusInForce},
		{"when their rights were back", "soybeans", "2025-11-10", func(p *Product) { p.From, p.To, p.Parties = "US", "CN", []string{"chs"} }, "cn-gacc-2025-30", "", NoStatus},
		{"Nexperia while the affiliates rule held", "chips", "2025-10-15", func(p *Product) { p.From, p.To, p.Parties = "US", "NL", []string{"nexperia"} }, "us-bis-2025-affiliates", Yes, StatusInForce},
		{"Nexperia China while it was suspended", "chips", "2025-12-01", func(p *Product) { p.From, p.To, p.Parties = "US", "CN", []string{"nexperia-china"} }, "us-bis-2025-affiliates", Yes, StatusSuspended},
		{"Nexperia is not on the list itself", "chips", "2025-10-15", func(p *Product) { p.From, p.To, p.Parties = "US", "NL", []string{"nexperia"} }, "us-bis-2024-entity-list-wingtech", No, StatusInForce},
		{"magnets under a general licence, perhaps", "NdFeB magnets", "2026-11-24", func(p *Product) { p.EndUse = Civil }, "cn-mofcom-2025-18", Depends, StatusInForce},
		{"magnets for an army", "NdFeB magnets", "2026-11-24", func(p *Product) { p.EndUse = Military }, "cn-mofcom-2025-18", Yes, StatusInForce},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := s.Resolve(c.words)
			if err != nil {
				t.Fatal(err)
			}
			p.From, p.To = "CN", "US"
			c.change(&p)
			got := find(s.Check(p, Query{On: MustDate(c.on)}), c.measure)
			if got.Applies != c.applies || got.State.Status != c.status {
				t.Errorf("%q and %q, want %q and %q: %v %v", got.Applies, got.State.Status, c.applies, c.status, got.Because, got.DependsOn)
			}
		})
	}
}

func TestAddUpStarterFacts(t *testing.T) {
	facts, err := ReadFacts(os.DirFS("../measures.d"))
	if err != nil {
		t.Fatal(err)
	}
	s := snapshotOf(t, facts)
	for on, want := range map[string]Duties{
		"2025-06-01": {InForce: 30, Suspended: 24}, // fentanyl 20, reciprocal 10, its further 24 paused
		"2025-12-01": {InForce: 20, Suspended: 24}, // fentanyl cut to 10
		"2026-03-01": {InForce: 10},                // both struck down, section 122 instead
	} {
		d := AddUp(s.Check(goods("soybean"), Query{On: MustDate(on)}))
		if d.InForce != want.InForce || d.Suspended != want.Suspended {
			t.Errorf("on %s: %v in force, %v suspended", on, d.InForce, d.Suspended)
		}
	}
}
