package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"derisk/tracker"
)

// recallWords lead a post that tells something a second time.
var recallWords = tracker.Text{EN: "Once more, after it was snoozed or muted:", ZH: "稍后提醒或静音已结束，再次告知："}

// canRecall is met by a recall r that a subscription s still waits for.
const canRecall = `r.post IS NULL AND s.deleted IS NULL AND s.paused = ''`

// recalls ends the hushes that are over by now, and has what they hushed told
// again, each once, in posts of their own.
func (d *DB) recalls(ctx context.Context, now time.Time) error {
	var any bool // most calls find nothing: they take no lock for writing
	err := d.reader.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM hushes WHERE over IS NULL AND until <= ?1)
			OR EXISTS (SELECT 1 FROM recalls r JOIN subscriptions s ON s.n = r.subscription WHERE `+canRecall+` AND r.due <= ?1)`, now.UnixNano()).Scan(&any)
	if err != nil || !any {
		return d.told(err)
	}
	return d.write(ctx, func(tx *sql.Tx) error {
		b := newBatch(ctx, tx)
		rows, err := tx.QueryContext(ctx, `SELECT `+hushColumns+` FROM hushes h WHERE h.over IS NULL AND h.until <= ? ORDER BY h.n`, now.UnixNano())
		over, err := collect(rows, err, scanHush)
		for _, h := range over {
			err = cmp.Or(err, endHush(b, h, tracker.Note{At: now}))
		}
		for _, h := range over {
			err = cmp.Or(err, recallSnoozed(b, h, now), recallMuted(b, h, now))
		}
		if err != nil {
			return err
		}
		return gatherRecalls(b, now)
	})
}

// recallSnoozed has the latest of what was snoozed told again, if it still holds
// as far as anybody knows, where it was told before the snooze was over or not at all.
func recallSnoozed(b *batch, h hush, now time.Time) error {
	if !h.Snooze() {
		return nil
	}
	seq, f, err := h.latest(b)
	if err != nil || f.Kind != tracker.Began {
		return err
	}
	if h.standing {
		var active bool
		err := b.scan(`SELECT EXISTS (SELECT 1 FROM active WHERE rule = ? AND subject = ? AND NOT silent)`, []any{h.Rule, h.Subject}, &active)
		if err != nil || !active {
			return err
		}
	}
	return recall(b, h, seq, f, now, `
		d.state IN ('sent', 'merged') AND d.settled <= ?3 OR d.state = 'not-sent' AND d.cause = 'snoozed'`, h.Until.UnixNano())
}

// recallMuted has told what a mute hushed and still is active.
func recallMuted(b *batch, h hush, now time.Time) error {
	if h.Snooze() {
		return nil
	}
	rows, err := b.tx.QueryContext(b.ctx, `
		SELECT DISTINCT f.seq, f.body
		FROM firings f
		JOIN active a ON a.rule = f.rule AND a.subject = f.subject AND a.last = f.at AND NOT a.silent
		JOIN deliveries d ON d.firing = f.seq AND d.state = 'not-sent' AND d.cause = 'muted'
		JOIN subscriptions s ON s.n = d.subscription AND s.channel = ?2 AND s.owner = ?3
		WHERE f.seq > ?1 AND f.kind = 'firing' AND EXISTS (SELECT 1 FROM json_each(f.body, '$.measures') WHERE value = ?4)
		ORDER BY f.seq`, h.firing, h.Channel, h.Owner, h.Measure)
	type fired struct {
		seq int64
		f   tracker.Firing
	}
	all, err := collect(rows, err, func(rows *sql.Rows, f *fired) error { return rows.Scan(&f.seq, body{&f.f}) })
	for _, f := range all {
		err = cmp.Or(err, recall(b, h, f.seq, f.f, now, `d.state = 'not-sent' AND d.cause = 'muted' AND s.channel = ?3`, h.Channel))
	}
	return err
}

// recall notes for which of the owner's subscriptions a firing is told again: of
// those whose delivery meets a condition, with one argument, those that would be
// told it now. Quiet hours and digests hold it.
func recall(b *batch, h hush, seq int64, f tracker.Firing, now time.Time, condition string, arg any) error {
	rows, err := b.tx.QueryContext(b.ctx, `
		SELECT `+subscriptionColumns+`
		FROM deliveries d JOIN subscriptions s ON s.n = d.subscription
		WHERE d.firing = ?1 AND s.owner = ?2 AND s.deleted IS NULL AND (`+condition+`)`, seq, h.Owner, arg)
	all, err := collect(rows, err, func(rows *sql.Rows, s *tracker.Subscription) error { return rows.Scan(intoSubscription(s)...) })
	if err != nil || len(all) == 0 {
		return err
	}
	live, err := liveHushes(b.ctx, b.tx, h.Owner)
	for _, s := range all {
		if p := tracker.Plan(s, f, now, hushesOf(live)...); p.State != tracker.NotSent {
			err = cmp.Or(err, b.exec(`
				INSERT INTO recalls (hush, firing, subscription, due) VALUES (?, ?, (SELECT n FROM subscriptions WHERE id = ?), ?)`,
				h.n, seq, s.ID, stamp(p.Due)))
		}
	}
	return err
}

// gatherRecalls puts what is to be told again into posts: a firing once for a
// channel and language, also where its subscriptions are told at different times.
func gatherRecalls(b *batch, now time.Time) error {
	rows, err := b.tx.QueryContext(b.ctx, `
		SELECT r.hush, f.at, f.rule, r.firing, r.subscription, f.critical, s.channel, s.lang, s.zone, s.ping
		FROM recalls r JOIN firings f ON f.seq = r.firing JOIN subscriptions s ON s.n = r.subscription
		WHERE `+canRecall+` AND r.due <= ?1
		ORDER BY r.firing, s.ping DESC, r.subscription`, now.UnixNano())
	type dueRecall struct {
		hush int64
		readyDelivery
	}
	all, err := collect(rows, err, func(rows *sql.Rows, r *dueRecall) error {
		r.lead = recallWords
		return rows.Scan(&r.hush, instant{&r.at}, &r.rule, &r.firing, &r.subscription, &r.critical, &r.channel, &r.lang, &r.zone, &r.ping)
	})
	if err != nil {
		return err
	}
	g := gathering{batch: b, now: now, open: map[together]*openPost{}}
	for _, r := range all {
		var post int64
		err := b.scan(`
			SELECT p.n FROM recalls r JOIN posts p ON p.n = r.post
			WHERE r.hush = ? AND r.firing = ? AND p.channel = ? AND p.lang = ? AND p.cause IS NULL`, []any{r.hush, r.firing, r.channel, r.lang}, &post)
		if errors.Is(err, sql.ErrNoRows) {
			post, err = g.room(r.readyDelivery)
		}
		if err != nil {
			return err
		}
		err = b.exec(`UPDATE recalls SET post = ? WHERE hush = ? AND firing = ? AND subscription = ?`, post, r.hush, r.firing, r.subscription)
		if err != nil {
			return err
		}
	}
	return nil
}

// dropRecalls takes back what was still to be told again for a subscription.
func dropRecalls(ctx context.Context, tx *sql.Tx, subscription int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM recalls WHERE post IS NULL AND subscription = ?`, subscription)
	return err
}
