package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/vm"
)

// trial follows one rule through time, as [evaluation] decides, but without messages.
type trial struct {
	rule     *Rule
	machine  *vm.VM
	steady   *expression // what of the condition does not read the clock; nil: nothing
	turns    *turns      // when the rest can change; nil: at any tick
	stillKey bool        // the key does not read the clock
	asked    int
	held     int
	subjects int
	firings  []uint64
	seen     []memory // by place
	fired    map[string]bool
	failed   bool
}

// memory is what a trial knows of a subject.
type memory struct {
	form  int // for which all here holds; 0: never met
	until int // the day on which held can change, if the form does not
	keyed int // form of which the key fired
	held  bool
	tick  int       // the latest at which it held
	last  time.Time // of the latest firing
}

// looked is one subject at one tick.
type looked struct {
	subject
	place, form, day, tick int
	at                     time.Time
	first                  bool // tick of all
}

func newTrial(r *Rule) *trial {
	t := &trial{rule: r, machine: new(vm.VM), fired: map[string]bool{}, turns: turnsOf(r.when)}
	t.stillKey = !slices.ContainsFunc(r.once, func(x *expression) bool { return countsDays(x.node) || readsNow(x.node) })
	var steady []string
	for _, c := range claims(r.when.node, false) {
		if countsDays(c.node) || readsNow(c.node) {
			continue
		}
		words := "(" + c.node.String() + ")"
		if c.negated {
			words = "not " + words
		}
		steady = append(steady, words)
	}
	if len(steady) > 0 {
		t.steady, _ = compile(strings.Join(steady, " and "), r.Each, plainly) // parts of what was admitted are admitted
	}
	return t
}

// look looks at a subject at a tick. At the first tick all that holds fires,
// which tells nothing.
func (t *trial) look(s looked) {
	if t.failed {
		return
	}
	if n := s.place + 1 - len(t.seen); n > 0 {
		t.seen = append(t.seen, make([]memory, n)...)
	}
	seen := &t.seen[s.place]
	t.asked++
	if seen.form == 0 {
		t.subjects++
	}
	if seen.form != s.form || s.day >= seen.until {
		if err := t.evaluate(s, seen); err != nil {
			t.failed = true
			return
		}
	}
	if !seen.held {
		return
	}
	t.held++
	fires, err := t.fires(s, seen)
	if err != nil {
		t.failed = true
		return
	}
	seen.tick = s.tick
	if fires && (!s.first || t.rule.Each.Happens()) {
		t.firings = append(t.firings, uint64(s.day)<<32|uint64(s.place))
	}
}

// evaluate looks whether the condition holds, and until when it must be so.
func (t *trial) evaluate(s looked, seen *memory) (err error) {
	if s.scope.large() {
		if err := t.rule.afford(s.subject); err != nil {
			return err
		}
	}
	isNew := seen.form != s.form
	seen.form = s.form
	if t.steady != nil && isNew {
		seen.until = never
		if seen.held, err = t.steady.holds(t.machine, s.scope); err != nil || !seen.held {
			return err
		}
	}
	if seen.held, err = t.rule.when.holds(t.machine, s.scope); err != nil {
		return err
	}
	seen.until, err = t.turns.after(s.day, t.machine, s.scope)
	return err
}

// fires says whether the rule fires for a subject for which it holds.
func (t *trial) fires(s looked, seen *memory) (bool, error) {
	switch {
	case t.rule.Once():
		return t.isFresh(s, seen)
	case t.rule.Each.Happens():
		return true, nil
	case seen.tick == s.tick-1 && seen.tick > 0 && (t.rule.Repeat == (Repeat{}) || s.at.Before(t.rule.Repeat.After(seen.last, t.rule.Zone))):
		return false, nil
	}
	seen.last = s.at
	return true, nil
}

// isFresh says that the once key never fired, and takes note that it does now.
func (t *trial) isFresh(s looked, seen *memory) (bool, error) {
	if t.stillKey && seen.keyed == s.form {
		return false, nil // the key of the tick before
	}
	e := evaluation{rule: t.rule, machine: t.machine}
	key, err := e.key(s.subject)
	if err != nil {
		return false, err
	}
	seen.keyed = s.form
	k := s.id + "\n" + key
	fresh := !t.fired[k]
	t.fired[k] = true
	return fresh, nil
}

// history is what the trial saw.
func (t *trial) history(l *rulesLane) *history {
	return &history{rule: t.rule, from: l.from, to: l.to, asked: t.asked, held: t.held, subjects: t.subjects, firings: t.firings, failed: t.failed}
}
