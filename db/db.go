// Package db keeps derisk's state in one SQLite file.
//
// Facts and events are only ever added: a change is a new version, a mistake is
// mended by a correction. [DB.Snapshot] reads them all and is kept in memory
// until a transaction, of this process or of another, changes them.
//
// [DB.Commit] stores what one tick of a rule decided: the tick, what is active,
// the firings, and a delivery for every subscription of that moment, all in one
// transaction. [DB.Gather] then fixes which deliveries go out together in a post,
// [DB.DuePosts] lists the posts to try, and [DB.SettlePost] ends one. Whatever
// is killed at whatever point, a post that is not settled is due again, with the
// same id and the same firings.
//
// Every commit is on the disk before the call returns (WAL, synchronous FULL).
// Several processes may work on one file: a tick is stored once, a post is
// claimed for a few seconds by who tries it, and writes wait for each other.
// Methods are safe for concurrent use.
package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	mathrand "math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // registers the driver
)

// lockWait bounds how long a call waits for a lock that another process holds.
const lockWait = 5 * time.Second

// readers is how many connections read at the same time.
const readers = 4

// DB is an open database. Close it when done.
type DB struct {
	path    string
	created bool
	token   string  // names this open database in the claims of posts
	writer  *sql.DB // one connection: writes of this process queue here
	reader  *sql.DB

	mu    sync.Mutex // held while a snapshot is read
	known *known     // guarded by mu; nil before the first snapshot
}

// options are what tests change.
type options struct {
	migrations fs.FS
	lockWait   time.Duration
}

// Open opens the database file at path. Where there is none it makes one; an
// older one is brought to this program's schema, each step in a transaction.
// The errors match [ErrLocked], [ErrForeign], [ErrNewer], [ErrReadOnly],
// [ErrCorrupt] or [ErrFull] and say what to do.
func Open(ctx context.Context, path string) (*DB, error) {
	return open(ctx, path, options{migrations: migrations(), lockWait: lockWait})
}

func open(ctx context.Context, path string, o options) (*DB, error) {
	if err := checkPath(path); err != nil {
		return nil, err
	}
	d := &DB{path: path, token: rand.Text()}
	for last := time.Now().Add(o.lockWait); ; {
		err := d.try(ctx, o)
		if err == nil {
			return d, nil
		}
		if !isBusy(err) || time.Now().After(last) || !pause(ctx, o.lockWait/50) {
			return nil, d.told(err)
		}
	}
}

// try opens the file once. Where it fails it holds nothing: of several that
// open a file at the same moment, each that met another's lock gives way.
func (d *DB) try(ctx context.Context, o options) error {
	created, err := prepare(ctx, d.path, o)
	if err != nil {
		return err
	}
	d.created = d.created || created
	if err := d.connect(ctx, o.lockWait); err != nil {
		err = errors.Join(err, d.closePools())
		d.writer, d.reader = nil, nil
		return err
	}
	return nil
}

// pause waits for about the time given, by chance; false when ctx ended.
func pause(ctx context.Context, about time.Duration) bool {
	timer := time.NewTimer(about/2 + mathrand.N(about+1))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// checkPath refuses what cannot be a database file in words of its own.
func checkPath(path string) error {
	if path == "" {
		return errors.New("no database is named: give a path such as derisk.db")
	}
	if strings.Contains(path, "://") {
		return fmt.Errorf("%s: only SQLite files are supported: give a path such as derisk.db", redacted(path))
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder: name a file in it, such as %s", path, filepath.Join(path, "derisk.db"))
	} else if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file: %w: name another file", path, ErrForeign)
	}
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: the folder %s is not there: make it first", path, folder)
	} else if err == nil && !info.IsDir() {
		return fmt.Errorf("%s: %s is not a folder: name another path", path, folder)
	}
	return nil
}

// redacted is a URL without its password.
func redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "that address"
	}
	return u.Redacted()
}

// source is the driver's name for the file, with pragmas that every connection sets.
func source(path string, wait time.Duration, more ...string) (string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	pragmas := append([]string{
		fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()),
		"foreign_keys(1)",
		"synchronous(FULL)",
	}, more...)
	query := url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}
	return "file://" + (&url.URL{Path: full}).EscapedPath() + "?" + query.Encode(), nil
}

// pool opens a pool of at most n connections, and one of them at once.
func pool(ctx context.Context, n int, path string, wait time.Duration, more ...string) (*sql.DB, error) {
	name, err := source(path, wait, more...)
	if err != nil {
		return nil, err
	}
	p, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	p.SetMaxOpenConns(n)
	p.SetMaxIdleConns(n)
	if err := p.PingContext(ctx); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (d *DB) connect(ctx context.Context, wait time.Duration) error {
	var err error
	if d.writer, err = pool(ctx, 1, d.path, wait, "journal_mode(WAL)"); err != nil {
		return err
	}
	if err := d.write(ctx, func(tx *sql.Tx) error { return nil }); err != nil {
		return err // a file that cannot be written to is found out now
	}
	d.reader, err = pool(ctx, readers, d.path, wait, "query_only(1)")
	return err
}

// Created says whether Open made the file.
func (d *DB) Created() bool { return d.created }

// Path is the path that the database was opened with.
func (d *DB) Path() string { return d.path }

// Close moves everything into the one file and closes it. It waits for
// transactions that run.
func (d *DB) Close() error {
	_, err := d.writer.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return d.told(errors.Join(err, d.closePools()))
}

func (d *DB) closePools() error {
	var errs []error
	for _, p := range []*sql.DB{d.reader, d.writer} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	return errors.Join(errs...)
}

// write runs fn in a transaction that is stored whole when fn returns nil, and
// not at all otherwise.
func (d *DB) write(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return d.transact(ctx, d.writer, fn)
}

// read runs fn on one unchanging view of the database.
func (d *DB) read(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return d.transact(ctx, d.reader, fn)
}

func (d *DB) transact(ctx context.Context, p *sql.DB, fn func(tx *sql.Tx) error) error {
	tx, err := p.BeginTx(ctx, &sql.TxOptions{ReadOnly: p == d.reader})
	if err != nil {
		return d.told(err)
	}
	defer tx.Rollback() // does nothing once committed
	if err = fn(tx); err == nil {
		err = tx.Commit()
	}
	if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil { // rolled back when ctx ended
		return ctx.Err()
	}
	return d.told(err)
}
