package tracker

import (
	"cmp"
	"slices"
	"time"
)

// Foretold is a firing of a backtest or a forecast, with what it follows from.
type Foretold struct {
	Firing
	Status   Status   `json:"status,omitempty"` // of the measure at the tick, where the rule goes over measures
	Presumed bool     `json:"presumed"`         // of that status
	Because  []Ground `json:"because"`          // none: it is due by its schedule alone
	Changes  []Change `json:"changes"`          // what, if it were recorded, would keep it off, move or alter it; of what is to come only
}

// Ground is a dated fact that a firing follows from.
type Ground struct {
	Event     string `json:"event"`          // id of the event; of a review, commitment, indicator or article its own
	What      What   `json:"what,omitempty"` // what the event says; empty where it is none
	Field     Field  `json:"field"`
	Date      Date   `json:"date"`               // as it is recorded, an instant with its offset: of until and due the last day
	Published Date   `json:"published,omitzero"` // when the public could know it
	Basis     Basis  `json:"basis,omitempty"`    // why a status follows from the date
	Unless    Text   `json:"unless,omitzero"`
	DueIs     DueIs  `json:"due_is,omitempty"`   // of a review's due date
	Calendar  string `json:"calendar,omitempty"` // that a review's due date was counted by
}

// Field is which date of a fact it is.
type Field string

const (
	FieldOn        Field = "on"
	FieldUntil     Field = "until"
	FieldTo        Field = "to" // of postponed: the new start
	FieldPublished Field = "published"
	FieldAccepted  Field = "accepted" // of a review
	FieldStopped   Field = "stopped"
	FieldResumed   Field = "resumed"
	FieldDecided   Field = "decided"
	FieldDue       Field = "due" // of a review or commitment
)

// Fields lists every field of a ground.
func Fields() []Field {
	return []Field{FieldOn, FieldUntil, FieldTo, FieldPublished, FieldAccepted, FieldStopped, FieldResumed, FieldDecided, FieldDue}
}

// Change is a kind of fact that would change what is foretold: the [What] of
// an event, or what befalls a review or commitment.
type Change string

const (
	ChangeStop   Change = "review-stop"
	ChangeDecide Change = "review-decide"
	ChangeDue    Change = "new-due-date"    // of a commitment
	ChangeStatus Change = "status-recorded" // of a commitment: met or missed
)

// Turn is an instant at which a date of an event comes.
type Turn struct {
	At time.Time
	Ground
}

// Turns lists the instants at which dates of the measure's events come, and of
// those of the measures that it stands under, in the order of time: an `on` and
// a `to` when they take hold, an `until` when it is over, a publication at its
// first instant. A coarse date comes at the first and after the last instant of
// its stretch.
func (m *Measure) Turns(cut Cut) []Turn {
	var turns []Turn
	for ; m != nil; m = m.whole {
		zone := m.Location()
		for _, e := range m.Known(cut) {
			turns = append(turns, e.turns(zone)...)
		}
	}
	slices.SortStableFunc(turns, func(a, b Turn) int { return a.At.Compare(b.At) })
	return turns
}

func (e *Event) turns(zone *time.Location) []Turn {
	var turns []Turn
	add := func(field Field, d Date, at time.Time) {
		if at.IsZero() {
			return
		}
		if d.Precision() == Instant {
			d = InstantOf(d.First(zone))
		}
		g := Ground{Event: e.ID, What: e.What, Field: field, Date: d, Published: e.Published}
		switch {
		case !e.Moves() || field == FieldPublished:
		case field == FieldUntil:
			g.Basis, g.Unless = cmp.Or(e.Basis, Lapse), e.Unless
		default:
			g.Basis = Ordained
		}
		turns = append(turns, Turn{at, g})
		if first := d.First(zone); d.Coarse() && !first.Equal(at) {
			turns = append(turns, Turn{first, g})
		}
	}
	add(FieldOn, e.On, holdsFrom(e.On, zone))
	add(FieldUntil, e.Until, e.Until.After(zone))
	add(FieldTo, e.To, holdsFrom(e.To, zone))
	add(FieldPublished, e.Published, e.Published.First(zone))
	return turns
}
