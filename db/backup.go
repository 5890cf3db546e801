package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Backup writes a consistent copy of the database to path, while others go on
// reading and writing. It overwrites nothing: where path is taken the error
// matches [ErrExists]. The copy is whole on the disk when it gets its name.
func (d *DB) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("back up to %s: the file is %w: name a new one", path, ErrExists)
	}
	part := path + ".part"
	if err := d.copyTo(ctx, part); err != nil {
		return fmt.Errorf("back up to %s: %w", path, errors.Join(err, os.RemoveAll(part)))
	}
	if err := os.Link(part, path); err != nil { // unlike a renaming, it never overwrites
		return fmt.Errorf("back up to %s: %w", path, errors.Join(err, os.Remove(part)))
	}
	return errors.Join(os.Remove(part), synced(filepath.Dir(path)))
}

// copyTo leaves a copy at part, instead of what an interrupted backup left there.
func (d *DB) copyTo(ctx context.Context, part string) error {
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	name, err := filepath.Abs(part)
	if err != nil {
		return err
	}
	p, err := pool(ctx, 1, d.path, lockWait) // of its own: the readers may write nowhere, and the writer has to do
	if err != nil {
		return err
	}
	_, err = p.ExecContext(ctx, `VACUUM INTO ?`, name)
	if err = errors.Join(err, p.Close()); err != nil {
		return err
	}
	return synced(part)
}

// synced waits until a file or folder is on the disk.
func synced(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Check looks through the whole file for damage. The error matches
// [ErrCorrupt] and names what was found.
func (d *DB) Check(ctx context.Context) error {
	var found []string
	err := d.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'
			UNION ALL
			SELECT 'a row of ' || "table" || ' refers to a row of ' || parent || ' that is not there' FROM pragma_foreign_key_check
			LIMIT 10`)
		found, err = collect(rows, err, func(rows *sql.Rows, s *string) error { return rows.Scan(s) })
		return err
	})
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("%s: %w: %s: stop derisk and put the latest backup in its place", d.path, ErrCorrupt, strings.Join(found, "; "))
	}
	return err
}
