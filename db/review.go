package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"derisk/tracker"
)

// querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// AddReview stores a review and gives it an id, such as r1. Its owner, measure,
// acceptance and Recorded are the caller's to set; the measure must be there.
// by is who adds it, here and in what changes it.
func (d *DB) AddReview(ctx context.Context, r tracker.Review, by string) (tracker.Review, error) {
	err := d.change(ctx, func(tx *sql.Tx, have *tracker.Snapshot) (bool, error) {
		if _, err := have.Measure(r.Measure); err != nil {
			return false, err
		}
		n, err := nextNumber(ctx, tx, "reviews")
		if err != nil {
			return false, err
		}
		r.ID, r.Stops, r.Decided = fmt.Sprintf("r%d", n), nil, tracker.Date{}
		_, err = tx.ExecContext(ctx, `INSERT INTO reviews (n, id, owner, measure, name, accepted, recorded) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			n, r.ID, r.Owner, r.Measure, r.Name, r.Accepted.String(), stamp(r.Recorded))
		if err != nil {
			return false, err
		}
		return true, note(ctx, tx, tracker.Entry{At: r.Recorded, By: by, Owner: r.Owner, Did: "add review", Subject: r.ID, Detail: r.Measure})
	})
	if err != nil {
		return tracker.Review{}, fmt.Errorf("add a review: %w", err)
	}
	return r, nil
}

// nextNumber is one more than the highest n of a table whose rows stay.
func nextNumber(ctx context.Context, tx *sql.Tx, table string) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT 1 + COALESCE(MAX(n), 0) FROM `+table).Scan(&n)
	return n, err
}

// StopReview stops an owner's clock. The error matches [tracker.ErrNotFound]
// where the owner has no such review, and [ErrOrder] where it has stopped or
// been decided.
func (d *DB) StopReview(ctx context.Context, owner, id string, s tracker.Stop, by string, at time.Time) error {
	return d.onReview(ctx, tracker.Entry{At: at, By: by, Owner: owner, Did: "stop review", Subject: id, Detail: s.On.String()}, func(tx *sql.Tx, n int64, r tracker.Review) error {
		if on, stopped := runningStop(r); stopped {
			return fmt.Errorf("review %s has stood stopped since %s: %w: resume it first", id, on, ErrOrder)
		}
		if err := notBefore(r, s.On); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO stops (review, n, stopped, reason, stopped_recorded) VALUES (?, ?, ?, ?, ?)`,
			n, len(r.Stops), s.On.String(), s.For, stamp(at))
		return err
	})
}

// ResumeReview lets an owner's clock run again from day on. The errors are
// those of StopReview; [ErrOrder] where the clock is not stopped.
func (d *DB) ResumeReview(ctx context.Context, owner, id string, day tracker.Date, by string, at time.Time) error {
	return d.onReview(ctx, tracker.Entry{At: at, By: by, Owner: owner, Did: "resume review", Subject: id, Detail: day.String()}, func(tx *sql.Tx, n int64, r tracker.Review) error {
		on, stopped := runningStop(r)
		if !stopped {
			return fmt.Errorf("review %s is not stopped: %w", id, ErrOrder)
		}
		if tracker.DaysBetween(on, day) < 0 {
			return fmt.Errorf("review %s stopped on %s, it cannot resume on %s: %w", id, on, day, ErrOrder)
		}
		_, err := tx.ExecContext(ctx, `UPDATE stops SET resumed = ?, resumed_recorded = ? WHERE review = ? AND resumed IS NULL`, day.String(), stamp(at), n)
		return err
	})
}

// DecideReview ends an owner's clock. The errors are those of StopReview; a
// clock that stands stopped may be decided.
func (d *DB) DecideReview(ctx context.Context, owner, id string, day tracker.Date, by string, at time.Time) error {
	return d.onReview(ctx, tracker.Entry{At: at, By: by, Owner: owner, Did: "decide review", Subject: id, Detail: day.String()}, func(tx *sql.Tx, n int64, r tracker.Review) error {
		if err := notBefore(r, day); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE reviews SET decided = ?, decided_recorded = ? WHERE n = ?`, day.String(), stamp(at), n)
		return err
	})
}

// onReview does something to an owner's review that is not decided yet, the
// entry's subject.
func (d *DB) onReview(ctx context.Context, e tracker.Entry, do func(tx *sql.Tx, n int64, r tracker.Review) error) error {
	err := d.change(ctx, func(tx *sql.Tx, _ *tracker.Snapshot) (bool, error) {
		n, r, err := review(ctx, tx, e.Owner, e.Subject)
		if err != nil {
			return false, err
		}
		if !r.Decided.IsZero() {
			return false, fmt.Errorf("review %s was decided on %s: %w", r.ID, r.Decided, ErrOrder)
		}
		if err := do(tx, n, r); err != nil {
			return false, err
		}
		return true, note(ctx, tx, e)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", e.Did, err)
	}
	return nil
}

// runningStop is the day since which the clock stands.
func runningStop(r tracker.Review) (on tracker.Date, stopped bool) {
	if len(r.Stops) == 0 {
		return tracker.Date{}, false
	}
	last := r.Stops[len(r.Stops)-1]
	return last.On, last.Resumed.IsZero()
}

// notBefore refuses a day before the acceptance or before the last stop or resuming.
func notBefore(r tracker.Review, day tracker.Date) error {
	last, what := r.Accepted, "was accepted"
	if len(r.Stops) > 0 {
		s := r.Stops[len(r.Stops)-1]
		if last, what = s.Resumed, "resumed"; last.IsZero() {
			last, what = s.On, "stopped"
		}
	}
	if tracker.DaysBetween(last, day) < 0 {
		return fmt.Errorf("review %s %s on %s, which is after %s: %w", r.ID, what, last, day, ErrOrder)
	}
	return nil
}

// review finds an owner's review; anybody else's is not found.
func review(ctx context.Context, tx *sql.Tx, owner, id string) (n int64, r tracker.Review, err error) {
	err = tx.QueryRowContext(ctx, `SELECT n FROM reviews WHERE owner = ? AND id = ?`, owner, id).Scan(&n)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, r, err
	}
	all, err := reviews(ctx, tx, owner, forEver)
	var known []string
	for _, r := range all {
		if r.ID == id {
			return n, r, nil
		}
		known = append(known, r.ID)
	}
	if err == nil {
		err = notFound("review", id, known)
	}
	return 0, r, err
}

func notFound(noun, id string, known []string) error {
	if near := tracker.Nearest(id, known); near != "" {
		return fmt.Errorf("no %s %q: did you mean %q? (%w)", noun, id, near, tracker.ErrNotFound)
	}
	return fmt.Errorf("no %s %q (%w)", noun, id, tracker.ErrNotFound)
}

// reviews lists an owner's reviews, or all where owner is empty, in the order
// recorded, as they stood when nothing later than upTo was recorded.
func reviews(ctx context.Context, q querier, owner string, upTo int64) ([]tracker.Review, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT r.id, r.owner, r.measure, r.name, r.accepted, iif(COALESCE(r.decided_recorded, 0) <= ?2, COALESCE(r.decided, ''), ''), r.recorded,
			(SELECT iif(count(*) = 0, 'null', json_group_array(json_object('on', stopped,
				'resumed', iif(COALESCE(resumed_recorded, 0) <= ?2, COALESCE(resumed, ''), ''), 'for', reason) ORDER BY n))
			FROM stops WHERE review = r.n AND COALESCE(stopped_recorded, 0) <= ?2)
		FROM reviews r
		WHERE (?1 = '' OR r.owner = ?1) AND r.recorded <= ?2
		ORDER BY r.n`, owner, upTo)
	return collect(rows, err, func(rows *sql.Rows, r *tracker.Review) error {
		return rows.Scan(&r.ID, &r.Owner, &r.Measure, &r.Name, date{&r.Accepted}, date{&r.Decided}, instant{&r.Recorded}, body{&r.Stops})
	})
}
