package rules

import (
	"time"

	"derisk/rules/index"
)

// measureColumns are what the index reads of a measure, by the names that rules write.
func measureColumns(zone *time.Location) index.Schema[measureView] {
	type view = measureView
	return index.Schema[view]{
		Texts: map[string]func(*view) string{
			"measure.id":      func(v *view) string { return v.ID },
			"measure.title":   func(v *view) string { return v.Title },
			"measure.kind":    func(v *view) string { return v.Kind },
			"measure.status":  func(v *view) string { return v.Status },
			"measure.reason":  func(v *view) string { return v.Reason },
			"measure.by":      func(v *view) string { return v.By },
			"measure.end_use": func(v *view) string { return v.EndUse },
			"measure.basis":   func(v *view) string { return v.Basis },
			"measure.under":   func(v *view) string { return v.Under },
		},
		Lists: map[string]func(*view) []string{
			"measure.against":  func(v *view) []string { return v.Against },
			"measure.tags":     func(v *view) []string { return v.Tags },
			"measure.hs":       func(v *view) []string { return v.HS },
			"measure.entities": func(v *view) []string { return v.Entities },
		},
		Figures: map[string]func(*view) float64{
			"measure.rate":        func(v *view) float64 { return v.Rate },
			"measure.review_days": func(v *view) float64 { return v.ReviewDays },
		},
		Days: map[string]func(*view) index.Day{
			"measure.announced": func(v *view) index.Day { return v.Announced.indexed() },
			"measure.effective": func(v *view) index.Day { return v.Effective.indexed() },
			"measure.since":     func(v *view) index.Day { return v.Since.indexed() },
			"measure.until":     func(v *view) index.Day { return v.Until.indexed() },
			"measure.back_from": func(v *view) index.Day { return v.BackFrom.indexed() },
		},
		Truths: map[string]func(*view) bool{
			"measure.presumed":  func(v *view) bool { return v.Presumed },
			"measure.uncertain": func(v *view) bool { return v.Uncertain },
			"measure.reported":  func(v *view) bool { return v.Reported },
		},
		Date: func(text string) index.Day { return writtenDay(text, zone).indexed() },
	}
}

// indexed is a date as the index compares it.
func (d day) indexed() index.Day {
	return index.Day{Number: d.number, Sec: d.sec, Timed: d.timed, Known: d.known}
}

// sceneClock tells the index the time of a scene.
type sceneClock struct{ *scene }

func (c sceneClock) Now() index.Day   { return c.now.indexed() }
func (c sceneClock) Today() index.Day { return c.today.indexed() }

func (c sceneClock) WorkingDays(d index.Day, calendar string) float64 {
	return c.workingDays(day{number: d.Number, known: d.Known}, calendar, c.today)
}
