package rules

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"derisk/rules/rulestest"
	"derisk/tracker"
)

// explained is one starter rule for one starter subject.
func explained(t *testing.T, rule, subject, at string) Explanation {
	t.Helper()
	s := starterFacts(t)
	r, err := starterRules(t).Rule(rule)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Explain(r, s, subject, tracker.MustDate(at).First(r.Zone))
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

func TestWhenAConditionHolds(t *testing.T) {
	tests := []struct{ name, rule, subject, at, want string }{
		{"the truce, thirty days before its last day", "suspension-ending", "cn-mofcom-2025-58", "2026-10-11T09:00:00+08:00",
			"since 10-11 09:00, until 10-12 09:00"},
		{"the day after: fourteen days before is next", "suspension-ending", "cn-mofcom-2025-58", "2026-10-12T09:00:00+08:00",
			"from 10-27 09:00, ends 10-28 09:00, held 10-11 09:00"},
		{"between two due times", "suspension-ending", "cn-mofcom-2025-58", "2026-10-11T23:00:00+08:00",
			"since 10-11 09:00, until 10-12 09:00"},
		{"after it ran out: never again as known", "suspension-ending", "cn-mofcom-2025-58", "2026-11-25T12:00:00+08:00",
			"held 11-10 09:00"},
		{"back in force, told for thirty days", "snap-back", "cn-mofcom-2025-58", "2026-11-25T12:00:00+08:00",
			"since 11-11 09:00, until 12-12 09:00"},
		{"an announcement is looked at once, however long ago", "new-measure", "cn-mofcom-2025-58.announced", "2026-11-25T12:00:00+08:00",
			"held 10-08 16:00"},
		{"at the due time at which it is new", "new-measure", "cn-mofcom-2025-58.announced", "2025-10-08T16:00:00Z",
			"since 10-08 16:00, until 10-08 16:15"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := explained(t, test.rule, test.subject, test.at)
			var told []string
			for _, w := range []struct {
				word string
				at   time.Time
			}{{"since", e.Times.Since}, {"until", e.Times.Until}, {"from", e.Times.From}, {"ends", e.Times.Ends}, {"held", e.Times.Held}} {
				if !w.at.IsZero() {
					told = append(told, w.word+" "+w.at.Format("01-02 15:04"))
				}
			}
			if got := strings.Join(told, ", "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// madeRule is a rule over measures with that condition.
func madeRule(t *testing.T, schedule, zone, when string) *Rule {
	t.Helper()
	r, faults := Parse("made.yaml", []byte(fmt.Sprintf("about: Made.\nschedule: %q\nzone: %s\neach: measure\nwhen: |\n  %s\nseverity: info\nsay: {en: x, zh: x}\n", schedule, zone, when)))
	if len(faults) > 0 {
		t.Fatal(faults[0])
	}
	return r
}

// TestWhenIsWhatEveryDueTimeSays compares the search, which looks only where
// something can change, with looking at every due time.
func TestWhenIsWhatEveryDueTimeSays(t *testing.T) {
	atLength(t)
	measures, _ := rulestest.Measures(100, 3)
	s := snapshot(t, tracker.Facts{Measures: measures, Goods: rulestest.Tags()})
	lines := [][2]string{{"0 9 * * *", "Asia/Shanghai"}, {"@every 11h", "UTC"}, {"30 4 * * 1", "America/New_York"}, {"0 0 1 * *", "Europe/Dublin"}}
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]int{}
	for i, rule := range rulestest.Rules(80, 5) {
		when := rule.Expr
		if i%8 == 0 {
			when += " and now > measure.since"
		}
		line := lines[i%len(lines)]
		r := madeRule(t, line[0], line[1], when)
		held, err := Explain(r, s, "", rulestest.Now)
		if err != nil {
			t.Fatal(err)
		}
		held = only(held, func(e Explanation) bool { return e.Result })
		id, at := s.Measures[i].ID, rulestest.Now.AddDate(0, 0, random.IntN(200)-100).In(r.Zone)
		if len(held) > 0 { // one that it holds for at another time
			id = held[random.IntN(len(held))].Subject
		}
		all, err := Explain(r, s, id, at)
		if err != nil {
			continue // no status yet
		}
		got, want := *all[0].Times, everyTime(t, r, s, id, at)
		want.Ahead, want.Back = got.Ahead, got.Back
		if got != want {
			t.Errorf("%s for %s at %s (%s):\ngot  %+v\nwant %+v", when, id, at, line, got, want)
		}
		for word, at := range map[string]time.Time{"since": got.Since, "until": got.Until, "from": got.From, "ends": got.Ends, "held": got.Held} {
			if !at.IsZero() {
				seen[word]++
			}
		}
	}
	for _, word := range []string{"since", "until", "from", "held"} {
		if seen[word] < 3 {
			t.Errorf("%q was seen %d times: the test says little", word, seen[word])
		}
	}
}

// everyTime is what Times says, by looking at every due time.
func everyTime(t *testing.T, r *Rule, s *tracker.Snapshot, id string, at time.Time) (want Times) {
	t.Helper()
	few, err := narrow(s, r.Each, id)
	if err != nil {
		t.Fatal(err)
	}
	w := watch{rule: r, facts: few, id: id}
	held := func(at time.Time) bool {
		held, err := w.holds(at)
		if err != nil {
			t.Fatal(err)
		}
		return held
	}
	now := held(at)
	for tick := range r.Schedule.Between(at, at.AddDate(0, 0, WatchDays)) {
		switch is := held(tick); {
		case now && !is && want.Until.IsZero():
			want.Until = tick
		case !now && is && want.From.IsZero():
			want.From = tick
		case !now && !is && !want.From.IsZero() && want.Ends.IsZero():
			want.Ends = tick
		}
	}
	run, first := true, true
	for tick := range r.Schedule.Between(at.AddDate(0, 0, -WatchDays), at) {
		is := held(tick)
		if is && !run {
			want.Since = tick
		}
		if first {
			run, first = is, false
			continue
		}
		if run = is; !is {
			want.Since = time.Time{}
		} else {
			want.Held = tick
		}
	}
	last := r.Schedule.Last(at)
	if want.Held.Equal(last) || last.Before(at.AddDate(0, 0, -WatchDays)) {
		want.Held = time.Time{}
	}
	return want
}

// TestNearTurnsTheResult records what is said to turn the result, and looks.
func TestNearTurnsTheResult(t *testing.T) {
	atLength(t)
	measures, _ := rulestest.Measures(60, 11)
	s := snapshot(t, tracker.Facts{Measures: measures, Goods: rulestest.Tags()})
	events, values := map[tracker.What]int{}, 0
	for _, rule := range rulestest.Rules(40, 5) {
		r := madeRule(t, "0 9 * * *", "UTC", rule.Expr)
		for _, m := range s.Measures[:10] {
			all, err := Explain(r, s, m.ID, rulestest.Now)
			if err != nil {
				continue
			}
			e := all[0]
			values += len(e.Near)
			for _, n := range e.Near {
				if n.Event == nil {
					continue
				}
				values--
				events[n.Event.What]++
				if err := m.Admits(*n.Event); err != nil {
					t.Errorf("%s: %v", m.ID, err)
				}
				own := *m
				own.Events = append(slices.Clone(own.Events), *n.Event)
				facts := s.Facts
				facts.Measures = append(only(facts.Measures, func(o *tracker.Measure) bool { return o.ID != m.ID }), &own)
				again, err := tracker.NewSnapshot(facts)
				if err != nil {
					t.Fatal(err)
				}
				turned, err := Explain(r, again, m.ID, rulestest.Now)
				if err != nil || turned[0].Result == e.Result {
					t.Errorf("%s: %s of %s does not turn %s (%v)", rule.Expr, n.Event.What, m.ID, rule.Name, err)
				}
			}
		}
	}
	if values < 50 || events[tracker.Suspended] == 0 || events[tracker.Ended] == 0 || events[tracker.Amended] == 0 {
		t.Errorf("only %d values and %v events were offered: the test says little", values, events)
	}
}

func TestNearInWords(t *testing.T) {
	tests := []struct{ when, want string }{
		{`measure.by == "CN"`, `measure.by were "CN"`},
		{`measure.by != "US"`, `measure.by were not "US"`},
		{`measure.status in ["ended", "proposed"]`, `measure.status were one of "ended", "proposed"`},
		{`measure.rate >= 30`, `measure.rate were at least 30`},
		{`measure.rate < 20`, `measure.rate were less than 20`},
		{`days_until(measure.until) in [1, 0]`, `measure.until were one of 2026-03-03, 2026-03-04`},
		{`days_until(measure.until) in 0..1`, `measure.until were one of 2026-03-03..2026-03-04`},
		{`days_until(measure.until) > 30`, `measure.until were after 2026-04-02`},
		{`days_since(measure.since) <= -1`, `measure.since were not before 2026-03-04`},
		{`days_since(measure.effective) < 30`, `measure.effective were after 2026-02-01`},
		{`measure.until > date("2027-01-01")`, `measure.until were after date("2027-01-01")`},
		{`"gallium" in measure.tags`, `measure.tags held "gallium"`},
		{`measure.uncertain`, `measure.uncertain were true`},
		{`not (measure.status == "suspended")`, `measure.status were not "suspended"`},
		{`any(measure.tags, # startsWith "gall")`, `any(measure.tags, # startsWith "gall") were true`},
		{`measure.by == "CN" and measure.rate > 30`, ``},
		{`measure.by == "CN" or measure.rate > 30`, `measure.by were "CN"; measure.rate were more than 30`},
	}
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", 2, 5)}, Goods: goods()})
	for _, test := range tests {
		t.Run(test.when, func(t *testing.T) {
			all, err := Explain(madeRule(t, "0 9 * * *", "UTC", test.when), s, "m", day0.AddDate(0, 0, 2))
			if err != nil {
				t.Fatal(err)
			}
			if all[0].Result {
				t.Fatal("it holds")
			}
			var told []string
			for _, n := range all[0].Near {
				if n.Event == nil {
					told = append(told, n.Would.EN)
				}
			}
			if got := strings.Join(told, "; "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestDecisiveParts(t *testing.T) {
	tests := []struct{ when, want string }{
		{`measure.by == "US" and measure.status == "suspended"`, `measure.by == "US" [measure.by]; measure.status == "suspended" [measure.status]`},
		{`measure.by == "CN" and measure.status == "suspended" and measure.rate > 90`, `measure.by == "CN" [measure.by]; measure.rate > 90 [measure.rate]`},
		{`measure.by == "CN" or measure.rate > 90`, `measure.by == "CN" [measure.by]; measure.rate > 90 [measure.rate]`},
		{`measure.by == "US" or measure.rate > 90`, `measure.by == "US" [measure.by]`},
		{`not measure.presumed`, `not measure.presumed [measure.presumed]`},
		{`not (measure.by == "US" and measure.rate > 90)`, `measure.rate > 90 [measure.rate]`},
		{`measure.presumed ? measure.by == "CN" : measure.by == "EU"`, `measure.presumed []; measure.by == "EU" [measure.by]`},
		{`days_until(measure.until) + 1 in [3, 4]`, `days_until(measure.until) + 1 in [3, 4] [days_until(measure.until) + 1]`},
	}
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", 2, 5)}, Goods: goods()})
	for _, test := range tests {
		t.Run(test.when, func(t *testing.T) {
			all, err := Explain(madeRule(t, "0 9 * * *", "UTC", test.when), s, "m", day0.AddDate(0, 0, 2))
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, d := range all[0].Decisive {
				var from []string
				for _, i := range d.From {
					from = append(from, all[0].Parts[i].Expr)
				}
				told = append(told, all[0].Parts[d.Part].Expr+" ["+strings.Join(from, ", ")+"]")
			}
			if got := strings.Join(told, "; "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestDaysBeginWhereTheyAreCounted(t *testing.T) {
	t.Run("in the rule's zone", func(t *testing.T) {
		s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", 2, 5)}, Goods: goods()})
		r := madeRule(t, "@every 1h", "Asia/Shanghai", "days_until(measure.until) == 1")
		all, err := Explain(r, s, "m", day0.AddDate(0, 0, 2))
		if err != nil {
			t.Fatal(err)
		}
		if got := all[0].Times.From.Format("01-02 15:04"); got != "03-05 00:00" {
			t.Errorf("from %s", got)
		}
		if all, err = Explain(r, s, "m", day0.AddDate(0, 0, 6)); err != nil {
			t.Fatal(err)
		}
		if got := all[0].Times.Held.Format("01-02 15:04"); got != "03-05 23:00" {
			t.Errorf("held %s", got)
		}
	})
	t.Run("in the authority's", func(t *testing.T) {
		m := paused("m", 2, 5)
		m.Zone, m.Review = "America/New_York", &tracker.ReviewTerms{Days: 30, Of: "calendar", From: "acceptance"}
		s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{m}, Goods: goods(),
			Reviews: []tracker.Review{{ID: "r1", Measure: "m", Owner: "local", Accepted: date(0)}}})
		r, faults := Parse("made.yaml", []byte("about: Made.\nschedule: \"@every 1h\"\neach: review\nwhen: review.counted == 8\nseverity: info\nsay: {en: x, zh: x}\n"))
		if len(faults) > 0 {
			t.Fatal(faults[0])
		}
		all, err := Explain(r, s, "r1", day0.AddDate(0, 0, 1))
		if err != nil {
			t.Fatal(err)
		}
		if got := all[0].Times.From.Format("01-02 15:04"); got != "03-09 04:00" {
			t.Errorf("from %s", got)
		}
	})
}

func TestNearOffersNothingThatCannotBeRecorded(t *testing.T) {
	m := paused("m", 2, 5)
	m.Events = append(m.Events, tracker.Event{ID: "m.ended", What: tracker.Ended, Reason: tracker.Revoked, On: date(6), Published: date(6), Evidence: tracker.Official})
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{m}, Goods: goods()})
	all, err := Explain(madeRule(t, "0 9 * * *", "UTC", "measure.rate >= 30"), s, "m", day0.AddDate(0, 0, 9))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range all[0].Near {
		if n.Event != nil {
			t.Errorf("an ended measure could be %s", n.Event.What)
		}
	}
}
