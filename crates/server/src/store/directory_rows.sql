-- The directory is derived from users, assignments and pending grants: what a reader whose scope has a part
-- sees of a user in a list. A part is the node's key doubled, plus one where it is the node alone. The
-- digest is of all that was given to the user there: whether it changed is what readers of the part are told.
DROP TABLE IF EXISTS directory;

CREATE TABLE directory (
    user INTEGER NOT NULL,
    part INTEGER NOT NULL,
    status INTEGER NOT NULL,
    roles INTEGER NOT NULL,
    is_assigned INTEGER NOT NULL,
    expires_at BIGINT,
    name_key TEXT NOT NULL,
    email_key TEXT NOT NULL,
    last_active_at BIGINT,
    created_at BIGINT NOT NULL,
    digest BIGINT NOT NULL,
    PRIMARY KEY (user, part)
) WITHOUT ROWID;
