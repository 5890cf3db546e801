package index

import (
	"iter"
	"math/bits"
)

// set is a set of rows: bit s%64 of word s/64 stands for the row in slot s. No
// row beyond its last word is in it. A set that is joined to another, or dropped
// from it, is not longer than it.
type set []uint64

func (b *set) add(s slot) {
	for int(s/64) >= len(*b) {
		*b = append(*b, 0)
	}
	b.include(s)
}

// include adds a slot for which there is room.
func (b set) include(s slot) { b[s/64] |= 1 << (s % 64) }

func (b set) remove(s slot) {
	if int(s/64) < len(b) {
		b[s/64] &^= 1 << (s % 64)
	}
}

func (b set) join(other set) {
	b = b[:len(other)]
	for i, w := range other {
		b[i] |= w
	}
}

func (b set) drop(other set) {
	b = b[:len(other)]
	for i, w := range other {
		b[i] &^= w
	}
}

// keep leaves what is in other too.
func (b set) keep(other set) {
	both := b[:min(len(b), len(other))]
	for i, w := range other[:len(both)] {
		both[i] &= w
	}
	clear(b[len(both):])
}

func (b set) count() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// slots goes through the slots, ascending.
func (b set) slots() iter.Seq[slot] {
	return func(yield func(slot) bool) {
		for i, w := range b {
			for ; w != 0; w &= w - 1 {
				if !yield(slot(i*64 + bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}
