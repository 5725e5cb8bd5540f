//! Transactions that SQLite ends by itself: on a full disk, and by `RAISE(ROLLBACK)`.

use sqlx::{AssertSqlSafe, SqlitePool};
use tempfile::TempDir;

use super::{MetaKey, Store, database_file, meta, set_meta};
use crate::sql::{self, Pool, Tx};
use crate::testing::sqlite_only;

struct Fixture {
    store: Store,
    _folder: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&database_file(folder.path()), 4).await.unwrap();
        sqlx::raw_sql("CREATE TABLE filler (value BLOB)").execute(writer_of(&store)).await.unwrap();
        Self { store, _folder: folder }
    }

    /// Fills the database up to its maximum size, like a full disk.
    async fn fill(&self) {
        let pages: i64 =
            sqlx::query_scalar("PRAGMA page_count").fetch_one(writer_of(&self.store)).await.unwrap();
        let sql = AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        sqlx::raw_sql(sql).execute(writer_of(&self.store)).await.unwrap();
    }

    async fn write(&self) -> Result<(), super::Error> {
        let mut tx = self.store.write().await?;
        set_meta(&mut tx, MetaKey::DemoUsers, Some(1)).await?;
        insert(&mut tx).await?;
        tx.commit().await
    }

    async fn rows(&self) -> i64 {
        let mut tx = self.store.read().await.unwrap();
        sql::query_scalar("SELECT count(*) FROM filler").fetch_one(&mut tx).await.unwrap()
    }

    async fn execute(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(writer_of(&self.store)).await.unwrap();
    }
}

/// Returns the pool of the writer.
fn writer_of(store: &Store) -> &SqlitePool {
    sqlite_pool(&store.writer)
}

fn sqlite_pool(pool: &Pool) -> &SqlitePool {
    let Pool::Sqlite(pool) = pool else { panic!("the database is SQLite") };
    pool
}

async fn insert(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sql::query("INSERT INTO filler VALUES (zeroblob(100000))").execute(tx).await.map(drop)
}

/// Ends a transaction of the pool unexpectedly, and drops it.
async fn end_unexpectedly(pool: &SqlitePool) {
    let mut tx = pool.begin().await.unwrap();
    sqlx::raw_sql("SELECT count(*) FROM meta; ROLLBACK").execute(&mut *tx).await.unwrap();
}

#[tokio::test]
async fn writes_again_after_a_full_disk() {
    sqlite_only!("SQLite ends transactions by itself");
    let fixture = Fixture::new().await;
    for _ in 0..3 {
        fixture.fill().await;
        let error = fixture.write().await.unwrap_err().to_string();
        assert!(error.contains("full"), "{error}");
        // The replacement of the connection has no limit, as if space had been freed.
        fixture.write().await.unwrap();
    }
    assert_eq!(fixture.rows().await, 3);
}

#[tokio::test]
async fn writes_again_after_a_rollback_by_a_trigger() {
    sqlite_only!("SQLite ends transactions by itself");
    let fixture = Fixture::new().await;
    fixture.execute("CREATE TRIGGER t BEFORE INSERT ON filler BEGIN SELECT RAISE(ROLLBACK, 'no'); END").await;
    for _ in 0..3 {
        assert!(fixture.write().await.unwrap_err().to_string().contains("no"));
        let mut tx = fixture.store.read().await.unwrap();
        assert_eq!(meta(&mut tx, MetaKey::DemoUsers).await.unwrap(), None, "nothing is half written");
    }
    fixture.execute("DROP TRIGGER t").await;
    fixture.write().await.unwrap();
}

#[tokio::test]
async fn writes_again_after_a_failed_commit() {
    sqlite_only!("SQLite ends transactions by itself");
    let fixture = Fixture::new().await;
    for _ in 0..3 {
        let mut tx = fixture.store.write().await.unwrap();
        insert(&mut tx).await.unwrap();
        // The commit checks the deferred foreign key, and fails.
        sql::raw_sql("INSERT INTO nodes (id, parent, kind, name) VALUES (x'01', 99, 'agency', 'x')")
            .execute(&mut tx)
            .await
            .unwrap();
        assert!(tx.commit().await.is_err());
        let mut tx = fixture.store.write().await.unwrap();
        sql::raw_sql("ROLLBACK").execute(&mut tx).await.unwrap();
        assert!(tx.commit().await.is_err(), "there is no transaction left to commit");
    }
    assert_eq!(fixture.rows().await, 0);
    fixture.write().await.unwrap();
}

#[tokio::test]
async fn writes_again_after_a_cancelled_write() {
    sqlite_only!("SQLite ends transactions by itself");
    let fixture = Fixture::new().await;
    for _ in 0..3 {
        let mut tx = fixture.store.write().await.unwrap();
        insert(&mut tx).await.unwrap();
        let slow = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) \
                    SELECT count(*) FROM n; ROLLBACK";
        let mut running = Box::pin(async move { sql::raw_sql(slow).execute(&mut tx).await });
        tokio::select! {
            biased;
            _ = &mut running => panic!("the statement is too fast to be cancelled"),
            () = tokio::task::yield_now() => {}
        }
        drop(running);
    }
    fixture.write().await.unwrap();
    assert_eq!(fixture.rows().await, 1);
}

#[tokio::test]
async fn reads_the_latest_state_after_each_read_connection_was_rolled_back() {
    sqlite_only!("SQLite ends transactions by itself");
    let fixture = Fixture::new().await;
    let mut expected = 0;
    // More often than there are connections.
    for _ in 0..8 {
        end_unexpectedly(sqlite_pool(&fixture.store.read_pool)).await;
        assert_eq!(fixture.rows().await, expected);
        fixture.write().await.unwrap();
        expected += 1;
        // A connection with a wrong transaction depth would never end its read transaction.
        for _ in 0..8 {
            assert_eq!(fixture.rows().await, expected);
        }
    }
}

#[tokio::test]
async fn the_check_fails_while_the_database_is_full_and_then_recovers() {
    sqlite_only!("SQLite ends transactions by itself");
    let fixture = Fixture::new().await;
    fixture.store.check().await.unwrap();
    // The limit applies to one connection. A failed write replaces it, so the file must be full for the new one.
    let limit = "CREATE TRIGGER t BEFORE INSERT ON meta BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END";
    fixture.execute(limit).await;
    assert!(fixture.write().await.is_err());
    for _ in 0..3 {
        assert!(fixture.store.check().await.is_err());
    }
    fixture.execute("DROP TRIGGER t").await;
    fixture.store.check().await.unwrap();
    fixture.fill().await;
    // A commit a moment ago is trusted, until a write fails.
    fixture.store.check().await.unwrap();
    drop(fixture.store.write().await.unwrap());
    assert!(fixture.store.check().await.is_err(), "the check writes after a transaction without a commit");
    fixture.store.check().await.unwrap();
    let mut tx = fixture.store.read().await.unwrap();
    let left: i64 =
        sql::query_scalar("SELECT count(*) FROM meta WHERE key = 'probe'").fetch_one(&mut tx).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn the_check_waits_for_the_writer() {
    sqlite_only!("SQLite ends transactions by itself");
    let fixture = Fixture::new().await;
    fixture.store.check().await.unwrap();
    let tx = fixture.store.write().await.unwrap();
    {
        let mut check = Box::pin(fixture.store.check());
        let limit = std::time::Duration::from_millis(100);
        assert!(tokio::time::timeout(limit, &mut check).await.is_err(), "the writer is in use");
    }
    drop(tx);
    fixture.store.check().await.unwrap();
}
