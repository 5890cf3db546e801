package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"derisk/tracker"
)

// Import records what files add to what is recorded, all of it or nothing, as
// learned at the instant at. Importing the same files again changes nothing.
// The error is that of [tracker.Reconcile], or names what cannot be recorded.
// The events that it records are nobody's, as Reconcile asks; the audit log
// says who imported them.
func (d *DB) Import(ctx context.Context, files tracker.Facts, by string, at time.Time) (tracker.Changes, error) {
	var changes tracker.Changes
	err := d.change(ctx, func(tx *sql.Tx, have *tracker.Snapshot) (bool, error) {
		var err error
		if changes, err = tracker.Reconcile(have, files); err != nil || changes.Empty() {
			return false, err
		}
		r := recording{batch: newBatch(ctx, tx), at: at}
		if err := r.all(changes); err != nil {
			return false, err
		}
		return true, note(ctx, tx, tracker.Entry{At: at, By: by, Did: "import", Subject: changed(changes)})
	})
	if err != nil {
		return tracker.Changes{}, err
	}
	return changes, nil
}

// Record adds one event to a measure, if [tracker.Measure.Admits] it after all
// that is recorded. An event whose id is taken matches [ErrExists].
func (d *DB) Record(ctx context.Context, measure string, e tracker.Event, by string, at time.Time) error {
	err := d.change(ctx, func(tx *sql.Tx, have *tracker.Snapshot) (bool, error) {
		m, err := have.Measure(measure)
		if err != nil {
			return false, err
		}
		r := recording{batch: newBatch(ctx, tx), by: by, at: at}
		if err := r.free(e.ID); err != nil {
			return false, err
		}
		e.Recorded, e.RecordedBy = at, by
		if err := m.Admits(e); err != nil {
			return false, err
		}
		if err := r.event(measure, e); err != nil {
			return false, err
		}
		return true, note(ctx, tx, tracker.Entry{At: at, By: by, Did: "record", Subject: e.ID, Detail: string(e.What)})
	})
	if err != nil {
		return fmt.Errorf("record %s: %w", e.ID, err)
	}
	return nil
}

// changed lists the ids of the measures that an import touched, the first ten of them.
func changed(c tracker.Changes) string {
	touched := slices.Collect(maps.Keys(c.Events))
	for _, m := range c.Measures {
		touched = append(touched, m.ID)
	}
	slices.Sort(touched)
	touched = slices.Compact(touched)
	if n := len(touched); n > 10 {
		return fmt.Sprintf("%s and %d more", strings.Join(touched[:10], " "), n-10)
	}
	return strings.Join(touched, " ")
}

// recording writes facts and events as learned at an instant, and by whom where
// a person recorded them. It lives as long as its transaction.
type recording struct {
	*batch
	by string
	at time.Time
}

func (r recording) all(c tracker.Changes) error {
	for _, m := range c.Measures {
		head := *m
		head.Events = nil
		if err := r.fact("measure", m.ID, &head); err != nil {
			return err
		}
	}
	for _, measure := range slices.Sorted(maps.Keys(c.Events)) {
		for _, e := range c.Events[measure] {
			if err := r.event(measure, e); err != nil {
				return err
			}
		}
	}
	return errors.Join(
		facts(r, "tag", c.Goods, func(t tracker.Tag) string { return t.Slug }),
		facts(r, "entity", c.Entities, func(e tracker.Entity) string { return e.ID }),
		facts(r, "commitment", c.Commitments, func(c tracker.Commitment) string { return c.ID }),
		facts(r, "indicator", c.Indicators, func(i tracker.Indicator) string { return i.ID }),
		facts(r, "calendar", c.Calendars, func(c tracker.Calendar) string { return c.ID }),
	)
}

func facts[T any](r recording, kind string, all []T, id func(T) string) error {
	for _, v := range all {
		if err := r.fact(kind, id(v), v); err != nil {
			return err
		}
	}
	return nil
}

// fact adds a version; the former ones stay.
func (r recording) fact(kind, id string, v any) error {
	text, err := encoded(v)
	if err != nil {
		return fmt.Errorf("%s %q: %w", kind, id, err)
	}
	err = r.exec(`
		INSERT INTO facts (kind, id, version, recorded, recorded_by, body)
		VALUES (?1, ?2, 1 + (SELECT COALESCE(MAX(version), 0) FROM facts WHERE kind = ?1 AND id = ?2), ?3, ?4, ?5)`,
		kind, id, stamp(r.at), r.by, text)
	if err != nil {
		return fmt.Errorf("%s %q: %w", kind, id, err)
	}
	return nil
}

// free refuses an event's id that is taken, by whichever measure.
func (r recording) free(id string) error {
	var measure string
	err := r.scan(`SELECT measure FROM events WHERE id = ?`, []any{id}, &measure)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("event %q is %w, of measure %s: choose another id, or record what: corrected with of: %s", id, ErrExists, measure, id)
	}
	return err
}

func (r recording) event(measure string, e tracker.Event) error {
	e.Recorded, e.RecordedBy = time.Time{}, "" // columns of their own
	text, err := encoded(e)
	if err != nil {
		return fmt.Errorf("event %q: %w", e.ID, err)
	}
	err = r.exec(`INSERT INTO events (id, measure, recorded, recorded_by, body) VALUES (?, ?, ?, ?, ?)`,
		e.ID, measure, stamp(r.at), r.by, text)
	if err == nil && (e.What == tracker.Corrected || e.What == tracker.Withdrawn) {
		err = noteCorrection(r.batch, e, r.at)
	}
	if err != nil {
		return fmt.Errorf("event %q: %w", e.ID, err)
	}
	return nil
}
