package main

import (
	"context"
	"fmt"
	"time"

	"derisk/bot"
	"derisk/tracker"
)

type rulesExplainCommand struct {
	Rule    string       `arg:"" help:"Name of the rule."`
	Subject string       `arg:"" optional:"" help:"Id of what the rule goes over; each if left out."`
	At      tracker.Date `help:"Instant; now if left out." placeholder:"WHEN"`
}

// Run shows the value of every part of the condition. Exit 1 where it does not hold for the subject named.
func (c *rulesExplainCommand) Run(ctx context.Context, a *app) error {
	asked, err := a.asked(ctx)
	if err != nil {
		return err
	}
	rule, err := asked.current.Load().Rule(c.Rule)
	if err != nil {
		return err
	}
	at := time.Now()
	if !c.At.IsZero() {
		at = c.At.Last(rule.Zone)
	}
	traces, err := asked.Explain(ctx, c.Rule, c.Subject, at)
	if err != nil {
		return err
	}
	for _, t := range traces {
		a.tellTrace(t)
	}
	return answered(c.Subject == "" || traces[0].Result)
}

func (a *app) tellTrace(e bot.RuleTrace) {
	if a.JSON {
		a.line(e)
		return
	}
	holds := tracker.Text{EN: "does not hold", ZH: "不成立"}
	if e.Result {
		holds = tracker.Text{EN: "holds", ZH: "成立"}
	}
	fmt.Fprintf(a.out, "%s %s %s %s\n", e.Rule, e.Subject, e.At.Format(time.RFC3339), a.say(holds))
	width := 0
	for _, p := range e.Parts {
		width = max(width, len(p.Expr))
	}
	for _, p := range e.Parts {
		fmt.Fprintf(a.out, "  %3d:%-3d %-*s  %s\n", p.Line, p.Column, width, p.Expr, p.Value)
	}
}
