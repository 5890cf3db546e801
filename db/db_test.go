package db

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"derisk/db/nobodytest"
	"derisk/tracker"
)

// noon is when the tests take place.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// openAt opens the database at path, and closes it when the test is done.
func openAt(t testing.TB, path string) *DB {
	t.Helper()
	d, err := Open(t.Context(), path)
	must(t, err)
	t.Cleanup(func() { must(t, d.Close()) })
	return d
}

// newPath is where a database could be.
func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "derisk.db") }

// fresh is a new database.
func fresh(t testing.TB) *DB {
	t.Helper()
	return openAt(t, newPath(t))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused checks that err matches want and says each of the words.
func refused(t *testing.T, err, want error, words ...string) {
	t.Helper()
	if err == nil || want != nil && !errors.Is(err, want) {
		t.Fatalf("the error is %v, want one that matches %v", err, want)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

// foreign makes a SQLite file of another program.
func foreign(t *testing.T, path string) {
	t.Helper()
	other, err := sql.Open("sqlite", path)
	must(t, err)
	_, err = other.Exec("CREATE TABLE songs (title TEXT); INSERT INTO songs VALUES ('So What')")
	must(t, errors.Join(err, other.Close()))
}

func TestOpenMakesTheFileOnce(t *testing.T) {
	path := newPath(t)
	d, err := Open(t.Context(), path)
	must(t, err)
	if empty, err := d.Empty(t.Context()); !d.Created() || !empty || err != nil {
		t.Errorf("a new file does not count as made, or not as empty: %v", err)
	}
	must(t, d.Close())
	if again := openAt(t, path); again.Created() {
		t.Error("a file that was there counts as made")
	}
}

func TestOpenTakesAnyPath(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, path := range []string{"derisk.db", "what? 100% #1 & more.db", "稀土.db", ":memory:", "a:b.db"} {
		must(t, openAt(t, path).SetSetting(t.Context(), "path", path))
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%q made another file: %v", path, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		make  func(t *testing.T, path string)
		is    error
		words []string
	}{
		{"a folder", func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o755)) }, nil, []string{"is a folder", "derisk.db"}},
		{"a text", func(t *testing.T, path string) {
			must(t, os.WriteFile(path, []byte(strings.Repeat("Dear diary. ", 500)), 0o644))
		}, ErrForeign, []string{"name another file"}},
		{"a short text", func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("Dear diary"), 0o644)) }, ErrForeign, []string{"name another file"}},
		{"another program's database", foreign, ErrForeign, []string{"name another file"}},
		{"a damaged database", damage, ErrCorrupt, []string{"backup"}},
		{"a newer database", func(t *testing.T, path string) {
			behind(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
		}, ErrNewer, []string{"99", "install"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := newPath(t)
			c.make(t, path)
			before, _ := os.ReadFile(path)
			_, err := Open(t.Context(), path)
			refused(t, err, c.is, append(c.words, path)...)
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("the file was changed")
			}
			if left, _ := filepath.Glob(path + "-*"); len(left) > 0 {
				t.Errorf("%q were left beside it", left)
			}
		})
	}
}

func TestOpenNeedsTheFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "no", "derisk.db")
	_, err := Open(t.Context(), path)
	refused(t, err, nil, path, "make it first")
	_, err = Open(t.Context(), "postgres://me:secret@host/derisk")
	refused(t, err, nil, "only SQLite")
	if strings.Contains(err.Error(), "secret") {
		t.Error("the password is told")
	}
}

// behind makes a database and does something to it behind derisk's back.
func behind(t *testing.T, path, statement string) {
	t.Helper()
	d, err := Open(t.Context(), path)
	must(t, err)
	_, err = d.writer.Exec(statement)
	must(t, errors.Join(err, d.Close()))
}

// damage makes a database and spoils its first table's page.
func damage(t *testing.T, path string) {
	t.Helper()
	behind(t, path, "SELECT 1")
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	_, err = f.WriteAt([]byte(strings.Repeat("rot", 1000)), 100)
	must(t, errors.Join(err, f.Close()))
}

// TestReadOnly needs a user whom the file system refuses something.
func TestReadOnly(t *testing.T) {
	if nobodytest.Run(t) {
		return
	}
	for _, of := range []string{"file", "folder"} {
		path := newPath(t)
		behind(t, path, "SELECT 1")
		locked, mode := path, os.FileMode(0o444)
		if of == "folder" {
			locked, mode = filepath.Dir(path), 0o555
		}
		must(t, os.Chmod(locked, mode))
		t.Cleanup(func() { os.Chmod(locked, 0o755) })
		_, err := Open(t.Context(), path)
		refused(t, err, ErrReadOnly, path, "right to write")
	}
}

// TestPowerCut stands for one: what makes a commit last through it is set on
// the connection that writes.
func TestPowerCut(t *testing.T) {
	d := fresh(t)
	var journal string
	const full = 2
	var synchronous int
	must(t, d.writer.QueryRow("PRAGMA journal_mode").Scan(&journal))
	must(t, d.writer.QueryRow("PRAGMA synchronous").Scan(&synchronous))
	if journal != "wal" || synchronous != full {
		t.Errorf("journal mode %s, synchronous %d, want wal and %d", journal, synchronous, full)
	}
}

func TestLocked(t *testing.T) {
	path := newPath(t)
	holder := openAt(t, path)
	short := options{migrations: migrations(), lockWait: 20 * time.Millisecond}
	other, err := open(t.Context(), path, short)
	must(t, err)
	defer other.Close()
	err = holder.write(t.Context(), func(tx *sql.Tx) error {
		refused(t, other.SetSetting(t.Context(), "k", "v"), ErrLocked, path, "try again")
		if _, err := other.Setting(t.Context(), "k"); err != nil {
			t.Errorf("reading while another writes: %v", err)
		}
		_, err := open(t.Context(), path, short)
		refused(t, err, ErrLocked, path)
		return nil
	})
	must(t, err)
	must(t, other.SetSetting(t.Context(), "k", "v"))
}

func TestLockedForGood(t *testing.T) {
	path := newPath(t)
	behind(t, path, "SELECT 1")
	holder, err := pool(t.Context(), 1, path, time.Second)
	must(t, err)
	defer holder.Close()
	must(t, seize(t.Context(), holder))
	_, err = open(t.Context(), path, options{migrations: migrations(), lockWait: 20 * time.Millisecond})
	refused(t, err, ErrLocked, path, "stop the other program")
}

func TestCancelledWriteChangesNothing(t *testing.T) {
	d := fresh(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := d.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings VALUES ('k', 'v')`)
		cancel()
		for !errors.Is(err, sql.ErrTxDone) { // until it is rolled back
			_, err = tx.Exec("SELECT 1")
		}
		return nil
	})
	refused(t, err, context.Canceled)
	if v, err := d.Setting(t.Context(), "k"); v != "" || err != nil {
		t.Errorf("%q, %v is stored", v, err)
	}
}

func TestWorksInABubble(t *testing.T) {
	path := newPath(t)
	synctest.Test(t, func(t *testing.T) {
		d := openAt(t, path)
		time.Sleep(time.Hour)
		must(t, d.Commit(t.Context(), tracker.Outcome{Rule: "r", Tick: time.Now()}, time.Now()))
	})
}

func TestSetting(t *testing.T) {
	d := fresh(t)
	for _, want := range []string{"", "one", "two", ""} {
		must(t, d.SetSetting(t.Context(), "k", want))
		if got, err := d.Setting(t.Context(), "k"); got != want || err != nil {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
}

// TestFull fills the file to its last page, as a disk would be.
func TestFull(t *testing.T) {
	d := fresh(t)
	_, err := d.AddSubscription(t.Context(), everything("c"))
	must(t, err)
	var pages int
	must(t, d.writer.QueryRow("PRAGMA page_count").Scan(&pages))
	_, err = d.writer.Exec("PRAGMA max_page_count = " + itoa(pages+20))
	must(t, err)
	tick := noon
	for err == nil {
		tick = tick.Add(time.Minute)
		err = d.Commit(t.Context(), outcome("r", tick, 20), tick)
	}
	refused(t, err, ErrFull, d.Path(), "make room")
	must(t, d.Check(t.Context()))
	state, err := d.RuleState(t.Context(), "r")
	must(t, err)
	if !state.Tick.Equal(tick.Add(-time.Minute)) || len(state.Fired)%20 != 0 {
		t.Errorf("after %s failed, the tick is %s with %d firings", tick, state.Tick, len(state.Fired))
	}
	_, err = d.writer.Exec("PRAGMA max_page_count = 1000000")
	must(t, err)
	must(t, d.Commit(t.Context(), outcome("r", tick, 20), tick))
}
