package tracker

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var checkZones = []string{"Asia/Shanghai", "America/New_York", "America/Santiago", "UTC"}

// story draws the life of one measure: what could happen, in an order that is
// possible, with dates from two years.
type story struct {
	t       *rapid.T
	id      string
	day     time.Time // of the last event
	events  []Event
	begun   bool // has taken effect
	pending bool // is to take effect on a later day
	ended   bool
	lapses  time.Time // when the effect runs out, if it does
	running []pause
}

// pause is a suspension of the story, with the first day after it, if one is known.
type pause struct {
	id  string
	end time.Time
}

func drawMeasure(t *rapid.T, id, under string) *Measure {
	m := &Measure{ID: id, Under: under, Kind: Tariff, By: "CN", Zone: rapid.SampledFrom(checkZones).Draw(t, "zone"), Terms: Terms{Rate: &Rate{Percent: 1}}}
	s := &story{t: t, id: id, day: time.Date(2025, 1, rapid.IntRange(1, 90).Draw(t, "first day"), 0, 0, 0, 0, time.UTC)}
	for range rapid.IntRange(1, 9).Draw(t, "events") {
		s.next()
	}
	m.Events = s.events
	return m
}

// next adds one event that is possible now.
func (s *story) next() {
	s.settle()
	var can []What
	switch {
	case len(s.events) == 0:
		can = []What{Proposed, Announced, Announced, Effective, Effective}
	case s.ended:
		can = []What{Reinstated, Announced, Ruled}
		if !s.lapses.IsZero() && s.lapses.Before(s.day) { // it has run out
			can = []What{Ended, Effective, Announced}
		}
	default:
		can = []What{Suspended, Suspended, Ended, Challenged, Reported}
		if !s.begun && !s.pending {
			can = append(can, Announced, Effective, Effective, Effective)
		}
		if s.pending {
			can = append(can, Postponed, Postponed)
		}
		if s.begun {
			can = append(can, Effective, Amended, Exempted, Announced)
		}
		if len(s.running) > 0 {
			can = append(can, Resumed, Extended, Extended, Resumed)
		} else if s.begun && !s.lapses.IsZero() {
			can = append(can, Extended)
		}
		if len(s.events) > 2 && len(s.running) == 0 && s.begun {
			can = append(can, Resumed) // confirms, where something lapsed
		}
	}
	s.add(rapid.SampledFrom(can).Draw(s.t, "what"))
}

// settle forgets what has run out by now.
func (s *story) settle() {
	s.running = slices.DeleteFunc(s.running, func(p pause) bool { return !p.end.IsZero() && p.end.Before(s.day) })
	if !s.lapses.IsZero() && s.lapses.Before(s.day) {
		s.ended = true
	}
}

func (s *story) add(what What) {
	t := s.t
	s.day = s.day.AddDate(0, 0, rapid.SampledFrom([]int{0, 1, 1, 5, 20, 40}).Draw(t, "days later"))
	s.settle()
	e := Event{ID: fmt.Sprintf("%s.%d", s.id, len(s.events)), What: what, Evidence: Official, Published: DayOf(s.day)}
	e.On = s.date("on")
	if rapid.IntRange(0, 9).Draw(t, "published otherwise") == 0 {
		e.Published = DayOf(s.day.AddDate(0, 0, rapid.IntRange(-20, 20).Draw(t, "by")))
	}
	switch what {
	case Suspended:
		e.Until = s.until(&e)
		s.running = append(s.running, pause{e.ID, s.over(e.Until)})
	case Effective:
		if !s.pending && !s.begun && rapid.Bool().Draw(t, "later") { // announced ahead
			e.On = DayOf(s.day.AddDate(0, 0, 30))
			s.pending = true
		} else {
			s.begun, s.pending, s.ended = true, false, false
		}
		if rapid.IntRange(0, 2).Draw(t, "runs out") == 0 {
			e.Until = DayOf(s.day.AddDate(0, 0, rapid.IntRange(60, 400).Draw(t, "effect lasts")))
			s.basis(&e)
			s.lapses = s.over(e.Until)
		}
	case Postponed:
		e.To = DayOf(s.day.AddDate(0, 0, rapid.IntRange(35, 100).Draw(t, "later start")))
		if rapid.IntRange(0, 4).Draw(t, "coarse start") == 0 {
			e.To = coarse(t, s.day.AddDate(0, 0, 35))
		}
	case Resumed, Extended:
		s.aim(&e)
	case Ended:
		e.Reason = rapid.SampledFrom([]Reason{Revoked, StruckDown, Replaced, Dropped}).Draw(t, "reason")
		s.ended = true
	case Reinstated:
		s.ended = false
	case Amended:
		e.Rate = &Rate{Percent: float64(rapid.IntRange(2, 50).Draw(t, "percent"))}
		if rapid.Bool().Draw(t, "for a time") {
			e.Until = DayOf(s.day.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "amended for")))
		}
	case Reported:
		e.Evidence = Press
	}
	if rapid.IntRange(0, 14).Draw(t, "press only") == 0 {
		e.Evidence = Press
	}
	s.events = append(s.events, e)
}

// aim points a resumed or extended event at what it is about.
func (s *story) aim(e *Event) {
	t := s.t
	at := -1
	if len(s.running) > 0 {
		at = rapid.IntRange(0, len(s.running)-1).Draw(t, "which")
		if len(s.running) > 1 || rapid.Bool().Draw(t, "by name") {
			e.Of = s.running[at].id
		}
		if p := s.running[at]; e.What == Extended && !p.end.IsZero() && rapid.Bool().Draw(t, "at the old end") {
			if s.day = p.end; true {
				e.On, e.Published = DayOf(s.day), DayOf(s.day)
			}
		}
	}
	if e.What == Resumed {
		if at >= 0 {
			s.running = slices.Delete(s.running, at, at+1)
		}
		return
	}
	e.Until = s.until(e)
	if at >= 0 {
		s.running[at].end = s.over(e.Until)
	} else {
		s.lapses = s.over(e.Until)
	}
}

// until draws an end, or none, and its basis.
func (s *story) until(e *Event) Date {
	t := s.t
	s.basis(e)
	end := s.day.AddDate(0, 0, rapid.SampledFrom([]int{0, 1, 3, 10, 30, 60, 100}).Draw(t, "lasts"))
	switch rapid.IntRange(0, 9).Draw(t, "end") {
	case 0:
		return MustDate("none")
	case 1:
		if e.What == Suspended {
			return Date{}
		}
	case 2:
		return coarse(t, end.AddDate(0, 0, 20))
	case 3:
		return MustDate(end.AddDate(0, 0, 1).Format("2006-01-02") + "T13:01")
	}
	return DayOf(end)
}

func (s *story) basis(e *Event) {
	e.Basis = rapid.SampledFrom([]Basis{"", "", Lapse, Ordained, Conditional}).Draw(s.t, "basis")
	if e.Basis == Conditional {
		e.Unless = Text{EN: "somebody extends it"}
	}
}

// date is the day of the story, an hour on it, or, at times, a stretch from it on.
func (s *story) date(label string) Date {
	switch rapid.IntRange(0, 9).Draw(s.t, label) {
	case 0:
		d := coarse(s.t, s.day)
		s.day = d.After(time.UTC)
		return d
	case 1:
		return MustDate(s.day.Format("2006-01-02") + "T00:01")
	case 2:
		return MustDate(s.day.Format("2006-01-02") + "T12:01")
	}
	return DayOf(s.day)
}

// over is the first instant after a date, in UTC, for the story's own reckoning.
func (s *story) over(d Date) time.Time { return d.After(time.UTC) }

func coarse(t *rapid.T, day time.Time) Date {
	switch rapid.IntRange(0, 5).Draw(t, "how coarse") {
	case 0:
		return MustDate(fmt.Sprintf("%d-H%d", day.Year(), 1+(int(day.Month())-1)/6))
	case 1, 2:
		return MustDate(fmt.Sprintf("%d-Q%d", day.Year(), 1+(int(day.Month())-1)/3))
	}
	return MustDate(day.Format("2006-01"))
}

// drawFamily is a measure that may be a part of others.
func drawFamily(t *rapid.T) *Measure {
	f := Facts{Measures: []*Measure{drawMeasure(t, "part", "")}}
	if rapid.Bool().Draw(t, "under a whole") {
		f.Measures[0].Under = "whole"
		f.Measures = append(f.Measures, drawMeasure(t, "whole", ""))
		if rapid.IntRange(0, 3).Draw(t, "under an act") == 0 {
			f.Measures[1].Under = "act"
			f.Measures = append(f.Measures, drawMeasure(t, "act", ""))
		}
	}
	s, err := NewSnapshot(f)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := s.Measure("part")
	return m
}

func inOrder(m *Measure) bool {
	for ; m != nil; m = m.Whole() {
		if m.Admits() != nil {
			return false
		}
	}
	return true
}

// tell writes a family down for a failure.
func tell(m *Measure) string {
	var b strings.Builder
	for ; m != nil; m = m.Whole() {
		fmt.Fprintf(&b, "%s (%s)\n", m.ID, m.Zone)
		for _, e := range m.Events {
			fmt.Fprintf(&b, "  %s %s on %s", e.ID, e.What, e.On)
			for _, f := range []struct{ k, v string }{{"of", e.Of}, {"until", e.Until.String()}, {"to", e.To.String()}, {"basis", string(e.Basis)},
				{"reason", string(e.Reason)}, {"published", e.Published.String()}, {"evidence", string(e.Evidence)}} {
				if f.v != "" {
					fmt.Fprintf(&b, " %s %s", f.k, f.v)
				}
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// The fold says what the reference says, at every instant at which anything changes and round it.
func TestAtAgreesWithReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawFamily(t)
		if !inOrder(m) {
			t.Skip("not in order")
		}
		var cut Cut
		if rapid.IntRange(0, 2).Draw(t, "cut") == 0 {
			cut.Known = time.Date(2025, 1, rapid.IntRange(1, 400).Draw(t, "known"), 12, 0, 0, 0, time.UTC)
		}
		line := newRefLine(m, cut)
		for _, b := range line.bounds {
			for _, at := range []time.Time{b.Add(-time.Second), b, b.Add(time.Second)} {
				compare(t, line, at)
			}
		}
		for range 3 {
			compare(t, line, time.Date(2025, 1, 1, 0, rapid.IntRange(0, 1000000).Draw(t, "minute"), 0, 0, time.UTC))
		}
	})
}

func compare(t *rapid.T, line refLine, at time.Time) {
	m, cut := line.m, line.cut
	got, want := m.At(at, cut), line.at(at)
	rate := -1.0
	if got.Terms.Rate != nil {
		rate = got.Terms.Rate.Percent
	}
	// Uncertainty is compared where the two can be told to mean the same: with so
	// many coarse dates the fold may give up and say uncertain, and under a whole the
	// two differ on which readings are possible orders.
	if m.Whole() != nil || len(looseDates(m.queue(cut, m.Known(cut)), at)) > 2 {
		want.Uncertain = got.Uncertain
	}
	is := refState{got.Status, got.Reason, got.Presumed, got.Uncertain, got.Since, got.End, time.Time{}, rate}
	if len(got.Next) > 0 {
		is.Next = got.Next[0].On
	}
	if is.tell() != want.tell() {
		t.Fatalf("at %s, known %s:\n got %s\nwant %s\n%s", at.Format(time.RFC3339), cut.Known.Format(time.RFC3339), is.tell(), want.tell(), tell(m))
	}
}

// tell leaves out what has no meaning without a status.
func (s refState) tell() string {
	day := func(at time.Time) string {
		if at.IsZero() {
			return "-"
		}
		return at.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("%q reason %q presumed %v uncertain %v since %s end %s next %s rate %g",
		s.Status, s.Reason, s.Presumed, s.Uncertain, day(s.Since), day(s.End), day(s.Next), s.Rate)
}

// What holds of every fold, whatever the events say.
func TestInvariantsOfTheFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawFamily(t)
		at := time.Date(2025, 1, 1, 0, rapid.IntRange(0, 1000000).Draw(t, "minute"), 0, 0, time.UTC)
		cut := Cut{Known: time.Date(2025, 1, rapid.IntRange(1, 400).Draw(t, "known"), 12, 0, 0, 0, time.UTC)}
		s := m.At(at, cut)
		status := func(at time.Time) Status { return m.At(at, cut).Status }

		if s.Status != NoStatus && (status(s.Since) != s.Status || status(s.Since.Add(-time.Second)) == s.Status) {
			t.Fatalf("%s since %s: %q a second before, %q then\n%s", s.Status, s.Since, status(s.Since.Add(-time.Second)), status(s.Since), tell(m))
		}
		if len(s.Next) > 0 {
			next := s.Next[0]
			if status(next.On) != next.Status || status(next.On.Add(-time.Second)) != s.Status || next.Status == s.Status {
				t.Fatalf("%q at %s, next %q on %s, but %q a second before and %q then\n%s", s.Status, at, next.Status, next.On,
					status(next.On.Add(-time.Second)), status(next.On), tell(m))
			}
		}
		if got := filtered(m, func(e Event) bool { return !e.Published.First(m.Location()).After(cut.Known) }).At(at, cut); m.Whole() == nil && !reflect.DeepEqual(got, s) {
			t.Fatalf("without what was published later: %+v; want %+v\n%s", got, s, tell(m))
		}
		if got := filtered(m, func(e Event) bool { return e.Moves() }).At(at, cut); got.Status != s.Status || !got.Since.Equal(s.Since) || !got.End.Equal(s.End) {
			t.Fatalf("without press and rulings: %+v; want %+v\n%s", got, s, tell(m))
		}
		if got := relisted(t, m).At(at, cut); !reflect.DeepEqual(got, s) {
			t.Fatalf("listed otherwise: %+v; want %+v\n%s", got, s, tell(m))
		}
	})
}

// filtered is the measure with the events that keep, keeps.
func filtered(m *Measure, keep func(Event) bool) *Measure {
	own := *m
	own.Events = slices.DeleteFunc(slices.Clone(m.Events), func(e Event) bool { return !keep(e) })
	return &own
}

// relisted is the measure with its events listed in another order, those of one day published on one day as they were.
func relisted(t *rapid.T, m *Measure) *Measure {
	own := *m
	own.Events = rapid.Permutation(m.Events).Draw(t, "order")
	for i := range own.Events {
		for j := i + 1; j < len(own.Events); j++ {
			a, b := own.Events[i], own.Events[j]
			if holdsFrom(a.On, m.Location()).Equal(holdsFrom(b.On, m.Location())) && a.Published == b.Published && b.ID < a.ID {
				own.Events[i], own.Events[j] = b, a
			}
		}
	}
	return &own
}

func BenchmarkAt(b *testing.B) {
	measures := rapid.Custom(func(t *rapid.T) *Measure { return drawFamily(t) })
	var some []*Measure
	for seed := range 500 {
		some = append(some, measures.Example(seed))
	}
	at := time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	b.Run("fold", func(b *testing.B) {
		n := 0
		for b.Loop() {
			some[n%len(some)].At(at, Cut{})
			n++
		}
	})
	b.Run("reference", func(b *testing.B) {
		n := 0
		for b.Loop() {
			newRefLine(some[n%len(some)], Cut{}).at(at)
			n++
		}
	})
}
