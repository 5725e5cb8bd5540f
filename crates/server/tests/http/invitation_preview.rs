use serde_json::{Value, json};
use studio_users_contract::{AddressKind as Kind, Code, InvitationPreview, NodePreview, path};
use studio_users_domain::{NodeId, Role, Section};

use crate::server::{Client, Server};

fn preview(client: &mut Client<'_>, emails: &[&str], grants: &[(NodeId, Role)]) -> InvitationPreview {
    let response = client.post(path::INVITATIONS_PREVIEW, &request_body(emails, grants));
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()
}

fn request_body(emails: &[&str], grants: &[(NodeId, Role)]) -> Value {
    let grants: Vec<_> =
        grants.iter().map(|(node, role)| json!({ "node_id": node, "roles": [role] })).collect();
    json!({ "emails": emails, "grants": grants })
}

fn at(preview: &InvitationPreview, node: NodeId) -> &NodePreview {
    preview.nodes.iter().find(|found| found.node_id == node).unwrap()
}

#[test]
fn reveals_nothing_about_hidden_users() {
    let server = Server::demo("600");
    let mut manager = server.sign_in_as("Ingrid");
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
    let result = preview(&mut manager, &emails, &[(clinic, Role::Agent)]);
    let kinds: Vec<_> = result.addresses.iter().map(|address| address.kind).collect();
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
    let names: Vec<_> = result.addresses.iter().map(|address| address.name.as_deref()).collect();
    assert_eq!(names[0], Some("Emil Håkansson"));
    assert_eq!(names[7], Some("Sanne de Vries"));
    assert_eq!(names[1..7], [None; 6]);
    assert!(result.addresses.iter().zip(emails).all(|(address, email)| address.email == email));
    assert_eq!(manager.users("").total, before);

    // A user of another tenant looks exactly like an unknown address.
    let mut preview_of = |email: &str| {
        let response =
            manager.post(path::INVITATIONS_PREVIEW, &request_body(&[email], &[(clinic, Role::Agent)])).text();
        response.replace(email, "")
    };
    assert_eq!(preview_of("femke@harborbank.example"), preview_of("unknown@harborbank.example"));
}

#[test]
fn shows_sections_notifications_and_missing_managers() {
    let server = Server::demo("600");
    let mut manager = server.sign_in_as("Maud");
    let [agency, bank, polder] =
        ["Northwind Telecom", "Harbor Bank", "Polder Energy"].map(|name| manager.node(name));

    let whole = preview(&mut manager, &[], &[(agency, Role::Agent)]);
    assert_eq!((whole.nodes.len(), whole.denied), (6, None));
    assert_eq!((whole.nodes[0].node_id, whole.nodes[0].notified), (agency, None));
    assert!(whole.nodes.iter().all(|node| node.sections == [Section::Inbox]));
    assert_eq!((at(&whole, bank).notified, at(&whole, bank).lacks_manager), (Some(false), false));
    assert!(at(&whole, polder).lacks_manager && !whole.nodes[0].lacks_manager);

    let both = preview(&mut manager, &[], &[(bank, Role::Agent), (polder, Role::OrganisationManager)]);
    assert_eq!(both.nodes.iter().map(|node| node.node_id).collect::<Vec<_>>(), [bank, polder]);
    assert_eq!((at(&both, bank).notified, at(&both, polder).notified), (Some(true), Some(false)));
    assert_eq!(at(&both, polder).sections, [Section::Environments, Section::Users]);
    assert!(!at(&both, polder).lacks_manager);
    // An inherited manager does not count as the environment's own.
    let above = preview(&mut manager, &[], &[(agency, Role::OrganisationManager)]);
    assert!(at(&above, polder).lacks_manager);
}

#[test]
fn shows_the_denial_of_the_whole_invitation() {
    let server = Server::demo("40");
    let bank = server.sign_in_as("Charlotte").node("Harbor Bank");
    let mut manager = server.sign_in_as("Ingrid");
    let (clinic, agency) = (manager.node("City Clinic"), manager.node("Northwind Telecom"));
    let mut denied = |grants: &[(NodeId, Role)]| preview(&mut manager, &[], grants).denied;
    assert_eq!(denied(&[(clinic, Role::Agent)]), None);
    assert_eq!(denied(&[(clinic, Role::Administrator)]), Some(Code::NeedsAdministrator));
    assert_eq!(denied(&[(clinic, Role::Developer)]), Some(Code::NotLicensed));
    assert_eq!(denied(&[(clinic, Role::Agent), (agency, Role::Agent)]), Some(Code::NotManaged));
    let reached = preview(&mut manager, &[], &[(agency, Role::Agent)]).nodes;
    assert_eq!(reached.iter().map(|node| node.node_id).collect::<Vec<_>>(), [clinic]);

    let mut request = |node: &str| {
        let grants = json!([{ "node_id": node, "roles": ["agent"] }]);
        manager.post(path::INVITATIONS_PREVIEW, &json!({ "emails": [], "grants": grants }))
    };
    let (hidden, absent) = (request(&bank.to_string()), request("00000000-0000-4000-8000-000000000000"));
    assert_eq!(hidden.problem(), (404, "not_found".into()));
    assert_eq!(hidden.body, absent.body);
}

#[test]
fn rejects_invalid_fields() {
    let server = Server::demo("40");
    let mut manager = server.sign_in_as("Ingrid");
    let clinic = manager.node("City Clinic");
    let emails =
        |count: usize| -> Vec<String> { (0..count).map(|index| format!("{index}@x.example")).collect() };
    let grant = |roles: &[&str]| json!({ "node_id": clinic, "roles": roles });
    let cases = [
        (json!({ "emails": emails(201), "grants": [grant(&["agent"])] }), "emails"),
        (json!({ "emails": [], "grants": [] }), "grants"),
        (json!({ "emails": [], "grants": [grant(&[])] }), "grants"),
        (json!({ "emails": [], "grants": [grant(&["agent"]), grant(&["planner"])] }), "grants"),
    ];
    for (body, field) in cases {
        let response = manager.post(path::INVITATIONS_PREVIEW, &body);
        assert_eq!(response.problem(), (422, "invalid".into()), "{field}");
        assert_eq!(response.json::<Value>()["fields"][0]["field"], field);
    }
    let most = json!({ "emails": emails(200), "grants": [grant(&["agent"])] });
    let result: InvitationPreview = manager.post(path::INVITATIONS_PREVIEW, &most).json();
    assert!(result.addresses.iter().all(|address| address.kind == Kind::New));
    assert_eq!(result.addresses.len(), 200);
}
