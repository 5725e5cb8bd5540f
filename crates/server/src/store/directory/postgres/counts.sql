-- The number of users in each part, by the columns of the filters. Triggers keep it up to date in the transaction of the
-- change, so that a list never counts its rows. They run once for each statement, because many changes of one row in a
-- transaction are slow: each leaves a version that the transaction cannot remove. Blank lines separate the statements.
DROP TABLE IF EXISTS directory_counts;

CREATE TABLE directory_counts (
    part BIGINT NOT NULL,
    status BIGINT NOT NULL,
    roles BIGINT NOT NULL,
    is_assigned BOOLEAN NOT NULL,
    is_undelivered BOOLEAN NOT NULL,
    users BIGINT NOT NULL,
    PRIMARY KEY (part, status, roles, is_assigned, is_undelivered)
);

INSERT INTO directory_counts
SELECT part, status, roles, is_assigned, is_undelivered, count(*) FROM directory
GROUP BY part, status, roles, is_assigned, is_undelivered;

CREATE OR REPLACE FUNCTION directory_counts_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO directory_counts AS c (part, status, roles, is_assigned, is_undelivered, users)
    SELECT part, status, roles, is_assigned, is_undelivered, count(*) FROM added
    GROUP BY part, status, roles, is_assigned, is_undelivered
    ON CONFLICT (part, status, roles, is_assigned, is_undelivered) DO UPDATE SET users = c.users + excluded.users;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION directory_counts_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE directory_counts AS c SET users = c.users - r.users
    FROM (
        SELECT part, status, roles, is_assigned, is_undelivered, count(*) AS users FROM removed
        GROUP BY part, status, roles, is_assigned, is_undelivered
    ) r
    WHERE (c.part, c.status, c.roles, c.is_assigned, c.is_undelivered)
        = (r.part, r.status, r.roles, r.is_assigned, r.is_undelivered);
    RETURN NULL;
END $$;

-- A trigger with transition tables cannot be limited to some columns, so it also runs after other changes, as of the last
-- activity. Then nothing is left to count.
CREATE OR REPLACE FUNCTION directory_counts_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO directory_counts AS c (part, status, roles, is_assigned, is_undelivered, users)
    SELECT part, status, roles, is_assigned, is_undelivered, sum(change) FROM (
        SELECT part, status, roles, is_assigned, is_undelivered, 1 AS change FROM added
        UNION ALL
        SELECT part, status, roles, is_assigned, is_undelivered, -1 FROM removed
    ) changes
    GROUP BY part, status, roles, is_assigned, is_undelivered HAVING sum(change) <> 0
    ON CONFLICT (part, status, roles, is_assigned, is_undelivered) DO UPDATE SET users = c.users + excluded.users;
    RETURN NULL;
END $$;

CREATE TRIGGER directory_counts_inserted AFTER INSERT ON directory
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION directory_counts_inserted();

CREATE TRIGGER directory_counts_deleted AFTER DELETE ON directory
REFERENCING OLD TABLE AS removed
FOR EACH STATEMENT EXECUTE FUNCTION directory_counts_deleted();

CREATE TRIGGER directory_counts_updated AFTER UPDATE ON directory
REFERENCING OLD TABLE AS removed NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION directory_counts_updated();
