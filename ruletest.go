package main

import (
	"fmt"
	"strings"

	"derisk/rules"
	"derisk/tracker"
)

type rulesTestCommand struct {
	Dir string `arg:"" optional:"" help:"Folder of rules."`
}

// Run runs every test of every rule, over the facts of the measures folder. Exit 1 where one fails.
func (c *rulesTestCommand) Run(a *app) error {
	set, err := a.good(c.Dir)
	if err != nil {
		return err
	}
	starter, err := a.starter()
	if err != nil {
		return err
	}
	passed, failed := 0, 0
	for _, rule := range set.Rules {
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
	return answered(failed == 0)
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
	Parts []rules.Part `json:"parts,omitempty"`
}

func differencesData(wrong []rules.Difference) []differenceData {
	list := []differenceData{}
	for _, d := range wrong {
		list = append(list, differenceData{d.Line, d.Key, d.Want.Text, d.Had.Text, d.Note, d.Parts})
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
