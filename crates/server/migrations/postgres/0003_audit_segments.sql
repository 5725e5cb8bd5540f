-- The sealed parts of the audit log, whose entries were deleted because their time was over. The seal is keyed, over all
-- other columns. So the rest of the log stays verifiable, and a removed or forged part is detected.
CREATE TABLE audit_segments (
    first_entry BIGINT PRIMARY KEY,
    last_entry BIGINT NOT NULL,
    -- The hash of the entry before the first one, and that of the last one.
    hash_before BYTEA NOT NULL,
    hash_after BYTEA NOT NULL,
    -- The times of the first and of the last entry.
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    sealed_at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    seal BYTEA NOT NULL
);

CREATE FUNCTION audit_segments_change_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the sealed parts of the audit log are never changed or removed' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_segments_change_nothing BEFORE UPDATE OR DELETE ON audit_segments
FOR EACH ROW EXECUTE FUNCTION audit_segments_change_nothing();

CREATE TRIGGER audit_segments_empty_nothing BEFORE TRUNCATE ON audit_segments
FOR EACH STATEMENT EXECUTE FUNCTION audit_segments_change_nothing();

-- Entries can be deleted once a segment contains them. The log continues after its segments.
CREATE OR REPLACE FUNCTION audit_removes_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce((SELECT last_entry FROM audit_segments WHERE first_entry <= OLD.seq ORDER BY first_entry DESC LIMIT 1), 0)
        < OLD.seq
    THEN
        RAISE EXCEPTION 'the audit log is never shortened; only sealed entries can be deleted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION audit_empties_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is never shortened' USING ERRCODE = 'restrict_violation';
END $$;

DROP TRIGGER audit_empties_nothing ON audit;
CREATE TRIGGER audit_empties_nothing BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_empties_nothing();

CREATE OR REPLACE FUNCTION audit_appends_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <> coalesce((SELECT max(seq) FROM audit),
            (SELECT last_entry FROM audit_segments ORDER BY first_entry DESC LIMIT 1), 0) + 1
        OR EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
    THEN
        RAISE EXCEPTION 'the audit log only grows, at its end' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- How far each target of the export has got: the number and the hash of the last entry that it has, with a keyed seal.
CREATE TABLE audit_exports (
    target TEXT COLLATE "C" PRIMARY KEY,
    entries BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    seal BYTEA NOT NULL,
    -- The server that exports to the target, and the end of its lease.
    lease_owner BYTEA,
    lease_until BIGINT
);
