-- The users whose rows of the directory, texts or last activity have changed, in the order of the commits. Each server
-- reads the new rows, and updates its directory in memory. NULL means all users. Old rows are deleted; `meta` has the
-- highest deleted position (`directory_changes_from`), so that a server notices what it has missed. A position is never
-- used twice (https://www.sqlite.org/autoinc.html).
CREATE TABLE directory_changes (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    user_pk INTEGER
);
