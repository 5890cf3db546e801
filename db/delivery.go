package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"derisk/tracker"
)

// deliver stores what every subscription does with a firing.
func deliver(b *batch, firing int64, f tracker.Firing, all []tracker.Subscription, at time.Time) error {
	for _, s := range all {
		p := tracker.Plan(s, f, at)
		err := b.exec(`
			INSERT INTO deliveries (firing, subscription, state, cause, due)
			VALUES (?, (SELECT n FROM subscriptions WHERE id = ?), ?, ?, ?)`,
			firing, s.ID, p.State, p.Cause, stamp(p.Due))
		if err != nil {
			return fmt.Errorf("firing %s for subscription %s: %w", f.ID, s.ID, err)
		}
	}
	return nil
}

// DeliveryQuery says which deliveries are wanted. The zero query wants all.
type DeliveryQuery struct {
	Owner  string // of the subscription; empty: everybody's
	Failed bool   // only those that were given up
	Limit  int    // 0: all
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
	rows, err := d.reader.QueryContext(ctx, `
		SELECT d.state, d.cause, d.due, COALESCE(p.id, ''), d.settled,
			COALESCE(p.message, ''), COALESCE(p.last_fail, ''), COALESCE(p.tries, 0), f.body, `+subscriptionColumns+`
		FROM deliveries d
		JOIN firings f ON f.seq = d.firing
		JOIN subscriptions s ON s.n = d.subscription
		LEFT JOIN posts p ON p.n = d.post
		WHERE (?1 = '' OR s.owner = ?1) AND (NOT ?2 OR d.state = 'failed')
		ORDER BY d.firing DESC, d.subscription
		LIMIT ?3`, q.Owner, q.Failed, atMost(q.Limit))
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
