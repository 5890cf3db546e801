-- +goose Up

-- What became of a firing after it fired, other than that it ended.
CREATE TABLE notes (
    seq    INTEGER PRIMARY KEY,
    firing INTEGER NOT NULL REFERENCES firings (seq),
    owner  TEXT NOT NULL, -- whose posts show it; empty: everybody's
    at     INTEGER NOT NULL,
    body   TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
CREATE INDEX notes_of_firing ON notes (firing);

-- What is to be done about posts that stand in their channels already. A row
-- goes when it is done; to do it again does no harm.
CREATE TABLE chores (
    post      INTEGER NOT NULL REFERENCES posts (n),
    what      TEXT NOT NULL CHECK (what IN ('edit', 'publish')),
    reasons   INTEGER NOT NULL DEFAULT 1, -- how many there were so far
    next_try  INTEGER NOT NULL,
    tries     INTEGER NOT NULL DEFAULT 0,
    last_fail TEXT NOT NULL DEFAULT '',
    claim     TEXT,    -- the open database whose try runs
    claimed   INTEGER, -- when it began
    PRIMARY KEY (post, what)
) STRICT, WITHOUT ROWID;

-- Which firings of a subject have not ended yet.
CREATE INDEX firings_of_subject ON firings (rule, subject, at);

-- An announcement channel's posts go on to the servers that follow it.
ALTER TABLE subscriptions ADD COLUMN publish INTEGER NOT NULL DEFAULT 0 CHECK (publish IN (0, 1));
