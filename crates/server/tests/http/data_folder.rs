//! Several processes on one data folder.

use std::net::TcpListener;
use std::process::Output;

use studio_users_contract::path;
use tempfile::TempDir;

use crate::database::{count, sqlite_only};
use crate::server::{Server, binary, error_of, run, stdout_of};
use crate::world::{A1, World};

/// Runs `serve`, which fails. Returns its error output.
#[track_caller]
fn serve_error(data: &std::path::Path, arguments: &[&str]) -> String {
    error_of(data, &[&["serve", "--listen", "127.0.0.1:0"], arguments].concat())
}

#[test]
fn a_second_server_changes_nothing_and_names_the_first() {
    let server = Server::demo("60");
    let client = server.sign_in_as("Charlotte");
    let before = client.users("").total.value;
    let data = server.data.path();
    for arguments in [&["--demo", "70"][..], &["--demo", "60"], &[]] {
        let error = serve_error(data, arguments);
        assert!(error.contains("is in use by `serve` (process "), "{error}");
    }
    let port = server.url.rsplit(':').next().unwrap();
    let listen = format!("127.0.0.1:{port}");
    let error = error_of(data, &["serve", "--demo", "70", "--listen", &listen]);
    assert!(error.contains("cannot listen on"), "{error}");
    assert_eq!(client.users("").total.value, before);
    // Also after someone has deleted the lock file.
    std::fs::remove_file(data.join("studio-users.lock")).unwrap();
    assert!(serve_error(data, &["--demo", "70"]).contains("is in use by another process"));
    // The file is still the one that the first server writes.
    server.sign_in_as("Maud");
    let entries = count(data, "audit");
    let (_, data) = server.stop();
    assert_eq!(count(data.path(), "audit"), entries);
}

#[test]
fn a_taken_port_leaves_the_data_folder_alone() {
    sqlite_only!("the command line selects the database");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let listen = taken.local_addr().unwrap().to_string();
    let error = error_of(&data, &["serve", "--demo", "60", "--listen", &listen]);
    assert!(error.contains("cannot listen on"), "{error}");
    assert!(!data.exists());
}

#[test]
fn a_crash_releases_the_lock() {
    let data = Server::start(&[]).kill();
    Server::start_on(data, &[]);
}

#[test]
fn commands_work_beside_a_server_and_run_no_migrations() {
    sqlite_only!("the tables are those of SQLite");
    let world = World::new();
    let data = world.server.data.path();
    let email = world.administrator.email.clone();
    let works = |output: &Output| assert!(output.status.success(), "{output:?}");
    works(&run(data, &["verify-audit"]));
    works(&run(data, &["sign-in-link", &email]));
    let nodes = data.join("nodes.json");
    works(&run(data, &["nodes", "import", nodes.to_str().unwrap()]));
    assert_eq!(world.administrator.invite(&["lars@x.example"], &[(A1, &["operator"])]).status, 200);

    // Like a database of another version.
    world.server.execute("DELETE FROM _sqlx_migrations WHERE version = 5");
    let error = error_of(data, &["sign-in-link", &email]);
    assert!(error.contains("needs a migration") && error.contains("`serve` (process "), "{error}");
    world.server.execute(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (999, 'later', 1, x'00', 0)",
    );
    let error = error_of(data, &["sign-in-link", &email]);
    assert!(error.contains("later version of this program"), "{error}");
    works(&run(data, &["verify-audit"]));
}

#[test]
fn a_command_migrates_while_no_server_runs() {
    sqlite_only!("the tables are those of SQLite");
    let server = Server::start(&[]);
    server.execute("DROP TABLE view_tops; DROP TABLE views; DELETE FROM _sqlx_migrations WHERE version = 5");
    let (_, data) = server.stop();
    stdout_of(&run(data.path(), &["sign-in-link", "administrator@studio.localhost"]));
    assert_eq!(count(data.path(), "views"), 0);
    stdout_of(&run(data.path(), &["verify-audit"]));
    Server::start_on(data, &[]);
}

#[test]
fn demo_data_require_the_option_and_real_data_forbid_it() {
    let (_, demo) = Server::demo("60").stop();
    let error = serve_error(demo.path(), &[]);
    assert!(error.contains("contains demo data") && error.contains("--demo 60"), "{error}");
    let server = Server::start_on(demo, &["--demo", "60"]);
    assert_eq!(server.request("GET", path::HEALTH, &[], b"").status, 204);

    let (_, real) = Server::start(&[]).stop();
    assert!(serve_error(real.path(), &["--demo", "60"]).contains("contains real data"));
    Server::start_on(real, &[]);
}

#[test]
fn the_error_for_a_folder_that_cannot_be_used_names_it() {
    sqlite_only!("the command line selects the database");
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let output = binary()
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(file.join("data"))
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("cannot lock the data folder") && error.contains("file/data"), "{error}");
}
