package tracker

import (
	"cmp"
	"slices"
	"time"
)

// Known lists the events that cut admits, as corrected, in the order in which
// they take hold. A correction without a date of publication mends our own
// mistake, so it counts from the publication of the event that it corrects; one
// by the authority counts from its own.
func (m *Measure) Known(cut Cut) []Event {
	zone := m.Location()
	corrections := m.corrections(cut, zone)
	known := make([]Event, 0, len(m.Events))
	for _, e := range m.Events {
		if !cut.recorded(e) || e.What == Corrected || e.What == Withdrawn {
			continue
		}
		e, ok := correct(e, corrections)
		if ok && cut.published(e, zone) {
			known = append(known, e)
		}
	}
	slices.SortStableFunc(known, func(a, b Event) int {
		return cmp.Or(
			holdsFrom(a.On, zone).Compare(holdsFrom(b.On, zone)),
			a.Published.First(zone).Compare(b.Published.First(zone)))
	})
	return known
}

// corrections lists what cut admits of corrections and withdrawals, by the
// event that they are of. A withdrawn correction is none.
func (m *Measure) corrections(cut Cut, zone *time.Location) map[string][]Event {
	var of map[string][]Event
	for _, e := range m.Events {
		if e.What != Corrected && e.What != Withdrawn || !cut.recorded(e) {
			continue
		}
		if !e.Published.IsZero() && !cut.published(e, zone) {
			continue
		}
		if of == nil {
			of = map[string][]Event{}
		}
		of[e.Of] = append(of[e.Of], e)
	}
	return of
}

// correct applies the corrections of e, themselves as corrected, in the order
// recorded; false when e was withdrawn. [Measure.Admits] lets none be of
// itself or of a later one, so this ends.
func correct(e Event, of map[string][]Event) (Event, bool) {
	for _, c := range of[e.ID] {
		c, stands := correct(c, of)
		if !stands {
			continue
		}
		if c.What == Withdrawn {
			return e, false
		}
		e = e.Corrected(c)
	}
	return e, true
}

func (c Cut) recorded(e Event) bool {
	return c.Recorded.IsZero() || !e.Recorded.After(c.Recorded)
}

func (c Cut) published(e Event, zone *time.Location) bool {
	return c.Known.IsZero() || !e.Published.First(zone).After(c.Known)
}

// holdsFrom is the instant from which an event of that date surely holds: the
// first of a day, but the end of a stretch in which it falls somewhere.
func holdsFrom(d Date, zone *time.Location) time.Time {
	if d.Coarse() {
		return d.After(zone)
	}
	return d.First(zone)
}
