package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"derisk/bot"
	"derisk/db"
	"derisk/rules"
	"derisk/tracker"
)

type runCommand struct {
	Token   string `env:"DISCORD_TOKEN" help:"Token of the Discord bot. Better in the environment, where other users do not see it." hidden:""`
	History string `env:"DERISK_HISTORY" help:"File that keeps the lines typed in the chat, or none." placeholder:"FILE"`
	API     string `name:"discord-api" env:"DERISK_DISCORD_API" help:"Another base of Discord's API, for tests and proxies." placeholder:"URL" hidden:""`
}

const (
	aliveSetting = "alive"          // when run was last seen alive, RFC 3339
	aliveEvery   = 30 * time.Second // how often it shows that it is
)

// Run opens the database, reads the files, runs what is due, and then goes on:
// on Discord with a token, else with a chat in the terminal until its input ends.
func (c *runCommand) Run(ctx context.Context, a *app) error {
	store, err := a.open(ctx)
	if err != nil {
		return err
	}
	answers := a.out
	if a.JSON {
		a.out = a.errOut // standard output then holds objects alone
	}
	fmt.Fprintf(a.out, a.say(tracker.Text{EN: "database %s\n", ZH: "数据库 %s\n"}), store.Path())
	if !a.filled {
		a.readMeasures(ctx, store)
	}
	seen := fingerprint(a.rulesFolder()) // before reading, so that no edit is missed
	set, err := a.readRules(ctx, store)
	if err != nil {
		return err
	}
	asked := newRulesForBot(store, set)
	r := &running{app: a, answers: answers, seen: seen, onDisk: a.Rules != "" || isFolder("rules.d"), store: store, asked: asked, env: joined(store, asked), log: a.logger(c.Token != "")}
	r.env.Changed = r.wake
	r.loop = rules.NewLoop(set, r.ledger(), store, r.log)
	err = r.first(ctx)
	switch {
	case err != nil:
	case c.Token != "":
		err = r.onDiscord(ctx, c)
	default:
		err = r.inTerminal(ctx, typedFile(c.History))
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil // asked to stop: what was begun is finished, the rest comes at the next start
	}
	return err
}

// readMeasures records what is new in the files. Files that are broken leave
// what is recorded as it is, and are told.
func (a *app) readMeasures(ctx context.Context, store *db.DB) {
	for _, layer := range a.measureLayers() {
		changes, err := layer.importTo(ctx, store)
		switch {
		case err != nil:
			a.tellBroken(layer, err)
		case !changes.Empty():
			fmt.Fprintln(a.out, a.say(tracker.Text{EN: layer.from + ": ", ZH: layer.from + "："})+a.say(changeWords(changes)))
		}
	}
}

// readRules reads the rules. Broken files are told; a rule that ran before goes
// on in the version that ran last.
func (a *app) readRules(ctx context.Context, store *db.DB) (*rules.Set, error) {
	set, from, err := a.load("")
	if err != nil {
		return nil, err
	}
	set.Mark(revisionOf(from))
	ran, err := store.RunningRules(ctx)
	if err != nil {
		return nil, err
	}
	set = set.Merge(rules.Remember(ran))
	a.tellRules(set, from)
	return set, nil
}

// logger writes to standard error: all that an operator wants to know of a
// bot, or what is wrong where a person sits before the terminal.
func (a *app) logger(chatty bool) *slog.Logger {
	level := slog.LevelWarn
	if chatty {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(errOut{a}, &slog.HandlerOptions{Level: level}))
}

// errOut writes to where errors go at the time.
type errOut struct{ *app }

func (e errOut) Write(words []byte) (int, error) { return e.app.errOut.Write(words) }

// running is a derisk that runs.
type running struct {
	*app
	answers io.Writer // where what was asked for goes
	seen    string    // fingerprint of the folder whose rules run; owned by watchRules
	onDisk  bool      // the rules come from a folder, not from the program; likewise
	store   *db.DB
	asked   *rulesForBot // holds the rules that run
	env     bot.Env
	loop    *rules.Loop
	poster  *bot.Poster // nil until there is somewhere to post
	log     *slog.Logger
}

// ledger is the database, and has the poster look at once when something fired.
func (r *running) ledger() rules.Ledger { return waking{r.store, r} }

type waking struct {
	*db.DB
	running *running
}

// Commit stores an outcome and wakes the poster.
func (w waking) Commit(ctx context.Context, o tracker.Outcome, at time.Time) error {
	err := w.DB.Commit(ctx, o, at)
	if err == nil && len(o.Firings) > 0 {
		w.running.wake()
	}
	return err
}

// wake has the poster look at once, if there is one.
func (r *running) wake() {
	if r.poster != nil {
		r.poster.Wake()
	}
}

// first runs what is due, and shows how things stand and what fired.
func (r *running) first(ctx context.Context) error {
	fired, err := r.loop.RunDue(ctx)
	if err != nil {
		return err
	}
	ask := r.request()
	ask.Command = "overview"
	reply, err := bot.Run(ctx, r.env, ask)
	if err != nil {
		return err
	}
	fmt.Fprint(r.out, r.draw().Text(reply))
	fmt.Fprintf(r.out, r.say(tracker.Text{EN: "\nFired now: %d\n", ZH: "\n本次触发：%d\n"}), len(fired))
	fmt.Fprint(r.out, r.draw().Post(tracker.Post{Lang: r.Lang, Zone: zoneHere().String(), Firings: fired}))
	return nil
}

// together runs the loop, the poster and main side by side until main ends or
// ctx does, and waits for them all.
func (r *running) together(ctx context.Context, main func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return r.loop.Run(ctx) })
	g.Go(func() error { return r.poster.Run(ctx) })
	g.Go(func() error {
		defer stop()
		return main(ctx)
	})
	err := g.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// alive runs main, and leaves signs of life for doctor while it does.
func (r *running) alive(main func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, stop := context.WithCancel(ctx)
		g, ctx := errgroup.WithContext(ctx)
		g.Go(func() error { return r.showAlive(ctx) })
		g.Go(func() error { return r.watchRules(ctx) })
		g.Go(func() error {
			defer stop()
			return main(ctx)
		})
		return g.Wait()
	}
}

// showAlive leaves a sign of life every so often, and takes it away at the end.
func (r *running) showAlive(ctx context.Context) error {
	for {
		if err := r.store.SetSetting(ctx, aliveSetting, time.Now().UTC().Format(time.RFC3339)); err != nil && ctx.Err() == nil {
			r.log.Error("no sign of life can be stored", "err", err)
		}
		select {
		case <-ctx.Done():
			return r.store.SetSetting(context.WithoutCancel(ctx), aliveSetting, "")
		case <-time.After(aliveEvery):
		}
	}
}

// onDiscord is a Discord bot until ctx ends.
func (r *running) onDiscord(ctx context.Context, c *runCommand) error {
	discord, err := bot.NewDiscord(bot.DiscordConfig{Token: c.Token, API: c.API, Env: r.env, Settings: r.store, Log: r.log})
	if err != nil {
		return err
	}
	r.poster = bot.NewPoster(bot.PosterConfig{Outbox: r.store, Discord: discord, Teller: discord, Log: r.log})
	return r.together(ctx, r.alive(discord.Run))
}

// inTerminal chats until the input ends. What subscriptions of the terminal
// are to be told is printed in between, and what is left at the end.
func (r *running) inTerminal(ctx context.Context, typed string) error {
	screen, dumb := r.answers, isDumb()
	terminal := bot.NewTerminal(bot.TerminalConfig{
		Env: r.env, In: r.in, Out: screen, Err: r.errOut, Log: r.log, Lang: r.Lang, Zone: zoneHere(),
		Draw: func() bot.Draw { return drawOn(screen) }, JSON: r.JSON, Dumb: dumb, Typed: typed,
	})
	r.poster = bot.NewPoster(bot.PosterConfig{Outbox: r.store, Terminal: terminal, Log: r.log})
	if bot.IsTerminal(r.in, screen) {
		fmt.Fprintln(r.out, r.say(tracker.Text{EN: "Ask a question, or type help. Tab completes, Ctrl-D ends.", ZH: "请提问，或输入 help 查看帮助。按 Tab 补全，按 Ctrl-D 结束。"}))
		r.out, r.errOut = terminal, terminal // what comes while a person types stands above their line
	}
	var failed error
	err := r.together(ctx, r.alive(func(ctx context.Context) error {
		err := terminal.Chat(ctx)
		if errors.Is(err, bot.ErrScript) {
			failed, err = errNo, nil // told already; the rest is done all the same
		}
		return err
	}))
	if err != nil {
		return err
	}
	if _, err := r.loop.RunDue(ctx); err != nil {
		return err
	}
	r.poster.Flush(ctx)
	return cmp.Or(ctx.Err(), failed)
}

// typedFile is where lines typed in the chat are kept: in the user's folder of
// states, by the XDG Base Directory Specification, or of settings where a system
// has no such thing.
func typedFile(asked string) string {
	switch asked {
	case "":
	case "none":
		return ""
	default:
		return asked
	}
	dir, err := os.Getenv("XDG_STATE_HOME"), error(nil)
	if dir == "" || !filepath.IsAbs(dir) {
		dir, err = os.UserConfigDir()
	}
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "derisk", "typed")
}
