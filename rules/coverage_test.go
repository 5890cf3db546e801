package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr/vm"

	"derisk/rules/rulestest"
	"derisk/tracker"
)

// gapsOf writes coverage as "reached/points: column never expr; …".
func gapsOf(c Coverage) string {
	var gaps []string
	for _, g := range c.Gaps {
		gaps = append(gaps, fmt.Sprintf("%s %d:%d+%d never %s %s", g.Key, g.Line, g.Column, g.Width, g.Never, g.Expr))
	}
	return fmt.Sprintf("%d/%d %s", c.Reached, c.Points, strings.Join(gaps, "; "))
}

func TestCoverage(t *testing.T) {
	starter := snapshot(t, tracker.Facts{Goods: goods(), Measures: []*tracker.Measure{paused("m", -2, 5), paused("n", 2, 5)}})
	const says = ", says: {en: m, zh: m}"
	for _, tt := range []struct{ name, rule, test, want string }{
		{"all", "when: measure.status == \"suspended\"", "given: [m, n], fires: [m]" + says, "4/4 "},
		{"never false", "when: measure.status == \"suspended\"", "given: [m], fires: [m]" + says,
			`3/4 when 4:7+29 never false measure.status == "suspended"`},
		{"what stands after a false and is not come to", "when: measure.status == \"suspended\" and measure.by == \"US\"", "given: [n], fires: []" + says,
			`3/6 when 4:7+29 never true measure.status == "suspended"; when 4:41+18 never true measure.by == "US"; when 4:41+18 never false measure.by == "US"`},
		{"nor what stands after a true or", "when: measure.by == \"US\" or measure.presumed", "given: [m], fires: [m]" + says,
			`3/6 when 4:7+18 never false measure.by == "US"; when 4:29+16 never true measure.presumed; when 4:29+16 never false measure.presumed`},
		{"brackets", "when: |\n  (not known(measure.reason == \"\" ? measure.rate : 3.0))", "given: [m], fires: []" + says,
			`4/6 when 5:8+48 never false known(measure.reason == "" ? measure.rate : 3); when 5:14+20 never false measure.reason == ""`},
		{"a list of words", "when: measure.status in [\"suspended\", \"ended\"]", "given: [m], fires: [m]" + says,
			`3/4 when 4:7+40 never false measure.status in ["suspended", "ended"]`},
		{"every entry", "when: |\n  any(measure.tags, # startsWith \"lithium\" and # != \"x\")", "given: [m], fires: [m]" + says,
			`6/8 when 5:3+54 never false any(measure.tags, # startsWith "lithium" and # != "x"); when 5:48+8 never false # != "x"`},
		{"a message's branches", "say: {en: \"{{ measure.rate > 3 ? 'dear' : 'cheap' }} {{ measure.presumed ? 'a' : 'b' }}\", zh: x}", "given: [m, n], fires: [m], says: {en: dear}",
			`5/8 say.en 4:15+16 never false measure.rate > 3; say.en 4:57+16 never true measure.presumed; say.zh 4:95+1 never asserted `},
		{"asserted by a post", "when: measure.status == \"suspended\"", "given: [m, n], fires: [m], says: {en: m}, posts: [{lang: zh, at: 2026-03-01T09:00:00Z, says: m}]", "4/4 "},
		{"a message in one language", "say: {en: x}", "given: [m, n], fires: [m], says: {en: x}", "3/3 "},
		{"later steps", "when: measure.status == \"suspended\"", "given: [m], fires: [m], says: {en: m}, then: [{at: 2026-03-07T09:00:00Z, fires: []}]",
			`3/4 say.zh 3:39+19 never asserted `},
	} {
		r := mustParse(t, tt.rule+"\ntests: [{name: x, at: 2026-03-01T09:00:00Z, "+tt.test+"}]")
		if got := gapsOf(Cover(r, starter)); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
	if got := Cover(mustParse(t, "when: measure.by == \"US\""), starter); got.Percent() != 0 || got.Points != 4 {
		t.Errorf("a rule without tests: %s", gapsOf(got))
	}
}

// What the parts come to by themselves, put together with short cuts, is what the
// whole comes to, and so is the whole written anew, as mutants are.
func TestProbesAgreeWithTheMachine(t *testing.T) {
	measures, _ := rulestest.Measures(80, 7)
	sc := newScene(snapshot(t, tracker.Facts{Measures: measures, Goods: rulestest.Tags()}), rulestest.Now, false, time.UTC, nil)
	for _, rule := range append(starterConditions(t), rulestest.Rules(80, 9)...) {
		when, faults := compile(rule.Expr, EachMeasure, plainly)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		anew, faults := compile(when.node.String(), EachMeasure, plainly)
		if len(faults) > 0 {
			t.Fatalf("%s: %v", when.node, faults)
		}
		p, machine, env := probeMaker{new(dialects), EachMeasure, plainly}.make(when.node), new(vm.VM), sc.scope()
		for i := range measures {
			env.Measure = sc.view(i)
			want, err := when.holds(machine, env)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := p.look(machine, env); got != want || err != nil {
				t.Errorf("%s, %s: %t, not %t (%v)", rule.Expr, env.Measure.ID, got, want, err)
			}
			if got, err := anew.holds(machine, env); got != want || err != nil {
				t.Errorf("%s written anew, %s: %t, not %t (%v)", rule.Expr, env.Measure.ID, got, want, err)
			}
		}
	}
}

// starterConditions are those over measures, and some with all that the language has.
func starterConditions(t *testing.T) (list []rulestest.Template) {
	for _, r := range starterRules(t).Rules {
		if r.Each == EachMeasure {
			list = append(list, rulestest.Template{Expr: r.when.source})
		}
	}
	for _, expr := range []string{
		`not (measure.by in ["CN", "US"]) and !(measure.presumed or measure.reported)`,
		`(measure.presumed ? measure.by == "US" : measure.rate > 10) or not known(measure.until)`,
		`(measure.rate - (5 - 3)) * 2 > -10 and measure.rate / 2 - 1 - 1 < 20`,
		`count(measure.tags, {# startsWith "lithium" or not (# contains "battery")}) >= 1`,
		`none(measure.against, # == "CN") and (all(["CN", "EU"], any(measure.against, # != "JP")) || measure.since not in [date("2026-01-01")])`,
		`days_until(measure.until) in -30..30 or measure.title matches "^[A-Z]" and len(measure.tags) > 1`,
		`(measure.status == "suspended") == (measure.basis != "")`,
	} {
		list = append(list, rulestest.Template{Expr: expr})
	}
	return list
}
