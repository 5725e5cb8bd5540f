//! Inviting users.

use std::collections::BTreeSet;
use std::thread;

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::mail::{eventually, mails_in};
use crate::server::Server;
use crate::world::{A, A1, A2, B, B1, Person, World, grants_of, with_id};

const UNKNOWN_NODE: &str = "00000000-0000-4000-8000-0000000000ff";

fn result(invited: u32, updated: u32) -> Value {
    json!({ "invited": invited, "updated": updated, "failed": [] })
}

fn pending(by: &Person, user: &str, node: &str) -> Value {
    let access: Value = by.get(&with_id(path::USER_ACCESS, user)).json();
    let nodes = access["nodes"].as_array().unwrap();
    nodes.iter().find(|access_node| access_node["node_id"] == node).unwrap()["pending"].clone()
}

#[test]
fn lists_invited_users_with_only_their_address() {
    let world = World::new();
    let response = world.administrator.invite(&[" Nina@x.example "], &[(A1, &["agent"])]);
    assert_eq!(response.json::<Value>(), result(1, 0));
    let row = world.administrator.row("Nina@x.example").unwrap();
    assert_eq!((&row["status"], &row["name"]), (&json!("invited"), &Value::Null));
    let id = row["id"].as_str().unwrap();
    assert_eq!(world.administrator.effective(id, A1), [""; 0]);
    assert_eq!(pending(&world.administrator, id, A1), json!(["agent"]));
    world.administrator.wait_for_actions(id, &["invitation.sent", "user.invited"]);
}

#[test]
fn adds_the_roles_at_once_for_a_joined_user() {
    let world = World::new();
    let olga = world.join("olga", &[(A, &["operator"])]);
    let response = world.administrator.invite(&["OLGA@x.example"], &[(A1, &["analyst"])]);
    assert_eq!(response.json::<Value>(), result(0, 1));
    let access: Value = world.administrator.get(&with_id(path::USER_ACCESS, &olga.id)).json();
    let access_node = access["nodes"].as_array().unwrap().iter().find(|node| node["node_id"] == A1).unwrap();
    let roles = |field: &str| {
        access_node[field].as_array().unwrap().iter().map(Value::to_string).collect::<BTreeSet<_>>()
    };
    assert_eq!(roles("assigned"), BTreeSet::from(["\"analyst\"".into(), "\"operator\"".into()]));
    assert_eq!(roles("pending"), BTreeSet::new());
    assert_eq!(world.administrator.actions(&olga.id)[0], "roles.changed");
    eventually(|| (world.mails_to("olga@x.example") == 2).then_some(()));
    // A repeated invitation changes nothing and sends no mail.
    let response = world.administrator.invite(&["olga@x.example"], &[(A1, &["analyst"])]);
    assert_eq!(response.json::<Value>(), result(0, 1));
    assert_eq!(world.administrator.actions(&olga.id)[0..2], ["roles.changed", "session.started"]);
}

#[test]
fn mails_mention_the_notifications_that_a_grant_brings() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    world.join("olga", &[(A, &["operator"])]);
    world.join("anna", &[(A, &["analyst"])]);
    // Bert joins by a copied link, so a mail of another manager has to reach his address first.
    assert_eq!(maud.invite(&["bert@x.example"], &[(A, &["operator"])]).status, 200);
    world.accept(&maud.copied_token(&maud.id_of("bert@x.example")), "bert");
    let emails = ["olga@x.example", "anna@x.example", "bert@x.example", "nina@x.example"];
    let response = world.administrator.invite(&emails, &[(A1, &["planner"])]);
    assert_eq!(response.json::<Value>(), result(2, 2));
    for (email, mentions) in emails.into_iter().zip([true, false, true, false]) {
        let mail = eventually(|| {
            let mut mails = mails_in(&world.server.data).into_iter();
            mails.find(|mail| mail.to.contains(email) && mail.plain.contains("Planner"))
        });
        assert_eq!(mail.plain.contains("Get chat notifications"), mentions, "{email}: {}", mail.plain);
    }
}

#[test]
fn invites_users_of_other_tenants_like_new_users() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let bert = world.join("bert", &[(B, &["administrator"])]);
    let known = manager.invite(&["bert@x.example"], &[(A1, &["agent"])]);
    let unknown = manager.invite(&["berd@x.example"], &[(A1, &["agent"])]);
    assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
    // Both mails have the same text, except for the token.
    let mail = |email: &str, count: usize| {
        let mails = eventually(|| {
            let all = mails_in(&world.server.data).into_iter().filter(|mail| mail.to.contains(email));
            let all: Vec<_> = all.filter(|mail| mail.subject.starts_with("maud")).collect();
            (all.len() == count).then_some(all)
        });
        let text = mails[0].plain.replace(&mails[0].link("/join#"), "");
        (mails[0].subject.clone(), text)
    };
    assert_eq!(mail("bert@x.example", 1), mail("berd@x.example", 1));
    // The manager sees the same of both, even if one has chosen a language elsewhere.
    assert_eq!(bert.call("PATCH", path::SESSION, &json!({ "locale": "nl" }), &[]).status, 200);
    let visible_data = |email: &str| {
        let row = manager.row(email).unwrap();
        let id = row["id"].as_str().unwrap().to_owned();
        let user: Value = manager.get(&with_id(path::USER, &id)).json();
        let access: Value = manager.get(&with_id(path::USER_ACCESS, &id)).json();
        manager.wait_for_actions(&id, &["invitation.sent", "user.invited"]);
        assert!(!format!("{user}{access}").contains(B1), "{user}");
        let mut visible =
            json!([row["status"], row["name"], row["roles"], user["joined_at"], user["locale"], access]);
        visible.as_array_mut().unwrap().push(json!(manager.get(&with_id(path::USER_ACTIVITY, &id)).status));
        visible
    };
    assert_eq!(visible_data("bert@x.example"), visible_data("berd@x.example"));
}

#[test]
fn refuses_a_batch_with_one_forbidden_grant_as_a_whole() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let audit = world.administrator.get(path::AUDIT).body;
    let emails: Vec<String> = (0..200).map(|number| format!("new{number}@x.example")).collect();
    let emails: Vec<&str> = emails.iter().map(String::as_str).collect();
    let response = manager.invite(&emails, &[(A1, &["agent"]), (A2, &["agent", "administrator"])]);
    assert_eq!(response.problem(), (403, "needs_administrator".into()));
    assert!(manager.row("new0@x.example").is_none());
    assert_eq!(world.administrator.get(path::AUDIT).body, audit);
    // Without the forbidden grant, it succeeds. The number of mails shows that none was sent before.
    assert_eq!(manager.invite(&emails, &[(A1, &["agent"])]).json::<Value>(), result(200, 0));
    world.mailed_token("new199@x.example");
    assert_eq!(world.mails_to("new0@x.example"), 1);
}

#[test]
fn refuses_the_batch_and_names_the_address_at_fault() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    world.administrator.invite(&["ada@x.example"], &[(A, &["administrator"])]);
    let response = manager.invite(&["first@x.example", "ada@x.example"], &[(A, &["agent"])]);
    assert_eq!(response.problem(), (403, "needs_administrator".into()));
    assert_eq!(response.json::<Value>()["fields"][0]["field"], "emails[1]");
    assert!(world.administrator.row("first@x.example").is_none());
}

#[test]
fn reports_invalid_addresses_and_ignores_duplicates() {
    let world = World::new();
    let emails = ["no address", "a@x.example", " A@X.example ", "a@b@c", "b@x.example"];
    let response: Value = world.administrator.invite(&emails, &[(A1, &["agent"])]).json();
    assert_eq!((&response["invited"], &response["updated"]), (&json!(2), &json!(0)));
    let failed = json!([{ "email": "no address", "code": "invalid", "address_error": "white_space" },
            { "email": "a@b@c", "code": "invalid", "address_error": "at_sign" }]);
    assert_eq!(response["failed"], failed);
    world.mailed_token("b@x.example");
    assert_eq!(world.mails_to("a@x.example"), 1);
}

#[test]
fn distinguishes_the_addresses_mıke_and_mike() {
    let world = World::new();
    let mike = world.join("mike", &[(A1, &["agent"])]);
    let response = world.administrator.invite(&["mıke@x.example", "MIKE@x.example"], &[(A1, &["analyst"])]);
    assert_eq!(response.json::<Value>(), result(1, 1));
    assert_eq!(world.administrator.effective(&mike.id, A1).len(), 2);
    let page: Value = world.administrator.get(&format!("{}?status=invited", path::USERS)).json();
    assert_eq!(page["items"][0]["email"], "mıke@x.example");
    assert_ne!(page["items"][0]["id"], mike.id);
}

#[test]
fn rejects_invalid_fields() {
    let world = World::new();
    let assert_invalid = |field: &str, change: &dyn Fn(&mut Value)| {
        let mut body = json!({ "emails": ["a@x.example"], "grants": grants_of(&[(A1, &["agent"])]) });
        change(&mut body);
        let response = world.administrator.post(path::INVITATIONS, &body);
        assert_eq!(response.problem(), (422, "invalid".into()), "{field}");
        if !field.is_empty() {
            assert_eq!(response.json::<Value>()["fields"][0]["field"], field);
        }
    };
    assert_invalid("emails", &|body| body["emails"] = json!([]));
    assert_invalid("emails", &|body| body["emails"] = json!(vec!["a@x.example"; 201]));
    assert_invalid("message", &|body| body["message"] = json!("é".repeat(1_001)));
    assert_invalid("expires_in_days", &|body| body["expires_in_days"] = json!(0));
    assert_invalid("expires_in_days", &|body| body["expires_in_days"] = json!(31));
    assert_invalid("", &|body| body["expires_in_days"] = json!(256));
    assert_invalid("grants", &|body| body["grants"] = json!([]));
    assert_invalid("grants", &|body| body["grants"][0]["roles"] = json!([]));
    assert_invalid("grants", &|body| body["grants"] = grants_of(&[(A1, &["agent"]), (A1, &["analyst"])]));
    assert_invalid("", &|body| body["is_admin"] = json!(true));
    assert!(world.administrator.row("a@x.example").is_none());
    let at_the_limits = json!({ "emails": vec!["a@x.example"; 200], "grants": grants_of(&[(A1, &["agent"])]),
        "message": "é".repeat(1_000), "expires_in_days": 30 });
    assert_eq!(world.administrator.post(path::INVITATIONS, &at_the_limits).json::<Value>(), result(1, 0));
}

#[test]
fn treats_nodes_of_other_tenants_like_unknown_ones() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let other = manager.invite(&["a@x.example"], &[(A1, &["agent"]), (B1, &["agent"])]);
    let unknown = manager.invite(&["a@x.example"], &[(A1, &["agent"]), (UNKNOWN_NODE, &["agent"])]);
    assert_eq!(other.problem(), (404, "not_found".into()));
    assert_eq!(other.body, unknown.body);
    assert!(manager.row("a@x.example").is_none());
}

#[test]
fn inviting_again_extends_the_grant_and_revokes_the_mailed_link() {
    let world = World::new();
    let email = "nina@x.example";
    world.administrator.invite(&[email], &[(A1, &["agent"])]);
    let first = world.mailed_token(email);
    world.administrator.invite(&[email], &[(A1, &["analyst"])]);
    let tokens = world.wait_for_mails(email, "/join#", 2);
    assert_eq!(world.try_accept(&first, "Nina").problem(), (403, "link_invalid".into()));
    let second = tokens.iter().find(|token| **token != first).unwrap();
    let nina = world.accept(second, "Nina");
    assert_eq!(world.administrator.effective(&nina.id, A1).len(), 2);
}

#[test]
fn keeps_grants_of_two_managers_apart() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let mira = world.join("mira", &[(A, &["organisation_manager"])]);
    maud.invite(&["nina@x.example"], &[(A1, &["agent"])]);
    mira.invite(&["nina@x.example"], &[(A1, &["analyst"])]);
    let mailed = world.wait_for_mails("nina@x.example", "/join#", 2);
    assert_eq!(world.administrator.assign(&mira.id, A, Some(&["agent"])).status, 200);
    let id = maud.id_of("nina@x.example");
    world.accept(&mailed[0], "Nina");
    assert_eq!(maud.effective(&id, A1), ["agent"]);
}

#[test]
fn uses_the_chosen_expiry() {
    let world = World::new();
    for (email, days) in [("one@x.example", Some(1)), ("more@x.example", Some(30)), ("none@x.example", None)]
    {
        let body =
            json!({ "emails": [email], "grants": grants_of(&[(A1, &["agent"])]), "expires_in_days": days });
        assert_eq!(world.administrator.post(path::INVITATIONS, &body).status, 200);
        let user: Value =
            world.administrator.get(&with_id(path::USER, &world.administrator.id_of(email))).json();
        let time =
            |field: &str| user["pending"][field].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>();
        let lasts = time("expires_at").unwrap() - time("created_at").unwrap();
        assert_eq!(lasts.num_days(), days.unwrap_or(14), "{email}");
    }
}

#[test]
fn limits_mails_to_20_per_address_and_day() {
    let world = World::new();
    let email = "nina@x.example";
    for _ in 0..20 {
        assert_eq!(world.administrator.invite(&[email], &[(A1, &["agent"])]).json::<Value>(), result(1, 0));
    }
    let id = world.administrator.id_of(email);
    let invited =
        || world.administrator.actions(&id).iter().filter(|action| *action == "user.invited").count();
    let mut response: Value =
        world.administrator.invite(&[email, "b@x.example"], &[(A1, &["analyst"])]).json();
    let retry_after = response["failed"][0].as_object_mut().unwrap().remove("retry_after").unwrap();
    assert!((86_000..=86_401).contains(&retry_after.as_u64().unwrap()), "{retry_after}");
    let failed = json!([{ "email": email, "code": "rate_limited" }]);
    assert_eq!(response, json!({ "invited": 1, "updated": 0, "failed": failed }));
    assert_eq!(pending(&world.administrator, &id, A1), json!(["agent"]));
    assert_eq!(invited(), 20);
}

#[test]
fn twenty_retried_requests_invite_twenty_users() {
    let world = World::new();
    let send = |number: usize| {
        let body =
            json!({ "emails": [format!("n{number}@x.example")], "grants": grants_of(&[(A1, &["agent"])]) });
        let key = format!("key-{number}");
        world.administrator.call("POST", path::INVITATIONS, &body, &[("idempotency-key", &key)])
    };
    for number in 0..20 {
        let responses: Vec<_> = if number < 8 {
            thread::scope(|scope| {
                let calls: Vec<_> = (0..5).map(|_| scope.spawn(move || send(number))).collect();
                calls.into_iter().map(|sent| sent.join().unwrap()).collect()
            })
        } else {
            (0..5).map(|_| send(number)).collect()
        };
        assert!(responses.iter().all(|response| response.json::<Value>() == result(1, 0)));
        assert!(responses.iter().all(|response| response.body == responses[0].body));
    }
    world.mailed_token("n19@x.example");
    for number in 0..20 {
        let id = world.administrator.id_of(&format!("n{number}@x.example"));
        world.administrator.wait_for_actions(&id, &["invitation.sent", "user.invited"]);
        assert_eq!(world.mails_to(&format!("n{number}@x.example")), 1);
    }
}

#[test]
fn idempotency_keys_belong_to_one_user_and_request() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let body = |email: &str| json!({ "emails": [email, "wrong"], "grants": grants_of(&[(A1, &["agent"])]) });
    let key = [("idempotency-key", "the key")];
    let send = |by: &Person, email: &str| by.call("POST", path::INVITATIONS, &body(email), &key);
    let first = send(&world.administrator, "a@x.example");
    assert_eq!(first.status, 200);
    assert_eq!(send(&world.administrator, "b@x.example").problem(), (409, "key_reused".into()));
    assert_eq!(send(&manager, "c@x.example").json::<Value>()["invited"], 1);
    let World { server, mut administrator } = world;
    let server = Server::start_on(server.kill(), &[]);
    administrator.url.clone_from(&server.url);
    let again = send(&administrator, "a@x.example");
    assert_eq!((again.status, &again.body), (200, &first.body));
    let id = administrator.id_of("a@x.example");
    administrator.wait_for_actions(&id, &["invitation.sent", "user.invited"]);
    assert!(administrator.row("b@x.example").is_none());
}
