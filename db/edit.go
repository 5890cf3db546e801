package db

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"derisk/tracker"
)

// EditSubscription lets change put other settings into an owner's subscription,
// and gives it as it was and as it is. Its id, owner, channel and history stay,
// and an error of change leaves all as it is. The error matches
// [tracker.ErrNotFound] where the owner has no such subscription.
//
// What waits for it and is in no post yet is planned anew: it goes out by the new
// settings, or is not sent where the new filter does not want it. What is due
// already goes out as it would have.
func (d *DB) EditSubscription(ctx context.Context, owner, id, by string, at time.Time, change func(*tracker.Subscription) error) (was, now tracker.Subscription, err error) {
	err = d.write(ctx, func(tx *sql.Tx) error {
		n, err := subscriptionNumber(ctx, tx, owner, id)
		if err != nil {
			return err
		}
		if was, err = subscriptionOf(ctx, tx, n); err != nil {
			return err
		}
		now = was
		if err := change(&now); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE subscriptions SET filter = ?, lang = ?, zone = ?, deliver = ?, at = ?, quiet = ?, ping = ? WHERE n = ?`,
			now.Filter, now.Lang, now.Zone, now.Deliver, now.At, now.Quiet, now.Ping, n)
		if err != nil {
			return err
		}
		if err := planAnew(ctx, tx, n, was, now, at); err != nil {
			return err
		}
		return note(ctx, tx, tracker.Entry{At: at, By: by, Owner: owner, Did: "edit subscription", Subject: id, Detail: changes(was, now)})
	})
	if err != nil {
		return was, now, fmt.Errorf("edit subscription: %w", err)
	}
	return was, now, nil
}

// changes lists the settings that differ, for the audit log: "quiet: 22:00-07:00 → none".
func changes(was, now tracker.Subscription) string {
	var list []string
	for _, s := range []struct{ name, was, now string }{
		{"filter", was.Filter, now.Filter}, {"lang", was.Lang, now.Lang}, {"zone", was.Zone, now.Zone}, {"deliver", string(was.Deliver), string(now.Deliver)},
		{"at", was.At, now.At}, {"quiet", was.Quiet, now.Quiet}, {"ping", was.Ping, now.Ping},
	} {
		if s.was != s.now {
			list = append(list, s.name+": "+cmp.Or(s.was, "none")+" → "+cmp.Or(s.now, "none"))
		}
	}
	return strings.Join(list, ", ")
}

// planAnew has what is to come of subscription n follow its new settings.
func planAnew(ctx context.Context, tx *sql.Tx, n int64, was, now tracker.Subscription, at time.Time) error {
	if was.Deliver != now.Deliver || was.At != now.At || was.Zone != now.Zone || was.Quiet != now.Quiet {
		if _, err := tx.ExecContext(ctx, `UPDATE subscriptions SET digest_due = ? WHERE n = ?`, stamp(now.NextDigest(at)), n); err != nil {
			return err
		}
	} else if was.Filter == now.Filter {
		return nil
	}
	open, err := openDeliveries(ctx, tx, n)
	if err != nil || len(open) == 0 {
		return err
	}
	hushes, err := liveHushes(ctx, tx, now.Owner)
	if err != nil {
		return err
	}
	for _, o := range open {
		p := tracker.Plan(now, o.fired, at, hushesOf(hushes)...)
		if p.State != tracker.NotSent && !o.due.After(at) {
			continue
		}
		_, err := tx.ExecContext(ctx, `UPDATE deliveries SET state = ?, cause = ?, due = ? WHERE firing = ? AND subscription = ?`,
			p.State, p.Cause, stamp(p.Due), o.firing, n)
		if err != nil {
			return fmt.Errorf("firing %s: %w", o.fired.ID, err)
		}
	}
	return nil
}

// openDelivery waits and is in no post yet.
type openDelivery struct {
	firing int64
	fired  tracker.Firing
	due    time.Time
}

func openDeliveries(ctx context.Context, tx *sql.Tx, n int64) ([]openDelivery, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT d.firing, f.body, d.due FROM deliveries d JOIN firings f ON f.seq = d.firing
		WHERE d.subscription = ? AND d.post IS NULL AND d.state IN ('waiting', 'held')
		ORDER BY d.firing`, n)
	return collect(rows, err, func(rows *sql.Rows, o *openDelivery) error {
		return rows.Scan(&o.firing, body{&o.fired}, instant{&o.due})
	})
}
