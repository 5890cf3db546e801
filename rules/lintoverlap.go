package rules

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"derisk/tracker"
)

// lintOverlaps doubts rules beside which another says the same. Drafts do not count.
func lintOverlaps(list []*Rule, histories []*history) map[*Rule][]finding {
	found := map[*Rule][]finding{}
	twins := sameConditions(list, found)
	var groups []*history // those that fired together stand for one another
	index := map[occasion][]*history{}
	first := map[string]*history{}
	for _, h := range histories {
		if h.failed || h.rule.Draft || len(h.firings) < fewest || twins[h.rule] {
			continue
		}
		slices.Sort(h.firings)
		h.firings = slices.Compact(h.firings)
		id := string(h.rule.Each) + string(bytesOf(h.firings))
		if other := first[id]; other != nil {
			found[h.rule] = append(found[h.rule], overlap(sameAs, "fired together with rule %q each of %d times", other.rule, h))
			continue
		}
		first[id] = h
		groups = append(groups, h)
		for _, f := range h.firings {
			at := occasion{h.rule.Each, f}
			index[at] = append(index[at], h)
		}
	}
	for _, h := range groups {
		if other := h.wider(index); other != nil {
			found[h.rule] = append(found[h.rule], overlap(subsumed, "rule %q fired too each of the %d times that this did", other.rule, h))
		}
	}
	return found
}

// occasion is a subject on a day.
type occasion struct {
	each   Each
	firing uint64
}

func overlap(name, words string, other *Rule, h *history) finding {
	return finding{name: name, key: "when", fault: fault{message: fmt.Sprintf(words+" from %s to %s", other.Name, len(h.firings), spoken(h.from), spoken(h.to)), hint: "leave one of them out, or make one narrower"}}
}

// sameConditions doubts rules whose condition and key are those of one before.
func sameConditions(list []*Rule, found map[*Rule][]finding) (twins map[*Rule]bool) {
	twins = map[*Rule]bool{}
	first := map[string]*Rule{}
	for _, r := range list {
		id := r.Form() + r.when.node.String()
		switch other := first[id]; {
		case r.Draft:
		case other == nil:
			first[id] = r
		default:
			twins[r] = true
			found[r] = append(found[r], finding{name: sameAs, key: "when", fault: fault{message: fmt.Sprintf("rule %q has the same condition", other.Name), hint: "leave one of them out"}})
		}
	}
	return twins
}

// wider is a rule, no less severe, that fired wherever this one did and
// elsewhere too: of several the one that fired least. It looks among those alone
// that fired on this one's rarest occasion.
func (h *history) wider(index map[occasion][]*history) (found *history) {
	rarest := slices.MinFunc(h.firings, func(a, b uint64) int {
		return cmp.Compare(len(index[occasion{h.rule.Each, a}]), len(index[occasion{h.rule.Each, b}]))
	})
	for _, other := range index[occasion{h.rule.Each, rarest}] {
		severe := slices.Index(tracker.Severities(), other.rule.Severity) >= slices.Index(tracker.Severities(), h.rule.Severity)
		if len(other.firings) > len(h.firings) && severe && (found == nil || len(other.firings) < len(found.firings)) && covers(other.firings, h.firings) {
			found = other
		}
	}
	return found
}

// covers says whether all of one ordered list stand in another.
func covers(all, some []uint64) bool {
	for _, v := range some {
		i, found := slices.BinarySearch(all, v)
		if !found {
			return false
		}
		all = all[i+1:]
	}
	return true
}

func bytesOf(list []uint64) []byte {
	b := make([]byte, 0, 8*len(list))
	for _, v := range list {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}
