package db

import (
	"context"
	"database/sql"
	"time"
)

// Entry is one line of the audit log: who changed what, and when.
type Entry struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Did     string    `json:"did"`     // such as "record" or "stop review"
	Subject string    `json:"subject"` // the id of what was changed
}

// Audit lists the newest entries of the audit log, newest first; all where limit is 0.
func (d *DB) Audit(ctx context.Context, limit int) ([]Entry, error) {
	rows, err := d.reader.QueryContext(ctx, `SELECT at, by, did, subject FROM audit ORDER BY seq DESC LIMIT ?`, atMost(limit))
	entries, err := collect(rows, err, func(rows *sql.Rows, e *Entry) error {
		return rows.Scan(instant{&e.At}, &e.By, &e.Did, &e.Subject)
	})
	return entries, d.told(err)
}

// atMost is the LIMIT of a query; 0 is none.
func atMost(limit int) int {
	if limit <= 0 {
		return -1
	}
	return limit
}

func note(ctx context.Context, tx *sql.Tx, by, did, subject string, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO audit (at, by, did, subject) VALUES (?, ?, ?, ?)`, stamp(at), by, did, subject)
	return err
}
