package main

import (
	"context"
	"fmt"

	"derisk/rules"
)

type ruleCommands struct {
	Check    rulesCheckCommand    `cmd:"" help:"Find what is wrong in rule files."`
	Test     rulesTestCommand     `cmd:"" help:"Run the tests written in rule files."`
	Explain  rulesExplainCommand  `cmd:"" help:"Why a rule's condition holds for a subject or not, when it would, and who would be told."`
	Try      rulesTryCommand      `cmd:"" help:"What a condition matches now, and what it costs."`
	Backtest rulesBacktestCommand `cmd:"" help:"What would have fired, with only what was published then."`
	Forecast rulesForecastCommand `cmd:"" help:"What will fire, from the dates that are known today."`
	Diff     rulesDiffCommand     `cmd:"" help:"Which firings a changed folder of rules adds, removes and changes."`

	New       rulesNewCommand       `cmd:"" help:"Write a commented rule with a test, to begin from."`
	Reference rulesReferenceCommand `cmd:"" help:"All that a rule file may hold: keys, fields, functions, operators."`
}

// load reads the rules of a folder: dir, or that of --rules, or the built-in ones.
func (a *app) load(dir string) (set *rules.Set, from string, err error) {
	return a.loadAfter(dir, &rules.Set{})
}

// loadAfter is load where the rules were read before: only what changed is read anew.
func (a *app) loadAfter(dir string, last *rules.Set) (set *rules.Set, from string, err error) {
	if dir == "" {
		dir = a.Rules
	}
	fsys, from, err := folder(dir, "rules.d")
	if err != nil {
		return nil, "", err
	}
	set, err = rules.Reload(fsys, last)
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
