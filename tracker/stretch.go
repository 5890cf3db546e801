package tracker

import (
	"slices"
	"time"
)

// Stretch is a time in which a measure's status, its reason and how sure it is
// stay the same.
type Stretch struct {
	From      time.Time // its first instant
	To        time.Time // the first instant after it; zero where nothing is known to end it
	Coarse    Date      // the date that From rests on, where the status begins there and that is known only coarsely
	Status    Status
	Reason    Reason
	Presumed  bool
	Uncertain bool
}

// Stretches is the measure's whole course as far as cut admits and dates are
// known, without gap or overlap, from its first official event on. It says of
// each instant what [Measure.At] says, for that is asked at each date that could
// change it.
func (m *Measure) Stretches(cut Cut) []Stretch {
	var all []Stretch
	for _, at := range m.turningPoints(cut) {
		now := m.stretchAt(at, cut)
		last := len(all) - 1
		if last >= 0 && all[last].like(now) {
			continue
		}
		if last >= 0 {
			all[last].To = at
		}
		all = append(all, now)
	}
	if len(all) > 0 && all[0].Status == NoStatus && !all[0].Uncertain {
		all = all[1:]
	}
	return all
}

// turningPoints are the instants at which a date of an event comes, and the
// first one after each: an event that could have come at that very instant is
// no longer level with it.
func (m *Measure) turningPoints(cut Cut) []time.Time {
	var points []time.Time
	for _, t := range m.Turns(cut) {
		points = append(points, t.At, t.At.Add(1))
	}
	return slices.CompactFunc(points, time.Time.Equal)
}

func (m *Measure) stretchAt(at time.Time, cut Cut) Stretch {
	s := m.At(at, cut)
	now := Stretch{From: at.In(m.Location()), Status: s.Status, Reason: s.Reason, Presumed: s.Presumed, Uncertain: s.Uncertain}
	if s.Since.Equal(at) {
		now.Coarse = s.SinceCoarse
	}
	return now
}

func (s Stretch) like(other Stretch) bool {
	return s.Status == other.Status && s.Reason == other.Reason && s.Presumed == other.Presumed && s.Uncertain == other.Uncertain
}
