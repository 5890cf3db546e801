-- +goose Up

-- Instants are nanoseconds since the Unix epoch, in UTC. A body is the JSON of
-- the tracker type of that name. A column that is NULL is not known or not yet.

-- The latest version of each kind and id holds. seq is the order of recording.
CREATE TABLE facts (
    seq         INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('measure', 'tag', 'entity', 'commitment', 'indicator', 'calendar')),
    id          TEXT NOT NULL CHECK (id <> ''),
    version     INTEGER NOT NULL CHECK (version >= 1),
    recorded    INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    body        TEXT NOT NULL CHECK (json_valid(body)),
    UNIQUE (kind, id, version)
) STRICT;

CREATE TABLE events (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE CHECK (id <> ''),
    measure     TEXT NOT NULL,
    recorded    INTEGER NOT NULL,
    recorded_by TEXT NOT NULL,
    body        TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

CREATE TABLE articles (
    seq      INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE CHECK (id <> ''),
    recorded INTEGER NOT NULL,
    body     TEXT NOT NULL CHECK (json_valid(body))
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER events_need_a_measure BEFORE INSERT ON events
WHEN NOT EXISTS (SELECT 1 FROM facts WHERE kind = 'measure' AND id = NEW.measure)
BEGIN SELECT RAISE(ABORT, 'an event needs a measure'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER facts_stay BEFORE UPDATE ON facts
BEGIN SELECT RAISE(ABORT, 'facts are only ever added'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER facts_remain BEFORE DELETE ON facts
BEGIN SELECT RAISE(ABORT, 'facts are only ever added'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_stay BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_remain BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END;
-- +goose StatementEnd

-- The number of transactions that changed facts, events, articles or reviews:
-- whoever holds a snapshot of another number reads anew.
CREATE TABLE generation (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL
) STRICT;
INSERT INTO generation (one, number) VALUES (1, 0);

CREATE TABLE reviews (
    n        INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE CHECK (id <> ''),
    owner    TEXT NOT NULL CHECK (owner <> ''),
    measure  TEXT NOT NULL,
    name     TEXT NOT NULL,
    accepted TEXT NOT NULL, -- a date as written
    decided  TEXT,
    recorded INTEGER NOT NULL
) STRICT;
CREATE INDEX reviews_of_owner ON reviews (owner, n);

CREATE TABLE stops (
    review  INTEGER NOT NULL REFERENCES reviews (n),
    n       INTEGER NOT NULL,
    stopped TEXT NOT NULL,
    resumed TEXT,
    reason  TEXT NOT NULL,
    PRIMARY KEY (review, n)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX one_running_stop ON stops (review) WHERE resumed IS NULL;

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    by      TEXT NOT NULL,
    did     TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;

-- What a rule remembers. Its active subjects and once keys go where it goes.
CREATE TABLE rules (
    rule        TEXT PRIMARY KEY CHECK (rule <> ''),
    tick        INTEGER, -- latest tick that is stored; NULL: it only ever failed
    form        TEXT NOT NULL DEFAULT '',
    failed      TEXT,    -- why its latest tick could not be evaluated
    failed_tick INTEGER,
    failures    INTEGER NOT NULL DEFAULT 0,
    CHECK ((failed IS NULL) = (failed_tick IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE active (
    rule    TEXT NOT NULL REFERENCES rules (rule) ON UPDATE CASCADE ON DELETE CASCADE,
    subject TEXT NOT NULL,
    key     TEXT NOT NULL,
    since   INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    silent  INTEGER NOT NULL CHECK (silent IN (0, 1)),
    PRIMARY KEY (rule, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE fired (
    rule    TEXT NOT NULL REFERENCES rules (rule) ON UPDATE CASCADE ON DELETE CASCADE,
    subject TEXT NOT NULL,
    key     TEXT NOT NULL,
    PRIMARY KEY (rule, subject, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE firings (
    seq      INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE CHECK (id <> ''),
    at       INTEGER NOT NULL,
    rule     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    key      TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('firing', 'resolved')),
    critical INTEGER NOT NULL CHECK (critical IN (0, 1)),
    stored   INTEGER NOT NULL,
    body     TEXT NOT NULL CHECK (json_valid(body)),
    UNIQUE (rule, subject, key, kind)
) STRICT;
CREATE INDEX firings_at ON firings (at, seq);

-- +goose StatementBegin
CREATE TRIGGER firings_stay BEFORE UPDATE ON firings
BEGIN SELECT RAISE(ABORT, 'firings are only ever added'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER firings_remain BEFORE DELETE ON firings
BEGIN SELECT RAISE(ABORT, 'firings are only ever added'); END;
-- +goose StatementEnd

CREATE TABLE subscriptions (
    n       INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE CHECK (id <> ''),
    owner   TEXT NOT NULL CHECK (owner <> ''),
    channel TEXT NOT NULL CHECK (channel <> ''),
    filter  TEXT NOT NULL,
    lang    TEXT NOT NULL CHECK (lang IN ('en', 'zh')),
    zone    TEXT NOT NULL CHECK (zone <> ''),
    deliver TEXT NOT NULL CHECK (deliver IN ('at-once', 'hourly', 'daily', 'weekly')),
    quiet   TEXT NOT NULL,
    ping    TEXT NOT NULL,
    by      TEXT NOT NULL,
    made    INTEGER NOT NULL,
    paused  TEXT NOT NULL, -- why, or empty
    deleted INTEGER        -- the row stays for the history of its deliveries
) STRICT;
CREATE INDEX subscriptions_of_channel ON subscriptions (channel) WHERE deleted IS NULL;

-- Deliveries that go out together. They, and so the text, are fixed before the first try.
CREATE TABLE posts (
    n         INTEGER PRIMARY KEY, -- a channel's posts go out in this order
    id        TEXT NOT NULL UNIQUE CHECK (length(id) BETWEEN 1 AND 25),
    channel   TEXT NOT NULL,
    lang      TEXT NOT NULL,
    zone      TEXT NOT NULL,
    ping      TEXT NOT NULL,
    digest    INTEGER NOT NULL CHECK (digest IN (0, 1)),
    made      INTEGER NOT NULL,
    tried     INTEGER, -- first try
    tries     INTEGER NOT NULL DEFAULT 0,
    next_try  INTEGER NOT NULL,
    last_fail TEXT NOT NULL DEFAULT '',
    claim     TEXT,    -- the open database whose try runs
    claimed   INTEGER, -- when it began
    settled   INTEGER, -- sent, or given up where there is a cause
    message   TEXT,    -- Discord's id of what was sent
    cause     TEXT,
    CHECK (settled IS NOT NULL OR message IS NULL AND cause IS NULL),
    CHECK (settled IS NULL OR (message IS NULL) = (cause IS NOT NULL))
) STRICT;
CREATE INDEX posts_open ON posts (channel, n) WHERE settled IS NULL;

CREATE TABLE deliveries (
    firing       INTEGER NOT NULL REFERENCES firings (seq),
    subscription INTEGER NOT NULL REFERENCES subscriptions (n),
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'sent', 'merged', 'failed', 'not-sent')),
    cause        TEXT NOT NULL CHECK (cause <> ''),
    due          INTEGER,
    post         INTEGER REFERENCES posts (n),
    settled      INTEGER,
    PRIMARY KEY (firing, subscription),
    CHECK (state NOT IN ('waiting', 'held') OR due IS NOT NULL),
    CHECK (state NOT IN ('sent', 'merged') OR post IS NOT NULL),
    CHECK (state <> 'not-sent' OR post IS NULL),
    CHECK ((state IN ('sent', 'merged', 'failed')) = (settled IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_open ON deliveries (due, firing, subscription) WHERE state IN ('waiting', 'held') AND post IS NULL;
CREATE INDEX deliveries_of_post ON deliveries (post) WHERE post IS NOT NULL;
CREATE INDEX deliveries_failed ON deliveries (firing) WHERE state = 'failed';

-- +goose StatementBegin
CREATE TRIGGER deliveries_keep_their_post BEFORE UPDATE OF post ON deliveries
WHEN OLD.post IS NOT NULL AND NEW.post IS NOT OLD.post
BEGIN SELECT RAISE(ABORT, 'a delivery goes out with one post'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deliveries_remain BEFORE DELETE ON deliveries
BEGIN SELECT RAISE(ABORT, 'deliveries are history'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER posts_settle_once BEFORE UPDATE ON posts
WHEN OLD.settled IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a settled post stays as it is'); END;
-- +goose StatementEnd

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
