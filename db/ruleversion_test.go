package db

import (
	"reflect"
	"testing"
	"testing/fstest"
	"time"

	"derisk/tracker"
)

func ruleText(rule, source string) tracker.RuleVersion {
	return tracker.RuleVersion{Rule: rule, Digest: "of " + source, Source: source, Revision: "abc"}
}

func runningRules(t testing.TB, d *DB) (all []string) {
	t.Helper()
	list, err := d.RunningRules(t.Context())
	must(t, err)
	for _, v := range list {
		all = append(all, v.Rule+" "+v.Source+" "+v.Revision)
	}
	return all
}

func TestRuleVersionsAreKept(t *testing.T) {
	d := fresh(t)
	ctx := t.Context()
	must(t, d.AdoptRules(ctx, []tracker.RuleVersion{ruleText("a", "one"), ruleText("b", "one")}, noon))
	must(t, d.AdoptRules(ctx, []tracker.RuleVersion{ruleText("a", "two")}, noon))
	same(t, "after an edit", runningRules(t, d), []string{"a two abc", "b one abc"})
	if s := state(t, d, "a"); !s.Tick.IsZero() || s.Form != "" {
		t.Errorf("a rule that was adopted and had no tick remembers %+v", s)
	}
	must(t, d.AdoptRules(ctx, []tracker.RuleVersion{ruleText("a", "one")}, noon))
	same(t, "after going back", runningRules(t, d), []string{"a one abc", "b one abc"})

	must(t, d.Commit(ctx, outcome("a", noon, 1), noon))
	must(t, d.AdoptRules(ctx, []tracker.RuleVersion{ruleText("renamed", "one")}, noon)) // it had a file before `was` was written
	must(t, d.MoveRule(ctx, "a", "renamed"))
	if s := state(t, d, "renamed"); !s.Tick.Equal(noon) || len(s.Active) != 1 {
		t.Errorf("the renamed rule remembers %+v", s)
	}
	must(t, d.AdoptRules(ctx, []tracker.RuleVersion{ruleText("renamed", "two")}, noon))
	must(t, d.ForgetRules(ctx, []string{"renamed"}))
	same(t, "after b was removed", runningRules(t, d), []string{"renamed two abc"})
	for _, s := range []string{"UPDATE rule_versions SET source = ''", "DELETE FROM rule_versions"} {
		if _, err := d.writer.Exec(s); err == nil {
			t.Errorf("the file takes %s", s)
		}
	}
}

func TestFiringIsFoundWithItsRule(t *testing.T) {
	d := fresh(t)
	ctx := t.Context()
	must(t, d.AdoptRules(ctx, []tracker.RuleVersion{ruleText("r", "one")}, noon))
	o := outcome("r", noon, 2)
	o.Firings[0].Digest, o.Firings[0].Facts, o.Firings[0].First = "of one", []string{"e1"}, true
	must(t, d.Commit(ctx, o, noon.Add(time.Second)))
	must(t, d.ForgetRules(ctx, nil))
	got, err := d.Firing(ctx, o.Firings[0].ID)
	if want := (Told{o.Firings[0], "one", noon.Add(time.Second)}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("found\n%+v, %v, want\n%+v", got, err, want)
	}
	if got, err := d.Firing(ctx, o.Firings[1].ID); err != nil || got.Source != "" {
		t.Errorf("a firing of before has the rule %q, %v", got.Source, err)
	}
	_, err = d.Firing(ctx, "nowhere")
	refused(t, err, tracker.ErrNotFound, `"nowhere"`, "derisk deliveries")
}

// TestSnapshotAt looks back at each step of a history, and sees what a snapshot showed then.
func TestSnapshotAt(t *testing.T) {
	d, files := starter(t)
	ctx := t.Context()
	hour := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
	r := tracker.Review{Owner: "guild:1", Measure: battery, Name: "order 4711", Accepted: day("2026-03-02")}
	changed := files
	changed.Measures = append([]*tracker.Measure(nil), files.Measures...)
	for i, m := range changed.Measures {
		if m.ID == battery {
			other := *m
			other.Title.EN = "Another title"
			changed.Measures[i] = &other
		}
	}
	var seen []*tracker.Snapshot
	for n, step := range []func(at time.Time) error{
		func(at time.Time) error { return nil },
		func(at time.Time) error { return d.Record(ctx, battery, resumed("back"), "user:7", at) },
		func(at time.Time) (err error) { r.Recorded = at; r, err = d.AddReview(ctx, r, "user:7"); return err },
		func(at time.Time) error {
			return d.StopReview(ctx, r.Owner, r.ID, tracker.Stop{On: day("2026-03-10"), For: "expert-review"}, "user:7", at)
		},
		func(at time.Time) error { return d.ResumeReview(ctx, r.Owner, r.ID, day("2026-03-20"), "user:7", at) },
		func(at time.Time) error { return d.DecideReview(ctx, r.Owner, r.ID, day("2026-04-01"), "user:7", at) },
		func(at time.Time) error { _, err := d.Import(ctx, changed, "local", at); return err },
		func(at time.Time) error {
			_, err := d.AddArticles(ctx, []tracker.Article{{ID: "art1", Title: "News", At: at, Fetched: at}}, "local", at)
			return err
		},
	} {
		must(t, step(hour(n)))
		seen = append(seen, snapshot(t, d))
	}
	for n, then := range seen {
		again, err := d.SnapshotAt(ctx, hour(n).Add(time.Minute))
		must(t, err)
		if !reflect.DeepEqual(again.Facts, then.Facts) {
			t.Errorf("step %d: looked at later, what was recorded differs", n)
		}
	}
	if s := snapshot(t, d); len(s.Articles) != 1 || s.Reviews[0].Decided.IsZero() {
		t.Errorf("the steps did not take place: %+v", s.Reviews)
	}
}

// TestFormerSchemaMigrates opens a file of the first release, with what it held.
func TestFormerSchemaMigrates(t *testing.T) {
	path := newPath(t)
	first := fstest.MapFS{"00001_schema.sql": steps(t)["00001_schema.sql"]}
	if first["00001_schema.sql"] == nil {
		t.Fatal("the first step has another name")
	}
	d, err := open(t.Context(), path, options{migrations: first, lockWait: time.Second})
	must(t, err)
	for _, s := range []string{
		`INSERT INTO facts (kind, id, version, recorded, recorded_by, body) VALUES ('measure', 'm', 1, 1, 'local', '{"id":"m","kind":"tariff","by":"US","zone":"UTC"}')`,
		`INSERT INTO rules (rule, tick, form) VALUES ('r', 7, 'edge')`,
		`INSERT INTO active (rule, subject, key, since, last, silent) VALUES ('r', 'm', 'k', 7, 7, 0)`,
		`INSERT INTO firings (id, at, rule, subject, key, kind, critical, stored, body) VALUES ('f', 7, 'r', 'm', 'k', 'firing', 0, 8, '{"id":"f","rule":"r"}')`,
		`INSERT INTO reviews (n, id, owner, measure, name, accepted, decided, recorded) VALUES (1, 'r1', 'local', 'm', '', '2026-03-02', '2026-04-01', 9)`,
		`INSERT INTO stops (review, n, stopped, resumed, reason) VALUES (1, 0, '2026-03-10', '2026-03-20', 'expert-review')`,
	} {
		_, err := d.writer.Exec(s)
		must(t, err)
	}
	must(t, d.Close())
	d = openAt(t, path)
	must(t, d.Check(t.Context()))
	if s := state(t, d, "r"); !s.Tick.Equal(time.Unix(0, 7)) || s.Form != "edge" || len(s.Active) != 1 {
		t.Errorf("the rule remembers %+v", s)
	}
	same(t, "the versions that run", runningRules(t, d), nil)
	if f, err := d.Firing(t.Context(), "f"); err != nil || f.Rule != "r" || f.Source != "" {
		t.Errorf("the firing is %+v, %v", f, err)
	}
	then, err := d.SnapshotAt(t.Context(), time.Unix(0, 9))
	must(t, err)
	if !reflect.DeepEqual(then.Reviews, snapshot(t, d).Reviews) || then.Reviews[0].Decided.IsZero() || then.Reviews[0].Stops[0].Resumed.IsZero() {
		t.Errorf("the reviews were %+v", then.Reviews)
	}
	must(t, d.AdoptRules(t.Context(), []tracker.RuleVersion{ruleText("r", "one")}, noon))
	same(t, "the versions that run", runningRules(t, d), []string{"r one abc"})
}
