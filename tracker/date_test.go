package tracker

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// zoneOf loads a zone that a test names.
func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// rfc reads an instant that a test names.
func rfc(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestParseDate(t *testing.T) {
	tests := []struct {
		text      string
		precision Precision
		coarse    bool
	}{
		{"none", Never, false},
		{"2026", Year, true},
		{"2026-H1", Half, true},
		{"2026-H2", Half, true},
		{"2026-Q1", Quarter, true},
		{"2026-Q4", Quarter, true},
		{"2026-11", Month, true},
		{"2024-02-29", Day, false},
		{"2026-11-10", Day, false},
		{"2026-11-10T13:01", Instant, false},
		{"2026-11-10T13:01:30", Instant, false},
		{"2026-11-10T13:01+08:00", Instant, false},
		{"2026-11-10T13:01:30-05:00", Instant, false},
		{"2026-11-10T05:01Z", Instant, false},
		{"1900", Year, true},
		{"2199-12-31", Day, false},
	}
	for _, tt := range tests {
		d, err := ParseDate(tt.text)
		if err != nil {
			t.Errorf("ParseDate(%q): %v", tt.text, err)
			continue
		}
		if d.Precision() != tt.precision || d.Coarse() != tt.coarse || d.String() != tt.text || d.IsZero() {
			t.Errorf("ParseDate(%q) = %q, precision %d, coarse %v; want precision %d, coarse %v",
				tt.text, d, d.Precision(), d.Coarse(), tt.precision, tt.coarse)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	tests := []string{
		"", " ", "None", "never", "26", "202", "20261", "2026-", "2026-H0", "2026-H3", "2026-h1", "2026-Q0", "2026-Q5",
		"2026-Q1\n", "2026-13", "2026-00", "2026-1", "2026-02-29", "2026-11-31", "2026-11-00", "2026-1-1", " 2026-11-10", "2026-11-10 ",
		"2026-11-10 13:01", "2026-11-10T", "2026-11-10T24:00", "2026-11-10T13", "2026-11-10T13:60", "2026-11-10T13:01:60",
		"2026-11-10T9:01", "2026-11-10T9:01:00Z", "2026-11-10T13:01:00,5", "2026-11-10T13:01+8", "2026-11-10t13:01:00z",
		"1899", "1899-12-31", "2200-01-01", "0000", "9999-12-31", "２０２６",
	}
	for _, text := range tests {
		if d, err := ParseDate(text); err == nil {
			t.Errorf("ParseDate(%q) = %q; want it refused", text, d)
		} else if !strings.Contains(err.Error(), "2026-11-10T13:01") && !strings.Contains(err.Error(), "1900 and 2199") {
			t.Errorf("ParseDate(%q): %q does not say what to write", text, err)
		}
	}
}

// A stretch begins with its first instant in the zone and is followed at once
// by the next; Last is the nanosecond before.
func TestDateBounds(t *testing.T) {
	tests := []struct{ name, date, zone, first, after string }{
		{"year", "2026", "Asia/Shanghai", "2026-01-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00"},
		{"first half", "2026-H1", "Asia/Shanghai", "2026-01-01T00:00:00+08:00", "2026-07-01T00:00:00+08:00"},
		{"second half", "2026-H2", "Asia/Shanghai", "2026-07-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00"},
		{"quarter across a change of clocks", "2026-Q2", "America/New_York", "2026-04-01T00:00:00-04:00", "2026-07-01T00:00:00-04:00"},
		{"fourth quarter", "2026-Q4", "America/New_York", "2026-10-01T00:00:00-04:00", "2027-01-01T00:00:00-05:00"},
		{"February of a leap year", "2028-02", "UTC", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"},
		{"December", "2026-12", "UTC", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"day", "2026-11-10", "Asia/Shanghai", "2026-11-10T00:00:00+08:00", "2026-11-11T00:00:00+08:00"},
		{"day of 23 hours", "2026-03-08", "America/New_York", "2026-03-08T00:00:00-05:00", "2026-03-09T00:00:00-04:00"},
		{"day of 25 hours", "2026-11-01", "America/New_York", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"},
		{"Santiago's spring day begins at one", "2025-09-07", "America/Santiago", "2025-09-07T01:00:00-03:00", "2025-09-08T00:00:00-03:00"},
		{"and the day before it ends there", "2025-09-06", "America/Santiago", "2025-09-06T00:00:00-04:00", "2025-09-07T01:00:00-03:00"},
		{"Beirut's spring day begins at one", "2025-03-30", "Asia/Beirut", "2025-03-30T01:00:00+03:00", "2025-03-31T00:00:00+03:00"},
		{"Cairo's spring day begins at one", "2025-04-25", "Africa/Cairo", "2025-04-25T01:00:00+03:00", "2025-04-26T00:00:00+03:00"},
		{"Sao Paulo's 23rd hour comes twice", "2018-02-17", "America/Sao_Paulo", "2018-02-17T00:00:00-02:00", "2018-02-18T00:00:00-03:00"},
		{"Havana's midnight comes twice: the first counts", "2025-11-02", "America/Havana", "2025-11-02T00:00:00-04:00", "2025-11-03T00:00:00-05:00"},
		{"Saint John's midnight comes twice, a minute before the change", "2010-11-07", "America/St_Johns", "2010-11-07T00:00:00-02:30", "2010-11-08T00:00:00-03:30"},
		{"Amman's midnight comes twice: the first counts", "2021-10-29", "Asia/Amman", "2021-10-29T00:00:00+03:00", "2021-10-30T00:00:00+02:00"},
		{"Lord Howe shifts by half an hour", "2026-10-04", "Australia/Lord_Howe", "2026-10-04T00:00:00+10:30", "2026-10-05T00:00:00+11:00"},
		{"Samoa's skipped day is empty", "2011-12-30", "Pacific/Apia", "2011-12-31T00:00:00+14:00", "2011-12-31T00:00:00+14:00"},
		{"a time is its own end", "2025-11-10T13:01", "Asia/Shanghai", "2025-11-10T13:01:00+08:00", "2025-11-10T13:01:00+08:00"},
		{"a time with an offset keeps to it", "2025-11-10T00:01-05:00", "Asia/Shanghai", "2025-11-10T13:01:00+08:00", "2025-11-10T13:01:00+08:00"},
		{"a time that the clocks skip is the first after", "2026-03-08T02:30", "America/New_York", "2026-03-08T03:00:00-04:00", "2026-03-08T03:00:00-04:00"},
		{"a time that comes twice is the first", "2026-11-01T01:30", "America/New_York", "2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-04:00"},
		{"also east of Greenwich", "2026-10-25T02:30", "Europe/Amsterdam", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+02:00"},
		{"with an offset the second can be meant", "2026-11-01T01:30-05:00", "America/New_York", "2026-11-01T01:30:00-05:00", "2026-11-01T01:30:00-05:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, zone := MustDate(tt.date), zoneOf(t, tt.zone)
			first, after := rfc(t, tt.first), rfc(t, tt.after)
			if got := d.First(zone); !got.Equal(first) {
				t.Errorf("First = %s; want %s", got, first)
			}
			if got := d.After(zone); !got.Equal(after) {
				t.Errorf("After = %s; want %s", got, after)
			}
			last := after.Add(-time.Nanosecond)
			if d.Precision() == Instant {
				last = first
			}
			if got := d.Last(zone); !got.Equal(last) {
				t.Errorf("Last = %s; want %s", got, last)
			}
		})
	}
}

func TestNoDateHasNoInstants(t *testing.T) {
	for _, d := range []Date{{}, MustDate("none")} {
		if !d.First(time.UTC).IsZero() || !d.After(time.UTC).IsZero() || !d.Last(time.UTC).IsZero() {
			t.Errorf("%q has instants", d)
		}
	}
}

// An end is told by the last day that still holds, a beginning by its first day.
func TestLastDayAndFrom(t *testing.T) {
	tests := []struct{ name, end, zone, last, from string }{
		{"midnight", "2026-11-11T00:00:00+08:00", "Asia/Shanghai", "2026-11-10", "2026-11-11"},
		{"midnight seen from elsewhere", "2026-11-10T16:00:00Z", "Asia/Shanghai", "2026-11-10", "2026-11-11"},
		{"within a day", "2026-11-10T13:01:00+08:00", "Asia/Shanghai", "2026-11-10T13:01:00+08:00", "2026-11-10T13:01:00+08:00"},
		{"Santiago's day that begins at one", "2025-09-07T01:00:00-03:00", "America/Santiago", "2025-09-06", "2025-09-07"},
		{"Havana's first midnight", "2025-11-02T00:00:00-04:00", "America/Havana", "2025-11-01", "2025-11-02"},
		{"Havana's second midnight", "2025-11-02T00:00:00-05:00", "America/Havana", "2025-11-02T00:00:00-05:00", "2025-11-02T00:00:00-05:00"},
		{"after Samoa's skipped day", "2011-12-31T00:00:00+14:00", "Pacific/Apia", "2011-12-29", "2011-12-31"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			end := rfc(t, tt.end).In(zoneOf(t, tt.zone))
			if got := LastDay(end); got != MustDate(tt.last) {
				t.Errorf("LastDay = %q; want %q", got, tt.last)
			}
			if got := From(end); got != MustDate(tt.from) {
				t.Errorf("From = %q; want %q", got, tt.from)
			}
		})
	}
	if !LastDay(time.Time{}).IsZero() || !From(time.Time{}).IsZero() {
		t.Error("no time gives a date")
	}
}

func TestDaysBetween(t *testing.T) {
	tests := []struct {
		from, to string
		days     int
	}{
		{"2026-11-10", "2026-11-10", 0},
		{"2026-11-10", "2026-11-11", 1},
		{"2026-11-11", "2026-11-10", -1},
		{"2024-02-28", "2024-03-01", 2},
		{"2025-12-31", "2026", 1},
		{"2026", "2026-Q2", 90},
		{"2026-03-07", "2026-03-09T00:30", 2},
		{"2026-11-10T23:59", "2026-11-11T00:00", 1},
		{"2026-11-10T00:01-05:00", "2026-11-10T23:59+08:00", 0},
		{"2026-11-10T23:30-05:00", "2026-11-11", 1},
		{"1969-12-31T23:59", "1970-01-01", 1},
		{"1969-12-31", "1969-12-31T23:59", 0},
		{"1970-01-01T01:00+02:00", "1970-01-01", 0},
		{"1970-01-01T01:00-02:00", "1970-01-01", 0},
	}
	for _, tt := range tests {
		if got := DaysBetween(MustDate(tt.from), MustDate(tt.to)); got != tt.days {
			t.Errorf("DaysBetween(%s, %s) = %d; want %d", tt.from, tt.to, got, tt.days)
		}
	}
}

func TestDayOfAndInstantOf(t *testing.T) {
	late := rfc(t, "2026-11-10T23:30:15-05:00")
	if got := DayOf(late); got != MustDate("2026-11-10") {
		t.Errorf("DayOf = %q", got)
	}
	if got := DayOf(late.In(zoneOf(t, "Asia/Shanghai"))); got != MustDate("2026-11-11") {
		t.Errorf("DayOf in Shanghai = %q", got)
	}
	if got := InstantOf(late); got != MustDate("2026-11-10T23:30:15-05:00") {
		t.Errorf("InstantOf = %q", got)
	}
	liberia := time.Date(1970, 6, 1, 12, 0, 0, 0, zoneOf(t, "Africa/Monrovia")) // 44 minutes 30 seconds behind
	if got := MustDate(InstantOf(liberia).String()).First(time.UTC); !got.Equal(liberia) {
		t.Errorf("an offset with seconds is lost in writing: %s became %s", liberia, got)
	}
}

func TestDateText(t *testing.T) {
	var d Date
	for _, blank := range []string{"", "  ", "\n"} {
		d = MustDate("2026")
		if err := d.UnmarshalText([]byte(blank)); err != nil || !d.IsZero() {
			t.Errorf("UnmarshalText(%q) = %q, %v; want no date", blank, d, err)
		}
	}
	d = MustDate("2026")
	if err := d.UnmarshalText([]byte("tomorrow")); err == nil || d != MustDate("2026") {
		t.Errorf("a bad text gave %q, %v; want the old date kept and an error", d, err)
	}
	if text, err := (Date{}).MarshalText(); err != nil || len(text) != 0 {
		t.Errorf("MarshalText of no date = %q, %v", text, err)
	}
}

func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"none", "2026", "2026-H1", "2026-Q2", "2026-11", "2026-11-10", "2026-11-10T13:01",
		"2026-11-10T13:01:59.999Z", "2026-11-10T13:01+24:00", "2026-11-10T13:01-00:30", "1900-01-01T00:00+23:59"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			if d != (Date{}) {
				t.Fatalf("%q refused, yet gave %q", s, d)
			}
			return
		}
		checkDate(t, d)
		text, _ := d.MarshalText()
		var again Date
		if err := again.UnmarshalText(text); err != nil || again != d || string(text) != s {
			t.Fatalf("%q came back as %q, %v", s, again, err)
		}
	})
}

// checkDate holds for every date in every zone.
func checkDate(t interface{ Fatalf(string, ...any) }, d Date) {
	for _, name := range []string{"UTC", "Asia/Shanghai", "America/New_York", "America/Santiago", "America/Havana", "America/St_Johns", "Pacific/Apia"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatalf("%v", err)
		}
		first, after, last := d.First(zone), d.After(zone), d.Last(zone)
		switch {
		case d.IsZero() || d.Precision() == Never:
			if !first.IsZero() || !after.IsZero() || !last.IsZero() {
				t.Fatalf("%q in %s: %s, %s, %s; want no instants", d, name, first, after, last)
			}
		case d.Precision() == Instant:
			if !first.Equal(after) || !first.Equal(last) {
				t.Fatalf("%q in %s: %s, %s, %s; want one instant", d, name, first, after, last)
			}
		case first.After(after) || first.Equal(after) && name != "Pacific/Apia":
			t.Fatalf("%q in %s: begins %s, not before its end %s", d, name, first, after)
		case !last.Add(time.Nanosecond).Equal(after):
			t.Fatalf("%q in %s: last instant %s, first after it %s", d, name, last, after)
		}
	}
}

var dayZones = []string{"UTC", "Asia/Shanghai", "America/New_York", "Europe/Amsterdam", "America/Santiago", "Asia/Beirut", "Africa/Cairo",
	"America/Havana", "America/St_Johns", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kwajalein", "Asia/Tehran", "Africa/Casablanca"}

// Consecutive days tile time: no instant lies between them or in two of them,
// and what begins or ends with a day is told as that day.
func TestDaysTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(dayZones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		base := time.Date(1960, 1, rapid.IntRange(1, 365*100).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		day, next := DayOf(base), DayOf(base.AddDate(0, 0, 1))
		if !day.After(zone).Equal(next.First(zone)) {
			t.Fatalf("%s ends at %s, %s begins at %s", day, day.After(zone), next, next.First(zone))
		}
		if DaysBetween(day, next) != 1 {
			t.Fatalf("%d days from %s to %s", DaysBetween(day, next), day, next)
		}
		length := day.After(zone).Sub(day.First(zone))
		if length == 0 && (zone.String() == "Pacific/Apia" || zone.String() == "Pacific/Kwajalein") {
			return // a day that the islands left out
		}
		if length < 22*time.Hour || length > 26*time.Hour && zone.String() != "Pacific/Kwajalein" {
			t.Fatalf("%s in %s lasts %s", day, zone, length)
		}
		if From(day.First(zone)) != day || LastDay(day.After(zone)) != day {
			t.Fatalf("%s in %s is told as from %s, last day %s", day, zone, From(day.First(zone)), LastDay(day.After(zone)))
		}
	})
}

// A reading of the clocks is the first instant that shows it, or, where the
// clocks skip it, the instant at which they jump over it.
func TestFirstOfAReading(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(dayZones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		wall := time.Date(1960, 1, 1, 0, rapid.IntRange(0, 100*365*24*60).Draw(t, "minute"), 0, 0, time.UTC)
		if _, change := wall.In(zone).ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, "near a change") {
			_, shift := change.Zone()
			wall = change.UTC().Add(time.Duration(shift)*time.Second + time.Duration(rapid.IntRange(-90, 90).Draw(t, "off"))*time.Minute)
		}
		first := MustDate(wall.Format("2006-01-02T15:04:05")).First(zone)
		var shows []time.Time // every instant that shows wall, by each shift in use around it
		for h := -26; h <= 26; h++ {
			_, shift := wall.Add(time.Duration(h) * time.Hour).In(zone).Zone()
			at := wall.Add(-time.Duration(shift) * time.Second).In(zone)
			if at.Format(time.DateTime) == wall.Format(time.DateTime) {
				shows = append(shows, at)
			}
		}
		if len(shows) > 0 {
			if want := slices.MinFunc(shows, time.Time.Compare); !first.Equal(want) {
				t.Fatalf("%s in %s begins at %s; want %s", wall, zone, first, want)
			}
			return
		}
		clock := func(at time.Time) string { return at.Format(time.DateTime) }
		if clock(first) <= clock(wall) || clock(first.Add(-time.Second)) >= clock(wall) {
			t.Fatalf("%s is skipped in %s, and taken for %s", wall, zone, first)
		}
	})
}
