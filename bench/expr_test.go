package bench

import (
	"math"
	"testing"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"derisk/rules/rulestest"
)

// exprScope is what a condition sees: a plain struct, which is the fastest
// that expr offers.
type exprScope struct {
	Measure *exprMeasure     `expr:"measure"`
	Date    func(string) int `expr:"date"` // called once, as it is compiled
}

type exprMeasure struct {
	Kind      string   `expr:"kind"`
	Status    string   `expr:"status"`
	By        string   `expr:"by"`
	EndUse    string   `expr:"end_use"`
	Against   []string `expr:"against"`
	Tags      []string `expr:"tags"`
	HS        []string `expr:"hs"`
	Entities  []string `expr:"entities"`
	Rate      float64  `expr:"rate"`
	Announced int      `expr:"announced"`
	Effective int      `expr:"effective"`
	Since     int      `expr:"since"`
	Until     int      `expr:"until"`
	Presumed  bool     `expr:"presumed"`
}

func exprMeasureOf(r rulestest.Row) exprMeasure {
	return exprMeasure{r.Kind, r.Status, r.By, r.EndUse, r.Against, r.Tags, r.HS, r.Entities, r.Rate,
		r.Announced, r.Effective, r.Since, r.Until, r.Presumed}
}

// exprVM runs derisk's conditions as they are by expr alone: one program a
// rule, one machine, the measures one by one.
func exprVM(t testing.TB, f facts) pass {
	programs := make([]*vm.Program, len(f.rules))
	for i, rule := range f.rules {
		programs[i] = exprCompile(t, rule.Expr)
	}
	measures := make([]exprMeasure, len(f.rows))
	for i, r := range f.rows {
		measures[i] = exprMeasureOf(r)
	}
	return func() [][]int {
		held := make([][]int, len(programs))
		var machine vm.VM
		var scope exprScope
		for i, program := range programs {
			for j := range measures {
				scope.Measure = &measures[j]
				v, err := machine.Run(program, &scope)
				if err != nil {
					t.Fatal(err)
				}
				if v.(bool) {
					held[i] = append(held[i], j)
				}
			}
		}
		return held
	}
}

func exprCompile(t testing.TB, source string) *vm.Program {
	program, err := expr.Compile(source, expr.Env(&exprScope{Date: dayOf}), expr.ConstExpr("date"), expr.AsBool(),
		expr.Function("days_until", func(p ...any) (any, error) { return days(p[0].(int), 1), nil }, new(func(int) int)),
		expr.Function("days_since", func(p ...any) (any, error) { return days(p[0].(int), -1), nil }, new(func(int) int)))
	if err != nil {
		t.Fatal(err)
	}
	return program
}

func dayOf(date string) int {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err) // the conditions are our own
	}
	return int(d.Unix() / 86400)
}

// days from today to a day; a missing one is never within any range.
func days(day, sign int) int {
	if day == 0 {
		return math.MinInt32
	}
	return sign * (day - rulestest.Today)
}
