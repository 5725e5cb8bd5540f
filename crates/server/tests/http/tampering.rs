//! Manipulations of the audit log, and how `verify-audit` detects them.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use studio_users_contract::path;
use tempfile::TempDir;

use crate::database::{
    self, copy_folder, count, digits, either, fail, is_postgres, recover, texts, try_execute,
};
use crate::server::{Server, error_of, run, stdout_of, token_of};

/// Changes the database like an attacker with write access to it, who first disables the triggers.
pub(crate) fn execute(data: &Path, sql: &str) {
    let disable = either(
        "DROP TRIGGER IF EXISTS audit_appends_only; DROP TRIGGER IF EXISTS audit_changes_nothing; \
         DROP TRIGGER IF EXISTS audit_removes_nothing",
        "ALTER TABLE audit DISABLE TRIGGER USER",
    );
    database::execute(data, &format!("{disable}; {sql}"));
}

/// Asserts that `verify-audit` fails. Returns its error.
fn verify_error(data: &Path) -> String {
    error_of(data, &["verify-audit"])
}

fn demo_log() -> TempDir {
    Server::demo("60").stop().1
}

pub(crate) fn head_entries(data: &Path) -> i64 {
    let head: Value = serde_json::from_slice(&std::fs::read(data.join("audit.head")).unwrap()).unwrap();
    head["entries"].as_i64().unwrap()
}

#[test]
fn verifies_an_intact_log_with_and_without_a_running_server() {
    let server = Server::demo("60");
    let before = count(server.data.path(), "audit");
    server.sign_in_as("Maud");
    let message = stdout_of(&run(server.data.path(), &["verify-audit"]));
    assert!(
        message.starts_with(&format!("audit log verified: {} entries since 20", before + 1)),
        "{message}"
    );
    assert_eq!(head_entries(server.data.path()), before + 1);
    let (_, data) = server.stop();
    assert_eq!(stdout_of(&run(data.path(), &["verify-audit"])), message);
    let empty = Server::start(&[]).stop().1;
    assert!(stdout_of(&run(empty.path(), &["verify-audit"])).contains("empty"));
}

#[test]
fn triggers_prevent_changes_of_the_table() {
    let data = demo_log();
    let insert = either(
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 3",
        "INSERT INTO audit SELECT * FROM audit WHERE seq = 3 ON CONFLICT (seq) DO UPDATE SET at = 0",
    );
    for sql in [
        "UPDATE audit SET at = 0 WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        "DELETE FROM audit",
        insert,
    ] {
        let error = try_execute(data.path(), sql).unwrap_err();
        assert!(error.to_string().contains("the audit log"), "{error}");
    }
    if is_postgres() {
        let error = try_execute(data.path(), "TRUNCATE audit").unwrap_err();
        assert!(error.to_string().contains("the audit log"), "{error}");
    }
}

#[test]
fn detects_each_manipulation_of_the_table() {
    let data = demo_log();
    let end = count(data.path(), "audit");
    assert!(end > 100);
    let mut cases = vec![
        ("DELETE FROM audit WHERE seq = 20".to_owned(), "entries 20 to 20 are missing".to_owned()),
        ("DELETE FROM audit WHERE seq BETWEEN 20 AND 22".into(), "entry 23 follows entry 19".into()),
        ("DELETE FROM audit WHERE seq < 4".into(), "entries 1 to 3 are missing".into()),
        (
            "DELETE FROM audit WHERE seq = 20; UPDATE audit SET seq = -seq WHERE seq > 20; \
             UPDATE audit SET seq = -seq - 1 WHERE seq < 0"
                .into(),
            "audit log entry 20 was changed".into(),
        ),
        (
            "DELETE FROM audit WHERE seq > 90".into(),
            format!(
                "the end of the audit log is missing: the head file records {end} entries, but the log ends at 90"
            ),
        ),
        ("DELETE FROM audit".into(), "the log ends at 0".into()),
        (
            "UPDATE audit SET seq = -1 WHERE seq = 20; UPDATE audit SET seq = 20 WHERE seq = 21; \
             UPDATE audit SET seq = 21 WHERE seq = -1"
                .into(),
            "the order of the audit log was changed: entry 20 belongs after entry 21".into(),
        ),
        ("UPDATE audit SET hash = id WHERE seq = 20".into(), "audit log entry 20 was changed".into()),
        (format!("UPDATE audit SET at = at + 1 WHERE seq = {end}"), format!("audit log entry {end} ")),
    ];
    let edits = [
        either("id = randomblob(16)", "id = uuid_send(gen_random_uuid())"),
        "at = at + 1",
        either("at = 'x'", "at = -9223372036854775808"),
        "action = 'user.removed'",
        "actor = id",
        "actor_name = 'Eve'",
        "target = hash",
        "target_name = 'Eve'",
        "node = 99",
        "view = id",
        "details = '{}x'",
    ];
    cases.extend(edits.map(|edit| {
        (format!("UPDATE audit SET {edit} WHERE seq = 20"), "audit log entry 20 was changed".into())
    }));
    for (sql, expected) in cases {
        let copy = copy_folder(data.path());
        execute(copy.path(), &sql);
        let message = verify_error(copy.path());
        assert!(message.contains(&expected), "{sql}: {message}");
    }
}

#[test]
fn detects_a_chain_rewritten_without_the_key() {
    // Demos of different sizes have different keys.
    let (data, other) = (Server::demo("40").stop().1, demo_log());
    let data = {
        let replaced = copy_folder(other.path());
        std::fs::copy(data.path().join("audit.key"), replaced.path().join("audit.key")).unwrap();
        replaced
    };
    assert!(verify_error(data.path()).contains("from entry 1 on, the audit log does not match the key"));

    // Changes an entry, and rewrites all later hashes and the head as far as possible without the key.
    let data = copy_folder(other.path());
    execute(data.path(), "UPDATE audit SET actor_name = 'Eve' WHERE seq = 20");
    let row = format!("CAST(seq AS TEXT) || ' ' || {} || ' ' || details", hex("hash"));
    let rows = texts(data.path(), &format!("SELECT {row} FROM audit WHERE seq >= 19 ORDER BY seq"));
    let (mut entries, mut hash) = ("", Vec::new());
    let mut rewrite = String::new();
    for row in &rows {
        let mut parts = row.splitn(3, ' ');
        let [seq, stored, details] = [(); 3].map(|()| parts.next().unwrap());
        if hash.is_empty() {
            hash = bytes(stored);
            continue;
        }
        hash = Sha256::digest([&hash[..], details.as_bytes()].concat()).to_vec();
        let digits = digits(&hash);
        let value = either(format!("x'{digits}'"), format!("decode('{digits}', 'hex')"));
        write!(rewrite, "UPDATE audit SET hash = {value} WHERE seq = {seq}; ").unwrap();
        entries = seq;
    }
    execute(data.path(), &rewrite);
    let entries = entries.parse().unwrap();
    forge_head(data.path(), entries, &hash);
    assert!(verify_error(data.path()).contains("from entry 20 on"));
}

/// Returns the SQL of a column as hexadecimal digits.
fn hex(column: &str) -> String {
    either(format!("lower(hex({column}))"), format!("encode({column}, 'hex')"))
}

fn bytes(digits: &str) -> Vec<u8> {
    let byte = |index: usize| u8::from_str_radix(&digits[index..index + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn forge_head(data: &Path, entries: i64, hash: &[u8]) {
    use base64::Engine;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let seal = encode(&Sha256::digest(hash));
    let head = json!({ "entries": entries, "hash": encode(hash), "seal": seal });
    std::fs::write(data.join("audit.head"), head.to_string()).unwrap();
}

#[test]
fn detects_an_invalid_head_and_a_missing_key() {
    let data = demo_log();
    let truncated = copy_folder(data.path());
    execute(truncated.path(), "DELETE FROM audit WHERE seq > 90");
    let last = format!("SELECT {} FROM audit WHERE seq = 90", hex("hash"));
    let hash = bytes(&texts(truncated.path(), &last)[0]);
    forge_head(truncated.path(), 90, &hash);
    assert!(verify_error(truncated.path()).contains("the head file is invalid"));
    std::fs::remove_file(truncated.path().join("audit.head")).unwrap();
    // A new backend has no file yet. The head in the database remains.
    let missing_head = either("the head file is missing", "the end of the audit log");
    assert!(verify_error(truncated.path()).contains(missing_head));
    // A server does not repair the head, and does not stop serving.
    let server = Server::start_on(truncated, &["--demo", "60"]);
    assert_eq!(server.request("GET", path::HEALTH, &[], b"").status, 204);
    let (_, truncated) = server.stop();
    assert!(verify_error(truncated.path()).contains(missing_head));

    std::fs::remove_file(data.path().join("audit.key")).unwrap();
    assert!(verify_error(data.path()).contains("the key file"));
    let message = error_of(data.path(), &["serve", "--listen", "127.0.0.1:0", "--demo", "60"]);
    let expected = either("audit.key is missing, but the audit log has", "audit.key is missing, but");
    assert!(message.contains(expected), "{message}");
    assert!(!data.path().join("audit.key").exists());
}

#[test]
fn detects_a_missing_end_after_later_entries() {
    let data = demo_log();
    let head_count = head_entries(data.path());
    execute(data.path(), &format!("DELETE FROM audit WHERE seq > {}", head_count - 2));
    let server = Server::start_on(data, &["--demo", "60"]);
    for _ in 0..5 {
        server.sign_in_as("Ingrid");
    }
    assert_eq!(head_entries(server.data.path()), head_count);
    let expected = format!("entry {head_count} does not match the head file");
    assert!(verify_error(server.data.path()).contains(&expected));

    // Also if entries are deleted while the server runs.
    let server = Server::demo("60");
    let head_count = head_entries(server.data.path());
    execute(server.data.path(), &format!("DELETE FROM audit WHERE seq > {}", head_count - 2));
    for _ in 0..5 {
        server.sign_in_as("Ingrid");
    }
    assert_eq!(head_entries(server.data.path()), head_count);
    assert!(verify_error(server.data.path()).contains("was replaced"));
}

#[test]
fn repairs_the_head_after_a_crash() {
    let server = Server::demo("60");
    let old = std::fs::read(server.data.path().join("audit.head")).unwrap();
    for _ in 0..3 {
        server.sign_in_as("Ingrid");
    }
    let head_count = head_entries(server.data.path());
    let data = server.kill();
    std::fs::write(data.path().join("audit.head"), old).unwrap();
    assert!(
        stdout_of(&run(data.path(), &["verify-audit"]))
            .starts_with(&format!("audit log verified: {head_count} entries"))
    );
    let server = Server::start_on(data, &["--demo", "60"]);
    assert_eq!(head_entries(server.data.path()), head_count);
}

#[test]
fn the_log_contains_every_answered_request_after_a_kill() {
    let mut server = Server::demo("60");
    for _ in 0..8 {
        let before = count(server.data.path(), "audit");
        let cookie = server.sign_in_as("Maud").cookie;
        let data = server.kill();
        let message = stdout_of(&run(data.path(), &["verify-audit"]));
        assert!(message.starts_with(&format!("audit log verified: {} entries", before + 1)), "{message}");
        assert_eq!(head_entries(data.path()), before + 1);
        server = Server::start_on(data, &["--demo", "60"]);
        assert_eq!(crate::server::Client { server: &server, cookie }.get(path::SESSION).status, 200);
    }
}

#[test]
fn concurrent_changes_add_one_entry_each() {
    let server = Server::demo("60");
    let before = count(server.data.path(), "audit");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..25).for_each(|_| _ = server.sign_in_as("Ingrid")));
        }
    });
    assert_eq!(count(server.data.path(), "audit"), before + 100);
    assert_eq!(head_entries(server.data.path()), before + 100);
    stdout_of(&run(server.data.path(), &["verify-audit"]));
}

#[test]
fn changes_fail_if_they_cannot_be_recorded() {
    let server = Server::start(&[]);
    let data = server.data.path();
    fail(data, "INSERT", "audit");
    let mut client = server.client();
    let response = client.sign_in(&server.token());
    assert_eq!(response.problem(), (503, "unavailable".into()));
    assert_eq!(response.header("set-cookie"), "");
    assert_eq!(count(server.data.path(), "sessions"), 0);
    recover(data, "audit");
    // The link is still valid.
    assert_eq!(client.sign_in(&server.token()).status, 201);
    fail(data, "INSERT", "audit");
    assert_eq!(client.send("DELETE", path::SESSION, b"").problem(), (503, "unavailable".into()));
    assert_eq!(client.get(path::SESSION).status, 200);
    recover(data, "audit");
    assert_eq!(client.send("DELETE", path::SESSION, b"").status, 204);
    let link = stdout_of(&run(server.data.path(), &["sign-in-link", "administrator@studio.localhost"]));
    assert_eq!(client.sign_in(&token_of(&link)).status, 201);
    assert!(
        stdout_of(&run(server.data.path(), &["verify-audit"])).starts_with("audit log verified: 4 entries")
    );
}

#[test]
fn an_older_head_in_the_database_does_not_hide_a_missing_end() {
    if !is_postgres() {
        eprintln!("skipped on SQLite: only the head of PostgreSQL is in the database");
        return;
    }
    let server = Server::demo("60");
    let data = server.data.path();
    let old = head_entries(data);
    // An attacker keeps the sealed head of an earlier time, and puts it back together with the end of the log.
    execute(data, "CREATE TABLE stolen AS SELECT * FROM audit_head");
    for _ in 0..3 {
        server.sign_in_as("Ingrid");
    }
    let (_, data) = server.stop();
    let end = head_entries(data.path());
    assert_eq!(end, old + 3);
    let head = "UPDATE audit_head SET entries = s.entries, hash = s.hash, seal = s.seal FROM stolen s";
    // A head that does not match the log is noticed by itself.
    let only_head = copy_folder(data.path());
    execute(only_head.path(), &format!("DELETE FROM audit WHERE seq > {old}"));
    let message = verify_error(only_head.path());
    assert!(message.contains("the end of the audit log"), "{message}");

    execute(data.path(), &format!("DELETE FROM audit WHERE seq > {old}; {head}"));
    let message = verify_error(data.path());
    let expected = format!("records {end} entries, but the log ends at {old}");
    assert!(message.contains(&expected), "{message}");
    let server = Server::start_on(data, &["--demo", "60"]);
    assert!(server.log().contains(&expected), "{}", server.log());
    server.sign_in_as("Ingrid");
    let (_, data) = server.stop();
    assert_eq!(head_entries(data.path()), end, "later entries do not hide the manipulation");
    verify_error(data.path());
}

#[test]
fn the_deletion_of_a_whole_log_in_a_database_is_noticed() {
    if !is_postgres() {
        eprintln!("skipped on SQLite: `missing_log` has its tests");
        return;
    }
    let data = demo_log();
    for sql in ["DELETE FROM audit", "DELETE FROM audit; DELETE FROM audit_head"] {
        for has_file in [true, false] {
            let copy = copy_folder(data.path());
            execute(copy.path(), sql);
            if !has_file {
                std::fs::remove_file(copy.path().join("audit.head")).unwrap();
            }
            eprintln!("{sql}, {has_file}");
            verify_error(copy.path());
            let server = Server::start_on(copy, &["--demo", "60"]);
            assert!(server.log().contains("AUDIT LOG"), "{sql}, {has_file}: {}", server.log());
            server.sign_in_as("Ingrid");
            verify_error(server.data.path());
        }
    }
}
