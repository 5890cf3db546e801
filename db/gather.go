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
	// postSize is how many firings one post tells at most, and ticksOfRules how
	// many different pairs of rule and tick, unless it is a digest.
	postSize, ticksOfRules = 25, 10
	// gatherSize is how many deliveries one transaction puts into posts: others
	// that write wait no longer than for these.
	gatherSize = 1000
	// idSize makes a post's id fit Discord's nonce of 25 characters; 20 of
	// base32 are 100 random bits.
	idSize = 20
)

// Gather puts every delivery that may go out now into a post. Deliveries go
// together where channel, language, zone, role to mention and digest are the
// same, [postSize] firings a post at most, in the order of the firings' ticks. A
// firing that a post already tells the same channel in the same language is not
// told again: the delivery joins that post, and ends as merged. So does an end
// join the post that tells its beginning. Hushes that are over by now end.
func (d *DB) Gather(ctx context.Context, now time.Time) error {
	if err := d.gatherReady(ctx, now); err != nil {
		return fmt.Errorf("gather deliveries into posts: %w", err)
	}
	if err := d.recalls(ctx, now); err != nil {
		return fmt.Errorf("tell again what was hushed: %w", err)
	}
	if err := d.digests(ctx, now); err != nil {
		return fmt.Errorf("write the digests: %w", err)
	}
	return nil
}

func (d *DB) gatherReady(ctx context.Context, now time.Time) error {
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
			return err
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
	if err := g.shorten(all); err != nil {
		return 0, err
	}
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
	lead                      tracker.Text
}

type readyDelivery struct {
	at                   time.Time // the firing's tick
	rule, subject        string
	end                  bool
	firing, subscription int64
	critical             bool
	together
}

// readyDeliveries lists the next ones as they are to go out. Of several for the
// same firing, those that mention a role come first, so that they tell.
func readyDeliveries(ctx context.Context, tx *sql.Tx, now time.Time) ([]readyDelivery, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT f.at, f.rule, f.subject, f.kind = 'resolved', d.firing, d.subscription, f.critical, s.channel, s.lang, s.zone, s.ping, d.state = 'held'
		FROM deliveries d
		JOIN firings f ON f.seq = d.firing
		JOIN subscriptions s ON s.n = d.subscription
		WHERE `+isReady+`
		ORDER BY d.due, d.firing, d.subscription
		LIMIT ?2`, now.UnixNano(), gatherSize)
	all, err := collect(rows, err, func(rows *sql.Rows, r *readyDelivery) error {
		return rows.Scan(instant{&r.at}, &r.rule, &r.subject, &r.end, &r.firing, &r.subscription, &r.critical, &r.channel, &r.lang, &r.zone, &r.ping, &r.digest)
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
	ticks   map[string]bool // rules and ticks
}

// has room for a firing of that rule and tick.
func (p *openPost) hasRoom(r readyDelivery) bool {
	return p.firings < postSize && (r.digest || p.ticks[r.tick()] || len(p.ticks) < ticksOfRules)
}

// tick names the rule and the tick of the firing.
func (r readyDelivery) tick() string { return r.rule + r.at.Format(time.RFC3339Nano) }

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

// teller finds the post that already tells the firing, or the beginning of what
// ended, to the channel in the language, unless it was given up.
func (g *gathering) teller(r readyDelivery) (post int64, settled bool, err error) {
	err = g.scan(`
		SELECT p.n, p.settled IS NOT NULL
		FROM deliveries d JOIN posts p ON p.n = d.post
		WHERE (d.firing = ?4 OR ?5 AND d.firing IN (`+beginnings+`)) AND p.channel = ?6 AND p.lang = ?7 AND p.cause IS NULL
		ORDER BY p.n DESC
		LIMIT 1`, []any{r.rule, r.subject, r.at.UnixNano(), r.firing, r.end, r.channel, r.lang}, &post, &settled)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return post, settled, err
}

// room gives the post of this run that the firing goes into.
func (g *gathering) room(r readyDelivery) (int64, error) {
	p := g.open[r.together]
	if p == nil || !p.hasRoom(r) {
		p = &openPost{ticks: map[string]bool{}}
		g.open[r.together] = p
		lead, err := encoded(r.lead)
		if err != nil {
			return 0, err
		}
		err = g.scan(`
			INSERT INTO posts (id, channel, lang, zone, ping, digest, lead, made, next_try) VALUES (?, ?, ?, ?, '', ?, ?, ?, ?) RETURNING n`,
			[]any{rand.Text()[:idSize], r.channel, r.lang, r.zone, r.digest, lead, stamp(g.now), stamp(g.now)}, &p.n)
		if err != nil {
			return 0, err
		}
	}
	p.firings++
	p.ticks[r.tick()] = true
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
