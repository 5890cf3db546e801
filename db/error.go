package db

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What can be wrong with the database file. Errors that match one of these name
// the file and say what to do.
var (
	ErrLocked   = errors.New("another program holds the database")
	ErrForeign  = errors.New("not a derisk database")
	ErrNewer    = errors.New("made by a newer derisk")
	ErrReadOnly = errors.New("cannot be written to")
	ErrFull     = errors.New("the disk is full")
	ErrDisk     = errors.New("the disk does not take or give data")
	ErrCorrupt  = errors.New("the database is damaged")
)

// What a call can come too late for. Nothing was changed then.
var (
	ErrStored  = errors.New("stored already")             // the rule has had this tick
	ErrSettled = errors.New("settled already")            // the post was sent or given up
	ErrTaken   = errors.New("being tried by another")     // the post is claimed
	ErrExists  = errors.New("there already")              // the id, or the file, is taken
	ErrOrder   = errors.New("not possible in this order") // stopped already, not stopped, decided
)

// remedies say for each of the driver's codes what it means and what to do.
var remedies = map[int]struct {
	is   error
	hint string
}{
	sqlite3.SQLITE_BUSY:     {ErrLocked, "stop the other program, or try again when it is done"},
	sqlite3.SQLITE_LOCKED:   {ErrLocked, "try again"},
	sqlite3.SQLITE_NOTADB:   {ErrForeign, "name another file, or move this one away to start anew"},
	sqlite3.SQLITE_READONLY: {ErrReadOnly, "give this user the right to write the file and its folder"},
	sqlite3.SQLITE_PERM:     {ErrReadOnly, "give this user the right to write the file and its folder"},
	sqlite3.SQLITE_CANTOPEN: {ErrReadOnly, "give this user the right to write the file and its folder"},
	sqlite3.SQLITE_FULL:     {ErrFull, "make room; nothing was stored by halves"},
	sqlite3.SQLITE_IOERR:    {ErrDisk, "make room on it, or look for what is wrong with it; nothing was stored by halves"},
	sqlite3.SQLITE_CORRUPT:  {ErrCorrupt, "stop derisk and put the latest backup in its place"},
}

// told adds to an error of the driver which file it is about and what to do.
func (d *DB) told(err error) error {
	failed, ok := errors.AsType[*sqlite.Error](err)
	if !ok || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	remedy, ok := remedies[failed.Code()&0xff]
	if failed.Code() == sqlite3.SQLITE_IOERR_SHMSIZE { // seen where not even an index of a few pages finds room
		remedy = remedies[sqlite3.SQLITE_FULL]
	}
	if !ok || errors.Is(err, remedy.is) {
		return err
	}
	return fmt.Errorf("%s: %w: %s (%w)", d.path, remedy.is, remedy.hint, err)
}

// isBusy says that another connection holds a lock.
func isBusy(err error) bool {
	failed, ok := errors.AsType[*sqlite.Error](err)
	return ok && failed.Code()&0xff == sqlite3.SQLITE_BUSY
}
