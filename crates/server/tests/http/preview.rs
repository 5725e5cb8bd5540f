use serde_json::{Value, json};
use studio_users_contract::{AddressKind as Kind, Code, InvitationPreview, NodePreview, path};
use studio_users_domain::{NodeId, Role, Section};

use crate::server::{Server, Visitor};

fn preview(visitor: &mut Visitor<'_>, emails: &[&str], grants: &[(NodeId, Role)]) -> InvitationPreview {
    let answer = visitor.post(path::INVITATIONS_PREVIEW, &draft(emails, grants));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn draft(emails: &[&str], grants: &[(NodeId, Role)]) -> Value {
    let grants: Vec<_> =
        grants.iter().map(|(node, role)| json!({ "node_id": node, "roles": [role] })).collect();
    json!({ "emails": emails, "grants": grants })
}

fn at(preview: &InvitationPreview, node: NodeId) -> &NodePreview {
    preview.nodes.iter().find(|here| here.node_id == node).unwrap()
}

#[test]
fn a_preview_tells_of_each_address_what_the_reader_sees_anyway() {
    let server = Server::demo("600");
    let mut manager = server.as_person("Ingrid");
    let clinic = manager.node("City Clinic");
    let before = manager.users("").total;
    let emails = [
        " EMIL@clinic.example ",
        "nora@clinic.example",
        "femke@harborbank.example",
        "unknown@harborbank.example",
        "emil@clinic.example",
        "no address",
        "Unknown@harborbank.example",
        "sanne@northwind.example",
    ];
    let seen = preview(&mut manager, &emails, &[(clinic, Role::Agent)]);
    let kinds: Vec<_> = seen.addresses.iter().map(|address| address.kind).collect();
    assert_eq!(
        kinds,
        [
            Kind::Joined,
            Kind::Invited,
            Kind::New,
            Kind::New,
            Kind::Repeated,
            Kind::Invalid,
            Kind::Repeated,
            Kind::Joined
        ]
    );
    let names: Vec<_> = seen.addresses.iter().map(|address| address.name.as_deref()).collect();
    assert_eq!(names[0], Some("Emil Håkansson"));
    assert_eq!(names[7], Some("Sanne de Vries"));
    assert_eq!(names[1..7], [None; 6]);
    assert!(seen.addresses.iter().zip(emails).all(|(address, email)| address.email == email));
    assert_eq!(manager.users("").total, before);

    // Whoever has an account elsewhere is told of as nobody is, byte by byte.
    let mut told = |email: &str| {
        let answer =
            manager.post(path::INVITATIONS_PREVIEW, &draft(&[email], &[(clinic, Role::Agent)])).text();
        answer.replace(email, "")
    };
    assert_eq!(told("femke@harborbank.example"), told("unknown@harborbank.example"));
}

#[test]
fn a_preview_tells_what_is_seen_where_and_where_a_manager_is_missing() {
    let server = Server::demo("600");
    let mut manager = server.as_person("Maud");
    let [agency, bank, polder] =
        ["Northwind Telecom", "Harbor Bank", "Polder Energy"].map(|name| manager.node(name));

    let whole = preview(&mut manager, &[], &[(agency, Role::Agent)]);
    assert_eq!((whole.nodes.len(), whole.denied), (6, None));
    assert_eq!((whole.nodes[0].node_id, whole.nodes[0].notified), (agency, None));
    assert!(whole.nodes.iter().all(|here| here.sections == [Section::Inbox]));
    assert_eq!((at(&whole, bank).notified, at(&whole, bank).lacks_manager), (Some(false), false));
    assert!(at(&whole, polder).lacks_manager && !whole.nodes[0].lacks_manager);

    let both = preview(&mut manager, &[], &[(bank, Role::Agent), (polder, Role::OrganisationManager)]);
    assert_eq!(both.nodes.iter().map(|here| here.node_id).collect::<Vec<_>>(), [bank, polder]);
    assert_eq!((at(&both, bank).notified, at(&both, polder).notified), (Some(true), Some(false)));
    assert_eq!(at(&both, polder).sections, [Section::Environments, Section::Users]);
    assert!(!at(&both, polder).lacks_manager);
    // A manager from above is none of the environment's own.
    let above = preview(&mut manager, &[], &[(agency, Role::OrganisationManager)]);
    assert!(at(&above, polder).lacks_manager);
}

#[test]
fn a_preview_says_what_would_refuse_the_whole() {
    let server = Server::demo("40");
    let bank = server.as_person("Charlotte").node("Harbor Bank");
    let mut manager = server.as_person("Ingrid");
    let (clinic, agency) = (manager.node("City Clinic"), manager.node("Northwind Telecom"));
    let mut denied = |grants: &[(NodeId, Role)]| preview(&mut manager, &[], grants).denied;
    assert_eq!(denied(&[(clinic, Role::Agent)]), None);
    assert_eq!(denied(&[(clinic, Role::Administrator)]), Some(Code::NeedsAdministrator));
    assert_eq!(denied(&[(clinic, Role::Developer)]), Some(Code::NotLicensed));
    assert_eq!(denied(&[(clinic, Role::Agent), (agency, Role::Agent)]), Some(Code::NotManaged));
    let reached = preview(&mut manager, &[], &[(agency, Role::Agent)]).nodes;
    assert_eq!(reached.iter().map(|here| here.node_id).collect::<Vec<_>>(), [clinic]);

    let mut ask = |node: &str| {
        let grants = json!([{ "node_id": node, "roles": ["agent"] }]);
        manager.post(path::INVITATIONS_PREVIEW, &json!({ "emails": [], "grants": grants }))
    };
    let (hidden, absent) = (ask(&bank.to_string()), ask("00000000-0000-4000-8000-000000000000"));
    assert_eq!(hidden.problem(), (404, "not_found".into()));
    assert_eq!(hidden.body, absent.body);
}

#[test]
fn a_preview_has_bounds_and_names_the_field_at_fault() {
    let server = Server::demo("40");
    let mut manager = server.as_person("Ingrid");
    let clinic = manager.node("City Clinic");
    let emails = |count: usize| -> Vec<String> { (0..count).map(|at| format!("{at}@x.example")).collect() };
    let grant = |roles: &[&str]| json!({ "node_id": clinic, "roles": roles });
    let cases = [
        (json!({ "emails": emails(201), "grants": [grant(&["agent"])] }), "emails"),
        (json!({ "emails": [], "grants": [] }), "grants"),
        (json!({ "emails": [], "grants": [grant(&[])] }), "grants"),
        (json!({ "emails": [], "grants": [grant(&["agent"]), grant(&["planner"])] }), "grants"),
    ];
    for (body, field) in cases {
        let answer = manager.post(path::INVITATIONS_PREVIEW, &body);
        assert_eq!(answer.problem(), (422, "invalid".into()), "{field}");
        assert_eq!(answer.json::<Value>()["fields"][0]["field"], field);
    }
    let most = json!({ "emails": emails(200), "grants": [grant(&["agent"])] });
    let seen: InvitationPreview = manager.post(path::INVITATIONS_PREVIEW, &most).json();
    assert!(seen.addresses.iter().all(|address| address.kind == Kind::New));
    assert_eq!(seen.addresses.len(), 200);
}
