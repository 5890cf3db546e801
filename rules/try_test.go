package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"derisk/tracker"
)

func TestTryTellsTheValuesThatAreCompared(t *testing.T) {
	at := tracker.MustDate("2026-10-11T09:00:00+08:00").First(time.UTC)
	tests := []struct{ when, want string }{
		{`measure.id == "cn-mofcom-2025-58"`, `measure.id="cn-mofcom-2025-58"`},
		{`measure.id == "cn-mofcom-2025-58" and not (measure.status == "ended" or measure.rate > 3)`, `measure.id="cn-mofcom-2025-58" measure.status="suspended" measure.rate=null`},
		{`measure.id == "cn-mofcom-2025-58" and days_until(measure.until) + 1 > 3`, `measure.id="cn-mofcom-2025-58" days_until(measure.until) + 1=31`},
		{`measure.id startsWith "cn-mofcom-2025-58" and measure.id endsWith "58"`, `measure.id="cn-mofcom-2025-58"`},
	}
	s := starterFacts(t)
	for _, test := range tests {
		trial, err := Try(test.when, EachMeasure, s, at)
		if err != nil || len(trial.Matches) != 1 || trial.Of < 40 {
			t.Errorf("%s: %+v, %v", test.when, trial, err)
			continue
		}
		var told []string
		for _, v := range trial.Matches[0].Values {
			told = append(told, v.Expr+"="+string(v.Value))
		}
		if got := strings.Join(told, " "); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.when, got, test.want)
		}
	}
}

func TestFaultsOfAnExpressionHaveTheirPlace(t *testing.T) {
	tests := []struct{ when, want string }{
		{`measure.statu == "x"`, "expression:1:9: a measure has no field \"statu\"\n    measure.statu == \"x\"\n            ^^^^^ did you mean \"status\"?"},
		{"measure.id == \"石墨\" and\n  measure.statu == \"x\"", "expression:2:11: a measure has no field \"statu\"\n      measure.statu == \"x\"\n              ^^^^^ did you mean \"status\"?"},
		{`measure.id`, "expression:1:1: must be a condition, this is a text\n    measure.id\n    ^^^^^^^^^^ compare it with something"},
	}
	for _, test := range tests {
		faults := CheckCondition(test.when, EachMeasure)
		if len(faults) != 1 || faults[0].Error() != test.want {
			t.Errorf("%s:\ngot  %v\nwant %s", test.when, faults, test.want)
		}
	}
}

// TestTryStopsWhatWouldTakeTooLong: the bound holds for all subjects together.
func TestTryStopsWhatWouldTakeTooLong(t *testing.T) {
	var measures []*tracker.Measure
	for n := range 3000 {
		measures = append(measures, paused(fmt.Sprintf("m%d", n), 2, 5))
	}
	s := snapshot(t, tracker.Facts{Measures: measures, Goods: goods()})
	dear := `any(measure.tags, any(measure.tags, # == "xx"))`
	x, faults := readCondition(dear, EachMeasure)
	if len(faults) > 0 {
		t.Fatal(faults[0])
	}
	if x.cost*len(s.Measures) <= maxTry {
		t.Fatalf("%d units for %d measures is not too much", x.cost, len(s.Measures))
	}
	if _, err := Try(dear, EachMeasure, s, day0); err == nil || !strings.Contains(err.Error(), "too many to try") {
		t.Error(err)
	}
}

// FuzzTry feeds conditions of strangers: none panics, each fault has a place in it.
func FuzzTry(f *testing.F) {
	for _, s := range []string{`measure.status == "suspended"`, "a\n b", "measure.tags | any(# == \"x\")", "\xff\n\"", "1 < 2 < 3", "", "any(measure.tags, any(measure.tags, # == #))", `measure.by == "CN" ? true : false`} {
		f.Add(s)
	}
	s := starterFacts(f)
	f.Fuzz(func(t *testing.T, source string) {
		trial, err := Try(source, EachMeasure, s, day0)
		for _, fault := range CheckCondition(source, EachMeasure) {
			if fault.Line < 1 || fault.Line > 1+strings.Count(source, "\n") || fault.Column < 1 || fault.Error() == "" {
				t.Errorf("%q: %+v", source, fault)
			}
		}
		if err == nil && len(trial.Matches) > trial.Of {
			t.Errorf("%q matches %d of %d", source, len(trial.Matches), trial.Of)
		}
	})
}
