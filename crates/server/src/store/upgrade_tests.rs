//! Upgrades databases of earlier versions.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

use super::schema::migrator;
use super::{JobKind, RunnerId, Store, database_file, time_from_millis};
use crate::sql::{self, Dialect};
use crate::testing::sqlite_only;

#[tokio::test]
async fn numbers_links_and_grants_in_the_order_of_their_times() {
    sqlite_only!("only files of SQLite have earlier versions");
    let folder = TempDir::new().unwrap();
    let file = database_file(folder.path());
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    migrator(Dialect::Sqlite, 5).run(&mut connection).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO users (pk, id, email, email_norm, created_at) VALUES (1, x'01', 'a', 'a', 0), (2, x'02', 'b', 'b', 0);
         INSERT INTO nodes (pk, id, kind, name) VALUES (1, zeroblob(16), 'provider', 'P');
         INSERT INTO pending_grants (user, node, roles, granted_by, created_at, expires_at)
           VALUES (2, 1, 1, 1, 1000, 9), (2, 1, 1, 2, 2000, 9);
         INSERT INTO invitation_links (token_hash, user, maker, is_mailed, created_at) VALUES (x'aa', 2, 1, 1, 1000);
         INSERT INTO audit (seq, id, at, action, target, node, details, hash)
           VALUES (1, x'01', 500, 'user.invited', x'02', 1, '{}', x''),
                  (2, x'02', 1500, 'user.invited', x'02', 1, '{}', x'')",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    migrator(Dialect::Sqlite, i64::MAX).run(&mut connection).await.unwrap();
    let covered: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT g.created_at, g.first_entry FROM pending_grants g JOIN invitation_links l ON g.seq < l.seq",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(covered, [(1000, 2)], "the link covers the grant of the same time");
    let (next, last): (i64, i64) = sqlx::query_as(
        "SELECT value, (SELECT max(seq) FROM pending_grants) FROM meta WHERE key = 'sequence'",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert!(next >= last);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn waiting_mails_become_jobs_with_their_schedule() {
    sqlite_only!("only files of SQLite have earlier versions");
    let folder = TempDir::new().unwrap();
    let file = database_file(folder.path());
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    migrator(Dialect::Sqlite, 7).run(&mut connection).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO users (pk, id, email, email_norm, created_at, joined_at)
           VALUES (1, x'00000002000040008000000000000001', 'a@x.example', 'a@x.example', 0, 1);
         INSERT INTO outbox (pk, user, language, mail, kind, created_at, due_at, attempts, sent_at) VALUES
           (3, 1, NULL, '{\"kind\":\"new_users\",\"people\":[]}', 'new_users', 1000, 601000, 0, NULL),
           (5, 1, 'nl', '{\"kind\":\"sign_in\"}', 'sign_in', 2000, 7000, 1, NULL),
           (8, 1, NULL, '{\"kind\":\"sign_in\"}', 'sign_in', 1000, 1000, 1, 1500)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();

    let clock = crate::clock::TestClock::new(time_from_millis(2_000).unwrap());
    let store = Store::open(&file, 4).await.unwrap().with_clock(clock.clock());
    let next = async || store.next_job_at(JobKind::Mail, clock.clock().now()).await.unwrap();
    assert_eq!(next().await, Some(time_from_millis(7_000).unwrap()));
    clock.set(time_from_millis(601_000).unwrap());
    let runner = RunnerId::new().unwrap();
    let mut claimed = Vec::new();
    while let Some(mail) = store.claim_any_mail(runner).await.unwrap() {
        claimed.push((mail.number, mail.mail.kind()));
    }
    assert_eq!(claimed, [(5, "sign_in"), (3, "new_users")]);
    let sent: Vec<(i64, i64)> = sql::query_as(
        "SELECT o.pk, j.finished_at FROM outbox o JOIN jobs j USING (pk) WHERE j.finished_at IS NOT NULL",
    )
    .fetch_all(&mut store.read().await.unwrap())
    .await
    .unwrap();
    assert_eq!(sent, [(8, 1_500)], "a sent mail still counts for the limits");
}

#[tokio::test]
async fn the_delivery_of_earlier_mails_and_invitations_is_known() {
    sqlite_only!("only files of SQLite have earlier versions");
    let folder = TempDir::new().unwrap();
    let file = database_file(folder.path());
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    migrator(Dialect::Sqlite, 8).run(&mut connection).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO users (pk, id, email, email_norm, created_at) VALUES (1, x'01', 'a', 'a', 0), (2, x'02', 'b', 'b', 0);
         INSERT INTO nodes (pk, id, kind, name) VALUES (1, zeroblob(16), 'provider', 'P');
         INSERT INTO pending_grants (user, node, roles, granted_by, created_at, expires_at)
           VALUES (2, 1, 1, 1, 1000, 9), (2, 1, 1, 2, 1000, 99999999999999);
         INSERT INTO jobs (pk, id, kind, created_at, due_at, finished_at)
           VALUES (1, x'01', 'mail', 1, 1, 5), (2, x'02', 'mail', 1, 1, NULL);
         INSERT INTO outbox (pk, user, mail, kind, created_at)
           VALUES (1, 2, '{}', 'invitation', 1), (2, 2, '{}', 'invitation', 1);
         INSERT INTO audit (seq, id, at, action, target, node, details, hash)
           VALUES (1, x'01', 500, 'invitation.resent', x'02', 1, '{}', x'')",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    migrator(Dialect::Sqlite, i64::MAX).run(&mut connection).await.unwrap();
    let mails: Vec<(i64, Option<String>, Option<i64>)> =
        sqlx::query_as("SELECT pk, outcome, ended_at FROM outbox").fetch_all(&mut connection).await.unwrap();
    assert_eq!(mails, [(1, Some("sent".into()), Some(5)), (2, None, None)]);
    let grants: Vec<(i64, Option<i64>, bool)> = sqlx::query_as(
        "SELECT granted_by, remind_at, reports_expiry FROM pending_grants ORDER BY granted_by",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(grants, [(1, None, false), (2, None, true)], "nobody hears of what had expired before");
    let last: i64 = sqlx::query_scalar("SELECT value FROM meta WHERE key = 'sent_when_queued'")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(last, 1);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn earlier_mails_count_for_the_address_of_their_recipient() {
    sqlite_only!("only files of SQLite have earlier versions");
    let folder = TempDir::new().unwrap();
    let file = database_file(folder.path());
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    migrator(Dialect::Sqlite, 11).run(&mut connection).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO users (pk, id, email, email_norm, created_at, removed_at)
           VALUES (1, x'01', 'a', 'a', 0, NULL), (2, x'02', 'b@x', 'b@x', 0, 1);
         INSERT INTO jobs (pk, id, kind, created_at, due_at, finished_at)
           SELECT value, randomblob(16), 'mail', 1, unixepoch() * 1000, 1 FROM json_each('[1, 2, 3]');
         INSERT INTO outbox (pk, user_pk, sender, mail, kind, created_at) VALUES
           (1, 2, 1, '{}', 'invitation', unixepoch() * 1000), (2, 2, NULL, '{}', 'sign_in', unixepoch() * 1000),
           (3, 1, 2, '{}', 'reminder', unixepoch() * 1000);
         UPDATE jobs SET due_at = 1 WHERE pk = 3; UPDATE outbox SET created_at = 1 WHERE pk = 3",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    migrator(Dialect::Sqlite, i64::MAX).run(&mut connection).await.unwrap();
    let counted: Vec<(i64, i64, String, String)> =
        sqlx::query_as("SELECT number, sender, address, kind FROM counted_mails")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    assert_eq!(
        counted,
        [(1, 1, "b@x".into(), "invitation".into())],
        "the others are too old, or have no limit"
    );
    connection.close().await.unwrap();
}
