package rules

import (
	"slices"
	"strings"
	"testing"

	"derisk/tracker"
)

// linesOf is all that is wrong in a result, in words.
func linesOf(r CaseResult) (lines []string) {
	for _, d := range r.Wrong {
		lines = append(lines, d.Lines()...)
	}
	return lines
}

func TestCasesTellWhatDiffers(t *testing.T) {
	r := mustParse(t, `when: measure.status == "suspended"
resolve: true
tests:
  - {name: wrong, at: 2026-03-01T09:00:00Z, given: [m], fires: [x], says: {en: nothing}}
  - {name: ended, at: 2026-03-07T09:00:00Z, given: [m], resolved: [m]}
  - {name: unknown, at: 2026-03-07T09:00:00Z, given: [mm], fires: []}
  - name: in full
    at: 2026-03-01T09:00:00Z
    given:
      - {id: own, title: {en: Own, zh: 自}, kind: tariff, by: US, zone: UTC, events: [{id: own.e, what: effective, on: 2026-01-01, published: 2026-01-01, evidence: official}, {id: own.s, what: suspended, on: 2026-02-01, published: 2026-02-01, evidence: official}]}
    fires: [own]`)
	results := RunCases(r, snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", -2, 5)}}))
	want := [][]string{
		{"- fires: x", "+ fires: m", "- says.en: nothing", "+ says.en: Title of m"}, nil,
		{`given: no measure "mm": did you mean "m"? (not found)`}, nil}
	for i, result := range results {
		if got := linesOf(result); !slices.Equal(got, want[i]) {
			t.Errorf("%s: %q", result.Case.Name, got)
		}
	}
}

// m is suspended from 27 February to 6 March 2026, the last day 6 March: see paused.
func TestCasesGoThroughTheSteps(t *testing.T) {
	starter := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", -2, 5)}})
	for _, tt := range []struct{ name, rule, test, want string }{
		{"an edge fires once", "", "{at: 2026-03-02T09:00:00Z, fires: []}", ""},
		{"an edge is said to fire again", "", "{at: 2026-03-02T09:00:00Z, fires: [m]}", "- fires: m"},
		{"a repeat fires after its time", "repeat: 3d", "{at: 2026-03-03T09:00:00Z, fires: []}, {at: 2026-03-04T09:00:00Z, fires: [m]}", ""},
		{"a repeat is not told", "repeat: 3d", "{at: 2026-03-05T09:00:00Z, fires: []}", "+ fires: m"},
		{"its end is told", "resolve: true", "{at: 2026-03-06T09:00:00Z, fires: []}, {at: 2026-03-07T09:00:00Z, resolved: [m]}", ""},
		{"an end that nobody tells", "", "{at: 2026-03-07T09:00:00Z, resolved: [m]}", "- resolved: m"},
		{"its end came earlier", "resolve: true", "{at: 2026-03-08T09:00:00Z, fires: []}", "+ resolved: m"},
		{"between two due times", "", "{at: 2026-03-02T09:30:00Z, fires: []}",
			`at: 2026-03-02T09:30:00Z is no due time of the schedule "0 9 * * *": the next one is 2026-03-03T09:00:00Z`},
		{"too far", "schedule: \"* * * * *\"", "{at: 2026-03-04T09:00:00Z, fires: []}",
			"at: more than 2000 due times lie between the first step and this one: choose nearer instants"},
		{"a fact that comes later", "", "{at: 2026-03-02T09:00:00Z, given: [{id: n, title: {en: N}, kind: tariff, by: US, zone: UTC, events: [" +
			"{id: n.e, what: effective, on: 2026-01-01, published: 2026-01-01, evidence: official}, {id: n.s, what: suspended, on: 2026-02-01, published: 2026-02-01, evidence: official}]}], fires: [n]}", ""},
		{"a fact that changes", "resolve: true", "{at: 2026-03-02T09:00:00Z, given: [{id: m, title: {en: M}, kind: tariff, by: US, zone: UTC, events: [" +
			"{id: m.e, what: effective, on: 2026-01-01, published: 2026-01-01, evidence: official}]}], resolved: [m]}", ""},
	} {
		r := mustParse(t, tt.rule+"\nwhen: measure.status == \"suspended\"\ntests: [{name: x, at: 2026-03-01T09:00:00Z, given: [m], fires: [m], then: ["+tt.test+"]}]")
		if got := strings.Join(linesOf(RunCases(r, starter)[0]), "; "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestCasesTellWhyNothingFired(t *testing.T) {
	starter := snapshot(t, tracker.Facts{Goods: goods(), Measures: []*tracker.Measure{paused("m", -2, 5)}})
	for _, tt := range []struct{ name, rule, test, want string }{
		{"the part that is false", "when: measure.status == \"suspended\" and (measure.by == \"CN\" or measure.rate > 25)", "fires: [m]",
			`the condition is false: measure.by == "CN" = false, measure.by = "US", measure.rate > 25 = false, measure.rate = 25`},
		{"what is denied", "when: not measure.reported and not (measure.by == \"US\")", "fires: [m]",
			`the condition is false: not (measure.by == "US") = false, measure.by = "US"`},
		{"no such subject", "when: measure.by == \"US\"", "fires: [n]", `no measure "n" at 2026-03-02T09:00:00Z: did you mean "m"? (not found)`},
		{"not new any more", "each: event\nwhen: event.what == \"suspended\"", "fires: [m.suspended]",
			"the condition holds, but it did not become known since the due time before"},
		{"not ended", "when: measure.by == \"US\"\nresolve: true", "resolved: [m]", "the condition still holds"},
		{"not to be told", "when: measure.by == \"CN\"", "resolved: [m]", "the rule has no resolve: true"},
		{"it never held", "when: measure.by == \"CN\"\nresolve: true", "resolved: [m]", "it did not hold at the due time before"},
		{"fired already", "when: measure.by == \"US\"", "fires: [m], then: [{at: 2026-03-03T09:00:00Z, fires: [m]}]",
			"the condition holds, but it fired already at 2026-03-02T09:00:00Z"},
		{"with the same key", "when: measure.by == \"US\" and days_until(measure.until) != 3\nonce: [measure.since]",
			"fires: [m], then: [{at: 2026-03-03T09:00:00Z, fires: []}, {at: 2026-03-04T09:00:00Z, fires: [m]}]",
			`the condition holds, but its once key ["2026-02-27"] fired already`},
	} {
		r := mustParse(t, tt.rule+"\ntests: [{name: x, at: 2026-03-02T09:00:00Z, given: [m], "+tt.test+"}]")
		wrong := RunCases(r, starter)[0].Wrong
		if len(wrong) == 0 || wrong[0].Note.ZH == "" && !strings.HasPrefix(wrong[0].Note.EN, "no measure") {
			t.Errorf("%s: %+v", tt.name, wrong)
			continue
		}
		got := wrong[0].Note.EN
		for i, part := range wrong[0].Parts {
			got += []string{": ", ", "}[min(i, 1)] + part.Expr + " = " + string(part.Value)
		}
		if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// Routing tests could not set a time (prometheus/alertmanager#3889): these stand at any due time.
func TestCasesTellWhatIsPosted(t *testing.T) {
	starter := snapshot(t, tracker.Facts{Goods: goods(), Measures: []*tracker.Measure{paused("m", -2, 5), paused("n", -2, 5)}})
	for _, tt := range []struct{ name, posts, want string }{
		{"at once", "{at: 2026-03-01T09:00:00Z, because: match}", ""},
		{"whatever the offset", "{at: 2026-03-01T17:00:00+08:00}", ""},
		{"a daily digest in Berlin", "{zone: Europe/Berlin, deliver: daily, at: 2026-03-02T09:00:00+01:00, because: digest}", ""},
		{"quiet hours", `{zone: Asia/Shanghai, quiet: "16:00-18:30", at: 2026-03-01T18:30:00+08:00, because: quiet-hours}`, ""},
		{"quiet hours that are over", `{zone: Asia/Shanghai, quiet: "16:00-17:00", at: 2026-03-01T18:30:00+08:00}`,
			"- posts: 2026-03-01T18:30:00+08:00; + posts: 2026-03-01T17:00:00+08:00 because match"},
		{"another filter", "{filter: \"by:CN\", at: never, because: filter}", ""},
		{"a filter that was thought to match", "{filter: \"by:CN\", at: 2026-03-01T09:00:00Z}", "- posts: 2026-03-01T09:00:00Z; + posts: never because filter"},
		{"a filter that was thought not to match", "{filter: \"tag:battery\", at: never}", "- posts: never; + posts: 2026-03-01T09:00:00Z because match"},
		{"never, for another cause", "{filter: \"by:CN\", at: never, because: not-yours}", "- posts: never because not-yours; + posts: never because filter"},
		{"in time, for another cause", "{at: 2026-03-01T09:00:00Z, because: digest}", "- posts: 2026-03-01T09:00:00Z because digest; + posts: 2026-03-01T09:00:00Z because match"},
		{"whom it tells of", "{at: 2026-03-01T09:00:00Z, tells: [m, o]}", "- posts.tells: o; + posts.tells: n"},
		{"in its language", "{lang: zh, at: 2026-03-01T09:00:00Z, says: n之题}", ""},
		{"in the other language", "{lang: zh, at: 2026-03-01T09:00:00Z, says: Title of n}", "- posts.says: Title of n; + posts.says: n之题"},
	} {
		r := mustParse(t, `when: measure.status == "suspended"
tests: [{name: x, at: 2026-03-01T09:00:00Z, given: [m, n], fires: [m, n], posts: [`+tt.posts+"]}]")
		if got := strings.Join(linesOf(RunCases(r, starter)[0]), "; "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestCasesOfEachKindOfSubject(t *testing.T) {
	const tariff = `
      - id: own
        title: {en: Own, zh: 自}
        kind: tariff
        by: US
        zone: UTC
        rate: {percent: 10}
        review: {days: 45, of: calendar, from: acceptance}
        events:
          - {id: own.e, what: effective, on: 2026-01-01, published: 2026-01-01, evidence: official}
          - {id: own.a, what: amended, rate: {percent: 20}, on: 2026-03-02, published: 2026-03-02, evidence: official}`
	const figures = `
      - indicator:
          id: i
          title: {en: I, zh: 指标}
          unit: t
          observations:
            - {period: 2026-01, value: 1, source: {title: T, publisher: P, url: "https://example.org", date: 2026-02-01}}
            - {period: 2026-02, value: 2, source: {title: T, publisher: P, url: "https://example.org", date: 2026-03-01}}`
	const commitment = `
      - commitment: {id: c, title: {en: C, zh: 承诺}, by: US, due: 2026-04, amount: 3, unit: t, framework: own, status: due, evidence: official}`
	for _, tt := range []struct{ each, when, given, fires string }{
		{"measure", `measure.rate == 20`, tariff, "own"},
		{"event", `event.what == "amended" and event.rate_before == 10 and event.rate == 20`, tariff, "own.a"},
		{"review", `review.left == 43`, tariff + "\n      - {review: {id: r, measure: own, accepted: 2026-02-28}}", "r"},
		{"commitment", `commitment.amount == 3 and days_until(commitment.due) == 59`, tariff + commitment, "c"},
		{"indicator", `indicator.value > indicator.previous`, figures, "i"},
		{"article", `"own" in article.measures`, tariff + "\n      - {article: {id: a, title: T, at: 2026-03-02T08:00:00Z, measures: [own]}}", "a"},
	} {
		r := mustParse(t, "each: "+tt.each+"\nwhen: |-\n  "+tt.when+"\nsay: {en: x, zh: x}\ntests:\n  - name: x\n    at: 2026-03-02T09:00:00Z\n    fires: ["+tt.fires+"]\n    given:"+tt.given)
		if result := RunCases(r, snapshot(t, tracker.Facts{}))[0]; len(result.Wrong) > 0 || len(result.Firings) != 1 {
			t.Errorf("%s: %q %+v", tt.each, linesOf(result), result.Wrong)
		}
	}
}

func TestFaultsOfTests(t *testing.T) {
	for _, tt := range []struct{ name, test, want string }{
		{"no time", "given: [m], fires: []", `tests: a test needs the key "at"`},
		{"no firings", "at: 2026-03-01T09:00:00Z, given: [m]", `tests: a test needs the key "fires"`},
		{"a key of subscriptions misspelt", "at: 2026-03-01T09:00:00Z, given: [m], fires: [], posts: [{at: never, filtr: x}]", `did you mean "filter"?`},
		{"when is it posted", "at: 2026-03-01T09:00:00Z, given: [m], fires: [], posts: [{filter: \"by:CN\"}]", `tests.posts: a post needs the key "at"`},
		{"never, misspelt", "at: 2026-03-01T09:00:00Z, given: [m], fires: [], posts: [{at: nevr}]", "write 2026-10-11T09:00:00+08:00, or never"},
		{"one step", "at: 2026-03-01T09:00:00Z, given: [m], fires: [], then: {at: 2026-03-02T09:00:00Z, fires: []}", "write - {at: 2026-10-12T09:00:00+08:00, fires: []}"},
		{"a filter", "at: 2026-03-01T09:00:00Z, given: [m], fires: [], posts: [{at: never, filter: \"tga:x\"}]", `tests.posts.filter: "tga:x": a filter has no "tga": did you mean "tag"?`},
		{"a zone", "at: 2026-03-01T09:00:00Z, given: [m], fires: [], posts: [{at: never, zone: Beijing}]", `did you mean "Asia/Shanghai"?`},
		{"quiet hours", "at: 2026-03-01T09:00:00Z, given: [m], fires: [], posts: [{at: never, quiet: night}]", `tests.posts.quiet: "night" are no quiet hours`},
		{"a language", "at: 2026-03-01T09:00:00Z, given: [m], fires: [], posts: [{at: never, lang: fr}]", `tests.posts.lang: "fr" is not a language`},
		{"a digest", "at: 2026-03-01T09:00:00Z, given: [m], fires: [], posts: [{at: never, deliver: dayly}]", `did you mean "daily"?`},
		{"a cause", "at: 2026-03-01T09:00:00Z, given: [m], fires: [], posts: [{at: never, because: filtre}]", `did you mean "filter"?`},
		{"back in time", "at: 2026-03-01T09:00:00Z, given: [m], fires: [], then: [{at: 2026-03-01T09:00:00Z, fires: []}]", "tests.then.at: a step must come after the one before it"},
		{"a name in a step", "at: 2026-03-01T09:00:00Z, given: [m], fires: [], then: [{at: 2026-03-02T09:00:00Z, fires: [], name: x}]", `tests.then: unknown key "name"`},
		{"a commitment", "at: 2026-03-01T09:00:00Z, given: [{commitment: {id: c}}], fires: []", `tests.given.commitment: a commitment needs "title"`},
		{"an indicator", "at: 2026-03-01T09:00:00Z, given: [{indicator: {id: c, title: {en: C}, unit: t, observation: []}}], fires: []", `tests.given.indicator: an indicator needs "observations"`},
		{"stops", "at: 2026-03-01T09:00:00Z, given: [{review: {id: r, measure: m, accepted: 2026-03-01, stops: 3}}], fires: []", "tests.given.review.stops: must be a list"},
	} {
		_, faults := Parse("test.yaml", []byte(ruleWith("when: measure.by == \"US\"\ntests: [{name: x, "+tt.test+"}]")))
		if len(faults) == 0 || !strings.Contains(faults[0].Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, faults, tt.want)
		}
	}
}

func TestAlignWords(t *testing.T) {
	for _, tt := range []struct{ want, had, lines string }{
		{"last day 11 November", "X: last day 10 November 2026", "         ^^|            ^^"},
		{"距今30天", "暂停，距今31天。", "    ^^|          ^^"},
		{"in force", "", "^^^^^^^^|"},
		{"a c", "a b c", "|  ^"},
		{"a b c", "a c", "  ^|"},
		{"day 1", "1 of day 2", "    ^|         ^"},
	} {
		w, h, _ := alignWords(tt.want, tt.had)
		if got := w.Underline() + "|" + h.Underline(); got != tt.lines {
			t.Errorf("%q in %q: %q, want %q", tt.want, tt.had, got, tt.lines)
		}
	}
}
