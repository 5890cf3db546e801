package tracker

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func starterSnapshot(t testing.TB) *Snapshot {
	t.Helper()
	facts, err := ReadFacts(os.DirFS("../measures.d"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSnapshot(facts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The starter measures stand as their sources have it.
func TestStatusOfStarterMeasures(t *testing.T) {
	s := starterSnapshot(t)
	table, err := os.ReadFile("testdata/status.txt")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(table), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		asked, want, ok := strings.Cut(line, " | ")
		words := strings.Fields(asked)
		if !ok || len(words) != 2 && len(words) != 4 {
			t.Fatalf("status.txt:%d: %q is no row", i+1, line)
		}
		m, err := s.Measure(words[0])
		if err != nil {
			t.Fatalf("status.txt:%d: %v", i+1, err)
		}
		q := Query{On: MustDate(words[1])}
		if len(words) == 4 {
			q.Known = MustDate(words[3])
		}
		if got := inWords(m, m.Asked(q), want); got != want {
			t.Errorf("status.txt:%d: %s\n got %s\nwant %s", i+1, asked, got, want)
		}
	}
}

// inWords tells a state as the table does. The optional words are told where want has them.
func inWords(m *Measure, s State, want string) string {
	words := []string{string(s.Status)}
	if s.Status == NoStatus {
		words = []string{"none"}
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
	for _, part := range strings.Split(want, ", ") {
		switch name, _, _ := strings.Cut(part, " "); name {
		case "since":
			words = append(words, "since "+inZone(m, s.Started()))
		case "rate":
			words = append(words, fmt.Sprintf("rate %g", s.Terms.Rate.Percent))
		case "reported":
			words = append(words, fmt.Sprintf("reported %d", len(s.Reported)))
		case "exempted":
			words = append(words, fmt.Sprintf("exempted %d", len(s.Exempted)))
		case "last", "stops":
			words = append(words, endInWords(m, s))
		}
	}
	if end := endInWords(m, s); !slices.Contains(words, end) {
		words = append(words, end)
	}
	return strings.TrimSuffix(strings.Join(words, ", "), ", ")
}

func endInWords(m *Measure, s State) string {
	switch d := s.Until(); {
	case d.IsZero():
		return ""
	case d.Precision() == Instant:
		return "stops " + inZone(m, d)
	case DaysBetween(d, s.BackFrom()) != 1 && !d.Coarse():
		return fmt.Sprintf("last day %s but back from %s", d, s.BackFrom())
	default:
		return "last day " + d.String()
	}
}

// inZone writes an instant without its offset, as measure files do.
func inZone(m *Measure, d Date) string {
	if d.Precision() == Instant {
		return d.First(m.Location()).Format("2006-01-02T15:04")
	}
	return d.String()
}

// lone is a measure in Shanghai with those events, all official and published on their day unless they say otherwise.
func lone(t testing.TB, events ...Event) *Measure {
	t.Helper()
	return family(t, events)[0]
}

// family makes measures that each stand under the next.
func family(t testing.TB, lists ...[]Event) []*Measure {
	t.Helper()
	var f Facts
	for i, list := range lists {
		m := &Measure{ID: fmt.Sprintf("m%d", i), Zone: "Asia/Shanghai"}
		if i+1 < len(lists) {
			m.Under = fmt.Sprintf("m%d", i+1)
		}
		for j, e := range list {
			if e.ID == "" {
				e.ID = fmt.Sprintf("%s.%d", m.ID, j)
			}
			if e.Evidence == "" {
				e.Evidence = Official
			}
			if e.Published.IsZero() && e.What != Corrected && e.What != Withdrawn {
				e.Published = e.On
			}
			m.Events = append(m.Events, e)
		}
		f.Measures = append(f.Measures, m)
	}
	s, err := NewSnapshot(f)
	if err != nil {
		t.Fatal(err)
	}
	return s.Measures
}

func on(what What, date string) Event { return Event{What: what, On: MustDate(date)} }

func until(e Event, date string) Event { e.Until = MustDate(date); return e }

func of(e Event, id string) Event { e.Of = id; return e }

func basis(e Event, b Basis) Event { e.Basis = b; return e }

func TestRulesOfTheFold(t *testing.T) {
	court := []Event{on(Effective, "2025-04-05"), on(Ruled, "2025-05-28"), on(Challenged, "2025-05-29")}
	first := until(on(Suspended, "2025-05-01"), "2025-06-30")
	first.ID = "first"
	second := until(on(Suspended, "2025-06-01"), "2025-07-31")
	second.ID = "second"
	overlapping := []Event{on(Effective, "2025-01-01"), first, second}
	conditional := basis(until(on(Effective, "2025-01-01"), "2025-06-30"), Conditional)
	late := until(on(Extended, "2025-07-01"), "2025-08-31")
	late.Published = MustDate("2025-07-20")
	postponed := on(Postponed, "2025-03-10")
	postponed.To = MustDate("2025-06-01")
	coarsely := on(Postponed, "2025-03-10")
	coarsely.To = MustDate("2025-Q3")
	tests := []struct {
		name   string
		events []Event
		at     string
		want   string
	}{
		{"a ruling that is stayed the next day stops nothing", court, "2025-05-28", "in-force, since 2025-04-05, reported 1"},
		{"nor ten days later", court, "2025-06-08", "in-force, since 2025-04-05, reported 2"},
		{"suspended while either of two suspensions runs", overlapping, "2025-07-15", "suspended, since 2025-05-01, last day 2025-07-31"},
		{"and back when both are over", overlapping, "2025-08-01", "in-force, presumed, since 2025-08-01"},
		{"resuming one leaves the other", append(slices.Clone(overlapping), of(on(Resumed, "2025-06-10"), "second")), "2025-06-15", "suspended, since 2025-05-01, last day 2025-06-30"},
		{"extending one moves the end", append(slices.Clone(overlapping), until(of(on(Extended, "2025-06-10"), "first"), "2025-09-30")), "2025-08-15", "suspended, since 2025-05-01, last day 2025-09-30"},
		{"extended without end", append(slices.Clone(overlapping), until(of(on(Extended, "2025-06-10"), "first"), "none")), "2030-01-01", "suspended, since 2025-05-01"},
		{"extended late, from the old last day on", []Event{on(Effective, "2025-01-01"), first, late}, "2025-07-10", "suspended, since 2025-05-01, last day 2025-08-31"},
		{"a notice confirms a lapse", []Event{on(Effective, "2025-01-01"), first, on(Resumed, "2025-07-09")}, "2025-07-09", "in-force, since 2025-07-01"},
		{"and not before its day", []Event{on(Effective, "2025-01-01"), first, on(Resumed, "2025-07-09")}, "2025-07-08", "in-force, presumed, since 2025-07-01"},
		{"so does an effective", []Event{on(Effective, "2025-01-01"), first, on(Effective, "2025-07-01")}, "2025-07-01", "in-force, since 2025-07-01"},
		{"an amendment does not", []Event{on(Effective, "2025-01-01"), first, on(Amended, "2025-07-02")}, "2025-07-03", "in-force, presumed, since 2025-07-01"},
		{"an ordained return is not presumed", []Event{on(Effective, "2025-01-01"), basis(first, Ordained)}, "2025-07-01", "in-force, since 2025-07-01"},
		{"of two returns on one day, one presumed makes it presumed", []Event{on(Effective, "2025-01-01"), basis(first, Ordained), until(on(Suspended, "2025-06-01"), "2025-06-30")}, "2025-07-01", "in-force, presumed, since 2025-07-01"},
		{"a conditional end is", []Event{conditional}, "2025-07-01", "ended, expired, presumed, since 2025-07-01"},
		{"until a notice confirms it", []Event{conditional, {What: Ended, On: MustDate("2025-07-05"), Reason: Expired}}, "2025-07-05", "ended, expired, since 2025-07-01"},
		{"suspended before it begins, and back before it begins", []Event{on(Announced, "2025-01-01"), until(on(Suspended, "2025-01-10"), "2025-01-20"), on(Effective, "2025-02-01")}, "2025-01-25", "announced, presumed, since 2025-01-21"},
		{"ended while suspended", []Event{on(Effective, "2025-01-01"), first, {What: Ended, On: MustDate("2025-05-10"), Reason: Revoked}}, "2025-05-10", "ended, revoked, since 2025-05-10"},
		{"reinstated while the suspension still runs", []Event{on(Effective, "2025-01-01"), first, {What: Ended, On: MustDate("2025-05-10"), Reason: Revoked}, on(Reinstated, "2025-05-20")}, "2025-05-20", "suspended, since 2025-05-20, last day 2025-06-30"},
		{"postponed before it begins", []Event{on(Announced, "2025-03-01"), on(Effective, "2025-04-01"), postponed}, "2025-04-01", "announced, since 2025-03-01"},
		{"and begun on the new day", []Event{on(Announced, "2025-03-01"), on(Effective, "2025-04-01"), postponed}, "2025-06-01", "in-force, since 2025-06-01"},
		{"postponed to a quarter", []Event{on(Announced, "2025-03-01"), on(Effective, "2025-04-01"), coarsely}, "2025-08-01", "announced, uncertain, since 2025-03-01"},
		{"made public after it took effect", []Event{on(Effective, "2025-03-01"), on(Announced, "2025-03-10")}, "2025-03-10", "in-force, since 2025-03-01"},
		{"what the press says moves nothing", []Event{on(Effective, "2025-03-01"), {What: Suspended, On: MustDate("2025-03-05"), Evidence: Press}}, "2025-03-10", "in-force, since 2025-03-01, reported 1"},
		{"before a month in which it falls", []Event{on(Announced, "2025-03-01"), on(Effective, "2025-05")}, "2025-04-30", "announced, since 2025-03-01"},
		{"within it", []Event{on(Announced, "2025-03-01"), on(Effective, "2025-05")}, "2025-05-15", "announced, uncertain, since 2025-03-01"},
		{"after it", []Event{on(Announced, "2025-03-01"), on(Effective, "2025-05")}, "2025-06-01", "in-force, since 2025-05"},
		{"an end known to the quarter", []Event{on(Effective, "2025-01-01"), until(on(Suspended, "2025-02-01"), "2025-Q3")}, "2025-08-01", "suspended, uncertain, since 2025-02-01, last day 2025-Q3"},
		{"a coarse start that could fall before the first event", []Event{on(Announced, "2025-03-10"), on(Suspended, "2025-H1")}, "2025-04-01", "announced, uncertain, since 2025-03-10"},
		{"two coarse ends, either alone changing nothing", []Event{on(Effective, "2025-01-01"), until(on(Suspended, "2025-02-01"), "2025-Q3"), until(on(Suspended, "2025-03-01"), "2025-Q3")}, "2025-08-15", "suspended, uncertain, since 2025-02-01, last day 2025-Q3"},
		{"resumed some time in a quarter, after a suspension within it", []Event{on(Effective, "2025-01-01"), on(Suspended, "2025-08-15"), on(Resumed, "2025-Q3")}, "2025-09-01", "suspended, uncertain, since 2025-08-15, last day 2025-Q3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := lone(t, tt.events...)
			if err := m.Admits(); err != nil {
				t.Error(err)
			}
			if got := inWords(m, m.Asked(Query{On: MustDate(tt.at)}), tt.want); got != tt.want {
				t.Errorf("on %s:\n got %s\nwant %s", tt.at, got, tt.want)
			}
		})
	}
}

// What befalls the whole reaches its parts; a part has a life of its own besides.
func TestPartsUnderAWhole(t *testing.T) {
	effect := on(Effective, "2025-01-01")
	pause := until(on(Suspended, "2025-05-01"), "2025-06-30")
	pause.ID = "pause"
	struck := Event{What: Ended, On: MustDate("2025-08-01"), Reason: StruckDown}
	tests := []struct {
		name        string
		part, whole []Event
		at          string
		want        string
	}{
		{"suspended with the whole", []Event{effect}, []Event{effect, pause}, "2025-05-01", "suspended, since 2025-05-01, last day 2025-06-30"},
		{"and presumed back with it", []Event{effect}, []Event{effect, pause}, "2025-07-01", "in-force, presumed, since 2025-07-01"},
		{"a notice on the whole confirms it", []Event{effect}, []Event{effect, pause, on(Resumed, "2025-07-02")}, "2025-07-02", "in-force, since 2025-07-01"},
		{"struck down with the whole", []Event{effect}, []Event{effect, struck}, "2025-08-01", "ended, struck-down, since 2025-08-01"},
		{"reinstated with the whole", []Event{effect}, []Event{effect, struck, on(Reinstated, "2025-08-09")}, "2025-08-09", "in-force, since 2025-08-09"},
		{"run out with the whole", []Event{effect}, []Event{until(effect, "2025-06-30")}, "2025-07-01", "ended, expired, presumed, since 2025-07-01"},
		{"run out before the whole was struck down", []Event{until(effect, "2025-06-30")}, []Event{effect, struck}, "2025-08-01", "ended, struck-down, since 2025-07-01"},
		{"not there yet when the whole is suspended", []Event{on(Announced, "2025-05-10")}, []Event{effect, pause}, "2025-05-09", "none"},
		{"announced into a suspension", []Event{on(Announced, "2025-05-10")}, []Event{effect, pause}, "2025-05-10", "suspended, since 2025-05-10, last day 2025-06-30"},
		{"the whole's effect is not the part's", []Event{on(Announced, "2025-01-01")}, []Event{effect}, "2025-02-01", "announced, since 2025-01-01"},
		{"a part resumed by name while the whole stays suspended", []Event{effect, of(on(Resumed, "2025-05-20"), "pause")}, []Event{effect, pause}, "2025-05-20", "in-force, since 2025-05-20"},
		{"let out by name on the day of the whole's suspension", []Event{effect, of(on(Resumed, "2025-05-01"), "pause")}, []Event{effect, pause}, "2025-05-01", "in-force, since 2025-01-01"},
		{"a part's own end is extended, not its whole's", []Event{until(effect, "2025-03-31"), until(on(Extended, "2025-03-01"), "2025-04-30")}, []Event{effect}, "2025-04-01", "in-force, since 2025-01-01, last day 2025-04-30"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := family(t, tt.part, tt.whole)[0]
			if err := m.Admits(); err != nil {
				t.Error(err)
			}
			if got := inWords(m, m.Asked(Query{On: MustDate(tt.at)}), tt.want); got != tt.want {
				t.Errorf("on %s:\n got %s\nwant %s", tt.at, got, tt.want)
			}
		})
	}
}

// On the day that clocks go forward, a gap of one calendar day has 23 hours; it is a gap all the same.
func TestExtendedAfterAGap(t *testing.T) {
	for _, tt := range []struct {
		on string
		ok bool
	}{{"2026-03-08", true}, {"2026-03-08T12:00", true}, {"2026-03-09", false}, {"2026-03-10", false}} {
		m := &Measure{ID: "m", zone: zoneOf(t, "America/New_York"), Events: []Event{
			{ID: "a", What: Effective, On: MustDate("2026-01-01"), Evidence: Official},
			{ID: "b", What: Suspended, On: MustDate("2026-02-01"), Until: MustDate("2026-03-07"), Evidence: Official},
			{ID: "c", What: Extended, On: MustDate(tt.on), Until: MustDate("2026-05-01"), Evidence: Official, Of: "b"},
		}}
		if err := m.Admits(); (err == nil) != tt.ok {
			t.Errorf("extended on %s: %v; want it admitted: %v", tt.on, err, tt.ok)
		}
	}
}

// A correction of our own mistake counts from the original's publication, one by the authority from its
// own; an audit sees what was recorded by then.
func TestCorrections(t *testing.T) {
	announced, effect := on(Announced, "2025-03-01"), on(Effective, "2025-04-01")
	effect.ID, effect.Published = "effect", MustDate("2025-03-01")
	ours := Event{What: Corrected, Of: "effect", On: MustDate("2025-05-01"), Recorded: time.Date(2025, 3, 20, 0, 0, 0, 0, time.UTC)}
	theirs := ours
	theirs.Published = MustDate("2025-03-10")
	gone := Event{What: Withdrawn, Of: "effect"}
	tests := []struct {
		name       string
		correction Event
		cut        Cut
		want       Status
	}{
		{"our mistake, as known long before", ours, Cut{Known: rfc(t, "2025-03-05T00:00:00Z")}, StatusAnnounced},
		{"theirs, as known before", theirs, Cut{Known: rfc(t, "2025-03-09T00:00:00Z")}, StatusInForce},
		{"theirs, as known after", theirs, Cut{Known: rfc(t, "2025-03-10T00:00:00Z")}, StatusAnnounced},
		{"what we said before we knew", ours, Cut{Recorded: rfc(t, "2025-03-19T00:00:00Z")}, StatusInForce},
		{"withdrawn", gone, Cut{}, StatusAnnounced},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := lone(t, announced, effect, tt.correction)
			if got := m.At(rfc(t, "2025-04-15T00:00:00Z"), tt.cut).Status; got != tt.want {
				t.Errorf("%q; want %q", got, tt.want)
			}
		})
	}
}
