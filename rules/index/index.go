// Package index finds the rows of which a condition holds without asking
// each row. It knows nothing of what the rows are: its user names their
// columns in a [Schema] and gives conditions as syntax trees of expr, checked
// already.
//
// What is found is a [set], a bit a row. A column gives sets: the rows of each
// word ([wordColumn]), or those whose figures or days lie in a span
// ([orderColumn]). A condition becomes a plan: atoms that narrow a set by a
// column, joined by and, or and not, and for all else a function made from the
// tree ([closure]), which is run on the rows that are left. What no function
// can be made for is left to the user's machine. A plan finds exactly the rows
// of which the condition holds.
//
// What was found is kept, and mended when rows change: [Index.Move] asks the
// changed rows only, and of them only the conditions filed under what they have.
//
// An index and its conditions belong to one goroutine. Columns are made when
// a condition first asks for them. Rows are never changed, only replaced.
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
	there   set
	columns map[string]column[R]
	filed   filing[R]
	all     []*Condition[R]
	run     run[R]   // of the search under way
	words   []string // room for those of one row
}

// column is a column of an index.
type column[R any] interface {
	// fill takes in all rows.
	fill()
	// change takes in a row in place of the one there.
	change(s slot, old, row *R)
	// meets goes through the needs that a row meets, and says whether to go on.
	meets(row *R, yield func(need) bool) bool
}

// New makes an index without rows.
func New[R any](schema Schema[R], clock Clock) *Index[R] {
	x := &Index[R]{schema: schema, clock: clock, columns: map[string]column[R]{}, filed: newFiling[R]()}
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
	if x.clock = clock; anotherDay {
		x.refile()
	}
	if len(changes)*many > len(x.rows) {
		x.replace(changes)
		return
	}
	for _, c := range changes {
		s := slot(c.Slot)
		old := x.put(s, c.Row)
		for _, column := range x.columns {
			column.change(s, old, c.Row)
		}
		x.mend(s, old, c.Row)
	}
}

// refile files all conditions anew, as stretches of days move with today.
func (x *Index[R]) refile() {
	x.filed = newFiling[R]()
	for _, c := range x.all {
		x.file(c)
	}
}

// replace takes in so many rows that every column is filled again.
func (x *Index[R]) replace(changes []Change[R]) {
	for _, c := range changes {
		x.put(slot(c.Slot), c.Row)
	}
	for _, column := range x.columns {
		column.fill()
	}
	for _, c := range x.all {
		c.kept = false
	}
}

// put stores a row and gives the one before it.
func (x *Index[R]) put(s slot, row *R) (old *R) {
	for int(s) >= len(x.rows) {
		x.rows = append(x.rows, nil)
	}
	old, x.rows[s] = x.rows[s], row
	if x.there.add(s); row == nil {
		x.there.remove(s)
	}
	return old
}

// Forget drops all conditions, and the columns that were made for them.
func (x *Index[R]) Forget() { x.all, x.filed, x.columns = nil, newFiling[R](), map[string]column[R]{} }

// wordsOf is the column of a text, a truth or a list.
func (x *Index[R]) wordsOf(name string) *wordColumn[R] {
	c, ok := x.columns[name].(*wordColumn[R])
	if !ok {
		c = &wordColumn[R]{index: x, name: name, read: x.schema.reader(name), tests: map[string]*wordTest{}}
		x.columns[name] = c
		c.fill()
	}
	return c
}

// orderOf is the column of a figure under a name, read by value.
func (x *Index[R]) orderOf(name string, value func(*R) float64) *orderColumn[R] {
	c, ok := x.columns[name].(*orderColumn[R])
	if !ok {
		c = &orderColumn[R]{index: x, name: name, read: value}
		x.columns[name] = c
		c.fill()
	}
	return c
}
