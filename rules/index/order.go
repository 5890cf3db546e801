package index

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// orderColumn is a column of figures or days, and its rows in their order.
type orderColumn[R any] struct {
	index *Index[R]
	name  string
	read  func(*R) float64
	value []float64 // by slot; NaN: missing
	rows  []slot    // those with a value, by value and slot
}

func (c *orderColumn[R]) of(row *R) float64 {
	if row == nil {
		return math.NaN()
	}
	return c.read(row)
}

func (c *orderColumn[R]) fill() {
	c.value, c.rows = make([]float64, len(c.index.rows)), c.rows[:0]
	for s, row := range c.index.rows {
		if c.value[s] = c.of(row); c.value[s] == c.value[s] {
			c.rows = append(c.rows, slot(s))
		}
	}
	slices.SortFunc(c.rows, c.compare)
}

func (c *orderColumn[R]) compare(a, b slot) int {
	return cmp.Or(cmp.Compare(c.value[a], c.value[b]), cmp.Compare(a, b))
}

func (c *orderColumn[R]) change(s slot, old, row *R) {
	for int(s) >= len(c.value) {
		c.value = append(c.value, math.NaN())
	}
	before, after := c.value[s], c.of(row)
	if before == after {
		return
	}
	if before == before {
		at, _ := slices.BinarySearchFunc(c.rows, s, c.compare)
		c.rows = slices.Delete(c.rows, at, at+1)
	}
	if c.value[s] = after; after == after {
		at, _ := slices.BinarySearchFunc(c.rows, s, c.compare)
		c.rows = slices.Insert(c.rows, at, s)
	}
}

// within lists the rows whose values lie in a span.
func (c *orderColumn[R]) within(s span) []slot {
	from := sort.Search(len(c.rows), func(i int) bool { return c.value[c.rows[i]] >= s.from })
	to := from + sort.Search(len(c.rows)-from, func(i int) bool { return c.value[c.rows[from+i]] > s.to })
	return c.rows[from:to]
}
