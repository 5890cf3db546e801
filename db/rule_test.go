package db

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"derisk/tracker"
	"golang.org/x/sync/errgroup"
)

func state(t testing.TB, d *DB, rule string) tracker.RuleState {
	t.Helper()
	s, err := d.RuleState(t.Context(), rule)
	must(t, err)
	return s
}

func TestCommitKeepsWhatIsActiveAndFired(t *testing.T) {
	d := fresh(t)
	if s := state(t, d, "r"); !s.Tick.IsZero() || len(s.Active)+len(s.Fired) > 0 {
		t.Errorf("before its first tick a rule remembers %+v", s)
	}
	first := outcome("r", noon, 3)
	must(t, d.Commit(t.Context(), first, noon))
	next := tracker.Outcome{Rule: "r", Tick: noon.Add(time.Hour), Form: "other", Active: []tracker.Active{
		first.Active[0], // as it was
		{Subject: "m1", Key: "again", Since: noon, Last: noon.Add(time.Hour)},
		{Subject: "m9", Key: "new", Since: noon.Add(time.Hour), Last: noon.Add(time.Hour), Silent: true},
	}}
	must(t, d.Commit(t.Context(), next, noon))
	want := tracker.RuleState{Tick: next.Tick, Form: "other", Active: map[string]tracker.Active{}, Fired: map[string]bool{}}
	for _, a := range next.Active {
		want.Active[a.Subject] = a
	}
	for _, f := range first.Firings {
		want.Fired[f.Subject+"\n"+f.Key] = true
	}
	if got := state(t, d, "r"); !reflect.DeepEqual(got, want) {
		t.Errorf("it remembers\n%+v, want\n%+v", got, want)
	}
}

func TestATickIsStoredOnce(t *testing.T) {
	d := fresh(t)
	others := []*DB{d, openAt(t, d.Path()), openAt(t, d.Path())}
	var stored atomic.Int32
	var g errgroup.Group
	for _, o := range others {
		g.Go(func() error {
			for i := range 20 {
				tick := noon.Add(time.Duration(i) * time.Minute)
				err := o.Commit(t.Context(), outcome("r", tick, 1), tick)
				if err == nil {
					stored.Add(1)
				} else if !errors.Is(err, ErrStored) {
					return err
				}
			}
			return nil
		})
	}
	must(t, g.Wait())
	fired, err := d.Firings(t.Context(), time.Time{}, 0)
	must(t, err)
	if int(stored.Load()) != len(fired) || len(fired) == 0 {
		t.Errorf("%d ticks were stored, %d fired", stored.Load(), len(fired))
	}
	refused(t, d.Commit(t.Context(), outcome("r", noon, 9), noon), ErrStored)
	if again, _ := d.Firings(t.Context(), time.Time{}, 0); len(again) != len(fired) {
		t.Error("a tick that was refused fired")
	}
}

func TestAFiringIsStoredOnce(t *testing.T) {
	d := fresh(t)
	subscribed(t, d, everything("c"))
	o := outcome("r", noon, 2)
	must(t, d.Commit(t.Context(), o, noon))
	o.Tick = noon.Add(time.Hour)
	must(t, d.Commit(t.Context(), o, noon))
	same(t, "deliveries", states(t, d), []string{"m0 s1 waiting match", "m1 s1 waiting match"})
}

func TestFailure(t *testing.T) {
	d := fresh(t)
	must(t, d.Commit(t.Context(), outcome("r", noon, 1), noon))
	before := state(t, d, "r")
	for i := range 3 {
		failed := tracker.Outcome{Rule: "r", Tick: noon.Add(time.Duration(1+i) * time.Hour), Failed: "too slow"}
		must(t, d.Commit(t.Context(), failed, noon))
		refused(t, d.Commit(t.Context(), failed, noon), ErrStored)
	}
	must(t, d.Commit(t.Context(), tracker.Outcome{Rule: "new", Tick: noon, Failed: "no such field"}, noon))
	before.Failed = "too slow"
	if after := state(t, d, "r"); !reflect.DeepEqual(after, before) {
		t.Errorf("a failure changed the state to %+v", after)
	}
	got, err := d.Failures(t.Context())
	must(t, err)
	want := []Failure{{"new", noon, "no such field", 1}, {"r", noon.Add(3 * time.Hour), "too slow", 3}}
	if !slices.Equal(got, want) {
		t.Errorf("failures are %+v, want %+v", got, want)
	}
	must(t, d.Commit(t.Context(), outcome("r", noon.Add(3*time.Hour), 0), noon))
	if got, _ := d.Failures(t.Context()); len(got) != 1 {
		t.Errorf("after it went well failures are %+v", got)
	}
}

func TestMoveAndForget(t *testing.T) {
	d := fresh(t)
	for _, rule := range []string{"old", "gone", "other"} {
		must(t, d.Commit(t.Context(), outcome(rule, noon, 1), noon))
	}
	old := state(t, d, "old")
	must(t, d.MoveRule(t.Context(), "old", "new"))
	must(t, d.MoveRule(t.Context(), "old", "new"))   // the file still says so at the next start
	must(t, d.MoveRule(t.Context(), "other", "new")) // new has a state of its own
	if got := state(t, d, "new"); !reflect.DeepEqual(got, old) {
		t.Errorf("moved, it remembers %+v, want %+v", got, old)
	}
	must(t, d.ForgetRules(t.Context(), []string{"new", "other"}))
	for rule, want := range maps.All(map[string]int{"old": 0, "gone": 0, "new": 1, "other": 1}) {
		if s := state(t, d, rule); len(s.Active) != want || len(s.Fired) != want || s.Tick.IsZero() != (want == 0) {
			t.Errorf("%s remembers %+v", rule, s)
		}
	}
	must(t, d.ForgetRules(t.Context(), nil))
	if s := state(t, d, "new"); !s.Tick.IsZero() {
		t.Errorf("forgotten, it remembers %+v", s)
	}
	if all, err := d.Firings(t.Context(), time.Time{}, 0); len(all) != 3 || err != nil {
		t.Errorf("%d firings are left, %v", len(all), err)
	}
}

func TestFirings(t *testing.T) {
	d := fresh(t)
	for i := range 5 {
		tick := noon.Add(time.Duration(i) * time.Hour)
		must(t, d.Commit(t.Context(), outcome("r", tick, 1), tick))
	}
	for _, c := range []struct {
		since time.Time
		limit int
		want  []int
	}{
		{time.Time{}, 0, []int{0, 1, 2, 3, 4}},
		{noon.Add(3 * time.Hour), 0, []int{3, 4}},
		{noon.Add(time.Hour), 2, []int{3, 4}},
	} {
		got, err := d.Firings(t.Context(), c.since, c.limit)
		must(t, err)
		var hours []int
		for _, f := range got {
			hours = append(hours, int(f.At.Sub(noon).Hours()))
		}
		if !slices.Equal(hours, c.want) {
			t.Errorf("since %s, %d at most: %v", c.since, c.limit, hours)
		}
	}
}
