package db

import (
	"context"
	"database/sql"
	"errors"
)

// Setting is a small thing that is remembered under a key; empty where there is none.
func (d *DB) Setting(ctx context.Context, key string) (string, error) {
	var value string
	err := d.reader.QueryRowContext(ctx, `SELECT value FROM settings WHERE key = ?`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, d.told(err)
}

// SetSetting remembers value under key; an empty value forgets it.
func (d *DB) SetSetting(ctx context.Context, key, value string) error {
	return d.write(ctx, func(tx *sql.Tx) error {
		if value == "" {
			_, err := tx.ExecContext(ctx, `DELETE FROM settings WHERE key = ?`, key)
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
		return err
	})
}
