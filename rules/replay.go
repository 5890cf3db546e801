package rules

import (
	"cmp"
	queue "container/heap"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"derisk/tracker"
)

// After is what a rule remembers once an outcome is stored. A failed tick
// leaves the state as it was.
func After(was tracker.RuleState, out tracker.Outcome) tracker.RuleState {
	if out.Failed != "" {
		return was
	}
	now := tracker.RuleState{Tick: out.Tick, Form: out.Form, Active: make(map[string]tracker.Active, len(out.Active)), Fired: was.Fired}
	for _, a := range out.Active {
		now.Active[a.Subject] = a
	}
	if len(out.Firings) > 0 {
		now.Fired = maps.Clone(was.Fired)
		if now.Fired == nil {
			now.Fired = map[string]bool{}
		}
	}
	for _, f := range out.Firings {
		if f.Kind == tracker.Began {
			now.Fired[f.Subject+"\n"+f.Key] = true
		}
	}
	return now
}

// How many ticks one rule may have: in a backtest or forecast, which anybody may
// ask for in a chat; and in a comparison, so that two years of every five
// minutes fit.
const (
	MaxReplay = 50_000
	MaxDiff   = 250_000
)

// Replay is rules on their way through past or coming ticks, all together in
// the order of time. It is made by [Backtest] or [Forecast], runs once, and
// belongs to one goroutine.
type Replay struct {
	snapshot *tracker.Snapshot
	now      time.Time // what comes after it can still be changed; zero: nothing
	most     int       // ticks of one rule
	scenes   scenes
	lanes    lanes
	from, to time.Time // of all lanes
	firings  []tracker.Foretold
	failed   []error
}

// Backtest tells what rules would have fired from the first instant of one day
// to the last of another, both in each rule's own zone, knowing at each tick
// only what was published by then. Each rule begins with nothing active, as if
// it were new, so what holds at its first tick fires there.
func Backtest(list []*Rule, s *tracker.Snapshot, from, to tracker.Date) *Replay {
	r := &Replay{snapshot: s, most: MaxReplay}
	for _, rule := range list {
		r.add(&lane{rule: rule}, from.First(rule.Zone).Add(-time.Nanosecond), to.Last(rule.Zone))
	}
	return r
}

// Forecast tells what rules will fire in the days after now if nothing new is
// recorded: dates that are known today come due. What holds already is active
// and does not fire again. states gives what a rule remembers where it runs
// live; a rule that is not in it warms up at its latest due time.
func Forecast(list []*Rule, s *tracker.Snapshot, now time.Time, days int, states map[string]tracker.RuleState) *Replay {
	r := &Replay{snapshot: s, now: now, most: MaxReplay}
	for _, rule := range list {
		was, ok := states[rule.Name]
		to := tracker.DayOf(now.In(rule.Zone).AddDate(0, 0, days)).Last(rule.Zone)
		r.add(&lane{rule: rule, was: was, cold: !ok}, now, to)
	}
	return r
}

// lane is one rule on its way through its ticks.
type lane struct {
	rule     *Rule
	order    int // of its name among the lanes
	reads    reads
	prev     time.Time // due time before next
	next, to time.Time
	was      tracker.RuleState
	cold     bool // what it remembers is to be found at prev
	ticks    int
}

func (l *lane) done() bool { return l.next.IsZero() || l.next.After(l.to) }

// add lets a rule run at each due time after from, up to and including to.
func (r *Replay) add(l *lane, from, to time.Time) {
	l.prev, l.next, l.to = l.rule.Schedule.Last(from), l.rule.Schedule.Next(from), to
	if l.done() {
		return
	}
	l.reads = readsOf(l.rule)
	r.lanes = append(r.lanes, l)
	if r.from.IsZero() || from.Before(r.from) {
		r.from = from
	}
	if to.After(r.to) {
		r.to = to
	}
}

// Run gives all firings, in the order at, rule, subject, kind. A rule that
// fails stops there; the error names it, and the firings of the others are
// given all the same. When ctx ends, Run stops within one tick of one rule,
// with the context's error and no firings. watch, where it is not nil, is told
// after each tick which share of the time is done, from 0 to 1.
func (r *Replay) Run(ctx context.Context, watch func(share float64)) ([]tracker.Foretold, error) {
	if err := r.warm(ctx); err != nil {
		return nil, err
	}
	slices.SortFunc(r.lanes, func(a, b *lane) int { return cmp.Compare(a.rule.Name, b.rule.Name) })
	for i, l := range r.lanes {
		l.order = i
	}
	queue.Init(&r.lanes)
	for len(r.lanes) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l := r.lanes[0]
		if watch != nil {
			watch(float64(l.next.Sub(r.from)) / float64(r.to.Sub(r.from)))
		}
		if r.step(l) {
			queue.Pop(&r.lanes)
		} else {
			queue.Fix(&r.lanes, 0)
		}
	}
	return r.firings, errors.Join(r.failed...)
}

// warm finds what cold rules would remember of their latest due time.
func (r *Replay) warm(ctx context.Context) error {
	for _, l := range r.lanes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !l.cold {
			continue
		}
		out, err := evaluate(l.rule, r.scenes.at(r.snapshot, l.prev, false, l.rule.Zone), l.prev, tracker.RuleState{})
		if err != nil {
			r.fail(l, l.prev, err)
			l.next = time.Time{}
		}
		l.was = After(tracker.RuleState{}, out)
	}
	r.lanes = slices.DeleteFunc(r.lanes, (*lane).done)
	return nil
}

func (r *Replay) fail(l *lane, at time.Time, err error) {
	r.failed = append(r.failed, fmt.Errorf("at %s: %w", at.In(l.rule.Zone).Format(time.RFC3339), err))
}

// step evaluates a lane's next tick, and says whether that was its last.
func (r *Replay) step(l *lane) (last bool) {
	if l.ticks++; l.ticks > r.most {
		r.failed = append(r.failed, fmt.Errorf("rule %s has more than %d ticks in that time: choose fewer days", l.rule.Name, r.most))
		return true
	}
	out, err := evaluate(l.rule, r.scenes.at(r.snapshot, l.next, false, l.rule.Zone), l.prev, l.was)
	if err != nil {
		r.fail(l, l.next, err)
		return true
	}
	for _, f := range out.Firings {
		r.firings = append(r.firings, r.foretell(l, f))
	}
	l.was, l.prev = After(l.was, out), l.next
	l.next = l.rule.Schedule.Next(l.next)
	return l.done()
}

// lanes is a heap: the lane that is due next comes first, of several the first by name.
type lanes []*lane

func (l lanes) Len() int { return len(l) }

func (l lanes) Less(i, j int) bool {
	if order := l[i].next.Compare(l[j].next); order != 0 {
		return order < 0
	}
	return l[i].order < l[j].order
}

func (l lanes) Swap(i, j int) { l[i], l[j] = l[j], l[i] }

// Push is what [queue.Interface] asks for.
func (l *lanes) Push(x any) { *l = append(*l, x.(*lane)) }

// Pop is what [queue.Interface] asks for.
func (l *lanes) Pop() any {
	last := len(*l) - 1
	x := (*l)[last]
	*l = (*l)[:last]
	return x
}
