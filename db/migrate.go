package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// applicationID marks a file as derisk's: "drsk". SQLite keeps it in the header.
const applicationID = 0x6472736b

//go:embed migrations/*.sql
var embedded embed.FS

// migrations are the steps to this program's schema. A step is never edited
// after its release.
func migrations() fs.FS {
	steps, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(err) // the name is a valid one
	}
	return steps
}

// prepare brings the file to this program's schema, or refuses it. Until it is
// known to be ours nothing is written to it.
func prepare(ctx context.Context, path string, o options) (created bool, err error) {
	p, err := pool(ctx, 1, path, o.lockWait/20)
	if err != nil {
		return false, err
	}
	defer func() {
		if closed := p.Close(); err == nil {
			err = closed
		}
	}()
	fresh, err := identify(ctx, p, path)
	if err != nil {
		return false, err
	}
	steps, err := goose.NewProvider(goose.DialectSQLite3, p, o.migrations, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return false, fmt.Errorf("read the migrations: %w", err)
	}
	sources := steps.ListSources()
	latest := sources[len(sources)-1].Version
	if !fresh {
		if have, err := version(ctx, p); err != nil {
			return false, err
		} else if have > latest {
			return false, fmt.Errorf("%s: %w: its schema is %d, this program knows up to %d: install the newer derisk", path, ErrNewer, have, latest)
		} else if have == latest {
			return false, freeClaims(ctx, p)
		}
	}
	if created, err = migrate(ctx, p, steps, fresh); err != nil {
		err = fmt.Errorf("bring %s to the schema %d: %w", path, latest, err)
	}
	return created, err
}

// identify says whether the file is empty; one that is neither empty nor ours is refused.
func identify(ctx context.Context, p *sql.DB, path string) (fresh bool, err error) {
	var id, tables int
	row := p.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)`)
	if err := row.Scan(&id, &tables); err != nil {
		return false, err
	}
	if id != applicationID && (id != 0 || tables > 0) {
		return false, fmt.Errorf("%s: %w but another program's: name another file", path, ErrForeign)
	}
	return tables == 0, nil
}

// version is the latest step that the file has had; 0 before the first.
func version(ctx context.Context, p *sql.DB) (have int64, err error) {
	err = p.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM `+goose.DefaultTablename).Scan(&have)
	return have, err
}

// migrate takes the steps that are missing while nobody else has the file open.
// Another process that wants to take them as well finds it busy, looks again,
// and finds them taken.
func migrate(ctx context.Context, p *sql.DB, steps *goose.Provider, fresh bool) (created bool, err error) {
	if err := seize(ctx, p); err != nil {
		return false, err
	}
	if fresh {
		if _, err := p.ExecContext(ctx, fmt.Sprintf("PRAGMA journal_mode = WAL; PRAGMA application_id = %d", applicationID)); err != nil {
			return false, err
		}
	}
	taken, err := steps.Up(ctx)
	if failed, ok := errors.AsType[*goose.PartialError](err); ok {
		return false, fmt.Errorf("%s failed and changed nothing: go on with the former derisk, and report this: %w", failed.Failed.Source.Path, failed.Err)
	}
	return len(taken) > 0 && taken[0].Source.Version == 1, err
}

// seize takes the file for p's connection alone, until it is closed.
func seize(ctx context.Context, p *sql.DB) error {
	_, err := p.ExecContext(ctx, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
	return err
}

// freeClaims frees the posts that a killed process was trying. Only where
// nobody else has the file open are they sure to be abandoned.
func freeClaims(ctx context.Context, p *sql.DB) error {
	if _, err := p.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
		return err
	}
	if err := seize(ctx, p); isBusy(err) {
		return nil
	} else if err != nil {
		return err
	}
	_, err := p.ExecContext(ctx, "UPDATE posts SET claim = NULL, claimed = NULL WHERE settled IS NULL AND claim IS NOT NULL")
	return err
}
