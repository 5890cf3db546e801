package main

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"derisk/bot"
	"derisk/db"
	"derisk/feed"
	"derisk/rules"
	"derisk/tracker"
)

// What the packages ask of each other, none of which knows another.
var (
	_ rules.Ledger      = (*db.DB)(nil)
	_ rules.Source      = (*db.DB)(nil)
	_ bot.Facts         = (*db.DB)(nil)
	_ bot.Reviews       = (*db.DB)(nil)
	_ bot.Subscriptions = (*db.DB)(nil)
	_ bot.Recorder      = (*db.DB)(nil)
	_ bot.Settings      = (*db.DB)(nil)
	_ bot.Outbox        = (*db.DB)(nil)
	_ bot.Posts         = (*db.DB)(nil)
	_ bot.Audit         = (*db.DB)(nil)
	_ bot.Hushes        = (*db.DB)(nil)
	_ bot.Rules         = (*rulesForBot)(nil)
	_                   = feed.ReadDigest
)

// env is all that bot's commands ask and change.
func (a *app) env(ctx context.Context) (bot.Env, error) {
	store, err := a.open(ctx)
	if err != nil {
		return bot.Env{}, err
	}
	set, _, err := a.load("")
	if err != nil {
		return bot.Env{}, err
	}
	return joined(store, newRulesForBot(store, set)), nil
}

func joined(store *db.DB, asked *rulesForBot) bot.Env {
	return bot.Env{
		Facts:         store,
		Reviews:       store,
		Subscriptions: store,
		Deliveries:    deliveriesOf(store),
		Fired:         store.FiringsAbout,
		Posts:         store,
		Hushes:        store,
		Recorder:      store,
		Rules:         asked,
		Settings:      store,
		Audit:         store,
	}
}

func deliveriesOf(store *db.DB) bot.Deliveries {
	return func(ctx context.Context, q bot.DeliveryQuery) ([]bot.Delivered, error) {
		rows, err := store.Deliveries(ctx, db.DeliveryQuery(q))
		if err != nil {
			return nil, err
		}
		list := make([]bot.Delivered, len(rows))
		for i, r := range rows {
			list[i] = bot.Delivered(r)
		}
		return list, nil
	}
}

// rulesForBot answers bot's questions about the rules that run.
type rulesForBot struct {
	store   *db.DB
	current atomic.Pointer[rules.Set]
}

func newRulesForBot(store *db.DB, set *rules.Set) *rulesForBot {
	r := &rulesForBot{store: store}
	r.current.Store(set)
	return r
}

// Rules lists the rules by name, broken ones too.
func (r *rulesForBot) Rules(ctx context.Context) ([]bot.RuleInfo, error) {
	failures, err := r.store.Failures(ctx)
	if err != nil {
		return nil, err
	}
	failed := map[string]string{}
	for _, f := range failures {
		failed[f.Rule] = f.Why
	}
	faults := map[string][]string{}
	set := r.current.Load()
	for _, f := range set.Faults {
		faults[f.Rule()] = append(faults[f.Rule()], f.Headline())
	}
	now := time.Now()
	var list []bot.RuleInfo
	for name, of := range faults {
		if !slices.Contains(set.Names(), name) { // the folder itself
			list = append(list, bot.RuleInfo{Name: name, Faults: of})
		}
	}
	for _, name := range set.Names() {
		info := bot.RuleInfo{Name: name, Faults: faults[name], Failed: failed[name]}
		if rule, err := set.Rule(name); err == nil {
			info.About, info.Schedule, info.Zone = rule.About, rule.Schedule.String(), rule.Zone.String()
			info.Each, info.Severity, info.Draft = string(rule.Each), rule.Severity, rule.Draft
			info.Next = rule.Schedule.Next(now)
			info.Stale = len(info.Faults) > 0
		}
		list = append(list, info)
	}
	return list, nil
}

// Backtest tells what would have fired.
func (r *rulesForBot) Backtest(ctx context.Context, name string, from, to tracker.Date) ([]tracker.Foretold, error) {
	return r.backtest(ctx, name, from, to, nil)
}

func (r *rulesForBot) backtest(ctx context.Context, name string, from, to tracker.Date, watch func(float64)) ([]tracker.Foretold, error) {
	list, err := r.chosen(name)
	if err != nil {
		return nil, err
	}
	snapshot, err := r.store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return rules.Backtest(list, snapshot, from, to).Run(ctx, watch)
}

// Forecast tells what will fire if nothing new becomes known.
func (r *rulesForBot) Forecast(ctx context.Context, name string, days int) ([]tracker.Foretold, error) {
	return r.forecast(ctx, name, days, nil)
}

func (r *rulesForBot) forecast(ctx context.Context, name string, days int, watch func(float64)) ([]tracker.Foretold, error) {
	list, err := r.chosen(name)
	if err != nil {
		return nil, err
	}
	snapshot, err := r.store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	states, err := statesOf(ctx, r.store, list)
	if err != nil {
		return nil, err
	}
	return rules.Forecast(list, snapshot, time.Now(), days, states).Run(ctx, watch)
}

// chosen are the rules of that name, or all where it is empty.
func (r *rulesForBot) chosen(name string) ([]*rules.Rule, error) {
	if name == "" {
		return r.current.Load().Rules, nil
	}
	rule, err := r.current.Load().Rule(name)
	if err != nil {
		return nil, err
	}
	return []*rules.Rule{rule}, nil
}

// statesOf are what the rules remember that have run live.
func statesOf(ctx context.Context, store *db.DB, list []*rules.Rule) (map[string]tracker.RuleState, error) {
	states := map[string]tracker.RuleState{}
	for _, rule := range list {
		state, err := store.RuleState(ctx, rule.Name)
		if err != nil {
			return nil, err
		}
		if !state.Tick.IsZero() {
			states[rule.Name] = state
		}
	}
	return states, nil
}
