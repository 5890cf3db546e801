package tracker_test

import (
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

// corrected is a measure in force from 10 November 2025 with corrections of that.
func corrected(t *testing.T, corrections ...tracker.Event) *tracker.Measure {
	t.Helper()
	first := tracker.Event{ID: "first", What: tracker.Effective, On: tracker.MustDate("2025-11-10"),
		Until: tracker.MustDate("2026-11-10"), Published: tracker.MustDate("2025-11-10"), Evidence: tracker.Official}
	m := &tracker.Measure{ID: "m", Zone: "UTC", Events: append([]tracker.Event{first}, corrections...)}
	s, err := tracker.NewSnapshot(tracker.Facts{Measures: []*tracker.Measure{m}})
	if err != nil {
		t.Fatal(err)
	}
	return s.Measures[0]
}

func correction(id, of, until string) tracker.Event {
	return tracker.Event{ID: id, What: tracker.Corrected, Of: of, Until: tracker.MustDate(until)}
}

func TestCorrectionsOfCorrections(t *testing.T) {
	withdrawn := func(id, of string) tracker.Event { return tracker.Event{ID: id, What: tracker.Withdrawn, Of: of} }
	for _, c := range []struct {
		name  string
		later []tracker.Event
		until string // none: withdrawn
	}{
		{"none", nil, "2026-11-10"},
		{"one", []tracker.Event{correction("a", "first", "2026-11-09")}, "2026-11-09"},
		{"the later counts", []tracker.Event{correction("a", "first", "2026-11-09"), correction("b", "first", "2026-12-31")}, "2026-12-31"},
		{"a correction corrected", []tracker.Event{correction("a", "first", "2026-11-09"), correction("b", "a", "2026-12-31")}, "2026-12-31"},
		{"a correction withdrawn", []tracker.Event{correction("a", "first", "2026-11-09"), withdrawn("b", "a")}, "2026-11-10"},
		{"withdrawn", []tracker.Event{withdrawn("a", "first")}, ""},
		{"a withdrawal withdrawn", []tracker.Event{withdrawn("a", "first"), withdrawn("b", "a")}, "2026-11-10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := corrected(t, c.later...)
			if err := m.Admits(); err != nil {
				t.Fatal(err)
			}
			until := ""
			for _, e := range m.Known(tracker.Cut{}) {
				until = e.Until.String()
			}
			if until != c.until {
				t.Errorf("until %q, want %q", until, c.until)
			}
		})
	}
}

// An audit cut shows what was said before the correction was recorded.
func TestCorrectionAtAnAuditCut(t *testing.T) {
	mended := correction("a", "first", "2026-11-09")
	mended.Recorded = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	m := corrected(t, mended)
	for day, want := range map[int]string{1: "2026-11-10", 2: "2026-11-09"} {
		cut := tracker.Cut{Recorded: time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC)}
		if got := m.Known(cut)[0].Until.String(); got != want {
			t.Errorf("as recorded by 2 January's day %d: until %s, want %s", day, got, want)
		}
	}
}

func TestUnsoundCorrectionsAreRefused(t *testing.T) {
	becomesEnded := tracker.Event{ID: "a", What: tracker.Corrected, Of: "first", Becomes: tracker.Ended}
	for _, c := range []struct {
		name  string
		event tracker.Event
		want  string
	}{
		{"of itself", correction("a", "a", "2026-11-09"), `is of "a", which does not come before it`},
		{"of nothing", correction("a", "frist", "2026-11-09"), `did you mean "first"?`},
		{"an end before the beginning", correction("a", "first", "2025-11-09"), "until, 2025-11-09, is not after on, 2025-11-10"},
		{"an ending without a reason", becomesEnded, `leaves "first" without "reason", which an ended event needs`},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := corrected(t).Admits(c.event)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
