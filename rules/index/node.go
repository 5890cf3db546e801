package index

// node is a part of a plan.
type node[R any] interface {
	// keep leaves, of rows that are there, exactly those of which the part holds.
	keep(r *run[R], rows set)
}

// run is one search.
type run[R any] struct {
	frame[R]
	index *Index[R]
	err   error // of the machine; the first
	spare []set
}

// copied is a set of the run with what is in another; see [run.done].
func (r *run[R]) copied(of set) set {
	room := len(r.index.rows)/64 + 1
	last := len(r.spare) - 1
	if last < 0 || len(r.spare[last]) != room {
		r.spare, last = append(r.spare[:0], make(set, room)), 0
	}
	rows := r.spare[last]
	r.spare = r.spare[:last]
	clear(rows[copy(rows, of):])
	return rows
}

// done gives back a set that is not needed any more.
func (r *run[R]) done(rows set) { r.spare = append(r.spare, rows) }

// asks says whether a row passes a test.
func (r *run[R]) asks(s slot, test truth[R]) bool {
	r.row = r.index.rows[s]
	return test(&r.frame)
}

// both holds where all of its parts do. Those that look at columns come first.
type both[R any] []node[R]

func (b both[R]) keep(r *run[R], rows set) {
	for _, part := range b {
		part.keep(r, rows)
	}
}

// either holds where one of its parts does.
type either[R any] []node[R]

func (e either[R]) keep(r *run[R], rows set) {
	left := r.copied(rows)
	for _, part := range e {
		found := r.copied(left)
		part.keep(r, found)
		left.drop(found)
		r.done(found)
	}
	rows.drop(left)
	r.done(left)
}

// not holds where its part does not.
type not[R any] struct{ part node[R] }

func (n not[R]) keep(r *run[R], rows set) {
	found := r.copied(rows)
	n.part.keep(r, found)
	rows.drop(found)
	r.done(found)
}

// anyWord holds of the rows with one of a few words.
type anyWord[R any] struct {
	column *wordColumn[R]
	words  []string
}

func (a *anyWord[R]) keep(r *run[R], rows set) {
	found := r.copied(nil)
	for _, word := range a.words {
		if p := a.column.posting[word]; p != nil {
			p.joinTo(found)
		}
	}
	rows.keep(found)
	r.done(found)
}

// passing holds of the rows with a word that passes a test.
type passing[R any] struct {
	column *wordColumn[R]
	asks   string
	test   *wordTest
}

func (p *passing[R]) keep(_ *run[R], rows set) { rows.keep(p.column.passing(p.test)) }

// within holds of the rows whose figure or day lies in one of a few spans.
type within[R any] struct {
	column *orderColumn[R]
	spans  func(f *frame[R]) []span
}

func (w *within[R]) keep(r *run[R], rows set) {
	found := r.copied(nil)
	for _, span := range w.spans(&r.frame) {
		for _, s := range w.column.within(span) {
			found.include(s)
		}
	}
	rows.keep(found)
	r.done(found)
}

// rest is what no column tells: each row is asked.
type rest[R any] struct{ test truth[R] }

func (n *rest[R]) keep(r *run[R], rows set) {
	for s := range rows.slots() {
		if !r.asks(s, n.test) {
			rows.remove(s)
		}
	}
}

// machine is what no function can be made for: the machine is asked about the whole condition.
type machine[R any] struct{ asks Machine[R] }

func (n *machine[R]) keep(r *run[R], rows set) {
	for s := range rows.slots() {
		held, err := false, r.err
		if err == nil {
			held, r.err = n.asks(r.index.rows[s])
		}
		if !held {
			rows.remove(s)
		}
	}
}
