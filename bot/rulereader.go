package bot

import (
	"context"
	"strings"

	"derisk/tracker"
)

// readers tells what each of the asker's subscriptions does with a firing at the
// instant of the firing; those that get it first.
func readers(ctx context.Context, env Env, r Request, f *tracker.Firing) ([]RuleReader, error) {
	if f == nil || env.Subscriptions == nil {
		return nil, nil
	}
	all, err := ownSubscriptions(ctx, env, r)
	if err != nil {
		return nil, err
	}
	hushes, err := ownHushes(ctx, env, r)
	if err != nil && env.Hushes != nil {
		return nil, err
	}
	var get, not []RuleReader
	for _, s := range all {
		plan := tracker.Plan(s, *f, f.At, hushes...)
		reader := RuleReader{Subscription: s.ID, Filter: s.Filter, Channel: s.Channel, State: plan.State, Cause: plan.Cause, Due: plan.Due, Paused: s.Paused}
		if plan.State != tracker.NotSent {
			get = append(get, reader)
			continue
		}
		if plan.Cause == tracker.CauseFilter {
			filter, _ := tracker.ParseFilter(s.Filter) // one that cannot be read wants nothing
			reader.Unmet = filter.Unmet(*f)
		}
		not = append(not, reader)
	}
	return append(get, not...), nil
}

// readers says which subscriptions get the firing, and why the others do not.
func (t RuleTrace) readers(r Request) Section {
	s := Section{Heading: text("Who would be told", "谁会收到").In(r.Lang)}
	s.Lines = append(s.Lines, text("If it fired at the time asked about:", "假若在所问时刻触发：").In(r.Lang))
	if len(t.Subscriptions) == 0 {
		s.Lines = []string{text("Nobody: there is no subscription here.", "无人：此处没有订阅。").In(r.Lang)}
		return s
	}
	table := Table{Columns: []string{text("Subscription", "订阅").In(r.Lang), text("State", "状态").In(r.Lang)}}
	for _, reader := range t.Subscriptions {
		table.Rows = append(table.Rows, []string{reader.Subscription, reader.words(r).In(r.Lang)})
	}
	s.Table = &table
	return s
}

// words tell what the subscription does, as deliveries are told.
func (d RuleReader) words(r Request) tracker.Text {
	words := Delivered{Delivery: tracker.Delivery{State: d.State, Cause: d.Cause, Due: d.Due}}.words(r.zone())
	switch {
	case d.State == tracker.Waiting:
		words = text("gets it at once", "立即收到")
	case d.Cause == tracker.CausePaused:
		words = join(words, say("(%s)", "（%s）", d.Paused))
	case len(d.Unmet) > 0:
		words = join(words, say("in %s", "：%s", strings.Join(d.Unmet, ", ")))
	}
	return words
}
