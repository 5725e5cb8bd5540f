//! Upgrades a database of the version before the sequence numbers and erasable names.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

use super::connection::migrator;
use super::database_file;

#[tokio::test]
async fn numbers_links_and_grants_in_the_order_of_their_times() {
    let folder = TempDir::new().unwrap();
    let file = database_file(folder.path());
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    migrator(5).run(&mut connection).await.unwrap();
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
    migrator(i64::MAX).run(&mut connection).await.unwrap();
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
