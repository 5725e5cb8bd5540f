//! Files that only their owner can access.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::database::sqlite_only;
use crate::server::{LOG, Server, binary, run, stdout_of};
use crate::smtp::MailServer;

/// An organisation with one node.
const ROOT: &str =
    r#"[{"id":"00000000-0000-4000-8000-000000000001","parent_id":null,"kind":"provider","name":"P"}]"#;

/// Returns a command that runs the binary with a umask.
fn with_umask(umask: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("umask {umask}; exec \"$0\" \"$@\"")]).arg(binary().get_program());
    command
}

/// Returns the files and folders of a data folder, without the log of the test.
fn paths(folder: &Path) -> Vec<PathBuf> {
    let mut paths = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            paths.extend(self::paths(&path));
        } else if path.file_name().is_some_and(|name| name != LOG) {
            paths.push(path);
        }
    }
    paths
}

#[track_caller]
fn assert_private(folder: &Path) {
    for path in paths(folder) {
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, expected, "{}: {mode:o}", path.display());
    }
}

#[test]
fn only_the_owner_can_access_new_files() {
    sqlite_only!("there are no files of a database");
    for umask in ["0", "022", "077"] {
        let parent = TempDir::new().unwrap();
        let data = TempDir::with_prefix_in("data", parent.path()).unwrap();
        std::fs::set_permissions(data.path(), Permissions::from_mode(0o777)).unwrap();
        let server = Server::start_with(with_umask(umask), data, &["--demo", "40"]);
        let mut client = server.client();
        client.post("/api/v1/sign-in-links", &serde_json::json!({ "email": "maud@northwind.example" }));
        let mail = server.data.path().join("mail");
        crate::server::wait_until("a mail is written", || {
            std::fs::read_dir(&mail).unwrap().any(|file| file.unwrap().path().extension().is_some())
        });
        server.sign_in_as("Maud");
        let target = parent.path().join("backup");
        let backup =
            with_umask(umask).arg("backup").arg(&target).arg("--data").arg(server.data.path()).output();
        stdout_of(&backup.unwrap());
        assert_private(server.data.path());
        assert_private(&target);
        let names: Vec<_> = paths(server.data.path());
        for name in [
            "studio-users.db",
            "studio-users.db-wal",
            "studio-users.db-shm",
            "studio-users.lock",
            "audit.key",
            "audit.head",
        ] {
            assert!(names.contains(&server.data.path().join(name)), "{name}");
        }
        let restored = parent.path().join("restored");
        let restore = with_umask(umask).arg("restore").arg(&target).arg("--data").arg(&restored).output();
        stdout_of(&restore.unwrap());
        assert_private(&restored);

        let imported = parent.path().join("imported");
        let nodes = parent.path().join("nodes.json");
        std::fs::write(&nodes, ROOT).unwrap();
        let import =
            with_umask(umask).args(["nodes", "import"]).arg(&nodes).arg("--data").arg(&imported).output();
        stdout_of(&import.unwrap());
        assert_private(&imported);
    }
}

#[test]
fn restricts_existing_files_with_a_notice() {
    sqlite_only!("there are no files of a database");
    let (_, data) = Server::demo("40").stop();
    std::fs::write(data.path().join("mail/00000000-0000-7000-8000-000000000000.eml"), "x").unwrap();
    for path in paths(data.path()) {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }
    let server = Server::start_on(data, &["--demo", "40"]);
    assert_private(server.data.path());
    let log = server.log();
    for name in ["studio-users.db", "audit.key", "mail", ".eml"] {
        let has_notice = |line: &&str| line.contains("other users had access") && line.contains(name);
        assert!(log.lines().any(|line| has_notice(&line)), "{name}: {log}");
    }
    assert!(stdout_of(&run(server.data.path(), &["verify-audit"])).contains("verified"));
}

#[test]
fn warns_that_mails_are_only_written_to_a_folder() {
    sqlite_only!("there are no files of a database");
    let warning = "e-mails are not sent but only written to a folder";
    assert!(Server::start(&[]).log().contains(warning));
    assert!(!Server::demo("40").log().contains(warning));
    let mail_server = MailServer::start();
    assert!(!Server::start(&["--smtp", &mail_server.url()]).log().contains(warning));
}
