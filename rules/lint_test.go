package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"derisk/tracker"
)

// lintDay is as of when rules are linted in these tests.
var lintDay = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// set makes a set of the rules given by name.
func set(t testing.TB, rules map[string]string) *Set {
	t.Helper()
	folder := fstest.MapFS{}
	for name, lines := range rules {
		folder[name+".yaml"] = &fstest.MapFile{Data: []byte(ruleWith(lines))}
	}
	s, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Faults {
		t.Error(f)
	}
	return s
}

// starterCount are numbers that change with the starter facts.
var starterCount = regexp.MustCompile(`\b\d+ (measures|events|times)`)

func shownLints(lints []*Lint) string {
	lines := []string{}
	for _, l := range lints {
		lines = append(lines, starterCount.ReplaceAllString(l.String(), "N $1"))
	}
	return strings.Join(lines, "\n")
}

func TestStarterRulesAreWithoutLints(t *testing.T) {
	atLength(t)
	lints, untried := Lints(starterRules(t), starterFacts(t), lintDay)
	if len(lints) > 0 || untried {
		t.Errorf("untried: %v\n%s", untried, shownLints(lints))
	}
}

func TestNewRulesAreWithoutLints(t *testing.T) {
	atLength(t)
	facts := starterFacts(t)
	for _, each := range Eaches() {
		text, err := New("mine", each)
		if err != nil {
			t.Fatal(err)
		}
		for _, live := range []string{text, strings.Replace(text, "draft: true", "draft: false", 1)} {
			rules := starterRules(t)
			r, faults := Parse("mine.yaml", []byte(live))
			if r == nil {
				t.Fatal(faults)
			}
			rules.Rules = append(rules.Rules, r)
			lints, _ := Lints(rules, facts, lintDay)
			for _, l := range lints {
				if r.Draft || l.Name != subsumed { // one that runs is to say so: official-change tells of it too
					t.Errorf("each %s, draft: %v: %s", each, r.Draft, l)
				}
			}
		}
	}
}

// What each lint says, where, and what it does not doubt. Rules here have no
// tests, so untested is left out.
func TestLints(t *testing.T) {
	tests := []struct{ name, lines, want string }{
		{"nothing to doubt", "", ""},
		{"never by record", `when: measure.by == "CN" and measure.rate > 900`, `test.yaml:4:7: when: holds for none of N measures from 25 November 2024 to 25 November 2028, by what is recorded [never-true]
    when: measure.by == "CN" and measure.rate > 900
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ mend it, or snooze this lint while the rule waits for facts`},
		{"never by record, of events", "each: event\nwhen: event.evidence == \"press\" and event.what == \"suspended\"", "holds for none of N events from"},
		{"no reviews are recorded, so nothing is said", "each: review\nwhen: review.left == 3\nsay: {en: x, zh: x}", ""},
		{"two words at once", `when: measure.status == "suspended" and measure.status == "ended"`, `test.yaml:4:41: when: can never hold: measure.status == "ended" contradicts what stands before it [never-true]`},
		{"a word it never is", `when: measure.status == "active"`, `can never hold: measure.status is never "active" [never-true]
    when: measure.status == "active"
          ^^^^^^^^^^^^^^^^^^^^^^^^^^ there are: proposed, announced, in-force, suspended, ended`},
		{"a slip in a word", `when: measure.status in ["suspended", "in-forse"]`, `test.yaml:4:39: when: measure.status is never "in-forse" [unknown-word]
    when: measure.status in ["suspended", "in-forse"]
                                          ^^^^^^^^^^ did you mean "in-force"?`},
		{"a slip in a kind that is not wanted", `when: measure.kind != "tarif" and measure.by == "CN"`, `did you mean "tariff"?`},
		{"always by a slip", `when: measure.kind != "tarif"`, `always holds: measure.kind is never "tarif" [always-true]`},
		{"a tag that there is not", "when: |\n  \"lithium-batery\" in measure.tags", `nothing recorded has "lithium-batery" in measure.tags [unknown-word]`},
		{"a tag that there is not, in a closure", "when: |\n  any(measure.tags, # == \"lithium-batery\")", `did you mean "lithium-battery"?`},
		{"a tag that no measure bears, but the tree has", "when: |\n  \"shipping\" in measure.tags or measure.by == \"CN\"", ""},
		{"a measure that there is not", `when: measure.id == "cn-mofcom-2025-85"`, `nothing recorded has "cn-mofcom-2025-85" in measure.id [unknown-word]`},
		{"no country", `when: measure.by in ["CN", "UK"]`, `measure.by is never "UK" [unknown-word]`},
		{"a country that nothing recorded is of", `when: measure.by in ["CN", "CL"]`, ""},
		{"an empty range", `when: days_until(measure.until) > 30 and days_until(measure.until) < 10`, "days_until(measure.until) < 10 contradicts"},
		{"dates that cross", `when: measure.until < date("2026-01-01") and measure.until >= date("2026-06-01")`, `contradicts what stands before it`},
		{"dates that touch", `when: measure.until <= date("2026-11-10") and measure.until >= date("2026-11-10")`, ``},
		{"itself and not itself", `when: measure.presumed and measure.by == "CN" and not measure.presumed`, "measure.presumed contradicts"},
		{"either side never", `when: (measure.status == "a" or measure.status == "b") and measure.by == "CN"`, `is never "a" [never-true]`},
		{"one side never", `when: measure.status == "activ" or measure.by == "CN"`, `measure.status is never "activ" [unknown-word]`},
		{"the negation never", `when: measure.by != "CN" or measure.by != "US"`, "always holds: where one side does not hold, another does [always-true]"},
		{"true", `when: 1 < 2 or true`, "always holds: it is true [always-true]"},
		{"always by record", `when: len(measure.id) > 3`, "holds always for each of N measures from 25 November 2024 to 25 November 2028, by what is recorded [always-true]"},
		{"finer than days", "schedule: \"@hourly\"\nwhen: measure.status == \"suspended\" and days_until(measure.until) == 30", `test.yaml:3:12: schedule: days_until(measure.until) == 30 changes once a day at most, the rule is due more often [needless-ticks]
    schedule: "@hourly"
               ^^^^^^^ write "0 9 * * *"`},
		{"a status can change at any time", "schedule: \"@hourly\"\nwhen: measure.status == \"suspended\"", ""},
		{"twice on Mondays", "schedule: \"0 9,15 * * 1\"\nwhen: days_until(measure.until) < 100", "[needless-ticks]"},
		{"two days a month", "schedule: \"0 9 1,15 * *\"\nwhen: days_until(measure.until) < 100", ""},
		{"two days running", `when: days_until(measure.until) in [7, 1, 0]`, `test.yaml:4:36: when: it holds on the days 0, 1 running, so the rule fires on the first of them alone [missed-days]
    when: days_until(measure.until) in [7, 1, 0]
                                       ^^^^^^^^ add once: [measure.id, days_until(measure.until)]`},
		{"a stretch is one firing", `when: days_until(measure.until) in 0..7`, ""},
		{"days apart", `when: days_until(measure.until) in [30, 7]`, ""},
		{"a key for all days", "when: days_until(measure.until) in [30, 7]\nonce: [measure.id, measure.until]", `once: the key is the same on each of the days 7, 30, so the rule fires on the first alone [missed-days]`},
		{"a key for each day", "when: days_until(measure.until) in [7, 1, 0]\nonce: [measure.until, days_until(measure.until)]", ""},
		{"English alone", "say: {en: x}", `test.yaml:4:6: say: has no message in "zh": who reads that gets the other one, marked [missing-language]`},
	}
	facts := starterFacts(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lints, untried := Lints(set(t, map[string]string{"test": tt.lines}), facts, lintDay)
			lints = slices.DeleteFunc(lints, func(l *Lint) bool { return l.Name == untested })
			got := shownLints(lints)
			if untried || tt.want == "" && got != "" || !strings.Contains(got, tt.want) || len(lints) > 1 {
				t.Errorf("untried: %v, got\n%s\nwant\n%s", untried, got, tt.want)
			}
		})
	}
}

func TestRulesBesideOthers(t *testing.T) {
	suspended := `when: measure.status == "suspended"`
	tests := []struct {
		name, first, second, want string
	}{
		{"the same condition", suspended, suspended + "\nlabels: {a: b}", `b.yaml:4:7: when: rule "a" has the same condition [same-as]`},
		{"the same words in another order", `when: measure.status == "suspended" and measure.by == "CN"`, `when: measure.by == "CN" and measure.status == "suspended"`, `b.yaml:4:7: when: fired together with rule "a" each of`},
		{"narrower", suspended, suspended + ` and measure.by == "CN"`, `b.yaml:4:7: when: rule "a" fired too each of the`},
		{"narrower, of events", "each: event\n" + `when: event.evidence == "official"`, "each: event\n" + `when: event.evidence == "official" and event.what == "suspended"`, `[subsumed]`},
		{"narrower but more severe", suspended, suspended + ` and measure.by == "CN"` + "\nseverity: critical", ""},
		{"a draft", suspended, suspended + "\ndraft: true", ""},
		{"an edge, and days starterCount in it", suspended, suspended + ` and days_until(measure.until) in [30, 7]`, ""},
		{"another subject", suspended, "each: commitment\nwhen: commitment.status == \"due\"\nsay: {en: x, zh: x}", ""},
		{"another key", suspended + "\nonce: measure.id", suspended + "\nonce: [measure.id, measure.since]", "fired together"},
	}
	facts := starterFacts(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lints, _ := Lints(set(t, map[string]string{"a": tt.first, "b": tt.second}), facts, lintDay)
			lints = slices.DeleteFunc(lints, func(l *Lint) bool { return l.Name == untested })
			if got := shownLints(lints); tt.want == "" && got != "" || !strings.Contains(got, tt.want) || len(lints) > 1 {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestSnooze(t *testing.T) {
	never := "when: measure.rate > 900\ntests: [{name: a, at: 2026-10-11T09:00:00+08:00, given: [cn-mofcom-2025-58], fires: []}]\nlints: [{name: %s, until: %s, why: waits for the annex}]"
	tests := []struct{ name, lint, until, want string }{
		{"until a day to come", "never-true", "2027-01-31", ""},
		{"until today", "never-true", "2026-11-25", ""},
		{"over", "never-true", "2026-11-24", "by what is recorded (was snoozed; last day 24 November 2026) [never-true]"},
		{"a year ahead", "never-true", "2027-11-25", ""},
		{"more than a year ahead", "never-true", "2028-11-25", "lints: 25 November 2028 lies more than a year ahead, so nothing is snoozed [snooze]"},
		{"not needed", "always-true", "2027-01-31", "there is no always-true to snooze [snooze]"},
	}
	facts := starterFacts(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lints, _ := Lints(set(t, map[string]string{"test": fmt.Sprintf(never, tt.lint, tt.until)}), facts, lintDay)
			lints = slices.DeleteFunc(lints, func(l *Lint) bool { return l.Name == unpinned })
			if got := shownLints(lints); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestSnoozeFaults(t *testing.T) {
	tests := []struct{ name, lints, want string }{
		{"unknown lint", "[{name: never-tru, until: 2027-01-31, why: x}]", `did you mean "never-true"?`},
		{"no reason", "[{name: never-true, until: 2027-01-31}]", `a snooze needs the key "why"`},
		{"empty reason", `[{name: never-true, until: 2027-01-31, why: ""}]`, `lints.why`},
		{"no day", "[{name: never-true, why: x}]", `a snooze needs the key "until"`},
		{"a month", "[{name: never-true, until: 2027-01, why: x}]", `"2027-01" is not a day`},
		{"no list", "never-true", "must be a list of at most 20 lints"},
		{"unknown key", "[{name: never-true, until: 2027-01-31, because: x}]", `unknown key "because"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, faults := Parse("test.yaml", []byte(ruleWith("lints: "+tt.lints)))
			if len(faults) == 0 || !strings.Contains(fmt.Sprint(faults), tt.want) {
				t.Errorf("got %v, want %s", faults, tt.want)
			}
		})
	}
}

func TestUnpinned(t *testing.T) {
	pinned := "when: measure.status == \"suspended\" and days_until(measure.until) in [30, 7]\nonce: days_until(measure.until)\ntests:\n" +
		"  - {name: a, at: 2026-10-11T09:00:00+08:00, given: [cn-mofcom-2025-58, cn-mofcom-2025-18], fires: [cn-mofcom-2025-58]}\n"
	second := "  - {name: b, at: 2026-11-03T09:00:00+08:00, given: [cn-mofcom-2025-58], fires: [cn-mofcom-2025-58]}\n"
	facts := starterFacts(t)
	lints, _ := Lints(set(t, map[string]string{"test": "zone: Asia/Shanghai\n" + pinned}), facts, lintDay)
	if got, want := shownLints(lints), "when: no test notices if 7 is left out [unpinned]"; !strings.Contains(got, want) || len(lints) != 1 {
		t.Errorf("with one of two days tested: got\n%s\nwant\n%s", got, want)
	}
	lints, _ = Lints(set(t, map[string]string{"test": "zone: Asia/Shanghai\n" + pinned + second}), facts, lintDay)
	if len(lints) > 0 {
		t.Errorf("with both days tested:\n%s", shownLints(lints))
	}
}

// A message in one language reaches those who read the other one, marked.
func TestMessageInOneLanguage(t *testing.T) {
	for _, tt := range []struct {
		say  string
		want tracker.Text
	}{
		{"{en: Lapses}", tracker.Text{EN: "Lapses", ZH: "［仅有英文］Lapses"}},
		{"{zh: 到期}", tracker.Text{EN: "[only in Chinese] 到期", ZH: "到期"}},
		{"{en: Lapses, zh: 到期}", tracker.Text{EN: "Lapses", ZH: "到期"}},
	} {
		r := mustParse(t, "say: "+tt.say)
		out, err := Evaluate(r, starterFacts(t), Tick{At: lintDay, Prev: lintDay.AddDate(0, 0, -1)}, tracker.RuleState{})
		if err != nil || len(out.Firings) == 0 || out.Firings[0].Message != tt.want {
			t.Errorf("%s: %v %+v", tt.say, err, out.Firings)
		}
	}
}

// What lints try conditions by fires as a backtest over all ticks does.
func TestHistoryAgreesWithBacktest(t *testing.T) {
	atLength(t)
	facts := starterFacts(t)
	more := set(t, map[string]string{
		"a": `when: measure.status in ["suspended", "ended"]`,
		"b": "zone: America/New_York\nschedule: \"30 */6 * * *\"\nwhen: measure.status == \"in-force\" and measure.basis != \"\"",
		"c": "schedule: \"0 9 * * 1\"\nwhen: days_until(measure.until) in 0..20\nonce: measure.until",
		"d": "each: event\nschedule: \"@every 6h\"\nwhen: event.evidence != \"official\" or days_since(event.on) > 3",
		"e": "zone: Asia/Shanghai\nwhen: measure.status == \"suspended\" and not (measure.by == \"US\")\nrepeat: 10d",
		"f": "each: commitment\nwhen: days_until(commitment.due) < 40\nsay: {en: x, zh: x}",
		"g": "each: indicator\nwhen: indicator.value > 10\nonce: [indicator.value]\nsay: {en: x, zh: x}",
	})
	from, to := tracker.MustDate("2025-09-01"), tracker.MustDate("2026-12-31")
	for _, r := range append(starterRules(t).Rules, more.Rules...) {
		begin := from.First(r.Zone)
		histories, tried := replayAll([]*Rule{r}, facts, begin, to.Last(r.Zone))
		if !tried {
			t.Fatal("not tried")
		}
		firings, err := Backtest([]*Rule{r}, facts, from, to).Run(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		first := r.Schedule.Next(begin.Add(-time.Nanosecond))
		want := 0
		days := map[string]int{}
		for _, f := range firings {
			if f.Kind == tracker.Began && (r.Each.Happens() || !f.At.Equal(first)) {
				want++
				days[f.At.In(r.Zone).Format(time.DateOnly)]++
			}
		}
		h := histories[0]
		for _, f := range h.firings {
			days[time.Unix(int64(f>>32)*86400, 0).UTC().Format(time.DateOnly)]--
		}
		for day, n := range days {
			if n != 0 {
				t.Errorf("%s on %s: %+d in the backtest", r.Name, day, n)
			}
		}
		if len(h.firings) != want || h.failed {
			t.Errorf("%s fired %d times, in the backtest %d, failed: %v", r.Name, len(h.firings), want, h.failed)
		}
		t.Logf("%s: %d firings", r.Name, want)
	}
}

// BenchmarkLints is a thousand rules over the starter facts.
func BenchmarkLints(b *testing.B) {
	facts, rules := starterFacts(b), map[string]string{}
	for i := range 1000 {
		rules[fmt.Sprintf("r%04d", i)] = fmt.Sprintf("zone: %s\nwhen: measure.status == %q and days_until(measure.until) in [%d, %d]\nonce: [measure.id, measure.until, days_until(measure.until)]",
			[]string{"UTC", "Asia/Shanghai", "America/New_York"}[i%3], []string{"suspended", "in-force", "ended", "announced"}[i%4], i%97, i%13)
	}
	s := set(b, rules)
	for b.Loop() {
		if _, untried := Lints(s, facts, lintDay); untried {
			b.Fatal("not tried")
		}
	}
}
