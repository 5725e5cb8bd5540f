//! Deletion of the whole audit log, or of parts of it. `verify-audit` fails before and after a restart.

use std::path::Path;

use tempfile::TempDir;

use crate::database::{copy_folder, sqlite_only};
use crate::server::{Server, error_of, run, stdout_of, token_of};
use crate::tampering::execute;
use crate::world::{A1, World};

const EMPTY_THE_TABLE: &str = "DELETE FROM audit";

/// The parts of the log: rows, key, head.
type Parts = [bool; 3];

fn subsets() -> impl Iterator<Item = Parts> {
    (1..8).map(|bits| [bits & 1 != 0, bits & 2 != 0, bits & 4 != 0])
}

fn delete(data: &Path, [rows, key, head]: Parts) {
    if rows {
        execute(data, EMPTY_THE_TABLE);
    }
    for (is_deleted, name) in [(key, "audit.key"), (head, "audit.head")] {
        if is_deleted {
            std::fs::remove_file(data.join(name)).unwrap();
        }
    }
}

/// Asserts that `verify-audit` fails now, after a restart, after further entries, and after another restart.
#[track_caller]
fn assert_noticed(data: TempDir, deleted: Parts) {
    error_of(data.path(), &["verify-audit"]);
    let [rows, key, _] = deleted;
    if key && !rows {
        let error = error_of(data.path(), &["serve", "--listen", "127.0.0.1:0"]);
        assert!(error.contains("audit.key is missing"), "{error}");
        return;
    }
    let server = Server::start_on(data, &[]);
    assert!(server.log().contains("AUDIT LOG INTEGRITY CHECK FAILED"), "{deleted:?}: {}", server.log());
    error_of(server.data.path(), &["verify-audit"]);
    let link = stdout_of(&run(server.data.path(), &["sign-in-link", "administrator@studio.localhost"]));
    assert_eq!(server.client().sign_in(&token_of(&link)).status, 201);
    error_of(server.data.path(), &["verify-audit"]);
    let (_, data) = server.stop();
    let server = Server::start_on(data, &[]);
    assert!(server.log().matches("AUDIT LOG INTEGRITY CHECK FAILED").count() >= 2, "{deleted:?}");
    error_of(server.data.path(), &["verify-audit"]);
}

fn used_folder() -> TempDir {
    let world = World::new();
    assert_eq!(world.administrator.invite(&["lars@x.example"], &[(A1, &["operator"])]).status, 200);
    let World { server, .. } = world;
    server.stop().1
}

#[test]
fn deletion_while_stopped_is_noticed() {
    sqlite_only!("on PostgreSQL, the head in the database shows that there was a log");
    let data = used_folder();
    for parts in subsets() {
        let copy = copy_folder(data.path());
        delete(copy.path(), parts);
        assert_noticed(copy, parts);
    }
}

#[test]
fn deletion_while_running_is_noticed() {
    sqlite_only!("on PostgreSQL, the head in the database shows that there was a log");
    for parts in subsets() {
        let world = World::new();
        delete(world.server.data.path(), parts);
        error_of(world.server.data.path(), &["verify-audit"]);
        let World { server, .. } = world;
        let (_, data) = server.stop();
        assert_noticed(data, parts);
    }
}

#[test]
fn deletion_is_noticed_without_the_marker() {
    sqlite_only!("on PostgreSQL, the head in the database shows that there was a log");
    let data = used_folder();
    for parts in subsets() {
        let copy = copy_folder(data.path());
        // The rows of the test are younger than the log by less than a second.
        execute(
            copy.path(),
            "DELETE FROM meta WHERE key = 'audit_recorded'; \
             UPDATE _sqlx_migrations SET installed_on = '2020-01-01 00:00:00'",
        );
        delete(copy.path(), parts);
        assert_noticed(copy, parts);
    }
}

#[test]
fn the_files_of_a_new_log_do_not_hide_the_deletion() {
    sqlite_only!("on PostgreSQL, the head in the database shows that there was a log");
    let data = used_folder();
    execute(data.path(), EMPTY_THE_TABLE);
    let (_, new) = Server::start(&[]).stop();
    for name in ["audit.key", "audit.head"] {
        std::fs::copy(new.path().join(name), data.path().join(name)).unwrap();
    }
    let error = error_of(data.path(), &["verify-audit"]);
    assert!(error.contains("the audit log is missing"), "{error}");
    assert_noticed(data, [true, false, false]);
}

#[test]
fn a_new_database_raises_no_alarm() {
    sqlite_only!("on PostgreSQL, the head in the database shows that there was a log");
    let assert_quiet = |server: &Server| {
        assert!(!server.log().contains("AUDIT LOG"), "{}", server.log());
        stdout_of(&run(server.data.path(), &["verify-audit"]));
    };
    let folder = TempDir::new().unwrap();
    let nodes = folder.path().join("nodes.json");
    let root =
        r#"[{"id":"00000000-0000-4000-8000-000000000001","parent_id":null,"kind":"provider","name":"P"}]"#;
    std::fs::write(&nodes, root).unwrap();
    let data = TempDir::new().unwrap();
    for _ in 0..2 {
        stdout_of(&run(data.path(), &["nodes", "import", nodes.to_str().unwrap()]));
        assert!(stdout_of(&run(data.path(), &["verify-audit"])).contains("it is empty"));
    }
    let server = Server::start_on(data, &[]);
    assert_quiet(&server);
    let (_, data) = server.stop();
    let server = Server::start_on(data, &[]);
    assert_quiet(&server);
    let link = stdout_of(&run(server.data.path(), &["sign-in-link", "administrator@studio.localhost"]));
    assert_eq!(server.client().sign_in(&token_of(&link)).status, 201);
    let (_, data) = server.stop();
    assert_quiet(&Server::start_on(data, &[]));
    assert_quiet(&Server::demo("40"));
}

#[test]
fn a_log_of_an_earlier_version_gets_the_marker() {
    sqlite_only!("on PostgreSQL, the head in the database shows that there was a log");
    let data = used_folder();
    execute(data.path(), "DELETE FROM meta WHERE key = 'audit_recorded'");
    let (_, data) = Server::start_on(data, &[]).stop();
    // Without the rows that are always recorded, only the marker is left.
    execute(
        data.path(),
        "DELETE FROM sessions; DELETE FROM pending_grants; DELETE FROM invitation_links; DELETE FROM views",
    );
    delete(data.path(), [true, true, true]);
    assert_noticed(data, [true, true, true]);
}
