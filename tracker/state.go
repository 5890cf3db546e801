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
	Status      Status
	Reason      Reason    // of an ending
	Since       time.Time // first instant of the status; Started tells it as a date
	SinceCoarse Date      // the date that Since rests on, where that is known only coarsely
	End         time.Time // first instant after a suspension, or after a stretch in force, where one is known; else zero
	EndCoarse   Date      // the date that End rests on, where that is known only coarsely
	Presumed    bool      // follows from dates alone; no official notice confirms it
	Uncertain   bool      // a date that is known only coarsely could have changed it already
	Basis       Basis     // why the status follows from a date, where it does
	Unless      Text      // with Conditional: unless what
	Next        []Transition
	Reported    []Event     // what the press says, courts decided, appeals: shown beside, never moving the status
	Terms       Terms       // as amended
	Exempted    []Exemption // running at the instant
	Announced   Date        // first announcement, come or to come
	Effective   Date        // first start of the effect, come or to come, as postponed
	Because     []string    // ids of the events that the status rests on
}

// Started is the day or the instant of Since; a coarse date is told as it is known.
func (s State) Started() Date { return orCoarse(s.SinceCoarse, From(s.Since)) }

// Until is the last day that the status holds (or the instant at which it
// stops within a day), where one is known; a coarse date is told as it is known.
func (s State) Until() Date { return orCoarse(s.EndCoarse, LastDay(s.End)) }

// BackFrom is the first day, or the instant, after Until; a coarse date is told as it is known.
func (s State) BackFrom() Date { return orCoarse(s.EndCoarse, From(s.End)) }

// Transition is a change of status that follows from what is known now.
type Transition struct {
	On     time.Time // the latest instant by which it happens
	Coarse Date      // the date it rests on, where that is known only coarsely
	Status Status
	Reason Reason
	Basis  Basis
	Unless Text
}

// Date is the day or the instant of the transition; a coarse date is told as it is known.
func (t Transition) Date() Date { return orCoarse(t.Coarse, From(t.On)) }

func orCoarse(coarse, exact Date) Date {
	if coarse.IsZero() {
		return exact
	}
	return coarse
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
func (m *Measure) At(on time.Time, cut Cut) State {
	known := m.Known(cut)
	line := m.timeline(cut, known)
	at := line.at(on)
	s := State{Terms: m.Terms}
	s.setStatus(line, at)
	s.setBeside(m.Location(), known, on)
	s.Uncertain = m.uncertain(cut, known, on, s.Status)
	return s
}

// Asked is [Measure.At] for a query, read in the measure's own zone.
func (m *Measure) Asked(q Query) State {
	on, cut := q.In(m.Location())
	return m.At(on, cut)
}

// setStatus takes the stretch at index at of line, -1 being before the first.
func (s *State) setStatus(line timeline, at int) {
	if at >= 0 {
		now := line.stretches[at]
		s.Status, s.Reason, s.Presumed = now.status, now.reason, now.presumed
		s.Basis, s.Unless, s.Because = now.basis, now.unless, now.because
		first := line.stretches[line.began(at)]
		if s.Status != NoStatus {
			s.Since, s.SinceCoarse = first.from, first.coarse
		}
	}
	s.Next = line.after(at)
	if len(s.Next) > 0 && (s.Status == StatusSuspended || s.Status == StatusInForce) {
		s.End, s.EndCoarse = s.Next[0].On, s.Next[0].Coarse
	}
	s.Announced, s.Effective = line.announced, line.effective
}

// setBeside takes what stands beside the status: terms as amended, exemptions, reports.
func (s *State) setBeside(zone *time.Location, known []Event, on time.Time) {
	for i := range known {
		e := &known[i]
		if holdsFrom(e.On, zone).After(on) && e.Moves() || e.On.First(zone).After(on) {
			continue
		}
		end := e.Until.After(zone)
		running := end.IsZero() || on.Before(end)
		switch {
		case !e.Moves():
			s.Reported = append(s.Reported, *e)
		case e.What == Amended && running:
			s.Terms.replace(e.Terms)
		case e.What == Exempted && running:
			s.Exempted = append(s.Exempted, Exemption{Event: e.ID, Terms: e.Terms, Note: e.Note, Since: holdsFrom(e.On, zone), End: end})
		}
	}
}

// replace takes every field that is set in by, whole.
func (t *Terms) replace(by Terms) {
	if by.Against != nil {
		t.Against = by.Against
	}
	if by.Goods != nil {
		t.Goods = by.Goods
	}
	if by.EndUse != "" {
		t.EndUse = by.EndUse
	}
	if by.Entities != nil {
		t.Entities = by.Entities
	}
	if by.Rate != nil {
		t.Rate = by.Rate
	}
}
