package rules

import (
	"fmt"
	"slices"
	"time"

	"derisk/tracker"
)

// maxCaseTicks is how many due times of its rule a test may run through.
const maxCaseTicks = 2000

// stage is a test made ready: any version of its rule can be played on it. It
// belongs to one goroutine.
type stage struct {
	of     Case
	facts  []*tracker.Snapshot // of each step
	scenes scenes
	watch  func(e *evaluation, told []tracker.Firing) error // sees every tick; may be nil
}

func newStage(c Case, starter *tracker.Snapshot) (*stage, error) {
	facts, err := factsOf(c, starter)
	if err != nil {
		return nil, err
	}
	return &stage{of: c, facts: facts}, nil
}

// playedStep is what came of one step.
type playedStep struct {
	step    Step
	facts   *tracker.Snapshot
	firings []tracker.Firing // at the step
	loose   []tracker.Firing // on the way to it
	was     tracker.RuleState
	faults  []Difference // what makes its outcome void
}

// play runs a rule through the steps. Where a step is void, it is the last.
func (s *stage) play(r *Rule) (list []playedStep) {
	way := way{stage: s, rule: r}
	for i, step := range s.of.steps() {
		p := playedStep{step: step, facts: s.facts[i]}
		if s.of.byTicks() {
			p.faults = notDue(r, step)
		}
		if len(p.faults) == 0 {
			way.walk(&p, i == 0)
		}
		list = append(list, p)
		if len(p.faults) > 0 {
			break
		}
	}
	return list
}

// notDue tells where a step stands at no due time of the schedule.
func notDue(r *Rule, step Step) []Difference {
	next := r.Schedule.Next(step.At.Add(-time.Second))
	if next.Equal(step.At) {
		return nil
	}
	at, after := step.At.In(r.Zone).Format(time.RFC3339), next.Format(time.RFC3339)
	return []Difference{{Line: step.Line, At: step.At, Key: "at", Note: tracker.Text{
		EN: fmt.Sprintf("%s is no due time of the schedule %q: the next one is %s", at, r.Schedule, after),
		ZH: fmt.Sprintf("%s 不是计划 %q 的执行时间：下一次为 %s", at, r.Schedule, after),
	}}}
}

// way is a rule on its way through the steps of a test.
type way struct {
	stage *stage
	rule  *Rule
	prev  time.Time // the latest tick
	was   tracker.RuleState
	ticks int
}

// walk goes to a step: through the due times since the one before, or straight to the first.
func (w *way) walk(p *playedStep, first bool) {
	at, schedule := p.step.At, w.rule.Schedule
	if first {
		w.prev = schedule.Last(at.Add(-time.Second))
		if len(p.step.Resolved) > 0 {
			prev := w.prev
			w.prev = schedule.Last(prev.Add(-time.Second))
			w.tick(p, prev)
		}
	} else {
		for due := range schedule.Between(w.prev, at.Add(-time.Second)) {
			if p.loose = append(p.loose, w.tick(p, due)...); len(p.faults) > 0 {
				return
			}
		}
	}
	if len(p.faults) == 0 {
		p.was = w.was
		p.firings = w.tick(p, at)
	}
}

// tick runs the rule once. What goes wrong makes the step void.
func (w *way) tick(p *playedStep, at time.Time) []tracker.Firing {
	if w.ticks++; w.ticks > maxCaseTicks {
		p.faults = append(p.faults, Difference{Line: p.step.Line, At: p.step.At, Key: "at", Note: tracker.Text{
			EN: fmt.Sprintf("more than %d due times lie between the first step and this one: choose nearer instants", maxCaseTicks),
			ZH: fmt.Sprintf("首个步骤与本步骤之间超过 %d 个执行时间：请选择更近的时间", maxCaseTicks),
		}})
		return nil
	}
	sc := w.stage.scenes.at(p.facts, at, false, w.rule.Zone)
	out, err := evaluate(w.rule, sc, w.prev, w.was)
	if err == nil && w.stage.watch != nil {
		err = w.stage.watch(&evaluation{rule: w.rule, scene: sc, prev: w.prev}, out.Firings)
	}
	if err != nil {
		p.faults = append(p.faults, Difference{Line: p.step.Line, At: at, Key: "when", Note: tracker.Text{EN: err.Error()}})
		return nil
	}
	w.was, w.prev = After(w.was, out), at
	return out.Firings
}

// subjectsOf lists the subjects of the firings of a kind, by name.
func subjectsOf(firings []tracker.Firing, kind tracker.FiringKind) (list []string) {
	for _, f := range firings {
		if f.Kind == kind {
			list = append(list, f.Subject)
		}
	}
	slices.Sort(list)
	return list
}
