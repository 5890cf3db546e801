package tracker

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// owns writes an owner and its share as "a 25", "a ?" for one that is not known,
// and "a 25 2020..2025-06-30" with the dates of the holding.
func owns(t testing.TB, written ...string) []Ownership {
	t.Helper()
	var owners []Ownership
	for _, w := range written {
		parts := strings.Fields(w)
		o := Ownership{Entity: parts[0]}
		if parts[1] != "?" {
			o.Percent = new(float64)
			if _, err := fmt.Sscan(parts[1], o.Percent); err != nil {
				t.Fatal(err)
			}
		}
		if len(parts) > 2 {
			from, until, _ := strings.Cut(parts[2], "..")
			for text, date := range map[string]*Date{from: &o.From, until: &o.Until} {
				if err := date.UnmarshalText([]byte(text)); err != nil {
					t.Fatal(err)
				}
			}
		}
		owners = append(owners, o)
	}
	return owners
}

// ruleOver asks a 50 percent rule about x, where a and b are listed.
func ruleOver(t testing.TB, entities map[string][]Ownership, on string) Match {
	t.Helper()
	f := Facts{Measures: []*Measure{
		inForce(Measure{ID: "list", Kind: EntityList, By: "US", Terms: Terms{Entities: []string{"a", "b"}, Goods: lines("all-goods")}}),
		inForce(Measure{ID: "rule", Kind: OwnershipRule, By: "US", Terms: Terms{Goods: lines("all-goods")}, Relates: []Relation{{To: "list", As: Extends}}}),
	}}
	for id, owners := range entities {
		f.Entities = append(f.Entities, Entity{ID: id, Name: Text{EN: strings.ToUpper(id), ZH: strings.ToUpper(id)}, Owners: owners})
	}
	p := Product{Tags: []string{"gallium"}, From: "US", To: "NL", Parties: []string{"x"}}
	return find(snapshotOf(t, f).Check(p, Query{On: MustDate(on)}), "rule")
}

func TestOwnership(t *testing.T) {
	for _, c := range []struct {
		name   string
		owners string // party: owners; …
		want   Answer
		says   string
	}{
		{"half by one", "x: a 50", Yes, "X is owned 50 % by a, listed by list"},
		{"just under half", "x: a 49.99", No, "X is owned 49.99 % by listed parties: the rule begins at 50 %"},
		{"two that make half", "x: a 25, b 25", Yes, "X is owned 25 % by a, listed by list and 25 % by b, listed by list"},
		{"two that make 49", "x: a 25, b 24", No, "49 %"},
		{"tenths that fall short in binary", "x: a 0.3, b 32.3, c 17.4; c: a 50", Yes, "32.3 %"},
		{"an owner that is not listed counts for nothing", "x: a 49, c 51", No, "49 %"},
		{"through a chain", "x: c 60; c: a 60", Yes, "X is owned 60 % by C"},
		{"not multiplied: OFAC FAQ 401, example 1", "x: c 50; c: a 50", Yes, "C is owned 50 % by a, listed by list"},
		{"two branches of one owner: example 2", "x: c 25, d 25; c: a 50; d: a 50", Yes, "X is owned 25 % by C and 25 % by D"},
		{"directly and through another", "x: c 40, a 10; c: a 50", Yes, "10 % by a, listed by list"},
		{"a minority holding passes nothing on", "x: c 50; c: a 25", No, "no owner of X that is listed"},
		{"nothing through a link under half", "x: c 100; c: d 49; d: a 100", No, ""},
		{"listed by itself", "x: c 100", No, ""},
		{"share not known", "x: a ?", Depends, "what share of X a holds: not recorded"},
		{"share not known, too little left", "x: a ?, c 51", No, ""},
		{"share not known, enough without it", "x: a 50, b ?", Yes, "50 % by a"},
		{"share not known further up", "x: c 80; c: a ?", Depends, "what share of C a holds"},
		{"share of somebody else not known", "x: c ?, a 20", No, "20 %"},
		{"a ring without a listed party", "x: c 60; c: x 60", No, ""},
		{"a ring with one", "x: c 60; c: x 40, a 55", Yes, "C is owned 55 % by a, listed by list"},
		{"owns itself", "x: x 100", No, ""},
		{"held then", "x: a 60 2024-01-01..2026-01-01", Yes, ""},
		{"not yet held", "x: a 60 2026-01-02..", No, ""},
		{"no longer held", "x: a 60 ..2025-12-31", No, ""},
		{"sold in a month not told exactly", "x: a 60 ..2026-01", Depends, "whether a held its 60 % of X by then"},
		{"bought in that year", "x: a 60 2026..", Depends, "a当时是否持有X的60%"},
		{"bought the year before", "x: a 60 2025..", Yes, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			entities := map[string][]Ownership{}
			for _, part := range strings.Split(c.owners, "; ") {
				id, owners, _ := strings.Cut(part, ": ")
				entities[id] = owns(t, strings.Split(owners, ", ")...)
			}
			got := ruleOver(t, entities, "2026-01-01")
			said := fmt.Sprint(got.Because, got.DependsOn)
			if got.Applies != c.want || !strings.Contains(said, c.says) {
				t.Errorf("%s, want %s with %q: %s", got.Applies, c.want, c.says, said)
			}
		})
	}
}

func TestOwnershipChainIsTold(t *testing.T) {
	s := snapshotOf(t, scopeFacts())
	p := Product{Tags: []string{"gallium"}, From: "US", To: "CN", Parties: []string{"nexperia-china"}}
	got := find(s.Check(p, noon), "us-affiliates").Because
	for _, want := range []Text{
		{EN: "Nexperia China is owned 100 % by Nexperia", ZH: "安世中国：安世半导体持股100%"},
		{EN: "Nexperia is owned 100 % by Wingtech Technology, listed by us-wingtech", ZH: "安世半导体：闻泰科技持股100%（被us-wingtech列名）"},
	} {
		if len(addNew(got, []Text{want})) != len(got) {
			t.Errorf("%q is not among %q", want, got)
		}
	}
}

func TestOwnershipOfWhomNobodyRecorded(t *testing.T) {
	got := ruleOver(t, map[string][]Ownership{"y": nil}, "2026-01-01")
	if got.Applies != Depends || got.DependsOn[0].EN != "who owns x: it is not recorded" {
		t.Errorf("%+v", got)
	}
}

func TestOwnershipRuleStartsFromListsInBeing(t *testing.T) {
	f := scopeFacts()
	for _, m := range f.Measures {
		if m.ID == "us-wingtech" {
			m.Events = append(m.Events, Event{ID: "us-wingtech.ended", What: Ended, Reason: Revoked, On: MustDate("2025-06-01"),
				Published: MustDate("2025-06-01"), Evidence: Official})
		}
	}
	p := Product{Tags: []string{"gallium"}, From: "US", To: "NL", Parties: []string{"nexperia"}}
	for on, want := range map[string]Answer{"2025-05-31": Yes, "2025-06-01": Depends} {
		if got := find(snapshotOf(t, f).Check(p, Query{On: MustDate(on)}), "us-affiliates"); got.Applies != want {
			t.Errorf("on %s: %s %v, want %s", on, got.Applies, got.DependsOn, want)
		}
	}
}

func TestOwnershipRuleSaysThatAListIsSuspended(t *testing.T) {
	f := scopeFacts()
	for _, m := range f.Measures {
		if m.ID == "us-wingtech" {
			m.Events = append(m.Events, Event{ID: "us-wingtech.suspended", What: Suspended, On: MustDate("2025-06-01"),
				Published: MustDate("2025-06-01"), Evidence: Official})
		}
	}
	p := Product{Tags: []string{"gallium"}, From: "US", To: "NL", Parties: []string{"nexperia"}}
	got := find(snapshotOf(t, f).Check(p, noon), "us-affiliates")
	if said := fmt.Sprint(got.Because); got.Applies != Yes || !strings.Contains(said, "listed by us-wingtech (suspended)") || !strings.Contains(said, "（暂停中）") {
		t.Errorf("%s: %s", got.Applies, said)
	}
}

func TestOwnershipRuleReachesTheListedThemselves(t *testing.T) {
	if got := ruleOver(t, map[string][]Ownership{"x": nil}, "2026-01-01"); got.Applies != No {
		t.Errorf("x: %+v", got)
	}
	f := scopeFacts()
	p := Product{Tags: []string{"gallium"}, From: "US", To: "NL", Parties: []string{"wingtech"}}
	got := find(snapshotOf(t, f).Check(p, noon), "us-affiliates")
	if said := fmt.Sprint(got.Because); got.Applies != Yes || !strings.Contains(said, "Wingtech Technology is itself listed by us-wingtech") {
		t.Errorf("%s: %s", got.Applies, said)
	}
}

// Any graph of owners ends, and a party is reached for certain only where it may be reached at all.
func TestReachIsSure(t *testing.T) {
	ids := []string{"a", "b", "x", "c", "d", "e"}
	rapid.Check(t, func(t *rapid.T) {
		s := &Snapshot{entities: map[string]*Entity{}}
		for _, id := range ids {
			e := &Entity{ID: id}
			for range rapid.IntRange(0, 3).Draw(t, "owners") {
				o := Ownership{Entity: rapid.SampledFrom(ids).Draw(t, "owner")}
				if rapid.Bool().Draw(t, "known") {
					percent := rapid.Float64Range(0, 100).Draw(t, "percent")
					o.Percent = &percent
				}
				e.Owners = append(e.Owners, o)
			}
			s.entities[id] = e
		}
		h := s.holdingsOf("x", time.Time{}, time.UTC)
		listed := map[string][]Text{"a": {{EN: "list"}}}
		maybe := h.reach(listed, possibly)
		for id := range h.reach(listed, surely) {
			if maybe[id] == 0 {
				t.Fatalf("%s is reached for certain, and cannot be", id)
			}
		}
	})
}

func TestLongChainOfOwnersEnds(t *testing.T) {
	entities := map[string][]Ownership{"x": owns(t, "c0 50")}
	const long = 2000
	for i := range long {
		entities[fmt.Sprintf("c%d", i)] = owns(t, fmt.Sprintf("c%d 50", i+1))
	}
	entities[fmt.Sprintf("c%d", long)] = owns(t, "a 50")
	if got := ruleOver(t, entities, "2026-01-01"); got.Applies != Yes || len(got.Because) > 20 {
		t.Errorf("%s in %d sentences", got.Applies, len(got.Because))
	}
}
