package tracker

import (
	"testing"
	"time"
)

func TestHushedFiringsAreNotSent(t *testing.T) {
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	s := Subscription{ID: "s1", Owner: "guild:1", Channel: "c", Zone: "UTC", Deliver: AtOnce}
	f := Firing{Rule: "snap-back", Subject: "cn-mofcom-2025-58", Measures: []string{"cn-mofcom-2025-58", "cn-mofcom-2025-57"}}
	snooze := func(rule, subject string) Hush {
		return Hush{Owner: "guild:1", Rule: rule, Subject: subject, Until: noon.Add(time.Hour)}
	}
	mute := func(channel, measure string) Hush {
		return Hush{Owner: "guild:1", Channel: channel, Measure: measure}
	}
	of := func(owner string, h Hush) Hush { h.Owner = owner; return h }
	for _, tt := range []struct {
		name   string
		hushes []Hush
		at     time.Time
		want   Cause
	}{
		{"none", nil, noon, CauseMatch},
		{"snoozed", []Hush{snooze("snap-back", "cn-mofcom-2025-58")}, noon, CauseSnoozed},
		{"the snooze is over", []Hush{snooze("snap-back", "cn-mofcom-2025-58")}, noon.Add(time.Hour), CauseMatch},
		{"another subject", []Hush{snooze("snap-back", "cn-mofcom-2025-57")}, noon, CauseMatch},
		{"another rule", []Hush{snooze("price", "cn-mofcom-2025-58")}, noon, CauseMatch},
		{"somebody else's snooze", []Hush{of("guild:2", snooze("snap-back", "cn-mofcom-2025-58"))}, noon, CauseMatch},
		{"one of its measures is muted", []Hush{mute("c", "cn-mofcom-2025-58")}, noon, CauseMatch},
		{"all of its measures are", []Hush{mute("c", "cn-mofcom-2025-58"), mute("c", "cn-mofcom-2025-57")}, noon.AddDate(9, 0, 0), CauseMuted},
		{"in another channel", []Hush{mute("d", "cn-mofcom-2025-58"), mute("d", "cn-mofcom-2025-57")}, noon, CauseMatch},
		{"somebody else's mute", []Hush{of("guild:2", mute("c", "cn-mofcom-2025-58")), mute("c", "cn-mofcom-2025-57")}, noon, CauseMatch},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if p := Plan(s, f, tt.at, tt.hushes...); p.Cause != tt.want || (p.State == NotSent) != (tt.want != CauseMatch) {
				t.Errorf("%s because %s, want %s", p.State, p.Cause, tt.want)
			}
		})
	}
	if p := Plan(s, Firing{Rule: "weekly-note"}, noon, mute("c", "")); p.Cause != CauseMatch {
		t.Errorf("what concerns no measure is not sent because %s", p.Cause)
	}
}

// Named regressions: prometheus/alertmanager#730, #1639.
func TestHushesDoNotEndAtWeekends(t *testing.T) {
	for _, tt := range []struct{ zone, until, end string }{
		{"Asia/Shanghai", "2026-11-27", "2026-11-27T09:00:00+08:00"},
		{"Asia/Shanghai", "2026-11-28", "2026-11-30T09:00:00+08:00"},
		{"Asia/Shanghai", "2026-11-29", "2026-11-30T09:00:00+08:00"},
		{"Asia/Shanghai", "2026-11-27T15:59:59Z", "2026-11-27T23:59:59+08:00"},
		{"Asia/Shanghai", "2026-11-27T16:00:00Z", "2026-11-30T09:00:00+08:00"}, // Friday still in UTC
		{"UTC", "2026-11-27T16:00:00Z", "2026-11-27T16:00:00Z"},
		{"America/New_York", "2026-11-30T04:00:00Z", "2026-11-30T09:00:00-05:00"}, // Monday in UTC
		{"Europe/Berlin", "2026-10-25", "2026-10-26T09:00:00+01:00"},              // the clocks change that Sunday
		{"UTC", "2026-12", "2026-12-01T09:00:00Z"},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		end, moved := HushEnd(MustDate(tt.until), zone)
		if got := end.Format(time.RFC3339); got != tt.end {
			t.Errorf("until %s in %s: %s, want %s", tt.until, tt.zone, got, tt.end)
		}
		if was := MustDate(tt.until).First(zone).In(zone).Weekday(); moved != (was == time.Saturday || was == time.Sunday) {
			t.Errorf("until %s in %s, a %s: moved %t", tt.until, tt.zone, was, moved)
		}
	}
}
