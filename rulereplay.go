package main

import (
	"context"
	"fmt"

	"derisk/tracker"
)

type rulesBacktestCommand struct {
	Rule string       `arg:"" optional:"" help:"Name of the rule; all if left out."`
	From tracker.Date `required:"" help:"First day, in the rule's zone." placeholder:"DAY"`
	To   tracker.Date `required:"" help:"Last day." placeholder:"DAY"`
}

// Run tells what would have fired, knowing at each tick only what was published by then.
func (c *rulesBacktestCommand) Run(ctx context.Context, a *app) error {
	if tracker.DaysBetween(c.From, c.To) < 0 {
		return usagef("--to %s is before --from %s", c.To, c.From)
	}
	asked, err := a.asked(ctx)
	if err != nil {
		return err
	}
	firings, err := asked.Backtest(ctx, c.Rule, c.From, c.To)
	a.tellFirings(firings)
	return err
}

type rulesForecastCommand struct {
	Rule string `arg:"" optional:"" help:"Name of the rule; all if left out."`
	Days int    `help:"How many days ahead." default:"90"`
}

// Run tells what will fire if nothing new is recorded.
func (c *rulesForecastCommand) Run(ctx context.Context, a *app) error {
	if c.Days < 1 {
		return usagef("--days must be at least 1")
	}
	asked, err := a.asked(ctx)
	if err != nil {
		return err
	}
	firings, err := asked.Forecast(ctx, c.Rule, c.Days)
	a.tellFirings(firings)
	return err
}

// tellFirings prints one firing a line.
func (a *app) tellFirings(firings []tracker.Firing) {
	for _, f := range firings {
		if a.JSON {
			a.line(f)
			continue
		}
		fmt.Fprintf(a.out, "%s  %-8s  %s: %s\n", f.At.Format("2006-01-02 15:04 -07:00"), f.Severity, f.Rule, f.Message.In(a.Lang))
	}
	if len(firings) == 0 && !a.JSON {
		fmt.Fprintln(a.out, a.say(tracker.Text{EN: "nothing", ZH: "无"}))
	}
}
