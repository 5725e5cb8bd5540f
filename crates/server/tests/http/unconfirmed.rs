//! Users with an unconfirmed e-mail address: they joined by a copied link, and no mail has reached the address since.
//! Only the manager who copied the link gives them roles.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::world::*;

const UNCONFIRMED: (u16, &str) = (403, "address_unconfirmed");

fn problem(response: &crate::server::Response) -> (u16, String) {
    response.problem()
}

fn assert_refused(response: &crate::server::Response) {
    assert_eq!(problem(response), (UNCONFIRMED.0, UNCONFIRMED.1.into()));
}

/// Returns a manager of agency A, and a user who joined by a link that this manager copied.
fn joined_by_a_copied_link(world: &World) -> (Person, Person) {
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    maud.invite(&["ceo@x.example"], &[(A, &["agent"])]);
    let ceo = world.accept(&maud.copied_token(&maud.id_of("ceo@x.example")), "Ceo");
    (maud, ceo)
}

fn add_role(by: &Person, user: &str, role: &str) -> Value {
    let body = json!({ "select": { "ids": [user] }, "action": "add_role", "node_id": A1, "role": role });
    by.post(path::USERS_BULK, &body).json()
}

#[test]
fn editing_gives_nothing() {
    let world = World::new();
    let admin = &world.administrator;
    let (maud, ceo) = joined_by_a_copied_link(&world);
    assert_refused(&admin.assign(&ceo.id, A1, Some(&["agent", "producer"])));
    // "Assign here" would start chat notifications.
    assert_refused(&admin.assign(&ceo.id, A1, Some(&["agent"])));
    assert_eq!(admin.assign(&ceo.id, A1, Some(&[])).status, 200, "access can be taken away");
    assert_refused(&admin.assign(&ceo.id, A1, None));
    assert_eq!(maud.assign(&ceo.id, A1, Some(&["agent", "producer"])).status, 200);
    // Nor does the user give themselves anything.
    assert_eq!(maud.assign(&ceo.id, A2, Some(&["organisation_manager"])).status, 200);
    assert_refused(&ceo.assign(&ceo.id, A2, Some(&["organisation_manager", "producer"])));
    // After a mail has reached the address, everybody may.
    world.server.client().post(path::SIGN_IN_LINKS, &json!({ "email": "ceo@x.example" }));
    world.sign_in_by_mail("ceo@x.example", 1);
    assert_eq!(admin.assign(&ceo.id, A1, Some(&["agent", "planner"])).status, 200);
}

#[test]
fn adding_a_role_to_many_users_gives_nothing() {
    let world = World::new();
    let (maud, ceo) = joined_by_a_copied_link(&world);
    let result = add_role(&world.administrator, &ceo.id, "producer");
    assert_eq!((&result["done"], &result["refused"]), (&json!(0), &json!(1)), "{result}");
    assert_eq!(result["refusals"][0]["code"], "address_unconfirmed");
    assert_eq!(add_role(&maud, &ceo.id, "producer")["done"], 1);
}

#[test]
fn restoring_gives_nothing() {
    let world = World::new();
    let admin = &world.administrator;
    let (maud, ceo) = joined_by_a_copied_link(&world);
    assert_eq!(admin.delete(&with_id(path::USER, &ceo.id)).status, 204);
    let restore = with_id(path::USER_RESTORE, &ceo.id);
    assert_refused(&admin.post(&restore, &Value::Null));
    assert_eq!(maud.post(&restore, &Value::Null).status, 200);
    assert_eq!(maud.effective(&ceo.id, A1), ["agent"]);
}

#[test]
fn a_copied_link_accepts_only_what_its_creator_gave() {
    let world = World::new();
    let admin = &world.administrator;
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    maud.invite(&["ceo@x.example"], &[(A1, &["agent"])]);
    let ceo = maud.id_of("ceo@x.example");
    let copied = maud.copied_token(&ceo);
    // The administrator edits the pending roles and so gives them. They reach the address only by mail.
    assert_eq!(admin.assign(&ceo, A1, Some(&["agent", "producer"])).status, 200);
    assert_eq!(world.try_accept(&copied, "Ceo").problem(), (403, "link_invalid".into()));
    assert!(admin.row("ceo@x.example").is_some(), "the attempt changes nothing");
    world.accept(&world.mailed_token("ceo@x.example"), "Ceo");
    assert_eq!(admin.effective(&ceo, A1), ["agent", "producer"]);
}

#[test]
fn rows_say_so_until_a_mail_reaches_the_address() {
    let world = World::new();
    let admin = &world.administrator;
    let (maud, ceo) = joined_by_a_copied_link(&world);
    let state = |by: &Person| {
        let row = by.row("ceo@x.example").unwrap();
        (row["address_unconfirmed"].clone(), row["allowed"]["give_roles"].clone())
    };
    assert_eq!(state(admin), (json!(true), json!("address_unconfirmed")));
    assert_eq!(state(&maud), (json!(true), Value::Null));
    let preview = |by: &Person| -> Value {
        let grants = grants_of(&[(A1, &["producer"])]);
        let draft = json!({ "emails": ["ceo@x.example"], "grants": grants });
        by.post(path::INVITATIONS_PREVIEW, &draft).json::<Value>()["addresses"][0]["kind"].clone()
    };
    assert_eq!((preview(admin), preview(&maud)), (json!("invited"), json!("joined")));
    admin.invite(&["ceo@x.example"], &[(A1, &["producer"])]);
    let mailed = world.wait_for_mails("ceo@x.example", "/join#", 2).pop().unwrap();
    let body = json!({ "token": mailed });
    assert_eq!(ceo.post(path::INVITATIONS_ACCEPT, &body).status, 201);
    assert_eq!(state(admin), (Value::Null, Value::Null));
}
