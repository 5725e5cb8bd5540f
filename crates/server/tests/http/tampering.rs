use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use studio_users_contract::path;
use tempfile::TempDir;

use crate::server::{Server, binary, printed, run, token_of};

/// Who can write to the database's file, and takes the triggers away first.
fn attack<T>(data: &Path, work: impl AsyncFnOnce(&mut SqliteConnection) -> T) -> T {
    let options = SqliteConnectOptions::new().filename(data.join("studio-users.db"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        for trigger in ["audit_appends_only", "audit_changes_nothing", "audit_removes_nothing"] {
            let sql = format!("DROP TRIGGER IF EXISTS {trigger}");
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
        let done = work(&mut connection).await;
        connection.close().await.unwrap();
        done
    })
}

fn execute(data: &Path, sql: &str) {
    attack(data, async |connection| {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.unwrap();
    });
}

fn count(data: &Path, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    attack(data, async |connection| {
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await.unwrap()
    })
}

/// The sentence with which the log is found not to be whole.
fn finding(data: &Path) -> String {
    let output = run(data, &["verify-audit"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    said
}

fn copy(data: &Path) -> TempDir {
    let copy = TempDir::new().unwrap();
    for name in ["studio-users.db", "audit.key", "audit.head"] {
        std::fs::copy(data.join(name), copy.path().join(name)).unwrap();
    }
    copy
}

fn a_log() -> TempDir {
    Server::demo("60").stop().1
}

fn entries_kept(data: &Path) -> i64 {
    let head: Value = serde_json::from_slice(&std::fs::read(data.join("audit.head")).unwrap()).unwrap();
    head["entries"].as_i64().unwrap()
}

#[test]
fn a_whole_log_is_found_whole_beside_a_server_and_without_one() {
    let server = Server::demo("60");
    let before = count(server.data.path(), "audit");
    server.as_person("Maud");
    let said = printed(&run(server.data.path(), &["verify-audit"]));
    assert!(said.starts_with(&format!("{} entries are whole, since 20", before + 1)), "{said}");
    assert_eq!(entries_kept(server.data.path()), before + 1);
    let (_, data) = server.stop();
    assert_eq!(printed(&run(data.path(), &["verify-audit"])), said);
    let empty = Server::start(&[]).stop().1;
    assert!(printed(&run(empty.path(), &["verify-audit"])).contains("empty"));
}

#[test]
fn the_tables_own_triggers_refuse_what_an_attacker_must_first_take_them_away_for() {
    let data = a_log();
    let options = SqliteConnectOptions::new().filename(data.path().join("studio-users.db"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        for sql in [
            "UPDATE audit SET at = 0 WHERE seq = 3",
            "DELETE FROM audit WHERE seq = 3",
            "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 3",
        ] {
            let error = sqlx::raw_sql(sql).execute(&mut connection).await.unwrap_err();
            assert!(error.to_string().contains("the audit log"), "{error}");
        }
    });
}

#[test]
fn every_tampering_with_the_table_is_found() {
    let data = a_log();
    let end = count(data.path(), "audit");
    assert!(end > 100);
    let mut cases = vec![
        ("DELETE FROM audit WHERE seq = 20".to_owned(), "entries 20 to 20 are missing".to_owned()),
        ("DELETE FROM audit WHERE seq BETWEEN 20 AND 22".into(), "entry 23 follows entry 19".into()),
        ("DELETE FROM audit WHERE seq < 4".into(), "entries 1 to 3 are missing".into()),
        (
            "DELETE FROM audit WHERE seq = 20; UPDATE audit SET seq = seq - 1 WHERE seq > 20".into(),
            "entry 20 of the audit log was edited".into(),
        ),
        (
            "DELETE FROM audit WHERE seq > 90".into(),
            format!("the tail of the audit log was cut: the head says {end} entries, the log ends at 90"),
        ),
        ("DELETE FROM audit".into(), "the log ends at 0".into()),
        (
            "UPDATE audit SET seq = -1 WHERE seq = 20; UPDATE audit SET seq = 20 WHERE seq = 21; \
             UPDATE audit SET seq = 21 WHERE seq = -1"
                .into(),
            "the order of the audit log was changed: entry 20 belongs after entry 21".into(),
        ),
        (
            "UPDATE audit SET hash = x'00' WHERE seq = 20".into(),
            "entry 20 of the audit log was edited".into(),
        ),
        (format!("UPDATE audit SET at = at + 1 WHERE seq = {end}"), format!("entry {end} of the audit log")),
    ];
    let edits = [
        "id = randomblob(16)",
        "at = at + 1",
        "at = 'x'",
        "action = 'user.removed'",
        "actor = randomblob(16)",
        "actor_name = 'Eve'",
        "target = x'00'",
        "target_name = 'Eve'",
        "node = 99",
        "view = randomblob(16)",
        "details = '{}x'",
    ];
    cases.extend(edits.map(|edit| {
        (format!("UPDATE audit SET {edit} WHERE seq = 20"), "entry 20 of the audit log was edited".into())
    }));
    for (sql, expected) in cases {
        let copy = copy(data.path());
        execute(copy.path(), &sql);
        let said = finding(copy.path());
        assert!(said.contains(&expected), "{sql}: {said}");
    }
}

#[test]
fn a_chain_rebuilt_without_the_key_is_found() {
    let (data, other) = (a_log(), a_log());
    for name in ["studio-users.db", "audit.head"] {
        std::fs::copy(other.path().join(name), data.path().join(name)).unwrap();
    }
    assert!(finding(data.path()).contains("from entry 1 on, no entry of the audit log fits the key"));

    // One entry is edited, and every hash after it made anew as well as it can be without the key; the head too.
    let data = copy(other.path());
    let (entries, hash) = attack(data.path(), async |connection| {
        sqlx::raw_sql("UPDATE audit SET actor_name = 'Eve' WHERE seq = 20")
            .execute(&mut *connection)
            .await
            .unwrap();
        let rows = sqlx::query("SELECT seq, hash, details FROM audit WHERE seq >= 19 ORDER BY seq")
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        let mut hash: Vec<u8> = rows[0].get(1);
        for row in &rows[1..] {
            hash = Sha256::digest([&hash[..], row.get::<&[u8], _>(2)].concat()).to_vec();
            sqlx::query("UPDATE audit SET hash = ? WHERE seq = ?")
                .bind(&hash)
                .bind(row.get::<i64, _>(0))
                .execute(&mut *connection)
                .await
                .unwrap();
        }
        (rows.last().unwrap().get::<i64, _>(0), hash)
    });
    forge_head(data.path(), entries, &hash);
    assert!(finding(data.path()).contains("from entry 20 on"));
}

fn forge_head(data: &Path, entries: i64, hash: &[u8]) {
    use base64::Engine;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let seal = encode(&Sha256::digest(hash));
    let head = json!({ "entries": entries, "hash": encode(hash), "seal": seal });
    std::fs::write(data.join("audit.head"), head.to_string()).unwrap();
}

#[test]
fn a_head_without_its_seal_and_a_key_that_is_gone_are_findings() {
    let data = a_log();
    let cut = copy(data.path());
    let hash: Vec<u8> = attack(cut.path(), async |connection| {
        sqlx::raw_sql("DELETE FROM audit WHERE seq > 90").execute(&mut *connection).await.unwrap();
        sqlx::query_scalar("SELECT hash FROM audit WHERE seq = 90").fetch_one(connection).await.unwrap()
    });
    forge_head(cut.path(), 90, &hash);
    assert!(finding(cut.path()).contains("the head file is forged"));
    std::fs::remove_file(cut.path().join("audit.head")).unwrap();
    assert!(finding(cut.path()).contains("the head file is missing"));
    // A server neither heals it nor stops serving.
    let server = Server::start_on(cut, &["--admin", "maud@northwind.example"]);
    assert_eq!(server.request("GET", path::HEALTH, &[], b"").status, 204);
    let (_, cut) = server.stop();
    assert!(finding(cut.path()).contains("the head file is missing"));

    std::fs::remove_file(data.path().join("audit.key")).unwrap();
    assert!(finding(data.path()).contains("the key is missing"));
    let output =
        binary().args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("audit.key is missing, while the audit log has"), "{said}");
    assert!(!data.path().join("audit.key").exists());
}

#[test]
fn a_cut_tail_is_not_hidden_by_what_is_written_after_it() {
    let data = a_log();
    let kept = entries_kept(data.path());
    execute(data.path(), &format!("DELETE FROM audit WHERE seq > {}", kept - 2));
    let server = Server::start_on(data, &["--demo", "60"]);
    for _ in 0..5 {
        server.as_person("Ingrid");
    }
    assert_eq!(entries_kept(server.data.path()), kept);
    let expected = format!("entry {kept} is not the one that the head was kept for");
    assert!(finding(server.data.path()).contains(&expected));

    // Nor by a cut while the server runs.
    let server = Server::demo("60");
    let kept = entries_kept(server.data.path());
    execute(server.data.path(), &format!("DELETE FROM audit WHERE seq > {}", kept - 2));
    for _ in 0..5 {
        server.as_person("Ingrid");
    }
    assert_eq!(entries_kept(server.data.path()), kept);
    assert!(finding(server.data.path()).contains("was cut and written anew"));
}

#[test]
fn a_log_is_whole_after_a_crash_between_a_commit_and_its_head() {
    let server = Server::demo("60");
    let old = std::fs::read(server.data.path().join("audit.head")).unwrap();
    for _ in 0..3 {
        server.as_person("Ingrid");
    }
    let kept = entries_kept(server.data.path());
    let data = server.kill();
    std::fs::write(data.path().join("audit.head"), old).unwrap();
    assert!(printed(&run(data.path(), &["verify-audit"])).starts_with(&format!("{kept} entries")));
    let server = Server::start_on(data, &["--demo", "60"]);
    assert_eq!(entries_kept(server.data.path()), kept);
}

#[test]
fn what_was_answered_is_in_the_log_whenever_the_server_is_killed() {
    let mut server = Server::demo("60");
    for _ in 0..8 {
        let before = count(server.data.path(), "audit");
        let cookie = server.as_person("Maud").cookie;
        let data = server.kill();
        let said = printed(&run(data.path(), &["verify-audit"]));
        assert!(said.starts_with(&format!("{} entries are whole", before + 1)), "{said}");
        assert_eq!(entries_kept(data.path()), before + 1);
        server = Server::start_on(data, &["--demo", "60"]);
        assert_eq!(crate::server::Visitor { server: &server, cookie }.get(path::SESSION).status, 200);
    }
}

#[test]
fn many_changes_at_once_are_one_entry_each_in_one_chain() {
    let server = Server::demo("60");
    let before = count(server.data.path(), "audit");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..25).for_each(|_| _ = server.as_person("Ingrid")));
        }
    });
    assert_eq!(count(server.data.path(), "audit"), before + 100);
    assert_eq!(entries_kept(server.data.path()), before + 100);
    printed(&run(server.data.path(), &["verify-audit"]));
}

#[test]
fn what_cannot_be_recorded_does_not_happen() {
    let server = Server::start(&[]);
    let trigger = "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END";
    let options = SqliteConnectOptions::new().filename(server.data.path().join("studio-users.db"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let run_sql = |sql: &'static str| {
        runtime.block_on(async {
            let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        });
    };
    run_sql(trigger);
    let mut visitor = server.visitor();
    let answer = visitor.sign_in(&server.token());
    assert_eq!(answer.problem(), (503, "unavailable".into()));
    assert_eq!(answer.header("set-cookie"), "");
    assert_eq!(count(server.data.path(), "sessions"), 0);
    run_sql("DROP TRIGGER full");
    // Not even the link is used up.
    assert_eq!(visitor.sign_in(&server.token()).status, 201);
    run_sql(trigger);
    assert_eq!(visitor.send("DELETE", path::SESSION, b"").problem(), (503, "unavailable".into()));
    assert_eq!(visitor.get(path::SESSION).status, 200);
    run_sql("DROP TRIGGER full");
    assert_eq!(visitor.send("DELETE", path::SESSION, b"").status, 204);
    let link = printed(&run(server.data.path(), &["sign-in-link", "administrator@studio.localhost"]));
    assert_eq!(visitor.sign_in(&token_of(&link)).status, 201);
    assert!(printed(&run(server.data.path(), &["verify-audit"])).starts_with("3 entries"));
}
