package rulestest

import (
	"slices"
	"strings"
)

// Template is one rule's condition, in derisk's language and as Go.
type Template struct {
	Name   string
	Expr   string
	When   Condition         // what Expr says, for other engines
	Native func(r *Row) bool // the same by hand
}

// Rules makes n conditions. They cycle through the templates, each time with
// other words and figures, drawn as skewed as those of the measures.
func Rules(n int, seed uint64) []Template {
	d := newDraw(seed)
	made := make([]Template, n)
	for i := range made {
		t := templates[i%len(templates)]
		made[i].Name = t.name
		made[i].When, made[i].Native = t.draw(d)
		made[i].Expr = made[i].When.expr()
	}
	return made
}

var templates = []struct {
	name string
	draw func(d *draw) (Condition, func(r *Row) bool)
}{
	{"status and country", statusAndCountry},
	{"kind, country and rate", kindCountryAndRate},
	{"one of several kinds and countries", kindsAndCountries},
	{"tag in force", tagInForce},
	{"tag that begins so", tagBegins},
	{"ends within days", endsWithin},
	{"suspension of goods that ends", suspensionEnds},
	{"chapter above a rate", chapterAboveRate},
	{"country hit", countryHit},
	{"party named", partyNamed},
	{"sort of party named", sortOfParty},
	{"rate between", rateBetween},
	{"announced within days", announcedWithin},
	{"hits nobody else", hitsNobodyElse},
	{"presumed", presumed},
	{"one date or another", oneDateOrAnother},
	{"many parties, high rate", manyPartiesHighRate},
	{"end use, not by some", endUseNotBySome},
	{"control to come", controlToCome},
	{"broad and new", broadAndNew},
}

func is(field, value string) Condition { return Text{field, Test{"==", []string{value}}} }

func among(field string, values []string) Condition { return Text{field, Test{"in", values}} }

func within(day, from, to int) bool { return day != 0 && day >= from && day <= to }

func (d *draw) status() string {
	return []string{"proposed", "announced", "in-force", "suspended", "ended"}[d.IntN(5)]
}

func statusAndCountry(d *draw) (Condition, func(r *Row) bool) {
	status, by := d.status(), d.country()
	return And{is("status", status), is("by", by)},
		func(r *Row) bool { return r.Status == status && r.By == by }
}

func kindCountryAndRate(d *draw) (Condition, func(r *Row) bool) {
	kind, by, rate := d.kind(), d.country(), float64(d.upTo(5, 50))
	return And{is("kind", kind), is("by", by), Figure{"rate", ">=", rate}},
		func(r *Row) bool { return r.Kind == kind && r.By == by && r.Rate >= rate }
}

func kindsAndCountries(d *draw) (Condition, func(r *Row) bool) {
	kinds, by := several(2, d.kind), several(3, d.country)
	return And{among("kind", kinds), among("by", by), is("status", "suspended")},
		func(r *Row) bool {
			return r.Status == "suspended" && slices.Contains(kinds, r.Kind) && slices.Contains(by, r.By)
		}
}

func tagInForce(d *draw) (Condition, func(r *Row) bool) {
	tag := d.tag()
	return And{Has{"tags", tag}, is("status", "in-force")},
		func(r *Row) bool { return r.Status == "in-force" && slices.Contains(r.Tags, tag) }
}

func tagBegins(d *draw) (Condition, func(r *Row) bool) {
	making, by := makings[d.IntN(len(makings))], d.country()
	return And{Some{"tags", Test{"startsWith", []string{making}}}, is("by", by)},
		func(r *Row) bool {
			return r.By == by && slices.ContainsFunc(r.Tags, func(tag string) bool { return strings.HasPrefix(tag, making) })
		}
}

func endsWithin(d *draw) (Condition, func(r *Row) bool) {
	days := d.upTo(7, 60)
	return DaysUntil{"until", 0, days},
		func(r *Row) bool { return within(r.Until, Today, Today+days) }
}

func suspensionEnds(d *draw) (Condition, func(r *Row) bool) {
	tag, days := d.tag(), d.upTo(30, 120)
	return And{is("status", "suspended"), DaysUntil{"until", 0, days}, Some{"tags", Test{"==", []string{tag}}}},
		func(r *Row) bool {
			return r.Status == "suspended" && within(r.Until, Today, Today+days) && slices.Contains(r.Tags, tag)
		}
}

func chapterAboveRate(d *draw) (Condition, func(r *Row) bool) {
	chapter, rate := d.code()[:2], float64(d.upTo(10, 40))
	return And{Some{"hs", Test{"startsWith", []string{chapter}}}, Figure{"rate", ">", rate}},
		func(r *Row) bool {
			return r.Rate > rate && slices.ContainsFunc(r.HS, func(code string) bool { return strings.HasPrefix(code, chapter) })
		}
}

func countryHit(d *draw) (Condition, func(r *Row) bool) {
	by, hit := d.country(), d.country()
	return And{is("by", by), Has{"against", hit}},
		func(r *Row) bool { return r.By == by && slices.Contains(r.Against, hit) }
}

func partyNamed(d *draw) (Condition, func(r *Row) bool) {
	party := d.party()
	return Has{"entities", party},
		func(r *Row) bool { return slices.Contains(r.Entities, party) }
}

func sortOfParty(d *draw) (Condition, func(r *Row) bool) {
	sector, kind := sectors[d.IntN(len(sectors))], d.kind()
	return And{Some{"entities", Test{"contains", []string{sector}}}, is("kind", kind)},
		func(r *Row) bool {
			return r.Kind == kind && slices.ContainsFunc(r.Entities, func(party string) bool { return strings.Contains(party, sector) })
		}
}

func rateBetween(d *draw) (Condition, func(r *Row) bool) {
	from, by := float64(d.upTo(5, 60)), d.country()
	return And{Figure{"rate", ">=", from}, Figure{"rate", "<", from + 10}, is("by", by)},
		func(r *Row) bool { return r.Rate >= from && r.Rate < from+10 && r.By == by }
}

func announcedWithin(d *draw) (Condition, func(r *Row) bool) {
	days := d.upTo(3, 14)
	return DaysSince{"announced", 0, days},
		func(r *Row) bool { return within(r.Announced, Today-days, Today) }
}

func hitsNobodyElse(d *draw) (Condition, func(r *Row) bool) {
	hit, status := several(2, d.country), d.status()
	return And{Every{"against", Test{"in", hit}}, Length{"against", ">=", 1}, is("status", status)},
		func(r *Row) bool {
			other := func(country string) bool { return !slices.Contains(hit, country) }
			return r.Status == status && len(r.Against) >= 1 && !slices.ContainsFunc(r.Against, other)
		}
}

func presumed(d *draw) (Condition, func(r *Row) bool) {
	by, kind := d.country(), d.kind()
	return And{True{"presumed"}, is("by", by), Not{is("kind", kind)}},
		func(r *Row) bool { return r.Presumed && r.By == by && r.Kind != kind }
}

func oneDateOrAnother(d *draw) (Condition, func(r *Row) bool) {
	days, kind := d.upTo(7, 30), d.kind()
	return And{Or{DaysUntil{"until", 0, days}, DaysSince{"since", 0, days}}, is("kind", kind)},
		func(r *Row) bool {
			return r.Kind == kind && (within(r.Until, Today, Today+days) || within(r.Since, Today-days, Today))
		}
}

func manyPartiesHighRate(d *draw) (Condition, func(r *Row) bool) {
	parties, rate := d.upTo(3, 6), float64(d.upTo(30, 80))
	return And{Length{"entities", ">=", parties}, Figure{"rate", ">", rate}},
		func(r *Row) bool { return len(r.Entities) >= parties && r.Rate > rate }
}

func endUseNotBySome(d *draw) (Condition, func(r *Row) bool) {
	by, tags := several(2, d.country), several(3, d.tag)
	return And{is("end_use", "military"), Not{among("by", by)}, Some{"tags", Test{"in", tags}}},
		func(r *Row) bool {
			return r.EndUse == "military" && !slices.Contains(by, r.By) &&
				slices.ContainsFunc(r.Tags, func(tag string) bool { return slices.Contains(tags, tag) })
		}
}

func controlToCome(d *draw) (Condition, func(r *Row) bool) {
	hit, from := d.country(), Today+d.upTo(1, 300)
	return And{Text{"kind", Test{"contains", []string{"control"}}}, Has{"against", hit}, Dated{"effective", ">=", from}},
		func(r *Row) bool {
			return strings.Contains(r.Kind, "control") && slices.Contains(r.Against, hit) && r.Effective != 0 && r.Effective >= from
		}
}

func broadAndNew(d *draw) (Condition, func(r *Row) bool) {
	codes, days, status := d.upTo(4, 6), d.upTo(30, 200), d.status()
	return And{Length{"hs", ">=", codes}, is("status", status), Dated{"since", ">", Today - days}},
		func(r *Row) bool { return len(r.HS) >= codes && r.Status == status && r.Since > Today-days }
}
