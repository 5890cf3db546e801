package tracker

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// apply takes one event into the fold. The error says why it cannot stand
// there; the fold is then unchanged.
func (f *fold) apply(it item) error {
	var err error
	switch it.What {
	case Proposed:
		f.proposed = addOwn(f.proposed, it)
	case Announced:
		f.announced = addOwn(f.announced, it)
	case Effective:
		f.takeEffect(it)
	case Postponed:
		err = f.postpone(it)
	case Suspended:
		err = f.suspend(it)
	case Resumed:
		err = f.resume(it)
	case Extended:
		err = f.extend(it)
	case Ended:
		err = f.end(it)
	case Reinstated:
		err = f.reinstate(it)
	case Amended, Exempted:
		err = f.change(it)
	}
	return err
}

func addOwn(marks []mark, it item) []mark {
	if it.level > 0 {
		return marks
	}
	return append(marks, it.mark())
}

func (f *fold) confirm(it item) {
	f.confirmed = append(f.confirmed, it.mark())
}

func (it item) mark() mark { return mark{Event: it.Event, level: it.level, at: it.at} }

func newSpan(it item) span {
	return span{level: it.level, id: it.ID, from: it.at, end: it.end, until: it.Until,
		basis: cmp.Or(it.Basis, Lapse), unless: it.Unless, because: []string{it.ID}}
}

// takeEffect starts an effect. While one runs already it only confirms it, and
// moves its end where it names one.
func (f *fold) takeEffect(it item) {
	f.confirm(it)
	for i := range f.effects {
		e := &f.effects[i]
		if e.level != it.level || !e.runs(it.at) {
			continue
		}
		if !it.Until.IsZero() {
			e.moveEnd(it)
		}
		return
	}
	f.effects = append(f.effects, newSpan(it))
}

// moveEnd takes the end that an event names.
func (s *span) moveEnd(it item) {
	s.end, s.until = it.end, it.Until
	s.basis, s.unless = cmp.Or(it.Basis, Lapse), it.Unless
	s.because = append(slices.Clip(s.because), it.ID)
}

// postpone moves the start of an effect that has not begun.
func (f *fold) postpone(it item) error {
	target := -1
	for i := range f.queue {
		q := &f.queue[i]
		if q.What != Effective || q.level != it.level || !q.at.After(it.at) || it.Of != "" && it.Of != q.ID {
			continue
		}
		if target >= 0 {
			return fmt.Errorf("several effects are still to begin: name one with of, such as %s", q.ID)
		}
		target = i
	}
	if target < 0 {
		return fmt.Errorf("no effect is still to begin, so there is nothing to postpone")
	}
	if it.To.Precision() == Never {
		f.queue = slices.Delete(slices.Clone(f.queue), target, target+1)
		return nil
	}
	f.queue = slices.Clone(f.queue)
	q := &f.queue[target]
	zone := it.at.Location()
	q.at, q.since = latest(holdsFrom(it.To, zone), it.at), it.To
	sortItems(f.queue)
	return nil
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func (f *fold) suspend(it item) error {
	if it.level == 0 && !f.begun() {
		return fmt.Errorf("nothing was proposed, announced or in force that could be suspended")
	}
	p := newSpan(it)
	p.suspends = true
	f.suspensions = append(f.suspensions, p)
	return nil
}

// change is an amendment or exemption: it changes no status, but needs something to change.
func (f *fold) change(it item) error {
	if it.level == 0 && !f.begun() {
		return fmt.Errorf("nothing was proposed, announced or in force that could be %s", it.What)
	}
	return nil
}

// begun says that the measure itself was proposed, announced or has had effect.
func (f *fold) begun() bool {
	return len(f.proposed)+len(f.announced) > 0 ||
		slices.ContainsFunc(f.effects, func(e span) bool { return e.level == 0 })
}

// resume ends a running suspension, or confirms that one has lapsed.
func (f *fold) resume(it item) error {
	running := f.find(f.suspensions, it, func(p *span) bool { return p.runs(it.at) })
	lapsed := f.find(f.suspensions, it, func(p *span) bool { return p.lapsed(it.at) })
	switch {
	case len(running) > 1:
		return fmt.Errorf("several suspensions run: name one with of, such as %s", running[0].id)
	case len(running) == 1:
		running[0].end, running[0].until, running[0].lifted = it.at, Date{}, true
	case len(lapsed) == 0 && it.Of != "":
		return fmt.Errorf("%s is no suspension that runs or has lapsed", it.Of)
	case len(lapsed) == 0:
		return fmt.Errorf("nothing is suspended, so nothing can be resumed")
	}
	f.confirm(it)
	return nil
}

// extend moves an end: that of the suspension that runs, or of one that just
// ran out, else of the effect. Where it follows an end after a gap of some
// hours, it begins a new span.
func (f *fold) extend(it item) error {
	spans, target, err := f.extended(it)
	if err != nil {
		return err
	}
	if !it.end.IsZero() && !it.end.After(it.at) {
		return fmt.Errorf("it extends to %s, which is not after it takes hold", it.Until)
	}
	if target.end.Before(it.at) && !target.end.IsZero() {
		again := *target
		again.from = it.at
		again.moveEnd(it)
		*spans = append(*spans, again)
		return nil
	}
	target.moveEnd(it)
	return nil
}

// extended finds what an extension extends, and the list that it is in.
func (f *fold) extended(it item) (*[]span, *span, error) {
	runs := func(p *span) bool { return p.runs(it.at) }
	within := func(p *span) bool { return p.lapsed(it.at) && it.at.Before(p.end.AddDate(0, 0, 1)) }
	for _, spans := range []*[]span{&f.suspensions, &f.effects} {
		for _, test := range []func(*span) bool{runs, within} {
			switch found := f.find(*spans, it, test); len(found) {
			case 0:
			case 1:
				return spans, found[0], nil
			default:
				return nil, nil, fmt.Errorf("several run: name one with of, such as %s", found[0].id)
			}
		}
	}
	return nil, nil, f.nothingToExtend(it)
}

func (f *fold) nothingToExtend(it item) error {
	for _, spans := range [][]span{f.suspensions, f.effects} {
		if p := f.lastLapseOf(spans, it); p != nil {
			return fmt.Errorf("%s ran out on %s, a day or more before this extends it", p.id, LastDay(p.end))
		}
	}
	if it.Of != "" {
		return fmt.Errorf("%s is nothing that runs and could be extended", it.Of)
	}
	return fmt.Errorf("nothing runs that could be extended")
}

func (f *fold) lastLapseOf(spans []span, it item) *span {
	lapsed := f.find(spans, it, func(p *span) bool { return p.lapsed(it.at) })
	if len(lapsed) == 0 {
		return nil
	}
	return lapsed[len(lapsed)-1]
}

// find lists the spans that an event of its level can reach, and that it names if it names one. What is
// recorded of a part reaches a suspension of its whole, but the effect of the whole only by name.
func (f *fold) find(spans []span, it item, test func(*span) bool) []*span {
	var found []*span
	for i := range spans {
		p := &spans[i]
		reaches := p.level == it.level || p.level > it.level && (it.Of != "" || p.suspends)
		if reaches && (it.Of == "" || it.Of == p.id) && test(p) {
			found = append(found, p)
		}
	}
	return found
}

func (f *fold) end(it item) error {
	for _, e := range f.endings {
		if e.level == it.level {
			return fmt.Errorf("%s has ended it already", e.ID)
		}
	}
	f.endings = append(f.endings, it.mark())
	f.wasEnded = f.wasEnded || it.level == 0
	f.confirm(it)
	return nil
}

// reinstate undoes the latest ending, or the one that it names.
func (f *fold) reinstate(it item) error {
	for i, e := range slices.Backward(f.endings) {
		if e.level >= it.level && (it.Of == "" || it.Of == e.ID) {
			f.endings = slices.Delete(f.endings, i, i+1)
			return nil
		}
	}
	if it.Of != "" {
		return fmt.Errorf("%s has not ended it", it.Of)
	}
	return fmt.Errorf("it has not ended by a notice, so nothing can be reinstated")
}
