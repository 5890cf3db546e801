package tracker

import (
	"slices"
	"time"
)

// Hush is an owner's wish not to be told of something for a while. It is either a
// snooze of what a rule finds of a subject, in all of the owner's channels, or a
// mute of a measure in one of them.
type Hush struct {
	ID      string    `json:"id"`
	Owner   string    `json:"owner"`
	Rule    string    `json:"rule,omitempty"` // of a snooze, with Subject
	Subject string    `json:"subject,omitempty"`
	Channel string    `json:"channel,omitempty"` // of a mute, with Measure
	Measure string    `json:"measure,omitempty"`
	Review  bool      `json:"review,omitempty"` // of a snooze: it is of a review
	By      string    `json:"by"`
	Made    time.Time `json:"made"`
	Until   time.Time `json:"until,omitzero"` // when it is over; zero: never by itself
}

// Snooze says that it is a snooze, and no mute.
func (h Hush) Snooze() bool { return h.Rule != "" }

// holds says that it is in force at an instant.
func (h Hush) holds(at time.Time) bool { return h.Until.IsZero() || at.Before(h.Until) }

// hushed is why a firing that the subscription wants is not told all the same, or
// "". A firing that concerns several measures is muted where all of them are.
func (s Subscription) hushed(f Firing, at time.Time, hushes []Hush) Cause {
	var muted []string
	for _, h := range hushes {
		switch {
		case h.Owner != s.Owner || !h.holds(at):
		case !h.Snooze() && h.Channel == s.Channel:
			muted = append(muted, h.Measure)
		case h.Snooze() && h.Rule == f.Rule && h.Subject == f.Subject:
			return CauseSnoozed
		}
	}
	loud := func(measure string) bool { return !slices.Contains(muted, measure) }
	if len(f.Measures) > 0 && !slices.ContainsFunc(f.Measures, loud) {
		return CauseMuted
	}
	return ""
}

// MaxSnooze is how many days a snooze lasts at most: a longer one would be
// forgotten. What nobody wants to hear of any more is muted, which is listed.
const MaxSnooze = 92

// HushEnd is when a hush ends that is wanted until a date: at an instant then, and
// of a day or a longer stretch at 09:00 of its first day in zone. Where that falls
// on a Saturday or Sunday it moves to Monday 09:00: nobody would be there.
func HushEnd(until Date, zone *time.Location) (end time.Time, moved bool) {
	end = until.First(zone).In(zone)
	if until.Precision() != Instant {
		end = morningOf(end, 0)
	}
	switch end.Weekday() {
	case time.Saturday:
		return morningOf(end, 2), true
	case time.Sunday:
		return morningOf(end, 1), true
	}
	return end, false
}

const morning = 9 // o'clock, when a hush of whole days ends

// morningOf is 09:00 of the day that is so many days after that of t, by t's clocks.
func morningOf(t time.Time, days int) time.Time {
	y, m, d := t.Date()
	return wallTime(time.Date(y, m, d+days, morning, 0, 0, 0, time.UTC), t.Location())
}

// Snoozed says whether the latest that became of a firing is that it was snoozed.
func (t Telling) Snoozed() (by Note, is bool) {
	for _, n := range t.Notes {
		switch n.What {
		case NoteSnoozed:
			by, is = n, true
		case NoteWoken:
			is = false
		}
	}
	return by, is
}

// Acknowledged says who saw to a firing first.
func (t Telling) Acknowledged() (by Note, is bool) {
	i := slices.IndexFunc(t.Notes, func(n Note) bool { return n.What == NoteAcknowledged })
	if i < 0 {
		return Note{}, false
	}
	return t.Notes[i], true
}

// Holds says that it is a beginning whose end the post does not know of.
func (t Telling) Holds() bool { return t.Kind == Began && t.End == nil }
