-- +goose Up

-- When a daily or weekly digest goes out next, also where nothing fires; NULL:
-- not worked out yet, or it has none.
ALTER TABLE subscriptions ADD COLUMN digest_due INTEGER;
CREATE INDEX subscriptions_digest ON subscriptions (digest_due) WHERE deleted IS NULL AND deliver IN ('daily', 'weekly');

-- What a digest says besides its firings, in both languages.
ALTER TABLE posts ADD COLUMN lead TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(lead));
