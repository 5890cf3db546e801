-- +goose Up

-- The text of every rule that ran, as it ran. A firing names its own by the digest.
CREATE TABLE rule_versions (
    rule     TEXT NOT NULL CHECK (rule <> ''),
    digest   TEXT NOT NULL CHECK (digest <> ''),
    source   TEXT NOT NULL,
    revision TEXT NOT NULL,    -- git revision of the folder when it first ran; empty: no checkout
    first    INTEGER NOT NULL, -- when it first ran
    PRIMARY KEY (rule, digest)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER rule_versions_stay BEFORE UPDATE ON rule_versions
BEGIN SELECT RAISE(ABORT, 'versions of rules are only ever added'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rule_versions_remain BEFORE DELETE ON rule_versions
BEGIN SELECT RAISE(ABORT, 'versions of rules are only ever added'); END;
-- +goose StatementEnd

-- The version that runs; NULL: not known yet.
ALTER TABLE rules ADD COLUMN digest TEXT;

-- When what happened to a review was recorded; NULL: before this was kept.
ALTER TABLE reviews ADD COLUMN decided_recorded INTEGER;
ALTER TABLE stops ADD COLUMN stopped_recorded INTEGER;
ALTER TABLE stops ADD COLUMN resumed_recorded INTEGER;
