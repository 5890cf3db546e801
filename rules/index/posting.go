package index

import (
	"iter"
	"slices"
)

// wordColumn is a column of texts, truths or lists: which words there are, and
// the rows that have each. A truth is the word "true", or no word.
type wordColumn[R any] struct {
	text    func(*R) string   // of a column of texts; else nil
	words   func(*R) []string // of a list or a truth
	number  map[string]uint32 // of each word; never changes
	word    []string          // by number
	posting [][]slot          // by number: the rows with the word, ascending
	one     []uint32          // of a column of texts, by slot: the number of its word
	several [][]uint32        // of a list or a truth, by slot: the numbers of its words, each once
}

const noWord = ^uint32(0)

var trueWords = []string{"true"}

func newWordColumn[R any](schema Schema[R], name string) *wordColumn[R] {
	c := &wordColumn[R]{text: schema.Texts[name], words: schema.Lists[name], number: map[string]uint32{}}
	if truth := schema.Truths[name]; truth != nil {
		c.words = func(row *R) []string {
			if truth(row) {
				return trueWords
			}
			return nil
		}
	}
	return c
}

// wordsOf goes through the words of a row.
func (c *wordColumn[R]) wordsOf(row *R) iter.Seq[string] {
	if c.text == nil {
		return slices.Values(c.words(row))
	}
	return func(yield func(string) bool) { yield(c.text(row)) }
}

// of lists the numbers of a row's words.
func (c *wordColumn[R]) of(s slot) []uint32 {
	if c.text == nil {
		return c.several[s]
	}
	if c.one[s] == noWord {
		return nil
	}
	return c.one[s : s+1]
}

// change takes in a row in place of the one there.
func (c *wordColumn[R]) change(s slot, row *R) {
	before := c.of(c.reach(s))
	if row != nil && c.same(before, row) {
		return
	}
	for _, n := range before {
		at, _ := slices.BinarySearch(c.posting[n], s)
		c.posting[n] = slices.Delete(c.posting[n], at, at+1)
	}
	c.set(s, row)
	for _, n := range c.of(s) {
		at, _ := slices.BinarySearch(c.posting[n], s)
		c.posting[n] = slices.Insert(c.posting[n], at, s)
	}
}

// reach makes room for a slot.
func (c *wordColumn[R]) reach(s slot) slot {
	for c.text != nil && int(s) >= len(c.one) {
		c.one = append(c.one, noWord)
	}
	for c.text == nil && int(s) >= len(c.several) {
		c.several = append(c.several, nil)
	}
	return s
}

// same says that a row has the very words numbered.
func (c *wordColumn[R]) same(numbers []uint32, row *R) bool {
	if c.text != nil {
		return len(numbers) == 1 && c.word[numbers[0]] == c.text(row)
	}
	return slices.EqualFunc(numbers, c.words(row), func(n uint32, word string) bool { return c.word[n] == word })
}

// set numbers the words of a row.
func (c *wordColumn[R]) set(s slot, row *R) {
	switch {
	case c.text == nil && row == nil:
		c.several[s] = nil
	case c.text == nil:
		c.several[s] = c.numbersOf(c.words(row))
	case row == nil:
		c.one[s] = noWord
	default:
		c.one[s] = c.numberOf(c.text(row))
	}
}

func (c *wordColumn[R]) numbersOf(words []string) (numbers []uint32) {
	if len(words) > 0 {
		numbers = make([]uint32, 0, len(words))
	}
	for _, word := range words {
		if n := c.numberOf(word); !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

func (c *wordColumn[R]) numberOf(word string) uint32 {
	n, ok := c.number[word]
	if !ok {
		n = uint32(len(c.word))
		c.number[word] = n
		c.word, c.posting = append(c.word, word), append(c.posting, nil)
	}
	return n
}

// fill takes in all rows. The words that were numbered keep their numbers.
func (c *wordColumn[R]) fill(rows []*R) {
	for n := range c.posting {
		c.posting[n] = c.posting[n][:0]
	}
	c.reach(slot(max(len(rows), 1) - 1))
	for s, row := range rows {
		c.set(slot(s), row)
		for _, n := range c.of(slot(s)) {
			c.posting[n] = append(c.posting[n], slot(s))
		}
	}
}
