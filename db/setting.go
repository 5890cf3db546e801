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

// SetSetting remembers value under key; an empty value forgets it. It is for
// what derisk remembers for itself; what somebody sets goes by [DB.ChangeSetting].
func (d *DB) SetSetting(ctx context.Context, key, value string) error {
	return d.write(ctx, func(tx *sql.Tx) error {
		_, err := setSetting(ctx, tx, key, value)
		return err
	})
}

func setSetting(ctx context.Context, tx *sql.Tx, key, value string) (changed bool, err error) {
	query, args := `
		INSERT INTO settings (key, value) VALUES (?1, ?2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value`, []any{key, value}
	if value == "" {
		query, args = `DELETE FROM settings WHERE key = ?`, []any{key}
	}
	done, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	n, _ := done.RowsAffected() // this driver always knows
	return n > 0, nil
}
