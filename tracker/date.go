package tracker

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Precision is how exactly a [Date] is known.
type Precision uint8

const (
	Unset   Precision = iota // no date
	Never                    // "none": an end that was taken away
	Year                     // 2026
	Half                     // 2026-H1
	Quarter                  // 2026-Q2
	Month                    // 2026-11
	Day                      // 2026-11-10
	Instant                  // 2026-11-10T13:01, in the measure's zone unless an offset is written
)

// Date is a date as coarse as it is known. It has no zone of its own, unless
// it was written with an offset: the measure's zone gives it its instants.
// The zero Date is no date. Dates are comparable with ==.
type Date struct {
	precision Precision
	offset    bool   // wall holds an instant, not a wall clock reading
	shift     int32  // with offset: seconds east of UTC, as written
	wall      int64  // seconds since the Unix epoch of the first wall clock reading, as if in UTC
	text      string // as written, for output that is stable to the byte
}

var (
	halfForm    = regexp.MustCompile(`^(\d{4})-H([12])$`)
	quarterForm = regexp.MustCompile(`^(\d{4})-Q([1-4])$`)
	timeForm    = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d[^,]*$`) // time.Parse takes T9:01 and 13:01:00,5 too
)

var dateLayouts = []struct {
	layout    string
	precision Precision
	offset    bool
}{
	{"2006", Year, false},
	{"2006-01", Month, false},
	{"2006-01-02", Day, false},
	{"2006-01-02T15:04", Instant, false},
	{"2006-01-02T15:04:05", Instant, false},
	{"2006-01-02T15:04Z07:00", Instant, true},
	{time.RFC3339, Instant, true},
}

// ParseDate reads a year, half, quarter, month, day or instant, or "none".
// Years outside 1900 to 2199 are refused as slips of the pen.
func ParseDate(s string) (Date, error) {
	if s == "none" {
		return Date{precision: Never, text: s}, nil
	}
	d, ok := parseStretch(s)
	if !ok {
		d, ok = parseLayout(s)
	}
	if !ok {
		return Date{}, fmt.Errorf("%q is not a date: write 2026, 2026-H1, 2026-Q2, 2026-11, 2026-11-10 or 2026-11-10T13:01", s)
	}
	if year := d.start().Year(); year < 1900 || year > 2199 {
		return Date{}, fmt.Errorf("%q: the year must lie between 1900 and 2199", s)
	}
	return d, nil
}

func parseStretch(s string) (Date, bool) {
	if m := halfForm.FindStringSubmatch(s); m != nil {
		return stretch(s, Half, m[1], m[2], 6), true
	}
	if m := quarterForm.FindStringSubmatch(s); m != nil {
		return stretch(s, Quarter, m[1], m[2], 3), true
	}
	return Date{}, false
}

func stretch(s string, p Precision, year, part string, months int) Date {
	y, _ := strconv.Atoi(year) // the form admits digits only
	n, _ := strconv.Atoi(part)
	wall := time.Date(y, time.Month(1+(n-1)*months), 1, 0, 0, 0, 0, time.UTC)
	return Date{precision: p, wall: wall.Unix(), text: s}
}

func parseLayout(s string) (Date, bool) {
	if len(s) > len("2006-01-02T") && !timeForm.MatchString(s) {
		return Date{}, false
	}
	for _, l := range dateLayouts {
		if t, err := time.Parse(l.layout, s); err == nil {
			_, shift := t.Zone()
			return Date{precision: l.precision, offset: l.offset, shift: int32(shift), wall: t.Unix(), text: s}, true
		}
	}
	return Date{}, false
}

// MustDate is [ParseDate] for dates written in the program; it panics on a bad one.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// DayOf is the calendar date of t in its own location.
func DayOf(t time.Time) Date {
	y, m, d := t.Date()
	wall := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return Date{precision: Day, wall: wall.Unix(), text: wall.Format(time.DateOnly)}
}

// InstantOf is t to the second, as a date that carries its offset, or in UTC
// where that is no whole number of minutes and could not be written.
func InstantOf(t time.Time) Date {
	_, shift := t.Zone()
	if shift%60 != 0 {
		t, shift = t.UTC(), 0
	}
	return Date{precision: Instant, offset: true, shift: int32(shift), wall: t.Unix(), text: t.Format(time.RFC3339)}
}

// IsZero says that there is no date; "none" is one.
func (d Date) IsZero() bool { return d.precision == Unset }

// Precision says how exactly the date is known.
func (d Date) Precision() Precision { return d.precision }

// Coarse says that the date is known to a month or worse.
func (d Date) Coarse() bool { return d.precision >= Year && d.precision <= Month }

// String is the date as it was written.
func (d Date) String() string { return d.text }

func (d Date) start() time.Time { return time.Unix(d.wall, 0).UTC() }

// First is the first instant at which the date holds in zone: the first
// instant of the day or of the stretch, or the instant itself.
// For no date and for "none" it is the zero time.
func (d Date) First(zone *time.Location) time.Time {
	switch {
	case d.precision <= Never:
		return time.Time{}
	case d.offset:
		return time.Unix(d.wall, 0).In(zone)
	}
	return wallTime(d.start(), zone)
}

// After is the first instant after the date in zone: after the day or the
// stretch, or the instant itself. For no date and for "none" it is the zero time.
func (d Date) After(zone *time.Location) time.Time {
	next := d.start()
	switch d.precision {
	case Year:
		next = next.AddDate(1, 0, 0)
	case Half:
		next = next.AddDate(0, 6, 0)
	case Quarter:
		next = next.AddDate(0, 3, 0)
	case Month:
		next = next.AddDate(0, 1, 0)
	case Day:
		next = next.AddDate(0, 0, 1)
	default:
		return d.First(zone)
	}
	return wallTime(next, zone)
}

// Last is the last instant, to the nanosecond, that belongs to the date in
// zone: what "on this day" means when a whole day is asked about.
func (d Date) Last(zone *time.Location) time.Time {
	if d.precision == Instant || d.precision <= Never {
		return d.First(zone)
	}
	return d.After(zone).Add(-time.Nanosecond)
}

// wallTime is the first instant in zone at which its clocks show wall, or,
// where they skip it, the first instant after the gap.
func wallTime(wall time.Time, zone *time.Location) time.Time {
	y, m, d := wall.Date()
	t := time.Date(y, m, d, wall.Hour(), wall.Minute(), wall.Second(), 0, zone)
	if shown := asUTC(t); !shown.Equal(wall) { // skipped by the clocks
		from, to := t.ZoneBounds()
		if shown.Before(wall) {
			return to
		}
		return from
	}
	if from, _ := t.ZoneBounds(); !from.IsZero() { // perhaps shown twice
		_, now := t.Zone()
		_, before := from.Add(-time.Second).Zone()
		if first := t.Add(time.Duration(now-before) * time.Second); first.Before(from) {
			return first
		}
	}
	return t
}

// asUTC is what the clocks of t's zone show at t, as if they showed UTC.
func asUTC(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// StartsDay says whether t is the first instant of a day in its location.
func StartsDay(t time.Time) bool {
	return t.Equal(DayOf(t).First(t.Location()))
}

// From is how a beginning is told: its day where t is the first instant of
// that day, else the instant itself. No time gives no date.
func From(t time.Time) Date {
	switch {
	case t.IsZero():
		return Date{}
	case StartsDay(t):
		return DayOf(t)
	}
	return InstantOf(t)
}

// LastDay is how an end is told: the last day that holds where end, the first
// instant that no longer does, begins a day; else the instant end itself.
// No time gives no date.
func LastDay(end time.Time) Date {
	switch {
	case end.IsZero():
		return Date{}
	case StartsDay(end):
		return DayOf(end.Add(-time.Nanosecond))
	}
	return InstantOf(end)
}

// DaysBetween counts the calendar days from one date to another, each read as
// the day on which it begins. Zones play no part.
func DaysBetween(from, to Date) int { return to.dayNumber() - from.dayNumber() }

// dayNumber counts days since the Unix epoch by the date's own wall clock.
func (d Date) dayNumber() int {
	const secondsADay = 86400
	wall := d.wall + int64(d.shift)
	n := wall / secondsADay
	if wall%secondsADay < 0 {
		n--
	}
	return int(n)
}

// MarshalText writes the date as it was read.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.text), nil }

// UnmarshalText is [ParseDate]; an empty text is no date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(strings.TrimSpace(string(b))) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
