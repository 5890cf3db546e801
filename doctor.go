package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"derisk/db"
	"derisk/tracker"
)

type doctorCommand struct {
	Alive bool `help:"Only look whether derisk run is alive, and say nothing if so. For health checks."`
}

// finding is one thing that doctor looked at.
type finding struct {
	Of    string `json:"of"`
	Good  bool   `json:"good"`
	Words string `json:"words"`
}

// Run looks at the database, the files, the rules and the deliveries. Exit 1 where something is wrong.
func (c *doctorCommand) Run(ctx context.Context, a *app) error {
	store, err := a.open(ctx)
	if err != nil {
		return err
	}
	if c.Alive {
		return a.alive(ctx, store)
	}
	good := true
	for _, look := range []func(context.Context, *db.DB) []finding{
		a.lookAtDatabase, a.lookAtFiles, a.lookAtRules, a.lookAtDeliveries, a.lookAtRun,
	} {
		for _, f := range look(ctx, store) {
			good = good && f.Good
			a.tellFinding(f)
		}
	}
	return answered(good)
}

// alive says nothing where derisk run has shown lately that it lives.
func (a *app) alive(ctx context.Context, store *db.DB) error {
	seen, err := store.Setting(ctx, aliveSetting)
	if err == nil && seen == "" {
		return errors.New("derisk run is not running on this database")
	}
	if f := a.lookAtRun(ctx, store)[0]; !f.Good {
		return errors.New(f.Words)
	}
	return err
}

func (a *app) tellFinding(f finding) {
	switch {
	case a.JSON:
		a.line(f)
	case f.Good:
		fmt.Fprintf(a.out, "ok     %-13s %s\n", f.Of, f.Words)
	default:
		fmt.Fprintf(a.out, "WRONG  %-13s %s\n", f.Of, f.Words)
	}
}

// judged is a finding that is good where err is nil.
func judged(of string, err error, words string) finding {
	if err != nil {
		return finding{Of: of, Words: err.Error()}
	}
	return finding{Of: of, Good: true, Words: words}
}

func (a *app) lookAtDatabase(ctx context.Context, store *db.DB) []finding {
	return []finding{judged("database", store.Check(ctx), store.Path())}
}

// lookAtFiles reads the files without recording anything.
func (a *app) lookAtFiles(context.Context, *db.DB) []finding {
	var found []finding
	for _, layer := range a.measureLayers() {
		_, err := layer.read()
		found = append(found, judged("measures", err, layer.from))
	}
	set, from, err := a.load("")
	if err != nil {
		return append(found, judged("rules", err, from))
	}
	for _, fault := range set.Faults {
		found = append(found, finding{Of: "rules", Words: from + "/" + fault.Headline()})
	}
	found = append(found, finding{Of: "rules", Good: true, Words: fmt.Sprintf("%s: %d good", from, len(set.Rules))})
	if lints, err := a.lint(set); err == nil { // a fault of the measures is told above
		found = append(found, finding{Of: "lints", Good: true, Words: fmt.Sprintf("%d; derisk rules check shows them", len(lints))})
	}
	return found
}

func (a *app) lookAtRules(ctx context.Context, store *db.DB) []finding {
	failures, err := store.Failures(ctx)
	if err != nil || len(failures) == 0 {
		return []finding{judged("ticks", err, "no rule fails")}
	}
	var found []finding
	for _, f := range failures {
		found = append(found, finding{Of: "ticks", Words: fmt.Sprintf("rule %s fails since %s: %s", f.Rule, f.Tick.Format(time.RFC3339), f.Why)})
	}
	return found
}

// failedFor is how long a delivery that failed is told.
const failedFor = 7 * 24 * time.Hour

func (a *app) lookAtDeliveries(ctx context.Context, store *db.DB) []finding {
	failed, err := store.Deliveries(ctx, db.DeliveryQuery{Failed: true, Limit: 20})
	if err != nil {
		return []finding{judged("deliveries", err, "")}
	}
	var found []finding
	for _, d := range failed {
		if time.Since(d.Fired.At) > failedFor {
			continue
		}
		found = append(found, finding{Of: "deliveries", Words: fmt.Sprintf("%s to channel %s: %s %s", d.Firing, d.For.Channel, d.Cause, d.LastWhy)})
	}
	subscriptions, err := store.Subscriptions(ctx, "")
	for _, s := range subscriptions {
		if s.Paused != "" {
			found = append(found, finding{Of: "subscriptions", Words: fmt.Sprintf("%s in channel %s is paused: %s", s.ID, s.Channel, s.Paused)})
		}
	}
	if len(found) == 0 {
		found = []finding{judged("deliveries", err, "none failed; "+tracker.Count(len(subscriptions), "subscription", "subscriptions"))}
	}
	return found
}

// lookAtRun says when a running derisk last showed that it lives.
func (a *app) lookAtRun(ctx context.Context, store *db.DB) []finding {
	seen, err := store.Setting(ctx, aliveSetting)
	if err != nil || seen == "" {
		return []finding{judged("run", err, "not running")}
	}
	at, err := time.Parse(time.RFC3339, seen)
	if err == nil && time.Since(at) > 3*aliveEvery {
		err = fmt.Errorf("derisk run was last alive at %s: it hangs, or was killed; start it again", seen)
	}
	return []finding{judged("run", err, "alive at "+seen)}
}
