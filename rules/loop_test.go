package rules

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"derisk/tracker"
)

// book is a ledger in memory, which holds what a database promises.
type book struct {
	mu     sync.Mutex
	states map[string]tracker.RuleState
	told   []string
	late   int
	fails  int   // commits to refuse before any is taken
	err    error // what they are refused with
	failed []string

	adopted map[string]tracker.RuleVersion // by rule, until it is forgotten
}

func newBook() *book {
	return &book{states: map[string]tracker.RuleState{}, adopted: map[string]tracker.RuleVersion{}}
}

func (b *book) RuleState(_ context.Context, rule string) (tracker.RuleState, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.states[rule], nil
}

func (b *book) Commit(_ context.Context, o tracker.Outcome, at time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fails > 0 {
		b.fails--
		return b.err
	}
	if !o.Tick.After(b.states[o.Rule].Tick) {
		return errors.New("stored already")
	}
	if o.Failed != "" {
		b.failed = append(b.failed, o.Rule)
		state := b.states[o.Rule]
		state.Failed = o.Failed
		b.states[o.Rule] = state
		return nil
	}
	b.states[o.Rule] = After(b.states[o.Rule], o)
	for _, f := range o.Firings {
		b.told = append(b.told, fmt.Sprintf("%s %s %s %s", f.At.UTC().Format("01-02T15"), f.Rule, f.Kind, f.Subject))
		if !f.Late.IsZero() {
			b.late++
		}
	}
	return nil
}

func (b *book) AdoptRules(_ context.Context, versions []tracker.RuleVersion, _ time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, v := range versions {
		b.adopted[v.Rule] = v
	}
	return nil
}

// running lists the versions that were last adopted.
func (b *book) running() []tracker.RuleVersion {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Values(b.adopted))
}

func (b *book) MoveRule(_ context.Context, was, now string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s, ok := b.states[was]; ok && b.states[now].Tick.IsZero() {
		b.states[now] = s
		delete(b.states, was)
	}
	return nil
}

func (b *book) ForgetRules(_ context.Context, keep []string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name := range b.states {
		if !slices.Contains(keep, name) {
			delete(b.states, name)
		}
	}
	maps.DeleteFunc(b.adopted, func(name string, _ tracker.RuleVersion) bool { return !slices.Contains(keep, name) })
	return nil
}

func (b *book) lines() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.told, ", ")
}

// fixed is a source of the same facts for ever.
type fixed struct{ facts *tracker.Snapshot }

func (f fixed) Snapshot(context.Context) (*tracker.Snapshot, error) { return f.facts, nil }

func setOf(t testing.TB, files map[string]string) *Set {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	set, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// The bubble's clock begins on 1 January 2000.
func pausedIn2000(id string, on, off string) *tracker.Measure {
	m := paused(id, 0, 0)
	for i := range m.Events {
		m.Events[i].On, m.Events[i].Published = tracker.MustDate("1999-01-01"), tracker.MustDate("1999-01-01")
	}
	s := &m.Events[2]
	s.On, s.Published, s.Until = tracker.MustDate(on), tracker.MustDate(on), tracker.MustDate(off)
	return m
}

const suspendedRule = "when: measure.status == \"suspended\"\nresolve: true"

func inBubble(t *testing.T, test func(t *testing.T, s *tracker.Snapshot)) {
	s := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{pausedIn2000("a", "1999-12-01", "2000-01-03"), pausedIn2000("b", "2000-01-05", "2000-01-20")}})
	synctest.Test(t, func(t *testing.T) { test(t, s) })
}

// running runs a loop until the returned function is called.
func running(t *testing.T, l *Loop) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- l.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestLoopRunsEachTickWhenItIsDue(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		b := newBook()
		stop := running(t, NewLoop(setOf(t, map[string]string{"r.yaml": ruleWith(suspendedRule)}), b, fixed{s}, nil))
		time.Sleep(7 * 24 * time.Hour)
		synctest.Wait()
		stop()
		if got, want := b.lines(), "12-31T09 r firing a, 01-04T09 r resolved a, 01-05T09 r firing b"; got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
		if b.late != 1 {
			t.Errorf("%d late firings", b.late)
		}
	})
}

func TestLoopMakesUpForMissedTicks(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		b, set := newBook(), setOf(t, map[string]string{"r.yaml": ruleWith(suspendedRule), "h.yaml": ruleWith("schedule: \"@hourly\"\nwhen: 1 == 2")})
		if _, err := NewLoop(set, b, fixed{s}, nil).RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(30 * 24 * time.Hour)
		l := NewLoop(set, b, fixed{s}, nil)
		if err := l.adopt(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(l.missed(l.runners["h"], time.Now())); n != MaxMissed {
			t.Errorf("%d ticks of the hourly rule", n)
		}
		fired, err := l.RunDue(t.Context())
		if err != nil || len(fired) != 3 {
			t.Errorf("%v, %v", fired, err)
		}
		if got, want := b.lines(), "12-31T09 r firing a, 01-04T09 r resolved a, 01-05T09 r firing b, 01-21T09 r resolved b"; got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
		if fired, err := l.RunDue(t.Context()); len(fired) > 0 || err != nil {
			t.Errorf("again: %v, %v", fired, err)
		}
	})
}

func TestTwoLoopsOnOneLedgerTellOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		b, set := newBook(), setOf(t, map[string]string{"r.yaml": ruleWith(suspendedRule)})
		first, second := running(t, NewLoop(set, b, fixed{s}, nil)), running(t, NewLoop(set, b, fixed{s}, nil))
		time.Sleep(25 * 24 * time.Hour)
		synctest.Wait()
		first()
		second()
		if got, want := b.lines(), "12-31T09 r firing a, 01-04T09 r resolved a, 01-05T09 r firing b, 01-21T09 r resolved b"; got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	})
}

func TestLoopTriesAgainWhenTheLedgerRefuses(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		b := newBook()
		b.fails, b.err = 4, errors.New("the disk is full")
		stop := running(t, NewLoop(setOf(t, map[string]string{"r.yaml": ruleWith(suspendedRule)}), b, fixed{s}, nil))
		time.Sleep(time.Minute)
		synctest.Wait()
		stop()
		if got := b.lines(); got != "12-31T09 r firing a" {
			t.Error(got)
		}
	})
}

func TestLoopWaitsWhereTheClockWasSetBack(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		b := newBook()
		ahead := time.Now().AddDate(0, 0, 2).Add(9 * time.Hour) // stored before the clock was set back
		b.states["r"] = tracker.RuleState{Tick: ahead, Form: mustParse(t, suspendedRule).Form(), Active: map[string]tracker.Active{"a": {Subject: "a", Key: "k"}}}
		stop := running(t, NewLoop(setOf(t, map[string]string{"r.yaml": ruleWith(suspendedRule)}), b, fixed{s}, nil))
		time.Sleep(4*24*time.Hour - time.Hour)
		synctest.Wait()
		stop()
		if got := b.lines(); got != "01-04T09 r resolved a" {
			t.Error(got)
		}
	})
}

func TestReplacingRulesWhileTheyRun(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		b := newBook()
		good := setOf(t, map[string]string{"r.yaml": ruleWith(suspendedRule)})
		l := NewLoop(good, b, fixed{s}, nil)
		stop := running(t, l)
		defer stop()
		step := func(set *Set) {
			t.Helper()
			l.Replace(set)
			time.Sleep(time.Hour)
			synctest.Wait()
		}
		time.Sleep(time.Hour)
		broken := setOf(t, map[string]string{"r.yaml": "about: ["}).Merge(good)
		step(broken)
		step(setOf(t, map[string]string{"renamed.yaml": ruleWith(suspendedRule + "\nwas: r")}))
		if _, ok := b.states["r"]; ok || b.states["renamed"].Tick.IsZero() {
			t.Errorf("the state did not move: %v", b.states)
		}
		step(setOf(t, map[string]string{"renamed.yaml": ruleWith(suspendedRule + "\ndraft: true")}))
		if delete(b.states, troubleRule); len(b.states) > 0 {
			t.Errorf("a draft keeps its state: %v", b.states)
		}
		const warned = "12-31T09 r firing a, 01-01T01 derisk.rules-broken firing r, 01-01T02 derisk.rules-broken resolved r"
		if got := b.lines(); got != warned {
			t.Errorf("told again: %s", got)
		}
		step(setOf(t, map[string]string{"renamed.yaml": ruleWith(suspendedRule)}))
		if got := b.lines(); got != warned+", 12-31T09 renamed firing a" {
			t.Errorf("a rule that comes back begins anew: %s", got)
		}
	})
}

func TestAFailingRuleStopsNoOther(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		b, set := newBook(), setOf(t, map[string]string{"bad.yaml": ruleWith(suspendedRule), "good.yaml": ruleWith(suspendedRule)})
		set.Rules[0].when = &expression{source: "broken"}
		stop := running(t, NewLoop(set, b, fixed{s}, nil))
		time.Sleep(4 * 24 * time.Hour)
		synctest.Wait()
		stop()
		if got, want := b.lines(), "12-31T09 good firing a, 01-01T00 derisk.rules-broken firing bad, 01-04T09 good resolved a"; got != want || len(b.failed) != 5 {
			t.Errorf("%s, failed %v", got, b.failed)
		}
	})
}

// An hour at which nothing happens is not worth a write, but it is remembered
// at the end, and what fires is stored at once.
func TestLoopStoresUneventfulTicksNowAndThen(t *testing.T) {
	inBubble(t, func(t *testing.T, s *tracker.Snapshot) {
		b := &counting{book: newBook()}
		rule := strings.Replace(ruleWith("when: measure.id == \"b\" and measure.status == \"suspended\""), `"0 9 * * *"`, `"0 * * * *"`, 1)
		stop := running(t, NewLoop(setOf(t, map[string]string{"r.yaml": rule}), b, fixed{s}, nil))
		time.Sleep(10*24*time.Hour + time.Minute)
		stop()
		if b.told == nil || b.told[0] != "01-05T00 r firing b" {
			t.Errorf("told %v", b.told)
		}
		if want := time.Date(2000, 1, 11, 0, 0, 0, 0, time.UTC); !b.states["r"].Tick.Equal(want) {
			t.Errorf("the ledger ends at %s, want %s", b.states["r"].Tick, want)
		}
		if b.commits < 10 || b.commits > 15 {
			t.Errorf("%d commits for 241 ticks, want about one a day", b.commits)
		}
	})
}

// counting is a book that counts what it was asked to store.
type counting struct {
	*book
	commits int
}

func (c *counting) Commit(ctx context.Context, o tracker.Outcome, at time.Time) error {
	c.commits++
	return c.book.Commit(ctx, o, at)
}

// Somebody who starts derisk at noon sees what holds, although it was recorded
// after nine o'clock; from the second tick on a tick sees what was recorded by then.
func TestFirstTickLooksAtAllThatIsRecorded(t *testing.T) {
	m := pausedIn2000("a", "1999-12-01", "2000-01-20")
	late := pausedIn2000("b", "1999-12-01", "2000-01-20")
	noon := time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC)
	for i := range m.Events {
		m.Events[i].Recorded = noon
		late.Events[i].Recorded = noon.Add(22 * time.Hour) // after the second tick, of 2 January at 09:00
	}
	early := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{m}})
	all := snapshot(t, tracker.Facts{Measures: []*tracker.Measure{m, late}})
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(noon))
		b := newBook()
		set := setOf(t, map[string]string{"r.yaml": ruleWith(suspendedRule)})
		if _, err := NewLoop(set, b, fixed{early}, nil).RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Until(noon.Add(23 * time.Hour)))
		if _, err := NewLoop(set, b, fixed{all}, nil).RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if want := "01-01T09 r firing a"; b.lines() != want {
			t.Errorf("told %q, want %q", b.lines(), want)
		}
	})
}
