//! The deletion of old entries of the audit log.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use studio_users_contract::{AuditPage, path};
use tempfile::TempDir;
use uuid::Uuid;

use crate::audit_export::{Receiver, numbers};
use crate::database::{count, is_postgres};
use crate::server::{Server, run, stdout_of, wait_until, without_mark};
use crate::smtp::free_port;
use crate::tampering;

/// The demo, a hundred days later.
pub(crate) const LATER: [&str; 6] = ["--demo", "60", "--clock-ahead", "144000", "--keep-audit-days", "30"];
const DELETED: &str = "old entries of the audit log were sealed and deleted";

fn archives(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

pub(crate) fn verify(data: &Path, files: &[PathBuf]) -> String {
    let files = files.iter().flat_map(|file| ["--file", file.to_str().unwrap()]);
    let arguments: Vec<&str> = ["verify-audit"].into_iter().chain(files).collect();
    stdout_of(&run(data, &arguments))
}

/// Returns the number of the last entry.
fn last_entry(data: &Path) -> i64 {
    count(data, "audit") + sealed(data)
}

fn sealed(data: &Path) -> i64 {
    let last = crate::database::texts(data, "SELECT CAST(max(last_entry) AS TEXT) FROM audit_segments");
    last.first().and_then(|last| last.parse().ok()).unwrap_or(0)
}

/// A demo whose old entries were exported, archived and deleted.
pub(crate) struct SealedDemo {
    pub(crate) server: Server,
    pub(crate) receiver: Receiver,
    _folder: TempDir,
    pub(crate) archives: Vec<PathBuf>,
    /// The number of entries before they were deleted.
    before: i64,
}

impl SealedDemo {
    pub(crate) fn start() -> Self {
        let receiver = Receiver::start();
        let target = receiver.target();
        let server = Server::start(&["--demo", "60", "--audit-export", &target]);
        let before = count(server.data.path(), "audit");
        wait_until("all entries are exported", || numbers(&receiver.entries()).last() == Some(&before));
        let (_, data) = server.stop();
        let folder = TempDir::new().unwrap();
        let archive = folder.path().join("archive");
        let options = ["--audit-archive", archive.to_str().unwrap(), "--audit-export", &target];
        let server = Server::start_on(data, &[&LATER[..], &options].concat());
        server.wait_for_log(DELETED);
        let archives = archives(&archive);
        Self { server, receiver, _folder: folder, archives, before }
    }
}

#[test]
fn old_entries_are_archived_sealed_and_deleted() {
    let SealedDemo { server, receiver, archives: files, before, .. } = &SealedDemo::start();
    let (target, folder, data) = (receiver.target(), TempDir::new().unwrap(), server.data.path());
    // The demo's people sign in again, and the log continues.
    let mut client = server.sign_in_as("Maud");
    assert_eq!(count(data, "audit_segments"), 1);
    assert!(sealed(data) >= *before - 1, "{} of {before}", sealed(data));
    let verified = verify(data, files);
    let lines: Vec<_> = verified.lines().collect();
    assert!(
        lines[0].contains(&format!(", entries 1 to {} deleted and sealed in 1 segments", sealed(data))),
        "{verified}"
    );
    assert!(lines[1].ends_with(&format!("entries 1 to {} verified", sealed(data))), "{verified}");
    assert_eq!(
        fs::read_to_string(&files[0]).unwrap().lines().count(),
        usize::try_from(sealed(data)).unwrap()
    );

    // The page says that older entries were deleted. A cursor may be one of them.
    let page = |query: &str| -> AuditPage { client.get(&format!("{}{query}", path::AUDIT)).json() };
    let all = page("?limit=200");
    assert!(all.next.is_none() && all.deleted_before.is_some(), "{all:?}");
    let after_deleted = page(&format!("?before={}", Uuid::from_u128(1)));
    assert!(after_deleted.items.is_empty() && after_deleted.next.is_none(), "{after_deleted:?}");
    let csv = client.get(path::AUDIT_CSV);
    assert_eq!(csv.status, 200);
    assert_eq!(
        without_mark(&csv.body).split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).count(),
        all.items.len() + 1
    );
    let user = client.users("limit=1").items[0].id;
    assert_eq!(client.get(&path::USER_ACTIVITY.replace("{id}", &user.to_string())).status, 200);
    assert_eq!(client.post(path::SESSIONS, &Value::Null).status, 422);

    // Erasing a person names the copies of the log.
    let erased = stdout_of(&run(data, &["erase-person", &user.to_string(), "--force"]));
    assert!(
        erased.contains(&format!("not erased: names in the export of the audit log to {target}")),
        "{erased}"
    );
    assert!(erased.contains("not erased: names in archives of the audit log"), "{erased}");

    if !is_postgres() {
        let backup = folder.path().join("backup");
        let created = stdout_of(&run(data, &["backup", backup.to_str().unwrap()]));
        assert!(created.contains("deleted and sealed in 1 segments"), "{created}");
        let restored = TempDir::new().unwrap();
        stdout_of(&run(restored.path(), &["restore", backup.to_str().unwrap()]));
        assert!(verify(restored.path(), files).contains("deleted and sealed in 1 segments"));
    }
}

#[test]
fn a_server_goes_on_with_a_sealed_log() {
    let SealedDemo { server, receiver, .. } = SealedDemo::start();
    let last = last_entry(server.data.path());
    let (_, data) = server.stop();
    let server = Server::start_on(data, &[&LATER[..], &["--audit-export", &receiver.target()]].concat());
    assert!(!server.log().contains("INTEGRITY"), "{}", server.log());
    assert_eq!(last_entry(server.data.path()), last);
    server.sign_in_as("Maud");
    wait_until("the new entry is exported", || numbers(&receiver.entries()).last() == Some(&(last + 1)));
    assert_eq!(numbers(&receiver.entries()), (1..=last + 1).collect::<Vec<_>>(), "each entry once");
}

#[test]
fn entries_that_a_target_does_not_have_stay() {
    let (_, data) = Server::demo("60").stop();
    let before = count(data.path(), "audit");
    let target = format!("syslog+tcp://127.0.0.1:{}", free_port());
    let server = Server::start_on(data, &[&LATER[..], &["--audit-export", &target]].concat());
    wait_until("the job has run", || {
        count(server.data.path(), "jobs WHERE kind = 'retention' AND due_at > created_at") == 1
    });
    assert!(count(server.data.path(), "audit") >= before);
    assert_eq!(count(server.data.path(), "audit_segments"), 0);
}

#[test]
fn a_manipulated_log_is_not_sealed() {
    for (sql, message) in [
        ("UPDATE audit SET actor_name = 'Eve' WHERE seq = 3", "Old entries are not deleted"),
        (
            "DELETE FROM audit WHERE seq > 100",
            "the audit log failed its check, so its old entries are not deleted",
        ),
    ] {
        let (_, data) = Server::demo("60").stop();
        tampering::execute(data.path(), sql);
        let server = Server::start_on(data, &LATER);
        server.wait_for_log(message);
        assert_eq!(count(server.data.path(), "audit_segments"), 0);
        assert_eq!(count(server.data.path(), "audit WHERE seq = 1"), 1);
    }
}
