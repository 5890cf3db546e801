package rules

import (
	"time"

	"derisk/tracker"
)

// scenes gives scenes that share their folds, from rule to rule, from tick to
// tick and from snapshot to snapshot. It belongs to one goroutine.
type scenes struct {
	kept map[sceneKind]*scene // the last of each kind
}

type sceneKind struct {
	live bool
	zone string
}

// at is the scene at an instant; the former one of its kind is not used again.
func (s *scenes) at(snapshot *tracker.Snapshot, at time.Time, live bool, zone *time.Location) *scene {
	if s.kept == nil {
		s.kept = map[sceneKind]*scene{}
	}
	kind := sceneKind{live, zone.String()}
	last := s.kept[kind]
	if last == nil || last.snapshot != snapshot || !last.at.Equal(at) {
		last = newScene(snapshot, at, live, zone, last)
		s.kept[kind] = last
	}
	return last
}

// forget drops what was made ready for rules that may be gone.
func (s *scenes) forget() {
	for _, scene := range s.kept {
		if scene.folds.finder != nil {
			scene.folds.finder.forget()
		}
	}
}
