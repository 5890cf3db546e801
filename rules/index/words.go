package index

import "slices"

// wordColumn is a column of texts, truths or lists: the rows with each word.
// A truth is the word "true", or no word.
type wordColumn[R any] struct {
	index   *Index[R]
	name    string
	read    func(row *R, into []string) []string // appends the row's words
	posting map[string]*posting                  // by word
	tests   map[string]*wordTest                 // by what they ask
}

// wordTest is a test of words, and the rows with a word that passes.
type wordTest struct {
	passes func(word string) bool
	rows   set // nil: not looked for yet
}

// posting is the rows with a word: a list while they are few.
type posting struct {
	few  []slot // ascending
	many set
}

const trueWord = "true"

// reader is what reads the words of a column, or nil where there is none of the name.
func (schema *Schema[R]) reader(name string) func(*R, []string) []string {
	text, list, truth := schema.Texts[name], schema.Lists[name], schema.Truths[name]
	switch {
	case text != nil:
		return func(row *R, into []string) []string { return append(into, text(row)) }
	case list != nil:
		return func(row *R, into []string) []string { return append(into, list(row)...) }
	case truth != nil:
		return func(row *R, into []string) []string {
			if truth(row) {
				into = append(into, trueWord)
			}
			return into
		}
	}
	return nil
}

// words are those of a row, until they are asked for again.
func (c *wordColumn[R]) words(row *R) []string {
	if row == nil {
		return nil
	}
	c.index.words = c.read(row, c.index.words[:0])
	return c.index.words
}

func (c *wordColumn[R]) fill() {
	c.posting = map[string]*posting{}
	for s, row := range c.index.rows {
		for _, word := range c.words(row) {
			c.rows(word).add(slot(s))
		}
	}
	for _, p := range c.posting {
		if len(p.few)*32 > len(c.index.rows) { // a set is the smaller one
			for _, s := range p.few {
				p.many.add(s)
			}
			p.few = nil
		}
		p.few = slices.Clone(p.few)
	}
	for _, t := range c.tests {
		t.rows = nil
	}
}

func (c *wordColumn[R]) change(s slot, old, row *R) {
	for _, word := range c.words(old) {
		c.posting[word].remove(s)
	}
	words := c.words(row)
	for _, word := range words {
		c.rows(word).add(s)
	}
	for _, t := range c.tests {
		switch {
		case t.rows == nil:
		case slices.ContainsFunc(words, t.passes):
			t.rows.add(s)
		default:
			t.rows.remove(s)
		}
	}
}

// rows are those with a word.
func (c *wordColumn[R]) rows(word string) *posting {
	p := c.posting[word]
	if p == nil {
		p = new(posting)
		c.posting[word] = p
	}
	return p
}

// test is the test of words that asks so.
func (c *wordColumn[R]) test(asks string, passes func(string) bool) *wordTest {
	t := c.tests[asks]
	if t == nil {
		t = &wordTest{passes: passes}
		c.tests[asks] = t
	}
	return t
}

// passing are the rows with a word that passes a test.
func (c *wordColumn[R]) passing(t *wordTest) set {
	if t.rows == nil {
		t.rows = make(set, len(c.index.there))
		for word, p := range c.posting {
			if t.passes(word) {
				p.joinTo(t.rows)
			}
		}
	}
	return t.rows
}

func (p *posting) add(s slot) {
	if p.many != nil {
		p.many.add(s)
	} else if last := len(p.few) - 1; last < 0 || p.few[last] < s {
		p.few = append(p.few, s)
	} else if at, found := slices.BinarySearch(p.few, s); !found {
		p.few = slices.Insert(p.few, at, s)
	}
}

func (p *posting) remove(s slot) {
	p.many.remove(s)
	if at, found := slices.BinarySearch(p.few, s); found {
		p.few = slices.Delete(p.few, at, at+1)
	}
}

func (p *posting) joinTo(rows set) {
	rows.join(p.many)
	for _, s := range p.few {
		rows.include(s)
	}
}

func (p *posting) count() int { return len(p.few) + p.many.count() }
