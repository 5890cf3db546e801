package index

import (
	"cmp"
	"slices"
)

// both finds the rows of which every part holds: those of the rarest part, as
// far as they pass the others, the cheap ones first.
type both[R any] struct {
	parts []node[R]
	sizes map[node[R]]int
}

func allOf[R any](parts []node[R]) node[R] {
	if len(parts) == 1 {
		return parts[0]
	}
	return &both[R]{parts, make(map[node[R]]int, len(parts))}
}

func (b *both[R]) ready(r *run[R]) int {
	for _, part := range b.parts {
		b.sizes[part] = part.ready(r)
	}
	slices.SortFunc(b.parts, func(x, y node[R]) int { return cmp.Compare(b.sizes[x], b.sizes[y]) })
	rest := b.parts[1:]
	slices.SortStableFunc(rest, func(x, y node[R]) int { return cmp.Compare(x.cost(), y.cost()) })
	return b.sizes[b.parts[0]]
}

func (b *both[R]) find(r *run[R], into []slot) []slot {
	from := len(into)
	into = b.parts[0].find(r, into)
	left := into[from:]
	for _, part := range b.parts[1:] {
		left = keep(r, left, part)
	}
	return into[:from+len(left)]
}

// keep leaves the rows of which a part holds.
func keep[R any](r *run[R], rows []slot, part node[R]) []slot {
	if fast, ok := part.(interface{ keep(*run[R], []slot) []slot }); ok {
		return fast.keep(r, rows)
	}
	left := rows[:0]
	for _, s := range rows {
		if part.holds(r, s) {
			left = append(left, s)
		}
	}
	return left
}

func (b *both[R]) holds(r *run[R], s slot) bool {
	for _, part := range b.parts {
		if !part.holds(r, s) {
			return false
		}
	}
	return true
}

func (b *both[R]) cost() int { return dearest(b.parts) }

func (b *both[R]) needs() (values []need, rows int, ok bool) {
	for _, part := range b.parts {
		if w, n, found := part.needs(); found && (!ok || n < rows) {
			values, rows, ok = w, n, true
		}
	}
	return values, rows, ok
}

// either finds the rows of which one part holds at least.
type either[R any] struct {
	parts []node[R]
	size  int
}

func (e *either[R]) ready(r *run[R]) int {
	e.size = 0
	for _, part := range e.parts {
		e.size += part.ready(r)
	}
	return min(e.size, r.index.count)
}

func (e *either[R]) find(r *run[R], into []slot) []slot {
	if e.size >= r.index.count {
		return r.sift(e, into)
	}
	for i, part := range e.parts {
		from := len(into)
		into = part.find(r, into)
		earlier := either[R]{parts: e.parts[:i]}
		fresh := slices.DeleteFunc(into[from:], func(s slot) bool { return earlier.holds(r, s) })
		into = into[:from+len(fresh)]
	}
	return into
}

func (e *either[R]) holds(r *run[R], s slot) bool {
	for _, part := range e.parts {
		if part.holds(r, s) {
			return true
		}
	}
	return false
}

func (e *either[R]) cost() int { return dearest(e.parts) }

func (e *either[R]) needs() (values []need, rows int, ok bool) {
	for _, part := range e.parts {
		w, n, found := part.needs()
		if !found {
			return nil, 0, false
		}
		values, rows = append(values, w...), rows+n
	}
	return values, rows, true
}

// not finds the rows of which its part does not hold.
type not[R any] struct{ part node[R] }

func (n *not[R]) ready(r *run[R]) int {
	n.part.ready(r)
	return r.index.count
}

func (n *not[R]) find(r *run[R], into []slot) []slot { return r.sift(n, into) }
func (n *not[R]) keep(r *run[R], rows []slot) []slot {
	if words, ok := n.part.(*wordAtom[R]); ok {
		return words.sift(r, rows, false)
	}
	return slices.DeleteFunc(rows, func(s slot) bool { return n.part.holds(r, s) })
}

func (n *not[R]) holds(r *run[R], s slot) bool              { return !n.part.holds(r, s) }
func (n *not[R]) cost() int                                 { return n.part.cost() }
func (n *not[R]) needs() (values []need, rows int, ok bool) { return nil, 0, false }

// rest is what no column tells: each row is asked.
type rest[R any] struct{ test truth[R] }

func (n *rest[R]) ready(r *run[R]) int                       { return r.index.count }
func (n *rest[R]) find(r *run[R], into []slot) []slot        { return r.sift(n, into) }
func (n *rest[R]) holds(r *run[R], s slot) bool              { return r.look(s, n.test) }
func (n *rest[R]) cost() int                                 { return ofRow }
func (n *rest[R]) needs() (values []need, rows int, ok bool) { return nil, 0, false }

// sift goes through all rows.
func (r *run[R]) sift(n node[R], into []slot) []slot {
	for s, row := range r.index.rows {
		if row != nil && n.holds(r, slot(s)) {
			into = append(into, slot(s))
		}
	}
	return into
}

// machine is what no function can be made for: the machine is asked about the whole condition.
type machine[R any] struct{ asks Machine[R] }

func (n *machine[R]) ready(r *run[R]) int                { return r.index.count }
func (n *machine[R]) find(r *run[R], into []slot) []slot { return r.sift(n, into) }
func (n *machine[R]) cost() int                          { return ofMachine }

func (n *machine[R]) holds(r *run[R], s slot) bool {
	if r.err != nil {
		return false
	}
	held, err := n.asks(r.index.rows[s])
	r.err = err
	return held
}

func (n *machine[R]) needs() (values []need, rows int, ok bool) { return nil, 0, false }
