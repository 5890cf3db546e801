package bot

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

// entry is what a calendar file tells of a date beside its words.
type entry struct {
	Root     string    // id of the fact that it follows from, which stays when the date moves
	Sure     bool      // neither presumed nor only by report nor estimated
	Revised  time.Time // when what it says became known; zero: not told
	Revision int       // grows with each fact that is added
	Category tracker.Text
	Links    []Link
}

// entryOfChange is that of a change of status. A suspension that is extended
// moves its end, and the entry with it: the root of an end is the beginning.
func (g glance) entryOfChange(t tracker.Transition, cut tracker.Cut) entry {
	before, after := g.At(t.On.Add(-1), cut), g.At(t.On, cut)
	root := slices.Concat(before.Because, after.Because)
	if before.Status != tracker.StatusSuspended && before.Status != tracker.StatusEnded && after.Status != tracker.StatusEnded {
		root = slices.Concat(after.Because, before.Because)
	}
	e := g.newEntry(slices.Concat(before.Because, after.Because))
	e.Sure = !after.Presumed && t.Coarse.IsZero()
	if len(root) > 0 {
		e.Root = root[0]
	}
	return e
}

// entryOf is that of the end of an event's own time.
func (g glance) entryOf(of tracker.Event) entry {
	e := g.newEntry([]string{of.ID})
	e.Root, e.Sure = of.ID, of.Moves() && !of.Until.Coarse()
	return e
}

// newEntry takes the sources from the events named, of the measure or of those
// that it stands under, and its revision from all of them.
func (g glance) newEntry(events []string) entry {
	e := entry{Category: named(kindWords, g.Kind)}
	var sources []tracker.Event
	for m := g.Measure; m != nil; m = m.Whole() {
		e.Revision += len(m.Events)
		for _, of := range m.Events {
			if at := of.Published.First(m.Location()); at.After(e.Revised) {
				e.Revised = at
			}
			if slices.Contains(events, of.ID) {
				sources = append(sources, of)
			}
		}
	}
	e.Links = sourceLinks(sources, g.lang)
	return e
}

func entryOfReview(v tracker.Review, c tracker.Clock) entry {
	e := entry{Root: v.ID, Sure: c.DueIs == tracker.Computed, Category: text("review", "审查")}
	e.Revised = v.Recorded
	if v.Recorded.IsZero() {
		e.Revised = v.Accepted.First(time.UTC)
	}
	for _, stop := range v.Stops {
		e.Revision++
		if !stop.Resumed.IsZero() {
			e.Revision++
		}
	}
	return e
}

func entryOfCommitment(c tracker.Commitment) entry {
	e := entry{Root: c.ID, Sure: !c.Due.Coarse() && c.Evidence == tracker.Official, Category: text("commitment", "承诺")}
	for _, s := range c.Sources {
		e.Links = append(e.Links, sourceLink(s, "en"))
		if at := s.Date.First(time.UTC); at.After(e.Revised) {
			e.Revised = at
		}
	}
	return e
}

// uid names an entry for ever, in every language and however often it moves.
func (e entry) uid(d due) string {
	root := cmp.Or(e.Root, d.On.String())
	if !strings.HasPrefix(root, d.Subject) {
		root = d.Subject + "." + root
	}
	return d.Kind + "." + root + "@derisk"
}
