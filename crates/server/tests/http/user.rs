use std::path::Path;

use chrono::TimeDelta;
use serde_json::Value;
use studio_users_contract::{NodeView, UserDetails, UserRow, path};
use studio_users_domain::{Language, NodeKind, Role, Status, UserId};

use crate::server::{Server, Visitor, path_of};

const NOBODY: &str = "/00000000-0000-4000-8000-000000000000";

fn details(visitor: &Visitor<'_>, user: UserId) -> UserDetails {
    visitor.get(&path_of(path::USER, user)).json()
}

/// The paths of the contract that are read and name a user.
fn reads_of_a_user() -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let contract: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let paths = contract["paths"].as_object().unwrap();
    let reads = paths
        .iter()
        .filter(|(path, calls)| path.starts_with("/api/v1/users/{id}") && calls.get("get").is_some());
    reads.map(|(path, _)| path.clone()).collect()
}

#[test]
fn whoever_is_not_visible_is_answered_as_nobody() {
    let server = Server::demo("600");
    let administrator = server.as_person("Charlotte");
    let manager = server.as_person("Ingrid");
    let reads = reads_of_a_user();
    assert!(reads.len() >= 2, "{reads:?}");
    let foreign = administrator.row("femke@harborbank.example").id;
    let own = administrator.row("emil@clinic.example").id;
    for path in reads {
        let nobody = manager.get(&path.replace("/{id}", NOBODY));
        assert_eq!(nobody.problem(), (404, "not_found".into()), "{path}");
        assert_eq!(manager.get(&path_of(&path, own)).status, 200, "{path}");
        assert_eq!(administrator.get(&path_of(&path, foreign)).status, 200, "{path}");
        for id in [foreign.to_string(), "seven".into(), "%00".into()] {
            let answer = manager.get(&path.replace("{id}", &id));
            assert_eq!((answer.status, &answer.body), (404, &nobody.body), "{path} {id}");
            assert_eq!(answer.header("etag"), "");
        }
        let unknown = server.request("GET", &path_of(&path, foreign), &[], b"");
        assert_eq!(unknown.problem(), (401, "unauthenticated".into()), "{path}");
    }
}

#[test]
fn details_say_what_the_row_says_and_when_somebody_joined() {
    let server = Server::demo("600");
    for reader in [server.as_person("Maud"), server.as_person("Ingrid")] {
        for row in reader.users("limit=40&sort=-status").items {
            let details = details(&reader, row.id);
            assert_eq!(details.joined_at.is_some(), row.status == Status::Active, "{}", row.email);
            assert_eq!(details.pending.is_some(), row.invitation.is_some(), "{}", row.email);
            if let (Some(pending), Some(shown)) = (details.pending, &row.invitation) {
                assert_eq!(pending.expires_at, shown.expires_at);
                // Longer than that where it was sent again.
                assert!(pending.expires_at - pending.created_at >= TimeDelta::days(14));
            }
            assert_eq!(details.row, row);
        }
    }
}

#[test]
fn an_invitation_tells_its_words_its_language_and_who_sent_it() {
    let server = Server::demo("40");
    let manager = server.as_person("Maud");
    server.execute(
        "UPDATE pending_grants SET message = 'Welcome aboard', locale = 'nl'
         WHERE user = (SELECT pk FROM users WHERE email = 'lars@polder.example')",
    );
    let seen = details(&manager, manager.row("lars@polder.example").id);
    let pending = seen.pending.unwrap();
    assert_eq!((pending.message.as_deref(), seen.locale), (Some("Welcome aboard"), Some(Language::Nl)));
    // As the demo's log has it: mailed, and a link copied.
    assert!(pending.links >= 2 && pending.sent_at.is_some_and(|at| at >= pending.created_at));
    assert_eq!(seen.row.invited_by.unwrap().name, "Maud Jansen");
}

#[test]
fn details_of_who_is_invited_hide_what_they_are_elsewhere() {
    let server = Server::demo("2400");
    let administrator = server.as_person("Charlotte");
    let nodes: Vec<NodeView> = administrator.get(path::NODES).json();
    let mut hidden = 0;
    for node in nodes.iter().filter(|node| node.kind == NodeKind::Environment) {
        let invited = administrator.all_users(&format!("node={}&status=invited", node.id));
        let elsewhere = |row: &UserRow| details(&administrator, row.id);
        let Some(known) = invited.iter().map(elsewhere).find(|known| known.row.name.is_some()) else {
            continue;
        };
        let role = Role::OrganisationManager;
        let managers = administrator.all_users(&format!("node={}&role=organisation_manager", node.id));
        let Some(manager) = managers.iter().find(|row| {
            let own = administrator.row(&row.email);
            own.environments.total == 1 && own.roles.iter().any(|held| held.role == role && !held.inherited)
        }) else {
            continue;
        };
        let reader = server.as_address(&manager.email);
        let answer = reader.get(&path_of(path::USER, known.row.id));
        let seen: UserDetails = answer.json();
        assert_eq!((seen.row.status, &seen.row.name), (Status::Invited, &None));
        assert_eq!((seen.joined_at, seen.locale, seen.row.last_active_at), (None, None, None));
        assert_eq!(seen.row.created_at, seen.pending.unwrap().created_at);
        assert!(!answer.text().contains(known.row.name.as_deref().unwrap()));
        assert!(known.joined_at.is_some() && known.row.status == Status::Active);
        hidden += 1;
    }
    assert!(hidden > 0, "the demo has someone who is invited to a second environment");
}
