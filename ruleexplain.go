package main

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"derisk/bot"
	"derisk/rules"
	"derisk/tracker"
)

type rulesExplainCommand struct {
	Rule    string       `arg:"" optional:"" help:"Name of the rule."`
	Subject string       `arg:"" optional:"" help:"Id of what the rule goes over; each if left out."`
	At      tracker.Date `help:"Day or instant, in the rule's zone; now if left out." placeholder:"WHEN"`
	Firing  string       `help:"Instead: why this was told, by the rule and the facts of its time. Ids stand in derisk deliveries." placeholder:"ID"`
}

// Run tells why the condition holds for a subject or not, when it would, what
// would change that and who would be told; of all subjects, for which it holds.
// Exit 1 where it does not hold for the subject named.
func (c *rulesExplainCommand) Run(ctx context.Context, a *app) error {
	switch {
	case c.Firing != "" && (c.Rule != "" || !c.At.IsZero()):
		return usagef("--firing names the rule, the subject and the instant: leave them out")
	case c.Firing != "":
		return a.answerFor(ctx, bot.Everybody, "rule firing", map[string]string{"id": c.Firing})
	case c.Rule == "":
		return usagef("name a rule, or a firing with --firing ID")
	}
	return a.answerFor(ctx, bot.Everybody, "rule explain", map[string]string{"rule": c.Rule, "subject": c.Subject, "at": c.At.String()})
}

// Explain tells what a rule comes to.
func (r *rulesForBot) Explain(ctx context.Context, q bot.RuleQuestion) ([]bot.RuleTrace, error) {
	set := r.current.Load()
	rule, err := set.Rule(q.Rule)
	if err != nil {
		return nil, brokenOr(err, set, q.Rule)
	}
	snapshot, err := r.store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	at := q.Now.In(rule.Zone)
	if !q.At.IsZero() {
		at = q.At.Last(rule.Zone).In(rule.Zone)
	}
	explained, err := rules.Explain(rule, ownReviews(snapshot, q.Owner), q.Subject, at)
	if err != nil {
		return nil, err
	}
	ledger, err := r.ledgerOf(ctx, set, rule)
	if err != nil {
		return nil, err
	}
	traces := make([]bot.RuleTrace, len(explained))
	for i, e := range explained {
		traces[i] = traceOf(e)
		traces[i].Live = ledger.of(e)
	}
	if q.Subject != "" {
		err = r.tellFired(ctx, ledger, &traces[0])
	}
	return traces, err
}

// brokenOr says that a rule's file is broken, where that is why it is not found.
func brokenOr(err error, set *rules.Set, name string) error {
	for _, f := range set.Faults {
		if strings.TrimSuffix(f.File, path.Ext(f.File)) == name {
			return fmt.Errorf("%s: mend it, see derisk rules check (%w)", f.Headline(), tracker.ErrNotFound)
		}
	}
	return err
}

// ownReviews is a snapshot without the reviews of others: nobody else is told of them.
func ownReviews(s *tracker.Snapshot, owner string) *tracker.Snapshot {
	if owner == bot.Everybody {
		return s
	}
	own := *s
	own.Reviews = slices.DeleteFunc(slices.Clone(s.Reviews), func(r tracker.Review) bool { return r.Owner != owner })
	return &own
}

// ruleLedger is what is stored of one rule.
type ruleLedger struct {
	live  bot.RuleLive // but for the subject
	state tracker.RuleState
}

func (r *rulesForBot) ledgerOf(ctx context.Context, set *rules.Set, rule *rules.Rule) (*ruleLedger, error) {
	l := &ruleLedger{live: bot.RuleLive{Draft: rule.Draft, Stale: slices.Contains(set.Stale, rule.Name), Once: rule.Once(), Edge: !rule.Once() && !rule.Each.Happens()}}
	failures, err := r.store.Failures(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range failures {
		if f.Rule == rule.Name {
			l.live.Failed = f.Why
		}
	}
	l.state, err = r.store.RuleState(ctx, rule.Name)
	if !l.state.Tick.IsZero() {
		l.live.Ran = l.state.Tick.In(rule.Zone)
	}
	return l, err
}

// of is what is stored of a rule's subject.
func (l *ruleLedger) of(e rules.Explanation) bot.RuleLive {
	live := l.live
	if a, is := l.state.Active[e.Subject]; is {
		live.Active, live.Silent = a.Since.In(e.At.Location()), a.Silent
	}
	return live
}

const firedKept = 20 // firings of one subject whose times are looked up

// tellFired looks up when the rule fired for a subject: under the key that it has
// now, and under others, of which the last by their words are looked at.
func (r *rulesForBot) tellFired(ctx context.Context, l *ruleLedger, t *bot.RuleTrace) error {
	var keys []string
	for k := range l.state.Fired {
		if subject, key, _ := strings.Cut(k, "\n"); subject == t.Subject && key != t.Key {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	keys = append(keys[max(0, len(keys)-firedKept):], t.Key)
	for _, key := range keys {
		if !l.state.Fired[t.Subject+"\n"+key] {
			continue
		}
		told, err := r.store.Firing(ctx, tracker.FiringID(t.Rule, t.Subject, key, tracker.Began))
		switch {
		case errors.Is(err, tracker.ErrNotFound): // under a former name of the rule
		case err != nil:
			return err
		case !l.live.Once || key == t.Key:
			t.Live.Fired = later(t.Live.Fired, told.At.In(t.At.Location()))
		default:
			t.Live.Before = later(t.Live.Before, told.At.In(t.At.Location()))
		}
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// traceOf is an explanation as bot tells it.
func traceOf(e rules.Explanation) bot.RuleTrace {
	t := bot.RuleTrace{
		Rule: e.Rule, Subject: e.Subject, At: e.At, Result: e.Result, Key: e.Key, New: e.New, Parts: []bot.TracePart{},
		Title: e.Title, When: []bot.RuleLine{}, Decisive: []int{}, From: map[int][]int{},
		Prev: e.Prev, Last: e.Last, Next: e.Next, Firing: e.Firing, Private: e.Owner != "",
	}
	for _, l := range e.Lines {
		t.When = append(t.When, bot.RuleLine{Line: l.Number, Text: l.Text})
	}
	for _, p := range e.Parts {
		t.Parts = append(t.Parts, bot.TracePart{Expr: p.Expr, Value: p.Value, Line: p.Line, Column: p.Column, Mark: bot.RuleMark(p.Mark), Joins: p.Joins})
	}
	for _, d := range e.Decisive {
		t.Decisive = append(t.Decisive, d.Part)
		t.From[d.Part] = d.From
	}
	if e.Times != nil {
		times := bot.RuleTimes(*e.Times)
		t.Times = &times
	}
	for _, n := range e.Near {
		near := bot.RuleNear{Would: n.Would, Measure: n.Measure, Event: n.Event}
		if n.Event == nil {
			near.Part = e.Parts[n.Part].Expr
		}
		t.Near = append(t.Near, near)
	}
	return t
}
