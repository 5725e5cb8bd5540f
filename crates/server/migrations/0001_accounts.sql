-- Times are unix milliseconds, role sets are bits in the order of the domain's roles, ids are UUIDs.

CREATE TABLE meta (
    key TEXT PRIMARY KEY NOT NULL,
    value BIGINT NOT NULL
);

CREATE TABLE nodes (
    pk INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    parent INTEGER REFERENCES nodes (pk) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    disabled_roles INTEGER
);

-- The key of a user is the first 31 bits of their id, so that the order by key is the order by id.
CREATE TABLE users (
    pk INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    name TEXT,
    name_key TEXT,
    email TEXT NOT NULL,
    email_norm TEXT NOT NULL,
    -- Who made the copied link by which they joined, until a mail shows that the address is theirs.
    unproved_by INTEGER REFERENCES users (pk),
    locale TEXT,
    created_at BIGINT NOT NULL,
    joined_at BIGINT,
    last_active_at BIGINT,
    -- An account that was removed keeps its row for its name, and so that the removal can be undone.
    removed_at BIGINT
);

CREATE UNIQUE INDEX users_email ON users (email_norm) WHERE removed_at IS NULL;

CREATE TABLE assignments (
    user INTEGER NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    node INTEGER NOT NULL REFERENCES nodes (pk),
    roles INTEGER NOT NULL,
    PRIMARY KEY (user, node)
) WITHOUT ROWID;

-- Who manages: the bits of organisation manager and administrator.
CREATE INDEX assignments_managers ON assignments (node, user) WHERE roles & 288 <> 0;

-- Several people may grant something at one node: each answers for their own grant.
CREATE TABLE pending_grants (
    user INTEGER NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    node INTEGER NOT NULL REFERENCES nodes (pk),
    roles INTEGER NOT NULL,
    granted_by INTEGER NOT NULL REFERENCES users (pk),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    message TEXT,
    locale TEXT,
    PRIMARY KEY (user, node, granted_by)
) WITHOUT ROWID;

CREATE INDEX pending_grants_node ON pending_grants (node);
CREATE INDEX pending_grants_granted_by ON pending_grants (granted_by);

-- Of tokens only the SHA-256 is kept.
CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY NOT NULL,
    id BLOB NOT NULL UNIQUE,
    user INTEGER NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    device TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX sessions_user ON sessions (user);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE sign_in_links (
    token_hash BLOB PRIMARY KEY NOT NULL,
    user INTEGER NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    is_mailed INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
) WITHOUT ROWID;

CREATE INDEX sign_in_links_user ON sign_in_links (user);
CREATE INDEX sign_in_links_expires_at ON sign_in_links (expires_at);

-- What a search looks through: the name and the address, folded, apart, because a name may be hidden from
-- a reader who sees the address.
CREATE TABLE search_texts (
    user INTEGER PRIMARY KEY REFERENCES users (pk) ON DELETE CASCADE,
    name TEXT NOT NULL,
    email TEXT NOT NULL
);

-- Which users have a trigram in either text. It finds candidates only: whoever asks looks into the texts.
CREATE VIRTUAL TABLE search_trigrams USING fts5 (
    text,
    content = '',
    contentless_delete = 1,
    detail = none,
    tokenize = 'trigram case_sensitive 1'
);
