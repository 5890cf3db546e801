package index

import (
	"iter"
	"math"
	"slices"
)

// need is something in a column that a row must have for a condition to hold: a
// word, one that passes a test, a figure in a stretch, or a figure not less than
// a power of two (with 0: any figure).
type need struct {
	column     string
	word, asks string
	least      bool
	at         int // the stretch, or the power
}

// stretchWidth is how many figures, or days, are filed together; a condition on
// a span wider than wide is filed by what is least in it.
const stretchWidth, wide = 16, 256

func stretch(v float64) int { return int(math.Floor(v / stretchWidth)) }

// power is the highest power of two that is not more than v; 0 is for less than 1.
func power(v float64) int {
	if v < 1 {
		return 0
	}
	return 1 << min(62, math.Ilogb(v))
}

// filing keeps conditions by what they need, so that a row meets few of them.
type filing[R any] struct {
	columns map[string]column[R]
	byNeed  map[need][]*Condition[R]
	always  []*Condition[R] // those that need nothing
}

func newFiling[R any]() filing[R] {
	return filing[R]{columns: map[string]column[R]{}, byNeed: map[need][]*Condition[R]{}}
}

// file files a condition under the rarest needs of which a row must have one.
func (x *Index[R]) file(c *Condition[R]) {
	x.run.frame = frame[R]{clock: x.clock}
	needs, _, ok := x.run.needs(c.plan)
	if !ok {
		x.filed.always = append(x.filed.always, c)
	}
	for _, n := range needs {
		x.filed.columns[n.column] = x.columns[n.column]
		x.filed.byNeed[n] = append(x.filed.byNeed[n], c)
	}
}

// needs are those of a part of a plan, and how many rows have one; ok is false
// where it has none.
func (r *run[R]) needs(n node[R]) (needs []need, rows int, ok bool) {
	switch n := n.(type) {
	case both[R]:
		for _, part := range n {
			if others, count, found := r.needs(part); found && (!ok || count < rows) {
				needs, rows, ok = others, count, true
			}
		}
		return needs, rows, ok
	case either[R]:
		for _, part := range n {
			others, count, found := r.needs(part)
			if !found {
				return nil, 0, false
			}
			needs, rows = append(needs, others...), rows+count
		}
		return needs, rows, true
	case *anyWord[R]:
		for _, word := range n.words {
			needs, rows = append(needs, need{column: n.column.name, word: word}), rows+n.column.rows(word).count()
		}
		return needs, rows, true
	case *passing[R]:
		return []need{{column: n.column.name, asks: n.asks}}, n.column.passing(n.test).count(), true
	case *within[R]:
		for _, s := range n.spans(&r.frame) {
			if !(s.to-s.from <= wide) {
				least := power(s.from)
				needs, rows = append(needs, need{column: n.column.name, least: true, at: least}), rows+len(n.column.within(span{float64(least), math.Inf(1)}))
				continue
			}
			for at := stretch(s.from); at <= stretch(s.to); at++ {
				needs = append(needs, need{column: n.column.name, at: at})
			}
			rows += len(n.column.within(s))
		}
		return needs, rows, true
	}
	return nil, 0, false
}

func (c *orderColumn[R]) meets(row *R, yield func(need) bool) bool {
	v := c.of(row)
	if v != v {
		return true
	}
	for least := power(v); least > 0; least /= 2 {
		if !yield(need{column: c.name, least: true, at: least}) {
			return false
		}
	}
	return yield(need{column: c.name, least: true}) && yield(need{column: c.name, at: stretch(v)})
}

func (c *wordColumn[R]) meets(row *R, yield func(need) bool) bool {
	words := c.words(row)
	for _, word := range words {
		if !yield(need{column: c.name, word: word}) {
			return false
		}
	}
	for asks, t := range c.tests {
		if slices.ContainsFunc(words, t.passes) && !yield(need{column: c.name, asks: asks}) {
			return false
		}
	}
	return true
}

// about goes through the conditions that can hold of a row, some more than once.
func (x *Index[R]) about(row *R) iter.Seq[*Condition[R]] {
	return func(yield func(*Condition[R]) bool) {
		each := func(filed []*Condition[R]) bool {
			for _, c := range filed {
				if !yield(c) {
					return false
				}
			}
			return true
		}
		if row == nil || !each(x.filed.always) {
			return
		}
		for _, column := range x.filed.columns {
			if !column.meets(row, func(n need) bool { return each(x.filed.byNeed[n]) }) {
				return
			}
		}
	}
}

// Holding goes through the conditions that hold of a row, some more than once.
// One about which the machine fails is asked again when its rows are looked for.
func (x *Index[R]) Holding(row *R) iter.Seq[*Condition[R]] {
	return func(yield func(*Condition[R]) bool) {
		f := frame[R]{row: row, clock: x.clock}
		for c := range x.about(row) {
			if c.test == nil {
				c.kept = false
				continue
			}
			if c.test(&f) && !yield(c) {
				return
			}
		}
	}
}
