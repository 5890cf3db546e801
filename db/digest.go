package db

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"derisk/tracker"
)

// isDigest is met by a subscription s whose digest goes out also where nothing fires.
const isDigest = `s.deleted IS NULL AND s.deliver IN ('daily', 'weekly')`

// digests has every daily and weekly digest that is due say what is watched and
// what comes next, in a post of its own where nothing fired. Where several were
// missed, one goes out.
func (d *DB) digests(ctx context.Context, now time.Time) error {
	due, err := dueDigests(ctx, d.reader, now)
	if err != nil || len(due) == 0 {
		return d.told(err)
	}
	snapshot, err := d.Snapshot(ctx)
	if err != nil {
		return err
	}
	groups := byPlace(due)
	for i := range groups { // it looks at every measure: nobody is to wait for that to write
		groups[i].lead = snapshot.Watch(groups[i].filters, now).Words(groups[i].location)
	}
	return d.write(ctx, func(tx *sql.Tx) error {
		again, err := dueDigests(ctx, tx, now)
		if err != nil || !slices.Equal(again, due) { // another was first: the next round sees to the rest
			return err
		}
		for _, g := range groups {
			if err := addLead(ctx, tx, g.place, g.lead, now); err != nil {
				return err
			}
		}
		for _, s := range due {
			_, err := tx.ExecContext(ctx, `UPDATE subscriptions SET digest_due = ? WHERE id = ?`, stamp(s.NextDigest(now)), s.ID)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// dueDigest is a subscription whose digest is due, or was not worked out yet.
type dueDigest struct {
	tracker.Subscription
	due time.Time
}

func dueDigests(ctx context.Context, q querier, now time.Time) ([]dueDigest, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT s.digest_due, `+subscriptionColumns+` FROM subscriptions s
		WHERE `+isDigest+` AND (s.digest_due IS NULL OR s.digest_due <= ?) ORDER BY s.n`, now.UnixNano())
	return collect(rows, err, func(rows *sql.Rows, s *dueDigest) error {
		return rows.Scan(append([]any{instant{&s.due}}, intoSubscription(&s.Subscription)...)...)
	})
}

// place is where digests go together.
type place struct{ channel, lang, zone string }

// watched is what the digests of one place watch, and say of it.
type watched struct {
	place
	location *time.Location
	filters  []tracker.Filter
	lead     tracker.Text
}

// byPlace are the filters of the digests that go out, by their place.
func byPlace(due []dueDigest) (all []watched) {
	for _, s := range due {
		filter, err := tracker.ParseFilter(s.Filter)
		if err != nil || s.due.IsZero() || s.Paused != "" {
			continue
		}
		at := place{s.Channel, s.Lang, s.Zone}
		i := slices.IndexFunc(all, func(w watched) bool { return w.place == at })
		if i < 0 {
			i, all = len(all), append(all, watched{place: at, location: s.Location()})
		}
		all[i].filters = append(all[i].filters, filter)
	}
	return all
}

// addLead puts words into the last digest that was gathered for a place at this
// instant, or else into a new post.
func addLead(ctx context.Context, tx *sql.Tx, at place, lead tracker.Text, now time.Time) error {
	var n int64
	err := tx.QueryRowContext(ctx, `
		SELECT n FROM posts WHERE channel = ? AND lang = ? AND zone = ? AND digest AND made = ? ORDER BY n DESC LIMIT 1`,
		at.channel, at.lang, at.zone, stamp(now)).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		err = tx.QueryRowContext(ctx, `
			INSERT INTO posts (id, channel, lang, zone, ping, digest, made, next_try) VALUES (?, ?, ?, ?, '', 1, ?, ?) RETURNING n`,
			rand.Text()[:idSize], at.channel, at.lang, at.zone, stamp(now), stamp(now)).Scan(&n)
	}
	text, bad := encoded(lead)
	if err = cmp.Or(err, bad); err != nil {
		return fmt.Errorf("digest for %s: %w", at.channel, err)
	}
	_, err = tx.ExecContext(ctx, `UPDATE posts SET lead = ? WHERE n = ?`, text, n)
	return err
}
