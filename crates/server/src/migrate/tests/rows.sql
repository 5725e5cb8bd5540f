-- Rows in all tables, with all columns, and with a text of special characters.
CREATE TEMP TABLE p AS SELECT pk, id, row_number() OVER (ORDER BY pk) AS n FROM users WHERE joined_at IS NOT NULL;
CREATE TEMP TABLE t AS SELECT '{text}' AS text, (SELECT min(pk) FROM nodes) AS node, (SELECT max(id) FROM nodes) AS node_id;

-- A later user comes first in the order of the keys.
UPDATE users SET name = (SELECT text FROM t), name_key = (SELECT text FROM t), locale = 'nl', digests = 0,
    unproved_by = (SELECT max(pk) FROM users) WHERE pk = (SELECT pk FROM p WHERE n = 1);
UPDATE search_texts SET name = (SELECT text FROM t) WHERE user_pk = (SELECT pk FROM p WHERE n = 1);
UPDATE users SET email = '', email_norm = '', name = NULL, name_key = NULL, removed_at = 8, erased_at = 9
    WHERE pk = (SELECT pk FROM p WHERE n = 2);
DELETE FROM search_texts WHERE user_pk = (SELECT pk FROM p WHERE n = 2);
DELETE FROM assignments WHERE user_pk = (SELECT pk FROM p WHERE n = 2);
UPDATE nodes SET name = (SELECT text FROM t), disabled_roles = 3 WHERE pk = (SELECT node FROM t);

INSERT INTO jobs (pk, id, kind, owner, created_at, due_at, position, attempts, lease_owner, lease_until, finished_at) VALUES
    (9001, x'9001', 'bulk', (SELECT pk FROM p WHERE n = 3), 1, 2, 3, 4, x'00ff5c', 99, NULL),
    (9002, x'9002', 'mail', NULL, 1, 2, 3, 4, NULL, NULL, NULL),
    (9003, x'9003', 'mail', NULL, 1, 2, 3, 4, NULL, NULL, 7),
    (9004, x'9004', 'bulk', (SELECT pk FROM p WHERE n = 3), 1, 2, 3, 4, NULL, NULL, 7);
INSERT INTO outbox (pk, user_pk, sender, language, mail, kind, created_at, link, outcome, reply, ended_at) VALUES
    (9002, (SELECT pk FROM p WHERE n = 3), NULL, NULL, '{"kind":"sign_in"}', 'sign_in', 1, x'5c4e0a09', NULL, NULL, NULL),
    (9003, (SELECT pk FROM p WHERE n = 3), (SELECT pk FROM p WHERE n = 4), 'nl', (SELECT text FROM t), 'invitation', 1, NULL,
     'refused', (SELECT text FROM t), 9);
INSERT INTO counted_mails (number, sender, address, kind, created_at, due_at)
VALUES (9003, (SELECT pk FROM p WHERE n = 4), (SELECT text FROM t), 'invitation', 1, 2);
INSERT INTO pending_grants (user_pk, node, roles, granted_by, created_at, expires_at, message, locale, seq, first_entry, mail,
    remind_at, reports_expiry)
SELECT a.pk, t.node, 5, b.pk, 1, 9000000000000, t.text, 'nl', 11, 12, 9003, 13, b.n = 6
FROM p a, p b, t WHERE a.n = 5 AND b.n IN (6, 7);
INSERT INTO sessions (token_hash, id, user_pk, device, created_at, last_seen_at, expires_at, seq)
SELECT unhex('00' || hex(p.id)), p.id, p.pk, t.text, 1, 2, 3, p.n FROM p, t WHERE p.n < 20;
INSERT INTO sign_in_links (token_hash, user_pk, is_mailed, created_at, expires_at, used_at)
SELECT unhex('01' || hex(p.id)), p.pk, p.n % 2, 1, 2, nullif(p.n, 3) FROM p WHERE p.n < 20;
INSERT INTO invitation_links (token_hash, user_pk, maker, is_mailed, created_at, ended_at, seq)
SELECT unhex('02' || hex(p.id)), p.pk, p.pk, p.n % 2, 1, nullif(p.n, 3), p.n FROM p WHERE p.n < 20;
INSERT INTO unsubscribe_links (token_hash, user_pk, created_at) SELECT unhex('03' || hex(p.id)), p.pk, 1 FROM p WHERE p.n < 20;
INSERT INTO removals (id, user_pk, name, removed_by, removed_at, taken, restored_at, seq, job)
SELECT unhex('04' || hex(p.id)), p.pk, t.text, p.pk, 1, t.text, nullif(p.n, 3), p.n, iif(p.n = 4, 9001, NULL) FROM p, t WHERE p.n < 20;
INSERT INTO idempotency_keys (user_pk, key, request_hash, answer, created_at)
SELECT p.pk, t.text || p.n, x'0a0d', t.text, 1 FROM p, t WHERE p.n < 20;
INSERT INTO views (id, session, actor, user_pk, started_at, expires_at, ended_at, end_reason, seq)
SELECT unhex('05' || hex(p.id)), iif(p.n < 10, unhex('00' || hex(p.id)), NULL), p.pk, p.pk, 1, 2, nullif(p.n, 3), iif(p.n = 4, t.text, NULL), p.n
FROM p, t WHERE p.n < 20;
INSERT INTO view_tops (view, node, user_name) SELECT unhex('05' || hex(p.id)), t.node, t.text FROM p, t WHERE p.n < 20;
INSERT INTO view_refusals (view, operation, refused)
SELECT unhex('05' || hex(p.id)), o.value || t.text, p.n FROM p, t, json_each('["a","B","é"]') o WHERE p.n < 20;
INSERT INTO bulk_jobs (job, action, node, role, rights, undo_of, state, stop_reason, total, done, unchanged, refused) VALUES
    (9001, 'assign', (SELECT node_id FROM t), 'agent', (SELECT text FROM t), 9004, 'running', NULL, 4, 3, 2, 1),
    (9004, 'remove', NULL, NULL, '[]', NULL, 'stopped', (SELECT text FROM t), 4, 3, 2, 1);
INSERT INTO bulk_job_users (job, position, user_id, outcome, change, undone, source)
SELECT 9001, p.n, p.id, nullif('done', iif(p.n = 3, 'done', '')), t.text, p.n % 2, nullif(p.n, 4) FROM p, t WHERE p.n < 20;

DROP TABLE p;
DROP TABLE t;
-- The server builds it again.
DROP TABLE directory;
