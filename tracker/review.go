package tracker

import "time"

// Review is one application under a measure's review clock. It belongs to
// whoever recorded it and is shown to nobody else.
type Review struct {
	ID       string    `json:"id"`
	Owner    string    `json:"owner"` // "local", "guild:ID" or "user:ID"
	Measure  string    `json:"measure"`
	Name     string    `json:"name,omitempty"`
	Accepted Date      `json:"accepted"`
	Stops    []Stop    `json:"stops,omitempty"`
	Decided  Date      `json:"decided,omitzero"`
	Recorded time.Time `json:"recorded,omitzero"`
}

// Stop is a stretch that does not count. The day of the stop does not count,
// the day of resuming does; no Resumed means that the clock still stands.
type Stop struct {
	On      Date   `json:"on"`
	Resumed Date   `json:"resumed,omitzero"`
	For     string `json:"for,omitempty"` // such as expert-review
}

// DueIs says how sure a due date is.
type DueIs string

const (
	Computed DueIs = "computed" // every day to it lies in an announced calendar
	Estimate DueIs = "estimate" // weekdays only after the last announced day
)

// Clock is where a review stands on a day.
type Clock struct {
	Due     Date  // zero while the clock stands stopped, or when decided before
	DueIs   DueIs // of Due
	Known   Date  // with Estimate: the last day that an announced calendar covers
	Counted int   // days counted, including the day asked about
	Left    int   // days left; negative when overdue
	Stopped bool
}

// Clock counts a review's days up to and including day, by the review terms of
// its measure and the calendar that they name.
func (s *Snapshot) Clock(r Review, day Date) (Clock, error) { panic("unwritten") }
