-- One index for each sort order, so that a page is an index scan. Ties are ordered by user, ascending in both
-- directions, so a descending order needs its own index. Email addresses have no ties. The columns of the filters are
-- at the end of each index, so that it covers the query (https://www.sqlite.org/queryplanner.html#covidx).
CREATE INDEX directory_name ON directory (part, name_key, user_pk, status, roles, is_assigned, is_undelivered, last_active_at);
CREATE INDEX directory_name_desc ON directory (part, name_key DESC, user_pk, status, roles, is_assigned, is_undelivered, last_active_at);
CREATE INDEX directory_email ON directory (part, email_key, user_pk, status, roles, is_assigned, is_undelivered, last_active_at);
CREATE INDEX directory_status ON directory (part, status, user_pk, roles, is_assigned, is_undelivered, last_active_at);
CREATE INDEX directory_status_desc ON directory (part, status DESC, user_pk, roles, is_assigned, is_undelivered, last_active_at);
CREATE INDEX directory_active ON directory (part, last_active_at IS NULL, last_active_at, user_pk, status, roles, is_assigned, is_undelivered);
CREATE INDEX directory_active_desc ON directory (part, last_active_at DESC, user_pk, status, roles, is_assigned, is_undelivered);
CREATE INDEX directory_created ON directory (part, created_at, user_pk, status, roles, is_assigned, is_undelivered, last_active_at);
CREATE INDEX directory_created_desc ON directory (part, created_at DESC, user_pk, status, roles, is_assigned, is_undelivered, last_active_at);
-- The invitations that can expire.
CREATE INDEX directory_expires_at ON directory (expires_at) WHERE status = 1;
-- The invitations that have expired. They are open again if the clock is set back.
CREATE INDEX directory_expired_at ON directory (expires_at) WHERE status = 2;
