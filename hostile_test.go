package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"derisk/bot"
	"derisk/bot/discordtest"
	"derisk/tracker"
)

// hostile are values that a user fills options with, and ids that they forge.
var hostile = []string{
	"@everyone @here <@77> <@&88> <#99> [a](https://evil.example) **b** ||c||",
	strings.Repeat("稀土 @everyone ", 500)[:6000],
	"\u202e\u2066evil\u200f\x00\x01\x1b[31m",
	`'; DROP TABLE audit; -- " OR 1=1 NEAR( * "measure":x^2`,
	"%s%d%!v(MISSING) {{ now }} $(id)",
	"s1", "r1", "h1", "guild:5001", "*", "terminal", "5011",
}

var rawMention = regexp.MustCompile(`@everyone|@here|<@&?\d|<#\d`)

// bare is what of a text Discord would read as more than characters.
func bare(s string) string {
	s = regexp.MustCompile("`[^`]*`").ReplaceAllString(s, "")
	return regexp.MustCompile(`\\.`).ReplaceAllString(s, "")
}

// TestHostileUser uses every command, every button and every completion in one
// server, with hostile values and no rights, against another server's data.
func TestHostileUser(t *testing.T) {
	const marker = "geheimnis"
	path := filepath.Join(t.TempDir(), "derisk.db")
	a := &app{commands: &commands{DB: path, Lang: "en"}, errOut: io.Discard, out: io.Discard}
	env, err := a.env(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.close() })
	now := time.Now()
	theirs := tracker.Subscription{Owner: "guild:5001", Channel: "5011", Filter: "text:" + marker, Lang: "en", Zone: "UTC", Deliver: tracker.AtOnce, By: "discord:5055", Made: now}
	if _, err := a.store.AddSubscription(t.Context(), theirs); err != nil {
		t.Fatal(err)
	}
	review := tracker.Review{Owner: "guild:5001", Measure: "cn-mofcom-2025-18", Name: marker, Accepted: tracker.MustDate("2026-10-09"), Recorded: now}
	if _, err := a.store.AddReview(t.Context(), review, "discord:5055"); err != nil {
		t.Fatal(err)
	}
	s := discordtest.New(t)
	s.AddPlace(discordtest.Place{ID: "5011", Guild: "5001"})
	s.AddChannel("2011")
	d, err := bot.NewDiscord(bot.DiscordConfig{Token: s.Token, API: s.URL(), Env: env, Settings: a.store, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	s.AwaitReady()
	before := dump(t, path)
	var all []discordtest.Ask
	for n, c := range bot.Leaves() {
		name, sub, _ := strings.Cut(c.Name, " ")
		all = append(all, discordtest.Ask{Name: name, Sub: sub, Options: asked[c.Name]}) // well put, without the right
		for v, value := range hostile {
			options, focused := map[string]any{}, ""
			for i, o := range c.Options {
				options[o.Name] = hostile[(v+i)%len(hostile)]
				focused = o.Name
			}
			one := discordtest.Ask{Name: name, Sub: sub, Options: options}
			typed := one
			typed.Type, typed.Focused = discordtest.Autocomplete, focused
			id := fmt.Sprintf("v1:%s:%d:%s?id=%s&channel=5011&question=%s", []string{"run", "page"}[v%2], v*n, c.Name, value, value)
			press := discordtest.Ask{Type: discordtest.Button, CustomID: id}
			all = append(all, one, press)
			if focused != "" {
				all = append(all, typed)
			}
		}
	}
	for n, ask := range all {
		ask.Channel, ask.Guild = "2011", discordtest.Home
		if n%7 == 0 {
			ask.More = map[string]any{"member": nil}
		}
		i := s.Interact(ask)
		if ask.Type == discordtest.Autocomplete {
			if kind, _ := i.First(); kind != discordtest.Offered {
				t.Errorf("%+v: completed with %d", ask, kind)
			}
			if found := strings.Join(i.Choices(time.Second), " "); strings.Contains(found, marker) {
				t.Errorf("%+v is offered %s", ask, found)
			}
			continue
		}
		m := i.Message(promptly)
		if m == nil {
			t.Errorf("%+v is not answered", ask)
			continue
		}
		said := text(m)
		if strings.Contains(said, marker) || strings.Contains(said, "discord:5055") {
			t.Errorf("%+v sees of another server:\n%s", ask, said)
		}
		if found := rawMention.FindString(bare(said)); found != "" {
			t.Errorf("%+v mentions %s:\n%.600s", ask, found, said)
		}
		if strings.Contains(said, "went wrong") {
			t.Errorf("%+v broke something", ask)
		}
	}
	if after := dump(t, path); after != before {
		t.Errorf("without a right something was changed: %d bytes before, %d after", len(before), len(after))
	}
}

// dump is all that people can change.
func dump(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all strings.Builder
	for _, table := range []string{"facts", "events", "articles", "reviews", "stops", "audit", "subscriptions", "deliveries", "posts", "hushes", "notes", "settings"} {
		where := ""
		if table == "settings" {
			where = " WHERE key NOT LIKE 'discord.%'"
		}
		var n int
		var sum sql.NullString
		if err := db.QueryRow(`SELECT count(*) FROM ` + table + where).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if table == "subscriptions" || table == "reviews" || table == "settings" || table == "audit" {
			cols := map[string]string{"subscriptions": "id || paused || filter || COALESCE(deleted, '')", "reviews": "id || COALESCE(decided, '')", "settings": "key || value", "audit": "seq || did"}[table]
			if err := db.QueryRow(`SELECT group_concat(` + cols + `) FROM ` + table + where).Scan(&sum); err != nil {
				t.Fatal(err)
			}
		}
		fmt.Fprintln(&all, table, n, sum.String)
	}
	return all.String()
}
