//! Upgrades one backend after the other.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;
use crate::server::READY;
use crate::world::{A1, with_id};

/// What the migration of a later version may do: it adds, and changes nothing that an earlier version uses.
const LATER_MIGRATION: &str = "ALTER TABLE users ADD COLUMN later text; \
     CREATE TABLE later (pk bigint PRIMARY KEY); \
     INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
       VALUES (9999, 'later', true, '\\x00', 0)";

#[test]
fn a_backend_serves_while_the_next_version_migrates() {
    let Some(pair) = Pair::start() else { return };
    let agent = pair.join("agent", &[(A1, &["agent"])]);
    let (is_done, changes) = (AtomicBool::new(false), AtomicUsize::new(0));
    let first = pair.at(&pair.administrator, 0);
    std::thread::scope(|scope| {
        let client = scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                let is_even = changes.load(Ordering::Relaxed) % 2 == 0;
                let roles: &[&str] = if is_even { &["planner"] } else { &["agent"] };
                let list = first.get(path::USERS);
                assert_eq!(list.status, 200, "{}", list.text());
                let change = first.assign(&agent.id, A1, Some(roles));
                assert_eq!(change.status, 200, "{}", change.text());
                changes.fetch_add(1, Ordering::Relaxed);
            }
        });
        let wait_for = |count: usize| {
            eventually(|| {
                let is_reached = client.is_finished() || changes.load(Ordering::Relaxed) >= count;
                is_reached.then_some(())
            });
        };
        wait_for(10);
        pair.database.execute(LATER_MIGRATION);
        let before = changes.load(Ordering::Relaxed);
        wait_for(before + 20);
        is_done.store(true, Ordering::Relaxed);
        client.join().unwrap();
        assert!(changes.load(Ordering::Relaxed) >= before + 20);
    });
    let backend = &pair.backends[0];
    assert_eq!(backend.request("GET", path::HEALTH, &[], b"").status, 204);
    let ready = backend.request("GET", READY, &[], b"");
    assert_eq!(ready.status, 200, "{}", ready.text());

    // A backend of this version that starts again would be too old.
    let folder = folder_with_key();
    let mut command = backend_on(&pair.database);
    let output =
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path()).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(
        message.contains("was migrated by a later version of this program; use that version"),
        "{message}"
    );
}

#[test]
fn users_notice_nothing_while_all_backends_are_replaced() {
    let Some(mut pair) = Pair::start() else { return };
    let agent = pair.join("agent", &[(A1, &["agent"])]);
    for replaced in [0, 1] {
        let other = 1 - replaced;
        let old = pair.backends.remove(replaced);
        let (is_clean, folder) = old.stop();
        assert!(is_clean);
        // The proxy has sent the session to the other backend meanwhile.
        let there = Person { url: pair.backends[0].url.clone(), ..pair.administrator.clone() };
        let details = there.get(&with_id(path::USER, &agent.id));
        assert_eq!(details.status, 200, "{}", details.text());
        assert_eq!(there.assign(&agent.id, A1, Some(&["planner"])).status, 200);
        let new = Server::start_with(backend_on(&pair.database), folder, &["--smtp", &pair.mails.url()]);
        assert!(new.sign_in.is_none());
        pair.backends.insert(replaced, new);
        let here = pair.at(&pair.administrator, replaced);
        assert_eq!(
            here.get(path::SESSION).status,
            200,
            "the session outlives backend {replaced} and {other}"
        );
    }
    pair.assert_consistent();
}
