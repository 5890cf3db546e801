package rules

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr/vm"

	"derisk/tracker"
)

// maxTry is how many units trying an expression over all subjects may cost: some
// two seconds.
const maxTry = 40_000_000

// maxValues is how many values of a match are told.
const maxValues = 8

// Trial is what an expression matches at an instant.
type Trial struct {
	Of      int // subjects that there are
	Matches []Match
	Cost    int // units for one subject, by the bound; see cost.go
	Most    int // that an expression may cost
}

// Match is a subject for which an expression holds.
type Match struct {
	Subject string
	Title   tracker.Text
	Values  []MatchValue // that the expression compares, in the order in which they are written
}

// MatchValue is a value in an expression.
type MatchValue struct {
	Expr  string
	Value json.RawMessage // null: missing
}

// CheckCondition finds what is wrong in a condition over each. The file of its
// errors is "expression".
func CheckCondition(source string, each Each) []*Error {
	_, faults := readCondition(source, each)
	return faults
}

func readCondition(source string, each Each) (*expression, []*Error) {
	x, faults := compile(source, each, plainly)
	if x != nil && x.kind != Truth {
		faults = []fault{{0, utf8.RuneCountInString(source), fmt.Sprintf("must be a condition, this is a %s", x.kind), "compare it with something"}}
	}
	var errs []*Error
	for _, f := range faults {
		errs = append(errs, f.inExpression(source))
	}
	return x, errs
}

// inExpression places a fault in an expression that stands in no file.
func (f fault) inExpression(source string) *Error {
	runes := []rune(source)
	before := string(runes[:max(0, min(f.from, len(runes)))])
	row := strings.Count(before, "\n")
	line := strings.Split(source, "\n")[row]
	column := utf8.RuneCountInString(before[strings.LastIndex(before, "\n")+1:])
	return &Error{File: "expression", Line: row + 1, Column: column + 1, Message: f.message, Quote: shortLine(line), At: column, Width: max(1, f.to-f.from), Hint: f.hint}
}

const longQuote = 500 // characters of a line that are quoted

func shortLine(line string) string {
	if r := []rune(line); len(r) > longQuote {
		return string(r[:longQuote]) + "…"
	}
	return line
}

// Try tells what a condition over each matches at an instant, whose location is
// where its today is, knowing what was published by then. Of events and
// articles it looks at all that are known. What is wrong in the condition is an
// [*Error], the first of those that [CheckCondition] finds; what would take too
// long is an error of another kind.
func Try(source string, each Each, s *tracker.Snapshot, at time.Time) (*Trial, error) {
	when, faults := readCondition(source, each)
	if len(faults) > 0 {
		return nil, faults[0]
	}
	t := trier{trial: Trial{Cost: when.cost, Most: maxCost, Matches: []Match{}}}
	r := &Rule{Name: "expression", Each: each, Zone: at.Location(), when: when}
	t.evaluation = evaluation{rule: r, scene: newScene(s, at, false, r.Zone, nil), machine: new(vm.VM)}
	t.values = partsOf(when).compared()
	t.values = t.values[:min(len(t.values), maxValues)]
	return &t.trial, t.eachSubject(t.look)
}

// trier evaluates one condition for each subject.
type trier struct {
	evaluation
	trial  Trial
	values writtenParts
}

func (t *trier) look(s subject) error {
	if t.trial.Of++; t.trial.Of*t.trial.Cost > maxTry {
		return fmt.Errorf("the expression costs %s units for each %s, and there are too many to try it: the most is %s in all", grouped(t.trial.Cost), t.rule.Each, grouped(maxTry))
	}
	held, err := t.rule.when.holds(t.machine, s.scope)
	if err != nil || !held {
		return err
	}
	m := Match{Subject: s.id, Title: s.title, Values: []MatchValue{}}
	for _, p := range t.values {
		v, err := p.expr.run(t.machine, s.scope)
		if err != nil {
			return err
		}
		value, err := json.Marshal(plainValue(v))
		if err != nil {
			return err
		}
		m.Values = append(m.Values, MatchValue{p.expr.source, value})
	}
	t.trial.Matches = append(t.trial.Matches, m)
	return nil
}

// compared are the values that the conditions of an expression compare, each once.
func (p writtenParts) compared() (list writtenParts) {
	for i := range p {
		if p[i].expr.kind != Truth || connects(p[i].node) {
			continue
		}
		for _, v := range p.valuesIn(i) {
			same := func(o writtenPart) bool { return o.expr.source == p[v].expr.source }
			if p[v].expr.kind != Truth && !slices.ContainsFunc(list, same) {
				list = append(list, p[v])
			}
		}
	}
	slices.SortStableFunc(list, func(a, b writtenPart) int { return cmp.Compare(a.from, b.from) })
	return list
}
