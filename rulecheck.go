package main

import (
	"fmt"
	"time"

	"derisk/rules"
	"derisk/tracker"
)

type rulesCheckCommand struct {
	Dir    string `arg:"" optional:"" help:"Folder of rules."`
	Strict bool   `help:"Exit 1 for a lint too, not for faults alone."`
}

// Run tells every fault with its place, and after them what is doubtful about
// the rules that load, over the facts of the measures folder as of now or --on.
// Exit 1 where there is a fault; with --strict also where there is a doubt.
func (c *rulesCheckCommand) Run(a *app) error {
	set, from, err := a.load(c.Dir)
	if err != nil {
		return err
	}
	for _, fault := range set.Faults {
		a.tellFault(fault, "")
	}
	lints, err := a.lint(set)
	if err != nil && c.Strict {
		return err
	}
	if err != nil { // the measures' fault, not the rules'
		fmt.Fprintf(a.errOut, "derisk: %v\n", err)
	}
	for _, l := range lints {
		a.tellFault(l.At, l.Name)
	}
	if !a.JSON {
		n, faults := len(set.Names()), len(set.Faults)
		fmt.Fprintln(a.out, a.say(tracker.Text{
			EN: fmt.Sprintf("%s: %s, %s, %s", from, tracker.Count(n, "rule", "rules"), tracker.Count(faults, "fault", "faults"), tracker.Count(len(lints), "lint", "lints")),
			ZH: fmt.Sprintf("%s：%d 条规则，%d 处错误，%d 条提示", from, n, faults, len(lints)),
		}))
	}
	return answered(len(set.Faults) == 0 && (len(lints) == 0 || !c.Strict))
}

// tellFault prints a fault, or what a lint of that name doubts.
func (a *app) tellFault(e *rules.Error, lint string) {
	switch {
	case !a.JSON && lint != "":
		fmt.Fprintln(a.out, &rules.Lint{Name: lint, At: e})
		return
	case !a.JSON:
		fmt.Fprintln(a.out, e)
		return
	}
	line := map[string]any{"file": e.File, "line": e.Line, "column": e.Column, "key": e.Key, "message": e.Message, "hint": e.Hint}
	if lint != "" {
		line["lint"] = lint
	}
	a.line(line)
}

// lint tells what is doubtful about rules, and on standard error where it could
// not try them out.
func (a *app) lint(set *rules.Set) ([]*rules.Lint, error) {
	starter, err := a.starter()
	if err != nil {
		return nil, fmt.Errorf("no lints are told, as they need the measures: %w", err)
	}
	now := time.Now()
	if !a.On.IsZero() {
		now = a.On.Last(time.UTC)
	}
	lints, untried := rules.Lints(set, starter, now)
	if untried {
		fmt.Fprintln(a.errOut, a.say(tracker.Text{
			EN: "derisk: these are too many rules and measures to try out every condition: never-true, always-true, same-as, subsumed and unpinned may be missing",
			ZH: "derisk：规则与措施过多，无法逐一试算条件：可能缺少 never-true、always-true、same-as、subsumed 和 unpinned 提示"}))
	}
	return lints, nil
}
