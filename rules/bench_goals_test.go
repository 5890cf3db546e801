//go:build unix

package rules

import (
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"derisk/rules/index"
	"derisk/rules/rulestest"
	"derisk/tracker"
)

// The goals G1 to G10: what the index of measures has to be worth. Each
// benchmark first makes sure that both sides find the same, and reports the
// metric ratio. README.md, How fast, says what is compared and which ratio is
// the bound.

// world is measures and conditions, as every side sees them.
type world struct {
	scene     *scene
	views     []*measureView
	rows      []rulestest.Row
	index     *index.Index[measureView]
	templates []rulestest.Template
	found     []*index.Condition[measureView]
	hits      []*measureView   // found last
	hitRows   []*rulestest.Row // likewise
}

// folded is measures folded once, for all worlds with as many.
type folded struct {
	scene *scene
	views []*measureView
	rows  []rulestest.Row
}

var foldedBefore = map[int]*folded{}

func foldedOf(b *testing.B, n int) *folded {
	b.Helper()
	if foldedBefore[n] == nil {
		made, rows := rulestest.Measures(n, 1)
		s := snapshot(b, tracker.Facts{Measures: made, Goods: rulestest.Tags()})
		f := &folded{scene: newScene(s, rulestest.Now, true, time.UTC, nil), rows: rows}
		for i := range s.Measures {
			f.views = append(f.views, f.scene.view(i))
		}
		foldedBefore[n] = f
	}
	return foldedBefore[n]
}

func newWorld(b *testing.B, measures, conditions int) *world {
	b.Helper()
	f := foldedOf(b, measures)
	w := &world{scene: f.scene, rows: slices.Clone(f.rows), views: slices.Clone(f.views), templates: rulestest.Rules(conditions, 1)}
	w.index = index.New(measureColumns(time.UTC), sceneClock{w.scene})
	w.index.Move(sceneClock{w.scene}, changesTo(w.views))
	for _, t := range w.templates {
		w.found = append(w.found, w.index.Add(treeOf(b, t.Expr), nil))
	}
	w.check(b, 0)
	return w
}

func changesTo(views []*measureView) []index.Change[measureView] {
	changes := make([]index.Change[measureView], len(views))
	for i, v := range views {
		changes[i] = index.Change[measureView]{Slot: i, Row: v}
	}
	return changes
}

func treeOf(b *testing.B, source string) ast.Node {
	b.Helper()
	tree, err := parser.Parse(source)
	if err != nil {
		b.Fatal(err)
	}
	return tree.Node
}

// check makes sure that index and native predicates find the same, and of the
// first conditions the machine.
func (w *world) check(b *testing.B, byMachine int) {
	b.Helper()
	for i := range w.templates {
		found, native := idsOf(w.indexed(i)), []string(nil)
		for _, row := range w.native(i) {
			native = append(native, row.ID)
		}
		if slices.Sort(native); !slices.Equal(found, native) {
			b.Fatalf("%s: the index finds %d, the predicate %d", w.templates[i].Expr, len(found), len(native))
		}
		if i < byMachine && !slices.Equal(found, idsOf(w.machine(b, w.compiled(b, i)))) {
			b.Fatalf("%s: the index finds other measures than the machine", w.templates[i].Expr)
		}
	}
}

func idsOf(views []*measureView) (ids []string) {
	for _, v := range views {
		ids = append(ids, v.ID)
	}
	slices.Sort(ids)
	return ids
}

func (w *world) compiled(b *testing.B, i int) *expression {
	b.Helper()
	x, faults := compile(w.templates[i].Expr, EachMeasure, plainly)
	if len(faults) > 0 {
		b.Fatal(faults[0].message)
	}
	return x
}

func (w *world) compiledAll(b *testing.B, n int) []*expression {
	list := make([]*expression, n)
	for i := range list {
		list[i] = w.compiled(b, i)
	}
	return list
}

// Each side lists the measures of which a condition holds, in room that it keeps.

func (w *world) indexed(i int) []*measureView {
	w.hits = w.hits[:0]
	_ = w.found[i].Find(func(v *measureView) error { w.hits = append(w.hits, v); return nil })
	return w.hits
}

func (w *world) native(i int) []*rulestest.Row {
	holds := w.templates[i].Native
	w.hitRows = w.hitRows[:0]
	for j := range w.rows {
		if holds(&w.rows[j]) {
			w.hitRows = append(w.hitRows, &w.rows[j])
		}
	}
	return w.hitRows
}

func (w *world) machine(b *testing.B, x *expression) []*measureView {
	w.hits = w.hits[:0]
	machine, env := new(vm.VM), w.scene.scope()
	for _, v := range w.views {
		env.Measure = v
		held, err := x.holds(machine, env)
		if err != nil {
			b.Fatal(err)
		}
		if held {
			w.hits = append(w.hits, v)
		}
	}
	return w.hits
}

func (w *world) allIndexed() {
	for i := range w.found {
		w.indexed(i)
	}
}

// race gives how many times as long the slow side takes as the fast one: the
// median of several rounds, in each of which the fast one runs as often as fits
// into half the time of the slow one.
func race(slow, fast func()) float64 {
	timed(fast, 1)
	times := max(1, min(10_000, int(timed(slow, 1)/max(1, timed(fast, 1))/2)))
	var ratios [5]float64
	for i := range ratios {
		runtime.GC()
		a := timed(slow, 1)
		runtime.GC()
		ratios[i] = float64(a) * float64(times) / float64(timed(fast, times))
	}
	slices.Sort(ratios[:])
	return ratios[2]
}

// timed is the time of a processor that runs take, with what they leave to the
// collector of garbage. Other than the time on the wall it does not count what
// else the machine is busy with.
func timed(run func(), times int) time.Duration {
	start := processorTime()
	for range times {
		run()
	}
	return processorTime() - start
}

func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func BenchmarkG1(b *testing.B) {
	const sampled = 20
	w := newWorld(b, 100_000, 1000)
	w.check(b, sampled)
	compiled := w.compiledAll(b, sampled)
	for b.Loop() {
		ratio := race(func() {
			for _, x := range compiled {
				w.machine(b, x)
			}
		}, w.allIndexed)
		b.ReportMetric(ratio*float64(len(w.found))/sampled, "ratio")
	}
}

func BenchmarkG2(b *testing.B) {
	const sampled = 200
	w := newWorld(b, 100_000, 1000)
	for b.Loop() {
		ratio := race(func() {
			for i := range sampled {
				w.native(i)
			}
		}, w.allIndexed)
		b.ReportMetric(ratio*float64(len(w.found))/sampled, "ratio")
	}
}

// BenchmarkG3 runs each of twenty rules alone, after the caches were filled with something else.
func BenchmarkG3(b *testing.B) {
	w := newWorld(b, 100_000, 20)
	other := make([]byte, 96<<20)
	cold := func(run func(i int)) (sum time.Duration) {
		for i := range w.templates {
			for j := 0; j < len(other); j += 64 {
				other[j]++
			}
			sum += timed(func() { run(i) }, 1)
		}
		return sum
	}
	for b.Loop() {
		ratios := make([]float64, 7)
		for i := range ratios {
			runtime.GC()
			native := cold(func(i int) { w.native(i) })
			runtime.GC()
			ratios[i] = float64(native) / float64(cold(func(i int) { w.indexed(i) }))
		}
		slices.Sort(ratios)
		b.ReportMetric(ratios[3], "ratio")
	}
}

func BenchmarkG4(b *testing.B) {
	large, small := newWorld(b, 100_000, 1000), newWorld(b, 10_000, 1000)
	for b.Loop() {
		b.ReportMetric(race(large.allIndexed, small.allIndexed), "ratio")
	}
}

func BenchmarkG5(b *testing.B) {
	w := newWorld(b, 50, 50)
	w.check(b, 50)
	compiled := w.compiledAll(b, 50)
	for b.Loop() {
		b.ReportMetric(race(func() {
			for _, x := range compiled {
				w.machine(b, x)
			}
		}, w.allIndexed), "ratio")
	}
}

// BenchmarkG6 asks every row about what no column can tell.
func BenchmarkG6(b *testing.B) {
	w := newWorld(b, 100_000, 0)
	var compiled []*expression
	for _, source := range []string{
		`count(measure.entities, # contains "bank") >= 2`,
		`any(measure.against, # == measure.by)`,
		`measure.rate + measure.review_days > 60`,
		`measure.id endsWith "7" and lower(measure.title) contains lower(measure.by) or upper(measure.by) == measure.by`,
		`measure.until < measure.effective or days_until(measure.until) - days_since(measure.since) > 400`,
	} {
		x, faults := compile(source, EachMeasure, plainly)
		if len(faults) > 0 {
			b.Fatal(faults[0].message)
		}
		compiled = append(compiled, x)
		w.found = append(w.found, w.index.Add(x.node, nil))
	}
	asked := func(c *index.Condition[measureView]) []*measureView {
		w.hits = w.hits[:0]
		for _, v := range w.views {
			if held, _ := c.Holds(v); held {
				w.hits = append(w.hits, v)
			}
		}
		return w.hits
	}
	for i, x := range compiled {
		if found := idsOf(asked(w.found[i])); len(found) == 0 || !slices.Equal(found, idsOf(w.machine(b, x))) {
			b.Fatalf("%s: the sides differ, or nothing is found (%d)", x.source, len(found))
		}
	}
	for b.Loop() {
		b.ReportMetric(race(func() {
			for _, x := range compiled {
				w.machine(b, x)
			}
		}, func() {
			for _, c := range w.found {
				asked(c)
			}
		}), "ratio")
	}
}

// BenchmarkG7 lets one measure change to and fro.
func BenchmarkG7(b *testing.B) {
	w := newWorld(b, 100_000, 1000)
	var kept []int
	all := func() {
		kept = kept[:0]
		for _, c := range w.found {
			n := 0
			_ = c.Each(func(*measureView) error { n++; return nil })
			kept = append(kept, n)
		}
	}
	all()
	place := 0
	change := func() {
		place = (place + 7919) % len(w.views)
		w.views[place], w.views[0] = w.views[0], w.views[place]
		w.rows[place], w.rows[0] = w.rows[0], w.rows[place]
		w.index.Move(sceneClock{w.scene}, []index.Change[measureView]{{Slot: place, Row: w.views[place]}})
	}
	for range 20 {
		change()
	}
	w.index.Move(sceneClock{w.scene}, []index.Change[measureView]{{Slot: 0, Row: w.views[0]}})
	all()
	w.check(b, 0)
	for i := range w.found {
		if n := len(w.native(i)); n != kept[i] {
			b.Fatalf("%s: after changes %d are kept, there are %d", w.templates[i].Expr, kept[i], n)
		}
	}
	for b.Loop() {
		b.ReportMetric(race(w.allIndexed, change), "ratio")
	}
}

// BenchmarkG8 asks 100,000 conditions about one measure that changed.
func BenchmarkG8(b *testing.B) {
	w := newWorld(b, 2000, 0)
	for _, t := range rulestest.Rules(100_000, 1) {
		w.found = append(w.found, w.index.Add(treeOf(b, t.Expr), nil))
	}
	place := 0
	asked := func() (n int) {
		for _, c := range w.found {
			if held, _ := c.Holds(w.views[place]); held {
				n++
			}
		}
		return n
	}
	filed := func() int {
		held := map[*index.Condition[measureView]]bool{}
		for c := range w.index.Holding(w.views[place]) {
			held[c] = true
		}
		return len(held)
	}
	for range 50 {
		place = (place + 37) % len(w.views)
		if n, m := asked(), filed(); n != m || n == 0 {
			b.Fatalf("%s: %d conditions hold, of those that are filed %d", w.views[place].ID, n, m)
		}
	}
	next := func(run func() int) func() {
		return func() { place = (place + 37) % len(w.views); run() }
	}
	for b.Loop() {
		b.ReportMetric(race(next(asked), next(filed)), "ratio")
	}
}

// BenchmarkG9 reports how often a run of the index allocates on average; and how much, in KB/run.
func BenchmarkG9(b *testing.B) {
	w := newWorld(b, 100_000, 1000)
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for _, c := range w.found {
			_ = c.Find(func(*measureView) error { return nil })
		}
		runtime.ReadMemStats(&after)
		runs := float64(len(w.found))
		b.ReportMetric(float64(after.Mallocs-before.Mallocs)/runs, "ratio")
		b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/runs/1024, "KB/run")
	}
}

// BenchmarkG10 weighs the index, with the columns for 1,000 rules, against its rows.
func BenchmarkG10(b *testing.B) {
	f := foldedOf(b, 100_000)
	s, sc := f.scene.snapshot, f.scene
	for b.Loop() {
		empty := heapInUse()
		views := make([]*measureView, len(s.Measures))
		for i := range views {
			views[i] = sc.look(s.Measures[i])
		}
		rows := heapInUse() - empty
		x := index.New(measureColumns(time.UTC), sceneClock{sc})
		x.Move(sceneClock{sc}, changesTo(views))
		for _, t := range rulestest.Rules(1000, 1) {
			_ = x.Add(treeOf(b, t.Expr), nil).Find(func(*measureView) error { return nil })
		}
		weighed := heapInUse() - empty - rows
		b.ReportMetric(float64(weighed)/float64(rows), "ratio")
		b.ReportMetric(float64(weighed)/float64(len(views)), "B/row")
		runtime.KeepAlive(x)
		runtime.KeepAlive(views)
	}
}

func heapInUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
