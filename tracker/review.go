package tracker

import (
	"cmp"
	"fmt"
	"time"
)

// Review is one application under a measure's review clock. It belongs to
// whoever recorded it and is shown to nobody else.
type Review struct {
	ID       string    `json:"id"`
	Owner    string    `json:"owner"` // "local", "guild:ID" or "user:ID"
	Measure  string    `json:"measure"`
	Name     string    `json:"name,omitempty"`
	Accepted Date      `json:"accepted"`
	Stops    []Stop    `json:"stops,omitempty"`
	Decided  Date      `json:"decided,omitzero"`
	Recorded time.Time `json:"recorded,omitzero"`
}

// Stop is a stretch that does not count. The day of the stop does not count,
// the day of resuming does; no Resumed means that the clock still stands.
type Stop struct {
	On      Date   `json:"on"`
	Resumed Date   `json:"resumed,omitzero"`
	For     string `json:"for,omitempty"` // such as expert-review
}

// DueIs says how sure a due date is.
type DueIs string

const (
	Computed DueIs = "computed" // every day to it lies in an announced calendar
	Estimate DueIs = "estimate" // weekdays only after the last announced day
)

// Clock is where a review stands on a day.
type Clock struct {
	Due     Date  // the day that completes the review's days; zero while the clock stands stopped, and from the decision on
	DueIs   DueIs // of Due; empty without one
	Known   Date  // where weekdays alone were counted: the last day before them that an announced calendar covers
	Counted int   // days counted, including the day asked about, up to the decision
	Left    int   // days left; negative when overdue
	Stopped bool
}

// Visible says whether the review was there to be seen on a day: from the day of
// its acceptance, by the days of its measure's zone.
func (r Review) Visible(day Date, zone *time.Location) bool {
	return !r.Accepted.IsZero() && dayIn(day, zone) >= dayIn(r.Accepted, zone)
}

// Clock counts a review's days up to and including day, by the review terms of
// its measure and the calendar that they name: the first one after acceptance is
// day 1, a stop's day does not count, the day of resuming does. It is the clock
// as it stood on that day: stops and a decision that came later play no part.
//
// Dates with a time are read as their day in the measure's zone. It fails on an
// unknown measure or calendar, on a measure without review terms, and on a date
// of acceptance that is no exact day.
func (s *Snapshot) Clock(r Review, day Date) (Clock, error) {
	m, err := s.Measure(r.Measure)
	if err != nil {
		return Clock{}, err
	}
	counts, err := s.counting(m)
	if err != nil {
		return Clock{}, fmt.Errorf("review %s: %w", cmp.Or(r.Name, r.ID), err)
	}
	if !r.Accepted.exactDay() {
		return Clock{}, fmt.Errorf("review %s: its acceptance %q is no exact day: write it as 2026-10-26", cmp.Or(r.Name, r.ID), r.Accepted)
	}
	run := r.runUntil(dayIn(day, m.Location()), m.Location())
	return run.clock(m.Review.Days, counts), nil
}

// counting makes the calendar of a measure's review terms ready.
func (s *Snapshot) counting(m *Measure) (announced, error) {
	if m.Review == nil {
		return announced{}, fmt.Errorf("measure %q has no review clock: name one that has review terms", m.ID)
	}
	if m.Review.Of == "calendar" {
		return announced{always: true}, nil
	}
	c, err := s.Calendar(m.Review.Calendar)
	if err != nil {
		return announced{}, fmt.Errorf("measure %q: %w", m.ID, err)
	}
	return c.announced(), nil
}

// dayIn is the number of the day of d: of an instant, its day in zone.
func dayIn(d Date, zone *time.Location) int {
	if d.offset {
		return DayOf(d.First(zone)).dayNumber()
	}
	return d.dayNumber()
}

// run is a review as it stood on a day, in numbers of days.
type run struct {
	accepted int
	day      int      // up to which is counted: the day asked about, or that of the decision
	stops    [][2]int // first day that does not count, first that does again
	stopped  bool
	decided  bool
}

// endOfDays lies after every day that a [Date] can name.
var endOfDays = MustDate("2199-12-31").dayNumber() + 1

// runUntil leaves out what came after day.
func (r Review) runUntil(day int, zone *time.Location) run {
	u := run{accepted: dayIn(r.Accepted, zone), day: day}
	if !r.Decided.IsZero() && dayIn(r.Decided, zone) <= day {
		u.decided, u.day = true, dayIn(r.Decided, zone)
	}
	for _, s := range r.Stops {
		from, to := dayIn(s.On, zone), endOfDays
		if from > u.day {
			continue
		}
		if !s.Resumed.IsZero() && dayIn(s.Resumed, zone) <= u.day {
			to = dayIn(s.Resumed, zone)
		}
		u.stops = append(u.stops, [2]int{from, to})
		u.stopped = u.stopped || to == endOfDays && !u.decided
	}
	return u
}

// counts says whether a day counts; by weekdays alone where known is false.
func (u run) counts(day int, by announced) (counts, known bool) {
	for _, s := range u.stops {
		if s[0] <= day && day < s[1] {
			return false, true
		}
	}
	return by.isWorking(day)
}

func (u run) clock(days int, by announced) Clock {
	c := Clock{Stopped: u.stopped}
	n, firstUnknown := 0, endOfDays
	for day := u.accepted + 1; day < endOfDays && (day <= u.day || u.comesDue() && n < days); day++ {
		counts, known := u.counts(day, by)
		if !known {
			firstUnknown = min(firstUnknown, day)
		}
		if !counts {
			continue
		}
		if n++; day <= u.day {
			c.Counted = n
		}
		if n == days && u.comesDue() {
			c.Due, c.DueIs = DayOf(dateOfNumber(day)), sureness(firstUnknown)
		}
	}
	if firstUnknown < endOfDays {
		c.Known = by.lastBefore(firstUnknown)
	}
	c.Left = days - c.Counted
	return c
}

func (u run) comesDue() bool { return !u.stopped && !u.decided }

func sureness(firstUnknown int) DueIs {
	if firstUnknown < endOfDays {
		return Estimate
	}
	return Computed
}
