//! The command `migrate`, and the demo on PostgreSQL. They need a server, whose URL is in `STUDIO_USERS_TEST_POSTGRES`.

use std::env;
use std::path::Path;
use std::process::{Child, Stdio};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, PgConnection};
use studio_users_contract::path;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::audit_retention::{LATER, SealedDemo, verify};
use crate::database::use_files;
use crate::server::{Server, binary, error_of, stdout_of, wait_until};
use crate::tampering::execute;

/// A new database, and a connection to it.
struct Database {
    url: String,
    connection: PgConnection,
    runtime: Runtime,
}

impl Database {
    /// Creates the database. Without a server, prints a note and returns `None`.
    fn create(name: &str) -> Option<Self> {
        let Ok(server) = env::var("STUDIO_USERS_TEST_POSTGRES") else {
            println!("skipped: STUDIO_USERS_TEST_POSTGRES is not set");
            return None;
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let options: PgConnectOptions = server.parse().unwrap();
        let name = format!("studio_users_migrate_{name}");
        let connection = runtime.block_on(async {
            let mut connection = options.connect().await.unwrap();
            for sql in ["DROP DATABASE IF EXISTS", "CREATE DATABASE"] {
                let force = if sql.starts_with("DROP") { "WITH (FORCE)" } else { "" };
                connection.execute(AssertSqlSafe(format!("{sql} {name} {force}"))).await.unwrap();
            }
            options.clone().database(&name).connect().await.unwrap()
        });
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        Some(Self { url: url.into(), connection, runtime })
    }

    fn run(&mut self, sql: &'static str) {
        self.runtime.block_on(self.connection.execute(sql)).unwrap();
    }

    fn number(&mut self, sql: &'static str) -> i64 {
        self.runtime.block_on(sqlx::query_scalar(sql).fetch_one(&mut self.connection)).unwrap()
    }

    /// Waits until a copy waits for a lock of this connection.
    fn wait_for_blocked_copy(&mut self) {
        let database = std::cell::RefCell::new(self);
        wait_until("the copy waits for a lock", || {
            let mut database = database.borrow_mut();
            // The transaction of this connection would see the first result again.
            database.run("SELECT pg_stat_clear_snapshot()");
            database.number(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'studio-users-copy' \
                 AND datname = current_database() AND wait_event_type = 'Lock'",
            ) > 0
        });
    }
}

/// Starts a migration, and kills it while the database blocks it.
fn kill_in_the_middle(database: &mut Database, lock: &'static str, arguments: &[&str]) {
    database.run("BEGIN");
    database.run(lock);
    let mut command = binary();
    command.arg("migrate").args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child: Child = command.spawn().unwrap();
    database.wait_for_blocked_copy();
    child.kill().unwrap();
    child.wait().unwrap();
    database.run("ROLLBACK");
}

fn migrate(arguments: &[&str]) -> String {
    stdout_of(&binary().arg("migrate").args(arguments).output().unwrap())
}

/// Returns the error output of a migration that fails.
fn migration_error(arguments: &[&str]) -> String {
    let output = binary().arg("migrate").args(arguments).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    message
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn moves_to_postgres_and_back_also_after_interruptions() {
    use_files();
    let Some(mut database) = Database::create("moves") else { return };
    let (_, original) = Server::demo("300").stop();
    let (server, back) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let url = database.url.clone();
    let there = ["--from", text(original.path()), "--to", &url, "--data", text(server.path())];

    // Fails in the middle of the copy, which leaves the tables of the schema without rows.
    execute(
        original.path(),
        "UPDATE search_texts SET name = 'a' || char(0) WHERE user_pk = (SELECT max(user_pk) FROM search_texts)",
    );
    let error = migration_error(&there);
    assert!(error.contains("`search_texts`") && error.contains("U+0000"), "{error}");
    assert_eq!(database.number("SELECT count(*) FROM users"), 0);
    execute(
        original.path(),
        "UPDATE search_texts SET name = 'a' WHERE user_pk = (SELECT max(user_pk) FROM search_texts)",
    );

    kill_in_the_middle(&mut database, "LOCK TABLE audit_conversion IN SHARE MODE", &there);
    assert_eq!(database.number("SELECT count(*) FROM users"), 0);
    let report = migrate(&there);
    assert!(report.contains("users: 300 rows") && report.contains("audit log verified"), "{report}");
    assert_eq!(database.number("SELECT count(*) FROM users"), 300);

    // A repetition finds the complete copy.
    assert_eq!(migrate(&there), report);
    let other = Server::demo("40").stop().1;
    let error = migration_error(&["--from", text(other.path()), "--to", &url, "--data", text(other.path())]);
    assert!(error.contains("is not empty: it contains a demo with 300 users"), "{error}");

    let file = server.path().join("url");
    std::fs::write(&file, &url).unwrap();
    let home = ["--from-file", text(&file), "--to", text(back.path()), "--data", text(server.path())];
    kill_in_the_middle(&mut database, "LOCK TABLE audit_conversion IN ACCESS EXCLUSIVE MODE", &home);
    let error = error_of(back.path(), &["serve", "--listen", "127.0.0.1:0", "--demo", "300"]);
    assert!(error.contains("a migration to") && error.contains("was interrupted. Run it again"), "{error}");
    assert!(migrate(&home).contains("users: 300 rows"));
    let error = migration_error(&home);
    assert!(error.contains("exists already"), "{error}");

    let back = Server::start_on(back, &["--demo", "300"]);
    assert_eq!(back.sign_in_as("Charlotte").users("").total.value, 300);
    let server = Server::start_on(server, &["--demo", "300", "--database", &url]);
    assert_eq!(server.sign_in_as("Charlotte").users("").total.value, 300);
    for server in [&back, &server] {
        assert!(!server.log().contains("INTEGRITY"), "{}", server.log());
    }
}

#[test]
fn a_sealed_log_and_the_places_of_its_export_move_too() {
    use_files();
    let Some(database) = Database::create("sealed") else { return };
    let SealedDemo { server, receiver, archives, .. } = &SealedDemo::start();
    let copy = TempDir::new().unwrap();
    let (there, back) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    stdout_of(&crate::server::run(server.data.path(), &["backup", text(&copy.path().join("backup"))]));
    let original = copy.path().join("backup");
    let sealed = "deleted and sealed in 1 segments";
    let report = migrate(&["--from", text(&original), "--to", &database.url, "--data", text(there.path())]);
    assert!(report.contains(sealed) && report.contains("audit_exports: 1 rows"), "{report}");
    let report = migrate(&["--from", &database.url, "--to", text(back.path()), "--data", text(there.path())]);
    assert!(report.contains(sealed) && report.contains("audit_exports: 1 rows"), "{report}");
    let target = receiver.target();
    for (folder, arguments) in [(there, &["--database", &database.url][..]), (back, &[])] {
        let arguments = [&LATER[..], &["--audit-export", &target], arguments].concat();
        let before = receiver.entries().len();
        let server = Server::start_on(folder, &arguments);
        server.sign_in_as("Maud");
        wait_until("the new entry is exported", || receiver.entries().len() > before);
        assert_eq!(receiver.entries().len(), before + 1, "no entry is repeated");
        assert!(!server.log().contains("INTEGRITY"), "{}", server.log());
        if arguments.contains(&"--database") {
            continue;
        }
        assert!(verify(server.data.path(), archives).contains(sealed));
    }
}

#[test]
fn refuses_folders_in_use_and_wrong_arguments() {
    use_files();
    let Some(database) = Database::create("refuses") else { return };
    let url = &database.url;
    let running = Server::demo("40");
    let (folder, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let [running_folder, folder, other] = [running.data.path(), folder.path(), other.path()].map(text);
    for (arguments, expected) in [
        (&["--from", running_folder, "--to", url, "--data", folder][..], "is in use by `serve`"),
        (&["--from", folder, "--to", url, "--data", other], "no database found at"),
        (&["--from", running_folder, "--to", url], "with --data"),
        (&["--from", folder, "--to", other], "both are folders"),
        (&["--from", url, "--to", url], "both are databases of PostgreSQL"),
        (&["--from", url, "--to", running_folder], "exists already"),
        (&["--from", url, "--to", folder], "has no tables of this version"),
        (&["--from", "mysql://a:secret@b/c", "--to", folder], "must start with postgres://"),
    ] {
        let error = migration_error(arguments);
        assert!(error.contains(expected) && !error.contains("secret"), "{arguments:?}: {error}");
    }
}

#[test]
fn two_servers_start_a_demo_at_once_and_share_its_key() {
    use_files();
    let Some(mut database) = Database::create("demo") else { return };
    let key = TempDir::new().unwrap();
    let key = key.path().join("key");
    std::fs::write(&key, [7; 32]).unwrap();
    let url = database.url.clone();
    let start =
        |users: &str| Server::start(&["--demo", users, "--database", &url, "--audit-key", text(&key)]);
    let (one, two) = std::thread::scope(|scope| {
        let one = scope.spawn(|| start("60"));
        let two = start("60");
        (one.join().unwrap(), two)
    });
    for server in [&one, &two] {
        assert_eq!(server.sign_in_as("Charlotte").users("").total.value, 60);
        assert!(!server.log().contains("INTEGRITY"), "{}", server.log());
        assert_eq!(std::fs::read(server.data.path().join("audit.key")).unwrap(), [7; 32]);
    }
    let other = TempDir::new().unwrap();
    let serve = |arguments: &[&str]| {
        let always = ["serve", "--listen", "127.0.0.1:0", "--database", &url];
        error_of(other.path(), &[&always, arguments].concat())
    };
    let error = serve(&["--demo", "60"]);
    assert!(error.contains("audit.key is missing") && error.contains("--audit-key"), "{error}");
    let error = serve(&[]);
    assert!(error.contains("contains demo data. Start it with --demo 60"), "{error}");
    drop((one, two));
    let larger = start("70");
    assert_eq!(larger.sign_in_as("Charlotte").users("").total.value, 70);
    assert_eq!(larger.client().get(path::HEALTH).status, 204);
    drop(larger);
    let key_of_another = key.with_extension("other");
    std::fs::write(&key_of_another, [8; 32]).unwrap();
    let folder = Server::start_on(
        TempDir::new().unwrap(),
        &["--demo", "70", "--database", &url, "--audit-key", text(&key)],
    )
    .stop()
    .1;
    let arguments = ["verify-audit", "--database", &url, "--audit-key", text(&key_of_another)];
    let error = error_of(folder.path(), &arguments);
    assert!(error.contains("differs from"), "{error}");

    database.run("DELETE FROM meta WHERE key = 'demo_users'");
    let error = serve(&["--demo", "70"]);
    assert!(error.contains("contains real data, which --demo does not overwrite"), "{error}");
}
