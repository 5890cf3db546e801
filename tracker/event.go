package tracker

import "time"

// What an event says happened. Past participles, as acts are told.
type What string

const (
	Proposed   What = "proposed"
	Announced  What = "announced"
	Effective  What = "effective"
	Postponed  What = "postponed"  // carries To, the new start
	Suspended  What = "suspended"  // carries Until where an end is named
	Resumed    What = "resumed"    // ends a suspension (Of where several run), or confirms its lapse
	Extended   What = "extended"   // moves an end to Until, or to none
	Amended    What = "amended"    // carries the Terms that change
	Exempted   What = "exempted"   // carries the Terms that name what is let off
	Ended      What = "ended"      // carries a Reason
	Reinstated What = "reinstated" // undoes an ending
	Reported   What = "reported"   // the press says; Of is what it says happened
	Ruled      What = "ruled"      // a court decided
	Challenged What = "challenged" // an appeal was lodged
	Corrected  What = "corrected"  // Of is the event; the fields set replace its fields
	Withdrawn  What = "withdrawn"  // Of is the event, which then never was
)

// Whats lists every kind of event.
func Whats() []What {
	return []What{Proposed, Announced, Effective, Postponed, Suspended, Resumed, Extended, Amended, Exempted,
		Ended, Reinstated, Reported, Ruled, Challenged, Corrected, Withdrawn}
}

// Reason is why a measure ended.
type Reason string

const (
	Expired    Reason = "expired"
	Revoked    Reason = "revoked"
	StruckDown Reason = "struck-down"
	Replaced   Reason = "replaced"
	Dropped    Reason = "dropped"
)

// Reasons lists every reason.
func Reasons() []Reason { return []Reason{Expired, Revoked, StruckDown, Replaced, Dropped} }

// Basis is why a status follows from a date.
type Basis string

const (
	Ordained    Basis = "ordained"    // the act itself names the day
	Lapse       Basis = "lapse"       // dates simply run out; the default
	Conditional Basis = "conditional" // unless something happens, told in words
)

// Bases lists every basis.
func Bases() []Basis { return []Basis{Ordained, Lapse, Conditional} }

// Evidence is what an event rests on. Only official evidence moves a status.
type Evidence string

const (
	Official   Evidence = "official"
	Press      Evidence = "press"
	Commentary Evidence = "commentary"
)

// Evidences lists every class of evidence.
func Evidences() []Evidence { return []Evidence{Official, Press, Commentary} }

// Event is one dated fact about a measure. Events are only ever added.
type Event struct {
	ID        string   `json:"id" yaml:"id"`
	What      What     `json:"what" yaml:"what"`
	Of        string   `json:"of,omitempty" yaml:"of,omitempty"`
	On        Date     `json:"on,omitzero" yaml:"on,omitempty"`       // valid from
	Until     Date     `json:"until,omitzero" yaml:"until,omitempty"` // a day: the last that it holds; an instant: when it stops
	To        Date     `json:"to,omitzero" yaml:"to,omitempty"`       // postponed: the new start
	Reason    Reason   `json:"reason,omitempty" yaml:"reason,omitempty"`
	Basis     Basis    `json:"basis,omitempty" yaml:"basis,omitempty"`
	Unless    Text     `json:"unless,omitzero" yaml:"unless,omitempty"`
	Published Date     `json:"published,omitzero" yaml:"published,omitempty"` // when the public could know it
	Evidence  Evidence `json:"evidence,omitempty" yaml:"evidence,omitempty"`
	Seed      bool     `json:"seed,omitempty" yaml:"seed,omitempty"` // stated by the digest that the starter facts began from

	Terms `yaml:",inline"` // amended, exempted

	Note    Text     `json:"note,omitzero" yaml:"note,omitempty"`
	Sources []Source `json:"sources,omitempty" yaml:"sources,omitempty"`

	// Of a correction, whose own What, Of and Published are about itself: what
	// those fields of the event become, and the keys of the fields that it loses.
	Becomes     What     `json:"becomes,omitempty" yaml:"becomes,omitempty"`
	Names       string   `json:"names,omitempty" yaml:"names,omitempty"`
	Publication Date     `json:"publication,omitzero" yaml:"publication,omitempty"`
	Clear       []string `json:"clear,omitempty" yaml:"clear,omitempty,flow"`

	Recorded   time.Time `json:"recorded,omitzero" yaml:"-"`     // when this tracker learned it
	RecordedBy string    `json:"recorded_by,omitempty" yaml:"-"` // who recorded it
}

// Source is where a fact can be read up.
type Source struct {
	Title     string `json:"title" yaml:"title"`
	Publisher string `json:"publisher,omitempty" yaml:"publisher,omitempty"`
	URL       string `json:"url,omitempty" yaml:"url,omitempty"`
	Date      Date   `json:"date,omitzero" yaml:"date,omitempty"`
}

// movesStatus says whether an event of this kind can move a status at all.
func (w What) movesStatus() bool {
	switch w {
	case Reported, Ruled, Challenged, Corrected, Withdrawn:
		return false
	}
	return true
}

// Moves says whether the event counts for the status: its kind can, and its
// evidence is official. What the press says is shown beside the status.
func (e *Event) Moves() bool { return e.What.movesStatus() && e.Evidence == Official }
