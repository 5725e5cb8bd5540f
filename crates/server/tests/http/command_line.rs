use serde_json::{Value, json};
use studio_users_contract::{NodeView, Session, path};
use tempfile::TempDir;

use crate::server::{Server, binary, printed, run};

fn node(number: u8, parent: Option<u8>, kind: &str, name: &str) -> Value {
    let id = |number: u8| format!("00000000-0000-4000-8000-0000000000{number:02}");
    json!({ "id": id(number), "parent_id": parent.map(id), "kind": kind, "name": name })
}

fn import(server: &Server, nodes: &[Value]) -> std::process::Output {
    let file = server.data.path().join("nodes.json");
    std::fs::write(&file, serde_json::to_vec(nodes).unwrap()).unwrap();
    run(server.data.path(), &["nodes", "import", file.to_str().unwrap()])
}

#[test]
fn an_import_replaces_the_placeholder_and_is_seen_without_a_restart() {
    let server = Server::start(&[]);
    let mut reader = server.visitor();
    let before: Session = reader.sign_in(&server.token()).json();
    let mut tree = vec![
        node(2, Some(1), "environment", "Shop"),
        node(1, None, "provider", "Acme"),
        node(3, Some(1), "agency", "Agency"),
    ];
    assert_eq!(printed(&import(&server, &tree)), "3 added, 0 changed, 0 as they were");
    assert_eq!(printed(&import(&server, &tree)), "0 added, 0 changed, 3 as they were");
    let names = || -> Vec<String> {
        reader.get(path::NODES).json::<Vec<NodeView>>().into_iter().map(|node| node.name).collect()
    };
    assert_eq!(names(), ["Acme", "Shop", "Agency"]);
    let after: Session = reader.get(path::SESSION).json();
    assert_eq!((before.managed.len(), after.managed.len()), (1, 3));
    assert_eq!(reader.users("").total.value, 1);

    tree[0]["name"] = json!("Store");
    tree[0]["parent_id"] = tree[2]["id"].clone();
    tree[0]["disabled_roles"] = json!(["planner"]);
    assert_eq!(printed(&import(&server, &tree[..1])), "0 added, 1 changed, 0 as they were");
    assert_eq!(names(), ["Acme", "Agency", "Store"]);
}

#[test]
fn nodes_that_are_no_tree_are_refused_and_change_nothing() {
    let server = Server::start(&[]);
    let tree = [node(1, None, "provider", "Acme"), node(2, Some(1), "environment", "Shop")];
    assert!(import(&server, &tree).status.success());
    let wrong = [
        (vec![node(3, Some(9), "environment", "Lost")], "does not exist"),
        (vec![node(3, None, "provider", "Other")], "second root"),
        (vec![node(1, Some(2), "provider", "Acme")], "lies below itself"),
        (vec![node(3, Some(1), "agency", "A"), node(3, Some(1), "agency", "B")], "stands twice"),
        (vec![node(3, Some(1), "planet", "Mars")], "not a list of nodes"),
        (vec![json!({ "id": 7 })], "not a list of nodes"),
    ];
    for (nodes, reason) in wrong {
        let output = import(&server, &nodes);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(reason), "{said}");
    }
    assert_eq!(printed(&import(&server, &tree)), "0 added, 0 changed, 2 as they were");
}

#[test]
fn the_committed_contract_is_that_of_the_types() {
    let written = binary().arg("openapi").output().unwrap();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi.json");
    let committed = std::fs::read_to_string(file).unwrap();
    assert!(
        String::from_utf8_lossy(&written.stdout) == committed,
        "openapi.json is stale: cargo run -p studio-users-server -- openapi > openapi.json"
    );
    let contract: Value = serde_json::from_str(&committed).unwrap();
    for (path, calls) in contract["paths"].as_object().unwrap() {
        for (method, call) in calls.as_object().unwrap() {
            // What is asked with a body, and changes nothing.
            let only_asks = [path::INVITATIONS_PREVIEW, path::INVITATIONS_INSPECT].contains(&path.as_str());
            let changes = method != "get" && !only_asks;
            assert_eq!(call["x-changes"] == json!(true), changes, "{method} {path}");
        }
    }
}

#[test]
fn a_server_that_is_asked_to_end_ends_well_and_keeps_what_there_is() {
    let server = Server::start(&[]);
    let mut visitor = server.visitor();
    visitor.sign_in(&server.token());
    let cookie = visitor.cookie.clone();
    let (ended_well, data) = server.stop();
    assert!(ended_well);
    assert!(!data.path().join("studio-users.db-wal").exists(), "the log is folded into the database");
    let again = Server::start_on(data, &[]);
    assert_eq!(again.sign_in, None, "there is an administrator already");
    let visitor = crate::server::Visitor { server: &again, cookie };
    assert_eq!(visitor.get(path::SESSION).status, 200);
}

#[test]
fn without_a_database_no_link_is_made() {
    let folder = TempDir::new().unwrap();
    let output = run(folder.path(), &["sign-in-link", "ada@studio.example"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no database"));
}

#[test]
fn who_listens_everywhere_says_where_browsers_find_it() {
    let folder = TempDir::new().unwrap();
    let output =
        binary().args(["serve", "--listen", "0.0.0.0:0", "--data"]).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--public-url"));
}
