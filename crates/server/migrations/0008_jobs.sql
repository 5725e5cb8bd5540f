-- Everything that happens later: mails, bulk actions, and the deletion of outdated data. A server takes a job over by a
-- lease: its name and the time until which it may work. A lease that is not renewed ends, and another server takes over.
CREATE TABLE jobs (
    pk INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    owner INTEGER REFERENCES users (pk) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    -- Due jobs of a kind run in this order.
    position BIGINT NOT NULL DEFAULT 0,
    -- The number of attempts in a row that have not succeeded, including the running one.
    attempts INTEGER NOT NULL DEFAULT 0,
    lease_owner BLOB,
    lease_until BIGINT,
    finished_at BIGINT
);

CREATE INDEX jobs_queue ON jobs (kind, position) WHERE finished_at IS NULL;
CREATE INDEX jobs_finished_at ON jobs (kind, finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX jobs_owner ON jobs (owner, created_at) WHERE owner IS NOT NULL;

-- Bulk actions. The numbers count the users that were handled; together they are the position of the next one.
CREATE TABLE bulk_jobs (
    job INTEGER PRIMARY KEY REFERENCES jobs (pk) ON DELETE CASCADE,
    action TEXT NOT NULL,
    node BLOB,
    role TEXT,
    -- The assignments of the owner at the start. The job never uses more rights than these.
    rights TEXT NOT NULL,
    undo_of INTEGER REFERENCES jobs (pk) ON DELETE SET NULL,
    state TEXT NOT NULL,
    stop_reason TEXT,
    total INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX bulk_jobs_undo_of ON bulk_jobs (undo_of) WHERE undo_of IS NOT NULL;

-- The users of a bulk action, by id, because an unknown id is refused in its turn.
CREATE TABLE bulk_job_users (
    job INTEGER NOT NULL REFERENCES jobs (pk) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    user BLOB NOT NULL,
    -- Null until the user is handled: `done`, `unchanged`, or the code of the refusal.
    outcome TEXT,
    -- The change of a user's access, so that it can be undone.
    change TEXT,
    undone INTEGER NOT NULL DEFAULT 0,
    -- In an undo: the position of the user in the job that it undoes.
    source INTEGER,
    PRIMARY KEY (job, position)
) WITHOUT ROWID;

ALTER TABLE removals ADD COLUMN job INTEGER REFERENCES jobs (pk) ON DELETE SET NULL;
CREATE INDEX removals_job ON removals (job) WHERE job IS NOT NULL;

-- The schedule of mails moves to their jobs. The outbox keeps their content.
INSERT INTO jobs (pk, id, kind, created_at, due_at, position, attempts, finished_at)
SELECT pk, randomblob(16), 'mail', created_at, due_at, kind <> 'sign_in', attempts, sent_at FROM outbox;

CREATE TABLE mails (
    pk INTEGER PRIMARY KEY REFERENCES jobs (pk) ON DELETE CASCADE,
    user INTEGER NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    sender INTEGER REFERENCES users (pk) ON DELETE SET NULL,
    language TEXT,
    mail TEXT NOT NULL,
    kind TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- The hash of the link that the last attempt has created.
    link BLOB
);

INSERT INTO mails (pk, user, sender, language, mail, kind, created_at, link)
SELECT pk, user, sender, language, mail, kind, created_at, link FROM outbox;
DROP TABLE outbox;
ALTER TABLE mails RENAME TO outbox;
CREATE INDEX outbox_user ON outbox (user, kind, created_at);
CREATE INDEX outbox_sender ON outbox (sender, created_at);

-- Users can switch off digests, also by a link in each of them, without signing in.
ALTER TABLE users ADD COLUMN digests INTEGER NOT NULL DEFAULT 1;

CREATE TABLE unsubscribe_links (
    token_hash BLOB PRIMARY KEY NOT NULL,
    user INTEGER NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX unsubscribe_links_user ON unsubscribe_links (user);
