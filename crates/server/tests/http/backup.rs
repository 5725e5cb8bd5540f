//! The commands `backup` and `restore`.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;
use studio_users_contract::path;
use tempfile::TempDir;

use crate::database::{count, sqlite_only};
use crate::server::{Client, Server, binary, error_of, run, stdout_of, wait_until};
use crate::tampering::{execute, head_entries};
use crate::world::{A1, World};

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Sets a flag when it is dropped.
struct StopOnDrop<'a>(&'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[track_caller]
fn back_up(data: &Path, target: &Path) {
    let message = stdout_of(&run(data, &["backup", target.to_str().unwrap()]));
    assert!(message.contains("audit log verified"), "{message}");
    assert_eq!(names(target), ["audit.head", "audit.key", "studio-users.db"]);
}

#[test]
fn each_backup_under_load_is_consistent_and_can_be_served() {
    sqlite_only!("backups of PostgreSQL are made by its own tools");
    let world = World::new();
    let users: Vec<_> = ["ada", "bea", "cas"].map(|name| world.join(name, &[(A1, &["operator"])])).into();
    let data = world.server.data.path();
    let folder = TempDir::new().unwrap();
    let (is_done, changes) = (AtomicBool::new(false), AtomicUsize::new(0));
    let entries_before = count(data, "audit");
    let backups = std::thread::scope(|scope| {
        for user in &users {
            let (world, is_done, changes) = (&world, &is_done, &changes);
            scope.spawn(move || {
                for role in ["planner", "operator"].iter().cycle() {
                    if is_done.load(Ordering::Relaxed) {
                        break;
                    }
                    let response = world.administrator.assign(&user.id, A1, Some(&[role]));
                    assert_eq!(response.status, 200, "{}", response.text());
                    changes.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        // Stops the writers also if a backup fails.
        let _stop = StopOnDrop(&is_done);
        (0..5)
            .map(|number| {
                let target = folder.path().join(format!("backup-{number}"));
                let before = changes.load(Ordering::Relaxed);
                back_up(data, &target);
                wait_until("the writers go on", || changes.load(Ordering::Relaxed) > before);
                (target, before)
            })
            .collect::<Vec<_>>()
    });
    for (target, before) in &backups {
        stdout_of(&run(target, &["verify-audit"]));
        assert_eq!(head_entries(target), count(target, "audit"), "the head is that of exactly this log");
        let acknowledged = entries_before + i64::try_from(*before).unwrap();
        assert!(count(target, "audit") >= acknowledged, "no acknowledged change is missing");
        let restored = TempDir::new().unwrap();
        let message = stdout_of(&run(restored.path(), &["restore", target.to_str().unwrap()]));
        assert!(message.contains("audit log verified"), "{message}");
        let server = Server::start_on(restored, &[]);
        let client = server.sign_in_with_email("administrator@studio.localhost");
        let total = client.users("").total.value;
        assert_eq!(i64::from(total), count(target, "users"));
        assert_eq!(server.request("GET", path::HEALTH, &[], b"").status, 204);
        let (_, restored) = server.stop();
        stdout_of(&run(restored.path(), &["verify-audit"]));
    }
}

#[test]
fn a_restored_folder_has_sessions_and_unsent_mails() {
    sqlite_only!("backups of PostgreSQL are made by its own tools");
    let world = World::new();
    // The worker cannot claim mails, so they stay in the outbox.
    world.server.execute("CREATE TRIGGER f BEFORE UPDATE ON jobs BEGIN SELECT RAISE(ROLLBACK, 'full'); END");
    assert_eq!(world.administrator.invite(&["lars@x.example"], &[(A1, &["operator"])]).status, 200);
    let folder = TempDir::new().unwrap();
    let target = folder.path().join("backup");
    back_up(world.server.data.path(), &target);
    let cookie = Some(world.administrator.cookie.clone());
    let restored = TempDir::new().unwrap();
    stdout_of(&run(restored.path(), &["restore", target.to_str().unwrap()]));
    execute(restored.path(), "DROP TRIGGER f");
    let server = Server::start_on(restored, &[]);
    assert_eq!(Client { server: &server, cookie }.get(path::SESSION).status, 200);
    let mail = server.data.path().join("mail");
    let is_mail = |name: &String| Path::new(name).extension().is_some_and(|ending| ending == "eml");
    wait_until("the mail is sent", || names(&mail).iter().any(is_mail));
}

#[test]
fn a_backup_never_replaces_anything_and_leaves_nothing_half_done() {
    sqlite_only!("backups of PostgreSQL are made by its own tools");
    let (_, data) = Server::demo("40").stop();
    let folder = TempDir::new().unwrap();
    let existing = folder.path().join("existing");
    std::fs::create_dir(&existing).unwrap();
    let target = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let error = error_of(data.path(), &["backup", &target("existing")]);
    assert!(error.contains("exists already"), "{error}");
    std::fs::write(folder.path().join("file"), "x").unwrap();
    assert!(error_of(data.path(), &["backup", &target("file")]).contains("exists already"));
    error_of(data.path(), &["backup", &target("missing/backup")]);
    let error = error_of(&folder.path().join("none"), &["backup", &target("backup")]);
    assert!(error.contains("no database found"), "{error}");
    assert!(!folder.path().join("none").exists());

    // A log that fails its check, a missing key, and a damaged database.
    execute(data.path(), "UPDATE audit SET at = at + 1 WHERE seq = 20");
    let error = error_of(data.path(), &["backup", &target("backup")]);
    assert!(error.contains("entry 20 was changed"), "{error}");
    std::fs::remove_file(data.path().join("audit.key")).unwrap();
    assert!(error_of(data.path(), &["backup", &target("backup")]).contains("key file"));
    assert_eq!(names(folder.path()), ["existing", "file"]);
    assert_eq!(names(&existing), [""; 0]);
}

#[test]
fn a_backup_is_never_shorter_than_the_head() {
    sqlite_only!("backups of PostgreSQL are made by its own tools");
    let (_, data) = Server::demo("40").stop();
    let end = head_entries(data.path());
    execute(data.path(), &format!("DELETE FROM audit WHERE seq > {}", end - 3));
    let folder = TempDir::new().unwrap();
    let error = error_of(data.path(), &["backup", folder.path().join("backup").to_str().unwrap()]);
    assert!(error.contains("the end of the audit log is missing"), "{error}");
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn restore_refuses_a_folder_in_use_or_with_content() {
    sqlite_only!("backups of PostgreSQL are made by its own tools");
    let server = Server::demo("40");
    let folder = TempDir::new().unwrap();
    let target = folder.path().join("backup");
    back_up(server.data.path(), &target);
    let source = target.to_str().unwrap();
    let error = error_of(server.data.path(), &["restore", source]);
    assert!(error.contains("is in use by `serve` (process "), "{error}");
    // A data folder in use is no backup either.
    let live = server.data.path().to_str().unwrap().to_owned();
    let error = error_of(&folder.path().join("new"), &["restore", &live]);
    assert!(error.contains("is in use by `serve` (process "), "{error}");
    let (_, data) = server.stop();
    let before = names(data.path());
    assert!(error_of(data.path(), &["restore", source]).contains("is not empty"));
    assert_eq!(names(data.path()), before);

    let other = TempDir::new().unwrap();
    std::fs::write(other.path().join("notes.txt"), "x").unwrap();
    let error = error_of(other.path(), &["restore", source]);
    assert!(error.contains("it contains notes.txt"), "{error}");
    assert_eq!(names(other.path()), ["notes.txt"]);
    assert_eq!(names(folder.path()), ["backup"]);
}

#[test]
fn restore_verifies_the_copy_and_leaves_nothing_half_done() {
    sqlite_only!("backups of PostgreSQL are made by its own tools");
    let (_, data) = Server::demo("40").stop();
    let folder = TempDir::new().unwrap();
    let good = folder.path().join("good");
    back_up(data.path(), &good);
    let damage = |name: &str, damage: &dyn Fn(&Path)| {
        let bad = folder.path().join(name);
        std::fs::create_dir(&bad).unwrap();
        for name in names(&good) {
            std::fs::copy(good.join(&name), bad.join(&name)).unwrap();
        }
        damage(&bad);
        let target = folder.path().join("restored");
        let error = error_of(&target, &["restore", bad.to_str().unwrap()]);
        assert!(!target.exists(), "{name}: {error}");
        let existing = TempDir::new().unwrap();
        error_of(existing.path(), &["restore", bad.to_str().unwrap()]);
        assert_eq!(names(existing.path()), [""; 0], "{name}");
        error
    };
    let missing = damage("without-key", &|bad| std::fs::remove_file(bad.join("audit.key")).unwrap());
    assert!(missing.contains("is not a backup"), "{missing}");
    let truncated = damage("truncated", &|bad| {
        let file = std::fs::OpenOptions::new().write(true).open(bad.join("studio-users.db")).unwrap();
        file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    });
    assert!(!truncated.is_empty());
    let changed = damage("changed", &|bad| {
        execute(bad, "UPDATE audit SET at = at + 1 WHERE seq = 20");
    });
    assert!(changed.contains("entry 20 was changed"), "{changed}");
    let later = damage("later", &|bad| {
        execute(
            bad,
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (999, 'later', 1, x'00', 0)",
        );
    });
    assert!(later.contains("later version of this program"), "{later}");
}

#[test]
fn an_interrupted_restore_is_recognised_and_can_be_repeated() {
    sqlite_only!("backups of PostgreSQL are made by its own tools");
    let (_, data) = Server::start(&[]).stop();
    let folder = TempDir::new().unwrap();
    let backup = folder.path().join("backup");
    back_up(data.path(), &backup);
    // Like a crash after the key was moved: the database is still in the staging folder.
    let target = folder.path().join("data");
    std::fs::create_dir_all(target.join("restoring")).unwrap();
    std::fs::copy(backup.join("studio-users.db"), target.join("restoring/studio-users.db")).unwrap();
    std::fs::copy(backup.join("audit.key"), target.join("audit.key")).unwrap();
    let nodes = folder.path().join("nodes.json");
    std::fs::write(&nodes, "[]").unwrap();
    for arguments in
        [&["serve", "--listen", "127.0.0.1:0"][..], &["nodes", "import", nodes.to_str().unwrap()]]
    {
        let error = error_of(&target, arguments);
        assert!(error.contains("was interrupted"), "{error}");
    }
    stdout_of(&run(&target, &["restore", backup.to_str().unwrap()]));
    assert_eq!(names(&target), ["audit.head", "audit.key", "studio-users.db", "studio-users.lock"]);
    // Like a crash before the empty staging folder was deleted.
    std::fs::create_dir(target.join("restoring")).unwrap();
    stdout_of(&run(&target, &["verify-audit"]));
    let mut child = binary()
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&target)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    wait_until("the folder is deleted", || !target.join("restoring").exists());
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn restores_a_copy_of_a_stopped_data_folder_with_its_write_ahead_log() {
    sqlite_only!("backups of PostgreSQL are made by its own tools");
    let world = World::new();
    let before = count(world.server.data.path(), "audit");
    assert_eq!(world.administrator.invite(&["lars@x.example"], &[(A1, &["operator"])]).status, 200);
    let World { server, .. } = world;
    let data = server.kill();
    assert!(data.path().join("studio-users.db-wal").exists());
    let restored = TempDir::new().unwrap();
    stdout_of(&run(restored.path(), &["restore", data.path().to_str().unwrap()]));
    assert!(count(restored.path(), "audit") > before);
    let server = Server::start_on(restored, &[]);
    let body = json!({ "email": "lars@x.example" });
    assert_eq!(server.client().post(path::SIGN_IN_LINKS, &body).status, 202);
}
