package tracker

import (
	"fmt"
	"slices"
)

// Corrected is the event with every field that the correction sets, and
// without every field that it clears. Its id, and when and by whom it was
// recorded, stay.
func (e Event) Corrected(by Event) Event {
	for _, field := range by.Clear {
		e.clear(field)
	}
	set(&e.On, by.On)
	set(&e.Until, by.Until)
	set(&e.To, by.To)
	set(&e.Reason, by.Reason)
	set(&e.Basis, by.Basis)
	set(&e.Unless, by.Unless)
	set(&e.Evidence, by.Evidence)
	set(&e.Seed, by.Seed)
	set(&e.Note, by.Note)
	if by.Becomes != "" {
		e.What = by.Becomes
	}
	if by.Names != "" {
		e.Of = by.Names
	}
	if !by.Publication.IsZero() {
		e.Published = by.Publication
	}
	if by.Sources != nil {
		e.Sources = by.Sources
	}
	e.Terms.replace(by.Terms)
	return e
}

// admitsCorrected refuses corrections that leave an event without what its kind
// needs, and any event that ends before it begins.
func (m *Measure) admitsCorrected() error {
	corrections := m.corrections(Cut{}, m.Location())
	for _, e := range m.Known(Cut{}) {
		end := e.Until.After(m.Location())
		if !end.IsZero() && !end.After(e.On.First(m.Location())) {
			return m.refuse(e.ID, fmt.Errorf("event %q of measure %q: until, %s, is not after on, %s", e.ID, m.ID, e.Until, e.On))
		}
		if by := corrections[e.ID]; len(by) > 0 && e.lacks() != "" {
			last := by[len(by)-1].ID
			return m.refuse(last, fmt.Errorf("event %q of measure %q leaves %q without %q, which %s event needs", last, m.ID, e.ID, e.lacks(), article(e.What)))
		}
	}
	return nil
}

// lacks is the first key that the event's kind needs and that is not set, or "".
func (e Event) lacks() string {
	for _, f := range eventRecord.fields {
		if slices.Contains(needs(e.What), f.key) && f.write(&e) == nil {
			return f.key
		}
	}
	return ""
}

func set[T comparable](field *T, value T) {
	var none T
	if value != none {
		*field = value
	}
}

// clear empties the field of that key of a measure file.
func (e *Event) clear(key string) {
	switch key {
	case "of":
		e.Of = ""
	case "until":
		e.Until = Date{}
	case "to":
		e.To = Date{}
	case "reason":
		e.Reason = ""
	case "basis":
		e.Basis = ""
	case "unless":
		e.Unless = Text{}
	case "seed":
		e.Seed = false
	case "note":
		e.Note = Text{}
	case "sources":
		e.Sources = nil
	case "against":
		e.Against = nil
	case "goods":
		e.Goods = nil
	case "end_use":
		e.EndUse = ""
	case "entities":
		e.Entities = nil
	case "rate":
		e.Rate = nil
	}
}
