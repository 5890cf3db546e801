package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"derisk/bot"
	"derisk/db"
	"derisk/tracker"
)

// app is one command line on its way: what was asked for, where answers go,
// and the database once it is open.
type app struct {
	*commands
	grammar     *kong.Application
	askedLang   string // as asked for; empty: not
	in          io.Reader
	out, errOut io.Writer
	store       *db.DB
	filled      bool // the files were recorded when it was opened
}

// open opens the database, the first time that it is called. One that was made
// just now is filled with the starter facts.
func (a *app) open(ctx context.Context) (*db.DB, error) {
	if a.store != nil {
		return a.store, nil
	}
	store, err := db.Open(ctx, a.DB)
	if err != nil {
		return nil, err
	}
	a.store = store
	return store, a.fill(ctx, store)
}

// fill records the starter facts and those of the measures folder in a database
// that holds none: because it is new, or because filling it was cut short.
func (a *app) fill(ctx context.Context, store *db.DB) error {
	empty, err := store.Empty(ctx)
	if err != nil || !empty {
		return err
	}
	a.filled = true
	for i, layer := range a.measureLayers() {
		changes, err := layer.importTo(ctx, store)
		switch {
		case err != nil && i == 0: // our own files: there is nothing to go on with
			return err
		case err != nil:
			a.tellBroken(layer, err)
		case !changes.Empty():
			fmt.Fprintf(a.errOut, a.say(tracker.Text{EN: "derisk: filled %[1]s with %[4]s (%[3]s)\n", ZH: "derisk：已向 %[1]s 写入 %[2]d 项措施（%[3]s）\n"}), store.Path(), len(changes.Measures), layer.from, tracker.Count(len(changes.Measures), "measure", "measures"))
		}
	}
	return nil
}

// tellBroken says what is wrong with files that were not recorded.
func (a *app) tellBroken(l layer, err error) {
	fmt.Fprintf(a.errOut, a.say(tracker.Text{EN: "%v\nderisk: %s was not recorded; what was recorded before stands\n", ZH: "%v\nderisk：%s 未被记录；此前记录保持不变\n"}), err, l.from)
}

// layer is one folder of measures; a later one adds to those before it.
type layer struct {
	from string
	open func() (fs.FS, error)
}

// measureLayers are the built-in measures, and over them those of --measures or of measures.d here.
func (a *app) measureLayers() []layer {
	const name = "measures.d"
	layers := []layer{{"built-in " + name, func() (fs.FS, error) { return builtInFolder(name), nil }}}
	if dir := a.Measures; dir != "" || isFolder(name) {
		dir = cmp.Or(dir, name)
		layers = append(layers, layer{dir, func() (fs.FS, error) { return openFolder(dir) }})
	}
	return layers
}

// read reads a layer. The facts are given even where the error lists faults.
func (l layer) read() (tracker.Facts, error) {
	fsys, err := l.open()
	if err != nil {
		return tracker.Facts{}, err
	}
	return tracker.ReadFacts(fsys)
}

// importTo records a layer: all of it, or nothing with every fault told.
func (l layer) importTo(ctx context.Context, store *db.DB) (tracker.Changes, error) {
	facts, err := l.read()
	if _, faulty := errors.AsType[tracker.Faults](err); err != nil && !faulty {
		return tracker.Changes{}, err
	}
	changes, refused := store.Import(ctx, facts, localUser, time.Now()) // faulty facts it refuses, and tells more of them
	return changes, cmp.Or(refused, err)
}

// starter are the facts of the files, in no database.
func (a *app) starter() (*tracker.Snapshot, error) {
	var all tracker.Facts
	for _, layer := range a.measureLayers() {
		facts, err := layer.read()
		if err != nil {
			return nil, err
		}
		all = all.With(facts)
	}
	return tracker.NewSnapshot(all)
}

func (a *app) close() error {
	if a.store == nil {
		return nil
	}
	return a.store.Close()
}

// snapshot is all that is recorded.
func (a *app) snapshot(ctx context.Context) (*tracker.Snapshot, error) {
	store, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	return store.Snapshot(ctx)
}

// query is the time that the command line asks about.
func (a *app) query() tracker.Query {
	return tracker.Query{Now: time.Now(), On: a.On, Known: a.Known}
}

// say is words in the language asked for.
func (a *app) say(t tracker.Text) string { return t.In(a.Lang) }

// draw is how replies are drawn: broken at the width of a terminal and coloured
// there, unless NO_COLOR is set; as they are elsewhere.
func (a *app) draw() bot.Draw { return drawOn(a.out) }

func drawOn(out io.Writer) bot.Draw {
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return bot.Draw{}
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		width = 0 // not broken
	}
	return bot.Draw{Width: width, Colour: os.Getenv("NO_COLOR") == "" && !isDumb()}
}

// isDumb says that the terminal knows no escape sequences.
func isDumb() bool { return os.Getenv("TERM") == "dumb" }

// zoneHere is this machine's zone by its IANA name, which subscriptions keep;
// UTC where the machine does not tell a name.
func zoneHere() *time.Location {
	if time.Local.String() != "Local" {
		return time.Local
	}
	link, err := os.Readlink("/etc/localtime")
	if err != nil {
		return time.UTC
	}
	_, name, _ := strings.Cut(link, "zoneinfo/")
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// done tells that something was done: in words, or as JSON.
func (a *app) done(data any, words tracker.Text, args ...any) error {
	if a.JSON {
		return a.line(data)
	}
	_, err := fmt.Fprintf(a.out, a.say(words)+"\n", args...)
	return err
}

// line prints one JSON object on a line of its own.
func (a *app) line(v any) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// answered is nil, or errNo where an answer is no.
func answered(yes bool) error {
	if yes {
		return nil
	}
	return errNo
}
