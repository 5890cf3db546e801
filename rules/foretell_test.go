package rules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

// TestWhatAFiringFollowsFrom forecasts, on day 0, ten days of one rule over one measure.
func TestWhatAFiringFollowsFrom(t *testing.T) {
	official := func(what tracker.What, on, until, published tracker.Date) tracker.Event {
		return tracker.Event{ID: "m." + string(what), What: what, On: on, Until: until, Published: published, Evidence: tracker.Official}
	}
	with := func(events ...tracker.Event) *tracker.Measure {
		m := paused("m", -3, 4)
		m.Events = append(m.Events[:2], events...)
		return m
	}
	conditional := paused("m", -3, 4)
	conditional.Events[2].Basis, conditional.Events[2].Unless = tracker.Conditional, tracker.Text{EN: "Congress extends", ZH: "国会延长"}
	postponed := with()
	postponed.Events[1].On = date(2)
	postponed.Events = append(postponed.Events, tracker.Event{ID: "m.postponed", What: tracker.Postponed, On: date(-1), To: date(5), Published: date(-1), Evidence: tracker.Official})
	tests := []struct {
		name, lines string
		m           *tracker.Measure
		want        string
	}{
		{"a suspension runs out", `when: measure.status == "in-force"`, paused("m", -3, 4),
			"5 m.suspended until 2026-03-05 lapse; in-force presumed; extended resumed ended"},
		{"unless a condition comes true", `when: measure.status == "in-force"`, conditional,
			"5 m.suspended until 2026-03-05 conditional unless Congress extends; in-force presumed; extended resumed ended"},
		{"days are counted to its end", "when: days_until(measure.until) == 1", paused("m", -3, 4),
			"3 m.suspended until 2026-03-05 lapse; suspended; extended resumed ended"},
		{"the extension names the end, not what it extends", "when: days_until(measure.until) == 1",
			with(official(tracker.Suspended, date(-9), date(-3), date(-9)), official(tracker.Extended, date(-5), date(4), date(-5))),
			"3 m.extended until 2026-03-05 lapse; suspended; extended resumed ended"},
		{"a suspension is to begin", "when: measure.status == \"suspended\"", paused("m", 2, 30),
			"2 m.suspended on 2026-03-03 ordained; suspended; ended withdrawn"},
		{"a start that was postponed", "when: measure.status == \"in-force\"", postponed,
			"5 m.postponed to 2026-03-06 ordained; in-force; postponed suspended ended"},
		{"an end on a day to come", "when: measure.status == \"ended\"", with(official(tracker.Ended, date(3), tracker.Date{}, date(-1))),
			"3 m.ended on 2026-03-04 ordained; ended; reinstated withdrawn"},
		{"days are counted from a day that has passed", "when: days_since(measure.since) == 5", paused("m", -3, 9),
			"2 m.suspended on 2026-02-26 ordained; suspended; resumed ended"},
		{"an amendment to come, read by its rate", "when: measure.rate > 30",
			with(tracker.Event{ID: "m.amended", What: tracker.Amended, On: date(3), Published: date(-1), Evidence: tracker.Official, Terms: tracker.Terms{Rate: &tracker.Rate{Percent: 40}}}),
			"3 m.amended on 2026-03-04 ordained; in-force; amended ended"},
		{"a date that moves nothing that the rule reads is none", "when: measure.rate > 1\nrepeat: 7d", paused("m", -3, 4),
			"7 ; in-force presumed; "},
		{"what is on record but not public yet", "when: measure.status == \"suspended\"", with(official(tracker.Suspended, date(-1), date(30), date(2))),
			"2 m.suspended published 2026-03-03; suspended; "},
		{"an event that is published later", "each: event\nwhen: event.what == \"suspended\"", with(official(tracker.Suspended, date(-1), date(30), date(2))),
			"2 m.suspended published 2026-03-03; ; "},
	}
	for _, tt := range tests {
		got, err := Forecast([]*Rule{mustParse(t, tt.lines)}, snapshot(t, tracker.Facts{Measures: []*tracker.Measure{tt.m}}), day0.Add(time.Hour), 10, nil).Run(t.Context(), nil)
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %d firings, %v", tt.name, len(got), err)
			continue
		}
		if text := grounded(got[0]); text != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, text, tt.want)
		}
	}
}

// grounded writes the day of a firing and what it follows from; the status; what would change it.
func grounded(f tracker.Foretold) string {
	var because, changes []string
	for _, g := range f.Because {
		line := fmt.Sprintf("%s %s %s %s", g.Event, g.Field, g.Date, g.Basis)
		if g.Unless.EN != "" {
			line += " unless " + g.Unless.EN
		}
		if g.DueIs != "" {
			line += fmt.Sprintf("%s by %s", g.DueIs, g.Calendar)
		}
		because = append(because, strings.TrimSpace(line))
	}
	for _, c := range f.Changes {
		changes = append(changes, string(c))
	}
	status := string(f.Status)
	if f.Presumed {
		status += " presumed"
	}
	return fmt.Sprintf("%d %s; %s; %s", int(f.At.Sub(day0).Hours()/24), strings.Join(because, ", "), status, strings.Join(changes, " "))
}

func TestWhatOtherFiringsFollowFrom(t *testing.T) {
	m := paused("m", 50, 60)
	m.Review = &tracker.ReviewTerms{Days: 5, Of: "working", Calendar: "CN", From: "acceptance"}
	facts := tracker.Facts{
		Measures:    []*tracker.Measure{m},
		Reviews:     []tracker.Review{{ID: "r1", Owner: "local", Measure: "m", Accepted: date(-1)}}, // a Saturday
		Calendars:   []tracker.Calendar{{ID: "CN", Weekend: []string{"sat", "sun"}}},
		Commitments: []tracker.Commitment{{ID: "c", By: "AU", Framework: "m", Due: date(3), Status: "due"}},
		Indicators:  []tracker.Indicator{{ID: "i", Observations: []tracker.Observation{{Period: "2026-01", Value: 3, Source: tracker.Source{Title: "x", Publisher: "A", Date: date(4)}}}}},
		Articles:    []tracker.Article{{ID: "a", Title: "Graphite", At: day0.AddDate(0, 0, 2)}},
	}
	tests := []struct{ lines, want string }{
		{"each: review\nwhen: review.left == 1", "4 r1 due 2026-03-06 estimate by CN; ; review-stop review-decide"},
		{"each: commitment\nwhen: days_until(commitment.due) == 1", "2 c due 2026-03-04; ; new-due-date status-recorded"},
		{"each: indicator\nwhen: indicator.value > 1", "4 i published 2026-03-05; ; "},
		{"each: article\nwhen: article.title contains \"Graph\"", "2 a published 2026-03-03T09:00:00Z; ; "},
	}
	for _, tt := range tests {
		got, err := Forecast([]*Rule{mustParse(t, tt.lines+"\nsay: {en: x, zh: y}")}, snapshot(t, facts), day0.Add(time.Hour), 10, nil).Run(t.Context(), nil)
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %d firings, %v", tt.lines, len(got), err)
			continue
		}
		if text := grounded(got[0]); text != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.lines, text, tt.want)
		}
	}
}

// A part comes back by the date of its whole: that event is named.
func TestAPartFollowsFromItsWhole(t *testing.T) {
	part := paused("part", -3, 4)
	part.Under, part.Events = "whole", part.Events[:2]
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{part, paused("whole", -3, 4)}})
	got, err := Forecast([]*Rule{mustParse(t, `when: measure.status == "in-force" and measure.id == "part"`)}, s, day0.Add(time.Hour), 10, nil).Run(t.Context(), nil)
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	if text := grounded(got[0]); !strings.HasPrefix(text, "5 whole.suspended until 2026-03-05 lapse") {
		t.Error(text)
	}
}

// prometheus/prometheus#1154, #15545: a backtest must not look ahead. An
// extension that became public four days after the date from which it holds was
// not known before, so the measure was back until then, and each firing says by
// which publication it came.
func TestBacktestDoesNotLookAhead(t *testing.T) {
	m := paused("m", -3, 2)
	m.Events = append(m.Events, tracker.Event{ID: "m.extended", What: tracker.Extended, On: date(3), Until: date(20), Published: date(7), Evidence: tracker.Official})
	r := mustParse(t, "when: measure.status == \"in-force\"\nresolve: true")
	got, err := Backtest([]*Rule{r}, snapshot(t, tracker.Facts{Measures: []*tracker.Measure{m}}), date(0), date(10)).Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range got {
		for _, g := range f.Because {
			if g.Published.First(time.UTC).After(f.At) {
				t.Errorf("%s rests on %s, which was published only on %s", f.At, g.Event, g.Published)
			}
		}
		lines = append(lines, string(f.Kind)+" "+grounded(f))
	}
	want := []string{
		"firing 3 m.suspended until 2026-03-03 lapse; in-force presumed; ",
		"resolved 7 m.extended published 2026-03-08; suspended; ",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("%q", lines)
	}
}

// What is stopped stops within one tick of one rule, and tells nothing by halves.
func TestReplayStops(t *testing.T) {
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", 0, 5)}})
	ctx, cancel := context.WithCancel(t.Context())
	ticks, last := 0, -1.0
	firings, err := Backtest([]*Rule{mustParse(t, "schedule: \"@every 1h\"\nwhen: 1 == 1\nrepeat: 1h")}, s, date(0), date(30)).Run(ctx, func(share float64) {
		if share < last || share < 0 || share > 1 {
			t.Errorf("share %v after %v", share, last)
		}
		last = share
		if ticks++; ticks == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || firings != nil || ticks != 3 {
		t.Errorf("%d firings after %d ticks, %v", len(firings), ticks, err)
	}
	if _, err := Forecast([]*Rule{mustParse(t, "when: 1 == 1")}, s, day0, 30, nil).Run(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
