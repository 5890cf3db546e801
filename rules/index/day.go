package index

import "math"

// Day is a date: a calendar day, and for a time its instant. The zero Day is missing.
type Day struct {
	Number int   // days since the Unix epoch
	Sec    int64 // of a time: seconds since the Unix epoch
	Timed  bool
	Known  bool
}

// Compare orders two dates: two times by the clock, all others by the
// calendar. With a missing one there is no order.
func Compare(a, b Day) (order int, known bool) {
	if !a.Known || !b.Known {
		return 0, false
	}
	x, y := int64(a.Number), int64(b.Number)
	if a.Timed && b.Timed {
		x, y = a.Sec, b.Sec
	}
	switch {
	case x < y:
		return -1, true
	case x > y:
		return 1, true
	}
	return 0, true
}

// Until counts the days from today to d; NaN where d is missing.
func (d Day) Until(today Day) float64 { return d.figure() - float64(today.Number) }

// figure is the day as columns hold it.
func (d Day) figure() float64 {
	if !d.Known {
		return math.NaN()
	}
	return float64(d.Number)
}

// Clock is the time that conditions ask about.
type Clock interface {
	Now() Day
	Today() Day
	// WorkingDays counts from today to d by a calendar; NaN where that is not known.
	WorkingDays(d Day, calendar string) float64
}
