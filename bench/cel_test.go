package bench

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	celgo "cel.dev/cel-go/cel"

	"derisk/rules/rulestest"
)

// cel compiles each condition to a program and asks it about the measures one
// by one, each seen through a struct. Dates are whole days with the bounds
// written out, which spares it the arithmetic.
func cel(t testing.TB, f facts) pass {
	env, err := celgo.NewEnv(celVariables()...)
	if err != nil {
		t.Fatal(err)
	}
	programs := make([]celgo.Program, len(f.rules))
	for i, rule := range f.rules {
		tree, issues := env.Compile(celText(rule.When))
		if issues.Err() != nil {
			t.Fatal(issues.Err())
		}
		if programs[i], err = env.Program(tree, celgo.EvalOptions(celgo.OptOptimize)); err != nil {
			t.Fatal(err)
		}
	}
	return func() [][]int {
		held := make([][]int, len(programs))
		for i, program := range programs {
			for j := range f.rows {
				v, _, err := program.Eval((*celMeasure)(&f.rows[j]))
				if err != nil {
					t.Fatal(err)
				}
				if v.Value().(bool) {
					held[i] = append(held[i], j)
				}
			}
		}
		return held
	}
}

func celVariables() (options []celgo.EnvOption) {
	for kind, names := range map[*celgo.Type]string{
		celgo.StringType: "kind status by end_use", celgo.ListType(celgo.StringType): "against tags hs entities",
		celgo.DoubleType: "rate", celgo.IntType: "announced effective since until", celgo.BoolType: "presumed",
	} {
		for _, name := range strings.Fields(names) {
			options = append(options, celgo.Variable(name, kind))
		}
	}
	return options
}

// celMeasure resolves the fields of a row by name. A missing figure is -1, as
// CEL cannot order a NaN.
type celMeasure rulestest.Row

func (m *celMeasure) Parent() celgo.Activation { return nil }

func (m *celMeasure) ResolveName(name string) (any, bool) {
	switch name {
	case "kind":
		return m.Kind, true
	case "status":
		return m.Status, true
	case "by":
		return m.By, true
	case "end_use":
		return m.EndUse, true
	case "against":
		return m.Against, true
	case "tags":
		return m.Tags, true
	case "hs":
		return m.HS, true
	case "entities":
		return m.Entities, true
	case "rate":
		if math.IsNaN(m.Rate) {
			return -1.0, true
		}
		return m.Rate, true
	case "announced":
		return m.Announced, true
	case "effective":
		return m.Effective, true
	case "since":
		return m.Since, true
	case "until":
		return m.Until, true
	case "presumed":
		return m.Presumed, true
	}
	return nil, false
}

// celText writes a condition in CEL.
func celText(c rulestest.Condition) string {
	switch c := c.(type) {
	case rulestest.And:
		return "(" + joined(c, " && ", celText) + ")"
	case rulestest.Or:
		return "(" + joined(c, " || ", celText) + ")"
	case rulestest.Not:
		return "!(" + celText(c.Part) + ")"
	case rulestest.Text:
		return celTest(c.Field, c.Test)
	case rulestest.Some:
		return fmt.Sprintf("%s.exists(x, %s)", c.List, celTest("x", c.Test))
	case rulestest.Every:
		return fmt.Sprintf("%s.all(x, %s)", c.List, celTest("x", c.Test))
	case rulestest.Has:
		return fmt.Sprintf("%q in %s", c.Value, c.List)
	case rulestest.Figure:
		return celThere(c.Field+" >= 0.0", c.Op) + fmt.Sprintf("%s %s %.1f", c.Field, c.Op, c.Value)
	case rulestest.Length:
		return fmt.Sprintf("size(%s) %s %d", c.List, c.Op, c.Value)
	case rulestest.DaysUntil:
		return celBetween(c.Field, rulestest.Today+c.From, rulestest.Today+c.To)
	case rulestest.DaysSince:
		return celBetween(c.Field, rulestest.Today-c.To, rulestest.Today-c.From)
	case rulestest.Dated:
		return celThere(c.Field+" != 0", c.Op) + fmt.Sprintf("%s %s %d", c.Field, c.Op, c.Day)
	case rulestest.True:
		return c.Field
	}
	panic(fmt.Sprintf("no CEL for %T", c))
}

// celThere keeps what is missing, which is less than all else, out of < and <=.
func celThere(there, op string) string {
	if op[0] == '<' {
		return there + " && "
	}
	return ""
}

func celBetween(field string, from, to int) string {
	return fmt.Sprintf("%s >= %d && %s <= %d", field, from, field, to)
}

func celTest(what string, test rulestest.Test) string {
	switch test.Op {
	case "==":
		return what + " == " + strconv.Quote(test.Values[0])
	case "in":
		return what + " in [" + quoted(test.Values) + "]"
	}
	return fmt.Sprintf("%s.%s(%q)", what, test.Op, test.Values[0])
}

func quoted(values []string) string {
	q := make([]string, len(values))
	for i, v := range values {
		q[i] = strconv.Quote(v)
	}
	return strings.Join(q, ", ")
}

func joined(parts []rulestest.Condition, word string, write func(rulestest.Condition) string) string {
	text := make([]string, len(parts))
	for i, part := range parts {
		text[i] = write(part)
	}
	return strings.Join(text, word)
}
