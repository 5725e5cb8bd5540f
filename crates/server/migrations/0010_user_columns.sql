-- `user` is a reserved word in PostgreSQL, so a statement would have to quote these columns there. With other names, most
-- statements have one text for both databases. A key of the table `users` is `user_pk`. An id, which the client sends, is
-- `user_id`. Indexes, triggers and foreign keys follow the new names by themselves
-- (https://www.sqlite.org/lang_altertable.html#alter_table_rename_column). The server rebuilds the table `directory`.
ALTER TABLE assignments RENAME COLUMN user TO user_pk;
ALTER TABLE pending_grants RENAME COLUMN user TO user_pk;
ALTER TABLE sessions RENAME COLUMN user TO user_pk;
ALTER TABLE sign_in_links RENAME COLUMN user TO user_pk;
ALTER TABLE search_texts RENAME COLUMN user TO user_pk;
ALTER TABLE invitation_links RENAME COLUMN user TO user_pk;
ALTER TABLE removals RENAME COLUMN user TO user_pk;
ALTER TABLE idempotency_keys RENAME COLUMN user TO user_pk;
ALTER TABLE views RENAME COLUMN user TO user_pk;
ALTER TABLE outbox RENAME COLUMN user TO user_pk;
ALTER TABLE unsubscribe_links RENAME COLUMN user TO user_pk;
ALTER TABLE bulk_job_users RENAME COLUMN user TO user_id;
