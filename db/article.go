package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"derisk/tracker"
)

// AddArticles stores the articles that are not there yet, and counts them. An
// article is what its id was made of: one that was edited has another id, so
// both versions are kept.
func (d *DB) AddArticles(ctx context.Context, articles []tracker.Article, by string, at time.Time) (added int, err error) {
	err = d.change(ctx, func(tx *sql.Tx, _ *tracker.Snapshot) (bool, error) {
		for _, a := range articles {
			text, err := encoded(a)
			if err != nil {
				return false, fmt.Errorf("article %q: %w", a.ID, err)
			}
			done, err := tx.ExecContext(ctx, `INSERT INTO articles (id, recorded, body) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING`,
				a.ID, stamp(at), text)
			if err != nil {
				return false, fmt.Errorf("article %q: %w", a.ID, err)
			}
			n, _ := done.RowsAffected() // this driver always knows
			added += int(n)
		}
		if added == 0 {
			return false, nil
		}
		return true, note(ctx, tx, tracker.Entry{At: at, By: by, Did: "add articles", Detail: fmt.Sprint(added)})
	})
	if err != nil {
		return 0, fmt.Errorf("store articles: %w", err)
	}
	return added, nil
}
