//! Rows that no service creates.

use crate::sql::{self, Tx, either};
use crate::store::UserKey;

/// Inserts a number of ended jobs that have sent a mail at a time, in milliseconds.
pub(crate) async fn insert_sent_jobs(tx: &mut Tx, number: i64, at: i64) {
    sql::query(either(
        "INSERT INTO jobs (id, kind, created_at, due_at, finished_at) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
         SELECT randomblob(16), 'mail', ?2, ?2, ?2 FROM n",
        "INSERT INTO jobs (pk, id, kind, created_at, due_at, finished_at) \
         SELECT (SELECT coalesce(max(pk), 0) FROM jobs) + i, uuid_send(gen_random_uuid()), 'mail', ?2, ?2, ?2 \
         FROM generate_series(1, ?1) AS i",
    ))
    .bind(number)
    .bind(at)
    .execute(tx)
    .await
    .unwrap();
}

/// Inserts a number of ended mails of a kind to an address that a user has caused at a time, in milliseconds. They count for
/// the limits.
pub(crate) async fn insert_counted_mails(
    tx: &mut Tx,
    number: i64,
    (kind, address, sender): (&str, &str, UserKey),
    at: i64,
) {
    insert_sent_jobs(tx, number, at).await;
    sql::query(
        "INSERT INTO counted_mails (number, sender, address, kind, created_at, due_at) \
         SELECT pk, ?2, ?3, ?4, ?5, ?5 FROM jobs WHERE kind = 'mail' ORDER BY pk DESC LIMIT ?1",
    )
    .bind(number)
    .bind(sender.0)
    .bind(address)
    .bind(kind)
    .bind(at)
    .execute(tx)
    .await
    .unwrap();
}
