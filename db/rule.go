package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"derisk/tracker"
)

// RuleState is what a rule remembers; the zero state where it has had no tick.
func (d *DB) RuleState(ctx context.Context, rule string) (tracker.RuleState, error) {
	s := tracker.RuleState{Active: map[string]tracker.Active{}, Fired: map[string]bool{}}
	err := d.read(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT tick, form, COALESCE(failed, '') FROM rules WHERE rule = ?`, rule).Scan(instant{&s.Tick}, &s.Form, &s.Failed)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if s.Active, err = active(ctx, tx, rule); err != nil {
			return err
		}
		s.Fired, err = fired(ctx, tx, rule)
		return err
	})
	if err != nil {
		return tracker.RuleState{}, fmt.Errorf("read the state of rule %s: %w", rule, err)
	}
	return s, nil
}

func active(ctx context.Context, tx *sql.Tx, rule string) (map[string]tracker.Active, error) {
	rows, err := tx.QueryContext(ctx, `SELECT subject, key, since, last, silent FROM active WHERE rule = ?`, rule)
	all, err := collect(rows, err, func(rows *sql.Rows, a *tracker.Active) error {
		return rows.Scan(&a.Subject, &a.Key, instant{&a.Since}, instant{&a.Last}, &a.Silent)
	})
	bySubject := make(map[string]tracker.Active, len(all))
	for _, a := range all {
		bySubject[a.Subject] = a
	}
	return bySubject, err
}

func fired(ctx context.Context, tx *sql.Tx, rule string) (map[string]bool, error) {
	rows, err := tx.QueryContext(ctx, `SELECT subject || char(10) || key FROM fired WHERE rule = ?`, rule)
	all, err := collect(rows, err, func(rows *sql.Rows, key *string) error { return rows.Scan(key) })
	keys := make(map[string]bool, len(all))
	for _, key := range all {
		keys[key] = true
	}
	return keys, err
}

// Commit stores what one tick of a rule decided: the tick, what is active, the
// firings, and what every subscription of this moment does with each. A tick
// that is not after the stored one matches [ErrStored] and changes nothing. Of
// an outcome that failed only the failure is stored. A firing that was told
// before, by rule, subject, key and kind, is not told again.
func (d *DB) Commit(ctx context.Context, o tracker.Outcome, at time.Time) error {
	err := d.write(ctx, func(tx *sql.Tx) error {
		had, err := advance(ctx, tx, o)
		if err != nil || o.Failed != "" {
			return err
		}
		b := newBatch(ctx, tx)
		if err := replaceActive(b, o.Rule, had, o.Active); err != nil {
			return err
		}
		if err := fire(b, o.Firings, at); err != nil {
			return err
		}
		return endGone(b, o, at)
	})
	if err != nil {
		return fmt.Errorf("store the tick of rule %s at %s: %w", o.Rule, o.Tick.Format(time.RFC3339), err)
	}
	return nil
}

// advance stores the tick or the failure, and gives what was active.
func advance(ctx context.Context, tx *sql.Tx, o tracker.Outcome) (map[string]tracker.Active, error) {
	var tick, failed time.Time
	err := tx.QueryRowContext(ctx, `SELECT tick, failed_tick FROM rules WHERE rule = ?`, o.Rule).Scan(instant{&tick}, instant{&failed})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if !tick.IsZero() && !o.Tick.After(tick) || o.Failed != "" && !failed.IsZero() && !o.Tick.After(failed) {
		return nil, ErrStored
	}
	if o.Failed != "" {
		_, err = tx.ExecContext(ctx, `
			INSERT INTO rules (rule, failed, failed_tick, failures) VALUES (?, ?, ?, 1)
			ON CONFLICT (rule) DO UPDATE SET failed = excluded.failed, failed_tick = excluded.failed_tick, failures = failures + 1`,
			o.Rule, o.Failed, stamp(o.Tick))
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO rules (rule, tick, form) VALUES (?, ?, ?)
		ON CONFLICT (rule) DO UPDATE SET tick = excluded.tick, form = excluded.form, failed = NULL, failed_tick = NULL, failures = 0`,
		o.Rule, stamp(o.Tick), o.Form)
	if err != nil {
		return nil, err
	}
	return active(ctx, tx, o.Rule)
}

// replaceActive writes only what differs: at most ticks little does.
func replaceActive(b *batch, rule string, had map[string]tracker.Active, now []tracker.Active) error {
	for _, a := range now {
		former, ok := had[a.Subject]
		delete(had, a.Subject)
		if ok && former.Key == a.Key && former.Since.Equal(a.Since) && former.Last.Equal(a.Last) && former.Silent == a.Silent {
			continue
		}
		err := b.exec(`INSERT OR REPLACE INTO active (rule, subject, key, since, last, silent) VALUES (?, ?, ?, ?, ?, ?)`,
			rule, a.Subject, a.Key, a.Since.UnixNano(), a.Last.UnixNano(), a.Silent)
		if err != nil {
			return err
		}
	}
	for subject := range had {
		if err := b.exec(`DELETE FROM active WHERE rule = ? AND subject = ?`, rule, subject); err != nil {
			return err
		}
	}
	return nil
}

// fire stores the firings that are new, each with its deliveries.
func fire(b *batch, firings []tracker.Firing, at time.Time) error {
	if len(firings) == 0 {
		return nil
	}
	all, err := subscriptions(b.ctx, b.tx, "", "")
	if err != nil {
		return err
	}
	hushes, err := liveHushes(b.ctx, b.tx, "")
	if err != nil {
		return err
	}
	for _, f := range firings {
		seq, isNew, err := storeFiring(b, f, at)
		if err != nil {
			return err
		}
		if !isNew {
			continue
		}
		if err := deliver(b, seq, f, all, hushesOf(hushes), at); err != nil {
			return err
		}
	}
	return nil
}

func storeFiring(b *batch, f tracker.Firing, at time.Time) (seq int64, isNew bool, err error) {
	text, err := encoded(f)
	if err != nil {
		return 0, false, fmt.Errorf("firing %s: %w", f.ID, err)
	}
	err = b.scan(`
		INSERT INTO firings (id, at, rule, subject, key, kind, critical, stored, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING RETURNING seq`,
		[]any{f.ID, f.At.UnixNano(), f.Rule, f.Subject, f.Key, f.Kind, f.Severity == tracker.Critical, stamp(at), text}, &seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err == nil && f.Kind == tracker.Began && f.Rule != tracker.DrillRule {
		err = b.exec(`INSERT OR IGNORE INTO fired (rule, subject, key) VALUES (?, ?, ?)`, f.Rule, f.Subject, f.Key)
	}
	if err != nil {
		return 0, false, fmt.Errorf("firing %s: %w", f.ID, err)
	}
	return seq, true, nil
}

// MoveRule gives the state of the rule was to the rule now, which a renamed
// file calls for. It does nothing where now has a state of its own already, or was has none.
func (d *DB) MoveRule(ctx context.Context, was, now string) error {
	return d.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM rules WHERE rule = ?2 AND tick IS NULL AND EXISTS (SELECT 1 FROM rules WHERE rule = ?1)`, was, now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE OR IGNORE hushes SET rule = ?2 WHERE rule = ?1 AND over IS NULL AND NOT EXISTS (SELECT 1 FROM rules WHERE rule = ?2)`, was, now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE rules SET rule = ?2 WHERE rule = ?1 AND NOT EXISTS (SELECT 1 FROM rules WHERE rule = ?2)`, was, now)
		return err
	})
}

// ForgetRules ends the state of every rule that is not kept. Firings stay: they are history.
func (d *DB) ForgetRules(ctx context.Context, keep []string) error {
	names, err := encoded(append([]string{}, keep...))
	if err != nil {
		return err
	}
	return d.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM rules WHERE rule NOT IN (SELECT value FROM json_each(?))`, names)
		return err
	})
}

// Firings lists the newest firings due at or after since, oldest first; all where limit is 0.
func (d *DB) Firings(ctx context.Context, since time.Time, limit int) ([]tracker.Firing, error) {
	from := int64(-1 << 63)
	if !since.IsZero() {
		from = since.UnixNano()
	}
	rows, err := d.reader.QueryContext(ctx, `
		SELECT body FROM (SELECT at, seq, body FROM firings WHERE at >= ? ORDER BY at DESC, seq DESC LIMIT ?) ORDER BY at, seq`,
		from, atMost(limit))
	all, err := collect(rows, err, func(rows *sql.Rows, f *tracker.Firing) error { return rows.Scan(body{f}) })
	return all, d.told(err)
}

// Failure is a rule whose latest tick could not be evaluated.
type Failure struct {
	Rule  string    `json:"rule"`
	Tick  time.Time `json:"tick"`
	Why   string    `json:"why"`
	Times int       `json:"times"` // in a row
}

// Failures lists the rules that fail at present, by name.
func (d *DB) Failures(ctx context.Context) ([]Failure, error) {
	rows, err := d.reader.QueryContext(ctx, `SELECT rule, failed_tick, failed, failures FROM rules WHERE failed IS NOT NULL ORDER BY rule`)
	all, err := collect(rows, err, func(rows *sql.Rows, f *Failure) error {
		return rows.Scan(&f.Rule, instant{&f.Tick}, &f.Why, &f.Times)
	})
	return all, d.told(err)
}
