-- Sequence numbers order links, grants, sessions, removals and impersonations. The clock may be set back, so their times
-- do not. Rows from before get numbers in the order of their times: a grant comes before a link of the same time.
ALTER TABLE pending_grants ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
-- The lowest number that an audit log entry of the invitation can have.
ALTER TABLE pending_grants ADD COLUMN first_entry BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invitation_links ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE removals ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE views ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;

UPDATE pending_grants SET seq = created_at * 2;
UPDATE pending_grants SET first_entry = coalesce(
    (SELECT min(a.seq) FROM audit a WHERE a.target = (SELECT u.id FROM users u WHERE u.pk = pending_grants.user)
        AND a.node = pending_grants.node AND a.at >= pending_grants.created_at),
    0);
UPDATE invitation_links SET seq = created_at * 2 + 1;
UPDATE sessions SET seq = created_at * 2;
UPDATE removals SET seq = removed_at * 2;
UPDATE views SET seq = started_at * 2;

INSERT INTO meta (key, value)
SELECT 'sequence', coalesce(max(seq), 0) FROM (
    SELECT max(seq) AS seq FROM pending_grants
    UNION ALL SELECT max(seq) FROM invitation_links
    UNION ALL SELECT max(seq) FROM sessions
    UNION ALL SELECT max(seq) FROM removals
    UNION ALL SELECT max(seq) FROM views
) AS numbers;

CREATE INDEX sessions_created_at ON sessions (created_at);
CREATE INDEX invitation_links_ended_at ON invitation_links (ended_at) WHERE ended_at IS NOT NULL;

-- Format 2 of the audit log: the hash covers a digest of each personal text, so that the text and its salt can be erased.
-- `texts` has the personal texts of the details. The server converts the entries of format 1 at its next start, if the log
-- passes its check.
ALTER TABLE audit ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE audit ADD COLUMN actor_salt BLOB;
ALTER TABLE audit ADD COLUMN actor_digest BLOB;
ALTER TABLE audit ADD COLUMN target_salt BLOB;
ALTER TABLE audit ADD COLUMN target_digest BLOB;
ALTER TABLE audit ADD COLUMN texts TEXT;
ALTER TABLE audit ADD COLUMN texts_salt BLOB;
ALTER TABLE audit ADD COLUMN texts_digest BLOB;

-- The end of the log before the conversion. The chain of format 2 starts from it.
CREATE TABLE audit_conversion (
    entries BIGINT PRIMARY KEY NOT NULL,
    hash BLOB NOT NULL,
    converted_at BIGINT NOT NULL
);

DROP TRIGGER audit_changes_nothing;

CREATE TRIGGER audit_changes_nothing BEFORE UPDATE ON audit
WHEN OLD.format <> 2
    OR (NEW.seq, NEW.id, NEW.at, NEW.action, NEW.details, NEW.hash, NEW.format)
        IS NOT (OLD.seq, OLD.id, OLD.at, OLD.action, OLD.details, OLD.hash, OLD.format)
    OR (NEW.actor, NEW.target, NEW.node, NEW.view) IS NOT (OLD.actor, OLD.target, OLD.node, OLD.view)
    OR (NEW.actor_digest, NEW.target_digest, NEW.texts_digest)
        IS NOT (OLD.actor_digest, OLD.target_digest, OLD.texts_digest)
    OR NOT ((NEW.actor_name, NEW.actor_salt) IS (OLD.actor_name, OLD.actor_salt)
        OR (NEW.actor_name, NEW.actor_salt) IS (NULL, NULL))
    OR NOT ((NEW.target_name, NEW.target_salt) IS (OLD.target_name, OLD.target_salt)
        OR (NEW.target_name, NEW.target_salt) IS (NULL, NULL))
    OR NOT ((NEW.texts, NEW.texts_salt) IS (OLD.texts, OLD.texts_salt)
        OR (NEW.texts, NEW.texts_salt) IS (NULL, NULL))
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed; only personal texts can be erased');
END;

-- A removed account whose name and address were erased has a time here, and an empty address.
ALTER TABLE users ADD COLUMN erased_at BIGINT;
CREATE INDEX users_removed_at ON users (removed_at) WHERE removed_at IS NOT NULL AND erased_at IS NULL;
