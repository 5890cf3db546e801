package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

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
	tick     int            // how many there were
	places   map[string]int // of each subject, by id; shared by lanes over the same subjects
	forms    []subjectForm  // by place
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
	l.prev, l.tick = at, l.tick+1
	err := e.visitEach(func(sub subject) error {
		place, known := l.places[sub.id]
		if !known {
			place = len(l.places)
			l.places[sub.id] = place
		}
		look := looked{subject: sub, place: place, form: l.form(sub, place), at: at, day: sc.today.number, tick: l.tick, first: first}
		for _, t := range l.trials {
			t.look(look)
		}
		return nil
	})
	if err != nil {
		for _, t := range l.trials {
			t.failed = true
		}
	}
}

// form numbers the forms that a subject goes through: as long as all its fields
// but the clock's stay the same, its form does.
func (l *rulesLane) form(s subject, place int) int {
	if n := place + 1 - len(l.forms); n > 0 {
		l.forms = append(l.forms, make([]subjectForm, n)...)
	}
	f := &l.forms[place]
	if l.each == EachMeasure && f.number > 0 && f.measure == s.scope.Measure {
		return f.number
	}
	now := subjectForm{measure: s.scope.Measure}
	if c := s.scope.Commitment; c != nil {
		now.commitment = *c
		now.commitment.Amount = likeItself(c.Amount)
	}
	if i := s.scope.Indicator; i != nil {
		now.indicator = *i
		now.indicator.Value, now.indicator.Previous = likeItself(i.Value), likeItself(i.Previous)
	}
	now.number = f.number
	if now != *f || f.number == 0 || s.scope.Review != nil { // a review's clock goes on
		now.number++
		*f = now
	}
	return f.number
}

// subjectForm is what a subject's fields are.
type subjectForm struct {
	number     int // from 1
	measure    *measureView
	commitment commitmentView
	indicator  indicatorView
}

// likeItself is a figure that equals itself, also where it is missing.
func likeItself(f float64) float64 {
	if isMissing(f) {
		return math.MaxFloat64
	}
	return f
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
		return []finding{{name: neverTrue, key: "when", fault: fault{message: fmt.Sprintf("holds for none of %d %s", h.subjects, stretch), hint: "mend it, or snooze this lint while the rule waits for facts"}}}
	case h.held == h.asked && h.subjects >= fewest:
		return []finding{{name: alwaysTrue, key: "when", fault: fault{message: fmt.Sprintf("holds always for each of %d %s", h.subjects, stretch), hint: "narrow it"}}}
	}
	return nil
}

// fewest is how many subjects, or firings, it takes to speak of always and of each.
const fewest = 3

func spoken(t time.Time) string { return t.Format("2 January 2006") }
