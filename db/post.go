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

// claimTime is how long a try of another process is waited for. A process
// that was killed is known to be gone when the next one opens the file
// alone; until then its claims run out.
const claimTime = 5 * time.Second

// DuePosts lists the posts to try now, in the order made: of each channel the
// oldest that is not settled, if its next try has come and no other process is
// trying it. So a channel's posts go out in order.
func (d *DB) DuePosts(ctx context.Context, now time.Time) ([]tracker.Post, error) {
	var due []tracker.Post
	err := d.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT `+postColumns+`
			FROM posts p
			JOIN (SELECT MIN(n) AS n FROM posts WHERE settled IS NULL GROUP BY channel) oldest ON oldest.n = p.n
			WHERE p.next_try <= ?1 AND (p.claim IS NULL OR p.claim = ?2 OR p.claimed <= ?3)
			ORDER BY p.n`, now.UnixNano(), d.token, now.Add(-claimTime).UnixNano())
		due, err = collect(rows, err, scanPost)
		for i := range due {
			err = cmp.Or(err, tellsOf(ctx, tx, &due[i]))
		}
		return err
	})
	return due, err
}

// NextDue is when the next delivery may go out, or the next post may be tried;
// the zero time where there is none. It can lie in the past.
func (d *DB) NextDue(ctx context.Context) (time.Time, error) {
	var next time.Time
	err := d.reader.QueryRowContext(ctx, `
		SELECT MIN(at) FROM (
			SELECT MIN(due) AS at FROM deliveries WHERE state IN ('waiting', 'held') AND post IS NULL
			UNION ALL
			SELECT MIN(next_try) FROM posts WHERE settled IS NULL
			UNION ALL
			SELECT MIN(s.digest_due) FROM subscriptions s WHERE `+isDigest+`
			UNION ALL
			SELECT MIN(until) FROM hushes WHERE over IS NULL
			UNION ALL
			SELECT MIN(r.due) FROM recalls r JOIN subscriptions s ON s.n = r.subscription WHERE `+canRecall+`
			UNION ALL
			SELECT MIN(c.next_try) FROM chores c JOIN posts p ON p.n = c.post WHERE `+canBeDone+`
		)`).Scan(instant{&next})
	return next, d.told(err)
}

const postColumns = `p.id, p.channel, p.lang, p.zone, p.ping, p.digest, p.tried, p.tries, p.next_try, p.last_fail, COALESCE(p.message, ''), p.lead`

func intoPost(p *tracker.Post) []any {
	return []any{&p.ID, &p.Channel, &p.Lang, &p.Zone, &p.Ping, &p.Digest, instant{&p.Tried}, &p.Tries, instant{&p.NextTry}, &p.LastFail, &p.Message, body{&p.Lead}}
}

func scanPost(rows *sql.Rows, p *tracker.Post) error { return rows.Scan(intoPost(p)...) }

// tellsOf reads what a post tells: each firing once, the end of each that has
// ended, and what else became of them.
func tellsOf(ctx context.Context, tx *sql.Tx, p *tracker.Post) error {
	rows, err := tx.QueryContext(ctx, `
		WITH told AS (
			SELECT f.* FROM firings f
			WHERE f.seq IN (SELECT t.firing FROM tellings t WHERE t.post = (SELECT n FROM posts WHERE id = ?)))
		SELECT f.body FROM firings f
		WHERE f.seq IN (
			SELECT seq FROM told
			UNION
			SELECT (SELECT e.seq FROM firings e
				WHERE e.rule = told.rule AND e.subject = told.subject AND e.kind = 'resolved' AND e.at >= told.at
				ORDER BY e.at LIMIT 1)
			FROM told WHERE told.kind = 'firing')
		ORDER BY f.at, f.seq`, p.ID)
	p.Firings, err = collect(rows, err, func(rows *sql.Rows, f *tracker.Firing) error { return rows.Scan(body{f}) })
	if err != nil {
		return err
	}
	rows, err = tx.QueryContext(ctx, `
		SELECT DISTINCT n.seq, n.body
		FROM tellings t
		JOIN subscriptions s ON s.n = t.subscription
		JOIN notes n ON n.firing = t.firing AND n.owner IN ('', s.owner)
		WHERE t.post = (SELECT n FROM posts WHERE id = ?)
		ORDER BY n.seq`, p.ID)
	p.Notes, err = collect(rows, err, func(rows *sql.Rows, n *tracker.Note) error { return rows.Scan(new(int64), body{n}) })
	return err
}

// Post is one of an owner's posts as things stand with its firings; anybody's
// where owner is "*". The error matches [tracker.ErrNotFound] where there is none.
func (d *DB) Post(ctx context.Context, owner, id string) (tracker.Post, error) {
	var p tracker.Post
	err := d.read(ctx, func(tx *sql.Tx) (err error) {
		p, err = ownPost(ctx, tx, owner, id)
		return err
	})
	return p, err
}

// RecentPosts lists an owner's latest posts that were sent, at most so many,
// newest first.
func (d *DB) RecentPosts(ctx context.Context, owner string, most int) ([]tracker.Post, error) {
	var all []tracker.Post
	err := d.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT `+postColumns+`
			FROM posts p
			WHERE p.channel IN (SELECT channel FROM subscriptions WHERE owner = ?1) AND p.message IS NOT NULL AND EXISTS (
				SELECT 1 FROM tellings t JOIN subscriptions s ON s.n = t.subscription
				WHERE t.post = p.n AND s.owner = ?1)
			ORDER BY p.n DESC
			LIMIT ?2`, owner, most)
		all, err = collect(rows, err, scanPost)
		for i := range all {
			err = cmp.Or(err, tellsOf(ctx, tx, &all[i]))
		}
		return err
	})
	return all, err
}

func ownPost(ctx context.Context, tx *sql.Tx, owner, id string) (p tracker.Post, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT `+postColumns+`
		FROM posts p
		WHERE p.id = ?1 AND EXISTS (
			SELECT 1 FROM tellings t JOIN subscriptions s ON s.n = t.subscription
			WHERE t.post = p.n AND ?2 IN (s.owner, '*'))`, id, owner).Scan(intoPost(&p)...)
	if errors.Is(err, sql.ErrNoRows) {
		return p, notFound("post", id, nil)
	}
	return p, cmp.Or(err, tellsOf(ctx, tx, &p))
}

// MarkTried claims a post for a try that begins now; nobody else gets it for
// some seconds. It is called before each try. The error matches [ErrTaken]
// where another process tries the post, and [ErrSettled] where it is settled:
// then it must not be sent.
func (d *DB) MarkTried(ctx context.Context, id string, at time.Time) error {
	return d.onPost(ctx, id, "claim", ErrTaken, `
		UPDATE posts SET tried = COALESCE(tried, ?2), tries = tries + 1, claim = ?3, claimed = ?2
		WHERE id = ?1 AND settled IS NULL AND (claim IS NULL OR claim = ?3 OR claimed <= ?4)`,
		nil, stamp(at), d.token, at.Add(-claimTime).UnixNano())
}

// RetryPost says when an unsettled post is tried next, and what its latest try met.
func (d *DB) RetryPost(ctx context.Context, id string, next time.Time, why string) error {
	return d.onPost(ctx, id, "put off", ErrSettled, `
		UPDATE posts SET next_try = ?2, last_fail = ?3, claim = NULL, claimed = NULL WHERE id = ?1 AND settled IS NULL`,
		nil, stamp(next), why)
}

// SettlePost stores that a post was sent as the message of that id. For each of
// its firings one delivery is now sent, the others are merged. The error
// matches [ErrSettled] where somebody was first.
func (d *DB) SettlePost(ctx context.Context, id, message string, at time.Time) error {
	return d.onPost(ctx, id, "settle", ErrSettled, `
		UPDATE posts SET settled = ?2, message = ?3, claim = NULL, claimed = NULL WHERE id = ?1 AND settled IS NULL`,
		func(ctx context.Context, tx *sql.Tx, n int64) error {
			_, err := tx.ExecContext(ctx, `
				UPDATE deliveries SET settled = ?2, state = iif(
					subscription = (SELECT MIN(o.subscription) FROM deliveries o WHERE o.firing = deliveries.firing AND o.post = ?1),
					'sent', 'merged')
				WHERE post = ?1 AND state IN ('waiting', 'held')`, n, stamp(at))
			if err != nil {
				return err
			}
			return wantPublished(ctx, tx, n, at)
		}, stamp(at), message)
}

// FailPost gives a post and its deliveries up, for a cause and with why in
// words. The error matches [ErrSettled] where somebody was first.
func (d *DB) FailPost(ctx context.Context, id string, cause tracker.Cause, why string, at time.Time) error {
	return d.onPost(ctx, id, "give up", ErrSettled, `
		UPDATE posts SET settled = ?2, cause = ?3, last_fail = ?4, claim = NULL, claimed = NULL WHERE id = ?1 AND settled IS NULL`,
		func(ctx context.Context, tx *sql.Tx, n int64) error {
			_, err := tx.ExecContext(ctx, `UPDATE deliveries SET state = 'failed', cause = ?, settled = ? WHERE post = ?`, cause, stamp(at), n)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `DELETE FROM chores WHERE post = ?`, n)
			return err
		}, stamp(at), cause, why)
}

// onPost runs update, which changes no row where it comes too late, and then
// whatever follows from it.
func (d *DB) onPost(ctx context.Context, id, did string, late error, update string, follow func(context.Context, *sql.Tx, int64) error, args ...any) error {
	err := d.write(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, update, append([]any{id}, args...)...)
		if err != nil {
			return err
		}
		changed, _ := done.RowsAffected() // this driver always knows
		n, settled, err := postNumber(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case changed == 0 && settled:
			return ErrSettled
		case changed == 0:
			return late
		case follow == nil:
			return nil
		}
		return follow(ctx, tx, n)
	})
	if err != nil {
		return fmt.Errorf("%s post %s: %w", did, id, err)
	}
	return nil
}

func postNumber(ctx context.Context, tx *sql.Tx, id string) (n int64, settled bool, err error) {
	err = tx.QueryRowContext(ctx, `SELECT n, settled IS NOT NULL FROM posts WHERE id = ?`, id).Scan(&n, &settled)
	if errors.Is(err, sql.ErrNoRows) {
		err = tracker.ErrNotFound
	}
	return n, settled, err
}

// PauseChannel pauses every subscription of a channel that cannot be posted to,
// for that cause, and gives up what was still to go there. It says which
// subscriptions it paused, so that whoever made them can be told.
func (d *DB) PauseChannel(ctx context.Context, channel string, cause tracker.Cause, at time.Time) ([]tracker.Subscription, error) {
	var paused []tracker.Subscription
	err := d.write(ctx, func(tx *sql.Tx) error {
		all, err := subscriptions(ctx, tx, "", channel)
		if err != nil {
			return err
		}
		for _, s := range all {
			if s.Paused == "" {
				s.Paused = string(cause)
				paused = append(paused, s)
			}
		}
		for _, s := range paused {
			if err := note(ctx, tx, tracker.Entry{At: at, By: byItself, Owner: s.Owner, Did: "pause subscription", Subject: s.ID, Detail: s.Paused}); err != nil {
				return err
			}
		}
		return giveUp(ctx, tx, channel, cause, at)
	})
	if err != nil {
		return nil, fmt.Errorf("pause channel %s: %w", channel, err)
	}
	return paused, nil
}

func giveUp(ctx context.Context, tx *sql.Tx, channel string, cause tracker.Cause, at time.Time) error {
	for _, q := range []string{
		`UPDATE subscriptions SET paused = ?2 WHERE channel = ?1 AND deleted IS NULL AND paused = ''`,
		`UPDATE deliveries SET state = 'failed', cause = ?2, settled = ?3
			WHERE state IN ('waiting', 'held') AND post IS NULL AND subscription IN (SELECT n FROM subscriptions WHERE channel = ?1)`,
		`UPDATE deliveries SET state = 'failed', cause = ?2, settled = ?3
			WHERE post IN (SELECT n FROM posts WHERE channel = ?1 AND settled IS NULL)`,
		`DELETE FROM recalls WHERE post IS NULL AND subscription IN (SELECT n FROM subscriptions WHERE channel = ?1)`,
		`UPDATE posts SET settled = ?3, cause = ?2, claim = NULL, claimed = NULL WHERE channel = ?1 AND settled IS NULL`,
	} {
		if _, err := tx.ExecContext(ctx, q, channel, cause, stamp(at)); err != nil {
			return err
		}
	}
	return nil
}
