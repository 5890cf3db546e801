package index

import (
	"iter"
	"math/bits"
)

// set is a set of rows: bit s%64 of word s/64 stands for the row in slot s. No
// row beyond its last word is in it. Sets that are joined to one, or taken from
// it, are not longer than it.
type set []uint64

func (b *set) add(s slot) {
	for int(s/64) >= len(*b) {
		*b = append(*b, 0)
	}
	(*b)[s/64] |= 1 << (s % 64)
}

func (b set) remove(s slot) {
	if int(s/64) < len(b) {
		b[s/64] &^= 1 << (s % 64)
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

// drop leaves what is not in other.
func (b set) drop(other set) {
	b = b[:len(other)]
	for i, w := range other {
		b[i] &^= w
	}
}

// join adds what is in other.
func (b set) join(other set) {
	b = b[:len(other)]
	for i, w := range other {
		b[i] |= w
	}
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

// joinDifference adds what is in more and not in less, which lies in more.
func (b set) joinDifference(more, less set) {
	b, less = b[:len(more)], less[:min(len(less), len(more))]
	for i, w := range less {
		b[i] |= more[i] &^ w
	}
	for i := len(less); i < len(more); i++ {
		b[i] |= more[i]
	}
}
