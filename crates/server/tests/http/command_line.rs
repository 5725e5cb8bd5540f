use serde_json::{Value, json};
use studio_users_contract::{NodeView, Session, path};
use tempfile::TempDir;

use crate::database::either;
use crate::server::{Server, binary, run, stdout_of};

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
fn import_replaces_the_placeholder_without_a_restart() {
    let server = Server::start(&[]);
    let mut client = server.client();
    let before: Session = client.sign_in(&server.token()).json();
    let mut tree = vec![
        node(2, Some(1), "environment", "Shop"),
        node(1, None, "provider", "Acme"),
        node(3, Some(1), "agency", "Agency"),
    ];
    assert_eq!(stdout_of(&import(&server, &tree)), "3 added, 0 changed, 0 unchanged");
    assert_eq!(stdout_of(&import(&server, &tree)), "0 added, 0 changed, 3 unchanged");
    let names = || -> Vec<String> {
        client.get(path::NODES).json::<Vec<NodeView>>().into_iter().map(|node| node.name).collect()
    };
    assert_eq!(names(), ["Acme", "Shop", "Agency"]);
    let after: Session = client.get(path::SESSION).json();
    assert_eq!((before.managed.len(), after.managed.len()), (1, 3));
    assert_eq!(client.users("").total.value, 1);

    tree[0]["name"] = json!("Store");
    tree[0]["parent_id"] = tree[2]["id"].clone();
    tree[0]["disabled_roles"] = json!(["planner"]);
    assert_eq!(stdout_of(&import(&server, &tree[..1])), "0 added, 1 changed, 0 unchanged");
    assert_eq!(names(), ["Acme", "Agency", "Store"]);
}

#[test]
fn import_rejects_invalid_trees() {
    let server = Server::start(&[]);
    let tree = [node(1, None, "provider", "Acme"), node(2, Some(1), "environment", "Shop")];
    assert!(import(&server, &tree).status.success());
    let invalid = [
        (vec![node(3, Some(9), "environment", "Lost")], "does not exist"),
        (vec![node(3, None, "provider", "Other")], "second root"),
        (vec![node(1, Some(2), "provider", "Acme")], "is its own ancestor"),
        (vec![node(3, Some(1), "agency", "A"), node(3, Some(1), "agency", "B")], "occurs more than once"),
        (vec![node(3, Some(1), "planet", "Mars")], "not a list of nodes: line 1"),
        (vec![json!({ "id": 7 })], "not a list of nodes: line 1"),
        (vec![node(3, Some(1), "agency", "\u{200b}")], "line 1: the name of a node"),
        (vec![node(3, Some(1), "agency", "two\nlines")], "line 1: the name of a node"),
        (vec![node(3, Some(1), "agency", &"x".repeat(101))], "line 1: the name of a node"),
        (vec![node(3, Some(2), "environment", "Below an environment")], "line 1: "),
        (vec![node(3, Some(1), "provider", "Second provider")], "provider below provider"),
        (vec![node(1, None, "agency", "Acme")], "the root is a provider, not agency"),
        // Another node of the file makes the environment a parent.
        (vec![node(3, Some(1), "agency", "A"), node(4, Some(2), "agency", "B")], "agency below environment"),
    ];
    for (nodes, reason) in invalid {
        let output = import(&server, &nodes);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.contains(reason), "{message}");
    }
    assert_eq!(stdout_of(&import(&server, &tree)), "0 added, 0 changed, 2 unchanged");
}

#[test]
fn import_accepts_a_byte_order_mark_and_names_the_line_at_fault() {
    let server = Server::start(&[]);
    let file = server.data.path().join("nodes.json");
    let import = |nodes: &[Value]| {
        let lines: Vec<_> = nodes.iter().map(Value::to_string).collect();
        std::fs::write(&file, format!("\u{feff}[\n{}\n]\n", lines.join(",\n"))).unwrap();
        run(server.data.path(), &["nodes", "import", file.to_str().unwrap()])
    };
    let root = node(1, None, "provider", "Acme");
    assert_eq!(stdout_of(&import(std::slice::from_ref(&root))), "1 added, 0 changed, 0 unchanged");
    for wrong in [
        node(2, Some(9), "agency", "Lost"),
        node(2, Some(1), "provider", "P"),
        node(2, Some(1), "agency", " "),
    ] {
        let output = import(&[root.clone(), wrong]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(message.contains("line 3: "), "{message}");
    }
}

#[test]
fn openapi_json_is_up_to_date() {
    let generated = binary().arg("openapi").output().unwrap();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi.json");
    let committed = std::fs::read_to_string(file).unwrap();
    assert!(
        String::from_utf8_lossy(&generated.stdout) == committed,
        "openapi.json is stale: cargo run -p studio-users-server -- openapi > openapi.json"
    );
    let contract: Value = serde_json::from_str(&committed).unwrap();
    for (path, calls) in contract["paths"].as_object().unwrap() {
        for (method, call) in calls.as_object().unwrap() {
            // These POST calls change nothing.
            let is_read_only =
                [path::INVITATIONS_PREVIEW, path::INVITATIONS_INSPECT].contains(&path.as_str());
            let changes = method != "get" && !is_read_only;
            assert_eq!(call["x-changes"] == json!(true), changes, "{method} {path}");
        }
    }
}

#[test]
fn shuts_down_cleanly_and_keeps_sessions() {
    let server = Server::start(&[]);
    let mut client = server.client();
    client.sign_in(&server.token());
    let cookie = client.cookie.clone();
    let (is_success, data) = server.stop();
    assert!(is_success);
    assert!(
        !data.path().join("studio-users.db-wal").exists(),
        "the write-ahead log is merged into the database"
    );
    let again = Server::start_on(data, &[]);
    assert_eq!(again.sign_in, None, "an administrator exists already");
    let client = crate::server::Client { server: &again, cookie };
    assert_eq!(client.get(path::SESSION).status, 200);
}

#[test]
fn sign_in_link_requires_a_database() {
    let folder = TempDir::new().unwrap();
    let output = run(folder.path(), &["sign-in-link", "ada@studio.example"]);
    assert_eq!(output.status.code(), Some(1));
    let message = either("no database found", "create it first");
    assert!(String::from_utf8_lossy(&output.stderr).contains(message));
}

#[test]
fn requires_a_public_url_when_listening_on_all_interfaces() {
    let folder = TempDir::new().unwrap();
    let output =
        binary().args(["serve", "--listen", "0.0.0.0:0", "--data"]).arg(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--public-url"));
}
