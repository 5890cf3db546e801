package tracker

import (
	"cmp"
	"slices"
	"time"
)

// timeline is a measure's status from its first event on, stretch by stretch,
// as far as dates are known.
type timeline struct {
	stretches []stretchOf
	announced Date
	effective Date
}

// stretchOf is a stretch in which nothing about the status changes.
type stretchOf struct {
	from     time.Time
	coarse   Date // the date that from rests on, where that is coarse
	status   Status
	reason   Reason
	presumed bool
	basis    Basis // of the lapse that the status follows from
	unless   Text
	because  []string
}

// at is the index of the stretch at an instant, or -1 before the first.
func (l timeline) at(on time.Time) int {
	at := -1
	for i := range l.stretches {
		if l.stretches[i].from.After(on) {
			break
		}
		at = i
	}
	return at
}

// began is the index of the stretch in which the status of stretch at began.
func (l timeline) began(at int) int {
	for at > 0 && l.stretches[at-1].status == l.stretches[at].status {
		at--
	}
	return at
}

// after lists the changes of status that come after stretch at.
func (l timeline) after(at int) []Transition {
	var next []Transition
	was := NoStatus
	if at >= 0 {
		was = l.stretches[at].status
	}
	for _, s := range l.stretches[at+1:] {
		if s.status == was {
			continue
		}
		was = s.status
		next = append(next, Transition{On: s.from, Coarse: s.coarse, Status: s.status, Reason: s.reason,
			Basis: cmp.Or(s.basis, Ordained), Unless: s.unless})
	}
	return next
}

// item is an event with the instants at which it takes hold and stops.
type item struct {
	*Event
	level int // 0 the measure itself, 1 its whole, 2 the whole's whole
	at    time.Time
	end   time.Time // of Until; zero: none
	since Date      // the date that at rests on
}

// span is a suspension, or a time in which the measure has effect.
type span struct {
	level     int
	id        string
	from, end time.Time // end is zero where none is known
	until     Date      // the date that end rests on
	basis     Basis
	unless    Text
	suspends  bool
	lifted    bool // ended by an event, not by its date
	because   []string
}

func (s *span) runs(at time.Time) bool {
	return !s.from.After(at) && (s.end.IsZero() || at.Before(s.end))
}

// lapsed says that the span ran out by its own date, by at.
func (s *span) lapsed(at time.Time) bool {
	return !s.lifted && !s.end.IsZero() && !at.Before(s.end)
}

// mark is an event that happened at a level.
type mark struct {
	*Event
	level int
	at    time.Time
}

// fold replays events in the order in which they take hold.
type fold struct {
	queue       []item // not yet applied, in order
	now         time.Time
	proposed    []mark
	announced   []mark
	effects     []span
	suspensions []span
	endings     []mark // not undone
	wasEnded    bool   // the measure itself was ended once, undone or not
	confirmed   []mark // notices that confirm a lapse before them
	refused     int    // events passed over
}

// timeline replays what cut admits of the measure and of those that it stands under.
func (m *Measure) timeline(cut Cut, known []Event) timeline {
	return (&fold{queue: m.queue(cut, known)}).run()
}

func (m *Measure) queue(cut Cut, known []Event) []item {
	q := items(nil, known, 0, m.Location())
	level := 1
	for whole := m.whole; whole != nil; whole = whole.whole {
		q = items(q, whole.Known(cut), level, whole.Location())
		level++
	}
	if level > 1 {
		sortItems(q)
	}
	return q
}

func items(q []item, known []Event, level int, zone *time.Location) []item {
	for i := range known {
		e := &known[i]
		if !e.Moves() {
			continue
		}
		q = append(q, item{Event: e, level: level, at: holdsFrom(e.On, zone), end: e.Until.After(zone), since: e.On})
	}
	return q
}

// sortItems orders by when an item takes hold, then by publication, the whole
// before its part, then as listed.
func sortItems(q []item) {
	slices.SortStableFunc(q, func(a, b item) int {
		return cmp.Or(
			a.at.Compare(b.at),
			a.Published.First(a.at.Location()).Compare(b.Published.First(b.at.Location())),
			cmp.Compare(b.level, a.level))
	})
}

func (f *fold) run() timeline {
	var line timeline
	for {
		at, ok := f.next()
		if !ok {
			return line
		}
		f.now = at
		var coarse Date
		for len(f.queue) > 0 && f.queue[0].at.Equal(at) {
			it := f.queue[0]
			f.queue = f.queue[1:]
			if f.apply(it) != nil { // an order that Admits would refuse, seen through a cut: the event is passed over
				f.refused++
			}
			coarse = coarseOf(it.since, coarse)
			line.note(it)
		}
		s := f.stretch()
		s.coarse = coarseOf(f.lapsing(), coarse)
		line.stretches = append(line.stretches, s)
	}
}

func coarseOf(d, or Date) Date {
	if d.Coarse() {
		return d
	}
	return or
}

// note keeps the first announcement and the first start of effect.
func (l *timeline) note(it item) {
	switch {
	case it.level > 0:
	case it.What == Announced && l.announced.IsZero():
		l.announced = it.since
	case it.What == Effective && l.effective.IsZero():
		l.effective = it.since
	}
}

// next is the next instant at which something happens: an event takes hold, or a span runs out.
func (f *fold) next() (at time.Time, ok bool) {
	if len(f.queue) > 0 {
		at, ok = f.queue[0].at, true
	}
	for _, spans := range [][]span{f.effects, f.suspensions} {
		for i := range spans {
			if end := spans[i].end; end.After(f.now) && (!ok || end.Before(at)) {
				at, ok = end, true
			}
		}
	}
	return at, ok
}

// lapsing is the coarse date of a span that ends right now, if there is one.
func (f *fold) lapsing() Date {
	for _, spans := range [][]span{f.effects, f.suspensions} {
		for i := range spans {
			if spans[i].end.Equal(f.now) && spans[i].until.Coarse() {
				return spans[i].until
			}
		}
	}
	return Date{}
}

// stretch is the status right now.
func (f *fold) stretch() stretchOf {
	s := stretchOf{from: f.now}
	if !f.there() {
		return s
	}
	if f.ended(&s) || f.suspended(&s) {
		return s
	}
	switch {
	case f.inForce(&s):
	case len(f.announced) > 0:
		s.status, s.because = StatusAnnounced, []string{f.announced[0].ID}
	case len(f.proposed) > 0:
		s.status, s.because = StatusProposed, []string{f.proposed[0].ID}
	default:
		return s
	}
	f.lapse(&s, f.lastLapse(f.suspensions))
	return s
}

// there says that the measure itself has come about or was ended. What befalls
// its whole is nothing to a part that is not there yet.
func (f *fold) there() bool { return f.begun() || f.wasEnded }

// ended looks for what ended the measure first: a notice, or the end of its effect or its whole's.
func (f *fold) ended(s *stretchOf) bool {
	var first *mark
	for i := range f.endings {
		if e := &f.endings[i]; first == nil || e.at.Before(first.at) {
			first = e
		}
	}
	if expired := f.expired(); expired != nil && (first == nil || expired.end.Before(first.at)) {
		f.expire(s, expired)
		return true
	}
	if first != nil {
		s.status, s.reason, s.because = StatusEnded, first.Reason, []string{first.ID}
	}
	return first != nil
}

// expire ends by the date of an effect. A notice of an ending since then
// confirms it; of a part, so does one of the whole, which ends it in any case.
func (f *fold) expire(s *stretchOf, by *span) {
	s.status, s.reason, s.because = StatusEnded, Expired, by.because
	if len(f.endings) > 0 {
		e := f.endings[0]
		s.reason, s.because = e.Reason, append(slices.Clip(s.because), e.ID)
		return
	}
	s.basis, s.unless, s.presumed = by.basis, by.unless, by.basis != Ordained
}

// expired is the effect whose end ended the measure or one of its wholes; nil where none did.
func (f *fold) expired() *span {
	var first *span
	for level := range f.depth() + 1 {
		if last := f.lastEffect(level); last != nil && (first == nil || last.end.Before(first.end)) {
			first = last
		}
	}
	return first
}

func (f *fold) depth() int {
	depth := 0
	for i := range f.effects {
		depth = max(depth, f.effects[i].level)
	}
	return depth
}

// lastEffect is the effect of a level that ran out last, or nil while one runs.
func (f *fold) lastEffect(level int) *span {
	var last *span
	for i := range f.effects {
		switch e := &f.effects[i]; {
		case e.level != level:
		case e.runs(f.now):
			return nil
		case last == nil || e.end.After(last.end):
			last = e
		}
	}
	return last
}

func (f *fold) suspended(s *stretchOf) bool {
	for i := range f.suspensions {
		if p := &f.suspensions[i]; p.runs(f.now) {
			s.status, s.because = StatusSuspended, append(s.because, p.because...)
		}
	}
	return s.status == StatusSuspended
}

func (f *fold) inForce(s *stretchOf) bool {
	for i := range f.effects {
		if e := &f.effects[i]; e.level == 0 && e.runs(f.now) {
			s.status, s.because = StatusInForce, append(s.because, e.because...)
		}
	}
	return s.status == StatusInForce
}

// lastLapse is the span that ran out last by its own date; of several at once,
// one that was not ordained, since that is the weaker ground.
func (f *fold) lastLapse(spans []span) *span {
	var last *span
	for i := range spans {
		p := &spans[i]
		if !p.lapsed(f.now) {
			continue
		}
		if last == nil || p.end.After(last.end) || p.end.Equal(last.end) && last.basis == Ordained {
			last = p
		}
	}
	return last
}

// lapse says that the status follows from the end of a span, unless a notice confirmed it since.
func (f *fold) lapse(s *stretchOf, p *span) {
	if p == nil {
		return
	}
	for _, c := range f.confirmed {
		if c.level <= p.level && !c.at.Before(p.end) {
			return
		}
	}
	s.basis, s.unless = p.basis, p.unless
	s.presumed = p.basis != Ordained
	s.because = append(s.because, p.because...)
}
