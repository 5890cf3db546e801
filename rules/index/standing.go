package index

import (
	"iter"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// Condition is a condition made ready for one index.
type Condition[R any] struct {
	index *Index[R]
	test  truth[R] // nil: only the machine knows
	asks  Machine[R]
	plan  node[R]
	pace  pace
	found []slot // while kept: the rows of which it holds, ascending
	kept  bool
}

// Machine evaluates a whole condition for a row by other means.
type Machine[R any] func(*R) (bool, error)

// Add makes a condition ready. What the index does not understand of it,
// machine decides, for the rows that the other parts leave.
func (x *Index[R]) Add(tree ast.Node, asks Machine[R]) *Condition[R] {
	p := &planner[R]{compiler: compiler[R]{schema: &x.schema}, index: x}
	c := &Condition[R]{index: x, asks: asks, plan: p.plan(tree, asks), test: p.closure(tree).truth, pace: readsOf(tree).pace}
	if c.test == nil {
		c.pace = instant
	}
	x.all = append(x.all, c)
	x.file(c)
	return c
}

// Find looks for the rows of which the condition holds, and visits them by slot.
func (c *Condition[R]) Find(visit func(*R) error) error {
	rows, err := c.find()
	if err != nil {
		return err
	}
	defer c.index.run.done(rows)
	return c.visit(rows.slots(), visit)
}

// fewKept is how many rows are kept of any condition, however few there are in all.
const fewKept = 64

// Each is [Condition.Find], but looks for the rows only if it does not know
// them. It remembers them, unless they are a large share of all.
func (c *Condition[R]) Each(visit func(*R) error) error {
	if c.kept {
		return c.visit(slices.Values(c.found), visit)
	}
	rows, err := c.find()
	if err != nil {
		return err
	}
	defer c.index.run.done(rows)
	if rows.count() < fewKept+len(c.index.rows)/8 {
		c.found, c.kept = slices.AppendSeq(c.found[:0], rows.slots()), true
	}
	return c.visit(rows.slots(), visit)
}

func (c *Condition[R]) find() (set, error) {
	r := &c.index.run
	r.frame, r.err = frame[R]{clock: c.index.clock}, nil
	rows := r.copied(c.index.there)
	c.plan.keep(r, rows)
	return rows, r.err
}

func (c *Condition[R]) visit(found iter.Seq[slot], visit func(*R) error) error {
	for s := range found {
		if err := visit(c.index.rows[s]); err != nil {
			return err
		}
	}
	return nil
}

// Holds says whether the condition holds of a row, by itself.
func (c *Condition[R]) Holds(row *R) (bool, error) {
	if c.test == nil {
		return c.asks(row)
	}
	f := &c.index.run.frame
	*f = frame[R]{row: row, clock: c.index.clock}
	return c.test(f), nil
}

// expire forgets what need not hold at another time.
func (x *Index[R]) expire(clock Clock) {
	today := clock.Today() == x.clock.Today()
	for _, c := range x.all {
		if c.pace == instant || c.pace == daily && !today {
			c.kept = false
		}
	}
}

// mend brings what was found up to date with one row that changed.
func (x *Index[R]) mend(s slot, before, after *R) {
	for c := range x.about(before) {
		if at, found := slices.BinarySearch(c.found, s); c.kept && found {
			c.found = slices.Delete(c.found, at, at+1)
		}
	}
	for c := range x.Holding(after) {
		if at, found := slices.BinarySearch(c.found, s); c.kept && !found {
			c.found = slices.Insert(c.found, at, s)
		}
	}
}
