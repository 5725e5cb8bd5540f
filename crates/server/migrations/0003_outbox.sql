-- Mail that is to be sent, each written with what it tells of, and what was sent within the last day. No token is
-- among it: the link of a mail is made when the mail is sent, and `link` is the hash that the last try left.
CREATE TABLE outbox (
    pk INTEGER PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    sender INTEGER REFERENCES users (pk) ON DELETE SET NULL,
    language TEXT,
    mail TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    sent_at BIGINT,
    link BLOB
);

CREATE INDEX outbox_user ON outbox (user, created_at);
CREATE INDEX outbox_sender ON outbox (sender, created_at);
CREATE INDEX outbox_due_at ON outbox (due_at) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent_at ON outbox (sent_at) WHERE sent_at IS NOT NULL;

-- The links of invitations, mailed or copied. An ended one is kept: it was made.
CREATE TABLE invitation_links (
    token_hash BLOB PRIMARY KEY NOT NULL,
    user INTEGER NOT NULL REFERENCES users (pk) ON DELETE CASCADE,
    maker INTEGER NOT NULL REFERENCES users (pk),
    is_mailed INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
) WITHOUT ROWID;

CREATE INDEX invitation_links_user ON invitation_links (user);
CREATE INDEX invitation_links_maker ON invitation_links (maker);
