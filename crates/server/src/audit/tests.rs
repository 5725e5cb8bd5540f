//! Tests of the conversion to the current format, and of erasures.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use studio_users_contract::{Action, AuditDetails, AuditPerson};
use studio_users_domain::UserId;
use tempfile::TempDir;
use uuid::Uuid;

use super::chain::{Head, Record, Texts};
use super::files::{read_key, write_head, write_key};
use super::hash::Key;
use super::shared_head::write_shared_head;
use super::*;
use crate::sql::{self, Pool, Tx, either};
use crate::store::{Store, database_file};
use crate::testing::{START, connect, is_postgres, open_store, sqlite_only, verify_log};

const ADA: Uuid = Uuid::from_u128(1);
const BEN: Uuid = Uuid::from_u128(2);

/// Returns an entry with a person, an invited address and a text.
fn entry() -> Entry {
    let person = |id: Uuid, name: &str| Some(AuditPerson { id: UserId(id), name: name.into() });
    Entry {
        actor: person(ADA, "Ada Byron"),
        target: person(BEN, "ben@x.example"),
        details: details(),
        ..Entry::of(Action::ViewStarted, START)
    }
}

fn details() -> AuditDetails {
    AuditDetails { reason: Some("Ada asks".into()), ..AuditDetails::default() }
}

/// Returns the entry in the current format.
fn erasable(key: &Key, number: u128) -> Record {
    entry().record(key, Uuid::from_u128(number)).unwrap()
}

/// Returns the entry in the first format.
fn hashed(key: &Key, number: u128) -> Record {
    Record {
        details: serde_json::to_string(&details()).unwrap(),
        texts: Texts::Hashed {
            actor_name: Some("Ada Byron".into()),
            target_name: Some("ben@x.example".into()),
        },
        ..erasable(key, number)
    }
}

/// Creates a data folder with 5,000 entries. Returns their end.
async fn log_of(record: fn(&Key, u128) -> Record) -> (TempDir, Head) {
    let folder = TempDir::new().unwrap();
    open_and_close(&folder).await;
    let key = read_key(folder.path()).unwrap().unwrap();
    let records: Vec<_> = (10..5_010).map(|number| record(&key, number)).collect();
    let mut tx = begin_write(&folder).await;
    let end = append(&mut tx, &key, Head::EMPTY, &records).await.unwrap();
    write_shared_head(&mut tx, &key, end).await.unwrap();
    tx.commit().await.unwrap();
    (folder, end)
}

/// Appends two entries of the first format to any log.
pub(crate) async fn append_hashed(folder: &Path, tx: &mut Tx) {
    let key = read_key(folder).unwrap().unwrap();
    let end = log::end(tx).await.unwrap();
    append(tx, &key, end, &[hashed(&key, 1), hashed(&key, 2)]).await.unwrap();
}

/// Seals and deletes the oldest entries of any log, and exports some of the others.
pub(crate) async fn seal_and_export(folder: &Path, tx: &mut Tx) {
    let key = read_key(folder).unwrap().unwrap();
    for count in [50, 1] {
        let limits = SealLimits { before: i64::MAX, up_to: i64::MAX, count };
        OldEntries::select(tx, &key, limits).await.unwrap().unwrap().seal(tx, &key, 9).await.unwrap();
    }
    let target = ExportTarget::parse("file:/audit.jsonl").unwrap();
    let lease = ExportLease { owner: b"one", now: 0, until: 9 };
    assert!(claim(tx, &key, &target, lease).await.unwrap());
    let batch = next_batch(tx, &key, &target).await.unwrap();
    assert!(store_place(tx, &key, &target, &batch, lease).await.unwrap());
}

async fn begin_write(folder: &TempDir) -> Tx {
    connect(folder.path()).await.begin_write().await.unwrap()
}

/// Executes a statement and commits it.
async fn execute(folder: &TempDir, sql: impl Into<sql::Text>) -> Result<(), sqlx::Error> {
    let mut tx = begin_write(folder).await;
    sql::raw_sql(sql).execute(&mut tx).await?;
    tx.commit().await
}

async fn count(folder: &TempDir, sql: &'static str) -> i64 {
    let mut tx = connect(folder.path()).await.begin_read().await.unwrap();
    sql::query_scalar(sql).fetch_one(&mut tx).await.unwrap()
}

async fn open_and_close(folder: &TempDir) {
    open_store(folder.path()).await.close().await;
}

async fn verified(folder: &TempDir) -> String {
    verify_log(folder.path()).await.unwrap_or_else(|error| error.to_string())
}

#[tokio::test]
async fn converts_a_verified_log_and_states_its_old_end() {
    sqlite_only!("only logs in files of SQLite are converted");
    let (folder, old) = log_of(hashed).await;
    open_and_close(&folder).await;
    let message = verified(&folder).await;
    let expected = format!("converted from 5000 entries with the last hash {}", old.hash);
    assert!(
        message.starts_with("audit log verified: 5000 entries") && message.contains(&expected),
        "{message}"
    );
    assert_eq!(count(&folder, "SELECT count(*) FROM audit WHERE details LIKE '%Ada%'").await, 0);

    // A crash between the conversion and its head.
    let key = read_key(folder.path()).unwrap().unwrap();
    write_head(&folder.path().join("audit.head"), &key, old).unwrap();
    assert_eq!(verified(&folder).await, message);
    open_and_close(&folder).await;
    assert_eq!(verified(&folder).await, message);

    // The new chain depends on the old end.
    execute(&folder, "UPDATE audit_conversion SET hash = x'00'").await.unwrap();
    assert!(!verified(&folder).await.contains("verified:"));
}

/// Creates a data folder of schema version 5, from before the conversion, with a log of three entries.
pub(crate) async fn unmigrated_folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    Store::create_version(&database_file(folder.path()), 5).await.unwrap();
    let key = Key::generate().unwrap();
    let file = SqliteConnectOptions::new().filename(database_file(folder.path()));
    let pool = Pool::single(file).await.unwrap();
    let mut tx = pool.begin_write().await.unwrap();
    let mut head = Head::EMPTY;
    for record in (1..=3).map(|number| hashed(&key, number)) {
        head = Head { entries: head.entries + 1, hash: record.hash(&key, &head.hash) };
        sql::query(
            "INSERT INTO audit (seq, id, at, action, actor, actor_name, target, target_name, details, hash) \
             VALUES (?, ?, ?, ?, ?, 'Ada Byron', ?, 'ben@x.example', ?, ?)",
        )
        .bind(head.entries)
        .bind(record.id.to_vec())
        .bind(record.at)
        .bind(record.action.clone())
        .bind(record.actor.map(Vec::from))
        .bind(record.target.map(Vec::from))
        .bind(record.details.clone())
        .bind(head.hash.as_bytes().to_vec())
        .execute(&mut tx)
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    // Merges the write-ahead log into the file, which a test copies.
    pool.close().await;
    write_key(folder.path(), &key).unwrap();
    write_head(&folder.path().join("audit.head"), &key, head).unwrap();
    folder
}

#[tokio::test]
async fn verifies_and_copies_a_log_before_its_database_is_migrated() {
    sqlite_only!("only files of SQLite have earlier versions");
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
    sqlite_only!("only files of SQLite have earlier versions");
    let folder = TempDir::new().unwrap();
    Store::create_version(&database_file(folder.path()), 1).await.unwrap();
    execute(
        &folder,
        "INSERT INTO users (pk, id, email, email_norm, created_at) VALUES (1, x'01', 'a', 'a', 0);
         INSERT INTO sessions VALUES (x'01', x'01', 1, 'Firefox', 1000, 1000, 9000000000000)",
    )
    .await
    .unwrap();
    open_and_close(&folder).await;
    assert_eq!(verified(&folder).await, "audit log verified: it is empty");
}

#[tokio::test]
async fn leaves_a_log_that_fails_its_check() {
    sqlite_only!("only logs in files of SQLite are converted");
    let (folder, _) = log_of(hashed).await;
    execute(&folder, "DROP TRIGGER audit_changes_nothing; UPDATE audit SET actor_name = 'Eve' WHERE seq = 7")
        .await
        .unwrap();
    open_and_close(&folder).await;
    assert_eq!(count(&folder, "SELECT count(*) FROM audit WHERE format = 1").await, 5_000);
    assert!(verified(&folder).await.contains("audit log entry 7 was changed"));
}

#[tokio::test]
async fn erases_names_and_keeps_the_log_verifiable() {
    // On SQLite, the entries are converted to the current format.
    let (folder, _) = log_of(if is_postgres() { erasable } else { hashed }).await;
    open_and_close(&folder).await;
    let mut tx = begin_write(&folder).await;
    let erased = erase_person(&mut tx, BEN, &[]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((erased.texts, erased.kept_entries), (10_000, 0));
    let message = verified(&folder).await;
    assert!(message.contains(", 5000 names erased, 5000 other texts erased"), "{message}");
    assert_eq!(count(&folder, "SELECT count(*) FROM audit WHERE target_salt IS NOT NULL").await, 0);
    assert_eq!(count(&folder, "SELECT count(actor_name) FROM audit").await, 5_000);
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
        let error = execute(&folder, sql).await.expect_err(sql);
        assert!(error.to_string().contains("the audit log is never changed"), "{sql}: {error}");
    }
    let disable = either(
        "DROP TRIGGER audit_changes_nothing",
        "ALTER TABLE audit DISABLE TRIGGER audit_changes_nothing",
    );
    execute(&folder, disable).await.unwrap();
    for sql in [
        "UPDATE audit SET actor_name = 'Eve' WHERE seq = 4000",
        "UPDATE audit SET actor_name = 'Ada Byron', actor_digest = target_digest WHERE seq = 4000",
        "UPDATE audit SET actor_name = NULL, actor_salt = NULL, actor_digest = NULL WHERE seq = 4000",
        "UPDATE audit SET format = 1 WHERE seq = 4000",
    ] {
        execute(&folder, sql).await.unwrap();
        assert!(verified(&folder).await.contains("audit log entry 4000 was changed"), "{sql}");
    }
}
