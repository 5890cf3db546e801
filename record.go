package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"derisk/feed"
	"derisk/tracker"
)

// localUser signs what is recorded from the command line and the terminal.
const localUser = "local"

type recordCommand struct {
	File string `arg:"" help:"YAML file with measure, id, what, on, published, evidence and the rest of an event; - for standard input."`
}

// Run records one event, or refuses it and changes nothing.
func (c *recordCommand) Run(ctx context.Context, a *app) error {
	data, err := readArgument(a.in, c.File)
	if err != nil {
		return err
	}
	measure, event, err := tracker.ReadEvent(c.File, data)
	if err != nil {
		return err
	}
	store, err := a.open(ctx)
	if err != nil {
		return err
	}
	if err := store.Record(ctx, measure, event, localUser, time.Now()); err != nil {
		return err
	}
	return a.done(map[string]any{"measure": measure, "event": event.ID},
		tracker.Text{EN: "recorded %s of %s", ZH: "已记录 %[2]s 的 %[1]s"}, event.ID, measure)
}

const maxArgumentFile = 5 << 20 // bytes

// readArgument reads a file named on the command line, or standard input for "-".
func readArgument(in io.Reader, name string) ([]byte, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxArgumentFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(data) > maxArgumentFile {
		return nil, fmt.Errorf("%s is larger than %d MiB", name, maxArgumentFile>>20)
	}
	return data, nil
}

type importCommand struct {
	Dir string `arg:"" help:"Folder of measures and their companions."`
}

// Run imports a folder: all of it, or nothing with every fault told.
func (c *importCommand) Run(ctx context.Context, a *app) error {
	store, err := a.open(ctx)
	if err != nil {
		return err
	}
	changes, err := layer{c.Dir, func() (fs.FS, error) { return openFolder(c.Dir) }}.importTo(ctx, store)
	if err != nil {
		return err
	}
	for _, w := range changes.Warnings {
		fmt.Fprintf(a.errOut, "derisk: %s\n", w)
	}
	events := countEvents(changes)
	return a.done(map[string]any{"measures": len(changes.Measures), "events": events, "warnings": len(changes.Warnings)},
		tracker.Text{EN: "imported %s: %[2]s", ZH: "已导入 %s：%[2]s"}, c.Dir, a.say(changeWords(changes)))
}

// changeWords tell how much an import brought.
func changeWords(c tracker.Changes) tracker.Text {
	measures, events := len(c.Measures), countEvents(c)
	return tracker.Text{
		EN: tracker.Count(measures, "new or changed measure", "new or changed measures") + ", " + tracker.Count(events, "new event", "new events"),
		ZH: fmt.Sprintf("%d 项新增或变更的措施，%d 个新事件", measures, events),
	}
}

func countEvents(c tracker.Changes) (n int) {
	for _, events := range c.Events {
		n += len(events)
	}
	return n
}

type exportCommand struct {
	Dir string `arg:"" help:"Folder to write to; made where there is none. Files of the same names are replaced."`
}

// Run writes every fact that is common to the installation: measures and their companions.
func (c *exportCommand) Run(ctx context.Context, a *app) error {
	snapshot, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	files := tracker.WriteFacts(snapshot.Facts)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		path := filepath.Join(c.Dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := writeWhole(path, files[name]); err != nil {
			return err
		}
	}
	return a.done(map[string]any{"files": len(files)},
		tracker.Text{EN: "wrote %[3]s to %[2]s", ZH: "已向 %[2]s 写入 %[1]d 个文件"}, len(files), c.Dir, tracker.Count(len(files), "file", "files"))
}

// writeWhole writes a file so that it is there whole or as it was.
func writeWhole(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".derisk-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // gone already where all went well
	_, err = tmp.Write(data)
	if err := errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(tmp.Name(), path)
}

type feedCommands struct {
	Import feedImportCommand `cmd:"" help:"Read a news digest, and say which measures each article speaks of."`
}

type feedImportCommand struct {
	File string `arg:"" help:"Digest; - for standard input."`
	Zone string `help:"Zone of the digest's times." default:"Asia/Shanghai" placeholder:"ZONE"`
}

// Run stores the articles of a digest that are not stored yet, each with the measures that it speaks of.
func (c *feedImportCommand) Run(ctx context.Context, a *app) error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return usagef("--zone: %q is not a zone: write an IANA name such as Asia/Shanghai", c.Zone)
	}
	articles, err := c.read(a, zone)
	if err != nil {
		return err
	}
	snapshot, err := a.snapshot(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	for i := range articles {
		articles[i].Fetched = now
		articles[i].Mentions = snapshot.Mentions(articles[i])
	}
	store, err := a.open(ctx)
	if err != nil {
		return err
	}
	added, err := store.AddArticles(ctx, articles, localUser, now)
	if err != nil {
		return err
	}
	return a.tellArticles(articles, added)
}

func (c *feedImportCommand) read(a *app, zone *time.Location) ([]tracker.Article, error) {
	in := a.in
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	articles, err := feed.ReadDigest(in, zone)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.File, err)
	}
	return articles, nil
}

// tellArticles prints each article with what it speaks of.
func (a *app) tellArticles(articles []tracker.Article, added int) error {
	for _, art := range articles {
		if a.JSON {
			a.line(art)
			continue
		}
		fmt.Fprintf(a.out, "%s  %s  %s\n", art.At.Format("2006-01-02 15:04"), art.Publisher, art.Title)
		for _, m := range art.Mentions {
			fmt.Fprintf(a.out, "    %-34s %s\n", m.Measure, strings.Join(m.Words, ", "))
		}
	}
	if a.JSON {
		return nil
	}
	_, err := fmt.Fprintf(a.out, a.say(tracker.Text{EN: "%[3]s, new: %[2]d\n", ZH: "%[1]d 篇文章，其中 %[2]d 篇为新\n"}), len(articles), added, tracker.Count(len(articles), "article", "articles"))
	return err
}

type backupCommand struct {
	File string `arg:"" help:"File to write; it must not be there yet."`
}

// Run writes a consistent copy of the database.
func (c *backupCommand) Run(ctx context.Context, a *app) error {
	store, err := a.open(ctx)
	if err != nil {
		return err
	}
	if err := store.Backup(ctx, c.File); err != nil {
		return err
	}
	return a.done(map[string]any{"file": c.File}, tracker.Text{EN: "wrote %s; to go back, stop derisk and put it in the place of the database", ZH: "已写入 %s；如需恢复，请停止 derisk 并以此文件替换数据库"}, c.File)
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(a *app) error {
	return a.done(map[string]any{"version": version}, tracker.Text{EN: "derisk %s", ZH: "derisk %s"}, version)
}
