package index

import "iter"

// need is a word in a column.
type need struct{ column, word string }

// filing keeps conditions by words of which a row must have one for the
// condition to hold, so that a row meets few of them.
type filing[R any] struct {
	columns map[string]*wordColumn[R]
	byWord  map[need][]*Condition[R]
	always  []*Condition[R] // those that need no word
}

func newFiling[R any]() filing[R] {
	return filing[R]{columns: map[string]*wordColumn[R]{}, byWord: map[need][]*Condition[R]{}}
}

// add files a condition under the rarest words that it needs.
func (f *filing[R]) add(c *Condition[R]) {
	words, _, ok := c.plan.needs()
	if !ok {
		f.always = append(f.always, c)
		return
	}
	for _, w := range words {
		f.columns[w.column] = c.index.words[w.column]
		f.byWord[w] = append(f.byWord[w], c)
	}
}

// about goes through the conditions that can hold of a row, some more than once.
func (f *filing[R]) about(row *R) iter.Seq[*Condition[R]] {
	return func(yield func(*Condition[R]) bool) {
		if row == nil {
			return
		}
		for _, c := range f.always {
			if !yield(c) {
				return
			}
		}
		for name, column := range f.columns {
			for word := range column.wordsOf(row) {
				for _, c := range f.byWord[need{name, word}] {
					if !yield(c) {
						return
					}
				}
			}
		}
	}
}

// Holding goes through the conditions that hold of a row, some more than once.
// One about which the machine fails is asked again when its rows are looked for.
func (x *Index[R]) Holding(row *R) iter.Seq[*Condition[R]] {
	return func(yield func(*Condition[R]) bool) {
		f := frame[R]{row: row, clock: x.clock}
		for c := range x.filed.about(row) {
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
