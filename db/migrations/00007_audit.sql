-- +goose Up

-- Whose thing was changed; empty: the common record.
ALTER TABLE audit ADD COLUMN owner TEXT NOT NULL DEFAULT '';
-- What was given for the change, in words.
ALTER TABLE audit ADD COLUMN detail TEXT NOT NULL DEFAULT '';

-- What was written before. Reviews named their owner in the place of who did it.
UPDATE audit SET owner = by WHERE did LIKE '% review';
UPDATE audit SET owner = COALESCE((SELECT s.owner FROM subscriptions s WHERE s.id = audit.subject), 'local')
WHERE did = 'subscribe' OR did LIKE '% subscription';
UPDATE audit SET owner = COALESCE((SELECT s.owner FROM subscriptions s WHERE s.channel = audit.subject ORDER BY s.n DESC LIMIT 1), 'local')
WHERE did = 'pause channel';

CREATE INDEX audit_of_owner ON audit (owner, seq);

-- +goose StatementBegin
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_remains BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END;
-- +goose StatementEnd
