package rules

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestTicksAtChangesOfTheClock(t *testing.T) {
	tests := []struct{ name, line, zone, from, to, want string }{
		{"a day like any other", "0 9 * * *", "America/New_York", "2026-03-02T00:00", "2026-03-03T00:00", "2026-03-02T09:00-05:00"},
		{"skipped time comes at the end of the gap", "30 2 * * *", "America/New_York", "2026-03-07T12:00", "2026-03-09T12:00",
			"2026-03-08T03:00-04:00 2026-03-09T02:30-04:00"},
		{"repeated time comes the first time only", "30 1 * * *", "America/New_York", "2026-11-01T00:00", "2026-11-02T12:00",
			"2026-11-01T01:30-04:00 2026-11-02T01:30-05:00"},
		{"every hour follows the clock through the gap", "0 * * * *", "Europe/London", "2026-03-29T00:00", "2026-03-29T03:00",
			"2026-03-29T02:00+01:00 2026-03-29T03:00+01:00"},
		{"every hour follows the clock through the repeat", "0 * * * *", "Europe/London", "2026-10-25T00:30", "2026-10-25T02:00",
			"2026-10-25T01:00+01:00 2026-10-25T01:00Z 2026-10-25T02:00Z"},
		{"listed hours come at the end of the gap", "30 1,2 * * *", "America/New_York", "2026-03-08T00:00", "2026-03-08T12:00",
			"2026-03-08T01:30-05:00 2026-03-08T03:00-04:00"},
		{"listed hours come twice in the repeat", "30 1,2 * * *", "America/New_York", "2026-11-01T00:00", "2026-11-01T12:00",
			"2026-11-01T01:30-04:00 2026-11-01T01:30-05:00 2026-11-01T02:30-05:00"},
		{"half past every hour has nothing to make up for", "30 * * * *", "America/New_York", "2026-03-08T01:00", "2026-03-08T04:00",
			"2026-03-08T01:30-05:00 2026-03-08T03:30-04:00"},
		{"a gap of half an hour", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00", "2026-10-04T12:00", "2026-10-04T02:30+11:00"},
		{"a repeat of half an hour", "45 1 * * *", "Australia/Lord_Howe", "2026-04-05T00:00", "2026-04-05T12:00", "2026-04-05T01:45+11:00"},
		{"the day after a short one begins at midnight", "0 * 9 * *", "America/New_York", "2026-03-08T00:00", "2026-03-09T01:00",
			"2026-03-09T00:00-04:00 2026-03-09T01:00-04:00"},
		{"midnight is skipped", "@daily", "America/Santiago", "2026-09-05T12:00", "2026-09-06T12:00", "2026-09-06T01:00-03:00"},
		{"either day suffices", "0 9 13 * 5", "UTC", "2026-11-01T00:00", "2026-11-14T00:00", "2026-11-06T09:00Z 2026-11-13T09:00Z"},
		{"leap day", "0 9 29 2 *", "UTC", "2096-03-01T00:00", "2104-03-01T00:00", "2104-02-29T09:00Z"},
		{"every from the epoch", "@every 7h", "UTC", "1970-01-01T00:00", "1970-01-01T15:00", "1970-01-01T07:00Z 1970-01-01T14:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := zone(t, tt.zone)
			s, err := ParseSchedule(tt.line, z)
			if err != nil {
				t.Fatal(err)
			}
			at := func(text string) time.Time {
				v, err := time.ParseInLocation("2006-01-02T15:04", text, z)
				if err != nil {
					t.Fatal(err)
				}
				return v
			}
			var got []string
			for tick := range s.Between(at(tt.from), at(tt.to)) {
				got = append(got, tick.Format("2006-01-02T15:04Z07:00"))
			}
			if g := strings.Join(got, " "); g != tt.want {
				t.Errorf("%s\n got %s\nwant %s", tt.line, g, tt.want)
			}
		})
	}
}

func TestSchedulesRefused(t *testing.T) {
	for _, line := range []string{"", "@every 500ms", "@every 1.5s", "@every x", "@every -1h", "@every 1000000h", "@never", "* * * *", "0 0 9 * * *",
		"60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "0 9 31 2 *", "0 9 30 2 *", "0 9 31 4,6,9,11 *", "TZ=UTC 0 9 * * *",
		"CRON_TZ=UTC 0 9 * *", "TZ=", "TZ=UTC", "a b c d e", "5-1 * * * *", "0 22-5 * * *", "*/0 * * * *", "0 9 L * *", ", * * * *", "1,, * * * *", "0 9 * * * " + strings.Repeat("x", 1000)} {
		if s, err := ParseSchedule(line, time.UTC); err == nil {
			t.Errorf("%q accepted as %v", line, s)
		}
	}
}

func TestTicksAgainstEveryMinute(t *testing.T) {
	changes := map[string][]string{
		"America/New_York":    {"2026-03-08", "2026-11-01"},
		"Europe/London":       {"2026-03-29", "2026-10-25"},
		"Australia/Lord_Howe": {"2026-04-05", "2026-10-04"},
		"America/Santiago":    {"2026-04-05", "2026-09-06"},
		"Pacific/Apia":        {"2011-12-30"},
		"Asia/Shanghai":       {"2026-01-01", "1991-04-14"},
		"Africa/Casablanca":   {"2026-02-15", "2026-03-22"},
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(changes))).Draw(t, "zone")
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		day, _ := time.ParseInLocation(time.DateOnly, rapid.SampledFrom(changes[name]).Draw(t, "day"), z)
		from := day.Add(time.Duration(rapid.IntRange(-3000, 1000).Draw(t, "minutes")) * time.Minute)
		to := from.Add(60 * time.Hour)
		line := fmt.Sprintf("%s %s %s * %s",
			rapid.SampledFrom([]string{"0", "30", "15,45", "*/20", "59", "0-5"}).Draw(t, "minute"),
			rapid.SampledFrom([]string{"0", "1", "2", "3", "9", "23", "*", "*/2", "1-3", "1,2", "0,23"}).Draw(t, "hour"),
			rapid.SampledFrom([]string{"*", "*", strconv.Itoa(day.Day()), "1,8,28"}).Draw(t, "dom"),
			rapid.SampledFrom([]string{"*", "*", strconv.Itoa(int(day.Weekday()))}).Draw(t, "dow"))
		s, err := ParseSchedule(line, z)
		if err != nil {
			t.Fatal(err)
		}
		want := meaning(line).between(z, from, to)
		got := slices.Collect(s.Between(from, to))
		if !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Fatalf("%s in %s after %v\n got %v\nwant %v", line, name, from, got, want)
		}
		if len(want) > 0 {
			if last := s.Last(to); !last.Equal(want[len(want)-1]) {
				t.Fatalf("last is %v, want %v", last, want[len(want)-1])
			}
		}
	})
}
