package bench

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"derisk/rules/rulestest"
)

// opa puts all conditions into one set of one module, so that its own index of
// rules serves, and evaluates it once for each measure, read beforehand.
func opa(t testing.TB, f facts) pass {
	var m regoModule
	for i, rule := range f.rules {
		m.rule(fmt.Sprintf("hits contains %d", i), rule.When)
	}
	query, err := rego.New(rego.Query("data.bench.hits"), rego.Module("bench.rego", "package bench\n\n"+m.text.String())).PrepareForEval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	inputs := make([]ast.Value, len(f.rows))
	for i, r := range f.rows {
		if inputs[i], err = ast.InterfaceToValue(regoInput(r)); err != nil {
			t.Fatal(err)
		}
	}
	return func() [][]int {
		held := make([][]int, len(f.rules))
		for j, input := range inputs {
			results, err := query.Eval(t.Context(), rego.EvalParsedInput(input))
			if err != nil {
				t.Fatal(err)
			}
			for _, hit := range results[0].Expressions[0].Value.([]any) {
				i, err := hit.(json.Number).Int64()
				if err != nil {
					t.Fatal(err)
				}
				held[i] = append(held[i], j)
			}
		}
		return held
	}
}

// regoInput leaves out what is missing: to Rego it is undefined, and what is
// compared with it does not hold.
func regoInput(r rulestest.Row) map[string]any {
	input := map[string]any{
		"kind": r.Kind, "status": r.Status, "by": r.By, "end_use": r.EndUse, "presumed": r.Presumed,
		"against": append([]string{}, r.Against...), "tags": append([]string{}, r.Tags...),
		"hs": append([]string{}, r.HS...), "entities": append([]string{}, r.Entities...),
	}
	if !math.IsNaN(r.Rate) {
		input["rate"] = r.Rate
	}
	for name, day := range map[string]int{"announced": r.Announced, "effective": r.Effective, "since": r.Since, "until": r.Until} {
		if day != 0 {
			input[name] = day
		}
	}
	return input
}

// regoModule is the text of a module as it is written.
type regoModule struct {
	text    strings.Builder
	helpers int
}

// rule writes a rule that holds where the condition does.
func (m *regoModule) rule(head string, c rulestest.Condition) {
	body := m.body(c) // first, as it may write rules of its own
	fmt.Fprintf(&m.text, "%s if {\n\t%s\n}\n\n", head, strings.Join(body, "\n\t"))
}

// body is a condition as lines that all must hold.
func (m *regoModule) body(c rulestest.Condition) []string {
	switch c := c.(type) {
	case rulestest.And:
		var lines []string
		for _, part := range c {
			lines = append(lines, m.body(part)...)
		}
		return lines
	case rulestest.Or:
		return []string{m.helper(c...)}
	case rulestest.Not:
		return []string{"not " + m.helper(c.Part)}
	case rulestest.DaysUntil:
		return regoBetween(c.Field, rulestest.Today+c.From, rulestest.Today+c.To)
	case rulestest.DaysSince:
		return regoBetween(c.Field, rulestest.Today-c.To, rulestest.Today-c.From)
	}
	return []string{regoLine(c)}
}

// helper writes a rule that holds where any of the conditions does, and names it.
func (m *regoModule) helper(any ...rulestest.Condition) string {
	m.helpers++
	name := fmt.Sprintf("helper_%d", m.helpers)
	for _, c := range slices.Clone(any) {
		m.rule(name, c)
	}
	return name
}

func regoLine(c rulestest.Condition) string {
	switch c := c.(type) {
	case rulestest.Text:
		return regoTest("input."+c.Field, c.Test)
	case rulestest.Some:
		if c.Test.Op == "==" {
			return fmt.Sprintf("%q in input.%s", c.Test.Values[0], c.List)
		}
		return fmt.Sprintf("some x in input.%s; %s", c.List, regoTest("x", c.Test))
	case rulestest.Every:
		return fmt.Sprintf("every x in input.%s { %s }", c.List, regoTest("x", c.Test))
	case rulestest.Has:
		return fmt.Sprintf("%q in input.%s", c.Value, c.List)
	case rulestest.Figure:
		return fmt.Sprintf("input.%s %s %v", c.Field, c.Op, c.Value)
	case rulestest.Length:
		return fmt.Sprintf("count(input.%s) %s %d", c.List, c.Op, c.Value)
	case rulestest.Dated:
		return fmt.Sprintf("input.%s %s %d", c.Field, c.Op, c.Day)
	case rulestest.True:
		return "input." + c.Field
	}
	panic(fmt.Sprintf("no Rego for %T", c))
}

func regoBetween(field string, from, to int) []string {
	return []string{fmt.Sprintf("input.%s >= %d", field, from), fmt.Sprintf("input.%s <= %d", field, to)}
}

func regoTest(what string, test rulestest.Test) string {
	switch test.Op {
	case "==":
		return fmt.Sprintf("%s == %q", what, test.Values[0])
	case "in":
		return what + " in {" + quoted(test.Values) + "}"
	}
	return fmt.Sprintf("%s(%s, %q)", strings.ToLower(test.Op), what, test.Values[0])
}
