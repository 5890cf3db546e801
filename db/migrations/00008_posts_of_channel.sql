-- +goose Up

-- The latest posts of an owner's channels, which completion offers.
CREATE INDEX posts_of_channel ON posts (channel, n);
