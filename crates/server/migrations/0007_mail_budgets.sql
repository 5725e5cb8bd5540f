-- Each kind of mail has its own budget.
ALTER TABLE outbox ADD COLUMN kind TEXT NOT NULL DEFAULT 'unknown';
UPDATE outbox SET kind = coalesce(json_extract(mail, '$.kind'), 'unknown') WHERE json_valid(mail);

DROP INDEX outbox_user;
CREATE INDEX outbox_user ON outbox (user, kind, created_at);

-- Refused changes of each impersonation, by operation. The first few have audit log entries of their own. One entry at
-- the end of the impersonation counts the others.
CREATE TABLE view_refusals (
    view BLOB NOT NULL REFERENCES views (id) ON DELETE CASCADE,
    operation TEXT NOT NULL,
    refused INTEGER NOT NULL,
    PRIMARY KEY (view, operation)
) WITHOUT ROWID;
