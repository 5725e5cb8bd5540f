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
