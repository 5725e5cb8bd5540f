-- Who sees the studio as whom, since when, and until when. A view belongs to the session that it was begun in;
-- once that has ended, the view names none and nobody can use it.

CREATE TABLE views (
    id BLOB PRIMARY KEY NOT NULL,
    session BLOB REFERENCES sessions (token_hash) ON DELETE SET NULL,
    actor INTEGER NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    user INTEGER NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    started_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT
) WITHOUT ROWID;

CREATE INDEX views_session ON views (session);
CREATE INDEX views_running ON views (expires_at) WHERE ended_at IS NULL;
CREATE INDEX views_ended ON views (ended_at) WHERE ended_at IS NOT NULL;

-- The topmost nodes of a view as it began: whoever was told there that it began is told how it went on.
CREATE TABLE view_tops (
    view BLOB NOT NULL REFERENCES views (id) ON DELETE CASCADE,
    node INTEGER NOT NULL REFERENCES nodes (pk),
    -- The name by which those who manage the node may know the viewed user, or else the address.
    user_name TEXT NOT NULL,
    PRIMARY KEY (view, node)
) WITHOUT ROWID;
