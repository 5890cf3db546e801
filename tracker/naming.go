package tracker

import (
	"fmt"
	"slices"
)

// maxOffers bounds the search for near names, which is slow in a large folder.
const maxOffers = 200

// unknown lists what the files name that neither they nor what is recorded
// know, and events that are recorded as another measure's.
func (f Facts) unknown(have *Snapshot) Faults {
	known := have.ids()
	for _, n := range f.names {
		if n.isNew && known[n.noun] != nil {
			known[n.noun][n.id] = true
		}
	}
	owners := have.eventOwners()
	var faults Faults
	for _, n := range f.names {
		switch owner := owners[n.id]; {
		case n.noun == "event" && n.isNew && owner != "" && owner != n.owner:
			n.Message = fmt.Sprintf("%s: the event %q is recorded already, of measure %q: choose another id", n.key, n.id, owner)
		case !n.isNew && known[n.noun] != nil && !known[n.noun][n.id]:
			n.Message = n.key + ": " + offer(n.noun, n.id, near(known[n.noun], len(faults)))
		default:
			continue
		}
		faults = append(faults, n.Fault)
	}
	return append(faults, f.rings(have)...)
}

// maxAbove is how deep measures and tags may stand under others, far deeper
// than acts and their parts go.
const maxAbove = 50

// rings lists measures and tags that stand under themselves, or too deep.
func (f Facts) rings(have *Snapshot) Faults {
	measures, tags := map[string]string{}, map[string]string{}
	for _, m := range slices.Concat(have.Measures, f.Measures) { // the files' last, as they replace
		measures[m.ID] = m.Under
	}
	for _, t := range slices.Concat(have.Goods, f.Goods) {
		tags[t.Slug] = t.Parent
	}
	above := map[string]map[string]string{"measure": measures, "tag": tags}
	var faults Faults
	for _, n := range f.names {
		if n.isNew && endless(n.id, above[n.noun]) {
			n.Message = fmt.Sprintf("%s: the %s %q stands under itself, or more than %d deep", n.key, n.noun, n.id, maxAbove)
			faults = append(faults, n.Fault)
		}
	}
	return faults
}

// endless says that going up from id does not come to a top soon enough.
func endless(id string, above map[string]string) bool {
	for range maxAbove {
		if id = above[id]; id == "" {
			return false
		}
	}
	return true
}

// near are the ids among which to look for a near one, after so many faults.
func near(known map[string]bool, faults int) []string {
	if faults >= maxOffers {
		return nil
	}
	return mapKeys(known)
}

// offer says that an id is not known, and names the nearest that is.
func offer(noun, id string, known []string) string {
	if near := Nearest(id, known); near != "" {
		return fmt.Sprintf("no %s %q: did you mean %q?", noun, id, near)
	}
	return fmt.Sprintf("no %s %q is known: add it, or take this out", noun, id)
}

// ids are the known ids by noun.
func (s *Snapshot) ids() map[string]map[string]bool {
	return map[string]map[string]bool{
		"measure":  idSet(s.measures),
		"entity":   idSet(s.entities),
		"tag":      idSet(s.tags),
		"calendar": idSet(s.cals),
	}
}

func idSet[V any](m map[string]V) map[string]bool {
	set := make(map[string]bool, len(m))
	for id := range m {
		set[id] = true
	}
	return set
}

// eventOwners maps every recorded event to its measure.
func (s *Snapshot) eventOwners() map[string]string {
	owners := map[string]string{}
	for _, m := range s.Measures {
		for _, e := range m.Events {
			owners[e.ID] = m.ID
		}
	}
	return owners
}
