-- The directory is derived from users, assignments and pending grants. Each row shows one user as managers of one
-- scope part see them. A part is the node's row id times two, plus one for a node without its descendants. The digest
-- is a hash of the user's access in the part; when it changes, managers of the part get an event. Blank lines separate
-- the statements.
DROP TABLE IF EXISTS directory;

CREATE TABLE directory (
    user_pk BIGINT NOT NULL,
    part BIGINT NOT NULL,
    status BIGINT NOT NULL,
    roles BIGINT NOT NULL,
    is_assigned BOOLEAN NOT NULL,
    is_undelivered BOOLEAN NOT NULL,
    expires_at BIGINT,
    name_key TEXT COLLATE "C" NOT NULL,
    email_key TEXT COLLATE "C" NOT NULL,
    last_active_at BIGINT,
    created_at BIGINT NOT NULL,
    digest BIGINT NOT NULL,
    PRIMARY KEY (user_pk, part)
);
