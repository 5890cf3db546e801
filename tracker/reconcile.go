package tracker

// Changes are what importing files adds to what is recorded.
type Changes struct {
	Measures    []*Measure         // new, or with a changed head; Events are not of interest here
	Events      map[string][]Event // measure id to new events, corrections among them, in order
	Goods       []Tag              // new or changed, likewise the rest
	Entities    []Entity
	Commitments []Commitment
	Indicators  []Indicator
	Calendars   []Calendar
	Warnings    []string // recorded events that the files no longer hold
}

// Empty says that importing changes nothing.
func (c Changes) Empty() bool { panic("unwritten") }

// Reconcile compares files with what is recorded. An event that differs from
// the recorded one of its id becomes a correction; nothing is ever taken away.
// The error names an event that cannot follow those before it.
func Reconcile(have *Snapshot, files Facts) (Changes, error) { panic("unwritten") }
