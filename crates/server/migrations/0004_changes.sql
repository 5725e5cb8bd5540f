-- What was taken from somebody by a removal, so that it can be given back within a day.
CREATE TABLE removals (
    id BLOB PRIMARY KEY NOT NULL,
    user INTEGER NOT NULL REFERENCES users (pk),
    -- What the removed person was called there; none for who had not joined.
    name TEXT,
    removed_by INTEGER NOT NULL REFERENCES users (pk),
    removed_at BIGINT NOT NULL,
    taken TEXT NOT NULL,
    restored_at BIGINT
) WITHOUT ROWID;

CREATE INDEX removals_user ON removals (user, removed_at);
CREATE INDEX removals_removed_at ON removals (removed_at);

-- What was answered to a request that may come again.
CREATE TABLE idempotency_keys (
    user INTEGER NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    key TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user, key)
) WITHOUT ROWID;

CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
