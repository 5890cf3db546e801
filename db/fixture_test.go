package db

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"derisk/tracker"
)

func itoa(n int) string { return strconv.Itoa(n) }

func words[T any](all []T) []string {
	var w []string
	for _, v := range all {
		w = append(w, fmt.Sprint(v))
	}
	return w
}

func sortedNames(m fstest.MapFS) []string { return slices.Sorted(maps.Keys(m)) }

// starter is a database with the starter facts.
func starter(t testing.TB) (*DB, tracker.Facts) {
	t.Helper()
	files, err := tracker.ReadFacts(os.DirFS("../measures.d"))
	must(t, err)
	d := fresh(t)
	_, err = d.Import(t.Context(), files, "local", noon)
	must(t, err)
	return d, files
}

// everything is a subscription of a channel to all firings, in English, at once.
func everything(channel string) tracker.Subscription {
	return tracker.Subscription{Owner: "guild:1", Channel: channel, Lang: "en", Zone: "UTC", Deliver: tracker.AtOnce, By: "user:1", Made: noon}
}

// firing is number n of a rule's firings at a tick.
func firing(rule string, tick time.Time, n int) tracker.Firing {
	f := tracker.Firing{At: tick, Rule: rule, Subject: "m" + itoa(n), Key: tick.Format(time.RFC3339), Kind: tracker.Began,
		Severity: tracker.Warning, Message: tracker.Text{EN: "suspended", ZH: "暂停"}}
	f.ID = f.Rule + "/" + f.Subject + "/" + f.Key
	return f
}

// outcome is a tick at which n subjects fired.
func outcome(rule string, tick time.Time, n int) tracker.Outcome {
	o := tracker.Outcome{Rule: rule, Tick: tick, Form: "edge"}
	for i := range n {
		f := firing(rule, tick, i)
		o.Firings = append(o.Firings, f)
		o.Active = append(o.Active, tracker.Active{Subject: f.Subject, Key: f.Key, Since: tick, Last: tick})
	}
	return o
}

// subscribed adds subscriptions and gives them as stored.
func subscribed(t testing.TB, d *DB, all ...tracker.Subscription) []tracker.Subscription {
	t.Helper()
	for i := range all {
		var err error
		all[i], err = d.AddSubscription(t.Context(), all[i])
		must(t, err)
	}
	return all
}

// due gathers and lists what is due.
func due(t testing.TB, d *DB, now time.Time) []tracker.Post {
	t.Helper()
	must(t, d.Gather(t.Context(), now))
	posts, err := d.DuePosts(t.Context(), now)
	must(t, err)
	return posts
}

// states lists what became of the deliveries, oldest first: "m0 s1 sent match".
func states(t testing.TB, d *DB) []string {
	t.Helper()
	rows, err := d.Deliveries(t.Context(), DeliveryQuery{})
	must(t, err)
	var all []string
	for _, r := range slices.Backward(rows) {
		all = append(all, fmt.Sprintf("%s %s %s %s", r.Fired.Subject, r.Subscription, r.State, r.Cause))
	}
	return all
}

func same(t testing.TB, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}
