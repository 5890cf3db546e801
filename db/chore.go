package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"derisk/tracker"
)

// want notes that something is to be done about a post, once it stands in its
// channel. A reason that comes up while an earlier one is seen to is not lost.
func want(ctx context.Context, tx *sql.Tx, post int64, what tracker.ChoreKind, at time.Time) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO chores (post, what, next_try) VALUES (?1, ?2, ?3)
		ON CONFLICT (post, what) DO UPDATE SET reasons = reasons + 1, next_try = MIN(next_try, excluded.next_try)`,
		post, what, stamp(at))
	return err
}

// wantPublished has a post published that was sent for a subscription which
// wants that, unless it tells of a review, which is no business of other servers.
func wantPublished(ctx context.Context, tx *sql.Tx, post int64, at time.Time) error {
	var publish bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM deliveries d JOIN subscriptions s ON s.n = d.subscription WHERE d.post = ?1 AND s.publish)
			AND NOT EXISTS (SELECT 1 FROM deliveries d JOIN firings f ON f.seq = d.firing WHERE d.post = ?1 AND f.body ->> 'owner' <> '')`,
		post).Scan(&publish)
	if err != nil || !publish {
		return err
	}
	return want(ctx, tx, post, tracker.PublishPost, at)
}

// canBeDone is met by a chore of a post p that stands in a channel which is
// still somebody's, as far as Discord lets us into it.
const canBeDone = `p.message IS NOT NULL AND EXISTS (
	SELECT 1 FROM subscriptions s
	WHERE s.channel = p.channel AND s.deleted IS NULL AND s.paused NOT IN ('no-access', 'channel-gone'))`

// DueChores lists what is to be done now about posts that were sent: of each
// channel the oldest, if no other process is at it.
func (d *DB) DueChores(ctx context.Context, now time.Time) ([]tracker.Chore, error) {
	var due []tracker.Chore
	err := d.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT c.what, c.reasons, c.tries, c.last_fail, `+postColumns+`, MIN(c.post)
			FROM chores c JOIN posts p ON p.n = c.post
			WHERE c.next_try <= ?1 AND `+canBeDone+` AND (c.claim IS NULL OR c.claim = ?2 OR c.claimed <= ?3)
			GROUP BY p.channel`, now.UnixNano(), d.token, now.Add(-claimTime).UnixNano())
		due, err = collect(rows, err, func(rows *sql.Rows, c *tracker.Chore) error {
			into := append([]any{&c.What, &c.Reasons, &c.Tries, &c.LastFail}, intoPost(&c.Post)...)
			return rows.Scan(append(into, new(int64))...)
		})
		for i := range due {
			err = cmp.Or(err, tellsOf(ctx, tx, &due[i].Post))
		}
		return err
	})
	return due, err
}

// TakeChore claims a chore for a try that begins now. The error matches
// [ErrTaken] where another process is at it, or it is done.
func (d *DB) TakeChore(ctx context.Context, c tracker.Chore, at time.Time) error {
	return d.onChore(ctx, c, "take", `
		UPDATE chores SET tries = tries + 1, claim = ?3, claimed = ?4
		WHERE what = ?2 AND post = (SELECT n FROM posts WHERE id = ?1) AND (claim IS NULL OR claim = ?3 OR claimed <= ?5)`,
		d.token, stamp(at), at.Add(-claimTime).UnixNano())
}

// DoneChore stores that a chore was done, or never can be. It comes up again at
// once where there is a newer reason for it.
func (d *DB) DoneChore(ctx context.Context, c tracker.Chore) error {
	err := d.onChore(ctx, c, "end", `
		DELETE FROM chores WHERE what = ?2 AND post = (SELECT n FROM posts WHERE id = ?1) AND reasons = ?3`, c.Reasons)
	if !errors.Is(err, ErrTaken) {
		return err
	}
	return d.onChore(ctx, c, "end", `
		UPDATE chores SET tries = 0, claim = NULL, claimed = NULL WHERE what = ?2 AND post = (SELECT n FROM posts WHERE id = ?1)`)
}

// PutOffChore says when a chore is tried next, and what its latest try met.
func (d *DB) PutOffChore(ctx context.Context, c tracker.Chore, next time.Time, why string) error {
	return d.onChore(ctx, c, "put off", `
		UPDATE chores SET next_try = ?3, last_fail = ?4, claim = NULL, claimed = NULL
		WHERE what = ?2 AND post = (SELECT n FROM posts WHERE id = ?1)`, stamp(next), why)
}

// onChore runs update, which changes no row where it comes too late.
func (d *DB) onChore(ctx context.Context, c tracker.Chore, did, update string, args ...any) error {
	err := d.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, update, append([]any{c.Post.ID, c.What}, args...)...)
		if err != nil {
			return err
		}
		if n, _ := done.RowsAffected(); n == 0 { // this driver always knows
			return ErrTaken
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s the %s of post %s: %w", did, c.What, c.Post.ID, err)
	}
	return nil
}
