package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"derisk/tracker"
)

// known is all facts, events, articles and reviews as of one generation, and
// how far the rows were read. It is never changed once made: what was added
// since is read into a copy.
type known struct {
	generation           int64
	fact, event, article int64 // seq of the last row read
	upTo                 int64 // rows recorded later are left out

	measures    map[string]*tracker.Measure
	tags        map[string]tracker.Tag
	entities    map[string]tracker.Entity
	commitments map[string]tracker.Commitment
	indicators  map[string]tracker.Indicator
	calendars   map[string]tracker.Calendar
	articles    []tracker.Article
	reviews     []tracker.Review

	snapshot *tracker.Snapshot
}

// Empty says that no facts were ever recorded.
func (d *DB) Empty(ctx context.Context) (empty bool, err error) {
	err = d.reader.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM facts)`).Scan(&empty)
	return empty, d.told(err)
}

// Snapshot is all that is recorded. It is kept in memory and shared, and read
// anew only after a change, by whichever process.
func (d *DB) Snapshot(ctx context.Context) (*tracker.Snapshot, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var number int64
	if err := d.reader.QueryRowContext(ctx, `SELECT number FROM generation`).Scan(&number); err != nil {
		return nil, d.told(err)
	}
	if d.known != nil && d.known.generation == number {
		return d.known.snapshot, nil
	}
	var next *known
	err := d.read(ctx, func(tx *sql.Tx) (err error) {
		next, err = d.known.next(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what is recorded: %w", err)
	}
	d.known = next
	return next.snapshot, nil
}

// change runs fn, which records something, with what is recorded before it.
// What fn recorded is stored only if all of it makes a snapshot again.
func (d *DB) change(ctx context.Context, fn func(tx *sql.Tx, have *tracker.Snapshot) (changed bool, err error)) error {
	var after *known
	err := d.write(ctx, func(tx *sql.Tx) error {
		before, err := d.latest().next(ctx, tx)
		if err != nil {
			return err
		}
		changed, err := fn(tx, before.snapshot)
		if after = before; err != nil || !changed {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE generation SET number = number + 1`); err != nil {
			return err
		}
		after, err = before.next(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	d.keep(after)
	return nil
}

func (d *DB) latest() *known {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.known
}

func (d *DB) keep(k *known) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known == nil || d.known.generation < k.generation {
		d.known = k
	}
}

// next is what is known to tx; k itself where nothing changed. It reads only
// what was added since k, and all reviews, which change and are few.
func (k *known) next(ctx context.Context, tx *sql.Tx) (*known, error) {
	var number int64
	if err := tx.QueryRowContext(ctx, `SELECT number FROM generation`).Scan(&number); err != nil {
		return nil, err
	}
	if k != nil && k.generation == number {
		return k, nil
	}
	n := k.copy()
	n.generation = number
	for _, read := range []func(context.Context, *sql.Tx) error{n.readFacts, n.readEvents, n.readArticles, n.readReviews} {
		if err := read(ctx, tx); err != nil {
			return nil, err
		}
	}
	var err error
	n.snapshot, err = tracker.NewSnapshot(n.facts())
	return n, err
}

func (k *known) copy() *known {
	if k == nil {
		return &known{
			upTo:        forEver,
			measures:    map[string]*tracker.Measure{},
			tags:        map[string]tracker.Tag{},
			entities:    map[string]tracker.Entity{},
			commitments: map[string]tracker.Commitment{},
			indicators:  map[string]tracker.Indicator{},
			calendars:   map[string]tracker.Calendar{},
		}
	}
	n := *k
	n.measures = maps.Clone(k.measures)
	n.tags = maps.Clone(k.tags)
	n.entities = maps.Clone(k.entities)
	n.commitments = maps.Clone(k.commitments)
	n.indicators = maps.Clone(k.indicators)
	n.calendars = maps.Clone(k.calendars)
	n.articles = slices.Clip(k.articles)
	return &n
}

func (k *known) facts() tracker.Facts {
	return tracker.Facts{
		Measures:    sorted(k.measures),
		Goods:       sorted(k.tags),
		Entities:    sorted(k.entities),
		Commitments: sorted(k.commitments),
		Indicators:  sorted(k.indicators),
		Calendars:   sorted(k.calendars),
		Reviews:     k.reviews,
		Articles:    k.articles,
	}
}

// sorted lists the values in the order of their ids.
func sorted[T any](byID map[string]T) []T {
	all := make([]T, 0, len(byID))
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		all = append(all, byID[id])
	}
	return all
}

func (k *known) readFacts(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT seq, kind, id, body FROM facts WHERE seq > ? AND recorded <= ? ORDER BY seq`, k.fact, k.upTo)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var kind, id string
		var text sql.RawBytes
		if err := rows.Scan(&k.fact, &kind, &id, &text); err != nil {
			return err
		}
		if err := k.take(kind, id, text); err != nil {
			return fmt.Errorf("%s %q: %w", kind, id, err)
		}
	}
	return rows.Err()
}

func (k *known) take(kind, id string, text []byte) error {
	switch kind {
	case "measure":
		m := new(tracker.Measure)
		if former := k.measures[id]; former != nil {
			m.Events = former.Events
		}
		k.measures[id] = m
		return json.Unmarshal(text, m)
	case "tag":
		return decode(k.tags, id, text)
	case "entity":
		return decode(k.entities, id, text)
	case "commitment":
		return decode(k.commitments, id, text)
	case "indicator":
		return decode(k.indicators, id, text)
	case "calendar":
		return decode(k.calendars, id, text)
	}
	return fmt.Errorf("no such kind of fact is known")
}

func decode[T any](into map[string]T, id string, text []byte) error {
	var v T
	err := json.Unmarshal(text, &v)
	into[id] = v
	return err
}

// readEvents adds each event to a copy of its measure.
func (k *known) readEvents(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT seq, id, measure, recorded, recorded_by, body FROM events WHERE seq > ? AND recorded <= ? ORDER BY seq`, k.event, k.upTo)
	if err != nil {
		return err
	}
	defer rows.Close()
	copied := map[string]bool{}
	for rows.Next() {
		var e tracker.Event
		var id, measure string
		var text sql.RawBytes
		if err := rows.Scan(&k.event, &id, &measure, instant{&e.Recorded}, &e.RecordedBy, &text); err != nil {
			return err
		}
		if err := json.Unmarshal(text, &e); err != nil {
			return fmt.Errorf("event %q: %w", id, err)
		}
		if !copied[measure] {
			own := *k.measures[measure]
			own.Events = slices.Clip(own.Events)
			k.measures[measure], copied[measure] = &own, true
		}
		k.measures[measure].Events = append(k.measures[measure].Events, e)
	}
	return rows.Err()
}

func (k *known) readArticles(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT seq, body FROM articles WHERE seq > ? AND recorded <= ? ORDER BY seq`, k.article, k.upTo)
	added, err := collect(rows, err, func(rows *sql.Rows, a *tracker.Article) error {
		return rows.Scan(&k.article, body{a})
	})
	k.articles = append(k.articles, added...)
	return err
}

func (k *known) readReviews(ctx context.Context, tx *sql.Tx) error {
	var err error
	k.reviews, err = reviews(ctx, tx, "", k.upTo)
	return err
}
