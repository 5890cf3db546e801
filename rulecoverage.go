package main

import (
	"fmt"

	"derisk/rules"
	"derisk/tracker"
)

// coverageData is coverage as JSON; that of all rules together has no rule.
type coverageData struct {
	Rule    string    `json:"rule,omitempty"`
	Percent float64   `json:"percent"`
	Reached int       `json:"reached"`
	Points  int       `json:"points"`
	Gaps    []gapData `json:"gaps,omitempty"`
}

type gapData struct {
	Key    string      `json:"key"`
	Line   int         `json:"line"`
	Column int         `json:"column"`
	Expr   string      `json:"expr,omitempty"`
	Never  rules.Never `json:"never"`
}

// coverage tells what the tests of each rule reach, and gives that of all together in percent.
func (a *app) coverage(list []*rules.Rule, starter *tracker.Snapshot) float64 {
	var all rules.Coverage
	for _, r := range list {
		c := rules.Cover(r, starter)
		all.Points, all.Reached = all.Points+c.Points, all.Reached+c.Reached
		a.tellCoverage(r, c)
	}
	if a.JSON {
		a.line(map[string]any{"coverage": coverageData{"", all.Percent(), all.Reached, all.Points, nil}})
	} else {
		fmt.Fprintf(a.out, a.say(tracker.Text{EN: "coverage %s (%d of %d)\n", ZH: "覆盖率 %s（%d / %d）\n"}), percent(all.Percent()), all.Reached, all.Points)
	}
	return all.Percent()
}

// percent is rounded down, so that 100 % is all.
func percent(p float64) string { return fmt.Sprintf("%d %%", int(p)) }

func (a *app) tellCoverage(r *rules.Rule, c rules.Coverage) {
	if a.JSON {
		data := coverageData{c.Rule, c.Percent(), c.Reached, c.Points, []gapData{}}
		for _, g := range c.Gaps {
			data.Gaps = append(data.Gaps, gapData{g.Key, g.Line, g.Column, g.Expr, g.Never})
		}
		a.line(map[string]any{"rule": c.Rule, "coverage": data})
		return
	}
	fmt.Fprintf(a.out, a.say(tracker.Text{EN: "%s: %s (%d of %d)\n", ZH: "%s：%s（%d / %d）\n"}), r.File, percent(c.Percent()), c.Reached, c.Points)
	line := 0
	for _, g := range c.Gaps {
		if g.Line != line {
			line = g.Line
			fmt.Fprintf(a.out, "%5d  %s\n", line, r.Line(line))
		}
		fmt.Fprintf(a.out, "       %s %s\n", rules.Underline(r.Line(line), g.Column, g.Width), a.say(neverWords[g.Never]))
	}
}

var neverWords = map[rules.Never]tracker.Text{
	rules.NeverTrue:     {EN: "never true", ZH: "从未为真"},
	rules.NeverFalse:    {EN: "never false", ZH: "从未为假"},
	rules.NeverAsserted: {EN: "never asserted", ZH: "从未断言"},
}
