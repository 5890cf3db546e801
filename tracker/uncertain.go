package tracker

import (
	"slices"
	"time"
)

// uncertain says whether a date that is known only coarsely could have brought
// about another status already: for each such date whose stretch holds the
// instant, the fold is run as if it had fallen at the stretch's beginning.
func (m *Measure) uncertain(cut Cut, known []Event, on time.Time, status Status) bool {
	if !m.anyCoarse(cut, known) {
		return false
	}
	q := m.queue(cut, known)
	for i := range q {
		for _, early := range q[i].early(on) {
			other := slices.Clone(q)
			other[i] = early
			sortItems(other)
			line := (&fold{queue: other}).run()
			if at := line.at(on); at >= 0 && line.stretches[at].status != status {
				return true
			}
		}
	}
	return false
}

func (m *Measure) anyCoarse(cut Cut, known []Event) bool {
	coarse := func(e Event) bool { return e.On.Coarse() || e.Until.Coarse() || e.To.Coarse() }
	if slices.ContainsFunc(known, coarse) {
		return true
	}
	for whole := m.whole; whole != nil; whole = whole.whole {
		if slices.ContainsFunc(whole.Known(cut), coarse) {
			return true
		}
	}
	return false
}

// early gives the item as it would be if one of its coarse dates, whose
// stretch holds the instant, fell at the beginning of that stretch.
func (it item) early(on time.Time) []item {
	zone := it.at.Location()
	holds := func(d Date) bool {
		return d.Coarse() && !d.First(zone).After(on) && on.Before(d.After(zone))
	}
	var items []item
	if holds(it.On) {
		other := it
		other.at = it.On.First(zone)
		items = append(items, other)
	}
	if holds(it.Until) {
		other := it
		other.end = it.Until.First(zone)
		items = append(items, other)
	}
	if holds(it.To) {
		other, event := it, *it.Event
		event.To = DayOf(it.To.First(zone))
		other.Event = &event
		items = append(items, other)
	}
	return items
}
