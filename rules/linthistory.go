package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm"

	"derisk/tracker"
)

// history is what became of a rule's condition over a stretch of time, knowing
// at each tick what was published by then.
type history struct {
	rule     *Rule
	from, to time.Time
	asked    int      // how often a subject was looked at
	held     int      // how often the condition held
	subjects int      // how many were looked at
	firings  []uint64 // day and subject of each, in order, but for the first tick's, when all is new
	failed   bool
}

// most looks that replayAll undertakes: one rule at one subject at one tick.
const maxLooks = 400_000_000

// replayAll runs rules over a stretch of time, and says whether it could. It
// looks at those ticks alone that can differ from the one before: the first after
// each midnight in the rule's zone, and after each instant at which a fact begins,
// ends or becomes known. In between a condition that does not read now is what it was.
func replayAll(list []*Rule, facts *tracker.Snapshot, from, to time.Time) (histories []*history, tried bool) {
	lanes := lanesOf(list, facts, from, to)
	looks := 0
	for _, l := range lanes {
		looks += len(l.ticks) * len(l.trials) * max(1, l.crowd(facts))
	}
	if looks > maxLooks {
		return nil, false
	}
	var s scenes
	for _, t := range inOrder(lanes) {
		t.lane.step(&s, facts, t.at)
	}
	for _, l := range lanes {
		for _, t := range l.trials {
			histories = append(histories, t.history(l))
		}
	}
	slices.SortFunc(histories, func(a, b *history) int { return byName(a.rule, b.rule) })
	return histories, true
}

// rulesLane are rules with the same subjects, zone and schedule, which are due together.
type rulesLane struct {
	each     Each
	zone     *time.Location
	schedule *Schedule
	from, to time.Time
	ticks    []time.Time
	prev     time.Time
	places   map[string]int // of each subject, by id; shared by lanes over the same subjects
	trials   []*trial
}

// crowd is how many subjects a tick can have; events and articles come once.
func (l *rulesLane) crowd(s *tracker.Snapshot) int {
	return map[Each]int{EachMeasure: len(s.Measures), EachReview: len(s.Reviews), EachCommitment: len(s.Commitments), EachIndicator: len(s.Indicators)}[l.each]
}

func lanesOf(list []*Rule, facts *tracker.Snapshot, from, to time.Time) (lanes []*rulesLane) {
	byForm := map[string]*rulesLane{}
	moves, places := movesOf(facts, from, to), map[Each]map[string]int{}
	for _, r := range list {
		form := strings.Join([]string{string(r.Each), r.Zone.String(), r.Schedule.String()}, "\n")
		l := byForm[form]
		if l == nil {
			if places[r.Each] == nil {
				places[r.Each] = map[string]int{}
			}
			l = &rulesLane{each: r.Each, zone: r.Zone, schedule: r.Schedule, from: from, to: to, prev: r.Schedule.Last(from), places: places[r.Each]}
			l.ticks = l.telling(moves)
			byForm[form] = l
			lanes = append(lanes, l)
		}
		l.trials = append(l.trials, newTrial(r))
	}
	return lanes
}

// movesOf are the instants at which a fact begins, ends or becomes known, in order.
func movesOf(s *tracker.Snapshot, from, to time.Time) (moves []time.Time) {
	mark := func(t time.Time) {
		if t.After(from) && !t.After(to) {
			moves = append(moves, t)
		}
	}
	dates := func(zone *time.Location, list ...tracker.Date) {
		for _, d := range list {
			mark(d.First(zone))
			mark(d.After(zone))
		}
	}
	for _, m := range s.Measures {
		for _, e := range m.Events {
			dates(m.Location(), e.On, e.Until, e.To, e.Published, e.Publication)
			mark(e.Recorded)
		}
	}
	for _, a := range s.Articles {
		mark(a.At)
	}
	slices.SortFunc(moves, time.Time.Compare)
	return slices.CompactFunc(moves, time.Time.Equal)
}

// telling are the ticks of the lane that can differ from the one before.
func (l *rulesLane) telling(moves []time.Time) (ticks []time.Time) {
	points := append(slices.Clone(moves), l.from)
	y, m, d := l.from.In(l.zone).Date()
	for i := 1; ; i++ {
		midnight := time.Date(y, m, d+i, 0, 0, 0, 0, l.zone)
		if midnight.After(l.to) {
			break
		}
		points = append(points, midnight)
	}
	slices.SortFunc(points, time.Time.Compare)
	for _, p := range points {
		if n := len(ticks); n > 0 && !p.After(ticks[n-1]) {
			continue // seen at that tick
		}
		if at := l.schedule.Next(p.Add(-time.Nanosecond)); !at.IsZero() && !at.After(l.to) {
			ticks = append(ticks, at)
		}
	}
	return ticks
}

// laneTick is one tick of a lane.
type laneTick struct {
	at   time.Time
	lane *rulesLane
}

// inOrder are the ticks of all lanes by time, so that they can share what was folded.
func inOrder(lanes []*rulesLane) (ticks []laneTick) {
	for _, l := range lanes {
		for _, at := range l.ticks {
			ticks = append(ticks, laneTick{at, l})
		}
	}
	slices.SortStableFunc(ticks, func(a, b laneTick) int { return a.at.Compare(b.at) })
	return ticks
}

// step looks at every subject of one tick with every rule of the lane.
func (l *rulesLane) step(s *scenes, facts *tracker.Snapshot, at time.Time) {
	sc := s.at(facts, at, false, l.zone)
	e := evaluation{rule: l.trials[0].rule, scene: sc, prev: l.prev}
	first := !l.prev.After(l.from)
	l.prev = at
	err := e.visitEach(func(sub subject) error {
		place, known := l.places[sub.id]
		if !known {
			place = len(l.places)
			l.places[sub.id] = place
		}
		for _, t := range l.trials {
			t.look(sub, place, sc, first)
		}
		return nil
	})
	if err != nil {
		for _, t := range l.trials {
			t.failed = true
		}
	}
}

// trial follows one rule through time, as [evaluation] decides, but without messages.
type trial struct {
	rule     *Rule
	machine  *vm.VM
	steady   *expression // what of the condition does not read the clock; nil: nothing
	changes  bool        // the condition reads the clock too
	stillKey bool        // the key does not read the clock
	asked    int
	held     int
	subjects int
	firings  []uint64
	seen     []memory // by place
	fired    map[string]bool
	failed   bool
}

// memory is what a trial knows of a subject.
type memory struct {
	met    bool
	view   *measureView // of which steady is known
	steady bool
	active bool
	keyed  *measureView // of which the key fired
	last   time.Time    // of the latest firing
}

func newTrial(r *Rule) *trial {
	t := &trial{rule: r, machine: new(vm.VM), fired: map[string]bool{}}
	t.stillKey = !slices.ContainsFunc(r.once, func(x *expression) bool { return countsDays(x.node) || readsNow(x.node) })
	if r.Each != EachMeasure {
		t.changes = true
		return t
	}
	var steady []string
	for _, c := range claims(r.when.node, false) {
		if countsDays(c.node) || readsNow(c.node) {
			t.changes = true
			continue
		}
		words := "(" + c.node.String() + ")"
		if c.negated {
			words = "not " + words
		}
		steady = append(steady, words)
	}
	if len(steady) > 0 {
		t.steady, _ = compile(strings.Join(steady, " and "), r.Each, plainly) // parts of what was admitted are admitted
	}
	if t.steady == nil {
		t.changes = true
	}
	return t
}

// look looks at a subject at a tick. At the first tick all that holds fires,
// which tells nothing.
func (t *trial) look(s subject, place int, sc *scene, first bool) {
	if t.failed {
		return
	}
	if n := place + 1 - len(t.seen); n > 0 {
		t.seen = append(t.seen, make([]memory, n)...)
	}
	seen := &t.seen[place]
	if !seen.met {
		seen.met = true
		t.subjects++
	}
	t.asked++
	held, err := t.holds(s, seen)
	if err != nil {
		t.failed = true
		return
	}
	if !held {
		seen.active = false
		return
	}
	t.held++
	fires, err := t.fires(s, seen, sc.at)
	if err != nil {
		t.failed = true
		return
	}
	seen.active = true
	if fires && (!first || t.rule.Each.Happens()) {
		t.firings = append(t.firings, uint64(sc.today.number)<<32|uint64(place))
	}
}

// holds evaluates the condition, as little of it as will do.
func (t *trial) holds(s subject, seen *memory) (bool, error) {
	if s.scope.large() {
		if err := t.rule.afford(s); err != nil {
			return false, err
		}
	}
	if t.steady != nil {
		if seen.view != s.scope.Measure {
			held, err := t.steady.holds(t.machine, s.scope)
			if err != nil {
				return false, err
			}
			seen.view, seen.steady = s.scope.Measure, held
		}
		if !seen.steady || !t.changes {
			return seen.steady, nil
		}
	}
	return t.rule.when.holds(t.machine, s.scope)
}

// fires says whether the rule fires for a subject for which it holds.
func (t *trial) fires(s subject, seen *memory, at time.Time) (bool, error) {
	switch {
	case t.rule.Once():
		return t.isFresh(s, seen)
	case t.rule.Each.Happens():
		return true, nil
	case seen.active && (t.rule.Repeat == (Repeat{}) || at.Before(t.rule.Repeat.After(seen.last, t.rule.Zone))):
		return false, nil
	}
	seen.last = at
	return true, nil
}

// isFresh says that the once key never fired, and takes note that it does now.
func (t *trial) isFresh(s subject, seen *memory) (bool, error) {
	if t.stillKey && seen.keyed != nil && seen.keyed == s.scope.Measure {
		return false, nil // the key of the tick before
	}
	e := evaluation{rule: t.rule, machine: t.machine}
	key, err := e.key(s)
	if err != nil {
		return false, err
	}
	seen.keyed = s.scope.Measure
	k := s.id + "\n" + key
	fresh := !t.fired[k]
	t.fired[k] = true
	return fresh, nil
}

// history is what the trial saw.
func (t *trial) history(l *rulesLane) *history {
	return &history{rule: t.rule, from: l.from, to: l.to, asked: t.asked, held: t.held, subjects: t.subjects, firings: t.firings, failed: t.failed}
}

// lint doubts a condition that held never, or always, unless its words told so already.
func (h *history) lint(told []finding) []finding {
	doubted := slices.ContainsFunc(told, func(f finding) bool {
		return f.name == neverTrue || f.name == alwaysTrue || f.name == unknownWord
	})
	between := readsNow(h.rule.when.node) && h.rule.finerThanDays() // it could hold at a tick that was passed over
	if h.failed || h.asked == 0 || doubted || between {
		return nil
	}
	stretch := fmt.Sprintf("%ss from %s to %s, by what is recorded", h.rule.Each, spoken(h.from), spoken(h.to))
	switch {
	case h.held == 0:
		return []finding{{neverTrue, "when", fault{message: fmt.Sprintf("holds for none of %d %s", h.subjects, stretch), hint: "mend it, or snooze this lint while the rule waits for facts"}}}
	case h.held == h.asked && h.subjects >= fewest:
		return []finding{{alwaysTrue, "when", fault{message: fmt.Sprintf("holds always for each of %d %s", h.subjects, stretch), hint: "narrow it"}}}
	}
	return nil
}

// fewest is how many subjects, or firings, it takes to speak of always and of each.
const fewest = 3

func spoken(t time.Time) string { return t.Format("2 January 2006") }
