// Package index finds the rows of which a condition holds without asking
// each row. It knows nothing of what the rows are: its user names their
// columns in a [Schema] and gives conditions as syntax trees of expr, checked
// already.
//
// A column is held by value: the rows of each word ([vocabulary]), or the rows
// in the order of their figures or days ([order]). A condition becomes a plan:
// atoms that find their rows in a column, joined by and, or and not, and for
// all else a function made from the tree, which is run on the rows that are
// left. What no function can be made for is left to the user's machine. A
// plan finds exactly the rows of which the condition holds.
//
// What was found is kept, and mended when rows change: [Index.Move] asks the
// changed rows only, and of them only the conditions whose words they have.
//
// An index and its conditions belong to one goroutine. Columns are made when
// a condition first asks for them.
package index

// Schema names the columns of a row as conditions write them, such as
// measure.status, with what reads each.
type Schema[R any] struct {
	Texts   map[string]func(*R) string
	Lists   map[string]func(*R) []string
	Figures map[string]func(*R) float64 // NaN: missing
	Days    map[string]func(*R) Day
	Truths  map[string]func(*R) bool
	Date    func(text string) Day // reads a date written out
}

// slot is the place of a row.
type slot uint32

// Index is rows by their columns.
type Index[R any] struct {
	schema  Schema[R]
	clock   Clock
	rows    []*R // by slot; nil: none there
	count   int  // of rows that are there
	words   map[string]*wordColumn[R]
	orders  map[string]*orderColumn[R]
	filed   filing[R]
	all     []*Condition[R]
	run     run[R] // of the search under way
	scratch []slot
}

// New makes an index without rows.
func New[R any](schema Schema[R], clock Clock) *Index[R] {
	x := &Index[R]{schema: schema, clock: clock, words: map[string]*wordColumn[R]{}, orders: map[string]*orderColumn[R]{}, filed: newFiling[R]()}
	x.run.index = x
	return x
}

// Change puts a row in a slot in place of the one there; a nil row empties it.
type Change[R any] struct {
	Slot int
	Row  *R
}

// many is the share of rows, one in so many, from which on they are taken in
// all at once.
const many = 16

// Move goes on to another time, and to rows that changed by then. Slots are
// small numbers, each used for one row over time.
func (x *Index[R]) Move(clock Clock, changes []Change[R]) {
	x.expire(clock)
	anotherDay := clock.Today() != x.clock.Today()
	x.clock = clock
	if anotherDay {
		x.refile()
	}
	if len(changes)*many > len(x.rows) {
		x.replace(changes)
		return
	}
	for _, c := range changes {
		x.change(slot(c.Slot), c.Row)
	}
}

// change takes in one row.
func (x *Index[R]) change(s slot, row *R) {
	old := x.put(s, row)
	for _, column := range x.words {
		column.change(s, row)
	}
	for _, column := range x.orders {
		column.change(s, row)
	}
	x.mend(s, old, row)
}

// replace takes in so many rows that every column is filled again.
func (x *Index[R]) replace(changes []Change[R]) {
	for _, c := range changes {
		x.put(slot(c.Slot), c.Row)
	}
	for _, column := range x.words {
		column.fill(x.rows)
	}
	for _, column := range x.orders {
		column.fill(x.rows)
	}
	x.drop()
}

// put stores a row and gives the one before it.
func (x *Index[R]) put(s slot, row *R) (old *R) {
	for int(s) >= len(x.rows) {
		x.rows = append(x.rows, nil)
	}
	old, x.rows[s] = x.rows[s], row
	if old != nil {
		x.count--
	}
	if row != nil {
		x.count++
	}
	return old
}

// Forget drops all conditions.
func (x *Index[R]) Forget() { x.all, x.filed = nil, newFiling[R]() }

// wordsOf is the column of a text, a truth or a list, or nil where the schema has none of the name.
func (x *Index[R]) wordsOf(name string) *wordColumn[R] {
	if column := x.words[name]; column != nil {
		return column
	}
	column := newWordColumn(x.schema, name)
	if column != nil {
		column.fill(x.rows)
		x.words[name] = column
	}
	return column
}

// orderOf is the column of a figure under a name, read by value.
func (x *Index[R]) orderOf(name string, value func(*R) float64) *orderColumn[R] {
	column := x.orders[name]
	if column == nil {
		column = &orderColumn[R]{name: name, read: value}
		column.fill(x.rows)
		x.orders[name] = column
	}
	return column
}
