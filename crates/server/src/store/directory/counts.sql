-- The number of users in each part, by the columns of the filters. Triggers keep it up to date in the transaction of the
-- change, so that a list never counts its rows. Blank lines separate the statements.
DROP TABLE IF EXISTS directory_counts;

CREATE TABLE directory_counts (
    part INTEGER NOT NULL,
    status INTEGER NOT NULL,
    roles INTEGER NOT NULL,
    is_assigned INTEGER NOT NULL,
    is_undelivered INTEGER NOT NULL,
    users INTEGER NOT NULL,
    PRIMARY KEY (part, status, roles, is_assigned, is_undelivered)
) WITHOUT ROWID;

INSERT INTO directory_counts
SELECT part, status, roles, is_assigned, is_undelivered, count(*) FROM directory
GROUP BY part, status, roles, is_assigned, is_undelivered;

CREATE TRIGGER directory_counts_inserted AFTER INSERT ON directory BEGIN
    INSERT INTO directory_counts (part, status, roles, is_assigned, is_undelivered, users)
    VALUES (NEW.part, NEW.status, NEW.roles, NEW.is_assigned, NEW.is_undelivered, 1)
    ON CONFLICT DO UPDATE SET users = users + 1;
END;

CREATE TRIGGER directory_counts_deleted AFTER DELETE ON directory BEGIN
    UPDATE directory_counts SET users = users - 1
    WHERE (part, status, roles, is_assigned, is_undelivered) = (OLD.part, OLD.status, OLD.roles, OLD.is_assigned, OLD.is_undelivered);
END;

CREATE TRIGGER directory_counts_updated AFTER UPDATE OF part, status, roles, is_assigned, is_undelivered ON directory BEGIN
    UPDATE directory_counts SET users = users - 1
    WHERE (part, status, roles, is_assigned, is_undelivered) = (OLD.part, OLD.status, OLD.roles, OLD.is_assigned, OLD.is_undelivered);
    INSERT INTO directory_counts (part, status, roles, is_assigned, is_undelivered, users)
    VALUES (NEW.part, NEW.status, NEW.roles, NEW.is_assigned, NEW.is_undelivered, 1)
    ON CONFLICT DO UPDATE SET users = users + 1;
END;
