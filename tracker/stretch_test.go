package tracker

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestStretchesSayWhatAtSays holds the course of drawn measures against
// [Measure.At] at instants anywhere, and at and beside each change.
func TestStretchesSayWhatAtSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawFamily(t)
		if !inOrder(m) {
			t.Skip("not in order")
		}
		cut := Cut{}
		if rapid.Bool().Draw(t, "as known then") {
			cut.Known = time.Date(2025, 1, rapid.IntRange(1, 700).Draw(t, "known"), 12, 0, 0, 0, time.UTC)
		}
		all := m.Stretches(cut)
		checkStretches(t, all)
		instants := []time.Time{time.Date(2024, 11, 1, 0, 0, rapid.IntRange(0, 3*365*86400).Draw(t, "second"), 0, time.UTC)}
		for _, stretch := range all {
			instants = append(instants, stretch.From.Add(-1), stretch.From, stretch.From.Add(1), stretch.From.Add(time.Hour))
		}
		for _, at := range instants {
			got, want := stretchOn(all, at), m.At(at, cut)
			if !got.like(Stretch{Status: want.Status, Reason: want.Reason, Presumed: want.Presumed, Uncertain: want.Uncertain}) {
				t.Fatalf("%s at %s: the course says %+v, At %q %q presumed %v uncertain %v\n%s", m.ID, at, got, want.Status, want.Reason, want.Presumed, want.Uncertain, tell(m))
			}
		}
	})
}

// stretchOn is the one that holds the instant; the zero stretch before the first.
func stretchOn(all []Stretch, at time.Time) Stretch {
	for _, s := range all {
		if !at.Before(s.From) && (s.To.IsZero() || at.Before(s.To)) {
			return s
		}
	}
	return Stretch{}
}

func checkStretches(t *rapid.T, all []Stretch) {
	for i, s := range all {
		switch {
		case i+1 < len(all) && !s.To.Equal(all[i+1].From):
			t.Fatalf("stretch %d ends at %s, the next begins at %s", i, s.To, all[i+1].From)
		case i+1 < len(all) && s.like(all[i+1]):
			t.Fatalf("stretches %d and %d say the same", i, i+1)
		case i+1 == len(all) && !s.To.IsZero():
			t.Fatalf("the last stretch ends at %s", s.To)
		}
	}
}

// TestStretchesOfStarterMeasures compares courses with those that the sources tell.
func TestStretchesOfStarterMeasures(t *testing.T) {
	s := starterSnapshot(t)
	table, err := os.ReadFile("testdata/stretches.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(strings.TrimSpace(string(table)), "\n\n") {
		id, want, _ := strings.Cut(block, "\n")
		m, err := s.Measure(id)
		if err != nil {
			t.Fatal(err)
		}
		if got := courseInWords(m.Stretches(Cut{})); got != want {
			t.Errorf("%s:\n got\n%s\nwant\n%s", id, got, want)
		}
	}
}

// TestStretchesOfCoarseDates: within a quarter in which the end falls somewhere
// the measure stands, uncertain.
func TestStretchesOfCoarseDates(t *testing.T) {
	s, err := NewSnapshot(Facts{Measures: []*Measure{{ID: "x", Zone: "UTC", Events: []Event{
		{ID: "x.1", What: Effective, On: MustDate("2025-11-08"), Until: MustDate("2026-Q3"), Published: MustDate("2025-10-09"), Evidence: Official},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	want := "2025-11-08 in-force\n2026-07-01 in-force uncertain\n2026-10-01 ended expired presumed (known only as 2026-Q3)"
	if got := courseInWords(s.Measures[0].Stretches(Cut{})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func courseInWords(all []Stretch) string {
	var lines []string
	for _, s := range all {
		words := []string{From(s.From).String(), string(s.Status)}
		if s.Status == NoStatus {
			words[1] = "none"
		}
		if s.Reason != "" {
			words = append(words, string(s.Reason))
		}
		if s.Presumed {
			words = append(words, "presumed")
		}
		if s.Uncertain {
			words = append(words, "uncertain")
		}
		if !s.Coarse.IsZero() {
			words = append(words, fmt.Sprintf("(known only as %s)", s.Coarse))
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return strings.Join(lines, "\n")
}
