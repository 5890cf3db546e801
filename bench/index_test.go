package bench

import (
	"math"
	"testing"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"

	"derisk/rules/index"
	"derisk/rules/rulestest"
)

// indexed finds the rows by the index with which derisk evaluates rules. They
// are in it beforehand. Each pass looks for the rows of every condition anew;
// which words meet a test, such as startsWith, is known from the pass before.
func indexed(t testing.TB, f facts) pass {
	x := index.New(placedColumns(), noon{})
	changes := make([]index.Change[placed], len(f.rows))
	for i, r := range f.rows {
		changes[i] = index.Change[placed]{Slot: i, Row: &placed{r, i}}
	}
	x.Move(noon{}, changes)
	conditions := make([]*index.Condition[placed], len(f.rules))
	for i, rule := range f.rules {
		conditions[i] = indexCondition(t, x, rule.Expr)
	}
	return func() [][]int {
		held := make([][]int, len(conditions))
		for i, c := range conditions {
			err := c.Find(func(r *placed) error {
				held[i] = append(held[i], r.place)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		return held
	}
}

func indexCondition(t testing.TB, x *index.Index[placed], source string) *index.Condition[placed] {
	config := conf.CreateNew()
	expr.DisableBuiltin("date")(config)
	tree, err := parser.ParseWithConfig(source, config)
	if err != nil {
		t.Fatal(err)
	}
	return x.Add(tree.Node, func(*placed) (bool, error) {
		t.Fatalf("the index leaves to the machine: %s", source)
		return false, nil
	})
}

// placed is a row that knows its place.
type placed struct {
	rulestest.Row
	place int
}

func placedColumns() index.Schema[placed] {
	return index.Schema[placed]{
		Texts: map[string]func(*placed) string{
			"measure.kind":    func(r *placed) string { return r.Kind },
			"measure.status":  func(r *placed) string { return r.Status },
			"measure.by":      func(r *placed) string { return r.By },
			"measure.end_use": func(r *placed) string { return r.EndUse },
		},
		Lists: map[string]func(*placed) []string{
			"measure.against":  func(r *placed) []string { return r.Against },
			"measure.tags":     func(r *placed) []string { return r.Tags },
			"measure.hs":       func(r *placed) []string { return r.HS },
			"measure.entities": func(r *placed) []string { return r.Entities },
		},
		Figures: map[string]func(*placed) float64{
			"measure.rate": func(r *placed) float64 { return r.Rate },
		},
		Days: map[string]func(*placed) index.Day{
			"measure.announced": func(r *placed) index.Day { return indexDay(r.Announced) },
			"measure.effective": func(r *placed) index.Day { return indexDay(r.Effective) },
			"measure.since":     func(r *placed) index.Day { return indexDay(r.Since) },
			"measure.until":     func(r *placed) index.Day { return indexDay(r.Until) },
		},
		Truths: map[string]func(*placed) bool{
			"measure.presumed": func(r *placed) bool { return r.Presumed },
		},
		Date: func(text string) index.Day { return indexDay(dayOf(text)) },
	}
}

func indexDay(number int) index.Day { return index.Day{Number: number, Known: number != 0} }

// noon is the time of [rulestest.Now].
type noon struct{}

func (noon) Now() index.Day {
	return index.Day{Number: rulestest.Today, Sec: rulestest.Now.Unix(), Timed: true, Known: true}
}
func (noon) Today() index.Day                      { return indexDay(rulestest.Today) }
func (noon) WorkingDays(index.Day, string) float64 { return math.NaN() }
