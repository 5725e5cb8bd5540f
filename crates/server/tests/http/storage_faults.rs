//! A storage that fails for a while: each fault ends by itself, without a restart.
//!
//! A trigger ends the transaction, as a full disk does.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::database::{count, fail, recover};
use crate::server::{ALIVE, READY, run, stdout_of, wait_until};
use crate::tampering::head_entries;
use crate::world::{A1, World};

fn health(world: &World) -> u16 {
    world.server.request("GET", path::HEALTH, &[], b"").status
}

fn request_link(world: &World, email: &str) {
    let headers = [("sec-fetch-site", "same-origin")];
    let body = json!({ "email": email }).to_string();
    let response = world.server.request("POST", path::SIGN_IN_LINKS, &headers, body.as_bytes());
    assert_eq!(response.status, 202);
}

#[test]
fn changes_succeed_again_after_the_storage_has_failed() {
    let world = World::new();
    for table in ["users", "audit", "outbox", "directory"] {
        fail(world.server.data.path(), "INSERT", table);
        let before = count(world.server.data.path(), "users");
        let email = format!("{table}@x.example");
        for _ in 0..3 {
            let response = world.administrator.invite(&[&email], &[(A1, &["operator"])]);
            assert_eq!(response.problem(), (503, "unavailable".into()), "{table}");
        }
        assert_eq!(count(world.server.data.path(), "users"), before, "{table}: nothing is half written");
        assert!(world.administrator.get(path::USERS).status == 200, "{table}: reading goes on");
        recover(world.server.data.path(), table);
        assert_eq!(world.administrator.invite(&[&email], &[(A1, &["operator"])]).status, 200, "{table}");
        assert_eq!(health(&world), 204, "{table}");
    }
    stdout_of(&run(world.server.data.path(), &["verify-audit"]));
}

#[test]
fn a_retried_request_is_processed_once_after_a_fault() {
    let world = World::new();
    fail(world.server.data.path(), "INSERT", "idempotency_keys");
    let body = json!({ "emails": ["lars@x.example"], "grants": [{ "node_id": A1, "roles": ["operator"] }] });
    let invite = || world.administrator.call("POST", path::INVITATIONS, &body, &[("idempotency-key", "k1")]);
    assert_eq!(invite().status, 503);
    assert!(world.administrator.row("lars@x.example").is_none());
    recover(world.server.data.path(), "idempotency_keys");
    assert_eq!((invite().status, invite().status), (200, 200));
    world.wait_for_mails("lars@x.example", "/join#", 1);
    assert_eq!(count(world.server.data.path(), "outbox"), 1);
}

#[test]
fn readiness_fails_while_writing_is_impossible_and_liveness_does_not() {
    let world = World::new();
    assert_eq!(health(&world), 204);
    for table in ["meta", "audit"] {
        let entries = count(world.server.data.path(), "audit");
        fail(world.server.data.path(), "INSERT", table);
        let response = world.administrator.invite(&["lars@x.example"], &[(A1, &["operator"])]);
        assert_eq!(response.status, 503);
        for _ in 0..3 {
            let response = world.server.request("GET", path::HEALTH, &[], b"");
            assert_eq!(response.problem(), (503, "unavailable".into()));
            assert_eq!(world.server.request("GET", path::LIVENESS, &[], b"").status, 204);
        }
        let report = || world.server.request("GET", READY, &[], b"");
        wait_until("the probe reports the fault", || report().status == 503);
        let writer =
            json!({ "name": "writer", "status": "failed", "detail": "The database cannot be written." });
        let report: Value = report().json();
        assert!(report["checks"].as_array().unwrap().contains(&writer), "{report}");
        assert_eq!(world.server.request("GET", ALIVE, &[], b"").status, 200);
        recover(world.server.data.path(), table);
        assert_eq!(health(&world), 204);
        assert_eq!(count(world.server.data.path(), "audit"), entries, "the check leaves no entry");
    }
}

#[test]
fn a_sign_in_link_is_sent_after_the_outbox_could_not_be_written() {
    let world = World::new();
    let email = world.administrator.email.clone();
    // The request cannot be queued.
    fail(world.server.data.path(), "INSERT", "outbox");
    request_link(&world, &email);
    world.server.wait_for_log("a sign-in link could not be queued");
    recover(world.server.data.path(), "outbox");
    assert_eq!(world.wait_for_mails(&email, "/sign-in#", 1).len(), 1);

    // The worker cannot claim the mail.
    fail(world.server.data.path(), "UPDATE", "jobs");
    request_link(&world, &email);
    world.server.wait_for_log("the work on jobs failed and is paused");
    recover(world.server.data.path(), "jobs");
    assert_eq!(world.wait_for_mails(&email, "/sign-in#", 2).len(), 2);

    // The worker cannot store the link of the mail.
    fail(world.server.data.path(), "INSERT", "sign_in_links");
    request_link(&world, &email);
    world.server.wait_for_log("disk is full: sign_in_links");
    recover(world.server.data.path(), "sign_in_links");
    let tokens = world.wait_for_mails(&email, "/sign-in#", 3);
    assert_eq!(world.server.client().sign_in(tokens.last().unwrap()).status, 201);
}

#[test]
fn a_mail_is_kept_while_the_mail_folder_cannot_be_written() {
    let world = World::new();
    let email = world.administrator.email.clone();
    let folder = world.server.data.path().join("mail");
    std::fs::remove_dir(&folder).unwrap();
    std::fs::write(&folder, "not a folder").unwrap();
    request_link(&world, &email);
    world.server.wait_for_log("cannot write the e-mail to the mail folder");
    std::fs::remove_file(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    let tokens = world.wait_for_mails(&email, "/sign-in#", 1);
    assert_eq!(world.server.client().sign_in(&tokens[0]).status, 201);
    let names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 1, "no incomplete file is left: {names:?}");
    let retried = count(world.server.data.path(), "jobs WHERE attempts > 1");
    assert_eq!(retried, 0, "the failure does not count against the mail");
}

#[test]
fn the_head_of_the_audit_log_catches_up_without_a_change() {
    let world = World::new();
    let data = world.server.data.path();
    let (head, away) = (data.join("audit.head"), data.join("head.away"));
    std::fs::rename(&head, &away).unwrap();
    std::fs::create_dir(&head).unwrap();
    let response = world.administrator.invite(&["lars@x.example"], &[(A1, &["operator"])]);
    assert_eq!(response.status, 200, "the change is committed");
    world.server.wait_for_log("cannot write the head of the audit log");
    std::fs::remove_dir(&head).unwrap();
    std::fs::rename(&away, &head).unwrap();
    assert!(head_entries(data) < count(data, "audit"));
    assert_eq!(health(&world), 204);
    wait_until("the head has caught up", || head_entries(data) == count(data, "audit"));
    stdout_of(&run(data, &["verify-audit"]));
}
