// Package rulestest makes measures and rules for tests and benchmarks of rules.
//
// [Measures] gives measures with all that real ones have, and beside each the
// plain [Row] of what it is at [Now], worked out from the plan of its life and
// not by folding. [Rules] gives conditions over them in derisk's language, each
// with a predicate over rows written by hand. So an evaluator can be compared
// with something that shares no code with it. The same seed gives the same
// measures and rules for ever.
package rulestest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"derisk/tracker"
)

// Now is the instant at which rows tell what the measures are.
var Now = time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)

// Today is the day of Now, in days since the Unix epoch.
const Today = 20619

// Row is what rules see of a measure at Now. Days are counted since the Unix
// epoch; 0 is a missing one. A missing figure is NaN.
type Row struct {
	ID         string
	Kind       string
	Status     string
	Reason     string
	By         string
	Against    []string
	Tags       []string // with every tag above them, sorted
	HS         []string
	Entities   []string
	EndUse     string
	Rate       float64
	Announced  int
	Effective  int
	Since      int
	Until      int
	BackFrom   int
	Presumed   bool
	Basis      string
	Reported   bool
	ReviewDays float64
}

// Measures makes n measures, by id, and the row of each. What they name is
// skewed as in life: few countries, kinds and goods make up most. They need
// [Tags] beside them in a snapshot.
func Measures(n int, seed uint64) ([]*tracker.Measure, []Row) {
	d := newDraw(seed)
	measures, rows := make([]*tracker.Measure, n), make([]Row, n)
	for i := range measures {
		id := fmt.Sprintf("m-%07d", i)
		measures[i] = &tracker.Measure{ID: id, Title: tracker.Text{EN: "Measure " + id, ZH: "措施" + id}}
		rows[i].ID = id
		d.terms(measures[i], &rows[i])
		d.live(measures[i], &rows[i])
		d.change(measures[i], &rows[i])
	}
	return measures, rows
}

// draw draws what a seed gives.
type draw struct {
	*rand.Rand
	kinds, countries, tags, hs, entities *rand.Zipf
}

func newDraw(seed uint64) *draw {
	r := rand.New(rand.NewPCG(seed, 1))
	zipf := func(skew, flat float64, n int) *rand.Zipf { return rand.NewZipf(r, skew, flat, uint64(n-1)) }
	return &draw{
		Rand:  r,
		kinds: zipf(1.2, 2, len(kinds)), countries: zipf(1.2, 2, len(countries)), tags: zipf(1.1, 3, tagCount),
		hs: zipf(1.1, 10, hsCount), entities: zipf(1.1, 10, entityCount),
	}
}

func (d *draw) kind() string    { return string(kinds[d.kinds.Uint64()]) }
func (d *draw) country() string { return countries[d.countries.Uint64()] }
func (d *draw) tag() string     { return tagSlug(int(d.tags.Uint64())) }
func (d *draw) code() string    { return hsCode(int(d.hs.Uint64())) }
func (d *draw) party() string   { return entityID(int(d.entities.Uint64())) }

// upTo draws low to high, both included.
func (d *draw) upTo(low, high int) int { return low + d.IntN(high-low+1) }

// chance is true percent times of a hundred.
func (d *draw) chance(percent int) bool { return d.IntN(100) < percent }

// several draws count values, each once.
func several(count int, one func() string) []string {
	var list []string
	for range count {
		if v := one(); !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// terms draws what a measure covers.
func (d *draw) terms(m *tracker.Measure, row *Row) {
	row.Kind, row.By, row.Rate, row.ReviewDays = d.kind(), d.country(), math.NaN(), math.NaN()
	m.Kind, m.By = tracker.Kind(row.Kind), row.By
	m.Zone = zones[d.IntN(len(zones))]
	if !d.chance(30) {
		row.Against = several(d.upTo(1, 5), d.country)
	}
	if d.chance(25) {
		row.Entities = several(d.upTo(1, 8), d.party)
	}
	row.EndUse = []string{"", "", "", "", "civil", "military", "any"}[d.IntN(7)]
	m.Against, m.Entities, m.EndUse = row.Against, row.Entities, tracker.EndUse(row.EndUse)
	if d.chance(40) {
		row.Rate = d.percent()
		m.Rate = &tracker.Rate{Percent: row.Rate}
	}
	if d.chance(10) {
		m.Review = &tracker.ReviewTerms{Days: d.upTo(20, 90), Of: "working", Calendar: "CN", From: "acceptance"}
		row.ReviewDays = float64(m.Review.Days)
	}
	for range d.upTo(1, 2) {
		g := tracker.Goods{Tags: several(d.upTo(1, 2), d.tag), HS: several(d.upTo(0, 3), d.code)}
		m.Goods = append(m.Goods, g)
		row.HS = append(row.HS, g.HS...)
		for _, slug := range g.Tags {
			row.Tags = append(row.Tags, slug)
			if head := above(slug); head != "" {
				row.Tags = append(row.Tags, head)
			}
		}
	}
	slices.Sort(row.Tags)
	row.Tags = slices.Compact(row.Tags)
}

// percent draws a rate: most are small, all are whole halves.
func (d *draw) percent() float64 {
	return math.Min(300, math.Round(40*d.ExpFloat64())/2)
}

// change may amend a measure that has had effect, and let the press speak of it.
func (d *draw) change(m *tracker.Measure, row *Row) {
	last := Today
	if row.Status == "ended" {
		last = row.Since - 1
	}
	if row.Effective != 0 && row.Effective <= last && d.chance(20) {
		row.Rate = d.percent()
		e := event(m, tracker.Amended, d.upTo(row.Effective, last))
		e.Rate = &tracker.Rate{Percent: row.Rate}
	}
	if d.chance(15) {
		e := event(m, tracker.Reported, d.upTo(Today-60, Today))
		e.Of, e.Evidence = string(tracker.Ended), tracker.Press
		row.Reported = true
	}
}

// event adds an official event that holds from day and was published on it.
func event(m *tracker.Measure, what tracker.What, day int) *tracker.Event {
	m.Events = append(m.Events, tracker.Event{ID: fmt.Sprintf("%s.%d", m.ID, len(m.Events)), What: what,
		On: date(day), Published: date(min(day, Today)), Evidence: tracker.Official})
	return &m.Events[len(m.Events)-1]
}

// date is the day so many days after the Unix epoch.
func date(day int) tracker.Date {
	return tracker.DayOf(time.Unix(int64(day)*86400, 0).UTC())
}
