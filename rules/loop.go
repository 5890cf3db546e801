package rules

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"derisk/tracker"
)

// Ledger is where the loop keeps what rules remember and what they fired.
type Ledger interface {
	// RuleState is what a rule remembers; the zero state where it has had no tick.
	RuleState(ctx context.Context, rule string) (tracker.RuleState, error)
	// Commit stores an outcome whole, or not at all. One whose tick is not
	// after the stored one is refused.
	Commit(ctx context.Context, o tracker.Outcome, at time.Time) error
	// AdoptRules notes which versions of rules run from now on, and keeps their text.
	AdoptRules(ctx context.Context, versions []tracker.RuleVersion, at time.Time) error
	// MoveRule gives the state of the rule was to the rule now, where now has none.
	MoveRule(ctx context.Context, was, now string) error
	// ForgetRules ends the state of every rule that is not kept.
	ForgetRules(ctx context.Context, keep []string) error
}

// Source is where the loop gets the facts from.
type Source interface {
	Snapshot(ctx context.Context) (*tracker.Snapshot, error)
}

// MaxMissed is how many missed ticks of one rule are made up for: the newest.
const MaxMissed = 400

const (
	lateAfter = time.Minute // a firing evaluated longer than this after it was due says so
	longest   = time.Minute // the longest wait, so that a clock that was set is noticed
	retry     = 5 * time.Second

	// A tick at which nothing fired and nothing changed is not worth a write of
	// its own: evaluated again after a crash it decides the same. So many of
	// them, and for so long, stay in memory at most.
	maxUnsaved  = 24
	longUnsaved = 24 * time.Hour
)

// Loop runs the rules of a set as they come due. Make one with [NewLoop].
type Loop struct {
	ledger  Ledger
	source  Source
	log     *slog.Logger
	scenes  scenes             // owned by the goroutine in Run or RunDue
	set     *Set               // likewise
	runners map[string]*runner // likewise; by rule

	troubled map[string]bool // likewise; rules whose trouble was told, nil: not looked up yet

	mu      sync.Mutex
	pending *Set          // guarded by mu; the set to go on with, or nil
	changed chan struct{} // has room for one: pending was set
}

// runner is one rule that runs live.
type runner struct {
	rule  *Rule
	state tracker.RuleState
	tried time.Time // latest tick evaluated, also one that failed

	saved   time.Time        // latest tick in the ledger
	failed  string           // why the latest tick could not be evaluated
	unsaved int              // ticks since then that decided nothing
	last    *tracker.Outcome // of the latest of those
}

// NewLoop makes a loop over a set's rules, drafts left out. A nil log is silent.
func NewLoop(set *Set, ledger Ledger, source Source, log *slog.Logger) *Loop {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Loop{ledger: ledger, source: source, log: log, pending: set, changed: make(chan struct{}, 1)}
}

// Replace goes on with another set from the next tick on. Rules that stay keep
// their state; the state of those that are gone ends. It may be called from any
// goroutine and does not wait.
func (l *Loop) Replace(set *Set) {
	l.mu.Lock()
	l.pending = set
	l.mu.Unlock()
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// Run evaluates every tick when it comes due, and first those that were missed,
// until ctx ends; it gives nil then. What goes wrong with the ledger or the
// source is logged and tried again.
func (l *Loop) Run(ctx context.Context) error {
	defer func() {
		if err := l.save(context.WithoutCancel(ctx)); err != nil {
			l.log.Warn("the latest ticks could not be stored and will be looked at again", "err", err)
		}
	}()
	for {
		_, err := l.runDue(ctx)
		wait := l.untilNext(time.Now())
		if err != nil && ctx.Err() == nil {
			l.log.Error("rules are not running, trying again", "err", err, "in", retry)
			wait = retry
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-l.changed:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// untilNext is how long to wait for the next tick of any rule.
func (l *Loop) untilNext(now time.Time) time.Duration {
	wait := longest
	for _, r := range l.runners {
		next := r.rule.Schedule.Next(laterOf(r.tried, now))
		if !next.IsZero() {
			wait = min(wait, next.Sub(now))
		}
	}
	return max(wait, 0)
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// RunDue evaluates what is due now and was not yet, in the order in which it
// came due, stores it, and gives what fired. It does not wait.
func (l *Loop) RunDue(ctx context.Context) ([]tracker.Firing, error) {
	fired, err := l.runDue(ctx)
	return fired, cmp.Or(err, l.save(ctx))
}

func (l *Loop) runDue(ctx context.Context) ([]tracker.Firing, error) {
	if err := l.adopt(ctx); err != nil {
		return nil, err
	}
	fired, err := l.runTicks(ctx)
	if err != nil {
		return fired, err
	}
	told, err := l.tellTrouble(ctx)
	return append(fired, told...), err
}

func (l *Loop) runTicks(ctx context.Context) ([]tracker.Firing, error) {
	jobs := l.due(time.Now())
	if len(jobs) == 0 {
		return nil, nil
	}
	snapshot, err := l.source.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now() // all that the snapshot holds was recorded by now
	var fired []tracker.Firing
	for _, j := range jobs {
		if err := ctx.Err(); err != nil {
			return fired, err
		}
		firings, err := l.run(ctx, j, snapshot, now)
		if err != nil {
			return fired, err
		}
		fired = append(fired, firings...)
	}
	return fired, nil
}

// adopt takes over a set that was handed in.
func (l *Loop) adopt(ctx context.Context) error {
	l.mu.Lock()
	set := l.pending
	l.mu.Unlock()
	if set == nil || set == l.set {
		return nil
	}
	runners := map[string]*runner{}
	for _, rule := range set.Rules {
		if rule.Draft {
			continue
		}
		r, err := l.runner(ctx, rule)
		if err != nil {
			return err
		}
		runners[rule.Name] = r
	}
	if err := l.ledger.ForgetRules(ctx, set.remembered()); err != nil {
		return err
	}
	if err := l.ledger.AdoptRules(ctx, l.newVersions(runners), time.Now()); err != nil {
		return err
	}
	l.set, l.runners = set, runners
	l.scenes.forget()
	l.log.Info("rules loaded", "rules", len(runners), "faults", len(set.Faults), "stale", len(set.Stale))
	return nil
}

// newVersions lists the rules that run for the first time, or in another text than before.
func (l *Loop) newVersions(runners map[string]*runner) (versions []tracker.RuleVersion) {
	for name, r := range runners {
		if had := l.runners[name]; had == nil || had.rule.digest != r.rule.digest {
			versions = append(versions, r.rule.Version())
		}
	}
	return versions
}

// remembered lists the rules that have a file and are no drafts, and derisk's
// own. A broken file counts, with the former name that it gives: its rule waits
// to be mended.
func (s *Set) remembered() []string {
	live := slices.DeleteFunc(s.Names(), func(name string) bool {
		r, err := s.Rule(name)
		return err == nil && r.Draft
	})
	return append(append(live, s.awaited...), troubleRule)
}

// runner is a rule with its state: in hand already, or as stored.
func (l *Loop) runner(ctx context.Context, rule *Rule) (*runner, error) {
	if had := l.runners[rule.Name]; had != nil {
		kept := *had
		kept.rule = rule
		return &kept, nil
	}
	if rule.Was != "" {
		if err := l.ledger.MoveRule(ctx, rule.Was, rule.Name); err != nil {
			return nil, err
		}
	}
	state, err := l.ledger.RuleState(ctx, rule.Name)
	if err != nil {
		return nil, err
	}
	return &runner{rule: rule, state: state, tried: state.Tick, saved: state.Tick, failed: state.Failed}, nil
}

// job is one tick of one rule.
type job struct {
	at     time.Time
	runner *runner
}

// due lists the ticks up to now that were not evaluated yet, oldest first. A
// rule that has had none begins with its latest.
func (l *Loop) due(now time.Time) (jobs []job) {
	for _, r := range l.runners {
		for _, at := range l.missed(r, now) {
			jobs = append(jobs, job{at, r})
		}
	}
	slices.SortFunc(jobs, func(a, b job) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.runner.rule.Name, b.runner.rule.Name))
	})
	return jobs
}

func (l *Loop) missed(r *runner, now time.Time) (ticks []time.Time) {
	if r.tried.IsZero() {
		if last := r.rule.Schedule.Last(now); !last.IsZero() {
			ticks = []time.Time{last}
		}
		return ticks
	}
	for at := range r.rule.Schedule.Between(r.tried, now) {
		if len(ticks) == MaxMissed {
			l.log.Warn("too many missed ticks, making up for the newest only", "rule", r.rule.Name, "newest", MaxMissed, "since", r.tried)
			return r.rule.Schedule.newest(now, MaxMissed)
		}
		ticks = append(ticks, at)
	}
	return ticks
}

// newest lists the latest n due times up to t, oldest first.
func (s *Schedule) newest(t time.Time, n int) []time.Time {
	ticks := make([]time.Time, 0, n)
	for at := s.Last(t); !at.IsZero() && len(ticks) < n; at = s.Last(at.Add(-time.Nanosecond)) {
		ticks = append(ticks, at)
	}
	slices.Reverse(ticks)
	return ticks
}

// run evaluates one tick and commits it. A tick that another process stored
// first is left to it. A rule's first tick came due before there was anything to
// evaluate it with, so it looks at all that is recorded by now.
func (l *Loop) run(ctx context.Context, j job, snapshot *tracker.Snapshot, now time.Time) ([]tracker.Firing, error) {
	r := j.runner
	if !j.at.After(r.tried) {
		return nil, nil
	}
	prev, first := r.state.Tick, r.state.Tick.IsZero()
	if first {
		prev = r.rule.Schedule.Last(j.at.Add(-time.Nanosecond))
	}
	out, err := evaluate(r.rule, l.scenes.at(snapshot, j.at, !first, r.rule.Zone), prev, r.state)
	if err != nil {
		l.log.Error("rule failed at a tick", "rule", r.rule.Name, "tick", j.at, "err", err)
	}
	for i := range out.Firings {
		out.Firings[i].First = first
		if now.Sub(j.at) > lateAfter {
			out.Firings[i].Late = now
		}
	}
	if r.idle(out) {
		r.state, r.tried, r.unsaved, r.last = After(r.state, out), j.at, r.unsaved+1, &out
		return nil, nil
	}
	if err := l.ledger.Commit(ctx, out, now); err != nil {
		return nil, l.reload(ctx, r, j.at, out, err)
	}
	r.state, r.tried, r.failed = After(r.state, out), j.at, out.Failed
	r.stored()
	return out.Firings, nil
}

// idle says that a tick decided nothing that could not wait to be stored.
func (r *runner) idle(out tracker.Outcome) bool {
	return out.Failed == "" && r.failed == "" && len(out.Firings) == 0 && out.Form == r.state.Form &&
		r.unsaved < maxUnsaved && out.Tick.Sub(r.saved) < longUnsaved && sameActive(out.Active, r.state.Active)
}

func sameActive(list []tracker.Active, was map[string]tracker.Active) bool {
	return len(list) == len(was) &&
		!slices.ContainsFunc(list, func(a tracker.Active) bool { return was[a.Subject] != a })
}

// stored says that the ledger has the rule's state as it is.
func (r *runner) stored() {
	r.saved, r.unsaved, r.last = r.state.Tick, 0, nil
}

// save stores the latest tick of every rule that is ahead of the ledger. One
// that another process stored meanwhile is left to it.
func (l *Loop) save(ctx context.Context) error {
	for _, r := range l.runners {
		if r.last == nil {
			continue
		}
		if err := l.ledger.Commit(ctx, *r.last, time.Now()); err != nil {
			if err := l.reload(ctx, r, r.last.Tick, *r.last, err); err != nil {
				return err
			}
		}
		r.stored()
	}
	return nil
}

// reload finds out why a tick could not be committed: where it is stored
// already, another process was first, and the rule goes on from its state.
func (l *Loop) reload(ctx context.Context, r *runner, at time.Time, out tracker.Outcome, cause error) error {
	state, err := l.ledger.RuleState(ctx, r.rule.Name)
	if err != nil {
		return cause
	}
	if state.Tick.Before(at) && out.Failed == "" {
		return cause
	}
	r.state, r.tried = state, laterOf(state.Tick, at)
	r.stored()
	return nil
}
