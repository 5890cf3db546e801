package rules

import (
	queue "container/heap"
	"slices"
	"time"

	"derisk/tracker"
)

// folds are the measures of a snapshot, each folded when it is first looked at
// and again when something about it can have changed. Rules, ticks and
// snapshots share them; they belong to one goroutine.
type folds struct {
	snapshot *tracker.Snapshot
	list     []fold  // by place in snapshot.Measures
	finder   *finder // nil: not asked for yet
	news     *news   // nil: not gathered yet

	places   []int    // of each slot, in list
	fresh    []int    // slots that the index has not seen as they are
	expiries expiries // of the folds that the index has seen
}

// fold is a measure folded, and the instants from which and until which it
// stays so.
type fold struct {
	view        *measureView // nil: not folded yet
	from, until time.Time    // zero: no bound
	slot        int          // in the index, for good
	awaited     time.Time    // the expiry that is in the heap; zero: none
}

// holds says whether the fold serves at an instant.
func (f *fold) holds(at time.Time) bool {
	return f.view != nil && !at.Before(f.from) && (f.until.IsZero() || at.Before(f.until))
}

func newFolds(s *tracker.Snapshot) *folds {
	f := &folds{snapshot: s, list: make([]fold, len(s.Measures))}
	for i := range f.list {
		f.enter(i)
	}
	return f
}

// enter gives a new measure a slot.
func (f *folds) enter(i int) {
	f.list[i].slot = len(f.places)
	f.places, f.fresh = append(f.places, i), append(f.fresh, f.list[i].slot)
}

// follow goes on to a later snapshot. It keeps the folds of the measures that
// did not change; the result is new where measures are gone or the tree of goods,
// on which all tags depend, is another.
func (f *folds) follow(s *tracker.Snapshot) *folds {
	next := &folds{snapshot: s, list: make([]fold, len(s.Measures)), finder: f.finder, places: f.places, fresh: f.fresh, expiries: f.expiries}
	kept := 0
	for i, m := range s.Measures {
		old := kept
		if kept < len(f.list) && f.snapshot.Measures[kept].ID == m.ID {
			kept++
		}
		if old == kept {
			next.enter(i)
			continue
		}
		next.list[i] = f.list[old]
		next.places[f.list[old].slot] = i
		if !m.SameAs(f.snapshot.Measures[old]) {
			next.list[i].view = nil
			next.fresh = append(next.fresh, next.list[i].slot)
		}
	}
	sameTag := func(a, b tracker.Tag) bool { return a.Slug == b.Slug && a.Parent == b.Parent }
	if kept < len(f.list) || !slices.EqualFunc(s.Goods, f.snapshot.Goods, sameTag) {
		return newFolds(s)
	}
	return next
}

// due lists the places that the index has to look at again at an instant: what
// it has not seen, and what has expired; all of them after a step back in time.
func (f *folds) due(at time.Time, back bool) (places []int) {
	if back {
		f.expiries, f.fresh = nil, nil
		for i := range f.list {
			f.list[i].awaited = time.Time{}
			places = append(places, i)
		}
		return places
	}
	for _, slot := range f.fresh {
		places = append(places, f.places[slot])
	}
	f.fresh = nil
	for len(f.expiries) > 0 && !f.expiries[0].at.After(at) {
		e := queue.Pop(&f.expiries).(expiry)
		i := f.places[e.slot]
		if f.list[i].awaited.Equal(e.at) {
			f.list[i].awaited = time.Time{}
			places = append(places, i)
		}
	}
	return places
}

// await notes when the fold at a place expires.
func (f *folds) await(i int) {
	fold := &f.list[i]
	if !fold.until.IsZero() && !fold.awaited.Equal(fold.until) {
		fold.awaited = fold.until
		queue.Push(&f.expiries, expiry{fold.until, fold.slot})
	}
}

// expiries is a heap, the next on top.
type expiries []expiry

// expiry is when a fold stops to serve, and its slot.
type expiry struct {
	at   time.Time
	slot int
}

func (e expiries) Len() int           { return len(e) }
func (e expiries) Less(i, j int) bool { return e[i].at.Before(e[j].at) }
func (e expiries) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *expiries) Push(x any)        { *e = append(*e, x.(expiry)) }

func (e *expiries) Pop() any {
	last := len(*e) - 1
	top := (*e)[last]
	*e = (*e)[:last]
	return top
}
