//! Only what one may give is given: every role against every actor, on every path by which somebody gains or loses it.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::changes::access;
use crate::server::Answer;
use crate::world::{A, A1, Person, World, of};

const ROLES: [&str; 10] = [
    "agent",
    "operator",
    "content_manager",
    "analyst",
    "producer",
    "organisation_manager",
    "planner",
    "supervisor",
    "administrator",
    "developer",
];

/// Why somebody with a role at a node may not give another there.
fn denial(actor: &str, role: &str) -> Option<&'static str> {
    match (actor, role) {
        ("administrator" | "organisation_manager", "developer") => Some("not_licensed"),
        ("organisation_manager", "administrator") => Some("needs_administrator"),
        ("administrator" | "organisation_manager", _) => None,
        _ => Some("not_managed"),
    }
}

/// The same where somebody would have to be seen: who manages nothing sees nobody.
fn unseen(denied: Option<&'static str>) -> Option<&'static str> {
    denied.map(|code| if code == "not_managed" { "not_found" } else { code })
}

#[test]
fn only_what_one_may_give_is_given_on_every_path() {
    let world = World::new();
    let root = &world.administrator;
    let olga = world.join("olga", &[(A1, &["agent"])]);
    let before = access(root, &olga.id);
    for held in ROLES {
        let is_licensed = held != "developer";
        let actor = world.join(held, &[(A, &[if is_licensed { held } else { "agent" }])]);
        if !is_licensed {
            world.server.execute(
                "UPDATE assignments SET roles = 512 WHERE user = (SELECT pk FROM users WHERE email = 'developer@x.example')",
            );
        }
        for role in ROLES {
            let denied = denial(held, role);
            let unseen = unseen(denied);
            let answer = actor.assign_if(&olga.id, A, Some(&[role]), "*");
            let code = (answer.status != 200).then(|| answer.problem().1);
            assert_eq!(code.as_deref(), unseen, "{held} edits {role}");
            settle(root, &olga, &before, denied.is_none());

            let add =
                json!({ "select": { "ids": [olga.id] }, "action": "add_role", "node_id": A, "role": role });
            let came: Value = actor.post(path::USERS_BULK, &add).json();
            assert_eq!(came["done"], u32::from(denied.is_none()), "{held} adds {role}: {came}");
            assert_eq!(came["refusals"][0]["code"].as_str(), unseen, "{held} adds {role}");
            settle(root, &olga, &before, denied.is_none());

            let email = format!("{held}.{role}@x.example").replace('_', "-");
            let answer = actor.invite(&[&email], &[(A1, &["agent"]), (A, &[role])]);
            let code = (answer.status != 200).then(|| answer.problem().1);
            assert_eq!(code.as_deref(), denied, "{held} invites {role}");
            assert_eq!(root.row(&email).is_some(), denied.is_none(), "{held} invites {role}");
        }
    }
}

/// What was given is there, and is taken back; where nothing was, nothing has changed.
fn settle(root: &Person, user: &Person, before: &Value, is_given: bool) {
    assert_eq!(access(root, &user.id) != *before, is_given);
    if is_given {
        assert_eq!(root.assign(&user.id, A, None).status, 200);
    }
    assert_eq!(access(root, &user.id), *before);
}

/// The code of a refusal; none where it was done.
fn code(answer: &Answer) -> Option<String> {
    (answer.status >= 300).then(|| answer.problem().1)
}

/// Somebody with only this role at the agency A; a licence keeps nobody from having had it before.
fn holding(world: &World, held: &str) -> Person {
    let given = if held == "developer" { "agent" } else { held };
    let person = world.join(held, &[(A, &[given])]);
    if held == "developer" {
        world.server.execute(
            "UPDATE assignments SET roles = 512 WHERE user = (SELECT pk FROM users WHERE email = 'developer@x.example')",
        );
    }
    person
}

#[test]
fn only_who_may_give_a_role_takes_it_away_and_brings_it_back() {
    let world = World::new();
    let root = &world.administrator;
    for held in ROLES {
        let actor = holding(&world, held);
        for role in ROLES.into_iter().filter(|role| *role != "developer") {
            let denied =
                denial(held, role).map(|code| if code == "not_managed" { "not_found" } else { code });
            let name = format!("{held}.{role}.x").replace('_', "-");
            let user = world.join(&name, &[(A1, &[role])]);
            let removed = actor.delete(&of(path::USER, &user.id));
            assert_eq!(code(&removed).as_deref(), denied, "{held} removes {role}");
            if denied.is_some() {
                assert_eq!(root.delete(&of(path::USER, &user.id)).status, 204);
            }
            let restored = actor.post(&of(path::USER_RESTORE, &user.id), &Value::Null);
            assert_eq!(code(&restored).as_deref(), denied, "{held} restores {role}");
            assert_eq!(root.row(&user.email).is_some(), denied.is_none(), "{held} restores {role}");
        }
    }
}

#[test]
fn only_what_its_maker_or_its_giver_may_give_comes_by_a_link() {
    let world = World::new();
    let root = &world.administrator;
    for held in ROLES {
        let actor = holding(&world, held);
        for role in ROLES.into_iter().filter(|role| *role != "developer") {
            let denied = denial(held, role);
            let name = format!("{held}.{role}.x").replace('_', "-");
            let email = format!("{name}@x.example");
            assert_eq!(root.invite(&[&email], &[(A1, &[role])]).status, 200);
            let user = root.id_of(&email);
            let unsendable = unseen(denied);
            let resent = actor.post(&of(path::USER_INVITATION_RESEND, &user), &Value::Null);
            assert_eq!(code(&resent).as_deref(), unsendable, "{held} sends {role} again");
            let copied = actor.post(&of(path::USER_INVITATION_LINK, &user), &Value::Null);
            assert_eq!(code(&copied).as_deref(), unsendable, "{held} copies a link to {role}");
            if let Some(token) = denied.is_none().then(|| actor.copied_token(&user)) {
                let joined = world.accept(&token, &name);
                assert_eq!(root.effective(&joined.id, A1), [role]);
            }
        }
    }
}

#[test]
fn what_an_inviter_could_no_longer_give_is_not_given_whatever_they_are_by_then() {
    let world = World::new();
    let root = &world.administrator;
    let giver = world.join("giver", &[(A, &["administrator"])]);
    for held in ROLES.into_iter().filter(|held| *held != "developer") {
        for role in ROLES.into_iter().filter(|role| *role != "developer") {
            assert_eq!(root.assign(&giver.id, A, Some(&["administrator"])).status, 200);
            let email = format!("{held}.{role}@x.example").replace('_', "-");
            assert_eq!(giver.invite(&[&email], &[(A1, &[role])]).status, 200);
            let token = giver.copied_token(&giver.id_of(&email));
            assert_eq!(root.assign(&giver.id, A, Some(&[held])).status, 200);
            let answer = world.try_accept(&token, "Somebody");
            let is_given = denial(held, role).is_none();
            assert_eq!(answer.status == 201, is_given, "{role} by who is {held} by then");
            let row = root.row(&email);
            assert_eq!(row.is_some_and(|row| row["status"] == "active"), is_given, "{held} {role}");
        }
    }
}
