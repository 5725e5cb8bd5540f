//! Tests of the conversion to the current format, and of erasures.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use studio_users_contract::{Action, AuditDetails, AuditPerson};
use studio_users_domain::UserId;
use tempfile::TempDir;
use uuid::Uuid;

use super::chain::{Head, Record, Texts};
use super::files::{read_key, write_head, write_key};
use super::hash::Key;
use super::*;
use crate::sql::{Pool, Tx};
use crate::store::{Store, database_file};
use crate::testing::START;

const ADA: Uuid = Uuid::from_u128(1);
const BEN: Uuid = Uuid::from_u128(2);

/// Returns an entry of the first format.
fn hashed(number: u128) -> Record {
    let person = |id: Uuid, name: &str| Some(AuditPerson { id: UserId(id), name: name.into() });
    let details = AuditDetails { reason: Some("Ada asks".into()), ..AuditDetails::default() };
    let entry = Entry {
        actor: person(ADA, "Ada Byron"),
        target: person(BEN, "ben@x.example"),
        ..Entry::of(Action::ViewStarted, START)
    };
    let record = entry.record(&Key::from_bytes(&[7; 32]).unwrap(), Uuid::from_u128(number)).unwrap();
    Record {
        details: serde_json::to_string(&details).unwrap(),
        texts: Texts::Hashed {
            actor_name: Some("Ada Byron".into()),
            target_name: Some("ben@x.example".into()),
        },
        ..record
    }
}

/// Creates a data folder whose log has 5,000 entries of the first format, as after an update. Returns the old end.
async fn old_log() -> (TempDir, Head) {
    let folder = TempDir::new().unwrap();
    let file = database_file(folder.path());
    Store::open(&file, 4).await.unwrap().close().await;
    let key = read_key(folder.path()).unwrap().unwrap();
    let records: Vec<_> = (10..5_010).map(hashed).collect();
    let mut tx = begin_write(&folder).await;
    let end = append(&mut tx, &key, Head::EMPTY, &records).await.unwrap();
    tx.commit().await.unwrap();
    (folder, end)
}

fn options(folder: &TempDir) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(database_file(folder.path()))
}

async fn connect(folder: &TempDir) -> SqliteConnection {
    SqliteConnection::connect_with(&options(folder)).await.unwrap()
}

async fn begin_write(folder: &TempDir) -> Tx {
    Pool::single(options(folder)).await.unwrap().begin_write().await.unwrap()
}

async fn count(connection: &mut SqliteConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}

async fn open_and_close(folder: &TempDir) {
    Store::open(&database_file(folder.path()), 4).await.unwrap().close().await;
}

async fn verified(folder: &TempDir) -> String {
    verify(&database_file(folder.path())).await.unwrap_or_else(|error| error.to_string())
}

#[tokio::test]
async fn converts_a_verified_log_and_states_its_old_end() {
    let (folder, old) = old_log().await;
    open_and_close(&folder).await;
    let message = verified(&folder).await;
    let expected = format!("converted from 5000 entries with the last hash {}", old.hash);
    assert!(
        message.starts_with("audit log verified: 5000 entries") && message.contains(&expected),
        "{message}"
    );
    let mut connection = connect(&folder).await;
    assert_eq!(count(&mut connection, "SELECT count(*) FROM audit WHERE details LIKE '%Ada%'").await, 0);

    // A crash between the conversion and its head.
    let key = read_key(folder.path()).unwrap().unwrap();
    write_head(&folder.path().join("audit.head"), &key, old).unwrap();
    assert_eq!(verified(&folder).await, message);
    open_and_close(&folder).await;
    assert_eq!(verified(&folder).await, message);

    // The new chain depends on the old end.
    sqlx::raw_sql("UPDATE audit_conversion SET hash = x'00'").execute(&mut connection).await.unwrap();
    assert!(!verified(&folder).await.contains("verified:"));
}

/// Creates a data folder of schema version 5, from before the conversion, with a log of three entries.
async fn unmigrated_folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    Store::create_version(&database_file(folder.path()), 5).await.unwrap();
    let key = Key::generate().unwrap();
    let mut connection = connect(&folder).await;
    let mut head = Head::EMPTY;
    for record in (1..=3).map(hashed) {
        head = Head { entries: head.entries + 1, hash: record.hash(&key, &head.hash) };
        sqlx::query(
            "INSERT INTO audit (seq, id, at, action, actor, actor_name, target, target_name, details, hash) \
             VALUES (?, ?, ?, ?, ?, 'Ada Byron', ?, 'ben@x.example', ?, ?)",
        )
        .bind(head.entries)
        .bind(record.id.to_vec())
        .bind(record.at)
        .bind(&record.action)
        .bind(record.actor.map(Vec::from))
        .bind(record.target.map(Vec::from))
        .bind(&record.details)
        .bind(head.hash.as_bytes().to_vec())
        .execute(&mut connection)
        .await
        .unwrap();
    }
    write_key(folder.path(), &key).unwrap();
    write_head(&folder.path().join("audit.head"), &key, head).unwrap();
    folder
}

#[tokio::test]
async fn verifies_and_copies_a_log_before_its_database_is_migrated() {
    let folder = unmigrated_folder().await;
    let message = verified(&folder).await;
    assert!(message.starts_with("audit log verified: 3 entries"), "{message}");
    let target = TempDir::new().unwrap();
    let copy = database_file(target.path());
    std::fs::copy(database_file(folder.path()), &copy).unwrap();
    LogCopy::begin(folder.path()).unwrap().finish(&copy).await.unwrap();
    assert_eq!(verified(&target).await, message);
    open_and_close(&folder).await;
    assert!(verified(&folder).await.contains("converted from 3 entries"));
}

#[tokio::test]
async fn a_database_from_before_the_audit_log_raises_no_alarm() {
    let folder = TempDir::new().unwrap();
    Store::create_version(&database_file(folder.path()), 1).await.unwrap();
    let mut connection = connect(&folder).await;
    sqlx::raw_sql(
        "INSERT INTO users (pk, id, email, email_norm, created_at) VALUES (1, x'01', 'a', 'a', 0);
         INSERT INTO sessions VALUES (x'01', x'01', 1, 'Firefox', 1000, 1000, 9000000000000)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    open_and_close(&folder).await;
    assert_eq!(verified(&folder).await, "audit log verified: it is empty");
}

#[tokio::test]
async fn leaves_a_log_that_fails_its_check() {
    let (folder, _) = old_log().await;
    let mut connection = connect(&folder).await;
    sqlx::raw_sql("DROP TRIGGER audit_changes_nothing; UPDATE audit SET actor_name = 'Eve' WHERE seq = 7")
        .execute(&mut connection)
        .await
        .unwrap();
    open_and_close(&folder).await;
    assert_eq!(count(&mut connection, "SELECT count(*) FROM audit WHERE format = 1").await, 5_000);
    assert!(verified(&folder).await.contains("audit log entry 7 was changed"));
}

#[tokio::test]
async fn erases_names_and_keeps_the_log_verifiable() {
    let (folder, _) = old_log().await;
    open_and_close(&folder).await;
    let mut connection = connect(&folder).await;
    let mut tx = begin_write(&folder).await;
    let erased = erase_person(&mut tx, BEN, &[]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((erased.texts, erased.kept_entries), (10_000, 0));
    let message = verified(&folder).await;
    assert!(message.contains(", 5000 names erased, 5000 other texts erased"), "{message}");
    assert_eq!(count(&mut connection, "SELECT count(*) FROM audit WHERE target_salt IS NOT NULL").await, 0);
    assert_eq!(count(&mut connection, "SELECT count(actor_name) FROM audit").await, 5_000);
    let time = START.timestamp_millis() + 1;
    let mut tx = begin_write(&folder).await;
    assert_eq!(erase_before(&mut tx, time, 0, 3_000).await.unwrap(), Some(3_000));
    assert_eq!(erase_before(&mut tx, time - 1, 0, 3_000).await.unwrap(), None);
    tx.commit().await.unwrap();
    assert!(verified(&folder).await.contains(", 8000 names erased"));

    // Triggers allow nothing but erasures, and a changed text is no erasure.
    for sql in [
        "UPDATE audit SET actor_name = 'Eve' WHERE seq = 4000",
        "UPDATE audit SET actor_name = NULL WHERE seq = 4000",
        "UPDATE audit SET actor_digest = NULL WHERE seq = 4000",
        "UPDATE audit SET details = '{\"count\":1}' WHERE seq = 4000",
        "UPDATE audit SET node = 1 WHERE seq = 4000",
    ] {
        let error = sqlx::raw_sql(sql).execute(&mut connection).await.expect_err(sql);
        assert!(error.to_string().contains("the audit log is never changed"), "{sql}: {error}");
    }
    sqlx::raw_sql("DROP TRIGGER audit_changes_nothing").execute(&mut connection).await.unwrap();
    for sql in [
        "UPDATE audit SET actor_name = 'Eve' WHERE seq = 4000",
        "UPDATE audit SET actor_name = 'Ada Byron', actor_digest = zeroblob(32) WHERE seq = 4000",
        "UPDATE audit SET actor_name = NULL, actor_salt = NULL, actor_digest = NULL WHERE seq = 4000",
        "UPDATE audit SET format = 1 WHERE seq = 4000",
    ] {
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        assert!(verified(&folder).await.contains("audit log entry 4000 was changed"), "{sql}");
    }
}
