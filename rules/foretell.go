package rules

import (
	"reflect"
	"slices"
	"time"

	"github.com/expr-lang/expr/ast"

	"derisk/tracker"
)

// reads are the fields, such as measure.until, that decide when a rule fires.
type reads map[string]bool

// readsOf are the fields that stand in a rule's when and once.
func readsOf(r *Rule) reads {
	found := reads{}
	for _, x := range append([]*expression{r.when}, r.once...) {
		ast.Walk(&x.node, visitor(func(n ast.Node) {
			m, ok := n.(*ast.MemberNode)
			if !ok {
				return
			}
			of, ofSubject := m.Node.(*ast.IdentifierNode)
			if field, named := m.Property.(*ast.StringNode); ofSubject && named {
				found[of.Value+"."+field.Value] = true
			}
		}))
	}
	return found
}

func (r reads) any(of Each, fields ...string) bool {
	return slices.ContainsFunc(fields, func(field string) bool { return r[string(of)+"."+field] })
}

// foretell finds what a firing follows from: the dates of its subject that came
// since the due time before and moved what the rule reads, and those that the
// rule counts days to or from.
func (r *Replay) foretell(l *lane, f tracker.Firing) tracker.Foretold {
	g := grounds{
		Foretold: tracker.Foretold{Firing: f, Because: []tracker.Ground{}, Changes: []tracker.Change{}},
		snapshot: r.snapshot, reads: l.reads, cut: tracker.Cut{Known: f.At}, prev: l.prev,
		coming: !r.now.IsZero() && f.At.After(r.now), now: r.now,
	}
	switch l.rule.Each {
	case EachMeasure:
		g.measure(f.Subject)
	case EachEvent:
		g.event(f)
	case EachReview:
		g.review(f.Subject)
	case EachCommitment:
		g.commitment(f.Subject)
	case EachIndicator:
		g.indicator(f.Subject)
	case EachArticle:
		g.article(f.Subject)
	}
	return g.Foretold
}

// grounds gathers what one firing follows from.
type grounds struct {
	tracker.Foretold
	snapshot *tracker.Snapshot
	reads    reads
	cut      tracker.Cut // what was known at the tick
	prev     time.Time   // due time before
	now      time.Time
	coming   bool // the firing comes after now
}

// add takes a ground once, and what would change it.
func (g *grounds) add(ground tracker.Ground, changes ...tracker.Change) {
	same := func(known tracker.Ground) bool {
		return known.Event == ground.Event && known.Field == ground.Field
	}
	if !slices.ContainsFunc(g.Because, same) {
		g.Because = append(g.Because, ground)
	}
	for _, c := range changes {
		if g.coming && !slices.Contains(g.Changes, c) {
			g.Changes = append(g.Changes, c)
		}
	}
}

// came says that an instant lies in the stretch that the tick closes.
func (g *grounds) came(at time.Time) bool { return at.After(g.prev) && !at.After(g.At) }

func (g *grounds) measure(id string) {
	m, err := g.snapshot.Measure(id)
	if err != nil {
		return
	}
	state := m.At(g.At, g.cut)
	g.Status, g.Presumed = state.Status, state.Presumed
	turns := m.Turns(g.cut)
	for _, t := range turns {
		if g.came(t.At) && g.moved(m, t) {
			g.turn(m, t, state)
		}
	}
	for _, t := range turns {
		if g.counts(m, state, t) {
			g.turn(m, t, state)
		}
	}
}

// moved says that something that the rule reads of a measure changed when a
// date came, or when an event became known.
func (g *grounds) moved(m *tracker.Measure, t tracker.Turn) bool {
	before, after := m.At(t.At.Add(-time.Nanosecond), g.cut), m.At(t.At, g.cut)
	if t.Field == tracker.FieldPublished {
		before, after = m.At(g.At, tracker.Cut{Known: t.At.Add(-time.Nanosecond)}), m.At(g.At, g.cut)
	}
	switch t.What {
	case tracker.Amended, tracker.Exempted:
		return g.reads.any(EachMeasure, "tags", "hs", "against", "entities", "end_use", "rate") && !reflect.DeepEqual(before.Terms, after.Terms)
	case tracker.Reported, tracker.Ruled, tracker.Challenged:
		return g.reads.any(EachMeasure, "reported") && len(before.Reported) != len(after.Reported)
	}
	return g.movedStatus(before, after)
}

// movedStatus says that two states differ in what the rule reads of a status and its dates.
func (g *grounds) movedStatus(a, b tracker.State) bool {
	return g.reads.any(EachMeasure, "status") && a.Status != b.Status ||
		g.reads.any(EachMeasure, "reason") && a.Reason != b.Reason ||
		g.reads.any(EachMeasure, "since") && !a.Since.Equal(b.Since) ||
		g.reads.any(EachMeasure, "until", "back_from") && !a.End.Equal(b.End) ||
		g.reads.any(EachMeasure, "presumed") && a.Presumed != b.Presumed ||
		g.reads.any(EachMeasure, "uncertain") && a.Uncertain != b.Uncertain ||
		g.reads.any(EachMeasure, "basis") && a.Basis != b.Basis ||
		g.reads.any(EachMeasure, "announced") && a.Announced != b.Announced ||
		g.reads.any(EachMeasure, "effective") && a.Effective != b.Effective
}

// counts says that a turn is a date that the rule reads of the measure's state.
func (g *grounds) counts(m *tracker.Measure, state tracker.State, t tracker.Turn) bool {
	of := func(d tracker.Date) bool { return t.Date.First(m.Location()).Equal(d.First(m.Location())) }
	switch {
	case t.Field == tracker.FieldPublished || t.Basis == "" || t.What == tracker.Amended || t.What == tracker.Exempted:
		return false
	case g.reads.any(EachMeasure, "until", "back_from") && t.At.Equal(state.End):
		return true
	case g.reads.any(EachMeasure, "since") && t.At.Equal(state.Since):
		return true
	case g.reads.any(EachMeasure, "announced") && t.What == tracker.Announced && of(state.Announced):
		return true
	}
	starts := t.What == tracker.Effective && t.Field == tracker.FieldOn || t.Field == tracker.FieldTo
	return starts && g.reads.any(EachMeasure, "effective") && of(state.Effective)
}

// turn takes a date of a measure.
func (g *grounds) turn(m *tracker.Measure, t tracker.Turn, state tracker.State) {
	if t.Field == tracker.FieldPublished && slices.ContainsFunc(g.Because, func(known tracker.Ground) bool { return known.Event == t.Event }) {
		return // its date came in the same stretch, and says more
	}
	switch {
	case !g.coming:
		g.add(t.Ground)
	case t.At.After(g.now):
		g.add(t.Ground, changesAhead(t, m.At(t.At.Add(-time.Nanosecond), g.cut).Status)...)
	default:
		g.add(t.Ground, changesOf(state.Status)...)
	}
}

// changesAhead are the kinds of event that would keep a date from coming, move
// it, or change what it does; was is the status just before it.
func changesAhead(t tracker.Turn, was tracker.Status) []tracker.Change {
	kinds := func(whats ...tracker.What) (list []tracker.Change) {
		for _, w := range whats {
			list = append(list, tracker.Change(w))
		}
		return list
	}
	switch {
	case t.Field == tracker.FieldPublished:
		return nil
	case t.What == tracker.Amended || t.What == tracker.Exempted:
		return kinds(t.What, tracker.Ended)
	case t.Field == tracker.FieldUntil && was == tracker.StatusSuspended:
		return kinds(tracker.Extended, tracker.Resumed, tracker.Ended)
	case t.Field == tracker.FieldUntil:
		return kinds(tracker.Extended, tracker.Suspended, tracker.Ended)
	case t.What == tracker.Effective || t.Field == tracker.FieldTo:
		return kinds(tracker.Postponed, tracker.Suspended, tracker.Ended)
	case t.What == tracker.Ended:
		return kinds(tracker.Reinstated, tracker.Withdrawn)
	}
	return kinds(tracker.Ended, tracker.Withdrawn)
}

// changesOf are the kinds of event by which a status ceases.
func changesOf(status tracker.Status) []tracker.Change {
	switch status {
	case tracker.StatusSuspended:
		return []tracker.Change{tracker.Change(tracker.Resumed), tracker.Change(tracker.Ended)}
	case tracker.StatusInForce:
		return []tracker.Change{tracker.Change(tracker.Suspended), tracker.Change(tracker.Ended)}
	case tracker.StatusEnded:
		return []tracker.Change{tracker.Change(tracker.Reinstated)}
	case tracker.StatusAnnounced:
		return []tracker.Change{tracker.Change(tracker.Effective), tracker.Change(tracker.Postponed), tracker.Change(tracker.Ended)}
	case tracker.StatusProposed:
		return []tracker.Change{tracker.Change(tracker.Announced), tracker.Change(tracker.Effective), tracker.Change(tracker.Ended)}
	}
	return nil
}

// event takes the publication that made an event known, and the dates of the
// event that the rule reads.
func (g *grounds) event(f tracker.Firing) {
	for _, id := range f.Measures {
		m, err := g.snapshot.Measure(id)
		if err != nil {
			continue
		}
		for _, t := range m.Turns(g.cut) {
			if t.Event == f.Subject && (t.Field == tracker.FieldPublished || g.reads.any(EachEvent, string(t.Field))) {
				g.add(t.Ground)
			}
		}
	}
}

// review takes the due date with the calendar that it rests on, and what
// happened to the clock since the due time before.
func (g *grounds) review(id string) {
	i := slices.IndexFunc(g.snapshot.Reviews, func(r tracker.Review) bool { return r.ID == id })
	if i < 0 {
		return
	}
	m, err := g.snapshot.Measure(g.snapshot.Reviews[i].Measure)
	if err != nil {
		return
	}
	home := m.Location()
	r := asOf(g.snapshot.Reviews[i], g.At, home)
	when := func(field tracker.Field, d tracker.Date) {
		if g.came(d.First(home)) {
			g.add(tracker.Ground{Event: r.ID, Field: field, Date: d})
		}
	}
	when(tracker.FieldAccepted, r.Accepted)
	for _, stop := range r.Stops {
		when(tracker.FieldStopped, stop.On)
		when(tracker.FieldResumed, stop.Resumed)
	}
	when(tracker.FieldDecided, r.Decided)
	clock, err := g.snapshot.Clock(r, tracker.DayOf(g.At.In(home)))
	if err == nil && !clock.Due.IsZero() && g.reads.any(EachReview, "due", "due_is", "left", "counted") {
		g.add(tracker.Ground{Event: r.ID, Field: tracker.FieldDue, Date: clock.Due, DueIs: clock.DueIs, Calendar: m.Review.Calendar},
			tracker.ChangeStop, tracker.ChangeDecide)
	}
	if g.reads.any(EachMeasure, "status", "since", "until", "back_from", "presumed", "basis", "effective") {
		g.measure(m.ID)
	}
}

func (g *grounds) commitment(id string) {
	i := slices.IndexFunc(g.snapshot.Commitments, func(c tracker.Commitment) bool { return c.ID == id })
	if i < 0 {
		return
	}
	c := &g.snapshot.Commitments[i]
	if first := firstSource(c.Sources); g.came(first.First(time.UTC)) {
		g.add(tracker.Ground{Event: c.ID, Field: tracker.FieldPublished, Date: first})
	}
	if !c.Due.IsZero() && g.reads.any(EachCommitment, "due") {
		g.add(tracker.Ground{Event: c.ID, Field: tracker.FieldDue, Date: c.Due}, tracker.ChangeDue, tracker.ChangeStatus)
	}
}

func (g *grounds) indicator(id string) {
	i := slices.IndexFunc(g.snapshot.Indicators, func(ind tracker.Indicator) bool { return ind.ID == id })
	if i < 0 {
		return
	}
	for _, o := range g.snapshot.Indicators[i].Observations {
		if g.came(o.Source.Date.First(time.UTC)) {
			g.add(tracker.Ground{Event: id, Field: tracker.FieldPublished, Date: o.Source.Date})
		}
	}
}

func (g *grounds) article(id string) {
	for i := range g.snapshot.Articles {
		if a := &g.snapshot.Articles[i]; a.ID == id {
			g.add(tracker.Ground{Event: id, Field: tracker.FieldPublished, Date: tracker.From(a.At)})
		}
	}
}
