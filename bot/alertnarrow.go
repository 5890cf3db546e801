package bot

import (
	"cmp"
	"slices"

	"derisk/tracker"
)

const mostNarrower = 5 // tags that are offered

// narrower are filters that want less than one does, with how much each would
// have been told a week at most, those first that keep most.
func (p preview) narrower() (list []narrow) {
	seen := map[string]bool{p.filter.String(): true}
	add := func(f tracker.Filter) {
		s := p.s
		s.Filter = f.String()
		if seen[s.Filter] {
			return
		}
		seen[s.Filter] = true
		told := plannedFor(s, p.all, p.past.from, p.past.to)
		if n := told.things(); n > 0 && n < p.past.things() {
			_, week := told.busiest(locationOf(s), weekOf)
			list = append(list, narrow{Filter: s.Filter, Told: n, Week: week})
		}
	}
	severities := tracker.Severities()
	for i := range severities {
		if f := p.filter; len(f.Severities) != 1 {
			f.Severities = severities[i:]
			add(f)
		}
	}
	bySeverity := len(list)
	for _, t := range p.past.told {
		for _, tag := range t.Tags {
			f := p.filter
			f.Tags = []string{tag}
			add(f)
		}
	}
	tags := list[bySeverity:]
	slices.SortStableFunc(tags, func(a, b narrow) int {
		return cmp.Or(cmp.Compare(max(a.Week, muchAWeek), max(b.Week, muchAWeek)), cmp.Compare(b.Told, a.Told))
	})
	return list[:bySeverity+min(len(tags), mostNarrower)]
}

// narrow is a filter that wants less.
type narrow struct {
	Filter string `json:"filter"`
	Told   int    `json:"told"`         // in the last days
	Week   int    `json:"busiest_week"` // of it, in the busiest week
}
