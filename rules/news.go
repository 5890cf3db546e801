package rules

import (
	"slices"
	"sort"
	"time"

	"derisk/tracker"
)

// news tells which measures have events that became known in a stretch of
// time, without going through all of them.
type news struct {
	moments   []moment // when an event was published, and when recorded; by time
	corrected []int    // measures with corrections, which can change when an event was published
}

// moment is an instant, and the place of a measure in the snapshot.
type moment struct {
	at      time.Time
	measure int
}

func gatherNews(s *tracker.Snapshot) *news {
	n := &news{}
	for i, m := range s.Measures {
		for j := range m.Events {
			e := &m.Events[j]
			n.moments = append(n.moments, moment{published(e).First(m.Location()), i})
			if !e.Recorded.IsZero() {
				n.moments = append(n.moments, moment{e.Recorded, i})
			}
			if e.What == tracker.Corrected {
				n.corrected = append(n.corrected, i)
			}
		}
	}
	slices.SortFunc(n.moments, func(a, b moment) int { return a.at.Compare(b.at) })
	return n
}

// between lists the measures that can have an event which became known after
// one instant, up to and including another, by their place, each once.
func (n *news) between(after, upTo time.Time) []int {
	list := slices.Clone(n.corrected)
	first := sort.Search(len(n.moments), func(i int) bool { return n.moments[i].at.After(after) })
	for _, m := range n.moments[first:] {
		if m.at.After(upTo) {
			break
		}
		list = append(list, m.measure)
	}
	slices.Sort(list)
	return slices.Compact(list)
}
