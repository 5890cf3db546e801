-- +goose Up

-- When daily and weekly digests go out, "07:30" or "fri 16:00" in the zone; empty: 09:00, Mondays.
ALTER TABLE subscriptions ADD COLUMN at TEXT NOT NULL DEFAULT '';
