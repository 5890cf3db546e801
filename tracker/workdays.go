package tracker

import (
	"slices"
	"strings"
	"time"
)

// Calendar is an authority's working days, as announced year by year.
type Calendar struct {
	ID      string         `json:"calendar" yaml:"calendar"` // such as CN
	Zone    string         `json:"zone" yaml:"zone"`
	Weekend []string       `json:"weekend" yaml:"weekend"` // sat, sun
	Note    Text           `json:"note,omitzero" yaml:"note,omitempty"`
	Years   []CalendarYear `json:"years" yaml:"years"`
}

// CalendarYear is one announced year.
type CalendarYear struct {
	Year     int       `json:"year" yaml:"year"`
	Notice   Text      `json:"notice,omitzero" yaml:"notice,omitempty"`
	Issued   Date      `json:"issued,omitzero" yaml:"issued,omitempty"`
	Holidays []Holiday `json:"holidays" yaml:"holidays"`
	Sources  []Source  `json:"sources,omitempty" yaml:"sources,omitempty"`
}

// Holiday is one public holiday: the days off, and the weekend days worked for them.
type Holiday struct {
	Name     Text   `json:"name" yaml:"name"`
	DaysOff  []Date `json:"days_off" yaml:"days_off"`
	Workdays []Date `json:"workdays,omitempty" yaml:"workdays,omitempty"`
}

// IsWorking says whether day is a working day, and whether that is known: a day
// of a year that has not been announced is judged by its weekday alone. Of a
// date with a time or an offset its own calendar day counts.
func (c *Calendar) IsWorking(day Date) (working, known bool) {
	return c.announced().isWorking(day.dayNumber())
}

// WorkingDays counts the working days after from, up to and including to;
// negative where to comes first. It is not known where a day in between lies
// beyond the announced years, or where a date is no exact day; what is not
// announced is then counted by weekdays.
func (c *Calendar) WorkingDays(from, to Date) (n int, known bool) {
	a, known := c.announced(), from.exactDay() && to.exactDay()
	first, last, sign := from.dayNumber(), to.dayNumber(), 1
	if last < first {
		first, last, sign = last, first, -1
	}
	for day := first + 1; day <= last; day++ {
		working, announced := a.isWorking(day)
		if working {
			n += sign
		}
		known = known && announced
	}
	return n, known
}

func (d Date) exactDay() bool { return d.precision >= Day }

// announced is what is known of the days that count, made ready for counting. Days are those of [Date.dayNumber].
type announced struct {
	listed  map[int]bool // days off: false; weekend days worked: true
	years   map[int]bool
	weekend [7]bool // by time.Weekday
	always  bool    // every day counts
}

func (c *Calendar) announced() announced {
	a := announced{listed: map[int]bool{}, years: map[int]bool{}}
	for day := time.Sunday; day <= time.Saturday; day++ {
		a.weekend[day] = slices.Contains(c.Weekend, strings.ToLower(day.String()[:3]))
	}
	var worked []Date
	for _, y := range c.Years {
		a.years[y.Year] = true
		for _, h := range y.Holidays {
			for _, d := range h.DaysOff {
				a.listed[d.dayNumber()] = false
			}
			worked = append(worked, h.Workdays...)
		}
	}
	for _, d := range worked { // a day that is listed both ways is worked
		a.listed[d.dayNumber()] = true
	}
	return a
}

func (a announced) isWorking(day int) (working, known bool) {
	if a.always {
		return true, true
	}
	if working, listed := a.listed[day]; listed {
		return working, true
	}
	date := dateOfNumber(day)
	return !a.weekend[date.Weekday()], a.years[date.Year()]
}

// lastBefore is the last day of the announced years before day, or no date.
func (a announced) lastBefore(day int) Date {
	last := 0
	for year := range a.years {
		if year < dateOfNumber(day).Year() {
			last = max(last, year)
		}
	}
	if last == 0 {
		return Date{}
	}
	return DayOf(time.Date(last, time.December, 31, 0, 0, 0, 0, time.UTC))
}

// dateOfNumber is the midnight, as if in UTC, that begins a day of [Date.dayNumber].
func dateOfNumber(day int) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }
