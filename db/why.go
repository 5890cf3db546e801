package db

import (
	"context"
	"database/sql"

	"derisk/tracker"
)

// FiringsAbout lists the newest firings that what names, newest first: the one of
// that id, those of that rule, or those that concern that measure or subject. Of
// reviews only the owner's are among them.
func (d *DB) FiringsAbout(ctx context.Context, owner, what string, limit int) ([]tracker.Firing, error) {
	for _, names := range []string{
		`f.id = ?1`,
		`f.rule = ?1`,
		`(f.subject = ?1 OR instr(f.body, ?4) > 0 AND EXISTS (SELECT 1 FROM json_each(f.body, '$.measures') WHERE value = ?1))`,
	} {
		rows, err := d.reader.QueryContext(ctx, `
			SELECT f.body FROM firings f
			WHERE `+names+` AND COALESCE(json_extract(f.body, '$.owner'), '') IN ('', ?2)
			ORDER BY f.at DESC, f.seq DESC LIMIT ?3`, what, owner, atMost(limit), quotedID(what))
		all, err := collect(rows, err, func(rows *sql.Rows, f *tracker.Firing) error { return rows.Scan(body{f}) })
		if err != nil || len(all) > 0 {
			return all, d.told(err)
		}
	}
	return nil, nil
}
