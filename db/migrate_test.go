package db

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sync/errgroup"
)

// steps are this program's migrations and more.
func steps(t *testing.T, more ...string) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	entries, err := embedded.ReadDir("migrations")
	must(t, err)
	for _, e := range entries {
		text, err := embedded.ReadFile("migrations/" + e.Name())
		must(t, err)
		all[e.Name()] = &fstest.MapFile{Data: text}
	}
	for i, text := range more {
		all["9000"+itoa(i)+"_more.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
	}
	return all
}

// TestMigrateStepByStep takes every step on a file that holds data of the step before.
func TestMigrateStepByStep(t *testing.T) {
	path := newPath(t)
	all := steps(t, "ALTER TABLE settings ADD COLUMN note TEXT;")
	some := fstest.MapFS{}
	for _, name := range sortedNames(all) {
		some[name] = all[name]
		d, err := open(t.Context(), path, options{migrations: some, lockWait: time.Second})
		must(t, err)
		if d.Created() != (len(some) == 1) {
			t.Errorf("after %d steps the file counts as made: %v", len(some), d.Created())
		}
		_, err = d.writer.Exec(`INSERT INTO settings (key, value) VALUES (?, 'kept')`, name)
		must(t, errors.Join(err, d.Check(t.Context()), d.Close()))
	}
	d, err := open(t.Context(), path, options{migrations: all, lockWait: time.Second})
	must(t, err)
	defer d.Close()
	for name := range all {
		if v, err := d.Setting(t.Context(), name); v != "kept" {
			t.Errorf("what was stored at %s is %q, %v", name, v, err)
		}
	}
}

func TestFailedMigrationLeavesTheFileAsItWas(t *testing.T) {
	path := newPath(t)
	behind(t, path, "INSERT INTO settings VALUES ('k', 'v')")
	before, err := os.ReadFile(path)
	must(t, err)
	bad := steps(t, "DELETE FROM settings; CREATE TABLE more (n INTEGER); INSERT INTO nowhere VALUES (1);")
	_, err = open(t.Context(), path, options{migrations: bad, lockWait: time.Second})
	refused(t, err, nil, "90000_more.sql", "changed nothing", path)
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("the file was changed")
	}
	if v, err := openAt(t, path).Setting(t.Context(), "k"); v != "v" {
		t.Errorf("what was stored is %q, %v", v, err)
	}
}

// TestMigrateWhileOpen has another copy of the program at work, which knows the old schema.
func TestMigrateWhileOpen(t *testing.T) {
	path := newPath(t)
	d := openAt(t, path)
	_, err := open(t.Context(), path, options{migrations: steps(t, "CREATE TABLE more (n INTEGER);"), lockWait: 20 * time.Millisecond})
	refused(t, err, ErrLocked, path, "stop the other program")
	must(t, d.Check(t.Context()))
}

func TestOpenByManyAtOnce(t *testing.T) {
	path := newPath(t)
	var g errgroup.Group
	made := make([]bool, 4)
	for i := range made {
		g.Go(func() error {
			d, err := Open(t.Context(), path)
			if err != nil {
				return err
			}
			made[i] = d.Created()
			return errors.Join(d.SetSetting(t.Context(), itoa(i), "there"), d.Close())
		})
	}
	must(t, g.Wait())
	if n := strings.Count(strings.Join(words(made), " "), "true"); n != 1 {
		t.Errorf("%d of them made the file", n)
	}
}
