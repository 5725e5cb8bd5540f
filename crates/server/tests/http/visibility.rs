use std::collections::BTreeSet;

use studio_users_contract::{NodeView, Session, path};
use studio_users_domain::{NodeKind, NotifiedReason, Role, Status};

use crate::server::{Client, Server, percent};
use crate::user_list::plain;

fn names_of(nodes: &[NodeView]) -> Vec<&str> {
    nodes.iter().map(|node| node.name.as_str()).collect()
}

fn nodes(client: &Client<'_>) -> Vec<NodeView> {
    client.get(path::NODES).json()
}

#[test]
fn administrators_see_everyone_and_agencies_their_own_users() {
    let server = Server::demo("600");
    let administrator = server.sign_in_as("Charlotte");
    let everyone = administrator.all_users("");
    assert_eq!(everyone.len(), 600);
    assert_eq!(administrator.users("").total.value, 600);
    assert_eq!(nodes(&administrator).len(), 21);

    let manager = server.sign_in_as("Maud");
    let visible = nodes(&manager);
    assert_eq!(
        names_of(&visible),
        [
            "Meridian Cloud",
            "Northwind Telecom",
            "Harbor Bank",
            "City Clinic",
            "Velo Bikes",
            "Polder Energy",
            "Sandbox"
        ]
    );
    // Of the provider, only the kind and the name are visible.
    assert_eq!(
        (visible[0].own_managers, visible[0].disabled_roles, visible[0].parent_id),
        (None, None, None)
    );
    let by_name = |name: &str| visible.iter().find(|node| node.name == name).unwrap();
    assert_eq!(by_name("Sandbox").own_managers, Some(0));
    assert_eq!(by_name("Polder Energy").own_managers, Some(0));
    assert!(by_name("City Clinic").own_managers >= Some(1));
    assert!(!by_name("Sandbox").disabled_roles.unwrap().contains(Role::Developer));
    assert!(by_name("Velo Bikes").disabled_roles.unwrap().contains(Role::Developer));
    let ids: BTreeSet<_> = everyone.iter().map(|row| row.id).collect();
    let own = manager.all_users("");
    assert!(own.len() < 600 && own.iter().all(|row| ids.contains(&row.id)));
}

#[test]
fn environment_managers_see_only_their_environment() {
    let server = Server::demo("2400");
    let administrator = server.sign_in_as("Charlotte");
    let manager = server.sign_in_as("Ingrid");
    let clinic = nodes(&administrator).into_iter().find(|node| node.name == "City Clinic").unwrap().id;

    let own = manager.all_users("");
    let by_node = administrator.all_users(&format!("node={clinic}"));
    let ids = |rows: &[studio_users_contract::UserRow]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(&own), ids(&by_node));
    let text = serde_json::to_string(&own).unwrap();
    let elsewhere = nodes(&administrator).into_iter().filter(|node| node.kind == NodeKind::Environment);
    for node in elsewhere.filter(|node| node.id != clinic) {
        assert!(!text.contains(&node.name) && !text.contains(&node.id.to_string()), "{}", node.name);
    }
    for row in &own {
        assert!(row.environments.total <= 1);
        if row.status != Status::Active {
            assert_eq!((row.name.as_deref(), row.last_active_at), (None, None));
            assert!(row.invitation.is_some());
        }
    }
    assert!(own.iter().any(|row| row.email == "nora@clinic.example" && row.status == Status::Invited));
    assert!(
        own.iter().any(|row| row.name.as_deref() == Some("Sanne de Vries")),
        "includes users who inherit access from the agency"
    );
    assert_eq!(names_of(&nodes(&manager)), ["Meridian Cloud", "Northwind Telecom", "City Clinic"]);
}

#[test]
fn agents_see_no_users() {
    let server = Server::demo("600");
    let agent = server.sign_in_as("Femke");
    let page = agent.users("search=a&sort=-status");
    assert_eq!((page.total.value, page.total.exact, page.items.len()), (0, true, 0));
    let session: Session = agent.get(path::SESSION).json();
    assert!(session.managed.is_empty());
    let [bank] = &session.nodes[..] else { panic!("{session:?}") };
    assert_eq!(bank.notified.map(|notified| notified.reason), Some(NotifiedReason::Ok));
    assert_eq!(names_of(&nodes(&agent)), ["Meridian Cloud", "Northwind Telecom", "Harbor Bank"]);
}

#[test]
fn treats_hidden_nodes_like_missing_ones() {
    let server = Server::demo("40");
    let administrator = server.sign_in_as("Charlotte");
    let manager = server.sign_in_as("Ingrid");
    let bank = nodes(&administrator).into_iter().find(|node| node.name == "Harbor Bank").unwrap().id;
    let request = |node: &str| manager.get(&format!("{}?node={node}", path::USERS));
    let (hidden, absent) = (request(&bank.to_string()), request("00000000-0000-4000-8000-000000000000"));
    assert_eq!(hidden.problem(), (404, "not_found".into()));
    assert_eq!(hidden.body, absent.body);
}

#[test]
fn does_not_find_hidden_names() {
    let server = Server::demo("2400");
    let administrator = server.sign_in_as("Charlotte");
    let everyone = administrator.all_users("");
    let mut hidden = 0;
    for node in nodes(&administrator).into_iter().filter(|node| node.kind == NodeKind::Environment) {
        for row in administrator.all_users(&format!("node={}&status=invited", node.id)) {
            let full = everyone.iter().find(|other| other.id == row.id).unwrap();
            let Some(name) = &full.name else { continue };
            assert_eq!(row.name, None);
            assert!(row.created_at >= full.created_at);
            // Addresses are searched, too.
            let email = plain(&row.email);
            if plain(name).split(' ').all(|word| email.contains(word)) {
                continue;
            }
            hidden += 1;
            let search = percent(name);
            let found = administrator.all_users(&format!("node={}&search={search}", node.id));
            assert!(found.iter().all(|found| found.id != row.id), "{name}");
            assert!(
                administrator.all_users(&format!("search={search}")).iter().any(|found| found.id == row.id)
            );
        }
    }
    assert!(hidden > 0, "the demo has a user who is invited to a second environment");
}
