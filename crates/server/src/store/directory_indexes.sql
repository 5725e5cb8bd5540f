-- One index for each order, so that a window is a walk along it. Ties are by user, ascending in either
-- direction, which a descending order needs an index of its own for; addresses have no ties. What filters
-- look at stands at the end of each, so that a walk never leaves its index.
CREATE INDEX directory_name ON directory (part, name_key, user, status, roles, is_assigned, last_active_at);
CREATE INDEX directory_name_desc ON directory (part, name_key DESC, user, status, roles, is_assigned, last_active_at);
CREATE INDEX directory_email ON directory (part, email_key, user, status, roles, is_assigned, last_active_at);
CREATE INDEX directory_status ON directory (part, status, user, roles, is_assigned, last_active_at);
CREATE INDEX directory_status_desc ON directory (part, status DESC, user, roles, is_assigned, last_active_at);
CREATE INDEX directory_active ON directory (part, last_active_at IS NULL, last_active_at, user, status, roles, is_assigned);
CREATE INDEX directory_active_desc ON directory (part, last_active_at DESC, user, status, roles, is_assigned);
CREATE INDEX directory_created ON directory (part, created_at, user, status, roles, is_assigned, last_active_at);
CREATE INDEX directory_created_desc ON directory (part, created_at DESC, user, status, roles, is_assigned, last_active_at);
-- Which invitations the clock has to look at.
CREATE INDEX directory_expires_at ON directory (expires_at) WHERE status = 1;
