//! Tests of the places of targets, and of the targets with real receivers.

use std::io::Read;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::*;
use crate::audit::segment_tests::TestLog;
use crate::random::Random;
use crate::sql;

const RECEIVE_TIMEOUT: Duration = Duration::from_secs(10);

fn file() -> ExportTarget {
    ExportTarget::parse("file:/audit.jsonl").unwrap()
}

fn lease(owner: &[u8], now: i64) -> ExportLease<'_> {
    ExportLease { owner, now, until: now + 20 }
}

fn numbers(batch: &ExportBatch) -> Vec<i64> {
    batch.entries.iter().map(|entry| entry.seq).collect()
}

/// Exports all entries like a server. Returns their numbers.
async fn export(log: &TestLog) -> Vec<i64> {
    let mut exported = Vec::new();
    loop {
        let mut tx = log.pool.begin_write().await.unwrap();
        if export_state(&mut tx, &log.key, &file(), lease(b"one", 0)).await.unwrap().waiting == 0 {
            return exported;
        }
        assert!(claim(&mut tx, &log.key, &file(), lease(b"one", 0)).await.unwrap());
        let batch = next_batch(&mut tx, &log.key, &file()).await.unwrap();
        exported.extend(numbers(&batch));
        assert!(store_place(&mut tx, &log.key, &file(), &batch, lease(b"one", 0)).await.unwrap());
        tx.commit().await.unwrap();
    }
}

async fn execute(log: &TestLog, sql: impl Into<sql::Text>) {
    let mut tx = log.pool.begin_write().await.unwrap();
    sql::raw_sql(sql).execute(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn exports_each_entry_once_and_goes_on_after_its_place() {
    let mut random = Random::new(1);
    let mut log = TestLog::new(&mut random, 1_203).await;
    assert_eq!(export(&log).await, (1..=1_203).collect::<Vec<_>>());
    assert_eq!(export(&log).await, [0; 0]);
    log.append(&mut random, 2).await;
    assert_eq!(export(&log).await, [1_204, 1_205]);
    // A place after the sealed part, before it, and a new target.
    log.seal(100, 1_000, None).await.unwrap();
    log.append(&mut random, 1).await;
    assert_eq!(export(&log).await, [1_206]);
    let mut tx = log.pool.begin_write().await.unwrap();
    let old = ExportBatch { entries: Vec::new(), missed: None, end: Head { entries: 98, hash: Hash::ZERO } };
    assert!(store_place(&mut tx, &log.key, &file(), &old, lease(b"one", 0)).await.unwrap());
    let batch = next_batch(&mut tx, &log.key, &file()).await.unwrap();
    assert_eq!((batch.missed, numbers(&batch)[0]), (Some((99, 100)), 101));
    let new = ExportTarget::parse("file:/new.jsonl").unwrap();
    let batch = next_batch(&mut tx, &log.key, &new).await.unwrap();
    assert_eq!((batch.missed, numbers(&batch)[0], numbers(&batch).len()), (None, 101, BATCH_SIZE));
    assert_eq!(exported_entries(&mut tx, &log.key, &new).await.unwrap(), 0);
}

#[tokio::test]
async fn a_place_that_was_moved_or_is_of_another_log_leaves_no_entry_out() {
    let mut random = Random::new(2);
    let mut log = TestLog::new(&mut random, 10).await;
    export(&log).await;
    log.append(&mut random, 5).await;
    execute(&log, "UPDATE audit_exports SET entries = 15, hash = (SELECT hash FROM audit WHERE seq = 15)")
        .await;
    let mut tx = log.pool.begin_read().await.unwrap();
    assert_eq!(
        exported_entries(&mut tx, &log.key, &file()).await.unwrap(),
        0,
        "the retention deletes nothing"
    );
    tx.rollback().await.unwrap();
    assert_eq!(export(&log).await, (1..=15).collect::<Vec<_>>());

    // The end of the log is removed, and the server appends other entries.
    execute(
        &log,
        sql::either(
            "DROP TRIGGER audit_removes_nothing; DELETE FROM audit WHERE seq > 12",
            "ALTER TABLE audit DISABLE TRIGGER USER; DELETE FROM audit WHERE seq > 12; ALTER TABLE audit ENABLE TRIGGER USER",
        ),
    )
    .await;
    log.append(&mut random, 3).await;
    assert_eq!(export(&log).await, (1..=15).collect::<Vec<_>>());
    assert_eq!(export(&log).await, [0; 0]);
}

#[tokio::test]
async fn an_unreadable_entry_does_not_stop_the_export() {
    let mut random = Random::new(3);
    let mut log = TestLog::new(&mut random, 4).await;
    execute(
        &log,
        sql::either(
            "DROP TRIGGER audit_changes_nothing; UPDATE audit SET details = '{' WHERE seq = 2; UPDATE audit SET format = 9, hash = x'00' WHERE seq = 4",
            "ALTER TABLE audit DISABLE TRIGGER USER; UPDATE audit SET details = '{' WHERE seq = 2; \
             UPDATE audit SET format = 9, hash = '\\x00' WHERE seq = 4; ALTER TABLE audit ENABLE TRIGGER USER",
        ),
    )
    .await;
    let mut tx = log.pool.begin_read().await.unwrap();
    let batch = next_batch(&mut tx, &log.key, &file()).await.unwrap();
    let json: Vec<&str> = batch.entries.iter().map(|entry| entry.json.as_str()).collect();
    assert_eq!((json[1], json[3]), (r#"{"seq":2,"unreadable":true}"#, r#"{"seq":4,"unreadable":true}"#));
    tx.rollback().await.unwrap();
    assert_eq!(export(&log).await, [1, 2, 3, 4]);
    assert_eq!(export(&log).await, [0; 0]);
    log.append(&mut random, 1).await;
    assert_eq!(export(&log).await, [5]);
}

#[tokio::test]
async fn one_server_exports_to_a_target_at_a_time() {
    let log = TestLog::new(&mut Random::new(4), 3).await;
    let mut tx = log.pool.begin_write().await.unwrap();
    let state = async |tx: &mut Tx, lease| export_state(tx, &log.key, &file(), lease).await.unwrap();
    let claims = async |tx: &mut Tx, lease| claim(tx, &log.key, &file(), lease).await.unwrap();
    assert_eq!(state(&mut tx, lease(b"one", 100)).await, ExportState { waiting: 3, is_held_by_other: false });
    assert!(claims(&mut tx, lease(b"one", 100)).await);
    assert!(state(&mut tx, lease(b"two", 119)).await.is_held_by_other);
    assert!(!state(&mut tx, lease(b"one", 119)).await.is_held_by_other);
    assert!(!claims(&mut tx, lease(b"two", 119)).await);
    let batch = next_batch(&mut tx, &log.key, &file()).await.unwrap();
    assert!(!store_place(&mut tx, &log.key, &file(), &batch, lease(b"two", 119)).await.unwrap());
    assert!(!state(&mut tx, lease(b"two", 120)).await.is_held_by_other);
    assert!(claims(&mut tx, lease(b"two", 120)).await);
    assert!(!store_place(&mut tx, &log.key, &file(), &batch, lease(b"one", 121)).await.unwrap());
    assert_eq!(state(&mut tx, lease(b"one", 121)).await.waiting, 3);
    // The clock was set back.
    assert!(claims(&mut tx, lease(b"one", 50)).await);
    end_export_leases_of(&mut tx, b"one").await.unwrap();
    assert!(claims(&mut tx, lease(b"two", 51)).await);
    assert!(store_place(&mut tx, &log.key, &file(), &batch, lease(b"two", 52)).await.unwrap());
    assert_eq!(state(&mut tx, lease(b"one", 53)).await, ExportState { waiting: 0, is_held_by_other: true });
}

/// Returns the entries of a log as a target gets them.
async fn entries(count: i64) -> Vec<ExportedEntry> {
    let log = TestLog::new(&mut Random::new(5), count).await;
    next_batch(&mut log.pool.begin_read().await.unwrap(), &log.key, &file()).await.unwrap().entries
}

/// Checks that a message has the header of the standard and the JSON of the entry.
#[track_caller]
fn assert_message(message: &[u8], entry: &ExportedEntry) {
    let text = std::str::from_utf8(message).unwrap();
    assert!(text.is_ascii(), "{text}");
    let (header, json) = text.split_once(" - {").unwrap();
    assert!(header.starts_with("<110>1 2027-01-15T") && header.ends_with(" view.started"), "{header}");
    let json: Value = serde_json::from_str(&format!("{{{json}")).unwrap();
    assert_eq!(json, serde_json::from_str::<Value>(&entry.json).unwrap());
    assert_eq!(json["actor"], "Zoë 😀");
}

#[tokio::test]
async fn sends_datagrams_by_udp_and_to_a_socket() {
    let entries = entries(50).await;
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    udp.set_read_timeout(Some(RECEIVE_TIMEOUT)).unwrap();
    let port = udp.local_addr().unwrap().port();
    let target = ExportTarget::parse(&format!("syslog+udp://localhost:{port}")).unwrap();
    Sink::new(target.clone()).send(&entries).await.unwrap();
    let mut buffer = vec![0; 70_000];
    for entry in &entries {
        let length = udp.recv(&mut buffer).unwrap();
        assert_message(&buffer[..length], entry);
    }
    drop(udp);
    assert!(Sink::new(target).send(&entries[..1]).await.is_err(), "nobody listens");

    let folder = TempDir::new().unwrap();
    let path = folder.path().join("log");
    let target = ExportTarget::parse(&format!("syslog:{}", path.display())).unwrap();
    assert!(Sink::new(target.clone()).send(&entries[..1]).await.is_err(), "there is no socket");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(RECEIVE_TIMEOUT)).unwrap();
    let receiving = thread::spawn({
        let entries = entries.clone();
        move || {
            for entry in &entries {
                let length = socket.recv(&mut buffer).unwrap();
                assert_message(&buffer[..length], entry);
            }
        }
    });
    // The queue of the socket is shorter than the batch.
    Sink::new(target).send(&entries).await.unwrap();
    receiving.join().unwrap();
}

/// Splits octet-counted messages (RFC 6587).
fn messages(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let space = bytes.iter().position(|&byte| byte == b' ').unwrap();
        let length: usize = std::str::from_utf8(&bytes[..space]).unwrap().parse().unwrap();
        let (message, rest) = bytes[space + 1..].split_at(length);
        found.push(message.to_vec());
        bytes = rest;
    }
    found
}

#[tokio::test]
async fn sends_counted_messages_by_tcp_and_waits_until_they_are_read() {
    let entries = entries(400).await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let target = ExportTarget::parse(&format!("syslog+tcp://127.0.0.1:{port}")).unwrap();
    let receiving = thread::spawn(move || {
        // This receiver fails before it has read everything, which ends the connection with an error.
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 9]).unwrap();
        drop(stream);
        let mut received = Vec::new();
        listener.accept().unwrap().0.read_to_end(&mut received).unwrap();
        received
    });
    let mut sink = Sink::new(target.clone());
    assert!(sink.send(&entries).await.is_err(), "the receiver has not read all");
    sink.send(&entries).await.unwrap();
    let received = messages(&receiving.join().unwrap());
    assert_eq!(received.len(), entries.len());
    for (message, entry) in received.iter().zip(&entries) {
        assert_message(message, entry);
    }
    assert!(sink.send(&entries).await.is_err(), "nobody listens");
}
