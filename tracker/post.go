package tracker

import (
	"slices"
	"time"
)

// Post is the deliveries that go out together to one channel. Which they are
// is stored before the first try; the nonce is made of the id.
type Post struct {
	ID       string    `json:"id"` // at most 25 characters: it serves as Discord's nonce
	Channel  string    `json:"channel"`
	Lang     string    `json:"lang"`
	Zone     string    `json:"zone"`
	Ping     string    `json:"ping,omitempty"` // role to mention, set only where a firing is critical
	Digest   bool      `json:"digest,omitempty"`
	Lead     Text      `json:"lead,omitzero"` // what a digest says besides its firings
	Firings  []Firing  `json:"firings"`
	Notes    []Note    `json:"notes,omitempty"` // what became of the firings since, oldest first
	Tried    time.Time `json:"tried,omitzero"`  // first try; zero: none yet
	Tries    int       `json:"tries"`
	NextTry  time.Time `json:"next_try,omitzero"`
	LastFail string    `json:"last_fail,omitempty"`
	Message  string    `json:"message,omitempty"` // Discord's id of it, once it was sent
}

// Note is what became of a firing after it fired, other than that it ended: an
// end is a firing of its own.
type Note struct {
	Firing string    `json:"firing"` // its id
	What   NoteKind  `json:"what"`
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"`    // whose doing: a user such as "discord:ID"; empty: nobody's
	Until  time.Time `json:"until,omitzero"`  // of a snooze: its last instant
	Words  Text      `json:"words,omitempty"` // of a correction: what is different now
}

// NoteKind is what sort of thing became of a firing.
type NoteKind string

const (
	NoteCorrected    NoteKind = "corrected"    // a fact that it was decided with was corrected or withdrawn
	NoteAcknowledged NoteKind = "acknowledged" // somebody has seen to it
	NoteSnoozed      NoteKind = "snoozed"      // not to be told again for a while
	NoteWoken        NoteKind = "woken"        // the snooze is over
)

// Telling is a firing as a post tells it: with its end, where the post shows it,
// and what else became of it.
type Telling struct {
	Firing
	End   *Firing // nil: not that the post knows of
	Notes []Note
}

// Tellings pairs what the post tells of beginnings with their ends. An end whose
// beginnings are told elsewhere stands by itself.
func (p Post) Tellings() []Telling {
	var all []Telling
	for _, f := range p.Firings {
		if f.Kind != Resolved || !end(all, f) {
			all = append(all, Telling{Firing: f})
		}
	}
	for i := range all {
		for _, n := range p.Notes {
			if n.Firing == all[i].ID {
				all[i].Notes = append(all[i].Notes, n)
			}
		}
	}
	return all
}

// Measures lists the measures that the post's firings concern, each once.
func (p Post) Measures() []string {
	var all []string
	for _, f := range p.Firings {
		for _, m := range f.Measures {
			if !slices.Contains(all, m) {
				all = append(all, m)
			}
		}
	}
	return all
}

// end gives an end to every telling of the same rule and subject that has none,
// and says whether there was one: a rule that repeats tells one beginning often.
func end(all []Telling, f Firing) (found bool) {
	for i := range all {
		if t := &all[i]; t.Kind == Began && t.End == nil && t.Rule == f.Rule && t.Subject == f.Subject {
			t.End, found = &f, true
		}
	}
	return found
}

// Chore is what is to be done about a post that stands in its channel already.
// To do one again does no harm.
type Chore struct {
	Post     Post
	What     ChoreKind
	Reasons  int // how many there were so far
	Tries    int
	LastFail string
}

// ChoreKind is what is to be done.
type ChoreKind string

const (
	EditPost    ChoreKind = "edit"    // show what became of its firings
	PublishPost ChoreKind = "publish" // to the followers of an announcement channel
)
