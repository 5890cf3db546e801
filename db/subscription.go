package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"derisk/tracker"
)

// AddSubscription stores a subscription and gives it an id, such as s1. All
// else, also By and Made, is the caller's to set.
func (d *DB) AddSubscription(ctx context.Context, s tracker.Subscription) (tracker.Subscription, error) {
	err := d.write(ctx, func(tx *sql.Tx) error {
		n, err := nextNumber(ctx, tx, "subscriptions")
		if err != nil {
			return err
		}
		s.ID = fmt.Sprintf("s%d", n)
		_, err = tx.ExecContext(ctx, `
			INSERT INTO subscriptions (n, id, owner, channel, filter, lang, zone, deliver, at, quiet, ping, by, made, paused, publish, no_reviews, digest_due)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			n, s.ID, s.Owner, s.Channel, s.Filter, s.Lang, s.Zone, s.Deliver, s.At, s.Quiet, s.Ping, s.By, stamp(s.Made), s.Paused, s.Publish, s.NoReviews, stamp(s.NextDigest(s.Made)))
		if err != nil {
			return err
		}
		return note(ctx, tx, tracker.Entry{At: s.Made, By: s.By, Owner: s.Owner, Did: "subscribe", Subject: s.ID, Detail: strings.TrimSpace(s.Channel + " " + s.Filter)})
	})
	if err != nil {
		return tracker.Subscription{}, fmt.Errorf("store a subscription: %w", err)
	}
	return s, nil
}

// Subscriptions lists an owner's subscriptions in the order made; everybody's
// where owner is empty.
func (d *DB) Subscriptions(ctx context.Context, owner string) ([]tracker.Subscription, error) {
	all, err := subscriptions(ctx, d.reader, owner, "")
	return all, d.told(err)
}

const subscriptionColumns = `s.id, s.owner, s.channel, s.filter, s.lang, s.zone, s.deliver, s.at, s.quiet, s.ping, s.by, s.made, s.paused, s.publish, s.no_reviews`

func intoSubscription(s *tracker.Subscription) []any {
	return []any{&s.ID, &s.Owner, &s.Channel, &s.Filter, &s.Lang, &s.Zone, &s.Deliver, &s.At, &s.Quiet, &s.Ping, &s.By, instant{&s.Made}, &s.Paused, &s.Publish, &s.NoReviews}
}

// subscriptions lists those of an owner and a channel; empty stands for any.
func subscriptions(ctx context.Context, q querier, owner, channel string) ([]tracker.Subscription, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT `+subscriptionColumns+`
		FROM subscriptions s
		WHERE s.deleted IS NULL AND (?1 = '' OR s.owner = ?1) AND (?2 = '' OR s.channel = ?2)
		ORDER BY s.n`, owner, channel)
	return collect(rows, err, func(rows *sql.Rows, s *tracker.Subscription) error { return rows.Scan(intoSubscription(s)...) })
}

// PauseSubscription stops an owner's subscription, with why in words. What was
// waiting for it and is in no post yet is not sent. The error matches
// [tracker.ErrNotFound] where the owner has no such subscription.
func (d *DB) PauseSubscription(ctx context.Context, owner, id, why, by string, at time.Time) error {
	return d.onSubscription(ctx, tracker.Entry{At: at, By: by, Owner: owner, Did: "pause subscription", Subject: id, Detail: why}, func(tx *sql.Tx, n int64) error {
		if _, err := tx.ExecContext(ctx, `UPDATE subscriptions SET paused = ? WHERE n = ?`, why, n); err != nil {
			return err
		}
		return dropWaiting(ctx, tx, n, tracker.CausePaused)
	})
}

// ResumeSubscription lets an owner's subscription go on with what fires from now on.
func (d *DB) ResumeSubscription(ctx context.Context, owner, id, by string, at time.Time) error {
	return d.onSubscription(ctx, tracker.Entry{At: at, By: by, Owner: owner, Did: "resume subscription", Subject: id}, func(tx *sql.Tx, n int64) error {
		_, err := tx.ExecContext(ctx, `UPDATE subscriptions SET paused = '' WHERE n = ?`, n)
		return err
	})
}

// DeleteSubscription ends an owner's subscription. Its deliveries stay as
// history; what was waiting and is in no post yet is not sent.
func (d *DB) DeleteSubscription(ctx context.Context, owner, id, by string, at time.Time) error {
	return d.onSubscription(ctx, tracker.Entry{At: at, By: by, Owner: owner, Did: "delete subscription", Subject: id}, func(tx *sql.Tx, n int64) error {
		if _, err := tx.ExecContext(ctx, `UPDATE subscriptions SET deleted = ? WHERE n = ?`, stamp(at), n); err != nil {
			return err
		}
		return dropWaiting(ctx, tx, n, tracker.CauseDeleted)
	})
}

func dropWaiting(ctx context.Context, tx *sql.Tx, n int64, cause tracker.Cause) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE deliveries SET state = 'not-sent', cause = ?, due = NULL
		WHERE subscription = ? AND post IS NULL AND state IN ('waiting', 'held')`, cause, n)
	if err != nil {
		return err
	}
	return dropRecalls(ctx, tx, n)
}

// onSubscription does something to an owner's subscription, the entry's subject.
func (d *DB) onSubscription(ctx context.Context, e tracker.Entry, do func(tx *sql.Tx, n int64) error) error {
	err := d.write(ctx, func(tx *sql.Tx) error {
		n, err := subscriptionNumber(ctx, tx, e.Owner, e.Subject)
		if err != nil {
			return err
		}
		if err := do(tx, n); err != nil {
			return err
		}
		return note(ctx, tx, e)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", e.Did, err)
	}
	return nil
}

func subscriptionOf(ctx context.Context, tx *sql.Tx, n int64) (s tracker.Subscription, err error) {
	err = tx.QueryRowContext(ctx, `SELECT `+subscriptionColumns+` FROM subscriptions s WHERE s.n = ?`, n).Scan(intoSubscription(&s)...)
	return s, err
}

func subscriptionNumber(ctx context.Context, tx *sql.Tx, owner, id string) (n int64, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT n, id FROM subscriptions WHERE owner = ? AND deleted IS NULL`, owner)
	type numbered struct {
		n  int64
		id string
	}
	all, err := collect(rows, err, func(rows *sql.Rows, s *numbered) error { return rows.Scan(&s.n, &s.id) })
	if err != nil {
		return 0, err
	}
	var known []string
	for _, s := range all {
		if s.id == id {
			return s.n, nil
		}
		known = append(known, s.id)
	}
	return 0, notFound("subscription", id, known)
}
