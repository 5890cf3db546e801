package tracker

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Indicator is a figure over time. Sources that disagree stay side by side.
type Indicator struct {
	ID           string        `json:"id" yaml:"id"`
	Title        Text          `json:"title" yaml:"title"`
	Unit         string        `json:"unit" yaml:"unit"`
	Subject      string        `json:"subject,omitempty" yaml:"subject,omitempty"` // a slug of the goods tree
	Note         Text          `json:"note,omitzero" yaml:"note,omitempty"`
	Observations []Observation `json:"observations" yaml:"observations"`
}

// Observation is one source's figure for one period, in the indicator's unit.
type Observation struct {
	Period string  `json:"period" yaml:"period"` // a date, a range 2025-01/2025-08, or a word such as planned
	Value  float64 `json:"value" yaml:"value"`
	Source Source  `json:"source" yaml:"source"`
	Seed   bool    `json:"seed,omitempty" yaml:"seed,omitempty"`
	Note   Text    `json:"note,omitzero" yaml:"note,omitempty"`
}

// Figures are all sources' figures for one period, side by side.
type Figures struct {
	Period       string
	Observations []Observation // by the date of their source, then as listed
}

// Figures lists what was published by known, the latest period first; no known
// date means all that is recorded. A period that is a word, such as planned,
// comes last. An observation whose source has no date counts as always known.
func (i Indicator) Figures(known Date) []Figures {
	var list []Figures
	for _, o := range i.Observations {
		if !known.IsZero() && DaysBetween(known, o.Source.Date) > 0 && !o.Source.Date.IsZero() {
			continue
		}
		at := slices.IndexFunc(list, func(f Figures) bool { return f.Period == o.Period })
		if at < 0 {
			at = len(list)
			list = append(list, Figures{Period: o.Period})
		}
		list[at].Observations = append(list[at].Observations, o)
	}
	for _, f := range list {
		slices.SortStableFunc(f.Observations, func(a, b Observation) int { return DaysBetween(b.Source.Date, a.Source.Date) })
	}
	slices.SortStableFunc(list, func(a, b Figures) int { return periodEnd(b.Period).Compare(periodEnd(a.Period)) })
	return list
}

// periodEnd is the first instant after a period, in UTC; the zero time for a word.
func periodEnd(period string) time.Time {
	if _, last, isRange := strings.Cut(period, "/"); isRange {
		period = last
	} else if years := yearSpan.FindStringSubmatch(period); years != nil {
		period = years[1]
	}
	d, _ := ParseDate(period) // a word gives no date
	return d.After(time.UTC)
}

var yearSpan = regexp.MustCompile(`^\d{4}-(\d{4})$`)
