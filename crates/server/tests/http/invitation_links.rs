//! Invitation links: copying, mailing, resending and revoking them, and their tokens.

use std::path::Path;
use std::thread;

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::mail::mails_in;
use crate::world::{A, A1, A2, B1, Person, ROOT, World, grants_of, with_id};

fn user(world: &World, id: &str) -> Value {
    world.administrator.get(&with_id(path::USER, id)).json()
}

fn resend(world: &World, id: &str) -> crate::server::Response {
    world.administrator.post(&with_id(path::USER_INVITATION_RESEND, id), &Value::Null)
}

#[test]
fn builds_links_from_the_public_url_only() {
    let world = World::with(&["--public-url", "http://users.test"]);
    let admin = &world.administrator;
    assert_eq!(admin.invite(&["nina@x.example"], &[(A1, &["agent"])]).status, 200);
    let id = admin.id_of("nina@x.example");
    let hostile = [
        ("host", "evil.test"),
        ("host", "users.test.evil.test:80"),
        ("host", "evil.test#users.test"),
        ("x-forwarded-host", "evil.test"),
        ("x-forwarded-proto", "javascript"),
        ("x-forwarded-server", "evil.test"),
        ("x-original-host", "evil.test"),
        ("x-host", "evil.test"),
        ("forwarded", "host=evil.test;proto=http"),
        ("x-forwarded-prefix", "//evil.test"),
    ];
    for (number, header) in hostile.into_iter().enumerate() {
        let body = json!({ "emails": [format!("n{number}@x.example")],
            "grants": grants_of(&[(A1, &["agent"])]) });
        assert_eq!(admin.call("POST", path::INVITATIONS, &body, &[header]).status, 200, "{header:?}");
        let copied = admin.call("POST", &with_id(path::USER_INVITATION_LINK, &id), &Value::Null, &[header]);
        assert_eq!(copied.status, 201, "{header:?}: {}", copied.text());
        let url = copied.json::<Value>()["url"].as_str().unwrap().to_owned();
        assert!(url.starts_with("http://users.test/join#"), "{url}");
        let request = json!({ "email": admin.email });
        assert_eq!(admin.call("POST", path::SIGN_IN_LINKS, &request, &[header]).status, 202, "{header:?}");
    }
    for number in 0..10 {
        world.mailed_token(&format!("n{number}@x.example"));
    }
    world.wait_for_mails(&admin.email, "/sign-in#", 1);
    let mails = mails_in(&world.server.data);
    assert!((12..=14).contains(&mails.len()), "one to three sign-in links: {}", mails.len());
    for mail in mails {
        let link = mail.plain.lines().find(|line| line.contains("://")).unwrap();
        assert!(link.starts_with("http://users.test/"), "{link}");
        assert!(!format!("{mail:?}").contains("evil.test"));
    }
}

#[test]
fn requires_a_valid_invitation() {
    let world = World::new();
    let admin = &world.administrator;
    let olga = world.join("olga", &[(A1, &["agent"])]);
    let calls = [("POST", path::USER_INVITATION_LINK), ("POST", path::USER_INVITATION_RESEND)];
    for (method, path) in calls.into_iter().chain([("DELETE", path::USER_INVITATION)]) {
        let response = admin.call(method, &with_id(path, &olga.id), &Value::Null, &[]);
        assert_eq!(response.problem(), (409, "no_invitation".into()), "{path}");
    }
    admin.invite(&["nina@x.example"], &[(A1, &["agent"])]);
    let id = admin.id_of("nina@x.example");
    let mailed = world.mailed_token("nina@x.example");
    world.server.execute("UPDATE pending_grants SET expires_at = 1; UPDATE directory SET expires_at = 1");
    let response = admin.post(&with_id(path::USER_INVITATION_LINK, &id), &Value::Null);
    assert_eq!(response.problem(), (409, "invitation_expired".into()));
    assert_eq!(world.try_accept(&mailed, "Nina").problem(), (403, "link_invalid".into()));
    // After resending, it can be accepted again.
    assert_eq!(resend(&world, &id).status, 204);
    let tokens = world.wait_for_mails("nina@x.example", "/join#", 2);
    world.accept(tokens.iter().find(|token| **token != mailed).unwrap(), "Nina");
}

#[test]
fn resending_revokes_the_mailed_link_but_not_copied_ones() {
    let world = World::new();
    let admin = &world.administrator;
    let body = json!({ "emails": ["nina@x.example"], "expires_in_days": 1,
        "grants": grants_of(&[(A1, &["agent"]), (A2, &["analyst"])]) });
    assert_eq!(admin.post(path::INVITATIONS, &body).status, 200);
    let id = admin.id_of("nina@x.example");
    let mailed = world.mailed_token("nina@x.example");
    admin.wait_for_actions(&id, &["invitation.sent", "invitation.sent", "user.invited", "user.invited"]);
    let copied = [admin.copied_token(&id), admin.copied_token(&id)];
    let before = user(&world, &id)["pending"].clone();
    assert_eq!(before["links"], 3, "{before}");
    assert_eq!(resend(&world, &id).status, 204);
    world.wait_for_mails("nina@x.example", "/join#", 2);
    // Each action is recorded at each of the nodes.
    let mut expected = vec!["invitation.sent"; 2];
    expected.extend(["invitation.resent"; 2]);
    expected.extend(["invitation.link_copied"; 4]);
    expected.extend(["invitation.sent"; 2]);
    expected.extend(["user.invited"; 2]);
    admin.wait_for_actions(&id, &expected);
    let after = user(&world, &id)["pending"].clone();
    let time = |pending: &Value, field: &str| pending[field].as_str().unwrap().to_owned();
    assert!(time(&after, "expires_at") > time(&before, "expires_at"));
    assert!(time(&after, "sent_at") > time(&before, "sent_at"));
    assert_eq!(time(&after, "created_at"), time(&before, "created_at"));
    assert_eq!(after["links"], 4);
    assert_eq!(world.try_accept(&mailed, "Nina").problem(), (403, "link_invalid".into()));
    world.accept(&copied[0], "Nina");
    assert_eq!(world.try_accept(&copied[1], "Nina").problem(), (403, "link_invalid".into()));
    assert_eq!(admin.effective(&id, A2), ["analyst"]);
}

#[test]
fn revoking_ends_all_links_and_is_recorded_at_each_node() {
    let world = World::new();
    let admin = &world.administrator;
    let watcher = world.join("root", &[(ROOT, &["organisation_manager"])]);
    admin.invite(&["nina@x.example"], &[(A1, &["agent"]), (B1, &["analyst"])]);
    let id = admin.id_of("nina@x.example");
    let links = [world.mailed_token("nina@x.example"), admin.copied_token(&id), watcher.copied_token(&id)];
    assert_eq!(admin.delete(&with_id(path::USER_INVITATION, &id)).status, 204);
    for token in links {
        assert_eq!(world.try_accept(&token, "Nina").problem(), (403, "link_invalid".into()));
    }
    assert!(admin.row("nina@x.example").is_none());
    let query = format!("{}?action=invitation.revoked&user={id}", path::AUDIT);
    let entries: Value = admin.get(&query).json();
    let nodes: Vec<_> =
        entries["items"].as_array().unwrap().iter().map(|entry| &entry["node"]["id"]).collect();
    assert_eq!(nodes.len(), 2, "{entries}");
    assert!(nodes.contains(&&json!(A1)) && nodes.contains(&&json!(B1)));
    assert_eq!(admin.delete(&with_id(path::USER_INVITATION, &id)).problem(), (404, "not_found".into()));
}

#[test]
fn resending_never_shortens_the_validity() {
    let world = World::new();
    let body = json!({ "emails": ["nina@x.example"], "expires_in_days": 30,
        "grants": grants_of(&[(A1, &["agent"])]) });
    assert_eq!(world.administrator.post(path::INVITATIONS, &body).status, 200);
    let id = world.administrator.id_of("nina@x.example");
    let before = user(&world, &id)["pending"]["expires_at"].clone();
    assert_eq!(resend(&world, &id).status, 204);
    assert_eq!(user(&world, &id)["pending"]["expires_at"], before);
    world.wait_for_mails("nina@x.example", "/join#", 2);
    let expiry = |text: &str| text.lines().find(|line| line.contains("expires on")).unwrap().to_owned();
    let mails = mails_in(&world.server.data);
    assert_eq!(expiry(&mails[0].plain), expiry(&mails[1].plain));
}

/// Reads all files in a folder and its subfolders, except mails.
fn files(folder: &Path, found: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_none_or(|ending| ending != "eml") {
            found.push(std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn stores_no_tokens_except_in_mails() {
    let world = World::new();
    let admin = &world.administrator;
    let emails: Vec<String> = (0..40).map(|number| format!("n{number}@x.example")).collect();
    let addresses: Vec<&str> = emails.iter().map(String::as_str).collect();
    assert_eq!(admin.invite(&addresses, &[(A1, &["agent"])]).status, 200);
    let mut tokens = Vec::new();
    for email in &emails {
        tokens.push(world.mailed_token(email));
        tokens.push(admin.copied_token(&admin.id_of(email)));
    }
    for token in tokens.iter().take(4) {
        world.try_accept(token, "Nina");
    }
    assert!(tokens.iter().all(|token| token.len() == 43));
    let mut contents = Vec::new();
    files(world.server.data.path(), &mut contents);
    assert!(contents.len() >= 4, "the database, its write-ahead log, the head file and the server log");
    for bytes in contents {
        let text = String::from_utf8_lossy(&bytes);
        assert!(tokens.iter().all(|token| !text.contains(token.as_str())));
    }
}

#[test]
fn twenty_concurrent_accepts_join_once() {
    let world = World::new();
    let admin = &world.administrator;
    for number in 0..20 {
        let email = format!("n{number}@x.example");
        assert_eq!(admin.invite(&[&email], &[(A1, &["agent"])]).status, 200);
        let id = admin.id_of(&email);
        let token = if number % 2 == 0 { world.mailed_token(&email) } else { admin.copied_token(&id) };
        let responses: Vec<_> = thread::scope(|scope| {
            let attempts: Vec<_> =
                (0..20).map(|_| scope.spawn(|| world.try_accept(&token, "Nina"))).collect();
            attempts.into_iter().map(|attempt| attempt.join().unwrap()).collect()
        });
        let joined: Vec<_> = responses.iter().filter(|response| response.status == 201).collect();
        assert_eq!(joined.len(), 1);
        assert_eq!(world.person(joined[0]).id, id);
        assert!(
            responses.iter().all(|response| response.status == 201 || response.problem().1 == "link_invalid")
        );
        let sessions = admin.actions(&id).iter().filter(|action| *action == "session.started").count();
        assert_eq!(sessions, 1);
    }
    let page: Value = admin.get(&format!("{}?status=active", path::USERS)).json();
    assert_eq!(page["total"]["value"], 21);
}

#[test]
fn an_active_user_with_a_pending_grant_has_links() {
    let world = World::new();
    let admin = &world.administrator;
    let bert = world.join("bert", &[(B1, &["agent"])]);
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    assert_eq!(maud.invite(&["bert@x.example"], &[(A1, &["analyst"])]).status, 200);
    let row = admin.row("bert@x.example").unwrap();
    assert_eq!((&row["status"], row["invitation"].is_object()), (&json!("active"), true));
    assert_eq!((&row["allowed"]["copy_link"], &row["allowed"]["resend"]), (&Value::Null, &Value::Null));
    assert_eq!(maud.row("bert@x.example").unwrap()["status"], "invited");
    assert_eq!(resend(&world, &bert.id).status, 204);
    world.wait_for_mails("bert@x.example", "/join#", 3);
    let token = admin.copied_token(&bert.id);
    assert_eq!(bert.post(path::INVITATIONS_ACCEPT, &json!({ "token": token })).status, 201);
    assert_eq!(admin.effective(&bert.id, A1), ["analyst"]);
    assert_eq!(resend(&world, &bert.id).problem(), (409, "no_invitation".into()));
}

/// A manager who resends or copies becomes the granter. So the link works, although the first granter may no longer give
/// the roles.
#[test]
fn resending_and_copying_take_over_the_grants_of_a_removed_manager() {
    assert_taken_over(|world, maud| {
        assert_eq!(world.administrator.delete(&with_id(path::USER, &maud.id)).status, 204);
    });
}

#[test]
fn resending_and_copying_take_over_the_grants_of_a_demoted_manager() {
    assert_taken_over(|world, maud| {
        assert_eq!(world.administrator.assign(&maud.id, A, Some(&["agent"])).status, 200);
    });
}

/// `end` takes the role away with which Maud invites users.
fn assert_taken_over(end: impl FnOnce(&World, &Person)) {
    let world = World::new();
    let admin = &world.administrator;
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    for email in ["mailed@x.example", "copied@x.example", "stays@x.example"] {
        maud.invite(&[email], &[(A1, &["agent"]), (A2, &["planner"])]);
    }
    let stays = world.mailed_token("stays@x.example");
    end(&world, &maud);
    let previewed = |email: &str| {
        let draft = json!({ "emails": [email], "grants": grants_of(&[(A1, &["agent"])]) });
        let preview: Value = admin.post(path::INVITATIONS_PREVIEW, &draft).json();
        let address = &preview["addresses"][0];
        assert_eq!(address["kind"], "invited", "{preview}");
        address["unacceptable"].clone()
    };
    let state = |email: &str| {
        let row = admin.row(email).unwrap();
        (row["invitation"]["unacceptable"].clone(), row["allowed"]["view_as"].clone())
    };
    let (nobody, everyone) = ((json!(true), json!("nothing_to_view")), (Value::Null, Value::Null));
    for email in ["mailed@x.example", "copied@x.example", "stays@x.example"] {
        assert_eq!(state(email), nobody, "{email}");
        assert_eq!(previewed(email), true, "{email}");
    }
    let (mailed, copied) = (admin.id_of("mailed@x.example"), admin.id_of("copied@x.example"));
    assert_eq!(resend(&world, &mailed).status, 204);
    let token = admin.copied_token(&copied);
    for (email, id, token) in [
        ("mailed@x.example", mailed, world.wait_for_mails("mailed@x.example", "/join#", 2).pop().unwrap()),
        ("copied@x.example", copied, token),
    ] {
        assert_eq!(state(email), everyone, "{email}");
        assert_eq!(previewed(email), Value::Null, "{email}");
        let row = admin.row(email).unwrap();
        assert_eq!(row["invited_by"]["id"], json!(admin.id), "{email}");
        world.accept(&token, "Nina");
        assert_eq!(admin.effective(&id, A1), ["agent"]);
        assert_eq!(admin.effective(&id, A2), ["planner"]);
    }
    assert_eq!(world.try_accept(&stays, "Nina").problem(), (403, "link_invalid".into()));
}

#[test]
fn taking_over_merges_the_grants_of_a_node() {
    let world = World::new();
    let admin = &world.administrator;
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    maud.invite(&["nina@x.example"], &[(A1, &["agent"])]);
    admin.invite(&["nina@x.example"], &[(A1, &["administrator"]), (A2, &["agent"])]);
    let id = admin.id_of("nina@x.example");
    // Maud may not give Administrator, so that grant stays the administrator's.
    let token = maud.copied_token(&id);
    let user = world.accept(&token, "Nina");
    assert_eq!(maud.effective(&user.id, A1), ["agent"]);
    assert_eq!(maud.effective(&user.id, A2), ["agent"]);
}
