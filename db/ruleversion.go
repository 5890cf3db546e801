package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"derisk/tracker"
)

// AdoptRules notes which versions of rules run from now on, and keeps their
// text for ever. Rules that are not named run on as they did.
func (d *DB) AdoptRules(ctx context.Context, versions []tracker.RuleVersion, at time.Time) error {
	if len(versions) == 0 {
		return nil
	}
	err := d.write(ctx, func(tx *sql.Tx) error {
		b := newBatch(ctx, tx)
		for _, v := range versions {
			err := b.exec(`INSERT INTO rule_versions (rule, digest, source, revision, first) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
				v.Rule, v.Digest, v.Source, v.Revision, stamp(at))
			if err != nil {
				return err
			}
			if err := runs(b, v, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep the text of the rules: %w", err)
	}
	return nil
}

// runs notes which version of a rule runs, if that is another than before.
func runs(b *batch, v tracker.RuleVersion, at time.Time) error {
	done, err := b.tx.ExecContext(b.ctx, `
		INSERT INTO rules (rule, digest) VALUES (?, ?)
		ON CONFLICT (rule) DO UPDATE SET digest = excluded.digest WHERE digest IS NOT excluded.digest`, v.Rule, v.Digest)
	if err != nil {
		return err
	}
	if n, _ := done.RowsAffected(); n == 0 { // this driver always knows
		return nil
	}
	return note(b.ctx, b.tx, tracker.Entry{At: at, By: byItself, Did: "adopt rule", Subject: v.Rule, Detail: strings.TrimSpace(v.Digest + " " + v.Revision)})
}

// RunningRules lists the versions that were last adopted, by name. A rule that
// was forgotten is not among them.
func (d *DB) RunningRules(ctx context.Context) ([]tracker.RuleVersion, error) {
	rows, err := d.reader.QueryContext(ctx, `
		SELECT v.rule, v.digest, v.source, v.revision
		FROM rules r JOIN rule_versions v ON v.rule = r.rule AND v.digest = r.digest
		ORDER BY v.rule`)
	all, err := collect(rows, err, func(rows *sql.Rows, v *tracker.RuleVersion) error {
		return rows.Scan(&v.Rule, &v.Digest, &v.Source, &v.Revision)
	})
	return all, d.told(err)
}

// Told is a firing with the text of its rule, and when it was evaluated and stored.
type Told struct {
	tracker.Firing
	Source string // of the rule; empty where its version was not kept
	Stored time.Time
}

// Firing finds a firing by its id. The error matches [tracker.ErrNotFound].
func (d *DB) Firing(ctx context.Context, id string) (Told, error) {
	var t Told
	err := d.reader.QueryRowContext(ctx, `
		SELECT f.body, f.stored, COALESCE(v.source, '')
		FROM firings f LEFT JOIN rule_versions v ON v.rule = f.rule AND v.digest = f.body ->> 'digest'
		WHERE f.id = ?`, id).Scan(body{&t.Firing}, instant{&t.Stored}, &t.Source)
	if errors.Is(err, sql.ErrNoRows) {
		return Told{}, fmt.Errorf("no firing %q: see derisk deliveries --json (%w)", id, tracker.ErrNotFound)
	}
	return t, d.told(err)
}

// SnapshotAt is all that was recorded by an instant, as it was then.
func (d *DB) SnapshotAt(ctx context.Context, recorded time.Time) (*tracker.Snapshot, error) {
	k := (*known)(nil).copy()
	k.upTo, k.generation = recorded.UnixNano(), -1 // nothing is read yet
	err := d.read(ctx, func(tx *sql.Tx) (err error) {
		k, err = k.next(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what was recorded by %s: %w", recorded.Format(time.RFC3339), err)
	}
	return k.snapshot, nil
}

// forEver is later than anything recorded.
const forEver = math.MaxInt64
