use std::collections::BTreeSet;

use studio_users_contract::{NodeView, Session, path};
use studio_users_domain::{NodeKind, NotifiedReason, Role, Status};

use crate::server::{Server, Visitor, percent};

fn names_of(nodes: &[NodeView]) -> Vec<&str> {
    nodes.iter().map(|node| node.name.as_str()).collect()
}

fn nodes(visitor: &Visitor<'_>) -> Vec<NodeView> {
    visitor.get(path::NODES).json()
}

#[test]
fn the_administrator_sees_everyone_and_the_agency_its_own() {
    let server = Server::demo("600");
    let administrator = server.as_person("Charlotte");
    let everyone = administrator.all_users("");
    assert_eq!(everyone.len(), 600);
    assert_eq!(administrator.users("").total.value, 600);
    assert_eq!(nodes(&administrator).len(), 21);

    let manager = server.as_person("Maud");
    let seen = nodes(&manager);
    assert_eq!(
        names_of(&seen),
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
    // Of the provider above, the kind and the name are told, and no more.
    assert_eq!((seen[0].own_managers, seen[0].disabled_roles, seen[0].parent_id), (None, None, None));
    let by_name = |name: &str| seen.iter().find(|node| node.name == name).unwrap();
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
fn an_environments_manager_sees_its_people_and_no_other_environments_name() {
    let server = Server::demo("2400");
    let administrator = server.as_person("Charlotte");
    let manager = server.as_person("Ingrid");
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
    assert!(own.iter().any(|row| row.name.as_deref() == Some("Sanne de Vries")), "the agency reaches in");
    assert_eq!(names_of(&nodes(&manager)), ["Meridian Cloud", "Northwind Telecom", "City Clinic"]);
}

#[test]
fn an_agent_sees_no_one_and_is_notified_where_assigned() {
    let server = Server::demo("600");
    let agent = server.as_person("Femke");
    let page = agent.users("search=a&sort=-status");
    assert_eq!((page.total.value, page.total.exact, page.items.len()), (0, true, 0));
    let session: Session = agent.get(path::SESSION).json();
    assert!(session.managed.is_empty());
    let [bank] = &session.nodes[..] else { panic!("{session:?}") };
    assert_eq!(bank.notified.map(|notified| notified.reason), Some(NotifiedReason::Ok));
    assert_eq!(names_of(&nodes(&agent)), ["Meridian Cloud", "Northwind Telecom", "Harbor Bank"]);
}

#[test]
fn a_node_that_is_not_visible_is_as_one_that_does_not_exist() {
    let server = Server::demo("40");
    let administrator = server.as_person("Charlotte");
    let manager = server.as_person("Ingrid");
    let bank = nodes(&administrator).into_iter().find(|node| node.name == "Harbor Bank").unwrap().id;
    let ask = |node: &str| manager.get(&format!("{}?node={node}", path::USERS));
    let (hidden, absent) = (ask(&bank.to_string()), ask("00000000-0000-4000-8000-000000000000"));
    assert_eq!(hidden.problem(), (404, "not_found".into()));
    assert_eq!(hidden.body, absent.body);
}

#[test]
fn a_name_hidden_in_the_readers_scope_is_not_found_by_it() {
    let server = Server::demo("2400");
    let administrator = server.as_person("Charlotte");
    let everyone = administrator.all_users("");
    let mut hidden = 0;
    for node in nodes(&administrator).into_iter().filter(|node| node.kind == NodeKind::Environment) {
        for row in administrator.all_users(&format!("node={}&status=invited", node.id)) {
            let elsewhere = everyone.iter().find(|other| other.id == row.id).unwrap();
            let Some(name) = &elsewhere.name else { continue };
            hidden += 1;
            assert_eq!(row.name, None);
            assert!(row.created_at >= elsewhere.created_at);
            let search = percent(name);
            let found = administrator.all_users(&format!("node={}&search={search}", node.id));
            assert!(found.iter().all(|found| found.id != row.id), "{name}");
            assert!(
                administrator.all_users(&format!("search={search}")).iter().any(|found| found.id == row.id)
            );
        }
    }
    assert!(hidden > 0, "the demo has someone who is invited to a second environment");
}
