use std::path::Path;

use chrono::TimeDelta;
use serde_json::Value;
use studio_users_contract::{NodeView, UserDetails, UserRow, path};
use studio_users_domain::{Language, NodeKind, Role, Status, UserId};

use crate::server::{Client, Server, path_of};

const MISSING: &str = "/00000000-0000-4000-8000-000000000000";

fn details(client: &Client<'_>, user: UserId) -> UserDetails {
    client.get(&path_of(path::USER, user)).json()
}

/// Returns the paths of the contract about a user that have a GET operation.
fn user_read_paths() -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let contract: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let paths = contract["paths"].as_object().unwrap();
    let reads = paths
        .iter()
        .filter(|(path, calls)| path.starts_with("/api/v1/users/{id}") && calls.get("get").is_some());
    reads.map(|(path, _)| path.clone()).collect()
}

#[test]
fn treats_hidden_users_like_missing_ones() {
    let server = Server::demo("600");
    let administrator = server.sign_in_as("Charlotte");
    let manager = server.sign_in_as("Ingrid");
    let paths = user_read_paths();
    assert!(paths.len() >= 2, "{paths:?}");
    let foreign = administrator.row("femke@harborbank.example").id;
    let own = administrator.row("emil@clinic.example").id;
    for path in paths {
        let missing = manager.get(&path.replace("/{id}", MISSING));
        assert_eq!(missing.problem(), (404, "not_found".into()), "{path}");
        assert_eq!(manager.get(&path_of(&path, own)).status, 200, "{path}");
        assert_eq!(administrator.get(&path_of(&path, foreign)).status, 200, "{path}");
        for id in [foreign.to_string(), "seven".into(), "%00".into()] {
            let response = manager.get(&path.replace("{id}", &id));
            assert_eq!((response.status, &response.body), (404, &missing.body), "{path} {id}");
            assert_eq!(response.header("etag"), "");
        }
        let response = server.request("GET", &path_of(&path, foreign), &[], b"");
        assert_eq!(response.problem(), (401, "unauthenticated".into()), "{path}");
    }
}

#[test]
fn details_contain_the_row_and_the_join_date() {
    let server = Server::demo("600");
    for client in [server.sign_in_as("Maud"), server.sign_in_as("Ingrid")] {
        for row in client.users("limit=40&sort=-status").items {
            let details = details(&client, row.id);
            assert_eq!(details.joined_at.is_some(), row.status == Status::Active, "{}", row.email);
            assert_eq!(details.pending.is_some(), row.invitation.is_some(), "{}", row.email);
            if let (Some(pending), Some(invitation)) = (details.pending, &row.invitation) {
                assert_eq!(pending.expires_at, invitation.expires_at);
                // Longer than 14 days if it was resent.
                assert!(pending.expires_at - pending.created_at >= TimeDelta::days(14));
            }
            assert_eq!(details.row, row);
        }
    }
}

#[test]
fn shows_message_language_and_sender_of_an_invitation() {
    let server = Server::demo("40");
    let manager = server.sign_in_as("Maud");
    server.execute(
        "UPDATE pending_grants SET message = 'Welcome aboard', locale = 'nl'
         WHERE user_pk = (SELECT pk FROM users WHERE email = 'lars@polder.example')",
    );
    let visible = details(&manager, manager.row("lars@polder.example").id);
    let pending = visible.pending.unwrap();
    assert_eq!((pending.message.as_deref(), visible.locale), (Some("Welcome aboard"), Some(Language::Nl)));
    // The demo log contains a mail and a copied link.
    assert!(pending.links >= 2 && pending.sent_at.is_some_and(|at| at >= pending.created_at));
    assert_eq!(visible.row.invited_by.unwrap().name, "Maud Jansen");
}

#[test]
fn details_of_an_invitee_hide_their_other_access() {
    let server = Server::demo("2400");
    let administrator = server.sign_in_as("Charlotte");
    let nodes: Vec<NodeView> = administrator.get(path::NODES).json();
    let mut hidden = 0;
    for node in nodes.iter().filter(|node| node.kind == NodeKind::Environment) {
        let invited = administrator.all_users(&format!("node={}&status=invited", node.id));
        let elsewhere = |row: &UserRow| details(&administrator, row.id);
        let Some(full) = invited.iter().map(elsewhere).find(|full| full.row.name.is_some()) else {
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
        let client = server.sign_in_with_email(&manager.email);
        let response = client.get(&path_of(path::USER, full.row.id));
        let visible: UserDetails = response.json();
        assert_eq!((visible.row.status, &visible.row.name), (Status::Invited, &None));
        assert_eq!((visible.joined_at, visible.locale, visible.row.last_active_at), (None, None, None));
        assert_eq!(visible.row.created_at, visible.pending.unwrap().created_at);
        assert!(!response.text().contains(full.row.name.as_deref().unwrap()));
        assert!(full.joined_at.is_some() && full.row.status == Status::Active);
        hidden += 1;
    }
    assert!(hidden > 0, "the demo has a user who is invited to a second environment");
}
