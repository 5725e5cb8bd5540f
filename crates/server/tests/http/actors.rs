//! Audit log entries of changes that no request of a manager makes, and the actors of entries.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::server::{run, stdout_of};
use crate::world::*;

fn entries(by: &Person, action: &str) -> Vec<Value> {
    let page: Value = by.get(&format!("{}?action={action}", path::AUDIT)).json();
    page["items"].as_array().unwrap().clone()
}

#[test]
fn a_new_name_is_recorded_with_the_old_one() {
    let world = World::new();
    let admin = &world.administrator;
    let olga = world.join("olga", &[(A1, &["agent"])]);
    let rename = |name: &str| olga.call("PATCH", path::SESSION, &json!({ "name": name }), &[]).status;
    assert_eq!([rename("Olga Smit"), rename("Olga Smit")], [200, 200]);
    let entries = entries(admin, "user.renamed");
    assert_eq!(entries.len(), 1, "the same name again is no change");
    assert_eq!(entries[0]["actor"], json!({ "id": olga.id, "name": "olga" }));
    assert_eq!(entries[0]["target"], json!({ "id": olga.id, "name": "Olga Smit" }));
    assert_eq!(entries[0]["actor_kind"], "person");
}

#[test]
fn an_import_that_changes_access_is_recorded() {
    let world = World::new();
    let admin = &world.administrator;
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let tess = world.join("tess", &[(B, &["organisation_manager"])]);
    let file = world.server.data.path().join("moved.json");
    let node = |id: &str, parent: &str, name: &str| json!({ "id": id, "parent_id": parent, "kind": "environment", "name": name });
    let mut licensed = node(A2, A, "Environment A2");
    licensed["disabled_roles"] = json!(["planner"]);
    // A new name changes no access.
    let nodes = json!([node(A1, B, "Environment A1"), licensed, node(B1, B, "Renamed")]);
    std::fs::write(&file, nodes.to_string()).unwrap();
    stdout_of(&run(world.server.data.path(), &["nodes", "import", file.to_str().unwrap()]));

    let moved = entries(admin, "node.moved");
    assert_eq!(moved.len(), 1, "{moved:?}");
    assert_eq!((&moved[0]["node"]["id"], &moved[0]["actor_kind"]), (&json!(A1), &json!("command_line")));
    assert_eq!(moved[0]["details"]["moved"], json!({ "from": A, "to": B }));
    // A manager of the new agency learns nothing about the former one.
    assert_eq!(entries(&tess, "node.moved")[0]["details"]["moved"], json!({ "to": B }));
    assert!(entries(&maud, "node.moved").is_empty(), "the environment is no longer theirs");
    let licence = entries(&maud, "licence.changed");
    assert_eq!(licence.len(), 1, "{licence:?}");
    let roles = |field: &str| licence[0]["details"][field].as_array().unwrap().len();
    assert_eq!((&licence[0]["node"]["id"], roles("before"), roles("after")), (&json!(A2), 9, 9));
    let has =
        |field: &str, role: &str| licence[0]["details"][field].as_array().unwrap().contains(&json!(role));
    assert!(has("before", "planner") && !has("after", "planner") && has("after", "developer"));
    let verified = stdout_of(&run(world.server.data.path(), &["verify-audit"]));
    assert!(verified.contains("audit log verified"), "{verified}");
}

#[test]
fn an_import_that_adds_nodes_is_recorded_at_the_topmost_one() {
    let world = World::new();
    let admin = &world.administrator;
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let tess = world.join("tess", &[(B, &["organisation_manager"])]);
    let added = |by: &Person| -> Vec<(Value, Value)> {
        let entries = entries(by, "node.added").into_iter();
        entries.map(|entry| (entry["node"]["id"].clone(), entry["details"]["count"].clone())).collect()
    };
    // The first import replaced the placeholder, whose administrator has access to all nodes since then.
    assert_eq!(added(admin), [(json!(ROOT), json!(6))]);
    let file = world.server.data.path().join("added.json");
    let import = |nodes: Value| {
        std::fs::write(&file, nodes.to_string()).unwrap();
        stdout_of(&run(world.server.data.path(), &["nodes", "import", file.to_str().unwrap()]))
    };
    let id = |number: u32| format!("00000000-0000-4000-8000-0000000001{number:02}");
    let node = |id: &str, parent: &str, kind: &str| json!({ "id": id, "parent_id": parent, "kind": kind, "name": "New" });
    let (agency, below, single) = (id(1), id(2), id(3));
    let nodes = json!([
        node(&below, &agency, "environment"),
        node(&agency, ROOT, "agency"),
        node(&single, A, "environment")
    ]);
    assert_eq!(import(nodes.clone()), "3 added, 0 changed, 0 unchanged");
    assert_eq!(import(nodes), "0 added, 0 changed, 3 unchanged");
    let all = added(admin);
    assert_eq!(all.len(), 3, "{all:?}");
    for (node, count) in [(&agency, 2), (&single, 1)] {
        assert!(all.contains(&(json!(node), json!(count))), "{all:?}");
    }
    assert_eq!(added(&maud), [(json!(single), json!(1))]);
    assert!(added(&tess).is_empty());
    // Maud inherits access to the new environment.
    assert_eq!(maud.effective(&maud.id, &single), ["organisation_manager"]);
    assert_eq!(entries(&maud, "node.added")[0]["actor_kind"], "command_line");
    let verified = stdout_of(&run(world.server.data.path(), &["verify-audit"]));
    assert!(verified.contains("audit log verified"), "{verified}");
}

#[test]
fn exports_of_a_person_are_recorded() {
    let world = World::new();
    let admin = &world.administrator;
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let tess = world.join("tess", &[(B, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A1, &["agent"])]);
    let export = |who: &str| run(world.server.data.path(), &["export-person", who]);
    let exported = stdout_of(&export("olga@x.example"));
    assert!(!exported.contains("person.exported"), "the export does not contain its own entry");
    for by in [admin, &maud] {
        let entries = entries(by, "person.exported");
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0]["target"], json!({ "id": olga.id, "name": "olga" }));
        assert_eq!((&entries[0]["actor"], &entries[0]["actor_kind"]), (&Value::Null, &json!("command_line")));
    }
    assert!(entries(&tess, "person.exported").is_empty());
    assert_eq!(export("nobody@x.example").status.code(), Some(1));
    assert!(stdout_of(&export(&olga.id)).contains("person.exported"));
    // An erased person can still be exported, without a name.
    stdout_of(&run(world.server.data.path(), &["erase-person", &olga.id, "--force"]));
    stdout_of(&export(&olga.id));
    let verified = stdout_of(&run(world.server.data.path(), &["verify-audit"]));
    assert!(verified.contains("audit log verified"), "{verified}");
}

#[test]
fn sign_in_links_of_the_command_line_are_recorded() {
    let world = World::new();
    let olga = world.join("olga", &[(A1, &["agent"])]);
    world.server.sign_in_with_email(&olga.email);
    let entries = entries(&world.administrator, "sign_in_link.created");
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["target"]["id"], json!(olga.id));
    assert_eq!((&entries[0]["actor"], &entries[0]["actor_kind"]), (&Value::Null, &json!("command_line")));
}

#[test]
fn exports_of_the_audit_log_are_recorded() {
    let world = World::new();
    let admin = &world.administrator;
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    assert_eq!(maud.get(path::AUDIT_CSV).status, 200);
    assert_eq!(maud.get(&format!("{}?limit=1", path::AUDIT_CSV)).status, 422);
    let exports = entries(admin, "audit.exported");
    assert_eq!(exports.len(), 1);
    assert_eq!(exports[0]["actor"]["id"], json!(maud.id));
    let csv = maud.get(path::AUDIT_CSV).text();
    let header = csv.lines().next().unwrap().to_owned();
    assert!(header.ends_with("actor_kind,moved"), "{header}");
    assert!(csv.contains("audit.exported,maud,"), "{csv}");
}

/// The backend itself revokes a grant that its granter may no longer give.
#[test]
fn the_system_is_an_actor() {
    let world = World::new();
    let admin = &world.administrator;
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    maud.invite(&["nina@x.example"], &[(A1, &["agent"])]);
    let token = world.mailed_token("nina@x.example");
    assert_eq!(admin.assign(&maud.id, A, Some(&["agent"])).status, 200);
    assert_eq!(world.try_accept(&token, "Nina").status, 403);
    let revoked = entries(admin, "invitation.revoked");
    assert_eq!((&revoked[0]["actor"], &revoked[0]["actor_kind"]), (&Value::Null, &json!("system")));
}

#[test]
fn people_see_who_viewed_as_them() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A1, &["agent"]), (A2, &["agent"])]);
    let bob = world.join("bob", &[(A1, &["agent"])]);
    let views =
        |by: &Person, query: &str| -> Value { by.get(&format!("{}{query}", path::SESSION_VIEWS)).json() };
    assert_eq!(views(&olga, ""), json!({ "items": [], "next": null }));
    let view = |reason: &str| -> String {
        let response = maud.post(path::VIEWS, &json!({ "user_id": olga.id, "reason": reason }));
        assert_eq!(response.status, 201, "{}", response.text());
        response.json::<Value>()["id"].as_str().unwrap().to_owned()
    };
    let first = view("Ticket 1");
    assert_eq!(maud.delete(&with_id(path::VIEW, &first)).status, 204);
    let second = view("Ticket 2");
    let page = views(&olga, "");
    let items = page["items"].as_array().unwrap();
    // A view has an entry in the log for each topmost node, and is one view here.
    assert_eq!(items.len(), 2, "{page}");
    assert_eq!((&items[0]["id"], &items[0]["reason"]), (&json!(second), &json!("Ticket 2")));
    assert_eq!((&items[0]["seconds"], &items[0]["end"]), (&Value::Null, &Value::Null));
    assert_eq!(items[0]["actor"], json!({ "id": maud.id, "name": "maud" }));
    assert_eq!((&items[1]["end"], items[1]["seconds"].is_u64()), (&json!("exited"), true));
    assert_eq!(views(&olga, &format!("?before={second}"))["items"].as_array().unwrap().len(), 1);
    // Nobody else sees them, not even by the id of a view, and not inside a view.
    assert_eq!(views(&bob, "")["items"], json!([]));
    assert_eq!(bob.get(&format!("{}?before={second}", path::SESSION_VIEWS)).status, 422);
    let inside = maud.call("GET", path::SESSION_VIEWS, &Value::Null, &[("studio-view", &second)]);
    assert_eq!((inside.status, inside.json::<Value>()["items"].clone()), (200, json!([])));
    assert_eq!(olga.get(&format!("{}?limit=5", path::SESSION_VIEWS)).status, 422);
}
