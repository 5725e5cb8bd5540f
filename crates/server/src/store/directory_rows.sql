-- The directory is derived from users, assignments and pending grants: what a reader whose scope has a part
-- sees of a user in a list. A part is the node's key doubled, plus one where it is the node alone.
DROP TABLE IF EXISTS directory;

CREATE TABLE directory (
    user INTEGER NOT NULL,
    part INTEGER NOT NULL,
    status INTEGER NOT NULL,
    roles INTEGER NOT NULL,
    expires_at BIGINT,
    name_key TEXT NOT NULL,
    email_key TEXT NOT NULL,
    last_active_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user, part)
) WITHOUT ROWID;
