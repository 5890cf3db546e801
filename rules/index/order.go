package index

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// orderColumn is a column of figures or days, and its rows in their order.
type orderColumn[R any] struct {
	name  string
	read  func(*R) float64
	value []float64 // by slot; NaN: missing
	rows  []slot    // those with a value, by value and slot
}

func (c *orderColumn[R]) compare(s slot, value float64, than slot) int {
	return cmp.Or(cmp.Compare(value, c.value[than]), cmp.Compare(s, than))
}

// find is where a row with a value stands, or would.
func (c *orderColumn[R]) find(s slot, value float64) int {
	return sort.Search(len(c.rows), func(i int) bool { return c.compare(s, value, c.rows[i]) <= 0 })
}

// change takes in a row in place of the one there.
func (c *orderColumn[R]) change(s slot, row *R) {
	c.reach(s)
	before, after := c.value[s], c.of(row)
	if before == after || before != before && after != after {
		return
	}
	if before == before {
		at := c.find(s, before)
		c.rows = slices.Delete(c.rows, at, at+1)
	}
	if after == after {
		at := c.find(s, after)
		c.rows = slices.Insert(c.rows, at, s)
	}
	c.value[s] = after
}

func (c *orderColumn[R]) of(row *R) float64 {
	if row == nil {
		return math.NaN()
	}
	return c.read(row)
}

func (c *orderColumn[R]) reach(s slot) {
	for int(s) >= len(c.value) {
		c.value = append(c.value, math.NaN())
	}
}

// fill takes in all rows.
func (c *orderColumn[R]) fill(rows []*R) {
	c.value, c.rows = make([]float64, len(rows)), c.rows[:0]
	for s, row := range rows {
		if c.value[s] = c.of(row); c.value[s] == c.value[s] {
			c.rows = append(c.rows, slot(s))
		}
	}
	slices.SortFunc(c.rows, func(a, b slot) int { return c.compare(a, c.value[a], b) })
}

// within lists the rows whose values lie in a span.
func (c *orderColumn[R]) within(s span) []slot {
	from := sort.Search(len(c.rows), func(i int) bool { return c.value[c.rows[i]] >= s.from })
	to := from + sort.Search(len(c.rows)-from, func(i int) bool { return c.value[c.rows[from+i]] > s.to })
	return c.rows[from:to]
}
