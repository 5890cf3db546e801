-- +goose Up

-- Made by somebody who may not see the owner's reviews, or for a channel that
-- other servers follow: it is told of none.
ALTER TABLE subscriptions ADD COLUMN no_reviews INTEGER NOT NULL DEFAULT 0 CHECK (no_reviews IN (0, 1));
