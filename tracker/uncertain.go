package tracker

import (
	"slices"
	"time"
)

// maxWays bounds how many readings of coarse dates are tried. What has more of
// them is called uncertain.
const maxWays = 2000

// uncertain says whether a date that is known only coarsely could have brought
// about another status already. Each such date whose stretch holds the instant
// could have fallen at any moment of the stretch until now; the fold is run for
// every choice that makes a difference to the order of events. A choice that
// would bring them into an impossible order is none.
func (m *Measure) uncertain(cut Cut, known []Event, on time.Time, status Status) bool {
	if !m.anyCoarse(cut, known) {
		return false
	}
	base := &fold{queue: m.queue(cut, known)}
	w := ways{queue: slices.Clone(base.queue), on: on, status: status}
	base.run()
	w.refused = base.refused
	w.moments = momentsUntil(w.queue, on)
	w.loose = looseDates(w.queue, on)
	return len(w.loose) > 0 && w.differs(0)
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

// ways are the readings that a queue's coarse dates leave open at an instant.
type ways struct {
	queue   []item
	on      time.Time
	status  Status
	refused int // how many events the usual reading passes over
	loose   []looseDate
	moments []time.Time
	tried   int
}

// looseDate is a coarse date of the item at an index that could have fallen already.
type looseDate struct {
	item  int
	date  Date
	place func(*item, time.Time)
}

// looseDates lists the coarse dates whose stretch holds the instant.
func looseDates(q []item, on time.Time) []looseDate {
	var loose []looseDate
	for i := range q {
		zone := q[i].at.Location()
		for _, l := range []looseDate{{i, q[i].On, placeStart}, {i, q[i].Until, placeEnd}, {i, q[i].To, placeTo}} {
			if l.date.Coarse() && !l.date.First(zone).After(on) && on.Before(l.date.After(zone)) {
				loose = append(loose, l)
			}
		}
	}
	return loose
}

func placeStart(it *item, at time.Time) { it.at = at }

func placeEnd(it *item, at time.Time) { it.end = at }

func placeTo(it *item, at time.Time) {
	e := *it.Event
	e.To = InstantOf(at)
	it.Event = &e
}

// momentsUntil lists the instants until on, and on itself, at which something
// begins or ends, or a stretch does: between them the order of events is the same.
func momentsUntil(q []item, on time.Time) []time.Time {
	moments := []time.Time{on}
	for _, it := range q {
		zone := it.at.Location()
		for _, at := range []time.Time{it.at, it.end, it.On.First(zone), it.Until.First(zone), it.To.First(zone)} {
			if at.Before(on) {
				moments = append(moments, at)
			}
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	return slices.CompactFunc(moments, time.Time.Equal)
}

// differs tries every reading of the loose dates from index n on.
func (w *ways) differs(n int) bool {
	if n == len(w.loose) {
		return w.another()
	}
	if w.differs(n + 1) { // it has not fallen yet
		return true
	}
	l := w.loose[n]
	it := w.queue[l.item]
	defer func() { w.queue[l.item] = it }()
	first := l.date.First(it.at.Location())
	for _, at := range w.moments {
		if at.Before(first) {
			continue
		}
		w.queue[l.item] = it
		l.place(&w.queue[l.item], at.In(it.at.Location()))
		if w.differs(n + 1) {
			return true
		}
	}
	return false
}

// another says whether the reading now in the queue is possible and gives another status.
func (w *ways) another() bool {
	if w.tried++; w.tried > maxWays {
		return true
	}
	q := slices.Clone(w.queue)
	sortItems(q)
	f := &fold{queue: q}
	line := f.run()
	status := NoStatus
	if at := line.at(w.on); at >= 0 {
		status = line.stretches[at].status
	}
	return f.refused <= w.refused && status != w.status
}
