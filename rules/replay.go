package rules

import (
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

// MaxReplay is how many ticks one rule may have in a backtest or forecast.
const MaxReplay = 50_000

// Backtest tells what rules would have fired from the first instant of one day
// to the last of another, both in each rule's own zone, knowing at each tick
// only what was published by then. Each rule begins with nothing active, as if
// it were new, so what holds at its first tick fires there. Firings are in the
// order at, rule, subject, kind. A rule that fails stops there; the error names
// it, and the firings of the others are given all the same.
func Backtest(list []*Rule, s *tracker.Snapshot, from, to tracker.Date) ([]tracker.Firing, error) {
	r := replay{snapshot: s}
	for _, rule := range list {
		r.add(rule, from.First(rule.Zone).Add(-time.Nanosecond), to.Last(rule.Zone), tracker.RuleState{})
	}
	return r.run()
}

// Forecast tells what rules will fire in the days after now if nothing new is
// recorded: dates that are known today come due. What holds already is active
// and does not fire again. states gives what a rule remembers where it runs
// live; a rule that is not in it warms up at its latest due time. Order and
// error are those of [Backtest].
func Forecast(list []*Rule, s *tracker.Snapshot, now time.Time, days int, states map[string]tracker.RuleState) ([]tracker.Firing, error) {
	r := replay{snapshot: s}
	for _, rule := range list {
		was, ok := states[rule.Name]
		if !ok {
			last := rule.Schedule.Last(now)
			out, err := Evaluate(rule, s, Tick{At: last, Prev: last}, tracker.RuleState{})
			if err != nil {
				r.failed = append(r.failed, err)
				continue
			}
			was = After(tracker.RuleState{}, out)
		}
		r.add(rule, now, tracker.DayOf(now.In(rule.Zone).AddDate(0, 0, days)).Last(rule.Zone), was)
	}
	return r.run()
}

// replay runs rules over past or future ticks, all that are due together side
// by side, and gathers what they fire.
type replay struct {
	snapshot *tracker.Snapshot
	scenes   scenes
	lanes    []*lane
	firings  []tracker.Firing
	failed   []error
}

// lane is one rule on its way through its ticks.
type lane struct {
	rule     *Rule
	prev     time.Time // due time before next
	next, to time.Time
	was      tracker.RuleState
	ticks    int
}

// add lets a rule run at each due time after from, up to and including to.
func (r *replay) add(rule *Rule, from, to time.Time, was tracker.RuleState) {
	l := &lane{rule: rule, prev: rule.Schedule.Last(from), next: rule.Schedule.Next(from), to: to, was: was}
	if !l.done() {
		r.lanes = append(r.lanes, l)
	}
}

func (l *lane) done() bool { return l.next.IsZero() || l.next.After(l.to) }

func (r *replay) run() ([]tracker.Firing, error) {
	for len(r.lanes) > 0 {
		at := slices.MinFunc(r.lanes, func(a, b *lane) int { return a.next.Compare(b.next) }).next
		r.lanes = slices.DeleteFunc(r.lanes, func(l *lane) bool { return l.next.Equal(at) && r.step(l) })
	}
	sortFirings(r.firings)
	return r.firings, errors.Join(r.failed...)
}

// step evaluates a lane's next tick, and says whether that was its last.
func (r *replay) step(l *lane) (last bool) {
	if l.ticks++; l.ticks > MaxReplay {
		r.failed = append(r.failed, fmt.Errorf("rule %s has more than %d ticks in that time: choose fewer days", l.rule.Name, MaxReplay))
		return true
	}
	out, err := evaluate(l.rule, r.scenes.at(r.snapshot, l.next, false, l.rule.Zone), l.prev, l.was)
	if err != nil {
		r.failed = append(r.failed, fmt.Errorf("at %s: %w", l.next.Format(time.RFC3339), err))
		return true
	}
	r.firings = append(r.firings, out.Firings...)
	l.was, l.prev = After(l.was, out), l.next
	l.next = l.rule.Schedule.Next(l.next)
	return l.done()
}
