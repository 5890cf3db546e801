package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

var (
	day0 = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	date = func(n int) tracker.Date { return tracker.DayOf(day0.AddDate(0, 0, n)) }
	tick = func(n int) Tick { return Tick{At: day0.AddDate(0, 0, n), Prev: day0.AddDate(0, 0, n-1)} }
)

// paused is a measure in force from long ago that is suspended from day on, until day off.
func paused(id string, on, off int) *tracker.Measure {
	old := tracker.MustDate("2025-01-01")
	return &tracker.Measure{ID: id, Title: tracker.Text{EN: "Title of " + id, ZH: id + "之题"}, Kind: tracker.Tariff, By: "US", Zone: "UTC",
		Terms: tracker.Terms{Goods: []tracker.Goods{{Tags: []string{"lithium-battery"}}}, Rate: &tracker.Rate{Percent: 25}},
		Events: []tracker.Event{
			{ID: id + ".announced", What: tracker.Announced, On: old, Published: old, Evidence: tracker.Official},
			{ID: id + ".effective", What: tracker.Effective, On: old, Published: old, Evidence: tracker.Official},
			{ID: id + ".suspended", What: tracker.Suspended, On: date(on), Until: date(off), Published: date(on), Evidence: tracker.Official},
		}}
}

func goods() []tracker.Tag {
	return []tracker.Tag{{Slug: "battery", EN: "battery", ZH: "电池"}, {Slug: "lithium-battery", EN: "lithium battery", ZH: "锂电池", Parent: "battery"}}
}

// days runs a rule on each day and writes what fired: "day kind subject key".
func days(t *testing.T, r *Rule, s *tracker.Snapshot, from, to int, was tracker.RuleState) (told []string, now tracker.RuleState) {
	t.Helper()
	for n := from; n <= to; n++ {
		out, err := Evaluate(r, s, tick(n), was)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range out.Firings {
			told = append(told, fmt.Sprintf("%d %s %s", n, f.Kind, f.Subject))
		}
		was = After(was, out)
	}
	return told, was
}

func TestWhatFiresWhen(t *testing.T) {
	suspended := "when: measure.status == \"suspended\"\n"
	tests := []struct {
		name, lines string
		want        string
	}{
		{"an edge fires once, and at the first tick for what holds already", suspended, "0 firing held, 2 firing m"},
		{"and tells when it ends", suspended + "resolve: true", "0 firing held, 2 firing m, 6 resolved m"},
		{"it repeats by the calendar", suspended + "repeat: 2d", "0 firing held, 2 firing held, 2 firing m, 4 firing held, 4 firing m, 6 firing held, 8 firing held"},
		{"it repeats by the clock", suspended + "repeat: 47h", "0 firing held, 2 firing held, 2 firing m, 4 firing held, 4 firing m, 6 firing held, 8 firing held"},
		{"once for each value", suspended + "once: [measure.id, measure.until]", "0 firing held, 2 firing m"},
		{"once for each day left", "when: days_until(measure.until) in [3, 1]\nonce: [days_until(measure.until)]", "2 firing m, 4 firing m"},
		{"an event in its window", "each: event\nwhen: event.what == \"suspended\"", "2 firing m.suspended"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := mustParse(t, tt.lines)
			s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", 2, 5), paused("held", -3, 40)}, Goods: goods()})
			told, _ := days(t, r, s, 0, 8, tracker.RuleState{})
			if got := strings.Join(told, ", "); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestChangingARule(t *testing.T) {
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", 4, 10), paused("held", -3, 6)}})
	before := mustParse(t, "when: measure.status == \"suspended\"\nresolve: true")
	_, state := days(t, before, s, 0, 2, tracker.RuleState{})
	tests := []struct{ name, lines, want string }{
		{"when changes, what is active stays", "when: measure.status in [\"suspended\", \"ended\"]\nresolve: true", "4 firing m, 7 resolved held, 11 resolved m"},
		{"once changes, what holds is silent", "when: measure.status == \"suspended\"\nonce: [measure.until]\nresolve: true", "4 firing m, 11 resolved m"},
		{"what no longer holds is resolved", "when: measure.status == \"ended\"\nresolve: true", "3 resolved held"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			told, _ := days(t, mustParse(t, tt.lines), s, 3, 12, state)
			if got := strings.Join(told, ", "); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestWhatIsSilentNeitherRepeatsNorResolves(t *testing.T) {
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("held", -3, 6)}})
	suspended := "when: measure.status == \"suspended\"\n"
	_, state := days(t, mustParse(t, suspended+"once: [measure.since]"), s, 0, 2, tracker.RuleState{})
	told, _ := days(t, mustParse(t, suspended+"repeat: 1d\nresolve: true"), s, 3, 9, state)
	if len(told) > 0 {
		t.Error(told)
	}
}

func TestOnceNeverTellsTheSameKeyTwice(t *testing.T) {
	r := mustParse(t, "when: measure.status == \"suspended\"\nonce: [measure.id]\nresolve: true")
	m := paused("m", 1, 2)
	again := m.Events[2]
	again.ID, again.On, again.Until, again.Published = "m.again", date(5), date(6), date(5)
	m.Events = append(m.Events, again)
	told, _ := days(t, r, snapshot(t, tracker.Facts{Measures: []*tracker.Measure{m}}), 0, 9, tracker.RuleState{})
	if got := strings.Join(told, ", "); got != "1 firing m, 3 resolved m" {
		t.Error(got)
	}
}

func TestFiringSaysWhatItConcerns(t *testing.T) {
	r := mustParse(t, "when: measure.status == \"suspended\"\nlabels: {topic: x}\nseverity: critical\nonce: [measure.until]")
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", -1, 5)}, Goods: goods()})
	out, err := Evaluate(r, s, tick(0), tracker.RuleState{})
	if err != nil || len(out.Firings) != 1 {
		t.Fatal(out, err)
	}
	f := out.Firings[0]
	got := fmt.Sprintln(f.Key, f.Severity, f.Labels, f.Measures, f.Tags, f.By, f.Kinds, f.Message)
	if want := `["2026-03-06"] critical map[topic:x] [m] [battery lithium-battery] [US] [tariff] {Title of m m之题}` + "\n"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestEventWindows(t *testing.T) {
	r := mustParse(t, "each: event\nwhen: event.what == \"suspended\"")
	at := tick(0)
	tests := []struct {
		name                string
		published, recorded time.Duration // before the tick
		backtest, live      bool
	}{
		{"published and recorded in the window", time.Hour, time.Hour, true, true},
		{"published in it, recorded after the tick", time.Hour, -time.Hour, true, false},
		{"published after the tick", -time.Hour, 2 * time.Hour, false, false},
		{"at the tick itself", 0, 0, true, true},
		{"at the tick before", 24 * time.Hour, 24 * time.Hour, false, false},
		{"recorded late, three days", 72 * time.Hour, time.Hour, false, true},
		{"recorded late, eight days", 192 * time.Hour, time.Hour, false, false},
		{"imported history", 9000 * time.Hour, time.Hour, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := paused("m", 0, 100)
			e := &m.Events[2]
			e.Published, e.Recorded = tracker.InstantOf(at.At.Add(-tt.published)), at.At.Add(-tt.recorded)
			e.On = tracker.InstantOf(at.At.Add(-tt.published))
			s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{m}})
			for live, want := range map[bool]bool{false: tt.backtest, true: tt.live} {
				out, err := Evaluate(r, s, Tick{At: at.At, Prev: at.Prev, Live: live}, tracker.RuleState{})
				if err != nil || (len(out.Firings) > 0) != want {
					t.Errorf("live %v: %v, %v", live, out.Firings, err)
				}
			}
		})
	}
}

func TestAnEventAtTheTickBeforeIsNotNew(t *testing.T) {
	m := paused("m", 0, 100)
	m.Events[2].Published, m.Events[2].On = tracker.InstantOf(tick(0).Prev), tracker.InstantOf(tick(0).Prev)
	m.Events = append(m.Events, tracker.Event{ID: "m.new", What: tracker.Reported, On: date(0), Published: date(0), Evidence: tracker.Press})
	r := mustParse(t, "each: event\nwhen: 1 == 1")
	out, err := Evaluate(r, snapshot(t, tracker.Facts{Measures: []*tracker.Measure{m}}), tick(0), tracker.RuleState{})
	if err != nil || len(out.Firings) != 1 || out.Firings[0].Subject != "m.new" {
		t.Errorf("%v, %v", out.Firings, err)
	}
}

func TestAnArticleIsNotKnownBeforeItIsFetched(t *testing.T) {
	r := mustParse(t, "each: article\nwhen: 1 == 1\nsay: {en: x, zh: y}")
	s := snapshot(t, tracker.Facts{Articles: []tracker.Article{{ID: "a", At: day0.Add(-time.Hour), Fetched: day0.Add(time.Hour)}}})
	for n, want := range []int{0, 1, 0} {
		at := tick(n)
		at.Live = true
		if out, err := Evaluate(r, s, at, tracker.RuleState{}); err != nil || len(out.Firings) != want {
			t.Errorf("day %d: %v, %v", n, out.Firings, err)
		}
	}
}

// A backtest sees a review as it stood: before its acceptance not at all, with
// stops and decision only once they came.
func TestReviewsAsTheyStood(t *testing.T) {
	m := paused("m", 50, 60)
	m.Review = &tracker.ReviewTerms{Days: 45, Of: "calendar", From: "acceptance"}
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{m}, Reviews: []tracker.Review{
		{ID: "r", Owner: "guild:1", Measure: "m", Accepted: date(1), Decided: date(8), Stops: []tracker.Stop{{On: date(4), Resumed: date(6)}}},
		{ID: "odd", Owner: "guild:2", Measure: "m"}}})
	counted := mustParse(t, "each: review\nwhen: known(review.counted) and review.id == \"r\"\nonce: [now]\nsay: {en: \"{{ review.counted }} {{ review.due }} {{ review.decided }}\", zh: y}")
	want := []string{"", "0 2026-04-16 not known", "1 2026-04-16 not known", "2 2026-04-16 not known", "2 not known not known", "2 not known not known",
		"3 2026-04-18 not known", "4 2026-04-18 not known"}
	for n, words := range want {
		out, err := Evaluate(counted, s, tick(n), tracker.RuleState{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range out.Firings {
			got = f.Message.EN
			if f.Owner != "guild:1" || fmt.Sprint(f.Measures) != "[m]" {
				t.Errorf("%+v", f)
			}
		}
		if got != words {
			t.Errorf("day %d: %q, want %q", n, got, words)
		}
	}
}

// Every event is looked at exactly once by a live daily rule, if it is recorded six days late at most.
func TestEventWindowsTile(t *testing.T) {
	r := mustParse(t, "each: event\nwhen: event.what == \"suspended\"")
	for published := 0; published < 60; published += 7 {
		for late := 0; late <= 143; late += 11 {
			m := paused("m", 0, 100)
			e := &m.Events[2]
			e.On = tracker.InstantOf(day0.Add(time.Duration(published) * time.Hour))
			e.Published, e.Recorded = e.On, day0.Add(time.Duration(published+late)*time.Hour)
			s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{m}})
			fired := 0
			for n := 0; n < 14; n++ {
				at := tick(n)
				at.Live = true
				out, err := Evaluate(r, s, at, tracker.RuleState{})
				if err != nil {
					t.Fatal(err)
				}
				fired += len(out.Firings)
			}
			if fired != 1 {
				t.Errorf("published at %d h, recorded %d h later: %d firings", published, late, fired)
			}
		}
	}
}

func TestBacktestKnowsOnlyWhatWasPublished(t *testing.T) {
	m := paused("m", 2, 20)
	m.Events[2].Published = date(6) // became public four days after it began
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{m}})
	told, _ := days(t, mustParse(t, "when: measure.status == \"suspended\""), s, 0, 10, tracker.RuleState{})
	if got := strings.Join(told, ", "); got != "6 firing m" {
		t.Error(got)
	}
}

func TestAMeasureWithoutStatusIsNoSubject(t *testing.T) {
	m := paused("m", 0, 5)
	m.Events = m.Events[2:]
	m.Events[0].Evidence = tracker.Press
	out, err := Evaluate(mustParse(t, "when: 1 == 1"), snapshot(t, tracker.Facts{Measures: []*tracker.Measure{m}}), tick(1), tracker.RuleState{})
	if err != nil || len(out.Firings) != 0 {
		t.Error(out, err)
	}
}

func TestARuleThatFailsKeepsItsState(t *testing.T) {
	r := mustParse(t, "when: measure.status == \"suspended\"")
	r.when = &expression{source: "broken"} // the machine panics
	was := tracker.RuleState{Tick: day0, Form: r.Form(), Active: map[string]tracker.Active{"m": {Subject: "m"}}}
	out, err := Evaluate(r, snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", 0, 5)}}), tick(1), was)
	if err == nil || out.Failed == "" || out.Firings != nil || out.Active != nil {
		t.Errorf("%+v, %v", out, err)
	}
	if now := After(was, out); len(now.Active) != 1 || !now.Tick.Equal(day0) {
		t.Errorf("%+v", now)
	}
}

func TestAFloodFails(t *testing.T) {
	measures := make([]*tracker.Measure, MaxFirings+1)
	for i := range measures {
		measures[i] = paused(fmt.Sprintf("m%05d", i), -1, 5)
	}
	out, err := Evaluate(mustParse(t, "when: measure.status == \"suspended\""), snapshot(t, tracker.Facts{Measures: measures}), tick(0), tracker.RuleState{})
	if err == nil || len(out.Firings) != 0 || !strings.Contains(out.Failed, "10000 firings") {
		t.Errorf("%d firings, %q", len(out.Firings), out.Failed)
	}
}

func TestOtherSubjects(t *testing.T) {
	amount := 1.5
	m := paused("m", 50, 60)
	facts := tracker.Facts{
		Measures: []*tracker.Measure{m}, Goods: goods(),
		Commitments: []tracker.Commitment{
			{ID: "c", Title: tracker.Text{EN: "Plant"}, By: "AU", Due: tracker.MustDate("2026-03"), Amount: &amount, Unit: "USD bn", Framework: "m", Status: "due"},
			{ID: "later", By: "AU", Due: date(1), Framework: "m", Status: "due", Sources: []tracker.Source{{Title: "x", Date: date(9)}}}},
		Indicators: []tracker.Indicator{{ID: "i", Title: tracker.Text{EN: "Share"}, Unit: "percent", Subject: "lithium-battery", Observations: []tracker.Observation{
			{Period: "2025-01/2025-08", Value: 60, Source: tracker.Source{Publisher: "A", Date: date(-9)}},
			{Period: "2025-09/2025-12", Value: 70, Source: tracker.Source{Publisher: "A", Date: date(-2)}},
			{Period: "planned", Value: 99, Source: tracker.Source{Publisher: "A", Date: date(-1)}},
			{Period: "2026-01", Value: 80, Source: tracker.Source{Publisher: "A", Date: date(5)}}}}},
		Articles: []tracker.Article{{ID: "a", Title: "Graphite", Publisher: "P", At: day0.Add(-time.Hour), Fetched: day0.Add(-time.Minute), Lead: "lead",
			Groups: []tracker.Group{{Title: "g", Points: []string{"point"}}}, Mentions: []tracker.Mention{{Measure: "m"}, {Measure: "gone"}}}},
	}
	s := snapshot(t, facts)
	tests := []struct{ lines, want string }{
		{"each: commitment\nwhen: days_until(commitment.due) == 30 and commitment.amount == 1.5", "c [m] [AU US]"},
		{"each: indicator\nwhen: indicator.value == 70 and indicator.previous == 60 and indicator.source == \"A\"", "i [] []"},
		{"each: article\nwhen: article.text contains \"point\" and \"m\" in article.measures and \"battery\" in article.tags", "a [m] [US]"},
	}
	for _, tt := range tests {
		lines := tt.lines + "\nsay: {en: x, zh: y}"
		out, err := Evaluate(mustParse(t, lines), s, tick(0), tracker.RuleState{})
		if err != nil || len(out.Firings) != 1 {
			t.Errorf("%s: %v, %v", tt.lines, out, err)
			continue
		}
		f := out.Firings[0]
		if got := fmt.Sprint(f.Subject, f.Measures, f.By); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(tt.want, " ", "") {
			t.Errorf("%s: %s", tt.lines, got)
		}
	}
}

func TestExplain(t *testing.T) {
	r, faults := Parse("x.yaml", []byte(ruleWith("when: >\n  measure.status == \"suspended\" and\n  days_until(measure.until) in 0..7\n  and any(measure.tags, # == \"battery\")\nonce: [measure.until]")))
	if faults != nil {
		t.Fatal(faults)
	}
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", -1, 3), paused("n", 3, 5)}, Goods: goods()})
	got, err := Explain(r, s, "m", day0)
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	var parts []string
	for _, p := range got[0].Parts {
		parts = append(parts, fmt.Sprintf("%d:%d %s = %s", p.Line, p.Column, p.Expr, p.Value))
	}
	want := `5:3 measure.status = "suspended"
5:3 measure.status == "suspended" = true
5:3 measure.status == "suspended" and days_until(measure.until) in 0..7 = true
5:3 measure.status == "suspended" and days_until(measure.until) in 0..7 and any(measure.tags, # == "battery") = true
6:3 days_until(measure.until) = 3
6:3 days_until(measure.until) in 0..7 = true
6:14 measure.until = "2026-03-04"
7:7 any(measure.tags, # == "battery") = true
7:11 measure.tags = ["battery","lithium-battery"]`
	if text := strings.Join(parts, "\n"); text != want || !got[0].Result || got[0].Key != `["2026-03-04"]` {
		t.Errorf("%v %s\n%s", got[0].Result, got[0].Key, text)
	}
	all, err := Explain(r, s, "", day0)
	if err != nil || len(all) != 2 || all[1].Result {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := Explain(r, s, "mm", day0); err == nil || !strings.Contains(err.Error(), `did you mean "m"?`) {
		t.Error(err)
	}
}
