package tracker

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func reviewSnapshot(t interface{ Fatal(...any) }) *Snapshot {
	working := ReviewTerms{Days: 45, Of: "working", Calendar: "CN", From: "acceptance"}
	lost := working
	lost.Calendar = "CM"
	s, err := NewSnapshot(Facts{Calendars: []Calendar{china()}, Measures: []*Measure{
		{ID: "cn-mofcom-2025-58", Zone: "Asia/Shanghai", Review: &working},
		{ID: "sixty-days", Zone: "Asia/Shanghai", Review: &ReviewTerms{Days: 60, Of: "calendar", From: "acceptance"}},
		{ID: "no-terms", Zone: "Asia/Shanghai"},
		{ID: "lost-calendar", Zone: "Asia/Shanghai", Review: &lost},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func stops(dates ...string) []Stop {
	var list []Stop
	for i := 0; i < len(dates); i += 2 {
		s := Stop{On: MustDate(dates[i]), For: "expert-review"}
		if dates[i+1] != "" {
			s.Resumed = MustDate(dates[i+1])
		}
		list = append(list, s)
	}
	return list
}

// TestClock holds days counted by hand on the announced holidays.
func TestClock(t *testing.T) {
	s := reviewSnapshot(t)
	for _, c := range []struct {
		name, accepted string
		stops          []Stop
		decided, day   string
		want           Clock
	}{
		{name: "the day of acceptance", accepted: "2025-10-09", day: "2025-10-09",
			want: Clock{Due: MustDate("2025-12-10"), DueIs: Computed, Left: 45}},
		{name: "day 1", accepted: "2025-10-09", day: "2025-10-10",
			want: Clock{Due: MustDate("2025-12-10"), DueIs: Computed, Counted: 1, Left: 44}},
		{name: "the worked Saturday is day 2", accepted: "2025-10-09", day: "2025-10-11",
			want: Clock{Due: MustDate("2025-12-10"), DueIs: Computed, Counted: 2, Left: 43}},
		{name: "a Sunday adds nothing", accepted: "2025-10-09", day: "2025-10-12",
			want: Clock{Due: MustDate("2025-12-10"), DueIs: Computed, Counted: 2, Left: 43}},
		{name: "the last day", accepted: "2025-10-09", day: "2025-12-10",
			want: Clock{Due: MustDate("2025-12-10"), DueIs: Computed, Counted: 45}},
		{name: "overdue", accepted: "2025-10-09", day: "2025-12-12",
			want: Clock{Due: MustDate("2025-12-10"), DueIs: Computed, Counted: 47, Left: -2}},
		{name: "before acceptance", accepted: "2025-10-09", day: "2025-10-01",
			want: Clock{Due: MustDate("2025-12-10"), DueIs: Computed, Left: 45}},
		{name: "accepted on the first day of National Day", accepted: "2025-10-01", day: "2025-10-09",
			want: Clock{Due: MustDate("2025-12-09"), DueIs: Computed, Counted: 1, Left: 44}},
		{name: "over the Spring Festival and two worked Saturdays", accepted: "2026-02-13", day: "2026-03-02",
			want: Clock{Due: MustDate("2026-04-24"), DueIs: Computed, Counted: 7, Left: 38}},

		{name: "the day of the stop does not count", accepted: "2025-10-09", stops: stops("2025-10-15", ""), day: "2025-10-15",
			want: Clock{Counted: 4, Left: 41, Stopped: true}},
		{name: "nor does any while it stands", accepted: "2025-10-09", stops: stops("2025-10-15", ""), day: "2025-11-28",
			want: Clock{Counted: 4, Left: 41, Stopped: true}},
		{name: "the day of resuming does", accepted: "2025-10-09", stops: stops("2025-10-15", "2025-10-22"), day: "2025-10-22",
			want: Clock{Due: MustDate("2025-12-17"), DueIs: Computed, Counted: 5, Left: 40}},
		{name: "resumed on the day of the stop", accepted: "2025-10-09", stops: stops("2025-10-15", "2025-10-15"), day: "2025-10-15",
			want: Clock{Due: MustDate("2025-12-10"), DueIs: Computed, Counted: 5, Left: 40}},
		{name: "stops that overlap count once", accepted: "2025-10-09", stops: stops("2025-10-15", "2025-10-22", "2025-10-20", "2025-10-22"), day: "2025-10-22",
			want: Clock{Due: MustDate("2025-12-17"), DueIs: Computed, Counted: 5, Left: 40}},
		{name: "a stop that is still to come", accepted: "2025-10-09", stops: stops("2025-10-15", "2025-10-22"), day: "2025-10-14",
			want: Clock{Due: MustDate("2025-12-10"), DueIs: Computed, Counted: 4, Left: 41}},
		{name: "resuming is still to come", accepted: "2025-10-09", stops: stops("2025-10-15", "2025-10-22"), day: "2025-10-21",
			want: Clock{Counted: 4, Left: 41, Stopped: true}},

		{name: "decided", accepted: "2025-10-09", decided: "2025-10-13", day: "2026-01-30",
			want: Clock{Counted: 3, Left: 42}},
		{name: "decided, asked about a day before", accepted: "2025-10-09", decided: "2025-10-13", day: "2025-10-11",
			want: Clock{Due: MustDate("2025-12-10"), DueIs: Computed, Counted: 2, Left: 43}},
		{name: "decided while it stood", accepted: "2025-10-09", stops: stops("2025-10-13", ""), decided: "2025-10-20", day: "2025-11-03",
			want: Clock{Counted: 2, Left: 43}},

		{name: "decided when overdue", accepted: "2025-10-09", decided: "2025-12-12", day: "2025-12-15",
			want: Clock{Counted: 47, Left: -2}},
		{name: "stopped when overdue", accepted: "2025-10-09", stops: stops("2025-12-12", ""), day: "2025-12-15",
			want: Clock{Counted: 46, Left: -1, Stopped: true}},

		{name: "accepted 26 October 2026: just within the announced year", accepted: "2026-10-26", day: "2026-10-26",
			want: Clock{Due: MustDate("2026-12-28"), DueIs: Computed, Left: 45}},
		{name: "accepted 29 October 2026: due on the last announced day", accepted: "2026-10-29", day: "2026-10-30",
			want: Clock{Due: MustDate("2026-12-31"), DueIs: Computed, Counted: 1, Left: 44}},
		{name: "accepted 30 October 2026: past it", accepted: "2026-10-30", day: "2026-10-30",
			want: Clock{Due: MustDate("2027-01-01"), DueIs: Estimate, Known: MustDate("2026-12-31"), Left: 45}},
		{name: "accepted 24 November 2026", accepted: "2026-11-24", day: "2026-11-25",
			want: Clock{Due: MustDate("2027-01-26"), DueIs: Estimate, Known: MustDate("2026-12-31"), Counted: 1, Left: 44}},
		{name: "stopped beyond the announced years", accepted: "2026-12-30", stops: stops("2027-01-05", ""), day: "2027-01-05",
			want: Clock{Known: MustDate("2026-12-31"), Counted: 3, Left: 42, Stopped: true}},
		{name: "a stop needs no calendar", accepted: "2026-10-30", stops: stops("2026-12-31", ""), day: "2027-03-01",
			want: Clock{Counted: 43, Left: 2, Stopped: true}},
		{name: "accepted before anything was announced", accepted: "2024-12-30", day: "2024-12-30",
			want: Clock{Due: MustDate("2025-03-10"), DueIs: Estimate, Left: 45}},

		{name: "accepted late in the evening, by the authority's own clock", accepted: "2025-10-09T16:30Z", day: "2025-10-10",
			want: Clock{Due: MustDate("2025-12-11"), DueIs: Computed, Left: 45}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Review{ID: "r1", Measure: "cn-mofcom-2025-58", Accepted: MustDate(c.accepted), Stops: c.stops}
			if c.decided != "" {
				r.Decided = MustDate(c.decided)
			}
			got, err := s.Clock(r, MustDate(c.day))
			if err != nil || got != c.want {
				t.Errorf("got %+v, %v\nwant %+v", got, err, c.want)
			}
		})
	}
}

func TestClockOfCalendarDays(t *testing.T) {
	r := Review{Measure: "sixty-days", Accepted: MustDate("2026-11-24"), Stops: stops("2026-12-01", "2026-12-11")}
	got, err := reviewSnapshot(t).Clock(r, MustDate("2026-12-11"))
	if want := (Clock{Due: MustDate("2027-02-02"), DueIs: Computed, Counted: 7, Left: 53}); err != nil || got != want {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestClockFaults(t *testing.T) {
	s := reviewSnapshot(t)
	for _, c := range []struct{ measure, accepted, want string }{
		{"no-terms", "2026-11-24", `review r1: measure "no-terms" has no review clock: name one that has review terms`},
		{"lost-calendar", "2026-11-24", `review r1: measure "lost-calendar": no calendar "CM": did you mean "CN"? (not found)`},
		{"cn-mofcom-2025-85", "2026-11-24", `no measure "cn-mofcom-2025-85": did you mean "cn-mofcom-2025-58"? (not found)`},
		{"cn-mofcom-2025-58", "2026-11", `review r1: its acceptance "2026-11" is no exact day: write it as 2026-10-26`},
	} {
		_, err := s.Clock(Review{ID: "r1", Measure: c.measure, Accepted: MustDate(c.accepted)}, MustDate("2026-11-24"))
		if err == nil || err.Error() != c.want {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
	if _, err := s.Clock(Review{Measure: "lost-calendar", Accepted: MustDate("2026-11-24")}, MustDate("2026-11-24")); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v does not match ErrNotFound", err)
	}
}

func TestVisible(t *testing.T) {
	shanghai := zoneOf(t, "Asia/Shanghai")
	for _, c := range []struct {
		accepted, day string
		want          bool
	}{
		{"2025-10-09", "2025-10-08", false}, {"2025-10-09", "2025-10-09", true}, {"2025-10-09", "2026-01-01", true},
		{"2025-10-09T16:30Z", "2025-10-09", false}, {"2025-10-09T16:30Z", "2025-10-10", true},
	} {
		if got := (Review{Accepted: MustDate(c.accepted)}).Visible(MustDate(c.day), shanghai); got != c.want {
			t.Errorf("accepted %s, visible on %s: %v", c.accepted, c.day, got)
		}
	}
}

// clockSlowly is the clock told day by day, as a clerk would keep it: it asks
// the slow calendar about each day alone.
func clockSlowly(r Review, terms int, day time.Time) (c Clock) {
	cn := china()
	at := func(d Date) time.Time { return d.First(time.UTC) }
	running := func(d time.Time) bool {
		for _, s := range r.Stops {
			stoppedYet := !at(s.On).After(d) && !at(s.On).After(day)
			resumedYet := !s.Resumed.IsZero() && !at(s.Resumed).After(d) && !at(s.Resumed).After(day)
			if stoppedYet && !resumedYet {
				return false
			}
		}
		return true
	}
	decided := !r.Decided.IsZero() && !at(r.Decided).After(day)
	c.Stopped = !decided && !running(day)
	allKnown, n := true, 0
	for d := at(r.Accepted).AddDate(0, 0, 1); d.Year() < 2030; d = d.AddDate(0, 0, 1) {
		works, known := countedSlowly(cn, d.AddDate(0, 0, -1), d)
		if running(d) {
			allKnown = allKnown && known
			n += works
			if works == 1 && !d.After(day) && (!decided || !d.After(at(r.Decided))) {
				c.Counted = n
			}
		}
		if n == terms && c.Due.IsZero() && !c.Stopped && !decided {
			c.Due, c.DueIs = DayOf(d), Estimate
			if allKnown {
				c.DueIs = Computed
			}
		}
	}
	c.Left = terms - c.Counted
	return c
}

func TestClockAgreesWithTheClerk(t *testing.T) {
	s, start := reviewSnapshot(t), time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		day := start.AddDate(0, 0, rapid.IntRange(0, 720).Draw(t, "accepted"))
		r := Review{Measure: "cn-mofcom-2025-58", Accepted: DayOf(day)}
		for range rapid.IntRange(0, 3).Draw(t, "stops") {
			day = day.AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "runs"))
			stop := Stop{On: DayOf(day)}
			day = day.AddDate(0, 0, rapid.IntRange(0, 20).Draw(t, "stands"))
			if stop.Resumed = DayOf(day); rapid.IntRange(0, 4).Draw(t, "open") == 0 {
				stop.Resumed = Date{}
			}
			r.Stops = append(r.Stops, stop)
		}
		if rapid.Bool().Draw(t, "is decided") {
			r.Decided = DayOf(day.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "decided")))
		}
		asked := r.Accepted.First(time.UTC).AddDate(0, 0, rapid.IntRange(-3, 120).Draw(t, "asked"))
		want := clockSlowly(r, 45, asked)
		got, err := s.Clock(r, DayOf(asked))
		got.Known = Date{}
		if err != nil || got != want {
			t.Fatalf("%+v on %s: %+v, %v\nwant %+v", r, DayOf(asked), got, err, want)
		}
	})
}
