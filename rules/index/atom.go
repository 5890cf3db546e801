package index

import "slices"

// node is a part of a plan. It finds exactly the rows of which its condition holds.
type node[R any] interface {
	// ready makes the node ready for a run and gives about how many rows it will find.
	ready(r *run[R]) int
	// find appends the rows, each once.
	find(r *run[R], into []slot) []slot
	holds(r *run[R], s slot) bool
	// cost says what holds looks at: columns, the row, or the machine.
	cost() int
	// needs lists words of which a row must have one, and how many rows have; ok is false where there is no such list.
	needs() (words []need, rows int, ok bool)
}

// What holds looks at.
const (
	ofColumns = iota
	ofRow
	ofMachine
)

func dearest[R any](parts []node[R]) (cost int) {
	for _, part := range parts {
		cost = max(cost, part.cost())
	}
	return cost
}

// run is one search.
type run[R any] struct {
	frame[R]
	index *Index[R]
	err   error // of the machine; the first
}

// wordAtom finds the rows with a word that passes a test.
type wordAtom[R any] struct {
	name   string
	column *wordColumn[R]
	fixed  []string               // the words, where they are written out
	test   func(word string) bool // of a word; asked once of each
	good   []uint32               // numbers of the words that passed, ascending
	seen   int                    // words asked
}

// fixedAtom finds the rows with one of the words.
func fixedAtom[R any](name string, column *wordColumn[R], words []string) *wordAtom[R] {
	return &wordAtom[R]{name: name, column: column, fixed: words, test: func(word string) bool { return slices.Contains(words, word) }}
}

func (a *wordAtom[R]) ready(*run[R]) (size int) {
	if a.seen == 0 && a.fixed != nil {
		a.look()
	}
	for ; a.seen < len(a.column.word); a.seen++ {
		if a.test(a.column.word[a.seen]) {
			a.good = append(a.good, uint32(a.seen))
		}
	}
	for _, n := range a.good {
		size += len(a.column.posting[n])
	}
	return size
}

// look finds words that are written out by their names.
func (a *wordAtom[R]) look() {
	for _, word := range a.fixed {
		if n, ok := a.column.number[word]; ok {
			a.good = append(a.good, n)
		}
	}
	slices.Sort(a.good)
	a.good, a.seen = slices.Compact(a.good), len(a.column.word)
}

func (a *wordAtom[R]) find(_ *run[R], into []slot) []slot {
	for _, n := range a.good {
		if len(a.good) == 1 || a.column.text != nil {
			into = append(into, a.column.posting[n]...)
			continue
		}
		for _, s := range a.column.posting[n] {
			if a.first(s) == n {
				into = append(into, s)
			}
		}
	}
	return into
}

// first is the first number of a row that is good.
func (a *wordAtom[R]) first(s slot) uint32 {
	for _, n := range a.column.of(s) {
		if _, good := slices.BinarySearch(a.good, n); good {
			return n
		}
	}
	return noWord
}

func (a *wordAtom[R]) holds(_ *run[R], s slot) bool { return a.first(s) != noWord }

func (a *wordAtom[R]) cost() int { return ofColumns }

func (a *wordAtom[R]) needs() (words []need, rows int, ok bool) {
	for _, word := range a.fixed {
		words = append(words, need{a.name, word})
	}
	return words, a.ready(nil), a.fixed != nil
}

// spanAtom finds the rows whose figures or days lie in spans.
type spanAtom[R any] struct {
	column *orderColumn[R]
	reach  func(f *frame[R], into []span) (spans []span, loose bool)
	exact  truth[R] // decides about the rows in spans that are loose

	spans []span // of the run, apart from each other
	loose bool   // they may hold too much
}

func (a *spanAtom[R]) ready(r *run[R]) (size int) {
	a.spans, a.loose = a.reach(&r.frame, a.spans[:0])
	for _, s := range a.spans {
		size += len(a.column.within(s))
	}
	return size
}

func (a *spanAtom[R]) find(r *run[R], into []slot) []slot {
	for _, span := range a.spans {
		rows := a.column.within(span)
		if !a.loose {
			into = append(into, rows...)
			continue
		}
		for _, s := range rows {
			if r.look(s, a.exact) {
				into = append(into, s)
			}
		}
	}
	return into
}

func (a *spanAtom[R]) holds(r *run[R], s slot) bool {
	v := a.column.value[s]
	for _, span := range a.spans {
		if span.from <= v && v <= span.to {
			return !a.loose || r.look(s, a.exact)
		}
	}
	return false
}

func (a *spanAtom[R]) cost() int {
	if a.loose {
		return ofRow
	}
	return ofColumns
}

func (a *spanAtom[R]) needs() (words []need, rows int, ok bool) { return nil, 0, false }

// look asks a row.
func (r *run[R]) look(s slot, holds truth[R]) bool {
	r.row = r.index.rows[s]
	return holds(&r.frame)
}
