package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"derisk/bot"
	"derisk/bot/discordtest"
	"derisk/db"
	"derisk/rules"
	"derisk/tracker"
)

// TestThreeMonths runs the whole program, but for the gateway, through the
// autumn of 2025 in which the six notices were issued and suspended: every
// tick, every firing, every post. A channel is told exactly what a backtest of
// the same days foretells.
func TestThreeMonths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const channel = "1001"
		begin := time.Date(2025, 9, 12, 0, 0, 30, 0, time.UTC)
		subscribed := begin.AddDate(0, 0, 2)
		end := begin.AddDate(0, 3, 0)

		time.Sleep(time.Until(begin))
		store, snapshot := filled(t)
		set, err := rules.Load(builtInFolder("rules.d"))
		if err != nil || len(set.Faults) > 0 {
			t.Fatal(err, set.Faults)
		}
		discord := discordtest.Fake(t)
		discord.AddChannel(channel)
		stop := start(t, store, set, discord)

		time.Sleep(time.Until(subscribed))
		subscribe(t, store, channel)
		time.Sleep(time.Until(end))
		stop()

		foretold, err := rules.Backtest(set.Rules, snapshot, tracker.DayOf(begin), tracker.DayOf(end.AddDate(0, 0, 1))).Run(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{}
		for _, f := range foretold {
			if f.At.After(subscribed) && f.At.Before(end) {
				want[told(f.Firing)] = true
			}
		}
		got, messages := posted(t, store)
		if !maps.Equal(got, want) {
			t.Errorf("posted and foretold differ:\n%s", difference(got, want))
		}
		if len(want) < 50 {
			t.Errorf("only %d firings in the liveliest months: the test shows little", len(want))
		}
		if n := len(discord.Messages(channel)); n != messages {
			t.Errorf("%d messages stand in the channel, the ledger names %d", n, messages)
		}
	})
}

// filled is a database with the starter facts, recorded now.
func filled(t *testing.T) (*db.DB, *tracker.Snapshot) {
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
	snapshot, err := store.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return store, snapshot
}

// start runs rules and posts in the background; stop ends both and waits.
func start(t *testing.T, store *db.DB, set *rules.Set, server *discordtest.Server) (stop func()) {
	t.Helper()
	discord, err := bot.NewDiscord(bot.DiscordConfig{Token: "good-token", Settings: store, Env: joined(store, newRulesForBot(store, set)), Log: slog.New(slog.DiscardHandler), Transport: server})
	if err != nil {
		t.Fatal(err)
	}
	r := &running{store: store, log: slog.New(slog.DiscardHandler)}
	r.poster = bot.NewPoster(bot.PosterConfig{Outbox: store, Discord: discord, Log: r.log})
	r.loop = rules.NewLoop(set, r.ledger(), store, r.log)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- r.together(ctx, func(ctx context.Context) error { <-ctx.Done(); return nil })
	}()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func subscribe(t *testing.T, store *db.DB, channel string) {
	t.Helper()
	_, err := store.AddSubscription(t.Context(), tracker.Subscription{
		Owner: "guild:1", Channel: channel, Lang: "en", Zone: "UTC", Deliver: tracker.AtOnce, By: localUser, Made: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
}

func told(f tracker.Firing) string {
	return fmt.Sprintf("%s %s %s %s %s", f.At.UTC().Format(time.RFC3339), f.Rule, f.Subject, f.Key, f.Kind)
}

// posted are the firings that were sent, and in how many messages.
func posted(t *testing.T, store *db.DB) (firings map[string]bool, messages int) {
	t.Helper()
	rows, err := store.Deliveries(context.WithoutCancel(t.Context()), db.DeliveryQuery{})
	if err != nil {
		t.Fatal(err)
	}
	firings = map[string]bool{}
	ids := map[string]bool{}
	for _, r := range rows {
		if r.State != tracker.Sent {
			t.Errorf("%s is %s (%s)", told(r.Fired), r.State, r.Cause)
		}
		firings[told(r.Fired)] = true
		ids[r.Message] = true
	}
	return firings, len(ids)
}

func difference(got, want map[string]bool) (lines string) {
	for _, k := range slices.Sorted(maps.Keys(got)) {
		if !want[k] {
			lines += "+ " + k + "\n"
		}
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if !got[k] {
			lines += "- " + k + "\n"
		}
	}
	return lines
}
