//! Privilege escalation: tries every role as every actor, in every operation that adds or removes a role.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::access_changes::access;
use crate::database::either;
use crate::server::Response;
use crate::world::{A, A1, Person, World, with_id};

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

/// Returns the roles of the actors. On PostgreSQL only one of each kind, because the rules above the database are the same.
fn actors() -> Vec<&'static str> {
    either(ROLES.to_vec(), vec!["agent", "organisation_manager", "administrator", "developer"])
}

/// Returns why an actor with one role at a node may not give another role there.
fn denial(actor: &str, role: &str) -> Option<&'static str> {
    match (actor, role) {
        ("administrator" | "organisation_manager", "developer") => Some("not_licensed"),
        ("organisation_manager", "administrator") => Some("needs_administrator"),
        ("administrator" | "organisation_manager", _) => None,
        _ => Some("not_managed"),
    }
}

/// Returns the code for operations on an existing user: actors who manage nothing cannot see anyone.
fn for_existing_user(denied: Option<&'static str>) -> Option<&'static str> {
    denied.map(|code| if code == "not_managed" { "not_found" } else { code })
}

#[test]
fn grants_only_what_the_actor_may_grant() {
    let world = World::new();
    let root = &world.administrator;
    let olga = world.join("olga", &[(A1, &["agent"])]);
    let before = access(root, &olga.id);
    for held in actors() {
        let is_licensed = held != "developer";
        let actor = world.join(held, &[(A, &[if is_licensed { held } else { "agent" }])]);
        if !is_licensed {
            world.server.execute(
                "UPDATE assignments SET roles = 512 WHERE user_pk = (SELECT pk FROM users WHERE email = 'developer@x.example')",
            );
        }
        for role in ROLES {
            let denied = denial(held, role);
            let denied_for_user = for_existing_user(denied);
            let response = actor.assign_if(&olga.id, A, Some(&[role]), "*");
            let code = (response.status != 200).then(|| response.problem().1);
            assert_eq!(code.as_deref(), denied_for_user, "{held} edits {role}");
            assert_and_reset(root, &olga, &before, denied.is_none());

            let add =
                json!({ "select": { "ids": [olga.id] }, "action": "add_role", "node_id": A, "role": role });
            let result: Value = actor.bulk(&add).json();
            assert_eq!(result["done"], u32::from(denied.is_none()), "{held} adds {role}: {result}");
            assert_eq!(result["refusals"][0]["code"].as_str(), denied_for_user, "{held} adds {role}");
            assert_and_reset(root, &olga, &before, denied.is_none());

            let email = format!("{held}.{role}@x.example").replace('_', "-");
            let response = actor.invite(&[&email], &[(A1, &["agent"]), (A, &[role])]);
            let code = (response.status != 200).then(|| response.problem().1);
            assert_eq!(code.as_deref(), denied, "{held} invites {role}");
            assert_eq!(root.row(&email).is_some(), denied.is_none(), "{held} invites {role}");
        }
    }
}

/// Asserts that the access has changed only if the role was given, and resets it.
fn assert_and_reset(root: &Person, user: &Person, before: &Value, is_given: bool) {
    assert_eq!(access(root, &user.id) != *before, is_given);
    if is_given {
        assert_eq!(root.assign(&user.id, A, None).status, 200);
    }
    assert_eq!(access(root, &user.id), *before);
}

/// Returns the problem code. `None` for a success.
fn code(response: &Response) -> Option<String> {
    (response.status >= 300).then(|| response.problem().1)
}

/// Creates a user with only this role at agency A. `developer` is written to the database, because the
/// licence does not allow assigning it.
fn join_with_role(world: &World, held: &str) -> Person {
    let assigned = if held == "developer" { "agent" } else { held };
    let person = world.join(held, &[(A, &[assigned])]);
    if held == "developer" {
        world.server.execute(
            "UPDATE assignments SET roles = 512 WHERE user_pk = (SELECT pk FROM users WHERE email = 'developer@x.example')",
        );
    }
    person
}

#[test]
fn removes_and_restores_only_what_the_actor_may_grant() {
    let world = World::new();
    let root = &world.administrator;
    for held in actors() {
        let actor = join_with_role(&world, held);
        for role in ROLES.into_iter().filter(|role| *role != "developer") {
            let denied = for_existing_user(denial(held, role));
            let name = format!("{held}.{role}.x").replace('_', "-");
            let user = world.join(&name, &[(A1, &[role])]);
            let removed = actor.delete(&with_id(path::USER, &user.id));
            assert_eq!(code(&removed).as_deref(), denied, "{held} removes {role}");
            if denied.is_some() {
                assert_eq!(root.delete(&with_id(path::USER, &user.id)).status, 204);
            }
            let restored = actor.post(&with_id(path::USER_RESTORE, &user.id), &Value::Null);
            assert_eq!(code(&restored).as_deref(), denied, "{held} restores {role}");
            assert_eq!(root.row(&user.email).is_some(), denied.is_none(), "{held} restores {role}");
        }
    }
}

#[test]
fn links_cover_only_what_their_creator_may_grant() {
    let world = World::new();
    let root = &world.administrator;
    for held in actors() {
        let actor = join_with_role(&world, held);
        for role in ROLES.into_iter().filter(|role| *role != "developer") {
            let denied = denial(held, role);
            let name = format!("{held}.{role}.x").replace('_', "-");
            let email = format!("{name}@x.example");
            assert_eq!(root.invite(&[&email], &[(A1, &[role])]).status, 200);
            let user = root.id_of(&email);
            let denied_for_user = for_existing_user(denied);
            let resent = actor.post(&with_id(path::USER_INVITATION_RESEND, &user), &Value::Null);
            assert_eq!(code(&resent).as_deref(), denied_for_user, "{held} resends an invitation as {role}");
            let copied = actor.post(&with_id(path::USER_INVITATION_LINK, &user), &Value::Null);
            assert_eq!(
                code(&copied).as_deref(),
                denied_for_user,
                "{held} copies an invitation link as {role}"
            );
            if let Some(token) = denied.is_none().then(|| actor.copied_token(&user)) {
                let joined = world.accept(&token, &name);
                assert_eq!(root.effective(&joined.id, A1), [role]);
            }
        }
    }
}

#[test]
fn accepting_grants_only_what_the_inviter_may_still_grant() {
    let world = World::new();
    let root = &world.administrator;
    let giver = world.join("giver", &[(A, &["administrator"])]);
    for held in actors().into_iter().filter(|held| *held != "developer") {
        for role in ROLES.into_iter().filter(|role| *role != "developer") {
            assert_eq!(root.assign(&giver.id, A, Some(&["administrator"])).status, 200);
            let email = format!("{held}.{role}@x.example").replace('_', "-");
            assert_eq!(giver.invite(&[&email], &[(A1, &[role])]).status, 200);
            let token = giver.copied_token(&giver.id_of(&email));
            assert_eq!(root.assign(&giver.id, A, Some(&[held])).status, 200);
            let response = world.try_accept(&token, "Someone");
            let is_given = denial(held, role).is_none();
            assert_eq!(response.status == 201, is_given, "{role} granted by a user who is now {held}");
            let row = root.row(&email);
            assert_eq!(row.is_some_and(|row| row["status"] == "active"), is_given, "{held} {role}");
        }
    }
}
