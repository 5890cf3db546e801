package index

import (
	"iter"
	"math"
)

// need is a value in a column: a word, a stretch of figures, any figure, or a
// word that was not there yet when conditions were filed.
type need struct {
	column     string
	word       string
	stretch    int
	any, young bool
}

// stretchWidth is how many figures, or days, are filed together.
const stretchWidth = 16

func stretch(v float64) int { return int(math.Floor(v / stretchWidth)) }

// filing keeps conditions by values of which a row must have one for the
// condition to hold, so that a row meets few of them.
type filing[R any] struct {
	words   map[string]*wordColumn[R]
	orders  map[string]*orderColumn[R]
	seen    map[string]int // how many words a column had when it was first filed by
	byValue map[need][]*Condition[R]
	always  []*Condition[R] // those that need nothing
}

func newFiling[R any]() filing[R] {
	return filing[R]{words: map[string]*wordColumn[R]{}, orders: map[string]*orderColumn[R]{}, seen: map[string]int{}, byValue: map[need][]*Condition[R]{}}
}

// file files a condition under the rarest values that it needs.
func (x *Index[R]) file(c *Condition[R]) {
	x.run.frame = frame[R]{clock: x.clock}
	c.plan.ready(&x.run)
	values, _, ok := c.plan.needs()
	if !ok {
		x.filed.always = append(x.filed.always, c)
	}
	for _, v := range values {
		x.filed.byValue[v] = append(x.filed.byValue[v], c)
		if column := x.orders[v.column]; column != nil {
			x.filed.orders[v.column] = column
		} else if column := x.words[v.column]; x.filed.words[v.column] == nil {
			x.filed.words[v.column], x.filed.seen[v.column] = column, len(column.word)
		}
	}
}

// refile files all conditions anew, as stretches of days move with today.
func (x *Index[R]) refile() {
	x.filed = newFiling[R]()
	for _, c := range x.all {
		x.file(c)
	}
}

// about goes through the conditions that can hold of a row, some more than once.
func (x *Index[R]) about(row *R) iter.Seq[*Condition[R]] {
	return func(yield func(*Condition[R]) bool) {
		if row == nil {
			return
		}
		if !each(x.filed.always, yield) {
			return
		}
		for v := range x.valuesOf(row) {
			if !each(x.filed.byValue[v], yield) {
				return
			}
		}
	}
}

func each[V any](list []V, yield func(V) bool) bool {
	for _, v := range list {
		if !yield(v) {
			return false
		}
	}
	return true
}

// valuesOf goes through the values of a row under which conditions can be filed.
func (x *Index[R]) valuesOf(row *R) iter.Seq[need] {
	return func(yield func(need) bool) {
		for name, column := range x.filed.words {
			for word := range column.wordsOf(row) {
				n, known := column.number[word]
				if !yield(need{column: name, word: word}) || (!known || int(n) >= x.filed.seen[name]) && !yield(need{column: name, young: true}) {
					return
				}
			}
		}
		for name, column := range x.filed.orders {
			v := column.of(row)
			if v == v && (!yield(need{column: name, stretch: stretch(v)}) || !yield(need{column: name, any: true})) {
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
