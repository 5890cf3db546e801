-- +goose Up

-- What owners do not want to be told for a while. A snooze is of what a rule
-- finds of a subject, a mute of a measure in a channel.
CREATE TABLE hushes (
    n        INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE CHECK (id <> ''),
    owner    TEXT NOT NULL CHECK (owner <> ''),
    rule     TEXT NOT NULL DEFAULT '', -- of a snooze
    subject  TEXT NOT NULL DEFAULT '',
    standing INTEGER NOT NULL DEFAULT 0 CHECK (standing IN (0, 1)), -- of a snooze: over when the subject is no longer active
    channel  TEXT NOT NULL DEFAULT '', -- of a mute
    measure  TEXT NOT NULL DEFAULT '',
    firing   INTEGER NOT NULL REFERENCES firings (seq), -- of a snooze: that it was asked for; of a mute: the latest before it
    by       TEXT NOT NULL,
    made     INTEGER NOT NULL,
    until    INTEGER, -- NULL: for good
    over     INTEGER, -- when it ended; NULL: it holds
    CHECK ((rule <> '') <> (channel <> '')),
    CHECK ((rule = '') = (subject = '') AND (channel = '') = (measure = '')),
    CHECK (rule = '' OR until IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX hushes_hold ON hushes (owner, rule, subject, channel, measure) WHERE over IS NULL;
CREATE INDEX hushes_of_rule ON hushes (rule) WHERE over IS NULL AND rule <> '';
CREATE INDEX hushes_until ON hushes (until) WHERE over IS NULL AND until IS NOT NULL;

-- Firings that are told a second time when a hush is over: a delivery stays what
-- it became. A row without a post goes where there is nothing left to tell.
CREATE TABLE recalls (
    hush         INTEGER NOT NULL REFERENCES hushes (n),
    firing       INTEGER NOT NULL REFERENCES firings (seq),
    subscription INTEGER NOT NULL REFERENCES subscriptions (n),
    due          INTEGER NOT NULL,
    post         INTEGER REFERENCES posts (n),
    PRIMARY KEY (hush, firing, subscription)
) STRICT, WITHOUT ROWID;
CREATE INDEX recalls_open ON recalls (due) WHERE post IS NULL;
CREATE INDEX recalls_of_post ON recalls (post) WHERE post IS NOT NULL;
CREATE INDEX recalls_of_firing ON recalls (firing);

-- Which post tells a firing to a subscription.
CREATE VIEW tellings AS
    SELECT post, firing, subscription FROM deliveries WHERE post IS NOT NULL
    UNION ALL
    SELECT post, firing, subscription FROM recalls WHERE post IS NOT NULL;
