package index

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// orderColumn is a column of figures or days. Its rows lie in buckets, ordered
// by value, so that a span of values is the difference of two sets and what it
// takes of two buckets.
type orderColumn[R any] struct {
	index   *Index[R]
	name    string
	read    func(*R) float64 // NaN: missing
	buckets []bucket
}

// bucket is the rows with values from one to another, both included.
type bucket struct {
	from, to float64
	entries  []entry // in any order; nil where all have the same value
	upTo     set     // the rows of this bucket and of those before
}

type entry struct {
	value float64
	slot  slot
}

// usualBuckets is into how many equal parts a column is cut. Where values make
// that uneven, or new ones come, there can be some times as many.
const usualBuckets = 64

func (c *orderColumn[R]) value(row *R) float64 {
	if row == nil {
		return math.NaN()
	}
	return c.read(row)
}

func (c *orderColumn[R]) fill() {
	var left []entry
	for s, row := range c.index.rows {
		if v := c.value(row); v == v {
			left = append(left, entry{v, slot(s)})
		}
	}
	slices.SortFunc(left, func(a, b entry) int { return cmp.Compare(a.value, b.value) })
	c.buckets = nil
	room, rows := len(left)/usualBuckets, set(nil)
	for len(left) > 0 {
		n := alike(left, 0)
		for n < len(left) && alike(left, n) <= room {
			n = alike(left, n)
		}
		for _, e := range left[:n] {
			rows.add(e.slot)
		}
		b := bucket{from: left[0].value, to: left[n-1].value, upTo: slices.Clone(rows)}
		if b.from != b.to {
			b.entries = slices.Clone(left[:n])
		}
		c.buckets, left = append(c.buckets, b), left[n:]
	}
}

// alike is where the entries end that have the value of the one at a place.
func alike(entries []entry, at int) int {
	v := entries[at].value
	for at < len(entries) && entries[at].value == v {
		at++
	}
	return at
}

// reaching is the place of the first bucket that reaches a value.
func (c *orderColumn[R]) reaching(v float64) int {
	return sort.Search(len(c.buckets), func(i int) bool { return c.buckets[i].to >= v })
}

func (c *orderColumn[R]) change(s slot, old, row *R) {
	before, after := c.value(old), c.value(row)
	if before == after {
		return
	}
	if before == before {
		c.remove(s, before)
	}
	if after == after {
		c.insert(s, after)
	}
}

func (c *orderColumn[R]) remove(s slot, v float64) {
	at := c.reaching(v)
	b := &c.buckets[at]
	if i := slices.Index(b.entries, entry{v, s}); i >= 0 {
		b.entries = slices.Delete(b.entries, i, i+1)
	}
	for i := range c.buckets[at:] {
		c.buckets[at+i].upTo.remove(s)
	}
}

// insert makes a bucket for a value that lies in none; where there are many by
// then, the column is cut anew.
func (c *orderColumn[R]) insert(s slot, v float64) {
	at := c.reaching(v)
	if len(c.buckets) > 4*usualBuckets {
		c.fill()
		return
	}
	if at == len(c.buckets) || c.buckets[at].from > v {
		b := bucket{from: v, to: v}
		if at > 0 {
			b.upTo = slices.Clone(c.buckets[at-1].upTo)
		}
		c.buckets = slices.Insert(c.buckets, at, b)
	}
	if b := &c.buckets[at]; b.from != b.to {
		b.entries = append(b.entries, entry{v, s})
	}
	for i := range c.buckets[at:] {
		c.buckets[at+i].upTo.add(s)
	}
}

// add adds the rows whose values lie in a span: of two buckets at most those
// entries that do, of the buckets between these all.
func (c *orderColumn[R]) add(s span, into set) {
	first, last := c.reaching(s.from), len(c.buckets)
	if first < last && c.buckets[first].from < s.from {
		c.buckets[first].add(s, into)
		first++
	}
	last = sort.Search(len(c.buckets), func(i int) bool { return c.buckets[i].to > s.to })
	if first <= last && last < len(c.buckets) && c.buckets[last].from <= s.to {
		c.buckets[last].add(s, into)
	}
	switch {
	case first >= last:
	case first == 0:
		into.join(c.buckets[last-1].upTo)
	default:
		into.joinDifference(c.buckets[last-1].upTo, c.buckets[first-1].upTo)
	}
}

func (b *bucket) add(s span, into set) {
	for _, e := range b.entries {
		if s.from <= e.value && e.value <= s.to {
			into[e.slot/64] |= 1 << (e.slot % 64)
		}
	}
}
