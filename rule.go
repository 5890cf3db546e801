package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"derisk/bot"
	"derisk/rules"
	"derisk/tracker"
)

type ruleCommands struct {
	Check    rulesCheckCommand    `cmd:"" help:"Find what is wrong in rule files."`
	Test     rulesTestCommand     `cmd:"" help:"Run the tests written in rule files."`
	Explain  rulesExplainCommand  `cmd:"" help:"The value of every part of a rule's condition, for one subject or each."`
	Backtest rulesBacktestCommand `cmd:"" help:"What would have fired, with only what was published then."`
	Forecast rulesForecastCommand `cmd:"" help:"What will fire, from the dates that are known today."`
}

// load reads the rules of a folder: dir, or that of --rules, or the built-in ones.
func (a *app) load(dir string) (set *rules.Set, from string, err error) {
	if dir == "" {
		dir = a.Rules
	}
	fsys, from, err := folder(dir, "rules.d")
	if err != nil {
		return nil, "", err
	}
	set, err = rules.Load(fsys)
	return set, from, err
}

// good reads the rules and refuses a folder with a fault in it.
func (a *app) good(dir string) (*rules.Set, error) {
	set, from, err := a.load(dir)
	if err != nil {
		return nil, err
	}
	if len(set.Faults) > 0 {
		return nil, fmt.Errorf("%s/%s: see derisk rules check", from, set.Faults[0].Headline())
	}
	return set, nil
}

// asked are the rules over the database, for commands that refuse broken ones.
func (a *app) asked(ctx context.Context) (*rulesForBot, error) {
	set, err := a.good("")
	if err != nil {
		return nil, err
	}
	store, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	return newRulesForBot(store, set), nil
}

type rulesCheckCommand struct {
	Dir string `arg:"" optional:"" help:"Folder of rules."`
}

// Run tells every fault with its place. Exit 1 where there is one.
func (c *rulesCheckCommand) Run(a *app) error {
	set, from, err := a.load(c.Dir)
	if err != nil {
		return err
	}
	for _, fault := range set.Faults {
		if a.JSON {
			a.line(map[string]any{"file": fault.File, "line": fault.Line, "column": fault.Column, "key": fault.Key,
				"message": fault.Message, "hint": fault.Hint})
			continue
		}
		fmt.Fprintln(a.out, fault)
	}
	if !a.JSON {
		fmt.Fprintf(a.out, a.say(tracker.Text{EN: "%s: %d rules, %d faults\n", ZH: "%s：%d 条规则，%d 处错误\n"}), from, len(set.Names()), len(set.Faults))
	}
	if len(set.Faults) > 0 {
		return errNo
	}
	return nil
}

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
