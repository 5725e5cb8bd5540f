-- What was done, by whom, to whom. Nothing here refers to another table by key but the node, which is never
-- removed: an account may go, and its name stays. The hash of an entry is keyed, over it and the hash before.

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    actor BLOB,
    actor_name TEXT,
    target BLOB,
    target_name TEXT,
    node INTEGER,
    view BLOB,
    details TEXT NOT NULL,
    hash BLOB NOT NULL
);

-- Newest first by each. What decides who sees an entry stands in them, so that what is passed over is not read.
CREATE INDEX audit_node ON audit (node, seq, action);
CREATE INDEX audit_actor ON audit (actor, seq, node, action) WHERE actor IS NOT NULL;
CREATE INDEX audit_target ON audit (target, seq, node, action) WHERE target IS NOT NULL;
CREATE INDEX audit_action ON audit (action, seq);

CREATE TRIGGER audit_appends_only BEFORE INSERT ON audit
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit) OR EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the audit log only grows, at its end');
END;

CREATE TRIGGER audit_changes_nothing BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;

CREATE TRIGGER audit_removes_nothing BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never shortened');
END;
