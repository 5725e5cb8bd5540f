//! Tests of sealed parts: random logs whose beginning is sealed in random pieces stay verifiable, and each manipulation is
//! found and named.

use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use studio_users_contract::{Action, AuditDetails, AuditPerson};
use studio_users_domain::UserId;
use tempfile::TempDir;
use uuid::Uuid;

use super::chain::Head;
use super::files::{StoredHead, head_file, read_head, read_key, write_head, write_key};
use super::hash::Key;
use super::shared_head::write_shared_head;
use super::verify::check;
use super::*;
use crate::random::Random;
use crate::sql::{self, Dialect, Pool, Tx, either};
use crate::testing::{START, connect, open_store, rounds, verify_log_and_files};

/// A log in a data folder.
pub(super) struct TestLog {
    pub(super) folder: TempDir,
    pub(super) pool: Pool,
    pub(super) key: Key,
    pub(super) entries: i64,
}

impl TestLog {
    /// Creates a log with random entries. Their times are a minute apart.
    pub(super) async fn new(random: &mut Random, entries: i64) -> Self {
        let folder = TempDir::new().unwrap();
        open_store(folder.path()).await.close().await;
        let key = read_key(folder.path()).unwrap().unwrap();
        let pool = connect(folder.path()).await;
        let mut log = Self { folder, pool, key, entries: 0 };
        log.append(random, entries).await;
        log
    }

    /// Appends random entries.
    pub(super) async fn append(&mut self, random: &mut Random, count: i64) {
        let mut tx = self.pool.begin_write().await.unwrap();
        let end = log::end(&mut tx).await.unwrap();
        let records: Vec<_> = (self.entries..self.entries + count)
            .map(|number| {
                let mut person = |name: &str| AuditPerson {
                    id: UserId(Uuid::from_bytes(random.bytes())),
                    name: name.into(),
                };
                let reason = Some("“Ünder”\n\u{2028}".to_owned());
                let entry = Entry {
                    actor: Some(person("Zoë 😀")),
                    target: (number % 3 == 0).then(|| person("ben@x.example")),
                    details: AuditDetails { reason, ..AuditDetails::default() },
                    ..Entry::of(Action::ViewStarted, START + TimeDelta::minutes(number))
                };
                entry.record(&self.key, Uuid::from_bytes(random.bytes())).unwrap()
            })
            .collect();
        let end = append(&mut tx, &self.key, end, &records).await.unwrap();
        write_shared_head(&mut tx, &self.key, end).await.unwrap();
        tx.commit().await.unwrap();
        write_head(&head_file(self.folder.path()), &self.key, end).unwrap();
        self.entries += count;
    }

    /// Seals and deletes the oldest entries up to `up_to`, at most `count`. Archives them if there is a folder. Returns
    /// the last sealed entry.
    pub(super) async fn seal(
        &self,
        up_to: i64,
        count: usize,
        archive: Option<&Path>,
    ) -> Option<(i64, Option<PathBuf>)> {
        let limits = SealLimits { before: i64::MAX, up_to, count };
        let mut tx = self.pool.begin_write().await.unwrap();
        let old = OldEntries::select(&mut tx, &self.key, limits).await.unwrap()?;
        let nodes = old.nodes(&mut tx).await.unwrap();
        let file = archive.map(|folder| write_archive(folder, &old, &nodes).unwrap());
        old.seal(&mut tx, &self.key, 7).await.unwrap();
        tx.commit().await.unwrap();
        Some((old.range().1, file))
    }

    fn head(&self) -> StoredHead {
        read_head(&head_file(self.folder.path()), &self.key).unwrap()
    }

    async fn verified(&self, files: &[PathBuf]) -> String {
        verify_log_and_files(self.folder.path(), files).await.unwrap_or_else(|error| error.to_string())
    }

    /// Returns what the check finds after a manipulation without triggers, which is undone.
    async fn found_after(&self, sql: impl Into<String>) -> String {
        let mut tx = self.pool.begin_write().await.unwrap();
        sql::raw_sql(either(
            "DROP TRIGGER audit_segments_change_nothing; DROP TRIGGER audit_segments_remove_nothing;
             DROP TRIGGER audit_removes_nothing; DROP TRIGGER audit_appends_only; DROP TRIGGER audit_changes_nothing",
            "ALTER TABLE audit_segments DISABLE TRIGGER USER; ALTER TABLE audit DISABLE TRIGGER USER",
        ))
        .execute(&mut tx)
        .await
        .unwrap();
        sql::query_built(sql.into()).execute(&mut tx).await.unwrap();
        let found = check(&mut tx, &self.key, self.head()).await.unwrap();
        tx.rollback().await.unwrap();
        found.map_or_else(|error| error.to_string(), |verified| verified.summary())
    }

    /// Returns the error of a statement that the triggers refuse.
    async fn refusal_of(&self, sql: &'static str) -> String {
        let mut tx = self.pool.begin_write().await.unwrap();
        let error = sql::raw_sql(sql).execute(&mut tx).await.expect_err(sql).to_string();
        tx.rollback().await.unwrap();
        error
    }
}

async fn numbers(tx: &mut Tx, sql: &'static str) -> Vec<(i64, i64)> {
    sql::query_as(sql).fetch_all(tx).await.unwrap()
}

#[tokio::test]
async fn the_rest_of_a_sealed_log_verifies_and_each_manipulation_is_named() {
    for round in 0..rounds(8) {
        let mut random = Random::new(round as u64);
        let entries = 12 + i64::try_from(random.below(40)).unwrap();
        let mut log = TestLog::new(&mut random, entries).await;
        let original: Vec<(i64, Vec<u8>)> = sql::query_as("SELECT seq, hash FROM audit")
            .fetch_all(&mut log.pool.begin_read().await.unwrap())
            .await
            .unwrap();
        let summary = log.verified(&[]).await;
        let up_to = 4 + i64::try_from(random.below(entries.unsigned_abs() - 6)).unwrap();
        let mut pieces = 0;
        while let Some((last, _)) = log.seal(up_to, 1 + usize::try_from(random.below(5)).unwrap(), None).await
        {
            pieces += 1;
            let sealed = format!(", entries 1 to {last} deleted and sealed in {pieces} segments");
            assert_eq!(log.verified(&[]).await, format!("{summary}{sealed}"));
        }
        let segments = numbers(
            &mut log.pool.begin_read().await.unwrap(),
            "SELECT first_entry, last_entry FROM audit_segments ORDER BY first_entry",
        )
        .await;
        assert_eq!((segments.len(), segments.last().map(|segment| segment.1)), (pieces, Some(up_to)));

        // Any change of a segment.
        let &(first, last) = random.pick(&segments);
        for change in [
            "last_entry = last_entry + 1000",
            "hash_before = seal",
            "hash_after = hash_before",
            "first_at = first_at + 1",
            "last_at = last_at - 1",
            "sealed_at = 0",
            "reason = 'other'",
            "seal = hash_after",
        ] {
            let found = log
                .found_after(format!("UPDATE audit_segments SET {change} WHERE first_entry = {first}"))
                .await;
            let expected = format!("the seal of the deleted entries from entry {first} on is invalid");
            assert!(found.starts_with(&expected), "{change}: {found}");
        }
        let moved = first + 500;
        let found = log
            .found_after(format!(
                "UPDATE audit_segments SET first_entry = {moved} WHERE first_entry = {first}"
            ))
            .await;
        assert!(found.contains(&format!("from entry {moved} on is invalid")), "{found}");
        // A deleted segment.
        let found = log.found_after(format!("DELETE FROM audit_segments WHERE first_entry = {first}")).await;
        assert!(
            found.starts_with(&format!("entries {first} to {last} are missing from the audit log")),
            "{found}"
        );
        let found = log.found_after("DELETE FROM audit_segments").await;
        assert!(
            found.starts_with(&format!("entries 1 to {up_to} are missing from the audit log")),
            "{found}"
        );
        // An entry with the number of a sealed one.
        let (seq, _) = &original[usize::try_from(random.below(up_to.unsigned_abs())).unwrap()];
        let found = log.found_after(format!("UPDATE audit SET seq = {seq} WHERE seq = {}", up_to + 1)).await;
        assert_eq!(
            found,
            format!(
                "audit log entry {seq} was inserted: the entries up to entry {up_to} were sealed and deleted"
            )
        );
        // The rest of the log.
        let rest = up_to + 1;
        let found =
            log.found_after(format!("UPDATE audit SET action = 'user.removed' WHERE seq = {rest}")).await;
        assert_eq!(found, format!("audit log entry {rest} was changed: its hash does not match"));
        let found = log.found_after(format!("DELETE FROM audit WHERE seq = {rest}")).await;
        assert!(found.starts_with(&format!("entries {rest} to {rest} are missing")), "{found}");
        let found = log.found_after(format!("UPDATE audit SET action = 'x' WHERE seq = {entries}")).await;
        assert_eq!(found, format!("audit log entry {entries} was changed: its hash does not match"));
        let found = log.found_after(format!("DELETE FROM audit WHERE seq = {entries}")).await;
        assert!(found.contains("end of the audit log"), "{found}");
        let found = log.found_after("DELETE FROM audit").await;
        assert_eq!(
            found,
            format!(
                "the audit log has no entries after the sealed entry {up_to}, although its last entry is never deleted"
            )
        );

        // The log continues.
        log.append(&mut random, 3).await;
        open_store(log.folder.path()).await.close().await;
        assert!(log.verified(&[]).await.contains(&format!("audit log verified: {} entries", entries + 3)));
    }
}

#[tokio::test]
async fn triggers_refuse_other_changes_of_sealed_parts() {
    let log = TestLog::new(&mut Random::new(1), 10).await;
    assert_eq!(log.seal(4, 100, None).await.map(|sealed| sealed.0), Some(4));
    for (sql, refusal) in [
        ("UPDATE audit_segments SET reason = 'x'", "never changed"),
        ("DELETE FROM audit_segments", "removed"),
        ("DELETE FROM audit WHERE seq = 5", "only sealed entries can be deleted"),
        ("DELETE FROM audit", "only sealed entries can be deleted"),
        ("UPDATE audit SET seq = 4 WHERE seq = 5", "never changed"),
    ] {
        let error = log.refusal_of(sql).await;
        assert!(error.contains(refusal), "{sql}: {error}");
    }
    let copy = "INSERT INTO audit (seq, id, at, action, details, hash, format) \
         SELECT 4, hash, at, action, details, hash, format FROM audit WHERE seq = 5";
    assert!(log.refusal_of(copy).await.contains("only grows, at its end"));
    if log.pool.dialect() == Dialect::Postgres {
        assert!(log.refusal_of("TRUNCATE audit").await.contains("never shortened"));
        assert!(log.refusal_of("TRUNCATE audit_segments").await.contains("never changed or removed"));
    }
}

#[tokio::test]
async fn the_last_entry_and_a_manipulated_log_stay() {
    let log = TestLog::new(&mut Random::new(2), 10).await;
    let mut tx = log.pool.begin_write().await.unwrap();
    let all = SealLimits { before: i64::MAX, up_to: i64::MAX, count: 100 };
    let select = async |tx: &mut Tx, limits| {
        OldEntries::select(tx, &log.key, limits).await.unwrap().map(|old| old.range())
    };
    assert_eq!(select(&mut tx, all).await, Some((1, 9)));
    assert_eq!(select(&mut tx, SealLimits { up_to: 3, ..all }).await, Some((1, 3)));
    assert_eq!(select(&mut tx, SealLimits { up_to: 0, ..all }).await, None);
    let before = (START + TimeDelta::minutes(5)).timestamp_millis();
    assert_eq!(select(&mut tx, SealLimits { before, ..all }).await, Some((1, 5)));
    // Entries whose texts were erased meanwhile are others.
    let selected = OldEntries::select(&mut tx, &log.key, all).await.unwrap();
    assert_eq!(OldEntries::select(&mut tx, &log.key, all).await.unwrap(), selected);
    erase_before(&mut tx, before, 0, 1).await.unwrap();
    assert_ne!(OldEntries::select(&mut tx, &log.key, all).await.unwrap(), selected);
    sql::raw_sql(either(
        "DROP TRIGGER audit_changes_nothing",
        "ALTER TABLE audit DISABLE TRIGGER audit_changes_nothing",
    ))
    .execute(&mut tx)
    .await
    .unwrap();
    sql::raw_sql("UPDATE audit SET action = 'x' WHERE seq = 5").execute(&mut tx).await.unwrap();
    assert_eq!(select(&mut tx, all).await, None);
    assert_eq!(select(&mut tx, SealLimits { up_to: 4, ..all }).await, Some((1, 4)));
}

#[tokio::test]
async fn a_head_that_is_older_than_the_sealed_part_is_accepted() {
    let log = TestLog::new(&mut Random::new(3), 20).await;
    let file = head_file(log.folder.path());
    let hash_at =
        async |seq| log::hash_at(&mut log.pool.begin_read().await.unwrap(), seq).await.unwrap().unwrap();
    let (inside, last) =
        (Head { entries: 5, hash: hash_at(5).await }, Head { entries: 8, hash: hash_at(8).await });
    log.seal(8, 100, None).await.unwrap();
    for head in [Head::EMPTY, inside, last] {
        write_head(&file, &log.key, head).unwrap();
        let message = log.verified(&[]).await;
        assert!(message.starts_with("audit log verified: 20 entries"), "{head:?}: {message}");
        open_store(log.folder.path()).await.close().await;
        assert_eq!(log.verified(&[]).await, message);
        assert!(matches!(log.head(), StoredHead::Valid(Head { entries: 20, .. })));
    }
    write_head(&file, &log.key, Head { hash: inside.hash, ..last }).unwrap();
    assert_eq!(
        log.verified(&[]).await,
        "the end of the audit log was replaced: entry 8 does not match the head file"
    );
}

#[tokio::test]
async fn archives_are_verified_against_the_seals_and_the_log() {
    let mut random = Random::new(4);
    let log = TestLog::new(&mut random, 30).await;
    let folder = log.folder.path().join("archive");
    let mut files = Vec::new();
    while let Some((_, file)) = log.seal(20, 7, Some(&folder)).await {
        files.extend(file);
    }
    assert_eq!(files.len(), 3);
    let message = log.verified(&files).await;
    let lines: Vec<_> = message.lines().skip(1).collect();
    let expected: Vec<_> = files
        .iter()
        .zip(["1 to 7", "8 to 14", "15 to 20"])
        .map(|(file, range)| format!("{}: entries {range} verified", file.display()))
        .collect();
    assert_eq!(lines, expected);

    let joined = log.folder.path().join("joined.jsonl");
    let text: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let all = text.concat();
    let verify = async |text: &str| {
        std::fs::write(&joined, text).unwrap();
        let message = log.verified(std::slice::from_ref(&joined)).await;
        message.lines().last().unwrap().trim_start_matches(&format!("{}: ", joined.display())).to_owned()
    };
    assert_eq!(verify(&all).await, "entries 1 to 20 verified");
    let incomplete = format!("{}\n{{\"seq\":\n{all}", &all[..all.len() - 9]);
    assert_eq!(
        verify(&incomplete).await,
        "entries 1 to 20 verified, 19 repeated, 2 incomplete or other lines skipped"
    );
    let part: Vec<_> =
        all.lines().take(9).map(|line| format!("<110>1 - host studio-users 1 - - {line}")).collect();
    let part = part.join("\n");
    assert_eq!(
        verify(&part).await,
        "entries 1 to 9 verified, the last 2 by their own hashes only, because the file ends within a sealed part"
    );
    assert_eq!(verify("").await, "it contains no entries");
    assert_eq!(verify(&all.replacen("view.started", "view.refused", 1)).await, "entry 1 was changed");
    assert_eq!(verify(&all.replacen("Zoë", "Zoé", 1)).await, "entry 1 was changed");
    let without: Vec<_> = all.lines().filter(|line| !line.contains("\"seq\":12,")).collect();
    let without = without.join("\n");
    assert_eq!(verify(&without).await, "entries 12 to 12 are missing");

    // The log of another key is neither archived nor deleted.
    let other = TestLog::new(&mut random, 10).await;
    write_key(other.folder.path(), &log.key).unwrap();
    let mut tx = other.pool.begin_write().await.unwrap();
    let old = SealLimits { before: i64::MAX, up_to: 7, count: 7 };
    assert_eq!(OldEntries::select(&mut tx, &log.key, old).await.unwrap(), None);
    assert!(other.verified(&[]).await.contains("does not match the key"));
}
