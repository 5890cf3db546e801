package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"derisk/tracker"
)

// Drill has an owner's subscription told a test firing, through the ledger like
// any other, and says what it does with it. With now, neither quiet hours nor a
// digest hold it. No other subscription meets it, and no rule's state knows it.
// The error matches [tracker.ErrNotFound] where the owner has no such subscription.
func (d *DB) Drill(ctx context.Context, owner, id string, severity tracker.Severity, now bool, by string, at time.Time) (tracker.Delivery, error) {
	var plan tracker.Delivery
	err := d.onSubscription(ctx, tracker.Entry{At: at, By: by, Owner: owner, Did: "drill", Subject: id}, func(tx *sql.Tx, n int64) error {
		s, err := subscriptionOf(ctx, tx, n)
		if err != nil {
			return err
		}
		if now {
			s.Quiet, s.Deliver, s.At = "", tracker.AtOnce, ""
		}
		f := s.Drill(severity, at)
		plan = tracker.Plan(s, f, at)
		b := newBatch(ctx, tx)
		seq, isNew, err := storeFiring(b, f, at)
		if err != nil || !isNew { // the same drill again
			return err
		}
		return deliver(b, seq, f, []tracker.Subscription{s}, nil, at)
	})
	if err != nil {
		return plan, fmt.Errorf("for %s: %w", id, err)
	}
	return plan, nil
}
