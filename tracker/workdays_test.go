package tracker

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func days(dates ...string) []Date {
	var list []Date
	for _, d := range dates {
		list = append(list, MustDate(d))
	}
	return list
}

// china is the mainland calendar as announced by the State Council for 2025
// (Guobanfa Mingdian [2024] No. 12) and 2026 ([2025] No. 7).
func china() Calendar {
	return Calendar{ID: "CN", Zone: "Asia/Shanghai", Weekend: []string{"sat", "sun"}, Years: []CalendarYear{
		{Year: 2025, Holidays: []Holiday{
			{Name: Text{EN: "New Year's Day"}, DaysOff: days("2025-01-01")},
			{Name: Text{EN: "Spring Festival"}, DaysOff: days("2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31", "2025-02-01", "2025-02-02", "2025-02-03", "2025-02-04"),
				Workdays: days("2025-01-26", "2025-02-08")},
			{Name: Text{EN: "Qingming Festival"}, DaysOff: days("2025-04-04", "2025-04-05", "2025-04-06")},
			{Name: Text{EN: "Labour Day"}, DaysOff: days("2025-05-01", "2025-05-02", "2025-05-03", "2025-05-04", "2025-05-05"), Workdays: days("2025-04-27")},
			{Name: Text{EN: "Dragon Boat Festival"}, DaysOff: days("2025-05-31", "2025-06-01", "2025-06-02")},
			{Name: Text{EN: "National Day and Mid-Autumn Festival"}, DaysOff: days("2025-10-01", "2025-10-02", "2025-10-03", "2025-10-04", "2025-10-05", "2025-10-06", "2025-10-07", "2025-10-08"),
				Workdays: days("2025-09-28", "2025-10-11")},
		}},
		{Year: 2026, Holidays: []Holiday{
			{Name: Text{EN: "New Year's Day"}, DaysOff: days("2026-01-01", "2026-01-02", "2026-01-03"), Workdays: days("2026-01-04")},
			{Name: Text{EN: "Spring Festival"}, DaysOff: days("2026-02-15", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", "2026-02-21", "2026-02-22", "2026-02-23"),
				Workdays: days("2026-02-14", "2026-02-28")},
			{Name: Text{EN: "Qingming Festival"}, DaysOff: days("2026-04-04", "2026-04-05", "2026-04-06")},
			{Name: Text{EN: "Labour Day"}, DaysOff: days("2026-05-01", "2026-05-02", "2026-05-03", "2026-05-04", "2026-05-05"), Workdays: days("2026-05-09")},
			{Name: Text{EN: "Dragon Boat Festival"}, DaysOff: days("2026-06-19", "2026-06-20", "2026-06-21")},
			{Name: Text{EN: "Mid-Autumn Festival"}, DaysOff: days("2026-09-25", "2026-09-26", "2026-09-27")},
			{Name: Text{EN: "National Day"}, DaysOff: days("2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07"), Workdays: days("2026-09-20", "2026-10-10")},
		}},
	}}
}

func TestIsWorking(t *testing.T) {
	cn := china()
	for _, c := range []struct {
		name, day      string
		working, known bool
	}{
		{"a Sunday worked for the Spring Festival", "2025-01-26", true, true},
		{"the Saturday worked after it", "2025-02-08", true, true},
		{"the day before the Spring Festival", "2025-01-27", true, true},
		{"Spring Festival", "2025-01-28", false, true},
		{"the Sunday before Labour Day", "2025-04-27", true, true},
		{"an ordinary Sunday", "2025-04-20", false, true},
		{"an ordinary Wednesday", "2025-04-23", true, true},
		{"Sunday before National Day", "2025-09-28", true, true},
		{"National Day", "2025-10-01", false, true},
		{"last day off of eight", "2025-10-08", false, true},
		{"the Thursday on which five notices came out", "2025-10-09", true, true},
		{"the Saturday worked after National Day", "2025-10-11", true, true},
		{"the second of January, a Friday", "2026-01-02", false, true},
		{"the first Sunday of 2026", "2026-01-04", true, true},
		{"the Saturday before the Spring Festival", "2026-02-14", true, true},
		{"the Sunday on which it begins", "2026-02-15", false, true},
		{"its last Monday", "2026-02-23", false, true},
		{"the Saturday after it", "2026-02-28", true, true},
		{"National Day 2026, last day off", "2026-10-07", false, true},
		{"the Thursday after it", "2026-10-08", true, true},
		{"last announced day", "2026-12-31", true, true},
		{"New Year's Day 2027, not announced", "2027-01-01", true, false},
		{"a Saturday not announced", "2027-01-02", false, false},
		{"before the first announced year", "2024-12-31", true, false},
		{"an instant counts by its own calendar day", "2026-02-28T23:30+08:00", true, true},
	} {
		if working, known := cn.IsWorking(MustDate(c.day)); working != c.working || known != c.known {
			t.Errorf("%s, %s: working %v, known %v", c.name, c.day, working, known)
		}
	}
}

func TestWorkingDays(t *testing.T) {
	cn := china()
	for _, c := range []struct {
		name, from, to string
		n              int
		known          bool
	}{
		{"the same day", "2025-10-09", "2025-10-09", 0, true},
		{"the day before does not count itself", "2025-10-08", "2025-10-09", 1, true},
		{"over the worked Saturday", "2025-10-09", "2025-10-13", 3, true},
		{"the week of National Day", "2025-09-30", "2025-10-08", 0, true},
		{"the whole of October 2025", "2025-09-30", "2025-10-31", 18, true},
		{"the whole of 2025", "2024-12-31", "2025-12-31", 248, true},
		{"the whole of 2026", "2025-12-31", "2026-12-31", 248, true},
		{"backwards", "2025-10-13", "2025-10-09", -3, true},
		{"into a year not announced", "2026-12-31", "2027-01-01", 1, false},
		{"backwards out of it", "2027-01-04", "2026-12-31", -2, false},
		{"to a month", "2026-11-02", "2026-12", 21, false},
	} {
		if n, known := cn.WorkingDays(MustDate(c.from), MustDate(c.to)); n != c.n || known != c.known {
			t.Errorf("%s: %d, known %v; want %d, %v", c.name, n, known, c.n, c.known)
		}
	}
}

// TestOtherWeekends reads the weekend from the calendar.
func TestOtherWeekends(t *testing.T) {
	c := Calendar{Weekend: []string{"fri", "sat"}, Years: []CalendarYear{{Year: 2026}}}
	for day, want := range map[string]bool{"2026-11-26": true, "2026-11-27": false, "2026-11-28": false, "2026-11-29": true} {
		if working, known := c.IsWorking(MustDate(day)); working != want || !known {
			t.Errorf("%s: working %v, known %v", day, working, known)
		}
	}
}

// countedSlowly is WorkingDays written another way: day after day, in words.
func countedSlowly(c Calendar, from, to time.Time) (n int, known bool) {
	known = true
	for day := from.AddDate(0, 0, 1); !day.After(to); day = day.AddDate(0, 0, 1) {
		working := !slices.Contains(c.Weekend, map[time.Weekday]string{0: "sun", 1: "mon", 2: "tue", 3: "wed", 4: "thu", 5: "fri", 6: "sat"}[day.Weekday()])
		told := false
		for _, y := range c.Years {
			told = told || y.Year == day.Year()
			for _, h := range y.Holidays {
				if slices.Contains(h.DaysOff, DayOf(day)) {
					working = false
				}
				if slices.Contains(h.Workdays, DayOf(day)) {
					working = true
				}
			}
		}
		if working {
			n++
		}
		known = known && told
	}
	return n, known
}

func TestWorkingDaysAgreeWithTheSlowCount(t *testing.T) {
	cn, start := china(), time.Date(2024, 11, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		from := start.AddDate(0, 0, rapid.IntRange(0, 900).Draw(t, "from"))
		to := from.AddDate(0, 0, rapid.IntRange(0, 200).Draw(t, "days"))
		want, wantKnown := countedSlowly(cn, from, to)
		if n, known := cn.WorkingDays(DayOf(from), DayOf(to)); n != want || known != wantKnown {
			t.Fatalf("%s to %s: %d, %v; want %d, %v", DayOf(from), DayOf(to), n, known, want, wantKnown)
		}
		if n, _ := cn.WorkingDays(DayOf(to), DayOf(from)); n != -want {
			t.Fatalf("%s back to %s: %d, want %d", DayOf(to), DayOf(from), n, -want)
		}
	})
}
