package rules

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// lineMeaning is what a line of cron means, told minute by minute: the clear
// but slow way, to compare [Schedule] with.
type lineMeaning struct {
	minute, hour, dom, month, dow [61]bool
	bothDays                      bool // day of month and weekday must hold, as one is *
	daily, everyHour              bool

	shown int64 // the latest reading of the clock so far, in minutes, and
	last  int64 // the reading before
}

func meaning(line string) *lineMeaning {
	f := strings.Fields(line)
	m := &lineMeaning{
		bothDays:  f[2] == "*" || f[4] == "*",
		daily:     !strings.ContainsAny(f[0], "*/-") && !strings.ContainsAny(f[1], "*/-,"),
		everyHour: f[1] == "*",
	}
	for i, into := range []*[61]bool{&m.minute, &m.hour, &m.dom, &m.month, &m.dow} {
		low, high := []int{0, 0, 1, 1, 0}[i], []int{59, 23, 31, 12, 6}[i]
		for v := low; v <= high; v++ {
			into[v] = matches(f[i], low, v)
		}
	}
	return m
}

// matches reads a field of one entry or a list.
func matches(field string, low, v int) bool {
	return slices.ContainsFunc(strings.Split(field, ","), func(entry string) bool {
		span, step := entry, 1
		if before, after, ok := strings.Cut(entry, "/"); ok {
			span = before
			step, _ = strconv.Atoi(after)
		}
		if span == "*" {
			return (v-low)%step == 0
		}
		from, to, ok := strings.Cut(span, "-")
		if !ok {
			to = from
		}
		a, _ := strconv.Atoi(from)
		b, _ := strconv.Atoi(to)
		return v >= a && v <= b && (v-a)%step == 0
	})
}

// says whether a reading of the clock, in minutes since 1970, is one of the line's.
func (m *lineMeaning) says(wall int64) bool {
	if !m.minute[wall%60] || !m.hour[wall/60%24] {
		return false
	}
	day := time.Unix(wall*60, 0).UTC()
	dom, dow := m.dom[day.Day()], m.dow[day.Weekday()]
	if !m.bothDays {
		return m.month[day.Month()] && (dom || dow)
	}
	return m.month[day.Month()] && dom && dow
}

// due takes the next minute, at which the clock shows wall. A daily line's time
// counts when it is first shown or passed over. Other lines' count whenever they
// are shown, and when they are passed over unless every hour has one.
func (m *lineMeaning) due(wall int64) (due bool) {
	from := m.last + 1
	if m.daily {
		from = m.shown + 1
	} else if m.everyHour || from > wall {
		from = wall
	}
	for x := from; x <= wall; x++ {
		due = due || m.says(x)
	}
	m.shown, m.last = max(m.shown, wall), wall
	return due
}

// readings calls visit with every minute from three days before from, and what the clock of z shows then.
func readings(z *time.Location, from, to time.Time, visit func(at, wall int64)) {
	for at := from.Add(-72 * time.Hour).Truncate(time.Minute); !at.After(to); at = at.Add(time.Minute) {
		_, offset := at.In(z).Zone()
		visit(at.Unix(), (at.Unix()+int64(offset))/60)
	}
}

// between gives the ticks after from, up to and including to.
func (m *lineMeaning) between(z *time.Location, from, to time.Time) (ticks []time.Time) {
	readings(z, from, to, func(at, wall int64) {
		if m.last == 0 {
			m.shown, m.last = wall-1, wall-1
		}
		if m.due(wall) && at > from.Unix() {
			ticks = append(ticks, time.Unix(at, 0).In(z))
		}
	})
	return ticks
}

// TestTicksOfTenYears compares ten years of minutes, in zones with odd clocks.
func TestTicksOfTenYears(t *testing.T) {
	zones := []string{"UTC", "Asia/Shanghai", "America/New_York", "Europe/London", "Europe/Dublin", "Australia/Lord_Howe", "Africa/Casablanca",
		"America/Santiago", "Asia/Amman", "Asia/Gaza", "America/Havana", "Pacific/Chatham"}
	lines := []string{
		"0 9 * * *", "30 2 * * *", "0 0 * * *", "0,30 1 * * *", "5 4 1,15 * *", "45 23 * * 0", "0 9 29 2 *", "10 0 13 * 5", "0 3 */10 * 1", // daily
		"0 * * * *", "30 * * * *", "*/30 2 * * *", "0 */2 * * *", "45 1-3 * * *", "15 0,12 * * *", "20 0-23/3 * 3,4,9-11 *", "*/20 1-3 * * 1-5",
	}
	years := 10
	if testing.Short() {
		years = 1
	}
	from := time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)
	to := from.AddDate(years, 0, 0)
	for _, name := range zones {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			z := zone(t, name)
			want := make([][]int64, len(lines))
			means := make([]*lineMeaning, len(lines))
			for i, line := range lines {
				means[i] = meaning(line)
			}
			readings(z, from, to, func(at, wall int64) {
				for i, m := range means {
					if m.last == 0 {
						m.shown, m.last = wall-1, wall-1
					}
					if m.due(wall) && at > from.Unix() {
						want[i] = append(want[i], at)
					}
				}
			})
			for i, line := range lines {
				s, err := ParseSchedule(line, z)
				if err != nil {
					t.Fatal(err)
				}
				got := 0
				for at := range s.Between(from, to) {
					if got == len(want[i]) || at.Unix() != want[i][got] {
						t.Fatalf("%s: tick %d is %v", line, got, at)
					}
					got++
				}
				if got != len(want[i]) {
					t.Errorf("%s: %d ticks, want %d", line, got, len(want[i]))
				}
			}
		})
	}
}
