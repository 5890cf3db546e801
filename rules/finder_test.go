package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr/vm"
	"pgregory.net/rapid"

	"derisk/rules/index"
	"derisk/rules/rulestest"
	"derisk/tracker"
)

// writer writes random expressions of the whole language of rules.
type writer struct {
	t    *rapid.T
	over []Kind // what # is, innermost last
}

func (w *writer) pick(from ...string) string { return rapid.SampledFrom(from).Draw(w.t, "pick") }

func (w *writer) field(k Kind) string {
	var known []string
	for _, n := range names {
		if n.Of == EachMeasure && n.Kind == k {
			known = append(known, "measure."+n.Name)
		}
	}
	return w.pick(known...)
}

// entry is # where the innermost list has entries of the kind.
func (w *writer) entry(k Kind) bool {
	return len(w.over) > 0 && w.over[len(w.over)-1] == k && rapid.IntRange(0, 2).Draw(w.t, "entry") > 0
}

func (w *writer) text(depth int) string {
	switch n := rapid.IntRange(0, 12).Draw(w.t, "text"); {
	case w.entry(Text):
		return "#"
	case n < 5 || depth <= 0:
		return w.field(Text)
	case n < 10:
		return fmt.Sprintf("%q", w.pick(texts...))
	case n == 10:
		return w.pick("lower", "upper", "trim") + "(" + w.text(depth-1) + ")"
	case n == 11:
		return "day(" + w.date(depth-1) + ")"
	}
	return fmt.Sprintf("(%s ? %s : %s)", w.truth(depth-1), w.text(depth-1), w.text(depth-1))
}

var texts = []string{"", "a", "b", "ab", "B", "tariff", "in-force", "suspended", "CN", "US", "2026-06-15"}

func (w *writer) date(depth int) string {
	switch n := rapid.IntRange(0, 8).Draw(w.t, "date"); {
	case w.entry(Date):
		return "#"
	case n < 5 || depth <= 0:
		return w.field(Date)
	case n == 5:
		return fmt.Sprintf("date(%q)", w.pick("2026-06-15", "2026-06-14", "2026-06", "2026-Q3", "2026-06-15T12:00Z", "2026-06-15T23:30-05:00"))
	case n < 8:
		return w.pick("now", "today")
	}
	return fmt.Sprintf("(%s ? %s : %s)", w.truth(depth-1), w.date(depth-1), w.date(depth-1))
}

func (w *writer) number() string {
	return w.pick("0", "1", "2", "3", "-1", "10", "25", "30", "0.5", "-0.5", "2.0", "1e300", "100000000000")
}

func (w *writer) figure(depth int) string {
	switch n := rapid.IntRange(0, 13).Draw(w.t, "figure"); {
	case w.entry(Figure):
		return "#"
	case n < 3:
		return w.number()
	case n < 6 || depth <= 0:
		return w.field(Figure)
	case n < 8:
		return w.pick("days_until", "days_since") + "(" + w.date(depth-1) + ")"
	case n == 8:
		if rapid.Bool().Draw(w.t, "list") {
			return "len(" + w.list(Texts, depth-1) + ")"
		}
		return "len(" + w.text(depth-1) + ")"
	case n == 9:
		return fmt.Sprintf("(%s %s %s)", w.figure(depth-1), w.pick("+", "-", "*", "/"), w.figure(depth-1))
	case n == 10:
		return w.pick("abs", "round", "floor", "ceil", "-") + "(" + w.figure(depth-1) + ")"
	case n == 11:
		return fmt.Sprintf("%s(%s, %s)", w.pick("min", "max"), w.figure(depth-1), w.figure(depth-1))
	case n == 12:
		return w.closure("count", depth)
	}
	if rapid.Bool().Draw(w.t, "working") {
		return fmt.Sprintf("working_days_until(%s, %q)", w.date(depth-1), w.pick("CN", "XX"))
	}
	return fmt.Sprintf("(%s ? %s : %s)", w.truth(depth-1), w.figure(depth-1), w.figure(depth-1))
}

func (w *writer) of(k Kind, depth int) string {
	switch k {
	case Text:
		return w.text(depth)
	case Figure:
		return w.figure(depth)
	}
	return w.date(depth)
}

func (w *writer) list(k Kind, depth int) string {
	if k == Texts && rapid.Bool().Draw(w.t, "column") {
		return w.field(Texts)
	}
	plain := rapid.Bool().Draw(w.t, "plain")
	entries := make([]string, rapid.IntRange(1, 3).Draw(w.t, "entries"))
	for i := range entries {
		switch {
		case plain && k == Texts:
			entries[i] = fmt.Sprintf("%q", w.pick(texts...))
		case plain && k == Figures:
			entries[i] = w.number()
		default:
			entries[i] = w.of(k.element(), depth-1)
		}
	}
	return "[" + strings.Join(entries, ", ") + "]"
}

func (w *writer) closure(name string, depth int) string {
	if len(w.over) == maxClosures {
		return map[bool]string{true: "1", false: "true"}[name == "count"]
	}
	list := rapid.SampledFrom([]Kind{Texts, Texts, Texts, Figures, Dates}).Draw(w.t, "over")
	written := w.list(list, depth-1)
	w.over = append(w.over, list.element())
	body := w.truth(depth - 1)
	w.over = w.over[:len(w.over)-1]
	return fmt.Sprintf("%s(%s, %s)", name, written, body)
}

func (w *writer) truth(depth int) string {
	n := rapid.IntRange(0, 16).Draw(w.t, "truth")
	if depth <= 0 {
		n %= 8
	}
	switch n {
	case 0:
		return w.pick(w.field(Truth), w.field(Truth), "true", "false")
	case 1:
		return fmt.Sprintf("%s %s %s", w.text(depth-1), w.pick("==", "!="), w.text(depth-1))
	case 2:
		return fmt.Sprintf("%s %s %s", w.figure(depth-1), w.comparison(), w.figure(depth-1))
	case 3:
		return fmt.Sprintf("%s %s %s", w.date(depth-1), w.comparison(), w.date(depth-1))
	case 4:
		k := rapid.SampledFrom([]Kind{Text, Figure, Date}).Draw(w.t, "in")
		return fmt.Sprintf("%s %s %s", w.of(k, depth-1), w.pick("in", "not in"), w.list(k.listed(), depth-1))
	case 5:
		return fmt.Sprintf("%s %s %s", w.figure(depth-1), w.pick("in", "not in"), w.pick("0..30", "-3..4", "1..1", "-30..0"))
	case 6:
		return fmt.Sprintf("%s %s %s", w.text(depth-1), w.pick("contains", "startsWith", "endsWith"), w.text(depth-1))
	case 7:
		if rapid.Bool().Draw(w.t, "known") {
			return "known(" + w.of(rapid.SampledFrom([]Kind{Figure, Date}).Draw(w.t, "of"), depth-1) + ")"
		}
		return fmt.Sprintf("%s matches %q", w.text(depth-1), w.pick("^a", "b$", "a|B", "[0-9]+", ""))
	case 8, 9:
		return fmt.Sprintf("(%s %s %s)", w.truth(depth-1), w.pick("and", "&&"), w.truth(depth-1))
	case 10, 11:
		return fmt.Sprintf("(%s %s %s)", w.truth(depth-1), w.pick("or", "||"), w.truth(depth-1))
	case 12:
		return w.pick("not ", "!") + "(" + w.truth(depth-1) + ")"
	case 13:
		return fmt.Sprintf("%s %s %s", w.closure("count", depth), w.comparison(), w.number())
	case 14:
		return fmt.Sprintf("(%s ? %s : %s)", w.truth(depth-1), w.truth(depth-1), w.truth(depth-1))
	}
	return w.closure(w.pick("any", "all", "none", "one"), depth)
}

func (w *writer) comparison() string { return w.pick("==", "!=", "<", "<=", ">", ">=") }

// condition is a random condition that the checker admits.
func condition(t *rapid.T) *expression {
	for {
		w := writer{t: t}
		source := w.truth(rapid.IntRange(1, 4).Draw(t, "depth"))
		x, faults := compile(source, EachMeasure, plainly)
		if len(faults) == 0 {
			return x
		}
		if !strings.Contains(faults[0].message, "cost") && !strings.Contains(faults[0].message, "deep") {
			t.Fatalf("%s: %s", source, faults[0].message)
		}
	}
}

// randomView is a measure as rules see it, with values that meet those of [writer].
func randomView(t *rapid.T, zone *time.Location) *measureView {
	text := func() string { return rapid.SampledFrom(texts).Draw(t, "text") }
	list := func() []string { return rapid.SliceOfN(rapid.SampledFrom(texts), 0, 4).Draw(t, "list") }
	figure := func() float64 {
		return rapid.SampledFrom([]float64{math.NaN(), math.NaN(), 0, math.Copysign(0, -1), 1, 2.5, 10, 25, -0.5, 30, math.Inf(1)}).Draw(t, "figure")
	}
	truth := func() bool { return rapid.Bool().Draw(t, "truth") }
	date := func() day {
		days := []string{"", "", "2026-06-14", "2026-06-15", "2026-06-16", "2026-07-15", "2026-06", "2026-06-15T11:59Z", "2026-06-15T12:00Z", "2026-06-16T01:00Z", "2025-12-31"}
		written := rapid.SampledFrom(days).Draw(t, "date")
		if written == "" {
			return day{}
		}
		return writtenDay(written, zone)
	}
	return &measureView{ID: text(), Title: text(), Kind: text(), Status: text(), Reason: text(), By: text(), EndUse: text(), Basis: text(), Under: text(),
		Against: list(), Tags: list(), HS: list(), Entities: list(), Rate: figure(), ReviewDays: figure(),
		Announced: date(), Effective: date(), Since: date(), Until: date(), BackFrom: date(),
		Presumed: truth(), Uncertain: truth(), Reported: truth()}
}

// byMachine asks expr's machine about every row.
func byMachine(t *rapid.T, x *expression, s *scene, rows []*measureView) (found []*measureView) {
	machine, env := new(vm.VM), s.scope()
	for _, v := range rows {
		if env.Measure = v; v == nil {
			continue
		}
		held, err := x.holds(machine, env)
		if err != nil {
			t.Fatalf("%s: %v", x.source, err)
		}
		if held {
			found = append(found, v)
		}
	}
	return found
}

// TestEdgesOfFigures: whole figures are integers to the machine, floats to the index.
func TestEdgesOfFigures(t *testing.T) {
	sc := newScene(snapshot(t, tracker.Facts{}), rulestest.Now, false, time.UTC, nil)
	var rows []*measureView
	for n := range 4 {
		rows = append(rows, &measureView{Tags: texts[:n], Rate: float64(n), ReviewDays: missing()})
	}
	for _, source := range []string{
		"1 / (len(measure.tags) * -1) < 0", "1 / -len(measure.tags) < 0", "1 / (-measure.rate) < 0", "1 / abs(measure.rate * -1) < 0", "1 / round(-0.3) < 0",
		"len(measure.tags) + 9223372036854775807 > 0", "len(measure.tags) * 4611686018427387904 == 0", "9007199254740993 + len(measure.tags) == 9007199254740993",
		"1 / (measure.presumed ? 1 : len(measure.tags) * -1) < 0", "1 / ((measure.presumed ? 1 : measure.rate) * -1) < 0",
		"any([0, 1], 1 / (# * -1) < 0)", "any([0, measure.rate], 1 / (# * -1) < 0)", "count(measure.tags, true) * -1 == 0 and 1 / (count(measure.tags, false) * -1) > 0",
	} {
		x, faults := compile(source, EachMeasure, plainly)
		if len(faults) > 0 {
			t.Fatalf("%s: %s", source, faults[0].message)
		}
		machine, env := new(vm.VM), sc.scope()
		ix := index.New(measureColumns(time.UTC), sceneClock{sc})
		c := ix.Add(x.node, func(v *measureView) (bool, error) { env.Measure = v; return x.holds(machine, env) })
		for i, v := range rows {
			env.Measure = v
			want, err := x.holds(machine, env)
			if got, errIndex := c.Holds(v); got != want || err != nil || errIndex != nil {
				t.Errorf("%s of row %d: the index says %v, the machine %v; %v, %v", source, i, got, want, err, errIndex)
			}
		}
	}
}

// TestTheIndexFindsWhatTheMachineFinds compares both over random conditions,
// rows, changes of rows, and steps of time.
func TestTheIndexFindsWhatTheMachineFinds(t *testing.T) {
	findsWhatTheMachineFinds(t, 60, 0, []int{0, 1, 2, 40})
}

// Of many rows a few change: what was found is mended, not found anew.
func TestTheIndexMendsWhatItFound(t *testing.T) {
	findsWhatTheMachineFinds(t, 200, 150, []int{0, 1, 2, 5})
}

// findsWhatTheMachineFinds has so many slots, so many rows to begin with, and
// one of these numbers of changes at each step.
func findsWhatTheMachineFinds(t *testing.T, slots, begin int, changed []int) {
	s := snapshot(t, tracker.Facts{Calendars: []tracker.Calendar{}})
	shanghai := zone(t, "Asia/Shanghai")
	rapid.Check(t, func(t *rapid.T) {
		at := rulestest.Now
		sc := newScene(s, at, false, shanghai, nil)
		x := index.New(measureColumns(shanghai), sceneClock{sc})
		var rows []*measureView
		conditions := map[*expression]*index.Condition[measureView]{}
		for step := range rapid.IntRange(1, 4+begin/20).Draw(t, "steps") {
			var changes []index.Change[measureView]
			count := rapid.SampledFrom(changed).Draw(t, "changes")
			if step == 0 && begin > 0 {
				count = begin
			}
			for range count {
				c := index.Change[measureView]{Slot: rapid.IntRange(0, slots).Draw(t, "slot")}
				if rapid.IntRange(0, 9).Draw(t, "there") > 0 {
					c.Row = randomView(t, shanghai)
				}
				changes = append(changes, c)
				for len(rows) <= c.Slot {
					rows = append(rows, nil)
				}
				rows[c.Slot] = c.Row
			}
			at = at.Add(rapid.SampledFrom([]time.Duration{0, time.Minute, time.Hour, 20 * time.Hour, 24 * time.Hour}).Draw(t, "later"))
			sc = newScene(s, at, false, shanghai, sc)
			x.Move(sceneClock{sc}, changes)
			for range rapid.IntRange(0, 3).Draw(t, "conditions") {
				expression := condition(t)
				conditions[expression] = x.Add(expression.node, func(v *measureView) (bool, error) {
					env := sc.scope()
					env.Measure = v
					return expression.holds(new(vm.VM), env)
				})
			}
			for expression, c := range conditions {
				var found []*measureView
				if err := c.Each(func(v *measureView) error { found = append(found, v); return nil }); err != nil {
					t.Fatal(err)
				}
				want := byMachine(t, expression, sc, rows)
				if !slices.Equal(found, want) {
					t.Fatalf("%s\nat %s the index keeps %d rows, the machine finds %d", expression.source, at, len(found), len(want))
				}
				var anew []*measureView // from the columns, which were mended too
				if err := c.Find(func(v *measureView) error { anew = append(anew, v); return nil }); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(anew, want) {
					t.Fatalf("%s\nat %s the index finds %d rows, the machine %d", expression.source, at, len(anew), len(want))
				}
				for _, v := range rows {
					if v == nil {
						continue
					}
					if held, _ := c.Holds(v); held != slices.Contains(found, v) {
						t.Fatalf("%s\nHolds says %v", expression.source, held)
					}
				}
			}
		}
	})
}
