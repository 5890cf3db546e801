package rules

import (
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr/vm"

	"derisk/rules/index"
)

// finder finds the measures of which conditions hold, by an index over their
// views. It belongs to one goroutine.
type finder struct {
	index      *index.Index[measureView]
	scene      *scene // that the index is at
	conditions map[string]*index.Condition[measureView]
	large      map[int]*measureView // by slot; see [isLarge]
}

// finder is the one of the scene's folds, brought to the scene.
func (s *scene) finder() *finder {
	f := s.folds.finder
	if f == nil {
		f = &finder{
			index:      index.New(measureColumns(s.zone), sceneClock{s}),
			conditions: map[string]*index.Condition[measureView]{},
			large:      map[int]*measureView{},
		}
		s.folds.finder = f
	}
	if f.scene != s {
		f.bring(s)
	}
	return f
}

// bring takes the index to a scene. A measure without a status has no row.
func (f *finder) bring(s *scene) {
	back := f.scene == nil || s.at.Before(f.scene.at)
	f.scene = s
	var changes []index.Change[measureView]
	for _, i := range s.folds.due(s.at, back) {
		v, slot := s.view(i), s.folds.list[i].slot
		s.folds.await(i)
		delete(f.large, slot)
		if v.large && v.Status != "" {
			f.large[slot] = v
		}
		if v.Status == "" {
			v = nil
		}
		changes = append(changes, index.Change[measureView]{Slot: slot, Row: v})
	}
	f.index.Move(sceneClock{s}, changes)
}

// largest lists the large measures, by id.
func (f *finder) largest() []*measureView {
	return slices.SortedFunc(maps.Values(f.large), func(a, b *measureView) int { return strings.Compare(a.ID, b.ID) })
}

// condition is an expression made ready for the index; equal ones share it.
func (f *finder) condition(x *expression) *index.Condition[measureView] {
	c := f.conditions[x.source]
	if c == nil {
		machine := new(vm.VM)
		c = f.index.Add(x.node, func(v *measureView) (bool, error) {
			env := f.scene.scope()
			env.Measure = v
			return x.holds(machine, env)
		})
		f.conditions[x.source] = c
	}
	return c
}

// forget drops the conditions.
func (f *finder) forget() {
	f.index.Forget()
	clear(f.conditions)
}
