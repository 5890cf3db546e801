package tracker

import (
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"
)

// Changes are what importing files adds to what is recorded.
type Changes struct {
	Measures    []*Measure         // new, or with a changed head; Events are not of interest here
	Events      map[string][]Event // measure id to new events, corrections among them, in order
	Goods       []Tag              // new or changed, likewise the rest
	Entities    []Entity
	Commitments []Commitment
	Indicators  []Indicator
	Calendars   []Calendar
	Warnings    []string // what is recorded and differs from the files, but stays
}

// Empty says that importing changes nothing.
func (c Changes) Empty() bool {
	return len(c.Measures)+len(c.Events)+len(c.Goods)+len(c.Entities)+
		len(c.Commitments)+len(c.Indicators)+len(c.Calendars) == 0
}

// Reconcile compares files with what is recorded; a nil have is nothing.
//
// An event that differs from the recorded one of its id, as corrected so far,
// becomes a correction of our own mistake: it holds the fields that differ and
// has no date of publication. Nothing is ever taken away: what the files do not
// hold stays, so a team's own folder adds to the rest. What a person corrected
// or withdrew since the files were last imported stands; files that still say
// what was corrected are warned about, and so is an event that left its file. A
// correction counts as a person's where it has a RecordedBy, so importing must
// leave that empty.
//
// The error is of type [Faults] where the places in the files are known: all
// that was wrong when they were read, an id that nothing bears, an event that
// is another measure's, or one that cannot follow those before it. Then there
// are no changes.
func Reconcile(have *Snapshot, files Facts) (Changes, error) {
	if have == nil {
		have = &Snapshot{}
	}
	if faults := slices.Concat(files.faults, files.unknown(have)); len(faults) > 0 {
		faults.sort()
		return Changes{}, faults
	}
	c := Changes{Events: map[string][]Event{}}
	c.beside(have, files)
	for _, m := range files.Measures {
		c.measure(have, m)
	}
	if err := c.admitted(have, files); err != nil {
		return Changes{}, err
	}
	return c, nil
}

// beside compares the companions of the measures.
func (c *Changes) beside(have *Snapshot, files Facts) {
	c.Goods = differing(tagRecord, have.Goods, files.Goods, func(t Tag) string { return t.Slug })
	c.Entities = differing(entityRecord, have.Entities, files.Entities, func(e Entity) string { return e.ID })
	c.Commitments = differing(commitmentRecord, have.Commitments, files.Commitments, func(v Commitment) string { return v.ID })
	c.Indicators = differing(indicatorRecord, have.Indicators, files.Indicators, func(i Indicator) string { return i.ID })
	c.Calendars = differing(calendarRecord, have.Calendars, files.Calendars, func(v Calendar) string { return v.ID })
}

// differing lists what of the files is new or differs by id.
func differing[T any](d record[T], have, files []T, id func(T) string) []T {
	recorded := make(map[string]*T, len(have))
	for i := range have {
		recorded[id(have[i])] = &have[i]
	}
	var changed []T
	for _, v := range files {
		if was := recorded[id(v)]; was == nil || !sameNode(d.write(*was), d.write(v)) {
			changed = append(changed, v)
		}
	}
	return changed
}

// measure compares one measure of the files.
func (c *Changes) measure(have *Snapshot, m *Measure) {
	recorded := have.measures[m.ID]
	if recorded == nil {
		c.Measures = append(c.Measures, m)
		if len(m.Events) > 0 {
			c.Events[m.ID] = slices.Clone(m.Events)
		}
		return
	}
	head := record[Measure]{fields: measureHead}
	if !sameNode(head.write(*recorded), head.write(*m)) {
		c.Measures = append(c.Measures, m)
	}
	if added := c.events(recorded, m); len(added) > 0 {
		c.Events[m.ID] = added
	}
}

// events lists what the file's events add to the recorded ones.
func (c *Changes) events(recorded, m *Measure) []Event {
	was := make(map[string]standing, len(recorded.Events))
	taken := make(map[string]bool, len(recorded.Events)+len(m.Events))
	corrections := recorded.corrections(Cut{}, recorded.Location())
	for _, e := range recorded.Events {
		was[e.ID], taken[e.ID] = stand(e, corrections), true
	}
	for _, e := range m.Events {
		taken[e.ID] = true
	}
	corrections = m.corrections(Cut{}, m.Location())
	var added []Event
	for _, e := range m.Events {
		before, known := was[e.ID]
		delete(was, e.ID)
		switch now, stands := correct(e, corrections); {
		case !known:
			added = append(added, e)
		case stands && e.What != Corrected && e.What != Withdrawn:
			if more, ok := c.correction(m, before, now, taken); ok {
				added = append(added, more)
			}
		}
	}
	c.dropped(recorded, was)
	return added
}

// standing is a recorded event as corrected.
type standing struct {
	now       Event
	filed     Event // as the files had it last: before what people corrected since
	withdrawn bool
}

func stand(e Event, of map[string][]Event) standing {
	s := standing{now: e, filed: e}
	for _, by := range of[e.ID] {
		by, stands := correct(by, of)
		if !stands {
			continue
		}
		if by.What == Withdrawn {
			s.withdrawn = true
			continue
		}
		if s.now = s.now.Corrected(by); by.RecordedBy == "" {
			s.filed = s.now
		}
	}
	return s
}

// correction is what makes the recorded event what the file says it is.
func (c *Changes) correction(m *Measure, was standing, is Event, taken map[string]bool) (Event, bool) {
	more, differs := difference(was.now, is)
	switch {
	case was.withdrawn:
		c.Warnings = append(c.Warnings, fmt.Sprintf("event %q of measure %q was withdrawn but is still in its file: take it out there", is.ID, m.ID))
		return Event{}, false
	case !differs:
		return Event{}, false
	}
	if _, edited := difference(was.filed, is); !edited {
		c.Warnings = append(c.Warnings, fmt.Sprintf("event %q of measure %q was corrected on record, which stands; bring its file up to date, derisk export writes it", is.ID, m.ID))
		return Event{}, false
	}
	more.ID = freshID(is.ID+".corrected", taken)
	return more, true
}

// freshID is the stem with the first number that is not taken, and takes it.
func freshID(stem string, taken map[string]bool) string {
	for n := 1; ; n++ {
		if id := fmt.Sprintf("%s-%d", stem, n); !taken[id] {
			taken[id] = true
			return id
		}
	}
}

// difference is the correction, but for its id, that turns one event into
// another, and whether they differ at all.
func difference(was, is Event) (Event, bool) {
	by := Event{What: Corrected, Of: was.ID}
	differs := false
	for _, f := range eventRecord.fields {
		before, after := f.write(&was), f.write(&is)
		if f.key == "id" || sameNode(before, after) {
			continue
		}
		differs = true
		switch {
		case after == nil:
			by.Clear = append(by.Clear, f.key)
		case f.key == "what":
			by.Becomes = is.What
		case f.key == "of":
			by.Names = is.Of
		case f.key == "published":
			by.Publication = is.Published
		default:
			f.move(&by, &is)
		}
	}
	return by, differs
}

// sameNode says that two written values are the same.
func sameNode(a, b *yaml.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Kind == b.Kind && a.Value == b.Value && slices.EqualFunc(a.Content, b.Content, sameNode)
}

// dropped warns of recorded events that the file no longer holds. Corrections
// are not missed: the file says what they made of the event.
func (c *Changes) dropped(recorded *Measure, left map[string]standing) {
	for _, e := range recorded.Events {
		s, missing := left[e.ID]
		if !missing || s.withdrawn || e.What == Corrected || e.What == Withdrawn {
			continue
		}
		c.Warnings = append(c.Warnings, fmt.Sprintf("event %q of measure %q is no longer in its file and stays; if it never was, record an event with what: withdrawn and of: %s", e.ID, recorded.ID, e.ID))
	}
}

// admitted refuses changes that leave a measure's events in an impossible order.
func (c *Changes) admitted(have *Snapshot, files Facts) error {
	after, err := NewSnapshot(c.applied(have))
	if err != nil {
		return err
	}
	var faults Faults
	places := files.places()
	for _, m := range after.Measures {
		if !c.touches(m) {
			continue
		}
		if err := m.Admits(); err != nil {
			faults = append(faults, placed(places, m.ID, err))
		}
	}
	faults.sort()
	return faults.err()
}

// touches says that the measure, or a whole that it is a part of, changes.
func (c *Changes) touches(m *Measure) bool {
	for ; m != nil; m = m.Whole() {
		changed := func(head *Measure) bool { return head.ID == m.ID }
		if len(c.Events[m.ID]) > 0 || slices.ContainsFunc(c.Measures, changed) {
			return true
		}
	}
	return false
}

// applied are the facts once the changes are recorded.
func (c *Changes) applied(have *Snapshot) Facts {
	f := have.Facts
	f.Measures = nil
	heads := make(map[string]*Measure, len(c.Measures))
	for _, m := range c.Measures {
		heads[m.ID] = m
	}
	for _, m := range have.Measures {
		now := *m
		if head := heads[m.ID]; head != nil {
			now = *head
			delete(heads, m.ID)
		}
		now.Events = slices.Concat(m.Events, c.Events[m.ID])
		f.Measures = append(f.Measures, &now)
	}
	for _, m := range heads {
		f.Measures = append(f.Measures, m)
	}
	return f
}

// places are where the files define each id, by noun and id.
func (f Facts) places() map[[2]string]Fault {
	places := make(map[[2]string]Fault, len(f.names))
	for _, n := range f.names {
		if n.isNew {
			places[[2]string{n.noun, n.id}] = n.Fault
		}
	}
	return places
}

// placed is where in the files the event stands that err is about: its own
// place, else its measure's, else the measure's id.
func placed(places map[[2]string]Fault, measure string, err error) Fault {
	at := Fault{File: measure}
	if whole, ok := places[[2]string{"measure", measure}]; ok {
		at = whole
	}
	if e, ok := errors.AsType[*EventError](err); ok {
		if own, ok := places[[2]string{"event", e.Event}]; ok {
			at = own
		}
	}
	at.Message = err.Error()
	return at
}
