package tracker

import (
	"fmt"
	"slices"
)

// EventError says why an event cannot stand where it is.
type EventError struct {
	Measure, Event string // ids
	Err            error  // tells both
}

func (e *EventError) Error() string { return e.Err.Error() }
func (e *EventError) Unwrap() error { return e.Err }

func (m *Measure) refuse(event string, err error) error {
	return &EventError{Measure: m.ID, Event: event, Err: err}
}

// Admits says whether the measure's events, with more added, are in an order
// that is possible. The error is an [EventError]. Only official events count; an event that an ending has overtaken,
// published before the ending was, is in order.
func (m *Measure) Admits(more ...Event) error {
	all := *m
	all.Events = append(slices.Clone(m.Events), more...)
	if err := all.admitsCorrections(); err != nil {
		return err
	}
	if err := all.admitsCorrected(); err != nil {
		return err
	}
	f := &fold{queue: all.queue(Cut{}, all.Known(Cut{}))}
	for len(f.queue) > 0 {
		it := f.queue[0]
		f.queue, f.now = f.queue[1:], it.at
		err := f.refuses(it)
		if refused := f.apply(it); err == nil {
			err = refused
		}
		if err != nil && it.level == 0 {
			return m.refuse(it.ID, fmt.Errorf("event %q of measure %q (%s on %s): %w", it.ID, m.ID, it.What, it.On, err))
		}
	}
	return nil
}

// refuses says why an event cannot stand although the fold could take it: there
// is nothing yet that it could end or resume, or it comes after the measure's end
// although the end was public by then.
func (f *fold) refuses(it item) error {
	if (it.What == Ended || it.What == Resumed) && it.level == 0 && !f.begun() && !f.toCome() {
		return fmt.Errorf("nothing was proposed, announced or in force that could be %s", it.What)
	}
	switch it.What {
	case Ended, Reinstated, Announced:
		return nil
	}
	zone := it.at.Location()
	for _, e := range f.endings {
		if e.level == it.level && it.Published.First(zone).After(e.Published.First(zone)) {
			return fmt.Errorf("%s has ended it; record a reinstated event first if that was undone", e.ID)
		}
	}
	if it.What == Suspended && f.expired() != nil {
		return fmt.Errorf("%s has run out on %s, so nothing is left to suspend", f.expired().id, LastDay(f.expired().end))
	}
	return nil
}

// toCome says that an effect of the measure itself is published and still to begin.
func (f *fold) toCome() bool {
	return slices.ContainsFunc(f.queue, func(q item) bool { return q.level == 0 && q.What == Effective })
}

// admitsCorrections refuses a correction of an event that is not there before it.
func (m *Measure) admitsCorrections() error {
	ids := make(map[string]bool, len(m.Events))
	for _, e := range m.Events {
		if ids[e.ID] {
			return m.refuse(e.ID, fmt.Errorf("event %q of measure %q is there twice", e.ID, m.ID))
		}
		ids[e.ID] = true
	}
	before := make(map[string]bool, len(m.Events))
	for _, e := range m.Events {
		switch corrects := e.What == Corrected || e.What == Withdrawn; {
		case corrects && !ids[e.Of]:
			return m.refuse(e.ID, fmt.Errorf("event %q of measure %q: %w", e.ID, m.ID, notFound("event", e.Of, mapKeys(ids))))
		case corrects && !before[e.Of]:
			return m.refuse(e.ID, fmt.Errorf("event %q of measure %q is of %q, which does not come before it", e.ID, m.ID, e.Of))
		}
		before[e.ID] = true
	}
	return nil
}
