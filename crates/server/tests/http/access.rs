use studio_users_contract::{AccessNode, NodeView, ProvenanceKind, UserAccess, path};
use studio_users_domain::{NodeId, NotifiedReason, Role, RoleSet, UserId};

use crate::server::{Client, Response, Server, path_of};

fn fetch_access(client: &Client<'_>, user: UserId) -> Response {
    let response = client.get(&path_of(path::USER_ACCESS, user));
    assert_eq!(response.status, 200, "{}", response.text());
    response
}

fn at(access: &UserAccess, node: NodeId) -> &AccessNode {
    access.nodes.iter().find(|access_node| access_node.node_id == node).unwrap()
}

#[test]
fn shows_an_environment_manager_only_their_environment() {
    let server = Server::demo("600");
    let administrator = server.sign_in_as("Charlotte");
    let manager = server.sign_in_as("Ingrid");
    let (clinic, agency) = (administrator.node("City Clinic"), administrator.node("Northwind Telecom"));
    let sanne = manager.row("sanne@northwind.example").id;

    let response = fetch_access(&manager, sanne);
    let access: UserAccess = response.json();
    let [access_node] = &access.nodes[..] else { panic!("{access:?}") };
    assert_eq!((access_node.node_id, access_node.assigned), (clinic, None));
    assert_eq!(access_node.effective, RoleSet::only(Role::Operator));
    assert_eq!(
        (access_node.provenance.kind, access_node.provenance.from),
        (ProvenanceKind::Inherited, Some(agency))
    );
    assert_eq!(access_node.notified.unwrap().reason, NotifiedReason::OnlyInherited { from: agency });
    let nodes: Vec<NodeView> = administrator.get(path::NODES).json();
    for node in nodes.iter().filter(|node| ![clinic, agency].contains(&node.id)) {
        assert!(!response.text().contains(&node.id.to_string()), "{}", node.name);
    }

    let whole: UserAccess = fetch_access(&administrator, sanne).json();
    let order: Vec<_> = whole.nodes.iter().map(|access_node| access_node.node_id).collect();
    assert_eq!(order, nodes.iter().map(|node| node.id).collect::<Vec<_>>());
    assert_eq!(at(&whole, clinic), access_node);
    let bikes = at(&whole, administrator.node("Velo Bikes"));
    assert_eq!((bikes.provenance.kind, bikes.provenance.from), (ProvenanceKind::Overrides, Some(agency)));
    assert_eq!((bikes.gained, bikes.lost), (Role::Agent.into(), Role::Operator.into()));
    assert_eq!(bikes.notified.unwrap().reason, NotifiedReason::Ok);
    assert_eq!(at(&whole, agency).provenance.kind, ProvenanceKind::Direct);
    assert_eq!(at(&whole, agency).notified, None);
}

#[test]
fn shows_pending_roles_at_their_node() {
    let server = Server::demo("40");
    let manager = server.sign_in_as("Maud");
    let access: UserAccess = fetch_access(&manager, manager.row("lars@polder.example").id).json();
    let polder = at(&access, manager.node("Polder Energy"));
    assert_eq!((polder.pending, polder.effective), (Role::Producer.into(), RoleSet::empty()));
    assert_eq!(polder.notified.unwrap().reason, NotifiedReason::NotAccepted);
    assert_eq!(access.nodes.iter().filter(|access_node| !access_node.pending.is_empty()).count(), 1);
}

#[test]
fn etag_depends_only_on_the_visible_access() {
    let server = Server::demo("40");
    let (agency, clinic) = (server.sign_in_as("Maud"), server.sign_in_as("Ingrid"));
    let sanne = clinic.row("sanne@northwind.example").id;
    let etag_for = |client: &Client<'_>| fetch_access(client, sanne).header("etag").to_owned();
    let (by_agency, by_clinic) = (etag_for(&agency), etag_for(&clinic));
    assert!(by_clinic.starts_with('"') && by_clinic.ends_with('"') && by_clinic.len() == 45, "{by_clinic}");
    assert_eq!(etag_for(&clinic), by_clinic);
    assert_ne!(by_agency, by_clinic);

    let path = path_of(path::USER_ACCESS, sanne);
    let fetch_if_none_match = |etag: &str| {
        let cookie = clinic.cookie.as_deref().unwrap();
        server.request("GET", &path, &[("cookie", cookie), ("if-none-match", etag)], b"")
    };
    for etag in [by_clinic.clone(), format!("W/{by_clinic}"), format!("\"x\", {by_clinic}"), "*".into()] {
        let response = fetch_if_none_match(&etag);
        assert_eq!((response.status, response.body.len()), (304, 0), "{etag}");
        assert_eq!(response.header("etag"), by_clinic);
    }
    assert_eq!(fetch_if_none_match(&by_agency).status, 200);

    // Elsewhere she becomes a planner, and is invited.
    server.execute(
        "UPDATE assignments SET roles = 64 WHERE node = (SELECT pk FROM nodes WHERE name = 'Velo Bikes')
           AND user_pk = (SELECT pk FROM users WHERE email LIKE 'sanne@%');
         INSERT INTO pending_grants (user_pk, node, roles, granted_by, created_at, expires_at)
           SELECT u.pk, n.pk, 1, u.pk, 0, 1 FROM users u, nodes n
           WHERE u.email LIKE 'sanne@%' AND n.name = 'Harbor Bank'",
    );
    assert_eq!(etag_for(&clinic), by_clinic);
    let later = etag_for(&agency);
    assert_ne!(later, by_agency);
    // At the agency she becomes an analyst as well, which the clinic inherits.
    server.execute(
        "UPDATE assignments SET roles = roles | 8 WHERE node = (SELECT pk FROM nodes WHERE parent IS NOT NULL
           AND name = 'Northwind Telecom') AND user_pk = (SELECT pk FROM users WHERE email LIKE 'sanne@%')",
    );
    assert_ne!(etag_for(&clinic), by_clinic);
    assert_ne!(etag_for(&agency), later);
}
