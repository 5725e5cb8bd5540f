//! Correcting the address of an invited user: revoking the invitation, and inviting the right address.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::server::Response;
use crate::world::*;

fn correct(by: &Person, user: &str, email: &str) -> Response {
    by.post(&with_id(path::USER_INVITATION_CORRECT, user), &json!({ "email": email }))
}

/// Returns the pending roles of a user at a node.
fn pending(by: &Person, user: &str, node: &str) -> Value {
    let access: Value = by.get(&with_id(path::USER_ACCESS, user)).json();
    let nodes = access["nodes"].as_array().unwrap();
    nodes.iter().find(|here| here["node_id"] == node).unwrap()["pending"].clone()
}

#[test]
fn moves_the_invitation_and_ends_the_old_link() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let tess = world.join("tess", &[(A, &["organisation_manager"])]);
    maud.invite(&["wrnog@x.example"], &[(A1, &["agent"]), (A2, &["planner"])]);
    let wrong = maud.id_of("wrnog@x.example");
    let (mailed, copied) = (world.mailed_token("wrnog@x.example"), maud.copied_token(&wrong));
    let response = correct(&tess, &wrong, " wrong@x.example ");
    assert_eq!(response.status, 200, "{}", response.text());
    let right = response.json::<Value>()["user_id"].as_str().unwrap().to_owned();
    assert_eq!(right, tess.id_of("wrong@x.example"));
    assert!(tess.row("wrnog@x.example").is_none());
    for token in [mailed, copied] {
        assert_eq!(world.try_accept(&token, "Nina").problem(), (403, "link_invalid".into()));
    }
    // The corrector is the granter now, so it does not matter that the inviter is demoted.
    assert_eq!(tess.row("wrong@x.example").unwrap()["invited_by"]["id"], json!(tess.id));
    assert_eq!(world.administrator.assign(&maud.id, A, Some(&["agent"])).status, 200);
    world.accept(&world.mailed_token("wrong@x.example"), "Nina");
    assert_eq!(tess.effective(&right, A1), ["agent"]);
    assert_eq!(tess.effective(&right, A2), ["planner"]);
    let entries: Value = tess.get(&format!("{}?action=invitation.corrected", path::AUDIT)).json();
    let entries = entries["items"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert!(entries.iter().all(|entry| entry["target"]["name"] == "wrnog@x.example"
        && entry["actor"]["id"] == json!(tess.id)
        && entry["details"]["before"].is_array()));
}

#[test]
fn leaves_what_the_corrector_cannot_give() {
    let world = World::new();
    let admin = &world.administrator;
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    admin.invite(&["wrnog@x.example"], &[(A1, &["administrator"]), (B1, &["agent"])]);
    maud.invite(&["wrnog@x.example"], &[(A2, &["agent"])]);
    let wrong = maud.id_of("wrnog@x.example");
    let tokens = world.wait_for_mails("wrnog@x.example", "/join#", 2);
    let response: Value = correct(&maud, &wrong, "wrong@x.example").json();
    let right = response["user_id"].as_str().unwrap().to_owned();
    assert_eq!(pending(admin, &right, A2), json!(["agent"]));
    for node in [A1, B1] {
        assert_eq!(pending(admin, &right, node), json!([]), "{node}");
    }
    assert_eq!(pending(admin, &wrong, A1), json!(["administrator"]));
    // The link of the administrator still gives what the administrator gave; that of the manager gives nothing.
    assert_eq!(world.try_accept(&tokens[1], "Nina").problem(), (403, "link_invalid".into()));
    let user = world.accept(&tokens[0], "Nina");
    assert_eq!(admin.effective(&user.id, A2), [""; 0]);
    assert_eq!(admin.effective(&user.id, B1), ["agent"]);
    // A grant of Administrator alone cannot be moved by an Organisation Manager.
    admin.invite(&["other@x.example"], &[(A1, &["administrator"])]);
    let other = maud.id_of("other@x.example");
    assert_eq!(correct(&maud, &other, "o@x.example").problem(), (403, "needs_administrator".into()));
    assert!(admin.row("o@x.example").is_none());
}

#[test]
fn treats_the_new_address_like_every_invited_address() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A1, &["agent"])]);
    let zoe = world.join("zoe", &[(B1, &["agent"])]);
    for (email, roles) in [("one@x.example", "planner"), ("two@x.example", "analyst")] {
        maud.invite(&[email], &[(A1, &[roles])]);
    }
    // A user who has joined here gets the roles at once. A user elsewhere is invited.
    let response: Value = correct(&maud, &maud.id_of("one@x.example"), "olga@x.example").json();
    assert_eq!(response["user_id"], json!(olga.id));
    assert_eq!(maud.effective(&olga.id, A1), ["agent", "planner"]);
    assert_eq!(correct(&maud, &maud.id_of("two@x.example"), "zoe@x.example").status, 200);
    assert_eq!(pending(&maud, &zoe.id, A1), json!(["analyst"]));
    assert_eq!(maud.effective(&zoe.id, A1), [""; 0]);
    // A manager sends twenty mails a day to an address, corrected or not. A refused correction changes nothing.
    maud.invite(&["three@x.example"], &[(A1, &["agent"])]);
    let three = maud.id_of("three@x.example");
    for _ in 0..30 {
        maud.invite(&["full@x.example"], &[(A2, &["agent"])]);
    }
    let response = correct(&maud, &three, "full@x.example");
    assert_eq!(response.problem(), (429, "rate_limited".into()));
    assert_eq!(pending(&maud, &three, A1), json!(["agent"]));
}

#[test]
fn refuses_joined_users_other_agencies_and_invalid_addresses() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let tess = world.join("tess", &[(B, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A1, &["agent"])]);
    assert_eq!(correct(&maud, &olga.id, "o@x.example").problem(), (409, "no_invitation".into()));
    maud.invite(&["nina@x.example"], &[(A1, &["agent"])]);
    let nina = maud.id_of("nina@x.example");
    assert_eq!(correct(&tess, &nina, "n@x.example").problem(), (404, "not_found".into()));
    for email in ["", "nina", "NINA@x.example"] {
        assert_eq!(correct(&maud, &nina, email).problem(), (422, "invalid".into()), "{email}");
    }
    world.accept(&world.mailed_token("nina@x.example"), "Nina");
    assert_eq!(correct(&maud, &nina, "n@x.example").problem(), (409, "no_invitation".into()));
    // With another pending grant, the reason is that the user has joined.
    world.server.execute(
        "INSERT INTO pending_grants (user_pk, node, roles, granted_by, created_at, expires_at, seq, first_entry) \
         SELECT u.pk, n.pk, 1, m.pk, 1, 9000000000000, 1, 1 FROM users u, nodes n, users m \
         WHERE u.email = 'nina@x.example' AND m.email = 'maud@x.example' AND n.name = 'Environment A2'",
    );
    assert_eq!(correct(&maud, &nina, "n@x.example").problem(), (409, "has_joined".into()));
}
