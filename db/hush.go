package db

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"derisk/tracker"
)

// Snooze hushes what one of an owner's posts tells, as far as it still holds:
// until then no channel of the owner's is told more of the same rule and subject.
// A snooze that runs already gets the new end. It gives the post as it was before.
// The error matches [tracker.ErrNotFound] where the owner has no such post.
func (d *DB) Snooze(ctx context.Context, owner, post string, until time.Time, by string, at time.Time) (tracker.Post, error) {
	e := tracker.Entry{At: at, By: by, Owner: owner, Did: "snooze", Subject: post, Detail: until.Format(time.RFC3339)}
	return d.onOwnPost(ctx, e, func(b *batch, p tracker.Post) (changed bool, err error) {
		latest := map[[2]string]bool{}
		for _, t := range slices.Backward(p.Tellings()) {
			same := [2]string{t.Rule, t.Subject}
			if latest[same] || !t.Holds() {
				continue
			}
			latest[same], changed = true, true
			h := tracker.Hush{Owner: owner, Rule: t.Rule, Subject: t.Subject, By: by, Made: at, Until: until}
			if err := snooze(b, h, t.ID); err != nil {
				return false, err
			}
		}
		return changed, nil
	})
}

func snooze(b *batch, h tracker.Hush, firing string) error {
	n, err := firingNumber(b, firing)
	if err != nil {
		return err
	}
	if _, err := storeHush(b, h, n); err != nil {
		return err
	}
	err = b.exec(`
		DELETE FROM recalls
		WHERE post IS NULL AND firing IN (SELECT seq FROM firings WHERE rule = ? AND subject = ?) AND subscription IN (SELECT n FROM subscriptions WHERE owner = ?)`,
		h.Rule, h.Subject, h.Owner)
	if err != nil {
		return err
	}
	return addNote(b, n, h.Owner, tracker.Note{Firing: firing, What: tracker.NoteSnoozed, At: h.Made, By: h.By, Until: h.Until})
}

// storeHush adds a hush, or gives the one that holds already its end, and says
// under which id it stands. What an edge found is standing: it is over when the
// subject is no longer active. Of the firings of a once list nobody knows that.
func storeHush(b *batch, h tracker.Hush, firing int64) (id string, err error) {
	err = b.scan(`
		INSERT INTO hushes (id, owner, rule, subject, channel, measure, firing, by, made, until, standing)
		VALUES ('h' || (SELECT 1 + COALESCE(MAX(n), 0) FROM hushes), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, EXISTS (
			SELECT 1 FROM active WHERE rule = ?2 AND subject = ?3 AND NOT silent AND substr(key, 1, 1) <> '['))
		ON CONFLICT (owner, rule, subject, channel, measure) WHERE over IS NULL
		DO UPDATE SET by = excluded.by, until = excluded.until, standing = excluded.standing, firing = iif(rule = '', firing, excluded.firing)
		RETURNING id`,
		[]any{h.Owner, h.Rule, h.Subject, h.Channel, h.Measure, firing, h.By, stamp(h.Made), stamp(h.Until)}, &id)
	return id, err
}

// Mute hushes a measure in the channel of one of an owner's posts that tells of
// it, for good where until is zero. What was to be told there and is in no post
// yet is not sent. A mute that holds already gets the new end. The error matches
// [tracker.ErrNotFound] where there is no such post, or it tells of no such measure.
func (d *DB) Mute(ctx context.Context, owner, post, measure string, until time.Time, by string, at time.Time) (tracker.Hush, error) {
	h := tracker.Hush{Owner: owner, Measure: measure, By: by, Made: at, Until: until}
	e := tracker.Entry{At: at, By: by, Owner: owner, Did: "mute", Subject: post, Detail: measure}
	if !until.IsZero() {
		e.Detail += " " + until.Format(time.RFC3339)
	}
	_, err := d.onOwnPost(ctx, e, func(b *batch, p tracker.Post) (changed bool, err error) {
		measures := p.Measures()
		if !slices.Contains(measures, measure) {
			return false, notFound("measure", measure, measures)
		}
		h.Channel = p.Channel
		var latest int64
		if err := b.scan(`SELECT MAX(seq) FROM firings`, nil, &latest); err != nil {
			return false, err
		}
		if h.ID, err = storeHush(b, h, latest); err != nil {
			return false, err
		}
		return true, dropMuted(b, h)
	})
	return h, err
}

// dropMuted leaves untold what waits for a channel and is muted there now.
func dropMuted(b *batch, h tracker.Hush) error {
	all, err := liveHushes(b.ctx, b.tx, h.Owner)
	if err != nil {
		return err
	}
	rows, err := b.tx.QueryContext(b.ctx, `
		SELECT d.firing, d.subscription, f.body, `+subscriptionColumns+`
		FROM deliveries d JOIN firings f ON f.seq = d.firing JOIN subscriptions s ON s.n = d.subscription
		WHERE d.state IN ('waiting', 'held') AND d.post IS NULL AND s.channel = ? AND s.owner = ?`, h.Channel, h.Owner)
	type open struct {
		firing, subscription int64
		f                    tracker.Firing
		s                    tracker.Subscription
	}
	waiting, err := collect(rows, err, func(rows *sql.Rows, o *open) error {
		return rows.Scan(append([]any{&o.firing, &o.subscription, body{&o.f}}, intoSubscription(&o.s)...)...)
	})
	for _, o := range waiting {
		if tracker.Plan(o.s, o.f, h.Made, hushesOf(all)...).Cause == tracker.CauseMuted {
			err = cmp.Or(err, b.exec(`UPDATE deliveries SET state = 'not-sent', cause = 'muted', due = NULL WHERE firing = ? AND subscription = ?`, o.firing, o.subscription))
		}
	}
	return err
}

// EndHush ends one of an owner's hushes before its time. What was muted and still
// holds is told then. The error matches [tracker.ErrNotFound] where the owner has
// no such hush.
func (d *DB) EndHush(ctx context.Context, owner, id, by string, at time.Time) (tracker.Hush, error) {
	var h tracker.Hush
	err := d.write(ctx, func(tx *sql.Tx) error {
		all, err := liveHushes(ctx, tx, owner)
		i := slices.IndexFunc(all, func(h hush) bool { return h.ID == id && h.Owner == owner })
		if err != nil || i < 0 {
			return cmp.Or(err, notFound("hush", id, idsOf(all)))
		}
		h = all[i].Hush
		b := newBatch(ctx, tx)
		if err := endHush(b, all[i], tracker.Note{At: at, By: by}); err != nil {
			return err
		}
		if err := recallMuted(b, all[i], at); err != nil {
			return err
		}
		return note(ctx, tx, tracker.Entry{At: at, By: by, Owner: owner, Did: "end hush", Subject: id})
	})
	if err != nil {
		return tracker.Hush{}, fmt.Errorf("end a hush: %w", err)
	}
	return h, nil
}

// Hushes lists the hushes of an owner that hold, in the order made; everybody's
// where owner is empty.
func (d *DB) Hushes(ctx context.Context, owner string) ([]tracker.Hush, error) {
	all, err := liveHushes(ctx, d.reader, owner)
	return hushesOf(all), d.told(err)
}

// hush is a row that is not over.
type hush struct {
	tracker.Hush
	n, firing int64
	standing  bool
}

const hushColumns = `h.n, h.firing, h.standing, h.id, h.owner, h.rule, h.subject, h.channel, h.measure, h.by, h.made, h.until,
	EXISTS (SELECT 1 FROM firings f WHERE f.seq = h.firing AND h.rule <> '' AND json_extract(f.body, '$.owner') IS NOT NULL)`

func scanHush(rows *sql.Rows, h *hush) error {
	return rows.Scan(&h.n, &h.firing, &h.standing, &h.ID, &h.Owner, &h.Rule, &h.Subject, &h.Channel, &h.Measure, &h.By, instant{&h.Made}, instant{&h.Until}, &h.Review)
}

func liveHushes(ctx context.Context, q querier, owner string) ([]hush, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+hushColumns+` FROM hushes h WHERE h.over IS NULL AND ?1 IN ('', h.owner) ORDER BY h.n`, owner)
	return collect(rows, err, scanHush)
}

func hushesOf(all []hush) []tracker.Hush {
	list := make([]tracker.Hush, len(all))
	for i, h := range all {
		list[i] = h.Hush
	}
	return list
}

func idsOf(all []hush) (ids []string) {
	for _, h := range all {
		ids = append(ids, h.ID)
	}
	return ids
}

// endHush ends a hush; of a snooze the posts say so, with who and why.
func endHush(b *batch, h hush, n tracker.Note) error {
	if err := b.exec(`UPDATE hushes SET over = ? WHERE n = ?`, stamp(n.At), h.n); err != nil || !h.Snooze() {
		return err
	}
	n.What = tracker.NoteWoken
	if err := b.scan(`SELECT id FROM firings WHERE seq = ?`, []any{h.firing}, &n.Firing); err != nil {
		return err
	}
	return addNote(b, h.firing, h.Owner, n)
}

var goneWords = tracker.Text{EN: "it no longer holds", ZH: "情况已不再成立"}

// endGone ends the snoozes of what a tick found to hold no longer, and takes back
// what was still to be told again of it.
func endGone(b *batch, o tracker.Outcome, at time.Time) error {
	rows, err := b.tx.QueryContext(b.ctx, `SELECT `+hushColumns+` FROM hushes h WHERE h.over IS NULL AND h.rule = ?1 AND h.rule <> '' ORDER BY h.n`, o.Rule)
	snoozes, err := collect(rows, err, scanHush)
	for _, h := range snoozes {
		if gone(o, h.Subject, h.standing) {
			err = cmp.Or(err, endHush(b, h, tracker.Note{At: at, Words: goneWords}))
		}
	}
	if err != nil {
		return err
	}
	return dropGone(b, o)
}

// gone says whether a tick found that what its rule had found of a subject is
// over: it says so itself, or what is standing is active no more.
func gone(o tracker.Outcome, subject string, standing bool) bool {
	resolved := slices.ContainsFunc(o.Firings, func(f tracker.Firing) bool { return f.Kind == tracker.Resolved && f.Subject == subject })
	return resolved || standing && !slices.ContainsFunc(o.Active, func(a tracker.Active) bool { return a.Subject == subject })
}

// dropGone takes back what was still to be told again and is gone.
func dropGone(b *batch, o tracker.Outcome) error {
	rows, err := b.tx.QueryContext(b.ctx, `
		SELECT r.firing, f.subject, h.standing
		FROM recalls r CROSS JOIN hushes h ON h.n = r.hush CROSS JOIN firings f ON f.seq = r.firing -- in this order: few wait
		WHERE r.post IS NULL AND f.rule = ?`, o.Rule)
	type waiting struct {
		firing   int64
		subject  string
		standing bool
	}
	all, err := collect(rows, err, func(rows *sql.Rows, w *waiting) error { return rows.Scan(&w.firing, &w.subject, &w.standing) })
	for _, w := range all {
		if gone(o, w.subject, w.standing) {
			err = cmp.Or(err, b.exec(`DELETE FROM recalls WHERE post IS NULL AND firing = ?`, w.firing))
		}
	}
	return err
}

// latest is the latest firing of what is snoozed, also after its rule was renamed.
func (h hush) latest(b *batch) (seq int64, f tracker.Firing, err error) {
	err = b.scan(`SELECT seq, body FROM firings WHERE rule = ? AND subject = ? OR seq = ? ORDER BY at DESC, seq DESC LIMIT 1`,
		[]any{h.Rule, h.Subject, h.firing}, &seq, body{&f})
	return seq, f, err
}
