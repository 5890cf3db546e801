package rules

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/expr-lang/expr/vm"
	"pgregory.net/rapid"

	"derisk/tracker"
)

// largestScope has a measure whose fields are all as large as the bound on cost reckons with.
func largestScope(t testing.TB) *scope {
	env := testScope(t)
	m := env.Measure
	m.Rate, m.Until = 7.5, firstDay(tracker.MustDate("2026-11-10"), env.Facts.zone, env.Facts.zone)
	v := reflect.ValueOf(m).Elem()
	for i := range v.NumField() {
		tag, f := v.Type().Field(i).Tag.Get("expr"), v.Field(i)
		entries, bytes := tableSizes(EachMeasure, tag)
		switch {
		case tag == "" || !f.CanSet():
		case f.Kind() == reflect.String:
			f.SetString(strings.Repeat("a", bytes))
		case f.Kind() == reflect.Slice:
			list := make([]string, entries)
			for j := range list {
				list[j] = strings.Repeat("a", bytes-min(4, bytes-1)) + fmt.Sprint(j%10)
			}
			f.Set(reflect.ValueOf(list))
		}
	}
	if isLarge(EachMeasure, m) {
		t.Fatal("larger than the bound")
	}
	return env
}

// written draws an expression of a kind. Every one is well-formed; whether it
// costs too much is for the checker to say.
func written(t *rapid.T, kind Kind, depth int, over Kind) string {
	draw := func(list ...string) string { return rapid.SampledFrom(list).Draw(t, "part") }
	sub := func(k Kind) string { return written(t, k, depth-1, over) }
	if over == kind && rapid.IntRange(0, 1).Draw(t, "entry") == 0 {
		return "#"
	}
	if depth == 0 || rapid.IntRange(0, 3).Draw(t, "leaf") == 0 {
		return draw(map[Kind][]string{
			Text: {"measure.id", "measure.title", "measure.status", `"a"`, `""`, `"aaaa"`}, Figure: {"measure.rate", "measure.review_days", "3", "-1", "0.5"},
			Date: {"measure.since", "measure.until", "today", `date("2026-11-10")`}, Truth: {"measure.presumed", "true", "false"},
			Texts: {"measure.tags", "measure.hs", "measure.entities", "measure.against"}, Figures: {"[1, 2, 3]", "[0]"}, Dates: {"[today, measure.until]"},
		}[kind]...)
	}
	switch kind {
	case Text:
		return strings.Replace(draw("lower(_)", "upper(_)", "trim(_)"), "_", sub(Text), 1)
	case Figure:
		return strings.Replace(draw("abs(_)", "(_ + 1)", "(2 * _)", "(_ / 2)", "min(_, 1)", "-(_)"), "_", sub(Figure), 1)
	case Texts:
		return "[" + sub(Text) + ", " + sub(Text) + "]"
	case Truth:
		return truth(t, draw, sub, depth, over)
	}
	return written(t, kind, 0, over)
}

func truth(t *rapid.T, draw func(...string) string, sub func(Kind) string, depth int, over Kind) string {
	switch draw("and", "not", "?", "texts", "figures", "dates", "in", "range", "closure", "known", "len") {
	case "and":
		return "(" + sub(Truth) + draw(" and ", " or ") + sub(Truth) + ")"
	case "not":
		return "not (" + sub(Truth) + ")"
	case "?":
		return "(" + sub(Truth) + " ? " + sub(Truth) + " : " + sub(Truth) + ")"
	case "texts":
		return "(" + sub(Text) + draw(" == ", " != ", " contains ", " startsWith ") + sub(Text) + ")"
	case "figures":
		return "(" + sub(Figure) + draw(" == ", " < ", " >= ") + sub(Figure) + ")"
	case "dates":
		return "(" + sub(Date) + draw(" == ", " < ", " >= ", " != ") + sub(Date) + ")"
	case "in":
		kind := rapid.SampledFrom([]Kind{Text, Figure, Date}).Draw(t, "kind")
		return "(" + sub(kind) + " in " + sub(kind.listed()) + ")"
	case "range":
		return "(days_until(" + sub(Date) + ") in 0.." + fmt.Sprint(rapid.IntRange(0, 999).Draw(t, "to")) + ")"
	case "closure":
		kind := rapid.SampledFrom([]Kind{Texts, Texts, Figures}).Draw(t, "kind")
		body := written(t, Truth, depth-1, kind.element())
		return draw("any", "all", "none", "one") + "(" + sub(kind) + ", " + body + ")"
	case "known":
		return "known(" + sub(Date) + ")"
	}
	return "(len(" + sub(Texts) + ") > len(" + sub(Text) + "))"
}

// keepsItsBound: whatever the checker admits takes no more than it reckons,
// counted by [steps] over a measure as large as the table says; the machine
// gives the same value, and asks for no more memory than the cost allows.
func keepsItsBound(env *scope) func(t *rapid.T) {
	machine := new(vm.VM)
	return func(t *rapid.T) {
		source := written(t, Truth, rapid.IntRange(1, 5).Draw(t, "depth"), "")
		x, faults := compile(source, EachMeasure, plainly)
		if len(faults) > 0 {
			if !tooMuch.MatchString(faults[0].message) {
				t.Fatalf("%s: %+v", source, faults[0])
			}
			t.Skip(faults[0].message)
		}
		s := steps{env: env}
		want := s.value(x.node)
		if s.looks > x.cost || s.searched > 32*x.cost || s.compared > 256*x.cost {
			t.Fatalf("%s\ncosts %d: %d looks, %d bytes searched, %d compared", source, x.cost, s.looks, s.searched, s.compared)
		}
		got, err := x.run(machine, env)
		if err != nil || got != want {
			t.Fatalf("%s\nis %v, %v, and should be %v", source, got, err, want)
		}
		if asked := memoryOf(func() { _, _ = x.run(machine, env) }); asked > uint64(unitBytes*x.cost+8192) {
			t.Fatalf("%s\ncosts %d and asks for %d bytes", source, x.cost, asked)
		}
	}
}

// tooMuch is why an expression that is well-formed may be refused.
var tooMuch = regexp.MustCompile("could cost|goes over a list inside|bytes, this has|has more than")

// memoryOf counts the memory that f asks for: the least of three runs, as others ask for some meanwhile.
func memoryOf(f func()) uint64 {
	least := uint64(math.MaxUint64)
	var before, after runtime.MemStats
	for range 3 {
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}

func TestExpressionsKeepTheirBound(t *testing.T) { rapid.Check(t, keepsItsBound(largestScope(t))) }

func FuzzExpression(f *testing.F) { f.Fuzz(rapid.MakeFuzz(keepsItsBound(largestScope(f)))) }
