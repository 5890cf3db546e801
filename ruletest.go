package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"derisk/rules"
	"derisk/tracker"
)

type rulesTestCommand struct {
	Dir       string  `arg:"" optional:"" help:"Folder of rules."`
	Rule      string  `name:"rule" help:"Test this rule only." placeholder:"NAME"`
	Coverage  bool    `help:"Show what no test makes true or false, and what no test asserts."`
	Mutate    bool    `help:"Change each literal of each rule by itself, and list the changes that no test notices."`
	Threshold float64 `help:"Fail where less is covered, or with --mutate less of the changes noticed." placeholder:"PERCENT"`
}

// Run runs every test of every rule, over the facts of the measures folder. Exit
// 1 where one fails, or where less is covered or noticed than the threshold.
func (c *rulesTestCommand) Run(ctx context.Context, a *app) error {
	if !(c.Threshold >= 0 && c.Threshold <= 100) {
		return usagef("--threshold %v: write a percentage from 0 to 100", c.Threshold)
	}
	list, err := c.rules(a)
	if err != nil {
		return err
	}
	starter, err := a.starter()
	if err != nil {
		return err
	}
	passed := a.test(list, starter)
	if c.Coverage || c.Threshold > 0 && !c.Mutate {
		passed = a.coverage(list, starter) >= c.Threshold && passed
	}
	if c.Mutate {
		noticed, err := a.mutate(ctx, list, starter)
		if err != nil {
			return err
		}
		passed = noticed >= c.Threshold && passed
	}
	return answered(passed)
}

// rules are those to be tested.
func (c *rulesTestCommand) rules(a *app) ([]*rules.Rule, error) {
	set, err := a.good(c.Dir)
	if err != nil {
		return nil, err
	}
	if c.Rule == "" {
		return set.Rules, nil
	}
	rule, err := set.Rule(c.Rule)
	return []*rules.Rule{rule}, err
}

// test runs the tests, tells what went wrong, and says whether nothing did.
func (a *app) test(list []*rules.Rule, starter *tracker.Snapshot) bool {
	passed, failed := 0, 0
	for _, rule := range list {
		for _, r := range rules.RunCases(rule, starter) {
			if len(r.Wrong) == 0 {
				passed++
			} else {
				failed++
			}
			a.tellCase(rule, r)
		}
	}
	if !a.JSON {
		fmt.Fprintf(a.out, a.say(tracker.Text{EN: "%d passed, %d failed\n", ZH: "通过 %d，失败 %d\n"}), passed, failed)
	}
	return failed == 0
}

func (a *app) tellCase(rule *rules.Rule, r rules.CaseResult) {
	if a.JSON {
		a.line(map[string]any{"rule": r.Rule, "name": r.Case.Name, "passed": len(r.Wrong) == 0, "wrong": wrongLines(r), "differences": differencesData(r.Wrong)})
		return
	}
	if len(r.Wrong) > 0 {
		fmt.Fprintf(a.out, "%s:%d: %s\n", rule.File, r.Case.Line, r.Case.Name)
	}
	line := r.Case.Line
	for _, d := range r.Wrong {
		if d.Line != line {
			line = d.Line
			fmt.Fprintf(a.out, "  %s:%d:\n", rule.File, line)
		}
		a.tellDifference(d)
	}
}

func wrongLines(r rules.CaseResult) []string {
	lines := []string{}
	for _, d := range r.Wrong {
		lines = append(lines, d.Lines()...)
	}
	return lines
}

// differenceData is a difference as JSON.
type differenceData struct {
	Line  int          `json:"line"`
	Key   string       `json:"key"`
	Want  string       `json:"want,omitempty"`
	Had   string       `json:"had,omitempty"`
	Note  tracker.Text `json:"note,omitzero"`
	Parts []partData   `json:"parts,omitempty"`
}

type partData struct {
	Expr   string          `json:"expr"`
	Value  json.RawMessage `json:"value"`
	Line   int             `json:"line"`
	Column int             `json:"column"`
}

func differencesData(wrong []rules.Difference) []differenceData {
	list := []differenceData{}
	for _, d := range wrong {
		data := differenceData{Line: d.Line, Key: d.Key, Want: d.Want.Text, Had: d.Had.Text, Note: d.Note}
		for _, p := range d.Parts {
			data.Parts = append(data.Parts, partData{p.Expr, p.Value, p.Line, p.Column})
		}
		list = append(list, data)
	}
	return list
}

// tellDifference sets what was wanted over what was had, with the words that
// differ marked, and then says why.
func (a *app) tellDifference(d rules.Difference) {
	for _, side := range []struct {
		sign  string
		words rules.Words
	}{{"-", d.Want}, {"+", d.Had}} {
		if side.words.Text == "" {
			continue
		}
		lead := fmt.Sprintf("    %s %s: ", side.sign, d.Key)
		fmt.Fprintln(a.out, lead+strings.ReplaceAll(side.words.Text, "\n", " "))
		if marks := side.words.Underline(); marks != "" {
			fmt.Fprintln(a.out, strings.Repeat(" ", len(lead))+marks)
		}
	}
	note := a.say(d.Note)
	switch {
	case note == "":
	case d.Want.Text == "" && d.Had.Text == "":
		fmt.Fprintf(a.out, "    %s: %s\n", d.Key, note)
	default:
		fmt.Fprintf(a.out, "        %s\n", note)
	}
	a.tellParts(d.Parts)
}

// tellParts lists parts of a condition with their values.
func (a *app) tellParts(parts []rules.Part) {
	width := 0
	for _, p := range parts {
		width = max(width, len(p.Expr))
	}
	for _, p := range parts {
		fmt.Fprintf(a.out, "        %d:%-3d %-*s  %s\n", p.Line, p.Column, width, p.Expr, p.Value)
	}
}
