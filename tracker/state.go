package tracker

import "time"

// Status is what a measure is at an instant. The empty status is none: the
// measure has no official event yet.
type Status string

const (
	NoStatus        Status = ""
	StatusProposed  Status = "proposed"
	StatusAnnounced Status = "announced"
	StatusInForce   Status = "in-force"
	StatusSuspended Status = "suspended"
	StatusEnded     Status = "ended"
)

// Statuses lists every status but none.
func Statuses() []Status {
	return []Status{StatusProposed, StatusAnnounced, StatusInForce, StatusSuspended, StatusEnded}
}

// Cut limits what a fold may know. A zero field sets no limit; both are inclusive.
type Cut struct {
	Known    time.Time // published by then
	Recorded time.Time // recorded here by then
}

// State is what a measure is at an instant, and why.
type State struct {
	Status    Status
	Reason    Reason    // of an ending
	Since     time.Time // first instant of the status
	End       time.Time // first instant after a suspension, or after a measure in force, where one is known; else zero
	Presumed  bool      // follows from dates alone; no official notice confirms it
	Uncertain bool      // a date that is known only coarsely could have changed it already
	Basis     Basis     // why the status follows from a date, where it does
	Unless    Text      // with Conditional: unless what
	Next      []Transition
	Reported  []Event     // what the press says, courts decided, appeals: shown beside, never moving the status
	Terms     Terms       // as amended
	Exempted  []Exemption // running at the instant
	Effective time.Time   // first start of the effect, come or to come; zero where none is named
	Announced time.Time   // first announcement, come or to come; zero where there is none
	Because   []string    // ids of the events that the status rests on
}

// Until is the last day that the status holds, where that is known.
func (s State) Until() Date { return LastDay(s.End) }

// BackFrom is the first day, or the instant, after Until.
func (s State) BackFrom() Date { return From(s.End) }

// Transition is a change of status that follows from what is known now.
type Transition struct {
	On        time.Time
	Status    Status
	Reason    Reason
	Basis     Basis
	Unless    Text
	Uncertain bool // the date is coarse: this is the last instant by which it happens
}

// Exemption lets off what its terms name; without terms it is known in words only.
type Exemption struct {
	Event string // its event's id
	Terms Terms
	Note  Text
	Since time.Time
	End   time.Time // zero: no end is known
}

// At folds the events that cut admits to the measure's state at an instant.
func (m *Measure) At(on time.Time, cut Cut) State { panic("unwritten") }

// Known lists the events that cut admits, as corrected, in the order in which
// they take hold.
func (m *Measure) Known(cut Cut) []Event { panic("unwritten") }

// Asked is [Measure.At] for a query, read in the measure's own zone.
func (m *Measure) Asked(q Query) State {
	on, cut := q.In(m.Location())
	return m.At(on, cut)
}
