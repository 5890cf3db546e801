package tracker

import (
	"slices"
	"strings"
	"time"
)

// The reference is a second, slow reading of the rules of the fold. It keeps no
// running state: for one instant it takes the events that have come by then and
// asks of each suspension, effect and ending whether it stands, by looking
// through the events after it. It shares with the fold only the types and what
// a Date says of its instants.

// refState is what the reference says of an instant.
type refState struct {
	Status    Status
	Reason    Reason
	Presumed  bool
	Uncertain bool
	Since     time.Time
	End       time.Time
	Next      time.Time // of the first change of status to come
	Rate      float64
}

// refEvent is one official event of one measure, with its dates made instants.
type refEvent struct {
	Event
	level      int       // 0 for the measure itself, 1 for its whole, and so on
	start, end time.Time // a zero end is none
	published  time.Time
	moved      bool // a postponement that found what it postpones
}

// refPick says which instant a date is taken for. The reference asks it for
// every date, so that it can try other instants for the coarse ones.
type refPick func(id, field string, d Date, zone *time.Location) time.Time

// refUsual takes a date at its word: a coarse start has surely come only when
// its stretch is over, and every end but an instant comes after its last day.
func refUsual(_, field string, d Date, zone *time.Location) time.Time {
	if field == "until" || d.Coarse() {
		return d.After(zone)
	}
	return d.First(zone)
}

// refLine is what the reference says at every instant at which anything could change.
type refLine struct {
	m      *Measure
	cut    Cut
	bounds []time.Time
	states []refState
}

func newRefLine(m *Measure, cut Cut) refLine {
	line := refLine{m: m, cut: cut, bounds: refBounds(m, cut)}
	for _, b := range line.bounds {
		line.states = append(line.states, refJudge(m, b, cut, refUsual))
	}
	return line
}

// at is the state at an instant.
func (l refLine) at(t time.Time) refState {
	s := refJudge(l.m, t, l.cut, refUsual)
	s.Uncertain = refUncertain(l.m, t, l.cut, l.bounds, s.Status)
	for i, b := range l.bounds {
		switch same := l.states[i].Status == s.Status; {
		case b.After(t) && !same:
			s.Next = b
			if s.Status == StatusInForce || s.Status == StatusSuspended {
				s.End = b
			}
			return s
		case !b.After(t) && !same:
			s.Since = time.Time{}
		case !b.After(t) && s.Since.IsZero() && s.Status != NoStatus:
			s.Since = b
		}
	}
	return s
}

// refBounds are all instants at which anything could change, in order.
func refBounds(m *Measure, cut Cut) []time.Time {
	var bounds []time.Time
	for ; m != nil; m = m.Whole() {
		for _, e := range refKnown(m, cut) {
			for _, d := range []Date{e.On, e.Until, e.To} {
				if d.Precision() > Never {
					bounds = append(bounds, d.First(m.Location()), d.After(m.Location()))
				}
			}
		}
	}
	slices.SortFunc(bounds, time.Time.Compare)
	return slices.CompactFunc(bounds, time.Time.Equal)
}

// refJudge is the state but for what needs other instants.
func refJudge(m *Measure, t time.Time, cut Cut, pick refPick) refState {
	events := refCome(m, t, cut, pick)
	s := refState{Status: events.phase(), Rate: refRate(m, events, t)}
	there := func(e refEvent) bool { return e.level == 0 && e.What == Ended }
	if s.Status == NoStatus && !slices.ContainsFunc(events, there) {
		return s // what befalls the whole is nothing to a part that is not there yet
	}
	var suspended bool
	var freed time.Time // when the last suspension went that went by its date
	for i, e := range events {
		if e.What != Suspended {
			continue
		}
		end, byDate, basis := events.stands(i, len(events))
		presumed := basis != Ordained && !events.confirm(end, e.level, Resumed, Effective, Ended)
		switch {
		case end.IsZero() || end.After(t):
			suspended = true
		case !byDate:
		case end.After(freed):
			freed, s.Presumed = end, presumed
		case end.Equal(freed):
			s.Presumed = s.Presumed || presumed
		}
	}
	s.Presumed = s.Presumed && s.Status != NoStatus
	if reason, presumed, ended := events.ended(t); ended {
		s.Status, s.Reason, s.Presumed = StatusEnded, reason, presumed
	} else if suspended {
		s.Status, s.Presumed = StatusSuspended, false
	}
	return s
}

// confirm looks for an official event of one of those kinds from an instant on,
// of the measure at that level or a part of it.
func (es refEvents) confirm(from time.Time, level int, kinds ...What) bool {
	return slices.ContainsFunc(es, func(e refEvent) bool {
		return slices.Contains(kinds, e.What) && e.level <= level && !e.start.Before(from)
	})
}

// refEvents are official events that have come by an instant, of a measure and its wholes, in the order of the fold.
type refEvents []refEvent

// refCome lists the events of m and of its wholes that have come by t.
func refCome(m *Measure, t time.Time, cut Cut, pick refPick) refEvents {
	var come refEvents // of the whole before its parts
	for level := 0; m != nil; m, level = m.Whole(), level+1 {
		var all refEvents
		for _, e := range refKnown(m, cut) {
			if e.Evidence != Official || slices.Contains([]What{Reported, Ruled, Challenged}, e.What) {
				continue
			}
			r := refEvent{Event: e, level: level, start: pick(e.ID, "on", e.On, m.Location()), published: e.Published.First(m.Location())}
			if e.Until.Precision() > Never {
				r.end = pick(e.ID, "until", e.Until, m.Location())
			}
			all = append(all, r)
		}
		all.sort()
		all.postpone(t, m.Location(), pick)
		all = slices.DeleteFunc(all, func(e refEvent) bool { return e.start.After(t) })
		come = append(all, come...)
	}
	come.sort()
	for i := len(come) - 1; i >= 0; i-- { // through a cut it can seem that what was suspended never began
		if e := come[i]; e.What == Suspended && e.level == 0 && come[:i].phase() == NoStatus {
			come = slices.Delete(come, i, i+1)
		}
	}
	return come
}

// postpone moves the start of what had not begun when its postponement came.
func (es refEvents) postpone(t time.Time, zone *time.Location, pick refPick) {
	for i, p := range es {
		if p.What != Postponed || p.start.After(t) {
			continue
		}
		var pending []int
		for k, e := range es {
			if e.What == Effective && e.start.After(p.start) && (p.Of == "" || p.Of == e.ID) {
				pending = append(pending, k)
			}
		}
		if len(pending) == 1 {
			es[pending[0]].start = pick(p.ID, "to", p.To, zone)
			es[i].moved = true
		}
	}
}

func (es refEvents) sort() {
	slices.SortStableFunc(es, func(a, b refEvent) int {
		if c := a.start.Compare(b.start); c != 0 {
			return c
		}
		return a.published.Compare(b.published)
	})
}

// phase is how far the measure itself has come, whatever suspends or ends it.
func (es refEvents) phase() Status {
	phase := NoStatus
	for _, e := range es {
		switch {
		case e.level > 0:
		case e.What == Effective:
			return StatusInForce
		case e.What == Announced:
			phase = StatusAnnounced
		case e.What == Proposed && phase == NoStatus:
			phase = StatusProposed
		}
	}
	return phase
}

// stands says when the suspension or effect at i ends, as the events before n
// have it, whether that is by a date alone, and on what basis.
func (es refEvents) stands(i, n int) (end time.Time, byDate bool, basis Basis) {
	end, byDate, basis = es[i].end, true, es[i].Basis
	for j := i + 1; j < n; j++ {
		e := es[j]
		over := !end.IsZero() && (!byDate || !e.start.Before(end.AddDate(0, 0, 1)))
		switch {
		case over || !es.names(j, i):
		case e.What == Extended, e.What == Effective && !e.Until.IsZero():
			end, basis = e.end, e.Basis
		case e.What == Resumed && (end.IsZero() || e.start.Before(end)):
			end, byDate = e.start, false
		}
	}
	return end, byDate, basis
}

// names says whether the resumed or extended event at j is about the suspension or effect at i.
// What is recorded of a part can be about a suspension of the whole, as far as it reaches the part.
func (es refEvents) names(j, i int) bool {
	e, s := es[j], es[i]
	switch {
	case e.What == Effective: // again, while it runs: it may name another end
		return s.What == Effective && s.level == e.level && i == es.effect(e.level, j)
	case e.What != Resumed && e.What != Extended, e.level > s.level, e.What == Resumed && s.What != Suspended:
		return false
	case e.Of != "":
		return e.Of == s.ID
	}
	var running, over []int
	for k := range es[:j] {
		if es[k].What != Suspended || es[k].level < e.level {
			continue
		}
		end, byDate, _ := es.stands(k, j)
		if end.IsZero() || end.After(e.start) {
			running = append(running, k)
		} else if byDate && e.start.Before(end.AddDate(0, 0, 1)) {
			over = append(over, k)
		}
	}
	if e.What == Extended && len(running) == 0 {
		running = over
	}
	if e.What == Extended && len(running) == 0 {
		running = []int{es.effect(e.level, j)}
	}
	return len(running) == 1 && running[0] == i
}

// effect is the index of the effect of a level that began last among the events before n, or -1. An effect
// that is told again while it runs has not begun anew.
func (es refEvents) effect(level, n int) int {
	last := -1
	for k, e := range es[:n] {
		if e.What != Effective || e.level != level {
			continue
		}
		if last >= 0 {
			if end, _, _ := es.stands(last, k); end.IsZero() || end.After(e.start) {
				continue
			}
		}
		last = k
	}
	return last
}

// ended says whether an ending stands at t, by an event or by an effect's own last day. The word
// of an event goes before that of a date.
func (es refEvents) ended(t time.Time) (reason Reason, presumed, ended bool) {
	if standing := es.endings(len(es), 0); len(standing) > 0 {
		return es[standing[0]].Reason, false, true
	}
	var since time.Time
	for level := range 3 {
		if end, basis := es.expired(level, t); !end.IsZero() && (!ended || end.Before(since)) {
			since, reason, presumed, ended = end, Expired, basis != Ordained, true
		}
	}
	return reason, presumed, ended
}

// endings lists the ended events that stand, as the events before n have it, of that level or above.
// A reinstatement takes away the last one, or the one that it names.
func (es refEvents) endings(n, level int) []int {
	var standing []int
	for i, e := range es[:n] {
		switch {
		case e.What == Ended:
			standing = append(standing, i)
		case e.What == Reinstated:
			for _, k := range slices.Backward(standing) {
				if es[k].level >= e.level && (e.Of == "" || e.Of == es[k].ID) {
					standing = slices.DeleteFunc(standing, func(i int) bool { return i == k })
					break
				}
			}
		}
	}
	return slices.DeleteFunc(standing, func(i int) bool { return es[i].level < level })
}

// expired is when the effect of the measure at a level ran out, if that has come by t.
func (es refEvents) expired(level int, t time.Time) (end time.Time, basis Basis) {
	effect := es.effect(level, len(es))
	if effect < 0 {
		return time.Time{}, ""
	}
	end, _, basis = es.stands(effect, len(es))
	if end.IsZero() || end.After(t) {
		return time.Time{}, ""
	}
	return end, basis
}

// refRate is the rate that holds at t, or -1 for none.
func refRate(m *Measure, es refEvents, t time.Time) float64 {
	rate := -1.0
	if m.Rate != nil {
		rate = m.Rate.Percent
	}
	for _, e := range es {
		if e.What == Amended && e.level == 0 && e.Rate != nil && (e.end.IsZero() || e.end.After(t)) {
			rate = e.Rate.Percent
		}
	}
	return rate
}

// refKnown lists the events that the cut admits, as corrected, as listed.
func refKnown(m *Measure, cut Cut) []Event {
	recorded := func(e Event) bool { return cut.Recorded.IsZero() || !e.Recorded.After(cut.Recorded) }
	public := func(d Date) bool { return cut.Known.IsZero() || !d.First(m.Location()).After(cut.Known) }
	var known []Event
	for _, e := range m.Events {
		if e.What == Corrected || e.What == Withdrawn || !recorded(e) || !public(e.Published) {
			continue
		}
		gone := false
		for _, c := range m.Events {
			if c.Of != e.ID || !recorded(c) || !c.Published.IsZero() && !public(c.Published) {
				continue
			}
			switch c.What {
			case Withdrawn:
				gone = true
			case Corrected:
				e = refCorrected(e, c)
			}
		}
		if !gone {
			known = append(known, e)
		}
	}
	return known
}

// refCorrected knows the corrections that the reference's generator makes.
func refCorrected(e, by Event) Event {
	if !by.On.IsZero() {
		e.On = by.On
	}
	if !by.Until.IsZero() {
		e.Until = by.Until
	}
	if by.Basis != "" {
		e.Basis = by.Basis
	}
	return e
}

// refUncertain tries every instant that each running coarse date could mean.
func refUncertain(m *Measure, t time.Time, cut Cut, bounds []time.Time, usual Status) bool {
	type date struct{ id, field string }
	tries := map[date][]time.Time{}
	var order []date
	for at := m; at != nil; at = at.Whole() {
		zone := at.Location()
		for _, e := range refKnown(at, cut) {
			for field, d := range map[string]Date{"on": e.On, "until": e.Until, "to": e.To} {
				if !d.Coarse() || t.Before(d.First(zone)) || !t.Before(d.After(zone)) {
					continue
				}
				key := date{e.ID, field}
				order = append(order, key)
				tries[key] = []time.Time{d.After(zone), t}
				for _, b := range bounds {
					if !b.Before(d.First(zone)) && b.Before(t) {
						tries[key] = append(tries[key], b)
					}
				}
			}
		}
	}
	slices.SortFunc(order, func(a, b date) int { return strings.Compare(a.id+a.field, b.id+b.field) })
	chosen := map[date]time.Time{}
	var differs func(n int) bool
	differs = func(n int) bool {
		if n == len(order) {
			pick := func(id, field string, d Date, zone *time.Location) time.Time {
				if at, ok := chosen[date{id, field}]; ok {
					return at
				}
				return refUsual(id, field, d, zone)
			}
			return refInOrder(m, cut, pick) && refJudge(m, t, cut, pick).Status != usual
		}
		for _, at := range tries[order[n]] {
			chosen[order[n]] = at
			if differs(n + 1) {
				return true
			}
		}
		delete(chosen, order[n])
		return false
	}
	return len(order) > 0 && differs(0)
}

// refInOrder says whether what is known could have come so: each event that undoes or
// moves something finds it there.
func refInOrder(m *Measure, cut Cut, pick refPick) bool {
	es := refCome(m, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), cut, pick)
	for j, e := range es {
		possible := true
		switch e.What {
		case Amended, Exempted:
			possible = e.level > 0 || es[:j].phase() != NoStatus
		case Postponed:
			possible = e.moved
		case Extended:
			possible = (e.end.IsZero() || e.end.After(e.start)) && es.namesAny(j)
		case Resumed:
			possible = es.namesAny(j) || es.lapsed(j)
		case Ended:
			possible = !slices.ContainsFunc(es.endings(j, e.level), func(i int) bool { return es[i].level == e.level })
		case Reinstated:
			possible = len(es.endings(j, e.level)) > 0
		}
		if !possible {
			return false
		}
	}
	return true
}

// namesAny says whether the event at j is about anything that came before and is not over.
func (es refEvents) namesAny(j int) bool {
	for i := range es[:j] {
		end, byDate, _ := es.stands(i, j)
		if es.names(j, i) && (end.IsZero() || byDate && es[j].start.Before(end.AddDate(0, 0, 1))) {
			return true
		}
	}
	return false
}

// lapsed says whether a suspension that the resumed event at j can be about has run out by its date,
// and none runs, so that it is plain which one is meant.
func (es refEvents) lapsed(j int) bool {
	e, found := es[j], false
	for i, s := range es[:j] {
		if s.What != Suspended || s.level < e.level || e.Of != "" && e.Of != s.ID {
			continue
		}
		end, byDate, _ := es.stands(i, j)
		if end.IsZero() || end.After(e.start) {
			return false
		}
		found = found || byDate
	}
	return found
}
