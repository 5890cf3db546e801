// Package tracker is derisk's model of trade measures. It computes only:
// values in, values out. It has no clock, no context, no database and no
// network, so the same arguments give the same answer for ever.
//
// A [Measure] is a legal act with [Event]s, dated facts that are only ever
// added. [Measure.At] folds them to a [State]: what the measure is at an
// instant, as far as was published and recorded by then. Nothing is guessed:
// a status that follows from dates alone is presumed, one that a coarse date
// could have changed is uncertain, what the press says stands beside it.
//
// [Snapshot.Check] asks which measures bear on a product, in three values.
// [Review.Clock] counts an authority's working days. A [Firing] is what a rule
// found; [Plan] says what a [Subscription] does with it, and why.
package tracker

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/agnivade/levenshtein"
)

// ErrNotFound is matched by every error of a look-up that found nothing. Its
// text names the nearest known id.
var ErrNotFound = errors.New("not found")

// Query is the time that a question is about. Its dates are read in the zone of
// each measure; a whole day means its last instant.
type Query struct {
	Now   time.Time // what the missing dates mean
	On    Date      // valid on; zero: now
	Known Date      // as published by then; zero: all that is recorded
}

// In gives the query's instant and its cut in a zone.
func (q Query) In(zone *time.Location) (on time.Time, cut Cut) {
	on = q.Now
	if !q.On.IsZero() {
		on = q.On.Last(zone)
	}
	return on, Cut{Known: q.Known.Last(zone)}
}

// Facts are all that is recorded, or all that a folder of files holds.
type Facts struct {
	Measures    []*Measure
	Goods       []Tag
	Entities    []Entity
	Commitments []Commitment
	Indicators  []Indicator
	Calendars   []Calendar
	Reviews     []Review
	Articles    []Article

	names  []naming // what the files define and name, and where; for Reconcile
	faults Faults   // what was wrong in the files; then there is nothing else but names
}

// Snapshot is facts made ready for questions. It is never changed after
// [NewSnapshot] and may be shared by goroutines.
type Snapshot struct {
	Facts
	measures map[string]*Measure
	entities map[string]*Entity
	tags     map[string]*Tag
	cals     map[string]*Calendar
	words    map[string][]goodsWord // by first token
	speech   func() *speech         // made at the first use: only articles need it
}

// NewSnapshot copies and orders the measures by id, loads their zones, ties
// parts to their wholes, and indexes everything. The measures given are not to
// be changed afterwards ([Measure.SameAs] relies on it). It fails on an unknown
// zone, a repeated id, a part of an unknown whole, and a ring of parts.
func NewSnapshot(f Facts) (*Snapshot, error) {
	s := &Snapshot{
		Facts:    f,
		measures: make(map[string]*Measure, len(f.Measures)),
		entities: make(map[string]*Entity, len(f.Entities)),
		tags:     make(map[string]*Tag, len(f.Goods)),
		cals:     make(map[string]*Calendar, len(f.Calendars)),
		words:    goodsWords(f.Goods),
	}
	s.Measures = make([]*Measure, len(f.Measures))
	for i, m := range f.Measures {
		own := *m
		own.from = m
		s.Measures[i] = &own
	}
	slices.SortFunc(s.Measures, func(a, b *Measure) int { return strings.Compare(a.ID, b.ID) })
	if err := s.tieMeasures(); err != nil {
		return nil, err
	}
	for i := range f.Entities {
		s.entities[f.Entities[i].ID] = &f.Entities[i]
	}
	for i := range f.Goods {
		s.tags[f.Goods[i].Slug] = &f.Goods[i]
	}
	for i := range f.Calendars {
		s.cals[f.Calendars[i].ID] = &f.Calendars[i]
	}
	s.speech = sync.OnceValue(func() *speech { return newSpeech(s) })
	return s, nil
}

func (s *Snapshot) tieMeasures() error {
	zones := map[string]*time.Location{}
	for _, m := range s.Measures {
		if s.measures[m.ID] != nil {
			return fmt.Errorf("measure %q is there twice", m.ID)
		}
		s.measures[m.ID] = m
		if zones[m.Zone] == nil {
			zone, err := time.LoadLocation(m.Zone)
			if err != nil || m.Zone == "" || m.Zone == "Local" {
				return fmt.Errorf("measure %q: %q is not a zone: write an IANA name such as Asia/Shanghai", m.ID, m.Zone)
			}
			zones[m.Zone] = zone
		}
		m.zone = zones[m.Zone]
	}
	for _, m := range s.Measures {
		if m.Under == "" {
			continue
		}
		if m.whole = s.measures[m.Under]; m.whole == nil {
			return fmt.Errorf("measure %q stands under %q, which is not there", m.ID, m.Under)
		}
	}
	for _, m := range s.Measures {
		steps := 0
		for up := m.whole; up != nil; up = up.whole {
			if steps++; steps > len(s.Measures) {
				return fmt.Errorf("measure %q stands under itself", m.ID)
			}
		}
	}
	return nil
}

// Measure finds a measure by its id. The error matches [ErrNotFound].
func (s *Snapshot) Measure(id string) (*Measure, error) {
	if m := s.measures[id]; m != nil {
		return m, nil
	}
	return nil, notFound("measure", id, mapKeys(s.measures))
}

// Entity finds a party by its id. The error matches [ErrNotFound].
func (s *Snapshot) Entity(id string) (*Entity, error) {
	if e := s.entities[id]; e != nil {
		return e, nil
	}
	return nil, notFound("entity", id, mapKeys(s.entities))
}

// Tag finds a node of the goods tree by its slug. The error matches [ErrNotFound].
func (s *Snapshot) Tag(slug string) (*Tag, error) {
	if t := s.tags[slug]; t != nil {
		return t, nil
	}
	return nil, notFound("tag", slug, mapKeys(s.tags))
}

// Calendar finds an authority's calendar. The error matches [ErrNotFound].
func (s *Snapshot) Calendar(id string) (*Calendar, error) {
	if c := s.cals[id]; c != nil {
		return c, nil
	}
	return nil, notFound("calendar", id, mapKeys(s.cals))
}

func mapKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func notFound(noun, id string, known []string) error {
	if near := Nearest(id, known); near != "" {
		return fmt.Errorf("no %s %q: did you mean %q? (%w)", noun, id, near, ErrNotFound)
	}
	return fmt.Errorf("no %s %q (%w)", noun, id, ErrNotFound)
}

// Nearest is the known name closest to a mistyped one, or "" where none is
// close enough to be worth offering. Two neighbours swapped are the likeliest slip.
func Nearest(name string, known []string) string {
	const longest = 200 // bytes; the distance costs the product of the lengths
	if len(name) > longest {
		return ""
	}
	best, least := "", 1+len(name)/3
	for _, k := range known {
		if swapped(name, k) {
			return k
		}
		if d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(k)); d < least || d == least && best == "" {
			best, least = k, d
		}
	}
	return best
}

// swapped says whether two texts differ by two neighbouring bytes that changed places.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 1; i < len(a); i++ {
		if a[i-1] != b[i-1] {
			return a[i-1] == b[i] && a[i] == b[i-1] && a[i+1:] == b[i+1:]
		}
	}
	return false
}
