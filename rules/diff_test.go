package rules

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"derisk/tracker"
)

// TestDiff compares two folders over days 0 to 9; now is day 5. The measure is
// suspended from day 2, last day 6.
func TestDiff(t *testing.T) {
	paused := paused("m", 2, 6)
	suspended := ruleWith("when: measure.status == \"suspended\"")
	tests := []struct {
		name        string
		old, edited map[string]string
		want        string
	}{
		// cloudflare/pint counts what a changed rule would have fired; here each is named.
		{"a wider condition adds", map[string]string{"r": suspended},
			map[string]string{"r": ruleWith("when: measure.status == \"suspended\" or days_until(measure.since) == 0\nrepeat: 3d")},
			"r edited +1 -0 ~0: added 5 coming=false m"},
		{"what is to come is told apart", map[string]string{}, map[string]string{"r": ruleWith("when: days_until(measure.until) in [4, 0]\nonce: [days_until(measure.until)]")},
			"r added +2 -0 ~0: added 2 coming=false m, added 6 coming=true m"},
		{"a rule that is gone", map[string]string{"r": suspended}, map[string]string{}, "r removed +0 -1 ~0: removed 2 coming=false m"},
		{"another severity", map[string]string{"r": suspended}, map[string]string{"r": suspended + "severity: critical\n"},
			"r edited +0 -0 ~1: changed [severity] 2 coming=false m"},
		{"another message and label", map[string]string{"r": suspended},
			map[string]string{"r": ruleWith("when: measure.status == \"suspended\"\nlabels: {a: b}\nsay: {en: x, zh: y}")},
			"r edited +0 -0 ~1: changed [message labels] 2 coming=false m"},
		{"a schedule moved by hours is the same firing at another time", map[string]string{"r": suspended},
			map[string]string{"r": ruleWith("schedule: \"0 8 * * *\"\nwhen: measure.status == \"suspended\"")},
			"r edited +0 -0 ~1: changed [at] 2 coming=false m"},
		{"another key alone tells people nothing else", map[string]string{"r": ruleWith("when: measure.status == \"suspended\"\nonce: [measure.id]")},
			map[string]string{"r": ruleWith("when: measure.status == \"suspended\"\nonce: [measure.since]")}, "r edited +0 -0 ~0: "},
		{"words in the file that have no effect", map[string]string{"r": suspended}, map[string]string{"r": "# A remark.\n" + suspended}, "r edited +0 -0 ~0: "},
		{"the same file", map[string]string{"r": suspended}, map[string]string{"r": suspended}, "1 the same: "},
		// grafana/grafana#66531, prometheus/prometheus#15175: a renamed rule is the same rule.
		{"renamed with was", map[string]string{"r": suspended}, map[string]string{"s": "was: r\n" + suspended}, "s was r renamed +0 -0 ~0: "},
		{"renamed without was", map[string]string{"r": suspended}, map[string]string{"s": suspended},
			"r removed +0 -1 ~0, s added +1 -0 ~0: removed 2 coming=false m, added 2 coming=false m"},
		{"a draft fires nothing", map[string]string{"r": suspended}, map[string]string{"r": suspended + "draft: true\n", "s": suspended + "draft: true\n"},
			"r edited +0 -1 ~0, s added +0 -0 ~0: removed 2 coming=false m"},
		// argoproj/argo-cd#13550 and others: an end that is no longer told is a firing less.
		{"ends are firings too", map[string]string{"r": suspended + "resolve: true\n"}, map[string]string{"r": suspended},
			"r edited +0 -1 ~0: removed 7 coming=true m"},
	}
	for _, tt := range tests {
		got, err := Diff(t.Context(), named(t, tt.old), named(t, tt.edited), snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused}}),
			day0.AddDate(0, 0, 5).Add(1), date(0), date(9), nil)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if text := compared(got); text != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.name, text, tt.want)
		}
	}
}

// named is a set of rules by their names.
func named(t *testing.T, texts map[string]string) *Set {
	t.Helper()
	files := map[string]string{}
	for name, text := range texts {
		files[name+".yaml"] = text
	}
	set := setOf(t, files)
	for _, fault := range set.Faults {
		t.Fatal(fault)
	}
	return set
}

func compared(c *Comparison) string {
	var rules, firings []string
	if c.Same > 0 {
		rules = append(rules, fmt.Sprintf("%d the same", c.Same))
	}
	for _, r := range c.Rules {
		name := r.Rule
		if r.Was != "" {
			name += " was " + r.Was
		}
		rules = append(rules, fmt.Sprintf("%s %s +%d -%d ~%d", name, r.Edit, r.Added, r.Removed, r.Changed))
	}
	for _, f := range c.Firings {
		what := string(f.Change)
		if f.What != nil {
			what += fmt.Sprint(" ", f.What)
		}
		firings = append(firings, fmt.Sprintf("%s %d coming=%v %s", what, int(f.At.Sub(day0).Round(24*3600e9).Hours()/24), f.Coming, f.Subject))
	}
	return strings.Join(rules, ", ") + ": " + strings.Join(firings, ", ")
}

// The past of a comparison is a backtest, and its future is what a forecast
// tells: one code path, whatever day it is.
func TestDiffIsBacktestAndForecast(t *testing.T) {
	facts, set := starterFacts(t), starterRules(t)
	now := tracker.MustDate("2026-11-05").First(set.Rules[0].Zone)
	from, to := tracker.MustDate("2026-10-01"), tracker.MustDate("2026-12-04")
	got, err := Diff(t.Context(), &Set{}, set, facts, now, from, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	past, err := Backtest(set.Rules, facts, from, to).Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(past) < 50 || len(got.Firings) != len(past) {
		t.Fatalf("%d firings, a backtest has %d", len(got.Firings), len(past))
	}
	coming, err := Forecast(set.Rules, facts, now, 28, nil).Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, f := range got.Firings {
		told[f.ID+strings.Join(changesIn(f.Foretold), ",")] = true
	}
	for _, f := range coming {
		if f.At.Before(to.Last(now.Location())) && !told[f.ID+strings.Join(changesIn(f), ",")] && f.Severity != tracker.Info {
			t.Errorf("a forecast alone tells %s %s %s %v", f.At, f.Rule, f.Subject, f.Changes)
		}
	}
}

func changesIn(f tracker.Foretold) (list []string) {
	for _, c := range f.Changes {
		list = append(list, string(c))
	}
	slices.Sort(list)
	return list
}

// The starter rules that run every quarter of an hour have 70,000 ticks in the
// two years that are compared where nothing is said.
func TestDiffOfTwoYears(t *testing.T) {
	often := named(t, map[string]string{"often": ruleWith("schedule: \"*/15 * * * *\"\neach: event\nwhen: event.what == \"suspended\"")})
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", 2, 6)}})
	got, err := Diff(t.Context(), &Set{}, often, s, day0, date(-365), date(365), nil)
	if err != nil || got.Count(FiringAdded) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDiffStopsAndFails(t *testing.T) {
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{paused("m", 2, 6)}})
	busy := named(t, map[string]string{"busy": ruleWith("schedule: \"@every 1s\"\nwhen: days_until(measure.until) == 99")})
	if _, err := Diff(t.Context(), &Set{}, busy, s, day0, date(0), date(9), nil); err == nil || !strings.Contains(err.Error(), "choose fewer days") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Diff(ctx, &Set{}, busy, s, day0, date(0), date(9), nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
