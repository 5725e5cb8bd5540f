-- The schema for PostgreSQL 15 or later. It equals the state of SQLite after its migration 11, where the tables have their
-- other comments, with these differences:
--
-- - The texts of keys and sort orders have the collation "C", so that they order by bytes as in SQLite, whatever the
--   locale of the database is.
-- - The trigrams for the search are an index on `search_texts`, not a table. The server creates it.
-- - SQLite keeps events and rate limits in memory, and the head of the audit log in a file only.
--
-- Times are unix milliseconds, role sets are bits in the order of the domain's roles, ids are UUIDs.

CREATE TABLE meta (
    key TEXT COLLATE "C" PRIMARY KEY,
    value BIGINT NOT NULL
);

-- SQLite has these rows after its migrations.
INSERT INTO meta (key, value) VALUES ('sequence', 0), ('sent_when_queued', 0);

CREATE TABLE nodes (
    pk BIGINT PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    parent BIGINT REFERENCES nodes (pk) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    disabled_roles BIGINT
);

-- The key of a user is the first 31 bits of their id, so that the order by key is the order by id.
CREATE TABLE users (
    pk BIGINT PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    name TEXT,
    name_key TEXT COLLATE "C",
    email TEXT COLLATE "C" NOT NULL,
    email_norm TEXT COLLATE "C" NOT NULL,
    -- The user who created the copied link by which this user joined, until a mail shows that the address is theirs.
    unproved_by BIGINT REFERENCES users (pk),
    locale TEXT,
    created_at BIGINT NOT NULL,
    joined_at BIGINT,
    last_active_at BIGINT,
    -- A removed account keeps its row for its name, and so that the removal can be undone.
    removed_at BIGINT,
    -- A removed account whose name and address were erased has a time here, and an empty address.
    erased_at BIGINT,
    digests BOOLEAN NOT NULL DEFAULT TRUE
);

CREATE UNIQUE INDEX users_email ON users (email_norm) WHERE removed_at IS NULL;
CREATE INDEX users_removed_at ON users (removed_at) WHERE removed_at IS NOT NULL AND erased_at IS NULL;

CREATE TABLE assignments (
    user_pk BIGINT NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    node BIGINT NOT NULL REFERENCES nodes (pk),
    roles BIGINT NOT NULL,
    PRIMARY KEY (user_pk, node)
);

-- The bits of organisation manager and administrator, who manage.
CREATE INDEX assignments_managers ON assignments (node, user_pk) WHERE roles & 288 <> 0;

-- Everything that happens later: mails, bulk actions, and the deletion of outdated data. A server takes a job over by a
-- lease: its name and the time until which it may work. A lease that is not renewed ends, and another server takes over.
CREATE TABLE jobs (
    pk BIGINT PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    kind TEXT COLLATE "C" NOT NULL,
    owner BIGINT REFERENCES users (pk) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    -- Due jobs of a kind run in this order.
    position BIGINT NOT NULL DEFAULT 0,
    -- The number of attempts in a row that have not succeeded, including the running one.
    attempts BIGINT NOT NULL DEFAULT 0,
    lease_owner BYTEA,
    lease_until BIGINT,
    finished_at BIGINT
);

CREATE INDEX jobs_queue ON jobs (kind, position) WHERE finished_at IS NULL;
CREATE INDEX jobs_finished_at ON jobs (kind, finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX jobs_owner ON jobs (owner, created_at) WHERE owner IS NOT NULL;

-- The content of mails. Their jobs have the schedule.
CREATE TABLE outbox (
    pk BIGINT PRIMARY KEY REFERENCES jobs (pk) ON DELETE CASCADE,
    user_pk BIGINT NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    sender BIGINT REFERENCES users (pk) ON DELETE SET NULL,
    language TEXT,
    mail TEXT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    -- The hash of the link that the last attempt has created.
    link BYTEA,
    -- A mail that the mail server refused, or that was given up, is kept, so that managers see it.
    outcome TEXT COLLATE "C",
    -- The answer of the mail server to the last attempt, without links.
    reply TEXT,
    -- The time of the outcome.
    ended_at BIGINT
);

CREATE INDEX outbox_user ON outbox (user_pk, kind, created_at);
CREATE INDEX outbox_sender ON outbox (sender, created_at);
CREATE INDEX outbox_sent ON outbox (ended_at) WHERE outcome = 'sent';
CREATE INDEX outbox_undelivered ON outbox (ended_at) WHERE outcome IN ('refused', 'given_up');

-- Several people may grant something at one node: each answers for their own grant.
CREATE TABLE pending_grants (
    user_pk BIGINT NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    node BIGINT NOT NULL REFERENCES nodes (pk),
    roles BIGINT NOT NULL,
    granted_by BIGINT NOT NULL REFERENCES users (pk),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    message TEXT,
    locale TEXT,
    -- Sequence numbers order links, grants, sessions, removals and impersonations, because the clock may be set back.
    seq BIGINT NOT NULL DEFAULT 0,
    -- The lowest number that an audit log entry of the invitation can have.
    first_entry BIGINT NOT NULL DEFAULT 0,
    -- The mail with which a role was offered last, until it is deleted. Null for a mail that was sent more than a day ago.
    mail BIGINT REFERENCES outbox (pk) ON DELETE SET NULL,
    -- When the invited person is reminded. Null if they were, or if the invitation is short.
    remind_at BIGINT,
    -- Whether the inviter gets a mail when the invitation expires.
    reports_expiry BOOLEAN NOT NULL DEFAULT TRUE,
    PRIMARY KEY (user_pk, node, granted_by)
);

CREATE INDEX pending_grants_node ON pending_grants (node);
CREATE INDEX pending_grants_granted_by ON pending_grants (granted_by);
CREATE INDEX pending_grants_mail ON pending_grants (mail) WHERE mail IS NOT NULL;
CREATE INDEX pending_grants_remind_at ON pending_grants (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX pending_grants_expires_at ON pending_grants (expires_at) WHERE reports_expiry;

-- Of tokens only the SHA-256 is kept.
CREATE TABLE sessions (
    token_hash BYTEA PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    user_pk BIGINT NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    device TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    seq BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX sessions_user ON sessions (user_pk);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE INDEX sessions_created_at ON sessions (created_at);

CREATE TABLE sign_in_links (
    token_hash BYTEA PRIMARY KEY,
    user_pk BIGINT NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    is_mailed BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE INDEX sign_in_links_user ON sign_in_links (user_pk);
CREATE INDEX sign_in_links_expires_at ON sign_in_links (expires_at);

-- The folded name and address that a search looks through. They are apart, because a name may be hidden from a reader
-- who sees the address.
CREATE TABLE search_texts (
    user_pk BIGINT PRIMARY KEY REFERENCES users (pk) ON DELETE CASCADE,
    name TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL
);

-- The links of invitations, mailed or copied. An ended one is kept: it was made.
CREATE TABLE invitation_links (
    token_hash BYTEA PRIMARY KEY,
    user_pk BIGINT NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    maker BIGINT NOT NULL REFERENCES users (pk),
    is_mailed BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    seq BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX invitation_links_user ON invitation_links (user_pk);
CREATE INDEX invitation_links_maker ON invitation_links (maker);
CREATE INDEX invitation_links_ended_at ON invitation_links (ended_at) WHERE ended_at IS NOT NULL;

-- The access that a removal took from a user, so that it can be given back within a day.
CREATE TABLE removals (
    id BYTEA PRIMARY KEY,
    user_pk BIGINT NOT NULL REFERENCES users (pk),
    -- The name of the removed person there. Null if they had not joined.
    name TEXT,
    removed_by BIGINT NOT NULL REFERENCES users (pk),
    removed_at BIGINT NOT NULL,
    taken TEXT NOT NULL,
    restored_at BIGINT,
    seq BIGINT NOT NULL DEFAULT 0,
    job BIGINT REFERENCES jobs (pk) ON DELETE SET NULL
);

CREATE INDEX removals_user ON removals (user_pk, removed_at);
CREATE INDEX removals_removed_at ON removals (removed_at);
CREATE INDEX removals_job ON removals (job) WHERE job IS NOT NULL;

-- The answers to requests that may be repeated.
CREATE TABLE idempotency_keys (
    user_pk BIGINT NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    key TEXT COLLATE "C" NOT NULL,
    request_hash BYTEA NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_pk, key)
);

CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);

-- Impersonations. Each belongs to the session in which it began. Without that session, nobody can use it.
CREATE TABLE views (
    id BYTEA PRIMARY KEY,
    session BYTEA REFERENCES sessions (token_hash) ON DELETE SET NULL,
    actor BIGINT NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    user_pk BIGINT NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    started_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT,
    seq BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX views_session ON views (session);
CREATE INDEX views_running ON views (expires_at) WHERE ended_at IS NULL;
CREATE INDEX views_ended ON views (ended_at) WHERE ended_at IS NOT NULL;

-- The topmost nodes of an impersonation at its start. Managers who got a notification there get the later ones too.
CREATE TABLE view_tops (
    view BYTEA NOT NULL REFERENCES views (id) ON DELETE CASCADE,
    node BIGINT NOT NULL REFERENCES nodes (pk),
    -- The name by which those who manage the node may know the viewed user, or else the address.
    user_name TEXT NOT NULL,
    PRIMARY KEY (view, node)
);

-- Refused changes of each impersonation, by operation. The first few have audit log entries of their own. One entry at
-- the end of the impersonation counts the others.
CREATE TABLE view_refusals (
    view BYTEA NOT NULL REFERENCES views (id) ON DELETE CASCADE,
    operation TEXT COLLATE "C" NOT NULL,
    refused BIGINT NOT NULL,
    PRIMARY KEY (view, operation)
);

-- Bulk actions. The numbers count the users that were handled; together they are the position of the next one.
CREATE TABLE bulk_jobs (
    job BIGINT PRIMARY KEY REFERENCES jobs (pk) ON DELETE CASCADE,
    action TEXT NOT NULL,
    node BYTEA,
    role TEXT,
    -- The assignments of the owner at the start. The job never uses more rights than these.
    rights TEXT NOT NULL,
    undo_of BIGINT REFERENCES jobs (pk) ON DELETE SET NULL,
    state TEXT NOT NULL,
    stop_reason TEXT,
    total BIGINT NOT NULL,
    done BIGINT NOT NULL DEFAULT 0,
    unchanged BIGINT NOT NULL DEFAULT 0,
    refused BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX bulk_jobs_undo_of ON bulk_jobs (undo_of) WHERE undo_of IS NOT NULL;

-- The users of a bulk action, by id, because an unknown id is refused in its turn.
CREATE TABLE bulk_job_users (
    job BIGINT NOT NULL REFERENCES jobs (pk) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    user_id BYTEA NOT NULL,
    -- Null until the user is handled: `done`, `unchanged`, or the code of the refusal.
    outcome TEXT,
    -- The change of a user's access, so that it can be undone.
    change TEXT,
    undone BOOLEAN NOT NULL DEFAULT FALSE,
    -- In an undo: the position of the user in the job that it undoes.
    source BIGINT,
    PRIMARY KEY (job, position)
);

-- The links in digests, with which a user switches them off without signing in.
CREATE TABLE unsubscribe_links (
    token_hash BYTEA PRIMARY KEY,
    user_pk BIGINT NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);

CREATE INDEX unsubscribe_links_user ON unsubscribe_links (user_pk);

-- Without these indexes, the deletion of a user reads the whole table that refers to users. SQLite does not have them,
-- because it deletes few users, and each of its indexes makes the file larger. All other references to users, jobs, mails,
-- sessions and impersonations begin an index above.
CREATE INDEX users_unproved_by ON users (unproved_by) WHERE unproved_by IS NOT NULL;
CREATE INDEX removals_removed_by ON removals (removed_by);
CREATE INDEX views_actor ON views (actor);
CREATE INDEX views_user ON views (user_pk);

-- The audit log. Only the node refers to another table, without a foreign key, because an account may be deleted while its
-- entries stay. The hash of an entry is keyed, over the entry and the hash before it.
CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    actor BYTEA,
    actor_name TEXT,
    target BYTEA,
    target_name TEXT,
    node BIGINT,
    view BYTEA,
    details TEXT NOT NULL,
    hash BYTEA NOT NULL,
    -- In format 2, the hash covers a digest of each personal text, so that the text and its salt can be erased.
    format BIGINT NOT NULL DEFAULT 1,
    actor_salt BYTEA,
    actor_digest BYTEA,
    target_salt BYTEA,
    target_digest BYTEA,
    -- The personal texts of the details.
    texts TEXT,
    texts_salt BYTEA,
    texts_digest BYTEA
);

-- Newest first by each. They contain the columns that decide who sees an entry, so that only visible rows are read.
CREATE INDEX audit_node ON audit (node, seq, action);
CREATE INDEX audit_actor ON audit (actor, seq, node, action) WHERE actor IS NOT NULL;
CREATE INDEX audit_target ON audit (target, seq, node, action) WHERE target IS NOT NULL;
CREATE INDEX audit_action ON audit (action, seq);

-- Rows that the same statement has inserted before are visible here, because the function is volatile
-- (https://www.postgresql.org/docs/15/trigger-datachanges.html).
CREATE FUNCTION audit_appends_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM audit) OR EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) THEN
        RAISE EXCEPTION 'the audit log only grows, at its end' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION audit_changes_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.format <> 2
        OR (NEW.seq, NEW.id, NEW.at, NEW.action, NEW.details, NEW.hash, NEW.format)
            IS DISTINCT FROM (OLD.seq, OLD.id, OLD.at, OLD.action, OLD.details, OLD.hash, OLD.format)
        OR (NEW.actor, NEW.target, NEW.node, NEW.view) IS DISTINCT FROM (OLD.actor, OLD.target, OLD.node, OLD.view)
        OR (NEW.actor_digest, NEW.target_digest, NEW.texts_digest)
            IS DISTINCT FROM (OLD.actor_digest, OLD.target_digest, OLD.texts_digest)
        OR ((NEW.actor_name, NEW.actor_salt) IS DISTINCT FROM (OLD.actor_name, OLD.actor_salt)
            AND NOT (NEW.actor_name IS NULL AND NEW.actor_salt IS NULL))
        OR ((NEW.target_name, NEW.target_salt) IS DISTINCT FROM (OLD.target_name, OLD.target_salt)
            AND NOT (NEW.target_name IS NULL AND NEW.target_salt IS NULL))
        OR ((NEW.texts, NEW.texts_salt) IS DISTINCT FROM (OLD.texts, OLD.texts_salt)
            AND NOT (NEW.texts IS NULL AND NEW.texts_salt IS NULL))
    THEN
        RAISE EXCEPTION 'the audit log is never changed; only personal texts can be erased'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION audit_removes_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is never shortened' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_appends_only BEFORE INSERT ON audit
FOR EACH ROW EXECUTE FUNCTION audit_appends_only();

CREATE TRIGGER audit_changes_nothing BEFORE UPDATE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_changes_nothing();

CREATE TRIGGER audit_removes_nothing BEFORE DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_removes_nothing();

CREATE TRIGGER audit_empties_nothing BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_removes_nothing();

-- The end of a log before its conversion to format 2. A log that was copied from SQLite may have one.
CREATE TABLE audit_conversion (
    entries BIGINT PRIMARY KEY,
    hash BYTEA NOT NULL,
    converted_at BIGINT NOT NULL
);

-- The head of the audit log, signed with its key, which is not in the database. Each backend also has a copy in a file.
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    entries BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    seal BYTEA NOT NULL
);

-- The latest committed changes, in the order of their commits. Each backend reads them, and notifies its clients.
CREATE TABLE events (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    change TEXT NOT NULL
);

-- Identifies the start of the log, from which a client can resume before the first change.
INSERT INTO events (id, created_at, change)
SELECT decode(replace(gen_random_uuid()::text, '-', ''), 'hex'), floor(extract(epoch FROM now()) * 1000)::bigint,
    '{"kind":"start"}';

-- The users whose rows of the directory, texts or last activity have changed, in the order of the commits. Each backend
-- reads the new rows, and updates its directory in memory. NULL means all users. Old rows are deleted; `meta` has the
-- highest deleted position (`directory_changes_from`), so that a backend notices what it has missed.
CREATE TABLE directory_changes (
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_pk BIGINT
);

-- Rate limits of all backends together: when the allowance of a client is full again.
CREATE TABLE rate_limits (
    limiter TEXT COLLATE "C" NOT NULL,
    client TEXT COLLATE "C" NOT NULL,
    full_at BIGINT NOT NULL,
    PRIMARY KEY (limiter, client)
);

CREATE INDEX rate_limits_full_at ON rate_limits (full_at);
