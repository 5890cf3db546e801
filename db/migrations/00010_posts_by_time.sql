-- +goose Up

-- How many posts a channel had lately, and which were made at an instant.
CREATE INDEX posts_by_time ON posts (channel, made);
