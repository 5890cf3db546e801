package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/expr-lang/expr/vm"

	"derisk/tracker"
)

// MaxFirings is how many firings one tick of one rule may have. A rule that
// finds more counts as failed: it would flood every channel.
const MaxFirings = 10_000

// lateRecording is how long after its publication an event or article that is
// recorded late is still new.
const lateRecording = 7 * 24 * time.Hour

// Evaluate runs one rule at one tick over what was known then. It does no I/O
// and has no clock. A rule that cannot be evaluated gives the error and an
// outcome that says why in Failed, and leaves its state as it was.
func Evaluate(r *Rule, s *tracker.Snapshot, tick Tick, was tracker.RuleState) (tracker.Outcome, error) {
	return evaluate(r, newScene(s, tick.At, tick.Live, r.Zone, nil), tick.Prev, was)
}

// evaluate is [Evaluate] over a scene that other rules may share.
func evaluate(r *Rule, sc *scene, prev time.Time, was tracker.RuleState) (tracker.Outcome, error) {
	e := evaluation{
		rule: r, scene: sc, prev: prev, machine: new(vm.VM), was: was,
		anew: was.Form != "" && was.Form != r.Form(),
		out:  tracker.Outcome{Rule: r.Name, Tick: sc.at, Form: r.Form()},
		now:  map[string]tracker.Active{},
		keys: map[string]bool{},
	}
	if err := e.run(); err != nil {
		return tracker.Outcome{Rule: r.Name, Tick: sc.at, Form: r.Form(), Failed: err.Error()}, fmt.Errorf("rule %s: %w", r.Name, err)
	}
	return e.out, nil
}

// evaluation is one rule at one tick.
type evaluation struct {
	rule    *Rule
	scene   *scene
	prev    time.Time
	machine *vm.VM
	was     tracker.RuleState
	anew    bool // the rule's form changed: what holds already does not fire
	out     tracker.Outcome
	now     map[string]tracker.Active // by subject
	keys    map[string]bool           // subject and key of this tick's once firings
}

func (e *evaluation) run() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	if err := e.eachMatch(e.consider); err != nil {
		return err
	}
	if err := e.resolve(); err != nil {
		return err
	}
	e.out.Active = slices.SortedFunc(maps.Values(e.now), func(a, b tracker.Active) int { return cmp.Compare(a.Subject, b.Subject) })
	sortFirings(e.out.Firings)
	return nil
}

func sortFirings(firings []tracker.Firing) {
	slices.SortFunc(firings, func(a, b tracker.Firing) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key))
	})
}

// consider decides about one subject of which the condition holds.
func (e *evaluation) consider(s subject) error {
	key, err := e.key(s)
	if err != nil {
		return err
	}
	if e.rule.Each.Happens() {
		if e.rule.Once() && !e.fresh(s.id, key) {
			return nil
		}
		return e.fire(s, key, tracker.Began)
	}
	before, active := e.was.Active[s.id]
	switch {
	case e.anew:
		e.now[s.id] = tracker.Active{Subject: s.id, Key: key, Since: e.scene.at, Last: e.scene.at, Silent: true}
		return nil
	case e.rule.Once():
		return e.considerOnce(s, key, before, active)
	case !active:
		e.now[s.id] = tracker.Active{Subject: s.id, Key: key, Since: e.scene.at, Last: e.scene.at}
		return e.fire(s, key, tracker.Began)
	case e.repeats(before):
		before.Last = e.scene.at
		e.now[s.id] = before
		return e.fire(s, key, tracker.Began)
	}
	e.now[s.id] = before
	return nil
}

// considerOnce fires for a key that never fired before. A subject whose key
// has fired already is active in silence, so its end is not told twice.
func (e *evaluation) considerOnce(s subject, key string, before tracker.Active, active bool) error {
	if active && before.Key == key {
		e.now[s.id] = before
		return nil
	}
	now := tracker.Active{Subject: s.id, Key: key, Since: e.scene.at, Last: e.scene.at}
	if active {
		now.Since = before.Since
	}
	if !e.fresh(s.id, key) {
		now.Silent = true
		if active {
			now = before
		}
		e.now[s.id] = now
		return nil
	}
	e.now[s.id] = now
	return e.fire(s, key, tracker.Began)
}

func (e *evaluation) repeats(a tracker.Active) bool {
	if e.rule.Repeat == (Repeat{}) || a.Silent {
		return false
	}
	return !e.scene.at.Before(e.rule.Repeat.After(a.Last, e.rule.Zone))
}

// key is the value of the once list, or for an edge the tick.
func (e *evaluation) key(s subject) (string, error) {
	if !e.rule.Once() {
		return e.scene.at.UTC().Format(time.RFC3339), nil
	}
	values := make([]any, len(e.rule.once))
	for i, x := range e.rule.once {
		v, err := x.run(e.machine, s.scope)
		if err != nil {
			return "", err
		}
		values[i] = v
	}
	return keyOf(values), nil
}

// fresh says that a once key never fired, and takes note that it does now.
func (e *evaluation) fresh(id, key string) bool {
	k := id + "\n" + key
	if e.was.Fired[k] || e.keys[k] {
		return false
	}
	e.keys[k] = true
	return true
}

// resolve tells what has ended, where the rule wants that.
func (e *evaluation) resolve() error {
	if !e.rule.Resolve || e.anew {
		return nil
	}
	for id, before := range e.was.Active {
		if _, still := e.now[id]; still || before.Silent {
			continue
		}
		if err := e.fire(e.subject(id), before.Key, tracker.Resolved); err != nil {
			return err
		}
	}
	return nil
}

var errFlood = fmt.Errorf("more than %d firings at one tick: narrow the condition", MaxFirings)

func (e *evaluation) fire(s subject, key string, kind tracker.FiringKind) error {
	if len(e.out.Firings) == MaxFirings {
		return errFlood
	}
	message, err := e.message(s, kind)
	if err != nil {
		return err
	}
	f := tracker.Firing{
		ID: tracker.FiringID(e.rule.Name, s.id, key, kind), At: e.scene.at, Rule: e.rule.Name, Subject: s.id, Key: key, Kind: kind,
		Severity: e.rule.Severity, Labels: e.rule.Labels, Message: message, Owner: s.owner,
		Digest: e.rule.digest, Revision: e.rule.revision, Facts: e.facts(s),
	}
	s.concern(&f)
	e.out.Firings = append(e.out.Firings, f)
	return nil
}

func (e *evaluation) message(s subject, kind tracker.FiringKind) (tracker.Text, error) {
	if kind == tracker.Resolved {
		return tracker.Text{
			EN: fmt.Sprintf("%s: no longer so (rule %s).", s.title.In("en"), e.rule.Name),
			ZH: fmt.Sprintf("%s：已不再符合（规则 %s）。", s.title.In("zh"), e.rule.Name),
		}, nil
	}
	return e.rule.message(e.machine, s.scope)
}
