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
	if failed > 0 {
		return errNo
	}
	return nil
}

func (a *app) tellCase(rule *rules.Rule, r rules.CaseResult) {
	switch {
	case a.JSON:
		a.line(map[string]any{"rule": r.Rule, "name": r.Case.Name, "passed": len(r.Wrong) == 0, "wrong": r.Wrong})
	case len(r.Wrong) > 0:
		fmt.Fprintf(a.out, "%s:%d: %s\n    %s\n", rule.File, r.Case.Line, r.Case.Name, strings.Join(r.Wrong, "\n    "))
	}
}
