package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"derisk/bot"
	"derisk/rules"
	"derisk/tracker"
)

type rulesTryCommand struct {
	Expression string       `arg:"" help:"A condition as in a rule: measure.status == \"suspended\"."`
	Each       string       `help:"What it goes over: measure, event, review, commitment, indicator or article." enum:"measure,event,review,commitment,indicator,article" default:"measure" placeholder:"WHAT"`
	At         tracker.Date `help:"Day or instant, in the zone; now if left out." placeholder:"WHEN"`
	Zone       string       `help:"Where today is, an IANA name such as Asia/Shanghai; UTC if left out, as in a rule." placeholder:"ZONE"`
	Limit      int          `help:"How many to show at most." default:"100"`
}

// Run tells what the condition matches and what it costs. Exit 1 where it
// matches nothing, 2 where it is no condition.
func (c *rulesTryCommand) Run(ctx context.Context, a *app) error {
	if faults := rules.CheckCondition(c.Expression, rules.Each(c.Each)); len(faults) > 0 {
		for _, f := range faults {
			fmt.Fprintln(a.errOut, f)
		}
		return usagef("the condition cannot be read; derisk rules reference lists all that it may say")
	}
	return a.answerFor(ctx, bot.Everybody, "rule try", map[string]string{
		"expression": c.Expression, "each": c.Each, "at": c.At.String(), "zone": c.Zone, "limit": strconv.Itoa(c.Limit)})
}

// Try tells what a condition matches.
func (r *rulesForBot) Try(ctx context.Context, q bot.TryQuestion) (bot.Trial, error) {
	snapshot, err := r.store.Snapshot(ctx)
	if err != nil {
		return bot.Trial{}, err
	}
	at := q.Now.In(q.Zone)
	if !q.At.IsZero() {
		at = q.At.Last(q.Zone).In(q.Zone)
	}
	trial, err := rules.Try(q.Expression, rules.Each(q.Each), ownReviews(snapshot, q.Owner), at)
	if err != nil {
		return bot.Trial{}, triedWrongly(err)
	}
	told := bot.Trial{At: at, Of: trial.Of, Cost: trial.Cost, Most: trial.Most}
	for _, m := range trial.Matches {
		match := bot.TryMatch{Subject: m.Subject, Title: m.Title, Values: []bot.TryValue{}}
		for _, v := range m.Values {
			match.Values = append(match.Values, bot.TryValue(v))
		}
		told.Matches = append(told.Matches, match)
	}
	return told, nil
}

// triedWrongly is what is wrong in a condition, in one line for whoever typed it.
func triedWrongly(err error) error {
	words := err.Error()
	if fault, is := errors.AsType[*rules.Error](err); is {
		words = fault.Headline()
		if fault.Hint != "" {
			words += ": " + fault.Hint
		}
	}
	return &bot.Problem{Words: tracker.Text{EN: words, ZH: words}, Is: bot.ErrUsage}
}
