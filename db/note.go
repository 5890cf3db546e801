package db

import (
	"cmp"
	"database/sql"
	"time"

	"derisk/tracker"
)

// noteCorrection tells what an event corrects or withdraws to every post that
// rests on it. Other words or sources for the same fact are no news.
func noteCorrection(b *batch, e tracker.Event, at time.Time) error {
	words := e.CorrectionWords()
	if words == (tracker.Text{}) {
		return nil
	}
	rows, err := b.tx.QueryContext(b.ctx, `
		SELECT f.seq, f.id FROM firings f
		WHERE instr(f.body, ?1) > 0 AND EXISTS (SELECT 1 FROM json_each(f.body, '$.facts') WHERE value = ?2)`, quotedID(e.Of), e.Of)
	type fired struct {
		seq int64
		id  string
	}
	all, err := collect(rows, err, func(rows *sql.Rows, f *fired) error { return rows.Scan(&f.seq, &f.id) })
	for _, f := range all {
		n := tracker.Note{Firing: f.id, What: tracker.NoteCorrected, At: at, Words: words}
		err = cmp.Or(err, addNote(b, f.seq, "", n))
	}
	return err
}

// quotedID is an id as it stands in JSON: ids hold nothing that is escaped there.
func quotedID(id string) string { return `"` + id + `"` }

// addNote stores what became of a firing, and has the posts edited that tell it
// to an owner; to everybody where owner is empty.
func addNote(b *batch, firing int64, owner string, n tracker.Note) error {
	text, err := encoded(n)
	if err != nil {
		return err
	}
	if err := b.exec(`INSERT INTO notes (firing, owner, at, body) VALUES (?, ?, ?, ?)`, firing, owner, stamp(n.At), text); err != nil {
		return err
	}
	rows, err := b.tx.QueryContext(b.ctx, `
		SELECT DISTINCT p.n
		FROM tellings t JOIN posts p ON p.n = t.post JOIN subscriptions s ON s.n = t.subscription
		WHERE t.firing = ?1 AND p.cause IS NULL AND ?2 IN ('', s.owner)`, firing, owner)
	posts, err := collect(rows, err, func(rows *sql.Rows, post *int64) error { return rows.Scan(post) })
	for _, post := range posts {
		err = cmp.Or(err, want(b.ctx, b.tx, post, tracker.EditPost, n.At))
	}
	return err
}
