package main

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"derisk/bot"
	"derisk/db"
	"derisk/rules"
	"derisk/tracker"
)

// asksRules are the built-in rules over the starter facts and the reviews of two servers.
func asksRules(t *testing.T) (*rulesForBot, *db.DB) {
	t.Helper()
	store, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "derisk.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	facts, err := tracker.ReadFacts(builtInFolder("measures.d"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Import(t.Context(), facts, localUser, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, owner := range []string{"guild:1", "guild:2"} {
		review := tracker.Review{Measure: "cn-mofcom-2025-18", Owner: owner, Name: "of " + owner, Accepted: tracker.MustDate("2026-06-01"), Recorded: time.Now()}
		if _, err := store.AddReview(t.Context(), review, "user:7"); err != nil {
			t.Fatal(err)
		}
	}
	set, err := rules.Load(builtInFolder("rules.d"))
	if err != nil {
		t.Fatal(err)
	}
	return newRulesForBot(store, set), store
}

var october = time.Date(2026, 10, 11, 1, 0, 0, 0, time.UTC)

func TestReviewsOfOthersAreNeitherExplainedNorTried(t *testing.T) {
	r, _ := asksRules(t)
	for owner, want := range map[string]int{"guild:1": 1, "guild:2": 1, "guild:3": 0, "": 0, bot.Everybody: 2} {
		traces, err := r.Explain(t.Context(), bot.RuleQuestion{Rule: "review-due", Owner: owner, Now: october})
		if err != nil || len(traces) != want {
			t.Errorf("%q is told of %d reviews, want %d: %v", owner, len(traces), want, err)
		}
		trial, err := r.Try(t.Context(), bot.TryQuestion{Expression: "review.counted > 0", Each: "review", Owner: owner, Now: october, Zone: time.UTC})
		if err != nil || len(trial.Matches) != want || trial.Of != want {
			t.Errorf("%q tries over %d and finds %d reviews, want %d: %v", owner, trial.Of, len(trial.Matches), want, err)
		}
	}
	_, err := r.Explain(t.Context(), bot.RuleQuestion{Rule: "review-due", Subject: "r2", Owner: "guild:1", Now: october})
	if !errors.Is(err, tracker.ErrNotFound) {
		t.Errorf("somebody else's review is explained: %v", err)
	}
}

func TestExplainTellsWhatFiredAlready(t *testing.T) {
	r, store := asksRules(t)
	ask := bot.RuleQuestion{Rule: "suspension-ending", Subject: "cn-mofcom-2025-58", Now: october}
	explain := func() bot.RuleTrace {
		t.Helper()
		traces, err := r.Explain(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		return traces[0]
	}
	first := explain()
	if l := first.Live; !first.Result || !l.Ran.IsZero() || !l.Fired.IsZero() || !l.Active.IsZero() || !l.Once || l.Edge {
		t.Fatalf("before it ran: %+v", first.Live)
	}
	fire := func(key string, at time.Time) {
		t.Helper()
		f := tracker.Firing{ID: tracker.FiringID(ask.Rule, ask.Subject, key, tracker.Began), At: at, Rule: ask.Rule, Subject: ask.Subject, Key: key, Kind: tracker.Began}
		out := tracker.Outcome{Rule: ask.Rule, Tick: at, Firings: []tracker.Firing{f}, Active: []tracker.Active{{Subject: ask.Subject, Key: key, Since: at, Last: at}}}
		if err := store.Commit(t.Context(), out, at); err != nil {
			t.Fatal(err)
		}
	}
	before := october.AddDate(0, 0, -30)
	fire(`["cn-mofcom-2025-58","2026-11-10",60]`, before)
	if l := explain().Live; !l.Fired.IsZero() || !l.Before.Equal(before) || !l.Ran.Equal(before) {
		t.Errorf("after it fired under another key: %+v", l)
	}
	fire(first.Key, october)
	if l := explain().Live; !l.Fired.Equal(october) || !l.Before.Equal(before) || !l.Active.Equal(october) {
		t.Errorf("after it fired: %+v", l)
	}
}
