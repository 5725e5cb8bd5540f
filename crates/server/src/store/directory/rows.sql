-- The directory is derived from users, assignments and pending grants. Each row shows one user as managers of one
-- scope part see them. A part is the node's row id times two, plus one for a node without its descendants. The digest
-- is a hash of the user's access in the part; when it changes, managers of the part get an event.
DROP TABLE IF EXISTS directory;

CREATE TABLE directory (
    user_pk INTEGER NOT NULL,
    part INTEGER NOT NULL,
    status INTEGER NOT NULL,
    roles INTEGER NOT NULL,
    is_assigned INTEGER NOT NULL,
    is_undelivered INTEGER NOT NULL,
    expires_at BIGINT,
    name_key TEXT NOT NULL,
    email_key TEXT NOT NULL,
    last_active_at BIGINT,
    created_at BIGINT NOT NULL,
    digest BIGINT NOT NULL,
    PRIMARY KEY (user_pk, part)
) WITHOUT ROWID;
