package tracker

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
