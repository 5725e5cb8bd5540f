//! Copies to PostgreSQL and back. They need a server, whose URL is in `STUDIO_USERS_TEST_POSTGRES`.

use chrono::Utc;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tempfile::TempDir;

use super::*;
use crate::audit::tests::{append_hashed, seal_and_export, unmigrated_folder};
use crate::audit::{erase_person, verify_postgres};
use crate::database::{Database, DatabaseSettings, PostgresUrl};
use crate::demo;
use crate::sql::{self, Cell, Pool, Tx};
use crate::store::{PostgresSource, Store, compare, database_file};
use crate::testing::empty_postgres;

/// Separators, escapes, quotes and letters outside of the basic plane.
const TEXT: &str = "\\N \\. back\\slash\ttab\nline\r\nquote'\"` 😀 e\u{301} \u{1}\u{8}\u{b}\u{7f}\u{2028}";

fn options(folder: &TempDir) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(database_file(folder.path()))
}

async fn begin(folder: &TempDir) -> Tx {
    Pool::single(options(folder)).await.unwrap().begin_write().await.unwrap()
}

async fn source(url: &PostgresUrl) -> PostgresSource {
    PostgresSource::open(url.options().clone()).await.unwrap()
}

async fn migrate(from: Place, to: Place, data: &Path) -> Result<String, String> {
    let migration = Migration { from, to, data: Some(data.into()), audit_key: None };
    migration.run().await.map_err(|error| error.to_string())
}

fn folder(folder: &TempDir) -> Place {
    Place::Folder(folder.path().into())
}

/// Creates a demo with further rows in all tables.
async fn varied_demo(users: u32) -> TempDir {
    let data = TempDir::new().unwrap();
    let settings = DatabaseSettings { postgres: None, read_connections: 1, audit_key: None };
    let database = Database { folder: data.path().into(), settings };
    demo::ensure(&database, users, Utc::now()).await.unwrap();
    let mut connection = options(&data).connect().await.unwrap();
    let script = include_str!("tests/rows.sql").replace("{text}", &TEXT.replace('\'', "''"));
    sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let mut tx = begin(&data).await;
    let id: Vec<u8> =
        sql::query_scalar("SELECT id FROM users WHERE erased_at = 9").fetch_one(&mut tx).await.unwrap();
    erase_person(&mut tx, uuid::Uuid::from_slice(&id).unwrap(), &[]).await.unwrap();
    append_hashed(data.path(), &mut tx).await;
    seal_and_export(data.path(), &mut tx).await;
    tx.commit().await.unwrap();
    // Builds the directory, and moves the head of the audit log.
    Store::open(&database_file(data.path()), 1).await.unwrap().close().await;
    data
}

/// Returns the rows of all tables, with those that are not copied but built.
async fn all_rows(folder: &TempDir) -> Vec<(String, Vec<Vec<Cell>>)> {
    let mut tx = begin(folder).await;
    let names: Vec<String> = sql::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_trigrams%' \
         AND name NOT LIKE 'sqlite_%' AND name NOT IN ('_sqlx_migrations', 'directory_changes') ORDER BY name",
    )
    .fetch_all(&mut tx)
    .await
    .unwrap();
    let mut tables = Vec::new();
    for name in names {
        // The changes of the directory, and how many of them were deleted, are those of one database.
        let condition = if name == "meta" { "WHERE key <> 'directory_changes_from'" } else { "" };
        let rows = sql::query_built(format!("SELECT * FROM {name} {condition} ORDER BY 1, 2"))
            .fetch_all(&mut tx)
            .await;
        let rows = rows.unwrap();
        let rows = rows.iter().map(|row| {
            let columns = row.column_names();
            let lease = |index: usize| columns[index].starts_with("lease_");
            (0..columns.len()).filter(|&index| !lease(index)).map(|index| row.cell(index).unwrap()).collect()
        });
        tables.push((name, rows.collect()));
    }
    tables
}

#[tokio::test]
async fn all_rows_are_the_same_after_a_copy_to_postgres_and_back() {
    let Some(url) = empty_postgres("round_trip").await else { return };
    let url = PostgresUrl::parse(&url, None).unwrap();
    let [server, back] = [(); 2].map(|()| TempDir::new().unwrap());
    let original = varied_demo(2_000).await;
    let report =
        migrate(folder(&original), Place::Postgres(url.clone().into()), server.path()).await.unwrap();
    assert!(report.contains("\nusers: 2000 rows\n") && report.contains("audit log verified"), "{report}");

    let mut copy = source(&url).await;
    let compared = compare(&mut begin(&original).await, &mut copy.tx).await.unwrap();
    assert!(compared > 10_000 && report.contains(&format!("copied {compared} rows")), "{compared} {report}");
    copy.close().await;
    verify_postgres(url.options().clone(), server.path(), &[]).await.unwrap();
    for sql in [
        "DELETE FROM audit",
        "TRUNCATE audit",
        "UPDATE audit SET at = 1",
        "INSERT INTO audit SELECT * FROM audit",
    ] {
        let mut connection = url.options().clone().connect().await.unwrap();
        let error = sqlx::raw_sql(sql).execute(&mut connection).await.expect_err(sql).to_string();
        assert!(error.contains("the audit log"), "{sql}: {error}");
    }

    let report = migrate(Place::Postgres(url.clone().into()), folder(&back), server.path()).await.unwrap();
    assert!(report.contains(&format!("copied {compared} rows")), "{report}");
    for ((name, rows), (_, copied)) in all_rows(&original).await.into_iter().zip(all_rows(&back).await) {
        assert!(!rows.is_empty() || name == "audit_conversion", "the test has no row in {name}");
        assert_eq!(rows.len(), copied.len(), "{name}");
        for (row, copied) in rows.iter().zip(&copied) {
            assert_eq!(row, copied, "{name}");
        }
    }
    for file in ["audit.key", "audit.head"] {
        let read = |folder: &TempDir| std::fs::read(folder.path().join(file)).unwrap();
        assert!(read(&original) == read(&back) && read(&original) == read(&server), "{file}");
    }
    let found = "SELECT count(*) FROM search_trigrams WHERE search_trigrams MATCH 'ann'";
    let count =
        async |folder| -> i64 { sql::query_scalar(found).fetch_one(&mut begin(folder).await).await.unwrap() };
    assert!(count(&original).await > 0 && count(&original).await == count(&back).await);
    let leases: i64 = sql::query_scalar("SELECT count(lease_owner) + count(lease_until) FROM jobs")
        .fetch_one(&mut begin(&back).await)
        .await
        .unwrap();
    assert_eq!(leases, 0);
    Store::open(&database_file(back.path()), 1).await.unwrap().close().await;
}

#[tokio::test]
async fn a_converted_log_keeps_its_old_end() {
    let Some(url) = empty_postgres("converted").await else { return };
    let url = PostgresUrl::parse(&url, None).unwrap();
    let original = unmigrated_folder().await;
    let server = TempDir::new().unwrap();
    let error =
        migrate(folder(&original), Place::Postgres(url.clone().into()), server.path()).await.unwrap_err();
    assert!(error.contains("has the tables of another version of the program"), "{error}");
    Store::open(&database_file(original.path()), 1).await.unwrap().close().await;
    let report =
        migrate(folder(&original), Place::Postgres(url.clone().into()), server.path()).await.unwrap();
    assert!(
        report.contains("audit_conversion: 1 rows") && report.contains("converted from 3 entries"),
        "{report}"
    );
}

#[tokio::test]
async fn refuses_a_manipulated_log_and_leaves_the_target_empty() {
    let Some(url) = empty_postgres("manipulated").await else { return };
    let url = PostgresUrl::parse(&url, None).unwrap();
    let original = varied_demo(50).await;
    let server = TempDir::new().unwrap();
    let mut connection = options(&original).connect().await.unwrap();
    sqlx::raw_sql("DROP TRIGGER audit_changes_nothing; UPDATE audit SET actor_name = 'Eve' WHERE seq = 100")
        .execute(&mut connection)
        .await
        .unwrap();
    let error =
        migrate(folder(&original), Place::Postgres(url.clone().into()), server.path()).await.unwrap_err();
    assert!(error.contains("audit log entry 100 was changed"), "{error}");
    let mut copy = url.options().clone().connect().await.unwrap();
    let rows: i64 = sqlx::query_scalar("SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM audit)")
        .fetch_one(&mut copy)
        .await
        .unwrap();
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn names_the_row_of_a_text_that_postgres_cannot_store() {
    let Some(url) = empty_postgres("zero").await else { return };
    let url = PostgresUrl::parse(&url, None).unwrap();
    let original = varied_demo(50).await;
    let server = TempDir::new().unwrap();
    let mut connection = options(&original).connect().await.unwrap();
    let set = "UPDATE outbox SET reply = 'a' || char(0) WHERE pk = 9003";
    sqlx::raw_sql(set).execute(&mut connection).await.unwrap();
    let error =
        migrate(folder(&original), Place::Postgres(url.clone().into()), server.path()).await.unwrap_err();
    assert!(
        error.contains("the row of `outbox` with pk = 9003 has the character U+0000 in the column `reply`"),
        "{error}"
    );
    sqlx::raw_sql("UPDATE outbox SET reply = NULL WHERE pk = 9003").execute(&mut connection).await.unwrap();
    migrate(folder(&original), Place::Postgres(url.clone().into()), server.path()).await.unwrap();
    // As if the process had been killed before it wrote the head: a repetition completes the copy.
    std::fs::remove_file(server.path().join("audit.head")).unwrap();
    migrate(folder(&original), Place::Postgres(url.clone().into()), server.path()).await.unwrap();
    assert!(server.path().join("audit.head").exists());
    let other = varied_demo(60).await;
    let error =
        migrate(folder(&other), Place::Postgres(url.clone().into()), server.path()).await.unwrap_err();
    assert!(error.contains("is not empty: it contains a demo with 50 users"), "{error}");
}
