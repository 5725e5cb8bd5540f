-- The sealed parts of the audit log, whose entries were deleted because their time was over. The seal is keyed, over all
-- other columns. So the rest of the log stays verifiable, and a removed or forged part is detected.
CREATE TABLE audit_segments (
    first_entry BIGINT PRIMARY KEY NOT NULL,
    last_entry BIGINT NOT NULL,
    -- The hash of the entry before the first one, and that of the last one.
    hash_before BLOB NOT NULL,
    hash_after BLOB NOT NULL,
    -- The times of the first and of the last entry.
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    sealed_at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    seal BLOB NOT NULL
);

CREATE TRIGGER audit_segments_change_nothing BEFORE UPDATE ON audit_segments
BEGIN
    SELECT RAISE(ABORT, 'the sealed parts of the audit log are never changed');
END;

CREATE TRIGGER audit_segments_remove_nothing BEFORE DELETE ON audit_segments
BEGIN
    SELECT RAISE(ABORT, 'the sealed parts of the audit log are never removed');
END;

-- Entries can be deleted once a segment contains them. The log continues after its segments.
DROP TRIGGER audit_removes_nothing;
CREATE TRIGGER audit_removes_nothing BEFORE DELETE ON audit
WHEN coalesce((SELECT last_entry FROM audit_segments WHERE first_entry <= OLD.seq ORDER BY first_entry DESC LIMIT 1), 0)
    < OLD.seq
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never shortened; only sealed entries can be deleted');
END;

DROP TRIGGER audit_appends_only;
CREATE TRIGGER audit_appends_only BEFORE INSERT ON audit
WHEN NEW.seq <> coalesce((SELECT max(seq) FROM audit),
        (SELECT last_entry FROM audit_segments ORDER BY first_entry DESC LIMIT 1), 0) + 1
    OR EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows, at its end');
END;

-- How far each target of the export has got: the number and the hash of the last entry that it has, with a keyed seal.
CREATE TABLE audit_exports (
    target TEXT PRIMARY KEY NOT NULL,
    entries BIGINT NOT NULL,
    hash BLOB NOT NULL,
    seal BLOB NOT NULL,
    -- The server that exports to the target, and the end of its lease.
    lease_owner BLOB,
    lease_until BIGINT
);
