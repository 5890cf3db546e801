package tracker

import "slices"

func eventTerms(e *Event) *Terms { return &e.Terms }

// termsKeys are the keys that only what changes or tells of terms may carry.
var termsKeys = []string{"against", "goods", "end_use", "entities", "rate"}

// correctionKeys belong to corrections alone.
var correctionKeys = []string{"becomes", "names", "publication", "clear"}

// clearable are the keys of an event that a correction can take away.
var clearable = slices.Concat([]string{"of", "until", "to", "reason", "basis", "unless", "seed"}, termsKeys, []string{"note", "sources"})

var whatForm = oneOf("a kind of event", Whats())

var eventRecord = record[Event]{
	noun: "an event",
	fields: slices.Concat([]field[Event]{
		required(keyed("id", defines("event", idForm), func(e *Event) *string { return &e.ID })),
		required(keyed("what", whatForm, func(e *Event) *What { return &e.What })),
		keyed("of", idForm, func(e *Event) *string { return &e.Of }),
		keyed("on", dateForm(false), func(e *Event) *Date { return &e.On }),
		keyed("until", dateForm(true), func(e *Event) *Date { return &e.Until }),
		keyed("to", dateForm(true), func(e *Event) *Date { return &e.To }),
		keyed("reason", oneOf("a reason", Reasons()), func(e *Event) *Reason { return &e.Reason }),
		keyed("basis", oneOf("a basis", Bases()), func(e *Event) *Basis { return &e.Basis }),
		keyed("unless", textRecord.form(), func(e *Event) *Text { return &e.Unless }),
		keyed("published", momentForm, func(e *Event) *Date { return &e.Published }),
		keyed("evidence", oneOf("a class of evidence", Evidences()), func(e *Event) *Evidence { return &e.Evidence }),
		keyed("seed", yesNoForm, func(e *Event) *bool { return &e.Seed }),
		againstField(eventTerms),
	}, termsFields(eventTerms), []field[Event]{
		keyed("note", textRecord.form(), func(e *Event) *Text { return &e.Note }),
		keyed("sources", sourcesForm, func(e *Event) *[]Source { return &e.Sources }),
		keyed("becomes", whatForm, func(e *Event) *What { return &e.Becomes }),
		keyed("names", idForm, func(e *Event) *string { return &e.Names }),
		keyed("publication", momentForm, func(e *Event) *Date { return &e.Publication }),
		keyed("clear", lists(oneOf("a key that can be cleared", clearable), true), func(e *Event) *[]string { return &e.Clear }),
	}),
	check: checkEvent,
}

// checkEvent refuses an event that lacks what its kind needs, or carries what
// has no meaning in it.
func checkEvent(r *reader, e *Event, in places) {
	for _, key := range needs(e.What) {
		if !in.has(key) {
			r.tell(in.whole, "%s event needs %q", article(e.What), key)
		}
	}
	for _, key := range meaningless(e.What) {
		if in.has(key) {
			r.tell(in.of(key), "%s has no meaning in %s event: take it out", key, article(e.What))
		}
	}
	if e.What == Reported && e.Of != "" && !slices.Contains(Whats(), What(e.Of)) {
		outer := r.key
		r.key = "of"
		whatForm.read(r, in.of("of"))
		r.key = outer
	}
	if e.Until.Precision() == Never && e.What != Extended && e.What != Corrected && e.What != Reported {
		r.tell(in.of("until"), `until: "none" takes an end away, which only an extended event does: leave the key out`)
	}
	if e.What == Corrected && !changesSomething(in) {
		r.tell(in.whole, "a corrected event needs a field that changes, or clear")
	}
	if e.What != Corrected && in.has("unless") != (e.Basis == Conditional) {
		r.tell(in.whole, `"basis: conditional" and "unless" go together: the condition, told in words`)
	}
}

// changesSomething says that a correction holds more than what it is itself.
func changesSomething(in places) bool {
	own := 0
	for _, key := range []string{"id", "what", "of", "published", "measure"} {
		if in.has(key) {
			own++
		}
	}
	return len(in.value) > own
}

// needs are the keys that an event of that kind must have.
func needs(w What) []string {
	keys := []string{"on", "published", "evidence"}
	switch w {
	case "":
		return nil // its kind is at fault already
	case Corrected, Withdrawn:
		return []string{"of"}
	case Reported:
		return append(keys, "of")
	case Ended:
		return append(keys, "reason")
	case Postponed:
		return append(keys, "to")
	case Extended:
		return append(keys, "until")
	}
	return keys
}

// meaningless are the keys that say nothing about an event of that kind.
func meaningless(w What) []string {
	var keys []string
	switch w {
	case "", Corrected:
		return nil
	case Withdrawn:
		return slices.Concat([]string{"until", "to", "reason", "basis", "unless"}, termsKeys, correctionKeys)
	case Reported:
		return correctionKeys
	case Proposed, Announced, Postponed, Resumed, Ended, Reinstated:
		keys = append(keys, "until")
	}
	if w != Ended {
		keys = append(keys, "reason")
	}
	if w != Postponed {
		keys = append(keys, "to")
	}
	if w != Amended && w != Exempted {
		keys = append(keys, termsKeys...)
	}
	return append(keys, correctionKeys...)
}

func article(w What) string {
	if slices.Contains([]byte("aeiou"), w[0]) {
		return "an " + string(w)
	}
	return "a " + string(w)
}
