package tracker

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v4"
)

// The forms of a measure file, in the order in which keys are written.

var textRecord = record[Text]{noun: "a text", fields: []field[Text]{
	keyed("en", wordsForm, func(t *Text) *string { return &t.EN }),
	keyed("zh", wordsForm, func(t *Text) *string { return &t.ZH }),
}}

// saidRecord is a text that must say something in one language at least.
var saidRecord = record[Text]{noun: "a text", fields: textRecord.fields, check: func(r *reader, t *Text, in places) {
	if *t == (Text{}) {
		r.fault(in.whole, "says nothing: write en, zh or both")
	}
}}

var sourceRecord = record[Source]{noun: "a source", fields: []field[Source]{
	required(keyed("title", filledForm, func(s *Source) *string { return &s.Title })),
	keyed("publisher", wordsForm, func(s *Source) *string { return &s.Publisher }),
	keyed("url", urlForm, func(s *Source) *string { return &s.URL }),
	keyed("date", dateForm(false), func(s *Source) *Date { return &s.Date }),
}}

var sourcesForm = lists(sourceRecord.form(), false)

var tagForm = refers("tag", idForm)

var goodsRecord = record[Goods]{
	noun: "a line of goods",
	fields: []field[Goods]{
		keyed("name", textRecord.form(), func(g *Goods) *Text { return &g.Name }),
		keyed("tags", lists(tagForm, true), func(g *Goods) *[]string { return &g.Tags }),
		keyed("hs", lists(hsForm, true), func(g *Goods) *[]string { return &g.HS }),
		keyed("where", conditionsForm, func(g *Goods) *map[string]string { return &g.Where }),
	},
	check: func(r *reader, g *Goods, in places) {
		if !in.has("tags") && !in.has("hs") {
			r.tell(in.whole, `a line of goods needs "tags" or "hs"`)
		}
	},
}

const maxDuty = 10000 // percent; the highest in force anywhere are in the hundreds

var rateRecord = record[Rate]{noun: "a rate", flow: true, fields: []field[Rate]{
	required(keyed("percent", figureForm(0, maxDuty), func(r *Rate) *float64 { return &r.Percent })),
}}

// termsFields are the keys that a measure shares with its amendments.
func termsFields[T any](terms func(*T) *Terms) []field[T] {
	return []field[T]{
		keyed("goods", lists(goodsRecord.form(), false), func(v *T) *[]Goods { return &terms(v).Goods }),
		keyed("end_use", oneOf("an end use", []EndUse{Civil, Military, AnyUse}), func(v *T) *EndUse { return &terms(v).EndUse }),
		keyed("entities", lists(refers("entity", idForm), true), func(v *T) *[]string { return &terms(v).Entities }),
		keyed("rate", optional(rateRecord.form()), func(v *T) **Rate { return &terms(v).Rate }),
	}
}

func againstField[T any](terms func(*T) *Terms) field[T] {
	return keyed("against", lists(countryForm, true), func(v *T) *[]string { return &terms(v).Against })
}

var reviewRecord = record[ReviewTerms]{
	noun: "a review", flow: true,
	fields: []field[ReviewTerms]{
		required(keyed("days", countForm(3660), func(t *ReviewTerms) *int { return &t.Days })),
		required(keyed("of", oneOf("a sort of days", []string{"working", "calendar"}), func(t *ReviewTerms) *string { return &t.Of })),
		keyed("calendar", refers("calendar", countryForm), func(t *ReviewTerms) *string { return &t.Calendar }),
		required(keyed("from", oneOf("a start", []string{"acceptance"}), func(t *ReviewTerms) *string { return &t.From })),
		keyed("excludes", lists(slugForm, true), func(t *ReviewTerms) *[]string { return &t.Excludes }),
	},
	check: func(r *reader, t *ReviewTerms, in places) {
		if t.Of == "working" && !in.has("calendar") {
			r.tell(in.whole, `a review of working days needs "calendar", such as CN`)
		}
	},
}

var relationRecord = record[Relation]{noun: "a relation", flow: true, fields: []field[Relation]{
	required(keyed("to", refers("measure", idForm), func(v *Relation) *string { return &v.To })),
	required(keyed("as", oneOf("a relation", []RelationAs{Implements, Suspends, Extends, Amends, ExemptsFrom, RetaliatesFor}),
		func(v *Relation) *RelationAs { return &v.As })),
}}

func measureTerms(m *Measure) *Terms { return &m.Terms }

// measureHead are the keys of a measure but its events.
var measureHead = slices.Concat([]field[Measure]{
	required(keyed("id", defines("measure", idForm), func(m *Measure) *string { return &m.ID })),
	required(keyed("title", saidRecord.form(), func(m *Measure) *Text { return &m.Title })),
	required(keyed("kind", oneOf("a kind", Kinds()), func(m *Measure) *Kind { return &m.Kind })),
	required(keyed("by", countryForm, func(m *Measure) *string { return &m.By })),
	keyed("authority", textRecord.form(), func(m *Measure) *Text { return &m.Authority }),
	keyed("instrument", textRecord.form(), func(m *Measure) *Text { return &m.Instrument }),
	keyed("under", refers("measure", idForm), func(m *Measure) *string { return &m.Under }),
	againstField(measureTerms),
	required(keyed("zone", zoneForm, func(m *Measure) *string { return &m.Zone })),
}, termsFields(measureTerms), []field[Measure]{
	keyed("review", optional(reviewRecord.form()), func(m *Measure) **ReviewTerms { return &m.Review }),
	keyed("relates", lists(relationRecord.form(), false), func(m *Measure) *[]Relation { return &m.Relates }),
	keyed("note", textRecord.form(), func(m *Measure) *Text { return &m.Note }),
})

var measureRecord = record[Measure]{
	noun: "a measure",
	fields: slices.Concat(measureHead, []field[Measure]{
		required(keyed("events", lists(eventRecord.form(), false), func(m *Measure) *[]Event { return &m.Events })),
	}),
	check: checkMeasure,
}

func checkMeasure(r *reader, m *Measure, in places) {
	if slices.Contains(companions, m.ID+".yaml") {
		r.tell(in.of("id"), "id: %q is the name of a companion file: choose another", m.ID)
	}
	zone, err := time.LoadLocation(m.Zone)
	events := in.of("events")
	if err != nil || events.Kind != yaml.SequenceNode || len(events.Content) != len(m.Events) {
		return
	}
	ids := make([]string, len(m.Events))
	for i := range m.Events {
		ids[i] = m.Events[i].ID
	}
	for i := range m.Events {
		e, n := &m.Events[i], events.Content[i]
		checkEnd(r, e, n, zone)
		switch corrects := e.What == Corrected || e.What == Withdrawn; {
		case e.Of == "" || e.What == Reported:
		case !slices.Contains(ids, e.Of):
			r.tell(valueOf(n, "of"), "of: %s", offer("event of this measure", e.Of, ids))
		case corrects && !slices.Contains(ids[:i], e.Of):
			r.tell(valueOf(n, "of"), "of: %q does not come before this event: list it first", e.Of)
		}
	}
}

// checkEnd refuses an end that comes before its beginning in the measure's zone.
func checkEnd(r *reader, e *Event, n *yaml.Node, zone *time.Location) {
	if e.On.IsZero() || e.Until.Precision() <= Never {
		return
	}
	if end := e.Until.After(zone); !end.After(e.On.First(zone)) {
		r.tell(valueOf(n, "until"), "until: %s is not after on, %s: an end must come after its beginning", e.Until, e.On)
	}
}

// valueOf is the node of a key's value in a mapping, or the mapping.
func valueOf(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return n
}
