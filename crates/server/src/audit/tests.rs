//! Tests of the conversion to the current format, and of erasures.

use sqlx::{Connection, SqliteConnection};
use studio_users_contract::{Action, AuditDetails, AuditPerson};
use studio_users_domain::UserId;
use tempfile::TempDir;
use uuid::Uuid;

use super::chain::{Head, Key, Record, Texts};
use super::files::{read_key, write_head};
use super::*;
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
    Store::open(&file).await.unwrap().close().await;
    let key = read_key(folder.path()).unwrap().unwrap();
    let mut connection = connect(&folder).await;
    let records: Vec<_> = (10..5_010).map(hashed).collect();
    let end = append(&mut connection, &key, Head::EMPTY, &records).await.unwrap();
    (folder, end)
}

async fn connect(folder: &TempDir) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database_file(folder.path()));
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn count(connection: &mut SqliteConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}

async fn open_and_close(folder: &TempDir) {
    Store::open(&database_file(folder.path())).await.unwrap().close().await;
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
    let erased = erase_person(&mut connection, BEN, &[]).await.unwrap();
    assert_eq!((erased.texts, erased.kept_entries), (10_000, 0));
    let message = verified(&folder).await;
    assert!(message.contains(", 5000 names erased, 5000 other texts erased"), "{message}");
    assert_eq!(count(&mut connection, "SELECT count(*) FROM audit WHERE target_salt IS NOT NULL").await, 0);
    assert_eq!(count(&mut connection, "SELECT count(actor_name) FROM audit").await, 5_000);
    let time = START.timestamp_millis() + 1;
    assert_eq!(erase_before(&mut connection, time, 0, 3_000).await.unwrap(), Some(3_000));
    assert_eq!(erase_before(&mut connection, time - 1, 0, 3_000).await.unwrap(), None);
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
