package index

import "slices"

// node is a part of a plan. It finds exactly the rows of which its condition holds.
type node[R any] interface {
	// ready makes the node ready for a run, and gives about how many rows find has to look at.
	ready(r *run[R]) int
	// find appends the rows, each once.
	find(r *run[R], into []slot) []slot
	holds(r *run[R], s slot) bool
	// cost says what holds looks at: columns, the row, or the machine.
	cost() int
	// needs lists values of which a row must have one, and how many rows have; ok is
	// false where there is no such list. The node is ready.
	needs() (values []need, rows int, ok bool)
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
	err   error    // of the machine; the first
	marks []uint64 // see blank
}

// blank is room for a bit a row, all zero, until it is asked for again.
func (r *run[R]) blank() []uint64 {
	if need := len(r.index.rows)/64 + 1; len(r.marks) < need {
		r.marks = make([]uint64, need)
	}
	clear(r.marks)
	return r.marks
}

// wordAtom finds the rows with a word that passes a test.
type wordAtom[R any] struct {
	name   string
	column *wordColumn[R]
	fixed  []string               // the words, where they are written out
	test   func(word string) bool // of a word; asked once of each
	good   []uint32               // numbers of the words that passed, ascending
	seen   int                    // words asked

	size int // of the run: how many rows find looks at
}

func (a *wordAtom[R]) ready(*run[R]) int {
	if a.seen == 0 && a.fixed != nil {
		a.look()
	}
	for ; a.seen < len(a.column.word); a.seen++ {
		if a.test(a.column.word[a.seen]) {
			a.good = append(a.good, uint32(a.seen))
		}
	}
	a.size = 0
	for _, n := range a.good {
		a.size += len(a.column.posting[n])
	}
	return a.size
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

func (a *wordAtom[R]) find(r *run[R], into []slot) []slot {
	if len(a.good) == 1 || a.column.text != nil {
		for _, n := range a.good {
			into = append(into, a.column.posting[n]...)
		}
		return into
	}
	marks := r.blank()
	for _, n := range a.good {
		for _, s := range a.column.posting[n] {
			if bit := uint64(1) << (s % 64); marks[s/64]&bit == 0 {
				marks[s/64] |= bit
				into = append(into, s)
			}
		}
	}
	return into
}

// first is the first number of a row that is good.
func (a *wordAtom[R]) first(s slot) uint32 {
	for _, n := range a.column.of(s) {
		if a.isGood(n) {
			return n
		}
	}
	return noWord
}

func (a *wordAtom[R]) holds(_ *run[R], s slot) bool {
	if a.column.text != nil {
		return a.isGood(a.column.one[s])
	}
	return a.first(s) != noWord
}

func (a *wordAtom[R]) keep(r *run[R], rows []slot) []slot { return a.sift(r, rows, true) }

// sift leaves the rows that the atom finds, or those that it does not. Of many
// rows it marks those that it finds first, rather than look at the words of each.
func (a *wordAtom[R]) sift(r *run[R], rows []slot, found bool) []slot {
	left, marks := rows[:0], []uint64(nil)
	if a.size <= 8*len(rows) {
		marks = r.blank()
		for _, n := range a.good {
			for _, s := range a.column.posting[n] {
				marks[s/64] |= 1 << (s % 64)
			}
		}
	}
	for _, s := range rows {
		if marks == nil && a.holds(r, s) == found || marks != nil && (marks[s/64]&(1<<(s%64)) != 0) == found {
			left = append(left, s)
		}
	}
	return left
}

// isGood says whether a word passed; of few, one after the other is faster.
func (a *wordAtom[R]) isGood(n uint32) bool {
	if len(a.good) <= 4 {
		return slices.Contains(a.good, n)
	}
	_, found := slices.BinarySearch(a.good, n)
	return found
}

func (a *wordAtom[R]) cost() int { return ofColumns }

// maxFiled is how many values a condition is filed under at most.
const maxFiled = 256

func (a *wordAtom[R]) needs() (values []need, rows int, ok bool) {
	if len(a.good) > maxFiled {
		return nil, 0, false
	}
	for _, n := range a.good {
		values, rows = append(values, need{column: a.name, word: a.column.word[n]}), rows+len(a.column.posting[n])
	}
	return append(values, need{column: a.name, young: true}), rows, true
}

// spanAtom finds the rows whose figures or days lie in spans.
type spanAtom[R any] struct {
	name   string
	column *orderColumn[R]
	reach  reach[R]
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

// keep leaves the rows that the atom finds.
func (a *spanAtom[R]) keep(r *run[R], rows []slot) []slot {
	left, values := rows[:0], a.column.value
	for _, s := range rows {
		if len(a.spans) == 1 && !a.loose {
			if v := values[s]; a.spans[0].from <= v && v <= a.spans[0].to {
				left = append(left, s)
			}
		} else if a.holds(r, s) {
			left = append(left, s)
		}
	}
	return left
}

func (a *spanAtom[R]) cost() int {
	if a.loose {
		return ofRow
	}
	return ofColumns
}

// needs names stretches of the column, or, where these would be many, any value.
func (a *spanAtom[R]) needs() (values []need, rows int, ok bool) {
	for _, s := range a.spans {
		if len(values) > maxFiled || s.to-s.from > maxFiled {
			return []need{{column: a.name, any: true}}, len(a.column.rows), true
		}
		for at := stretch(s.from); at <= stretch(s.to); at++ {
			values = append(values, need{column: a.name, stretch: at})
		}
		rows += len(a.column.within(s))
	}
	return values, rows, true
}

// look asks a row.
func (r *run[R]) look(s slot, holds truth[R]) bool {
	r.row = r.index.rows[s]
	return holds(&r.frame)
}
