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

const (
	// postSize is how many firings one post tells at most.
	postSize = 10
	// gatherSize is how many deliveries one transaction puts into posts: others
	// that write wait no longer than for these.
	gatherSize = 1000
	// claimTime is how long a try of another process is waited for. A process
	// that was killed is known to be gone when the next one opens the file
	// alone; until then its claims run out.
	claimTime = 5 * time.Second
	// idSize makes a post's id fit Discord's nonce of 25 characters; 20 of
	// base32 are 100 random bits.
	idSize = 20
)

// Gather puts every delivery that may go out now into a post. Deliveries go
// together where channel, language, zone, role to mention and digest are the
// same, ten firings a post at most, in the order of the firings' ticks. A
// firing that a post already tells the same channel in the same language is not
// told again: the delivery joins that post, and ends as merged.
func (d *DB) Gather(ctx context.Context, now time.Time) error {
	var ready bool // most calls find nothing: they take no lock for writing
	err := d.reader.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM deliveries d WHERE `+isReady+`)`, now.UnixNano()).Scan(&ready)
	if err != nil || !ready {
		return d.told(err)
	}
	for n := gatherSize; n == gatherSize; {
		err := d.write(ctx, func(tx *sql.Tx) (err error) {
			n, err = gather(ctx, tx, now)
			return err
		})
		if err != nil {
			return fmt.Errorf("gather deliveries into posts: %w", err)
		}
	}
	return nil
}

// gather puts the next deliveries that are ready into posts, and counts them.
func gather(ctx context.Context, tx *sql.Tx, now time.Time) (int, error) {
	all, err := readyDeliveries(ctx, tx, now)
	if err != nil {
		return 0, err
	}
	g := gathering{batch: newBatch(ctx, tx), now: now, open: map[together]*openPost{}}
	for _, one := range all {
		if err := g.add(one); err != nil {
			return 0, err
		}
	}
	return len(all), nil
}

// isReady is met by a delivery d that may go out at the instant ?1. It is what
// the index of open deliveries covers.
const isReady = `d.state IN ('waiting', 'held') AND d.post IS NULL AND d.due <= ?1`

// together is what deliveries of one post have in common.
type together struct {
	channel, lang, zone, ping string
	digest                    bool
}

type readyDelivery struct {
	at                   time.Time // the firing's tick
	firing, subscription int64
	critical             bool
	together
}

// readyDeliveries lists the next ones as they are to go out. Of several for the
// same firing, those that mention a role come first, so that they tell.
func readyDeliveries(ctx context.Context, tx *sql.Tx, now time.Time) ([]readyDelivery, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT f.at, d.firing, d.subscription, f.critical, s.channel, s.lang, s.zone, s.ping, d.state = 'held'
		FROM deliveries d
		JOIN firings f ON f.seq = d.firing
		JOIN subscriptions s ON s.n = d.subscription
		WHERE `+isReady+`
		ORDER BY d.due, d.firing, d.subscription
		LIMIT ?2`, now.UnixNano(), gatherSize)
	all, err := collect(rows, err, func(rows *sql.Rows, r *readyDelivery) error {
		return rows.Scan(instant{&r.at}, &r.firing, &r.subscription, &r.critical, &r.channel, &r.lang, &r.zone, &r.ping, &r.digest)
	})
	slices.SortFunc(all, func(a, b readyDelivery) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.firing, b.firing), -cmp.Compare(a.ping, b.ping), cmp.Compare(a.subscription, b.subscription))
	})
	return all, err
}

// gathering is one transaction of Gather.
type gathering struct {
	*batch
	now  time.Time
	open map[together]*openPost // the posts made by this run that have room
}

type openPost struct {
	n       int64
	firings int
}

func (g *gathering) add(r readyDelivery) error {
	post, settled, err := g.teller(r)
	if err == nil && post == 0 {
		post, err = g.room(r)
	}
	if err != nil {
		return err
	}
	return g.join(r, post, settled)
}

// teller finds the post that already tells the firing to the channel in the
// language, unless it was given up.
func (g *gathering) teller(r readyDelivery) (post int64, settled bool, err error) {
	err = g.scan(`
		SELECT p.n, p.settled IS NOT NULL
		FROM deliveries d JOIN posts p ON p.n = d.post
		WHERE d.firing = ? AND p.channel = ? AND p.lang = ? AND p.cause IS NULL
		LIMIT 1`, []any{r.firing, r.channel, r.lang}, &post, &settled)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return post, settled, err
}

// room gives the post of this run that the firing goes into.
func (g *gathering) room(r readyDelivery) (int64, error) {
	p := g.open[r.together]
	if p == nil || p.firings == postSize {
		p = new(openPost)
		g.open[r.together] = p
		err := g.scan(`
			INSERT INTO posts (id, channel, lang, zone, ping, digest, made, next_try) VALUES (?, ?, ?, ?, '', ?, ?, ?) RETURNING n`,
			[]any{rand.Text()[:idSize], r.channel, r.lang, r.zone, r.digest, stamp(g.now), stamp(g.now)}, &p.n)
		if err != nil {
			return 0, err
		}
	}
	p.firings++
	if r.critical && r.ping != "" {
		return p.n, g.exec(`UPDATE posts SET ping = ? WHERE n = ?`, r.ping, p.n)
	}
	return p.n, nil
}

func (g *gathering) join(r readyDelivery, post int64, settled bool) error {
	if settled {
		return g.exec(`UPDATE deliveries SET post = ?, state = 'merged', settled = ? WHERE firing = ? AND subscription = ?`,
			post, stamp(g.now), r.firing, r.subscription)
	}
	return g.exec(`UPDATE deliveries SET post = ? WHERE firing = ? AND subscription = ?`, post, r.firing, r.subscription)
}

// DuePosts lists the posts to try now, in the order made: of each channel the
// oldest that is not settled, if its next try has come and no other process is
// trying it. So a channel's posts go out in order.
func (d *DB) DuePosts(ctx context.Context, now time.Time) ([]tracker.Post, error) {
	var due []tracker.Post
	err := d.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT p.id, p.channel, p.lang, p.zone, p.ping, p.digest, p.tried, p.tries, p.next_try, p.last_fail
			FROM posts p
			JOIN (SELECT MIN(n) AS n FROM posts WHERE settled IS NULL GROUP BY channel) oldest ON oldest.n = p.n
			WHERE p.next_try <= ?1 AND (p.claim IS NULL OR p.claim = ?2 OR p.claimed <= ?3)
			ORDER BY p.n`, now.UnixNano(), d.token, now.Add(-claimTime).UnixNano())
		due, err = collect(rows, err, scanPost)
		if err != nil {
			return err
		}
		for i := range due {
			if due[i].Firings, err = firingsOf(ctx, tx, due[i].ID); err != nil {
				return err
			}
		}
		return nil
	})
	return due, err
}

func scanPost(rows *sql.Rows, p *tracker.Post) error {
	return rows.Scan(&p.ID, &p.Channel, &p.Lang, &p.Zone, &p.Ping, &p.Digest, instant{&p.Tried}, &p.Tries, instant{&p.NextTry}, &p.LastFail)
}

// firingsOf lists what a post tells, each firing once.
func firingsOf(ctx context.Context, tx *sql.Tx, post string) ([]tracker.Firing, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT f.body FROM firings f
		WHERE f.seq IN (SELECT d.firing FROM deliveries d JOIN posts p ON p.n = d.post WHERE p.id = ?)
		ORDER BY f.at, f.seq`, post)
	return collect(rows, err, func(rows *sql.Rows, f *tracker.Firing) error { return rows.Scan(body{f}) })
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
				WHERE post = ?1`, n, stamp(at))
			return err
		}, stamp(at), message)
}

// FailPost gives a post and its deliveries up, for a cause and with why in
// words. The error matches [ErrSettled] where somebody was first.
func (d *DB) FailPost(ctx context.Context, id string, cause tracker.Cause, why string, at time.Time) error {
	return d.onPost(ctx, id, "give up", ErrSettled, `
		UPDATE posts SET settled = ?2, cause = ?3, last_fail = ?4, claim = NULL, claimed = NULL WHERE id = ?1 AND settled IS NULL`,
		func(ctx context.Context, tx *sql.Tx, n int64) error {
			_, err := tx.ExecContext(ctx, `UPDATE deliveries SET state = 'failed', cause = ?, settled = ? WHERE post = ?`, cause, stamp(at), n)
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
		`UPDATE posts SET settled = ?3, cause = ?2, claim = NULL, claimed = NULL WHERE channel = ?1 AND settled IS NULL`,
	} {
		if _, err := tx.ExecContext(ctx, q, channel, cause, stamp(at)); err != nil {
			return err
		}
	}
	return note(ctx, tx, "derisk", "pause channel", channel, at)
}

// Posted is where a firing was told.
type Posted struct {
	Post    string // its id
	Channel string
	Lang    string
	Zone    string
	Message string // Discord's id, as given to SettlePost
	Firings []tracker.Firing
}

// PostsOf lists the posts that told that something began, for a firing that
// tells that it has resolved: they are what is to be edited.
func (d *DB) PostsOf(ctx context.Context, resolved tracker.Firing) ([]Posted, error) {
	var told []Posted
	err := d.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT DISTINCT p.id, p.channel, p.lang, p.zone, p.message
			FROM firings f JOIN deliveries d ON d.firing = f.seq JOIN posts p ON p.n = d.post
			WHERE f.rule = ? AND f.subject = ? AND f.key = ? AND f.kind = 'firing' AND p.message IS NOT NULL
			ORDER BY p.n`, resolved.Rule, resolved.Subject, resolved.Key)
		told, err = collect(rows, err, func(rows *sql.Rows, p *Posted) error {
			return rows.Scan(&p.Post, &p.Channel, &p.Lang, &p.Zone, &p.Message)
		})
		if err != nil {
			return err
		}
		for i := range told {
			if told[i].Firings, err = firingsOf(ctx, tx, told[i].Post); err != nil {
				return err
			}
		}
		return nil
	})
	return told, err
}
