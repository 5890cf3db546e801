package tracker

import (
	"strings"
	"testing"
	"time"
)

func TestWatch(t *testing.T) {
	measure := func(id, by, tag string, more ...Event) *Measure {
		return &Measure{ID: id, Title: Text{EN: id, ZH: id}, Kind: "tariff", By: by, Zone: "UTC", Terms: Terms{Goods: []Goods{{Tags: []string{tag}}}},
			Events: append([]Event{{ID: id + ".effective", What: Effective, On: MustDate("2026-01-01"), Published: MustDate("2026-01-01"), Evidence: Official}}, more...)}
	}
	ends := func(id, until string, basis Basis) Event {
		return Event{ID: id, What: Suspended, On: MustDate("2026-02-01"), Until: MustDate(until), Basis: basis, Published: MustDate("2026-02-01"), Evidence: Official}
	}
	s, err := NewSnapshot(Facts{Measures: []*Measure{
		measure("us-steel", "US", "steel", ends("a", "2026-08-10", "")),
		measure("us-graphite", "US", "graphite"),
		measure("cn-graphite", "CN", "graphite", ends("b", "2026-Q4", Ordained)),
	}})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, filters, want string
	}{
		{"no filter watches nothing", "", "0 measures watched; no change known to come"},
		{"tag and country are of one filter", "by:US tag:steel|by:CN tag:graphite", "2 measures watched; next due 11 August 2026 by dates alone: us-steel"},
		{"none bears both", "by:CN tag:steel", "0 measures watched; no change known to come"},
		{"a coarse date stays coarse", "by:CN", "1 measure watched; next due in 2026-Q4: cn-graphite"},
		{"nothing to come", "by:US tag:graphite", "1 measure watched; no change known to come"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var filters []Filter
			for _, words := range strings.FieldsFunc(tt.filters, func(r rune) bool { return r == '|' }) {
				f, err := ParseFilter(words)
				if err != nil {
					t.Fatal(err)
				}
				filters = append(filters, f)
			}
			if got := s.Watch(filters, at).Words(time.UTC); got.EN != tt.want {
				t.Errorf("%q, want %q", got.EN, tt.want)
			}
		})
	}
}
