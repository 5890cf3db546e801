package bench

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"derisk/rules"
	"derisk/rules/rulestest"
	"derisk/tracker"
)

// backtest is derisk as a whole: a backtest of the one day, in which every
// measure is folded from its events, every rule is evaluated, and each firing
// gets its message in both languages.
func backtest(t testing.TB, f facts) pass {
	s, err := tracker.NewSnapshot(tracker.Facts{Measures: f.measures, Goods: rulestest.Tags()})
	if err != nil {
		t.Fatal(err)
	}
	list := make([]*rules.Rule, len(f.rules))
	for i, rule := range f.rules {
		list[i] = deriskRule(t, i, rule.Expr)
	}
	day := tracker.From(rulestest.Now)
	return func() [][]int {
		firings, err := rules.Backtest(list, s, day, day)
		if err != nil {
			t.Fatal(err)
		}
		held := make([][]int, len(list))
		for _, firing := range firings { // by rule, then by measure
			i, j := number(t, firing.Rule), number(t, firing.Subject)
			held[i] = append(held[i], j)
		}
		return held
	}
}

// deriskRule is a rule that is due at [rulestest.Now].
func deriskRule(t testing.TB, i int, when string) *rules.Rule {
	file := fmt.Sprintf("about: %s\nschedule: %s\nwhen: |\n  %s\nsay: {en: \"{measure.title}\", zh: \"{measure.title}\"}\n",
		"holds for some measures", rulestest.Now.Format("4 15 * * *"), when)
	rule, faults := rules.Parse(fmt.Sprintf("r-%04d.yaml", i), []byte(file))
	if faults != nil {
		t.Fatalf("%s: %v", when, faults[0])
	}
	return rule
}

// number is the place of a rule or a measure, which its name ends with.
func number(t testing.TB, name string) int {
	_, digits, _ := strings.Cut(name, "-")
	n, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
