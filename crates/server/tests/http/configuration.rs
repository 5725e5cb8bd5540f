//! The configuration by options, variables and a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::database::sqlite_only;
use crate::server::{Server, binary, error_of, run, stdout_of};
use crate::smtp::MailServer;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs `check-config` with a file, without the variables of this process.
fn check(data: &Path, file: &str, arguments: &[&str]) -> Output {
    let path = data.join("users.toml");
    fs::write(&path, file).unwrap();
    run(data, &[&["check-config", "--config", path.to_str().unwrap()], arguments].concat())
}

fn with_variable(name: &str, value: &str) -> Command {
    let mut command = binary();
    command.env(name, value);
    command
}

#[test]
fn serve_reads_the_file_and_the_variables() {
    let data = TempDir::new().unwrap();
    let file = data.path().join("users.toml");
    fs::write(
        &file,
        "metrics-listen = \"127.0.0.1:0\"
log-format = \"json\"",
    )
    .unwrap();
    let command = with_variable("STUDIO_USERS_ALLOW_ORIGIN", "https://a.example,https://b.example");
    let server = Server::start_with(command, data, &["--config", file.to_str().unwrap()]);
    server.wait_for_log("metrics are served");
    assert!(server.log().starts_with('{'), "{}", server.log());
    for origin in ["https://a.example", "https://b.example"] {
        let headers = [("origin", origin), ("access-control-request-method", "GET")];
        let preflight = server.request("OPTIONS", studio_users_contract::path::USERS, &headers, b"");
        assert_eq!(preflight.header("access-control-allow-origin"), origin);
    }
}

#[test]
fn an_invalid_file_ends_the_start_with_one_sentence() {
    sqlite_only!("the start does not reach the database");
    let data = TempDir::new().unwrap();
    let file = data.path().join("users.toml");
    fs::write(&file, "\nlisten = \"nowhere\"").unwrap();
    for command in ["serve", "check-config", "verify-audit"] {
        let error = error_of(data.path(), &[command, "--config", file.to_str().unwrap()]);
        assert!(error.contains("users.toml:2: `listen`: invalid value 'nowhere'"), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn check_config_prints_what_counts_and_changes_nothing() {
    let data = TempDir::new().unwrap();
    let output = check(data.path(), "session-days = 30", &["--session-idle-days", "3"]);
    let text = stdout_of(&output);
    for line in ["session-days = 30  # file, line 1", "session-idle-days = 3  # command line"] {
        assert!(text.lines().any(|found| found == line), "{text}");
    }
    assert!(text.ends_with("# The configuration is valid."), "{text}");
    assert!(!data.path().join("studio-users.db").exists());

    let listens = check(data.path(), "listen = \"0.0.0.0:8080\"", &[]);
    let error = String::from_utf8_lossy(&listens.stderr).into_owned();
    assert_eq!(listens.status.code(), Some(1));
    assert!(error.contains("set --public-url URL when listening on all interfaces"), "{error}");
    let misspelt = with_variable("STUDIO_USERS_LISTNE", "x").arg("check-config").output().unwrap();
    assert!(String::from_utf8_lossy(&misspelt.stderr).contains("STUDIO_USERS_LISTNE"));
}

#[test]
fn check_config_connects_to_the_database_and_the_mail_server() {
    let server = Server::start(&[]);
    let mails = MailServer::start();
    let smtp = format!("smtp = \"{}\"", mails.url());
    // There is no page in the tests.
    let output = check(server.data.path(), &smtp, &["--connect", "--page", "no-such-folder"]);
    let (text, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("is up to date"), "{text}{error}");
    assert!(text.contains("# mail server: accepts the connection and the sign-in"), "{text}{error}");
    let closed = check(
        server.data.path(),
        "smtp = \"smtp://127.0.0.1:1\"",
        &["--connect", "--page", "no-such-folder"],
    );
    let error = String::from_utf8_lossy(&closed.stderr).into_owned();
    assert_eq!(closed.status.code(), Some(1));
    assert!(error.contains("the mail server: "), "{error}");
    // The server that was running is not disturbed.
    assert_eq!(server.request("GET", crate::server::READY, &[], b"").status, 200);
}

#[test]
fn the_example_is_valid() {
    sqlite_only!("the example selects SQLite");
    let example = repository().join("deploy/studio-users.toml");
    let data = TempDir::new().unwrap();
    let text = stdout_of(&run(data.path(), &["check-config", "--config", example.to_str().unwrap()]));
    assert!(text.ends_with("# The configuration is valid."), "{text}");
    // The settings that are switched off in the example are valid, too.
    let url = data.path().join("smtp-url");
    fs::write(&url, "smtps://user:secret@mail.example").unwrap();
    let all = fs::read_to_string(&example).unwrap().replace("#: ", "");
    let all = all.replace("/etc/studio-users/smtp-url", url.to_str().unwrap());
    stdout_of(&check(data.path(), &all, &[]));
}

#[test]
fn the_reference_page_is_up_to_date() {
    let page = fs::read_to_string(repository().join("docs/configuration.md")).unwrap();
    let generated = stdout_of(&binary().arg("configuration-page").output().unwrap());
    assert!(
        page.trim_end() == generated,
        "run `cargo run -p studio-users-server -- configuration-page > docs/configuration.md`"
    );
}
