package rules

import (
	"fmt"
	"strings"
	"testing"

	"derisk/tracker"
)

// mutantWords writes mutants as "key line:column+width was>now killed by".
func mutantWords(r *Rule, s *tracker.Snapshot) string {
	var list []string
	for m := range Mutants(r, s) {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %d:%d+%d %s>%s %s", m.Key, m.Line, m.Column, m.Width, m.Was, m.Now, m.Killed)))
	}
	return strings.Join(list, "\n")
}

func TestMutants(t *testing.T) {
	starter := snapshot(t, tracker.Facts{Goods: goods(), Measures: []*tracker.Measure{paused("m", -2, 5)}})
	for _, tt := range []struct{ name, rule, want string }{
		{"figures and comparisons", "schedule: \"@every 15m\"\nwhen: measure.rate <= 25 and measure.rate != 24.5", `
when 4:20+2 <=>< x
when 4:23+2 25>26
when 4:23+2 25>24 x
when 4:26+3 and>or
when 4:43+2 !=>== x
when 4:46+4 24.5>25.5
when 4:46+4 24.5>23.5`},
		{"words of the model and others", "schedule: \"@every 15m\"\nwhen: measure.status == \"suspended\" || measure.by == \"CN\"", `
when 4:22+2 ==>!= x
when 4:25+11 "suspended">"ended" x
when 4:37+2 ||>&& x
when 4:51+2 ==>!=
when 4:54+4 "CN">"CN~"`},
		{"what is denied, and what is in a list", "schedule: \"@every 15m\"\nwhen: not (measure.by in [\"CN\", \"EU\"]) and measure.kind in [\"tariff\"] and days_until(measure.until) in 0..30", `
when 4:7+3 not> x
when 4:27+4 "CN">
when 4:33+4 "EU">
when 4:40+3 and>or
when 4:61+8 "tariff">"import-restriction" x
when 4:71+3 and>or
when 4:104+1 0>1
when 4:104+1 0>-1
when 4:107+2 30>31
when 4:107+2 30>29`},
		{"dates and calendars", "schedule: \"@every 15m\"\nwhen: measure.since > date(\"2026-02-26\") and any(measure.tags, {# == \"battery\"})", `
when 4:21+1 >>>=
when 4:28+12 "2026-02-26">"2026-02-27" x
when 4:28+12 "2026-02-26">"2026-02-25"
when 4:42+3 and>or
when 4:67+2 ==>!=
when 4:70+9 "battery">"battery~" x`},
		{"what makes a key", "schedule: \"@every 15m\"\nonce: [measure.id, measure.since, 'measure.rate > 3 ? 1 : 0']\nwhen: measure.presumed", `
once 4:20+13 measure.since>
once 4:36+24 measure.rate > 3 ? 1 : 0>
once 4:49+1 >>>=
once 4:51+1 3>4
once 4:51+1 3>2
once 4:55+1 1>2
once 4:55+1 1>0
once 4:59+1 0>1
once 4:59+1 0>-1`},
		{"a fixed hour", "schedule: \"30 9 * * 1-5\"\nwhen: measure.presumed", `schedule 3:15+1 9>10`},
	} {
		r := mustParse(t, tt.rule+"\ntests: [{name: x, at: 2026-03-01T09:00:00Z, given: [m], fires: [m]}]")
		if got, want := mutantWords(r, starter), strings.TrimSpace(tt.want); got != want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, got, want)
		}
	}
}

func TestMutantsOfAScheduleAreKilledByWhatIsPosted(t *testing.T) {
	starter := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", -2, 5)}})
	for test, want := range map[string]string{
		"fires: [m]": "schedule 2:14+1 9>10",
		"fires: [m], posts: [{at: 2026-03-01T09:00:00Z}]":           "schedule 2:14+1 9>10 x",
		"fires: [m], then: [{at: 2026-03-02T09:00:00Z, fires: []}]": "schedule 2:14+1 9>10 x",
	} {
		r := mustParse(t, "when: measure.by == \"US\"\ntests: [{name: x, at: 2026-03-01T09:00:00Z, given: [m], "+test+"}]")
		if got, _, _ := strings.Cut(mutantWords(r, starter), "\n"); got != want {
			t.Errorf("%s: %s, want %s", test, got, want)
		}
	}
}

func TestMutantsAreBounded(t *testing.T) {
	atLength(t)
	r := mustParse(t, "when: measure.rate in ["+strings.Repeat("1, ", 600)+"1] or measure.rate in [2, 3]")
	if tried := len(mutantsOf(r)); tried > MaxMutants || tried < 3 {
		t.Errorf("%d mutants", tried)
	}
	var terms []string
	for i := range 45 {
		terms = append(terms, fmt.Sprintf("measure.rate > %d", i))
	}
	if tried := len(mutantsOf(mustParse(t, "when: "+strings.Join(terms, " or ")))); tried > MaxMutants {
		t.Errorf("%d mutants", tried)
	}
}

// A test that fails already notices nothing.
func TestMutantsAreNotKilledByFailingTests(t *testing.T) {
	r := mustParse(t, "when: measure.by == \"US\"\ntests: [{name: x, at: 2026-03-01T09:00:00Z, given: [m], fires: []}]")
	if survivors, tried := Survivors(r, snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", -2, 5)}})); len(survivors) != tried || tried != 3 {
		t.Errorf("%d of %d survive", len(survivors), tried)
	}
}

// Every part of the starter rules is tried both ways, every message in both
// languages, and every literal is pinned by a test.
func TestStarterRulesAreTestedWhole(t *testing.T) {
	atLength(t)
	facts := starterFacts(t)
	for _, r := range starterRules(t).Rules {
		if c := Cover(r, facts); c.Reached < c.Points {
			t.Errorf("%s: %s", r.File, gapsOf(c))
		}
		survivors, tried := Survivors(r, facts)
		for _, m := range survivors {
			t.Errorf("%s:%s, and no test notices", r.File, m)
		}
		if tried == 0 {
			t.Errorf("%s has nothing to change", r.File)
		}
	}
}
