package tracker

import (
	"slices"
	"testing"
)

func TestAddUp(t *testing.T) {
	suspended := Event{What: Suspended, On: MustDate("2025-11-10"), Until: MustDate("2026-11-10"), Published: MustDate("2025-11-10"), Evidence: Official}
	tariff := func(id string, terms Terms, events ...Event) *Measure {
		for i := range events {
			events[i].ID = id + ".then"
		}
		return inForce(Measure{ID: id, Title: Text{EN: id, ZH: id}, Kind: Tariff, By: "US", Terms: terms, Events: events})
	}
	s := snapshotOf(t, Facts{Goods: testGoods(), Measures: []*Measure{
		tariff("base", Terms{Against: []string{"CN"}, Rate: &Rate{10}, Goods: lines("all-goods")}),
		tariff("extra", Terms{Against: []string{"CN"}, Rate: &Rate{24}, Goods: lines("all-goods")}, suspended),
		tariff("301", Terms{Rate: &Rate{25}, Goods: []Goods{{Tags: []string{"lithium-battery"}}, {Tags: []string{"gallium"}}}}),
		tariff("large", Terms{Rate: &Rate{50}, Goods: []Goods{{Tags: []string{"lithium-battery"}, Where: map[string]string{"capacity_kwh": ">= 100"}}}}),
		tariff("bare", Terms{Goods: lines("battery")}),
		tariff("others", Terms{Against: []string{"KR"}, Rate: &Rate{99}, Goods: lines("battery")}),
		inForce(Measure{ID: "control", Kind: ExportControl, By: "CN", Terms: Terms{Goods: lines("battery")}}),
	}})
	d := AddUp(s.Check(goods("lithium-battery"), noon))
	if d.InForce != 35 || d.Suspended != 24 || len(d.Layers) != 5 {
		t.Errorf("%v in force, %v suspended, %d layers", d.InForce, d.Suspended, len(d.Layers))
	}
	want := []string{"301: one rate is recorded for 2 lines of goods, and may differ by product", "bare: no rate is recorded", "large: 50 % where it applies"}
	var open []string
	for _, o := range d.Open {
		open = append(open, o.EN)
	}
	if !slices.Equal(open, want) {
		t.Errorf("open: %q", open)
	}
}
