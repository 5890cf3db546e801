package main

import (
	"context"
	"fmt"

	"derisk/bot"
	"derisk/rules"
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
	progress := a.progress()
	firings, err := asked.backtest(ctx, c.Rule, c.From, c.To, progress.tell)
	progress.clear()
	if err := ctx.Err(); err != nil {
		return err
	}
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
	chosen, err := asked.chosen(c.Rule)
	if err != nil {
		return err
	}
	progress := a.progress()
	firings, err := asked.forecast(ctx, c.Rule, c.Days, progress.tell)
	progress.clear()
	if err := ctx.Err(); err != nil {
		return err
	}
	a.tellFirings(firings)
	if !a.JSON {
		fmt.Fprintln(a.out, a.say(bot.Unforeseeable(onNews(chosen))))
	}
	return err
}

// onNews names the rules that fire when news comes.
func onNews(list []*rules.Rule) []string {
	var names []string
	for _, r := range list {
		if bot.FiresOnNews(string(r.Each)) {
			names = append(names, r.Name)
		}
	}
	return names
}

// tellFirings prints one firing a line, and under it what it follows from.
func (a *app) tellFirings(firings []tracker.Foretold) {
	for _, f := range firings {
		if a.JSON {
			a.line(f)
			continue
		}
		fmt.Fprintf(a.out, "%s  %-8s  %s: %s\n", f.At.Format("2006-01-02 15:04 -07:00"), f.Severity, f.Rule, f.Message.In(a.Lang))
		fmt.Fprintf(a.out, "    ↳ %s\n", a.say(bot.TellForetold(f)))
	}
	if len(firings) == 0 && !a.JSON {
		fmt.Fprintln(a.out, a.say(tracker.Text{EN: "nothing", ZH: "无"}))
	}
}
