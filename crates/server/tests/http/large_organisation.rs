//! An organisation with 20,000 nodes: no statement grows beyond the limits of the database.

use std::fmt::Write as _;

use serde_json::{Value, json};
use studio_users_contract::{Session, path};

use crate::access_changes::access;
use crate::database::either;
use crate::server::{Server, run, stdout_of};
use crate::world::{Person, World, with_id};

const ROOT: &str = "00000000-0000-4000-8000-000000000001";
const NODES: usize = 20_000;

fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// Returns 20,000 nodes: 100 agencies below the provider, and environments below the agencies.
fn nodes() -> String {
    let mut file = String::from("[");
    for number in 1..=NODES {
        let (kind, parent) = match number {
            1 => ("provider", "null".to_owned()),
            2..=101 => ("agency", format!("\"{ROOT}\"")),
            _ => ("environment", format!("\"{}\"", id(2 + number % 100))),
        };
        let comma = if number == 1 { "" } else { "," };
        let node = id(number);
        write!(
            file,
            "{comma}{{\"id\":\"{node}\",\"parent_id\":{parent},\"kind\":\"{kind}\",\"name\":\"Node {number}\"}}"
        )
        .unwrap();
    }
    file + "]"
}

fn change(by: &Person, user: &str, changes: &Value) -> Value {
    let tag = by.tag(user);
    let path = with_id(path::USER_ACCESS, user);
    let response = by.call("PATCH", &path, &json!({ "changes": changes }), &[("if-match", &tag)]);
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()
}

#[test]
fn an_organisation_with_20_000_nodes_works() {
    let server = Server::start(&[]);
    let file = server.data.path().join("nodes.json");
    std::fs::write(&file, nodes()).unwrap();
    let import = || stdout_of(&run(server.data.path(), &["nodes", "import", file.to_str().unwrap()]));
    assert_eq!(import(), format!("{NODES} added, 0 changed, 0 unchanged"));
    assert_eq!(import(), format!("0 added, 0 changed, {NODES} unchanged"));
    // The next start builds the directory again, as after an update.
    server.execute(either("DROP TABLE directory", "DELETE FROM meta WHERE key = 'directory_schema'"));
    let token = server.token();
    let (_, data) = server.stop();
    let server = Server::start_on(data, &[]);

    let response = server.client().sign_in(&token);
    let session: Session = response.json();
    assert_eq!(session.managed.len(), NODES);
    let administrator = Person {
        url: server.url.clone(),
        cookie: response.header("set-cookie").split(';').next().unwrap().to_owned(),
        id: session.user.id.to_string(),
        email: session.user.email,
    };
    let world = World { server, administrator };
    let by = &world.administrator;

    let olga = world.join("olga", &[(ROOT, &["operator"])]);
    assert_eq!(olga.get(path::SESSION).json::<Session>().nodes.len(), NODES);
    // Changes the role at the root, and then the roles at many nodes in one request.
    let root = |roles: &[&str]| json!([{ "node_id": ROOT, "roles": roles }]);
    change(by, &olga.id, &root(&["organisation_manager"]));
    let overrides = (2_000..8_000).map(|number| json!({ "node_id": id(number), "roles": ["agent"] }));
    change(by, &olga.id, &overrides.collect());
    // The removal and its undo look for other managers of nearly all nodes.
    let before = access(by, &olga.id);
    assert_eq!(by.delete(&with_id(path::USER, &olga.id)).status, 204);
    let restored = by.post(&with_id(path::USER_RESTORE, &olga.id), &Value::Null);
    assert_eq!(restored.status, 200, "{}", restored.text());
    assert_eq!(access(by, &olga.id), before);

    let view = by.post(path::VIEWS, &json!({ "user_id": olga.id, "reason": "Help" }));
    assert_eq!(view.status, 201, "{}", view.text());
    let view: Value = view.json();
    let headers = [("studio-view", view["id"].as_str().unwrap())];
    // Olga manages 14,000 nodes, and all agencies are parts of her scope.
    for path in [path::USERS, path::AUDIT, path::NODES, path::SESSION, path::USERS_CSV] {
        let response = by.call("GET", path, &Value::Null, &headers);
        assert_eq!(response.status, 200, "{path}: {}", response.text());
    }
    assert_eq!(by.delete(&with_id(path::VIEW, view["id"].as_str().unwrap())).status, 204);

    for path in [path::USERS_CSV, path::AUDIT_CSV] {
        let export = by.get(path);
        assert!(export.status == 200 && export.text().lines().count() > 2, "{path}");
    }
    let select = json!({ "ids": [olga.id] });
    let add = json!({ "select": select, "action": "add_role", "node_id": id(9_000), "role": "planner" });
    let result: Value = by.bulk(&add).json();
    assert_eq!((&result["done"], &result["refused"]), (&json!(1), &json!(0)), "{result}");
    let result: Value = by.bulk(&json!({ "select": select, "action": "remove" })).json();
    assert_eq!((&result["done"], &result["refused"]), (&json!(1), &json!(0)), "{result}");
    stdout_of(&run(world.server.data.path(), &["verify-audit"]));
}
