package tracker

import (
	"fmt"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v4"
)

// The forms of the files beside the measures, in the order in which keys are written.

var tagRecord = record[Tag]{noun: "a tag", fields: []field[Tag]{
	required(keyed("slug", defines("tag", idForm), func(t *Tag) *string { return &t.Slug })),
	required(keyed("en", filledForm, func(t *Tag) *string { return &t.EN })),
	required(keyed("zh", filledForm, func(t *Tag) *string { return &t.ZH })),
	keyed("parent", tagForm, func(t *Tag) *string { return &t.Parent }),
	keyed("also", lists(filledForm, true), func(t *Tag) *[]string { return &t.Also }),
}}

var ownershipRecord = record[Ownership]{
	noun: "an owner",
	fields: []field[Ownership]{
		required(keyed("entity", refers("entity", idForm), func(o *Ownership) *string { return &o.Entity })),
		keyed("percent", optional(figureForm(0, 100)), func(o *Ownership) **float64 { return &o.Percent }),
		keyed("from", dateForm(false), func(o *Ownership) *Date { return &o.From }),
		keyed("until", dateForm(false), func(o *Ownership) *Date { return &o.Until }),
		keyed("source", optional(sourceRecord.form()), func(o *Ownership) **Source { return &o.Source }),
	},
	check: func(r *reader, o *Ownership, in places) {
		if !o.From.IsZero() && !o.Until.IsZero() && DaysBetween(o.From, o.Until) < 0 {
			r.tell(in.of("until"), "until: %s comes before from, %s", o.Until, o.From)
		}
	},
}

var entityRecord = record[Entity]{noun: "an entity", fields: []field[Entity]{
	required(keyed("id", defines("entity", idForm), func(e *Entity) *string { return &e.ID })),
	required(keyed("name", saidRecord.form(), func(e *Entity) *Text { return &e.Name })),
	keyed("country", countryForm, func(e *Entity) *string { return &e.Country }),
	keyed("aliases", lists(filledForm, true), func(e *Entity) *[]string { return &e.Aliases }),
	keyed("owners", lists(ownershipRecord.form(), false), func(e *Entity) *[]Ownership { return &e.Owners }),
	keyed("listed", lists(refers("measure", idForm), true), func(e *Entity) *[]string { return &e.Listed }),
	keyed("note", textRecord.form(), func(e *Entity) *Text { return &e.Note }),
}}

const maxFigure = 1e15

var commitmentRecord = record[Commitment]{
	noun: "a commitment",
	fields: []field[Commitment]{
		required(keyed("id", defines("commitment", idForm), func(c *Commitment) *string { return &c.ID })),
		required(keyed("title", saidRecord.form(), func(c *Commitment) *Text { return &c.Title })),
		required(keyed("by", countryForm, func(c *Commitment) *string { return &c.By })),
		keyed("due", dateForm(false), func(c *Commitment) *Date { return &c.Due }),
		keyed("amount", optional(figureForm(0, maxFigure)), func(c *Commitment) **float64 { return &c.Amount }),
		keyed("unit", filledForm, func(c *Commitment) *string { return &c.Unit }),
		required(keyed("framework", refers("measure", idForm), func(c *Commitment) *string { return &c.Framework })),
		keyed("entity", refers("entity", idForm), func(c *Commitment) *string { return &c.Entity }),
		required(keyed("status", oneOf("a status", []string{"due", "met", "missed", "unknown"}), func(c *Commitment) *string { return &c.Status })),
		required(keyed("evidence", oneOf("a class of evidence", Evidences()), func(c *Commitment) *Evidence { return &c.Evidence })),
		keyed("seed", yesNoForm, func(c *Commitment) *bool { return &c.Seed }),
		keyed("note", textRecord.form(), func(c *Commitment) *Text { return &c.Note }),
		keyed("sources", sourcesForm, func(c *Commitment) *[]Source { return &c.Sources }),
	},
	check: func(r *reader, c *Commitment, in places) {
		if in.has("amount") != in.has("unit") {
			r.tell(in.whole, `"amount" and "unit" go together`)
		}
	},
}

var periodPattern = regexp.MustCompile(`^[0-9A-Za-z]+(?:[-/ :][0-9A-Za-z]+)*$`)

// periodForm is a date, a range or a word such as planned.
var periodForm = form[string]{
	read: matching(`a period (a date, a range such as 2025-01/2025-08, or a word such as "planned")`, periodPattern, 40).read,
	write: func(s string) *yaml.Node {
		if _, err := ParseDate(s); err == nil {
			return plainNode(s)
		}
		return textNode(s)
	},
}

var observationRecord = record[Observation]{noun: "an observation", fields: []field[Observation]{
	required(keyed("period", periodForm, func(o *Observation) *string { return &o.Period })),
	required(keyed("value", figureForm(-maxFigure, maxFigure), func(o *Observation) *float64 { return &o.Value })),
	required(keyed("source", sourceRecord.form(), func(o *Observation) *Source { return &o.Source })),
	keyed("seed", yesNoForm, func(o *Observation) *bool { return &o.Seed }),
	keyed("note", textRecord.form(), func(o *Observation) *Text { return &o.Note }),
}}

var indicatorRecord = record[Indicator]{noun: "an indicator", fields: []field[Indicator]{
	required(keyed("id", defines("indicator", idForm), func(i *Indicator) *string { return &i.ID })),
	required(keyed("title", saidRecord.form(), func(i *Indicator) *Text { return &i.Title })),
	required(keyed("unit", filledForm, func(i *Indicator) *string { return &i.Unit })),
	keyed("subject", tagForm, func(i *Indicator) *string { return &i.Subject }),
	keyed("note", textRecord.form(), func(i *Indicator) *Text { return &i.Note }),
	required(keyed("observations", lists(observationRecord.form(), false), func(i *Indicator) *[]Observation { return &i.Observations })),
}}

// dayForm is a date that is exactly one day.
var dayForm = scalar("a day", func(s string) (Date, error) {
	d, err := ParseDate(s)
	if err == nil && d.Precision() != Day {
		return Date{}, fmt.Errorf("%s is not a day: write it as 2026-02-14", quoted(s))
	}
	return d, err
}, func(d Date) *yaml.Node { return plainNode(d.String()) })

var daysForm = lists(dayForm, true)

var holidayRecord = record[Holiday]{noun: "a holiday", fields: []field[Holiday]{
	required(keyed("name", saidRecord.form(), func(h *Holiday) *Text { return &h.Name })),
	required(keyed("days_off", daysForm, func(h *Holiday) *[]Date { return &h.DaysOff })),
	keyed("workdays", daysForm, func(h *Holiday) *[]Date { return &h.Workdays }),
}}

const lastYear = 2199 // as in ParseDate

var yearRecord = record[CalendarYear]{
	noun: "a year",
	fields: []field[CalendarYear]{
		required(keyed("year", countForm(lastYear), func(y *CalendarYear) *int { return &y.Year })),
		keyed("notice", textRecord.form(), func(y *CalendarYear) *Text { return &y.Notice }),
		keyed("issued", momentForm, func(y *CalendarYear) *Date { return &y.Issued }),
		required(keyed("holidays", lists(holidayRecord.form(), false), func(y *CalendarYear) *[]Holiday { return &y.Holidays })),
		keyed("sources", sourcesForm, func(y *CalendarYear) *[]Source { return &y.Sources }),
	},
	check: checkYear,
}

// checkYear refuses holidays of another year; one may begin in the last days
// of the year before or end in the first days of the next.
func checkYear(r *reader, y *CalendarYear, in places) {
	for _, h := range y.Holidays {
		for _, d := range slices.Concat(h.DaysOff, h.Workdays) {
			if away := d.start().AddDate(0, 0, 15).Year() - y.Year; !d.IsZero() && away != 0 && d.start().AddDate(0, 0, -15).Year() != y.Year {
				r.tell(in.of("holidays"), "%s does not belong to the year %d", d, y.Year)
			}
		}
	}
}

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

var calendarRecord = record[Calendar]{
	noun: "a calendar",
	fields: []field[Calendar]{
		required(keyed("calendar", defines("calendar", countryForm), func(c *Calendar) *string { return &c.ID })),
		required(keyed("zone", zoneForm, func(c *Calendar) *string { return &c.Zone })),
		required(keyed("weekend", lists(oneOf("a day of the week", weekdays), true), func(c *Calendar) *[]string { return &c.Weekend })),
		keyed("note", textRecord.form(), func(c *Calendar) *Text { return &c.Note }),
		required(keyed("years", lists(yearRecord.form(), false), func(c *Calendar) *[]CalendarYear { return &c.Years })),
	},
	check: func(r *reader, c *Calendar, in places) {
		seen := map[int]bool{}
		for _, y := range c.Years {
			if seen[y.Year] {
				r.tell(in.of("years"), "years: %d is there twice", y.Year)
			}
			seen[y.Year] = true
		}
	},
}

// companion is a file that holds one list under one key.
func companion[T any](key string, item record[T], comment string) companionFile[T] {
	return companionFile[T]{comment: comment, record: record[[]T]{
		noun:   key + ".yaml",
		fields: []field[[]T]{required(keyed(key, lists(item.form(), false), func(v *[]T) *[]T { return v }))},
	}}
}

type companionFile[T any] struct {
	comment string // that heads the file
	record  record[[]T]
}

var (
	goodsFile = companion("goods", tagRecord,
		"# The tree of goods: slug, names, the slug above it, other words that people use.\n")
	entitiesFile = companion("entities", entityRecord,
		"# Parties: names, country, owners with their shares and since when. A source \"from memory\" is to be verified before anyone relies on it.\n")
	commitmentsFile = companion("commitments", commitmentRecord,
		"# What was promised under a framework, by when. `status` is what sources show; unknown where none was seen.\n")
	indicatorsFile = companion("indicators", indicatorRecord,
		"# Figures with their sources. Sources that disagree stay side by side; nothing is averaged.\n")
)
