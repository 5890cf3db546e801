package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"derisk/tracker"
)

// Audit lists the newest entries of the audit log that a query wants, newest first.
func (d *DB) Audit(ctx context.Context, q tracker.AuditQuery) ([]tracker.Entry, error) {
	where := `(?1 = '*' OR owner IN (?1, '')) AND (?2 IS NULL OR at < ?2)`
	args := []any{q.Owner, stamp(q.Until), atMost(q.Limit)}
	for _, word := range q.Words {
		args = append(args, strings.ToLower(word))
		where += fmt.Sprintf(` AND instr(lower(did || ' ' || subject || ' ' || by || ' ' || detail), ?%d) > 0`, len(args))
	}
	rows, err := d.reader.QueryContext(ctx, `
		SELECT at, by, owner, did, subject, detail FROM audit
		WHERE `+where+`
		ORDER BY seq DESC
		LIMIT ?3`, args...)
	entries, err := collect(rows, err, func(rows *sql.Rows, e *tracker.Entry) error {
		return rows.Scan(instant{&e.At}, &e.By, &e.Owner, &e.Did, &e.Subject, &e.Detail)
	})
	return entries, d.told(err)
}

// ChangeSetting remembers value under key and notes who changed it; an empty
// value forgets it. Where it is that already, nothing was changed.
func (d *DB) ChangeSetting(ctx context.Context, key, value string, e tracker.Entry) error {
	return d.write(ctx, func(tx *sql.Tx) error {
		changed, err := setSetting(ctx, tx, key, value)
		if err != nil || !changed {
			return err
		}
		return note(ctx, tx, e)
	})
}

// atMost is the LIMIT of a query; 0 is none.
func atMost(limit int) int {
	if limit <= 0 {
		return -1
	}
	return limit
}

// byItself signs what derisk does without being asked.
const byItself = "derisk"

// note adds to the audit log, in the transaction of the change itself.
func note(ctx context.Context, tx *sql.Tx, e tracker.Entry) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO audit (at, by, owner, did, subject, detail) VALUES (?, ?, ?, ?, ?, ?)`,
		stamp(e.At), e.By, e.Owner, e.Did, e.Subject, e.Detail)
	return err
}
