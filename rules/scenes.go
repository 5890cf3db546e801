package rules

import (
	"time"

	"derisk/tracker"
)

// scenes gives scenes that share their folds and news, from rule to rule and from tick
// to tick, for one snapshot. It belongs to one goroutine.
type scenes struct {
	snapshot *tracker.Snapshot
	kept     map[sceneKind]*scene // the last of each kind
}

type sceneKind struct {
	live bool
	zone string
}

// at is the scene at an instant; the former one of its kind is not used again.
func (s *scenes) at(snapshot *tracker.Snapshot, at time.Time, live bool, zone *time.Location) *scene {
	if s.snapshot != snapshot {
		s.snapshot, s.kept = snapshot, map[sceneKind]*scene{}
	}
	kind := sceneKind{live, zone.String()}
	last := s.kept[kind]
	if last == nil || !last.at.Equal(at) {
		last = newScene(snapshot, at, live, zone, last)
		s.kept[kind] = last
	}
	return last
}
