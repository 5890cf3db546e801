package index

import (
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
	plan, understood := p.plan(tree, asks)
	c := &Condition[R]{index: x, asks: asks, plan: plan, pace: instant}
	if understood {
		c.test, c.pace = p.closure(tree).truth, p.reads.pace
	}
	x.all = append(x.all, c)
	x.file(c)
	return c
}

// Find looks for the rows of which the condition holds, and visits them in any order.
func (c *Condition[R]) Find(visit func(*R) error) error {
	found, err := c.find()
	if err != nil {
		return err
	}
	return c.visit(found, visit)
}

// Each visits the rows of which the condition holds, by slot. It looks for them
// only if it does not know them.
func (c *Condition[R]) Each(visit func(*R) error) error {
	if c.kept {
		return c.visit(c.found, visit)
	}
	found, err := c.find()
	if err != nil {
		return err
	}
	slices.Sort(found)
	c.keep(found)
	return c.visit(found, visit)
}

func (c *Condition[R]) find() ([]slot, error) {
	r := &c.index.run
	r.frame, r.err = frame[R]{clock: c.index.clock}, nil
	c.plan.ready(r)
	found := c.plan.find(r, c.index.scratch[:0])
	c.index.scratch = found
	return found, r.err
}

func (c *Condition[R]) visit(found []slot, visit func(*R) error) error {
	for _, s := range found {
		if err := visit(c.index.rows[s]); err != nil {
			return err
		}
	}
	return nil
}

// fewKept is how many rows are kept of any condition, however few there are in all.
const fewKept = 64

// keep remembers what was found, unless it is a large share of all rows.
func (c *Condition[R]) keep(found []slot) {
	if len(found) < fewKept+c.index.count/8 {
		c.found, c.kept = append(c.found[:0], found...), true
	}
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

// drop forgets all that was found.
func (x *Index[R]) drop() {
	for _, c := range x.all {
		c.kept = false
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
