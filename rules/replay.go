package rules

import (
	"fmt"
	"maps"
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
// order at, rule, subject, kind.
func Backtest(list []*Rule, s *tracker.Snapshot, from, to tracker.Date) ([]tracker.Firing, error) {
	r := replay{snapshot: s}
	for _, rule := range list {
		first := from.First(rule.Zone).Add(-time.Nanosecond)
		if err := r.run(rule, first, to.Last(rule.Zone), tracker.RuleState{}); err != nil {
			return nil, err
		}
	}
	sortFirings(r.firings)
	return r.firings, nil
}

// Forecast tells what rules will fire in the days after now if nothing new is
// recorded: dates that are known today come due. What holds already is active
// and does not fire again. states gives what a rule remembers where it runs
// live; a rule that is not in it warms up at its latest due time.
func Forecast(list []*Rule, s *tracker.Snapshot, now time.Time, days int, states map[string]tracker.RuleState) ([]tracker.Firing, error) {
	r := replay{snapshot: s}
	for _, rule := range list {
		was, ok := states[rule.Name]
		if !ok {
			last := rule.Schedule.Last(now)
			out, err := Evaluate(rule, s, Tick{At: last, Prev: last}, tracker.RuleState{})
			if err != nil {
				return nil, err
			}
			was = After(tracker.RuleState{}, out)
		}
		until := tracker.DayOf(now.In(rule.Zone).AddDate(0, 0, days)).Last(rule.Zone)
		if err := r.run(rule, now, until, was); err != nil {
			return nil, err
		}
	}
	sortFirings(r.firings)
	return r.firings, nil
}

// replay runs rules over past or future ticks and gathers what they fire.
type replay struct {
	snapshot *tracker.Snapshot
	scenes   scenes
	firings  []tracker.Firing
}

// run evaluates a rule at each due time after from, up to and including to.
func (r *replay) run(rule *Rule, from, to time.Time, was tracker.RuleState) error {
	prev, ticks := rule.Schedule.Last(from), 0
	for at := range rule.Schedule.Between(from, to) {
		if ticks++; ticks > MaxReplay {
			return fmt.Errorf("rule %s has more than %d ticks in that time: choose fewer days", rule.Name, MaxReplay)
		}
		out, err := evaluate(rule, r.scenes.at(r.snapshot, at, false, rule.Zone), prev, was)
		if err != nil {
			return fmt.Errorf("at %s: %w", at.Format(time.RFC3339), err)
		}
		r.firings = append(r.firings, out.Firings...)
		was, prev = After(was, out), at
	}
	return nil
}

// scenes keeps the scenes that were looked at last, so that rules which are due
// together fold each measure once. It belongs to one goroutine.
type scenes struct {
	kept map[sceneKey]*scene
}

type sceneKey struct {
	snapshot *tracker.Snapshot
	at       int64
	live     bool
	zone     string
}

// maxScenes bounds what is kept: each scene can hold every measure.
const maxScenes = 4

func (s *scenes) at(snapshot *tracker.Snapshot, at time.Time, live bool, zone *time.Location) *scene {
	key := sceneKey{snapshot, at.UnixNano(), live, zone.String()}
	if found := s.kept[key]; found != nil {
		return found
	}
	if s.kept == nil || len(s.kept) >= maxScenes {
		s.kept = map[sceneKey]*scene{}
	}
	made := newScene(snapshot, at, live, zone)
	s.kept[key] = made
	return made
}
