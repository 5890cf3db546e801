package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"derisk/tracker"
)

// Acknowledge notes who has seen to what one of an owner's posts tells, as far as
// it still holds and nobody was first. It gives the post as it was before: what
// was over then, or acknowledged, is as it was. The error matches
// [tracker.ErrNotFound] where the owner has no such post.
func (d *DB) Acknowledge(ctx context.Context, owner, post, by string, at time.Time) (tracker.Post, error) {
	e := tracker.Entry{At: at, By: by, Owner: owner, Did: "acknowledge", Subject: post}
	return d.onOwnPost(ctx, e, func(b *batch, p tracker.Post) (changed bool, err error) {
		for _, t := range p.Tellings() {
			if _, was := t.Acknowledged(); was || !t.Holds() {
				continue
			}
			n := tracker.Note{Firing: t.ID, What: tracker.NoteAcknowledged, At: at, By: by}
			if err := noteOf(b, owner, n); err != nil {
				return false, err
			}
			changed = true
		}
		return changed, nil
	})
}

// noteOf stores what became of the firing that the note names.
func noteOf(b *batch, owner string, n tracker.Note) error {
	firing, err := firingNumber(b, n.Firing)
	if err != nil {
		return err
	}
	return addNote(b, firing, owner, n)
}

func firingNumber(b *batch, id string) (seq int64, err error) {
	err = b.scan(`SELECT seq FROM firings WHERE id = ?`, []any{id}, &seq)
	return seq, err
}

// onOwnPost does something about one of an owner's posts, the entry's subject, in
// one transaction, and gives the post as it was before. What changed nothing is
// not in the audit log.
func (d *DB) onOwnPost(ctx context.Context, e tracker.Entry, do func(b *batch, p tracker.Post) (changed bool, err error)) (tracker.Post, error) {
	var p tracker.Post
	err := d.write(ctx, func(tx *sql.Tx) (err error) {
		if e.Owner == "*" { // who reads everybody's posts does not change them
			return notFound("post", e.Subject, nil)
		}
		if p, err = ownPost(ctx, tx, e.Owner, e.Subject); err != nil {
			return err
		}
		changed, err := do(newBatch(ctx, tx), p)
		if err != nil || !changed {
			return err
		}
		return note(ctx, tx, e)
	})
	if err != nil {
		return tracker.Post{}, fmt.Errorf("%s: %w", e.Did, err)
	}
	return p, nil
}
