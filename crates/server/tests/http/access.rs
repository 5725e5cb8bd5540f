use studio_users_contract::{AccessNode, NodeView, ProvenanceKind, UserAccess, path};
use studio_users_domain::{NodeId, NotifiedReason, Role, RoleSet, UserId};

use crate::server::{Answer, Server, Visitor, path_of};

fn ask(visitor: &Visitor<'_>, user: UserId) -> Answer {
    let answer = visitor.get(&path_of(path::USER_ACCESS, user));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
}

fn at(access: &UserAccess, node: NodeId) -> &AccessNode {
    access.nodes.iter().find(|here| here.node_id == node).unwrap()
}

#[test]
fn an_environments_manager_sees_of_an_agencys_person_their_own_environment_only() {
    let server = Server::demo("600");
    let administrator = server.as_person("Charlotte");
    let manager = server.as_person("Ingrid");
    let (clinic, agency) = (administrator.node("City Clinic"), administrator.node("Northwind Telecom"));
    let sanne = manager.row("sanne@northwind.example").id;

    let answer = ask(&manager, sanne);
    let access: UserAccess = answer.json();
    let [here] = &access.nodes[..] else { panic!("{access:?}") };
    assert_eq!((here.node_id, here.assigned), (clinic, None));
    assert_eq!(here.effective, RoleSet::only(Role::Operator));
    assert_eq!((here.provenance.kind, here.provenance.from), (ProvenanceKind::Inherited, Some(agency)));
    assert_eq!(here.notified.unwrap().reason, NotifiedReason::OnlyInherited { from: agency });
    let elsewhere: Vec<NodeView> = administrator.get(path::NODES).json();
    for node in elsewhere.iter().filter(|node| ![clinic, agency].contains(&node.id)) {
        assert!(!answer.text().contains(&node.id.to_string()), "{}", node.name);
    }

    let whole: UserAccess = ask(&administrator, sanne).json();
    let order: Vec<_> = whole.nodes.iter().map(|here| here.node_id).collect();
    assert_eq!(order, elsewhere.iter().map(|node| node.id).collect::<Vec<_>>());
    assert_eq!(at(&whole, clinic), here);
    let bikes = at(&whole, administrator.node("Velo Bikes"));
    assert_eq!((bikes.provenance.kind, bikes.provenance.from), (ProvenanceKind::Overrides, Some(agency)));
    assert_eq!((bikes.gained, bikes.lost), (Role::Agent.into(), Role::Operator.into()));
    assert_eq!(bikes.notified.unwrap().reason, NotifiedReason::Ok);
    assert_eq!(at(&whole, agency).provenance.kind, ProvenanceKind::Direct);
    assert_eq!(at(&whole, agency).notified, None);
}

#[test]
fn what_waits_to_be_accepted_stands_at_its_node() {
    let server = Server::demo("40");
    let manager = server.as_person("Maud");
    let access: UserAccess = ask(&manager, manager.row("lars@polder.example").id).json();
    let polder = at(&access, manager.node("Polder Energy"));
    assert_eq!((polder.pending, polder.effective), (Role::Producer.into(), RoleSet::empty()));
    assert_eq!(polder.notified.unwrap().reason, NotifiedReason::NotAccepted);
    assert_eq!(access.nodes.iter().filter(|here| !here.pending.is_empty()).count(), 1);
}

#[test]
fn a_tag_stands_for_what_its_reader_sees_and_for_nothing_else() {
    let server = Server::demo("40");
    let (agency, clinic) = (server.as_person("Maud"), server.as_person("Ingrid"));
    let sanne = clinic.row("sanne@northwind.example").id;
    let tag = |visitor: &Visitor<'_>| ask(visitor, sanne).header("etag").to_owned();
    let (by_agency, by_clinic) = (tag(&agency), tag(&clinic));
    assert!(by_clinic.starts_with('"') && by_clinic.ends_with('"') && by_clinic.len() == 45, "{by_clinic}");
    assert_eq!(tag(&clinic), by_clinic);
    assert_ne!(by_agency, by_clinic);

    let path = path_of(path::USER_ACCESS, sanne);
    let asked = |known: &str| {
        let cookie = clinic.cookie.as_deref().unwrap();
        server.request("GET", &path, &[("cookie", cookie), ("if-none-match", known)], b"")
    };
    for known in [by_clinic.clone(), format!("W/{by_clinic}"), format!("\"x\", {by_clinic}"), "*".into()] {
        let answer = asked(&known);
        assert_eq!((answer.status, answer.body.len()), (304, 0), "{known}");
        assert_eq!(answer.header("etag"), by_clinic);
    }
    assert_eq!(asked(&by_agency).status, 200);

    // Elsewhere she becomes a planner, and is invited.
    server.execute(
        "UPDATE assignments SET roles = 64 WHERE node = (SELECT pk FROM nodes WHERE name = 'Velo Bikes')
           AND user = (SELECT pk FROM users WHERE email LIKE 'sanne@%');
         INSERT INTO pending_grants (user, node, roles, granted_by, created_at, expires_at)
           SELECT u.pk, n.pk, 1, u.pk, 0, 1 FROM users u, nodes n
           WHERE u.email LIKE 'sanne@%' AND n.name = 'Harbor Bank'",
    );
    assert_eq!(tag(&clinic), by_clinic);
    let later = tag(&agency);
    assert_ne!(later, by_agency);
    // At the agency she becomes an analyst as well, which the clinic inherits.
    server.execute(
        "UPDATE assignments SET roles = roles | 8 WHERE node = (SELECT pk FROM nodes WHERE parent IS NOT NULL
           AND name = 'Northwind Telecom') AND user = (SELECT pk FROM users WHERE email LIKE 'sanne@%')",
    );
    assert_ne!(tag(&clinic), by_clinic);
    assert_ne!(tag(&agency), later);
}
