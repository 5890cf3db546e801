package db

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"derisk/tracker"
)

// deliver stores what every subscription does with a firing. An end is shown in
// the posts that told its beginning, and needs no other.
func deliver(b *batch, firing int64, f tracker.Firing, all []tracker.Subscription, hushes []tracker.Hush, at time.Time) error {
	var told map[string]telling
	if f.Kind == tracker.Resolved {
		var err error
		if told, err = showEnd(b, f, at); err != nil {
			return fmt.Errorf("firing %s: %w", f.ID, err)
		}
	}
	for _, s := range all {
		p, post := tracker.Plan(s, f, at, hushes...), any(nil)
		if by, edited := told[s.ID]; edited {
			p, post = by.delivery(at), by.post
		}
		err := b.exec(`
			INSERT INTO deliveries (firing, subscription, state, cause, due, post, settled)
			VALUES (?, (SELECT n FROM subscriptions WHERE id = ?), ?, ?, ?, ?, ?)`,
			firing, s.ID, p.State, p.Cause, stamp(p.Due), post, stamp(p.Settled))
		if err != nil {
			return fmt.Errorf("firing %s for subscription %s: %w", f.ID, s.ID, err)
		}
	}
	return nil
}

// telling is a post that told a beginning for a subscription.
type telling struct {
	subscription string
	post         int64
	settled      bool
}

// delivery is what becomes of the end of what the post tells.
func (t telling) delivery(at time.Time) tracker.Delivery {
	if t.settled {
		return tracker.Delivery{State: tracker.Merged, Cause: tracker.CauseEdit, Settled: at}
	}
	return tracker.Delivery{State: tracker.Waiting, Cause: tracker.CauseEdit, Due: at}
}

// beginnings are the firings of a rule ?1 and a subject ?2 which an end at the
// instant ?3 is the end of: those since the end before it.
const beginnings = `
	SELECT seq FROM firings
	WHERE rule = ?1 AND subject = ?2 AND kind = 'firing' AND at <= ?3 AND at > COALESCE(
		(SELECT MAX(at) FROM firings WHERE rule = ?1 AND subject = ?2 AND kind = 'resolved' AND at < ?3), -9223372036854775808)`

// showEnd has every post edited that told a beginning of what ended, and names
// by subscription the latest of them.
func showEnd(b *batch, f tracker.Firing, at time.Time) (map[string]telling, error) {
	rows, err := b.tx.QueryContext(b.ctx, `
		SELECT s.id, p.n, p.settled IS NOT NULL
		FROM deliveries d JOIN posts p ON p.n = d.post JOIN subscriptions s ON s.n = d.subscription
		WHERE d.firing IN (`+beginnings+`) AND p.cause IS NULL
		UNION ALL
		SELECT '', p.n, FALSE -- told again: no delivery ends there
		FROM recalls r JOIN posts p ON p.n = r.post
		WHERE r.firing IN (`+beginnings+`) AND p.cause IS NULL
		ORDER BY p.n`, f.Rule, f.Subject, f.At.UnixNano())
	all, err := collect(rows, err, func(rows *sql.Rows, t *telling) error { return rows.Scan(&t.subscription, &t.post, &t.settled) })
	told := map[string]telling{}
	for _, t := range all {
		told[t.subscription] = t
		err = cmp.Or(err, want(b.ctx, b.tx, t.post, tracker.EditPost, at))
	}
	return told, err
}

// DeliveryQuery says which deliveries are wanted. The zero query wants all.
type DeliveryQuery struct {
	Owner        string // of the subscription; empty: everybody's
	Failed       bool   // only those that were given up
	Limit        int    // 0: all
	Channel      string // of the subscription; empty: any
	Subscription string // its id; empty: any
	Firing       string // its id; empty: any
	Posted       bool   // only those that a post tells
}

// where is the query's condition, with its arguments.
func (q DeliveryQuery) where() (condition string, args []any) {
	condition = "TRUE"
	and := func(wanted bool, c string, arg ...any) {
		if wanted {
			condition += " AND " + c
			args = append(args, arg...)
		}
	}
	and(q.Owner != "", "s.owner = ?", q.Owner)
	and(q.Failed, "d.state = 'failed'")
	and(q.Channel != "", "s.channel = ?", q.Channel)
	and(q.Subscription != "", "s.id = ?", q.Subscription)
	and(q.Firing != "", "d.firing = (SELECT seq FROM firings WHERE id = ?)", q.Firing)
	and(q.Posted, "d.post IS NOT NULL")
	return condition, args
}

// DeliveryRow is a delivery with what it is about.
type DeliveryRow struct {
	tracker.Delivery
	Fired   tracker.Firing       `json:"fired"`
	For     tracker.Subscription `json:"for"`
	Message string               `json:"message,omitempty"`   // Discord's id of the post
	LastWhy string               `json:"last_fail,omitempty"` // what the post's latest try met
	Tries   int                  `json:"tries,omitempty"`
}

// Deliveries lists the newest deliveries, by firing, newest first.
func (d *DB) Deliveries(ctx context.Context, q DeliveryQuery) ([]DeliveryRow, error) {
	condition, args := q.where()
	rows, err := d.reader.QueryContext(ctx, `
		SELECT d.state, d.cause, d.due, COALESCE(p.id, ''), d.settled,
			COALESCE(p.message, ''), COALESCE(p.last_fail, ''), COALESCE(p.tries, 0), f.body, `+subscriptionColumns+`
		FROM deliveries d
		JOIN firings f ON f.seq = d.firing
		JOIN subscriptions s ON s.n = d.subscription
		LEFT JOIN posts p ON p.n = d.post
		WHERE `+condition+`
		ORDER BY d.firing DESC, d.subscription
		LIMIT ?`, append(args, atMost(q.Limit))...)
	all, err := collect(rows, err, scanDelivery)
	return all, d.told(err)
}

func scanDelivery(rows *sql.Rows, r *DeliveryRow) error {
	into := []any{&r.State, &r.Cause, instant{&r.Due}, &r.Post, instant{&r.Settled},
		&r.Message, &r.LastWhy, &r.Tries, body{&r.Fired}}
	err := rows.Scan(append(into, intoSubscription(&r.For)...)...)
	r.Firing, r.Subscription = r.Fired.ID, r.For.ID
	return err
}
