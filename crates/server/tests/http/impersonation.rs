use std::collections::BTreeMap;

use serde_json::{Value, json};
use studio_users_contract::{AuditPage, NodeView, Session, StudioView, UserRow, path};
use studio_users_domain::Role;

use crate::database::{columns, either, texts};
use crate::server::{Client, Response, Server, percent};

/// The tables that the comparison excludes. Requests inside a view may change only the audit log, the
/// actor's own activity and the rate limits.
const EXCLUDED_TABLES: [&str; 5] = ["audit", "audit_head", "view_refusals", "sessions", "rate_limits"];

fn find_user(client: &Client<'_>, email: &str) -> UserRow {
    client.users(&format!("search={}", percent(email))).items.remove(0)
}

fn start(client: &mut Client<'_>, user: &UserRow) -> StudioView {
    let response = client.post(path::VIEWS, &json!({ "user_id": user.id, "reason": "Ticket 4711" }));
    assert_eq!(response.status, 201, "{}", response.text());
    response.json()
}

fn request_inside(client: &Client<'_>, view: &str, method: &str, path: &str, body: &[u8]) -> Response {
    let cookie = client.cookie.as_deref().unwrap_or_default();
    let headers = [("sec-fetch-site", "same-origin"), ("cookie", cookie), ("studio-view", view)];
    client.server.request(method, path, &headers, body)
}

/// Returns a body that the operation would accept outside a view.
fn body_of(method: &str, path: &str, user: &UserRow, node: &NodeView) -> Value {
    let grants = json!([{ "node_id": node.id, "roles": ["agent"] }]);
    match (method, path) {
        ("PATCH", path::USER_ACCESS) => json!({ "changes": grants }),
        ("POST", path::VIEWS) => json!({ "user_id": user.id, "reason": "nested" }),
        ("POST", path::DEMO_SESSIONS) => json!({ "user_id": user.id }),
        ("POST", path::SIGN_IN_LINKS) => json!({ "email": user.email }),
        ("POST", path::SESSIONS | path::INVITATIONS_ACCEPT) => json!({ "token": "guess" }),
        ("PATCH", path::SESSION) => json!({ "name": "Someone Else" }),
        ("POST", path::INVITATIONS) => json!({ "emails": ["new@view.example"], "grants": grants }),
        ("POST", path::USER_INVITATION_CORRECT) => json!({ "email": "right@view.example" }),
        ("POST", path::USERS_BULK) => json!({ "select": { "ids": [user.id] }, "action": "remove" }),
        _ => Value::Null,
    }
}

/// Returns all operations of the contract: the method, the path, and whether it has `x-changes`.
fn operations(server: &Server) -> Vec<(String, String, bool)> {
    let contract: Value = server.request("GET", path::OPENAPI, &[], b"").json();
    let mut found = Vec::new();
    for (path, item) in contract["paths"].as_object().unwrap() {
        for (method, call) in
            item.as_object().unwrap().iter().filter(|(_, call)| call["responses"].is_object())
        {
            found.push((method.to_uppercase(), path.clone(), call["x-changes"] == true));
        }
    }
    assert!(found.iter().any(|(.., changes)| *changes));
    found
}

/// Dumps the rows of the tables as text. Excludes the last activity of the actor.
fn dump(server: &Server, actor: &str) -> BTreeMap<String, Vec<String>> {
    let data = server.data.path();
    let quote =
        |column: &str| either(format!("quote({column})"), format!("coalesce({column}::text, 'NULL')"));
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in columns(data) {
        if !EXCLUDED_TABLES.contains(&table.as_str()) && (column != "last_active_at" || actor.is_empty()) {
            values.entry(table).or_default().push(quote(&format!("\"{column}\"")));
        }
    }
    let mut found: BTreeMap<_, _> = values
        .into_iter()
        .map(|(table, values)| {
            let rows = texts(data, &format!("SELECT {} FROM {table} ORDER BY 1", values.join(" || ',' || ")));
            (table, rows)
        })
        .collect();
    // Adds the last activity of other users.
    let [account, row] = ["u.last_active_at", "d.last_active_at"].map(quote);
    let others = format!(
        "SELECT CAST(u.pk AS TEXT) || ' ' || {account} || ' ' || {row} FROM users u \
         LEFT JOIN directory d ON d.user_pk = u.pk WHERE u.email <> '{actor}' ORDER BY 1"
    );
    found.insert("last activity".into(), texts(data, &others));
    found
}

#[test]
fn refuses_and_records_every_change_inside_a_view() {
    let server = Server::demo("40");
    let mut actor = server.sign_in_as("Charlotte");
    let user = find_user(&actor, "maud@northwind.example");
    let nodes: Vec<NodeView> = actor.get(path::NODES).json();
    let running = start(&mut actor, &user);
    let ended = start(&mut actor, &user);
    let by_id = |view: &StudioView| path::VIEW.replace("{id}", &view.id.to_string());
    assert_eq!(actor.send("DELETE", &by_id(&ended), b"").status, 204);
    let (running_id, ended_id) = (running.id.to_string(), ended.id.to_string());
    let before = dump(&server, "charlotte@meridian.example");

    let mut tried = Vec::new();
    for (method, path, changes) in operations(&server) {
        let url = path.replace("{id}", &user.id.to_string());
        let body = body_of(&method, &path, &user, &nodes[1]).to_string();
        let body = if body == "null" { b"" } else { body.as_bytes() };
        if path == path::EVENTS {
            continue; // A stream without an end.
        }
        if !changes {
            let response = request_inside(&actor, &running_id, &method, &url, body);
            let needs_administrator = path == path::UNDELIVERED_MAIL;
            assert_eq!(response.status == 403, needs_administrator, "{method} {path}");
            continue;
        }
        if (method.as_str(), path.as_str()) == ("DELETE", path::VIEW) {
            continue;
        }
        tried.push(format!("{method} {path}"));
        let refused = |view: &str| request_inside(&actor, view, &method, &url, body).problem();
        assert_eq!(refused(&running_id), (403, "view_is_read_only".into()), "{method} {path}");
        for invalid in [&ended_id, "no-id", "00000000-0000-4000-8000-000000000000", ""] {
            assert_eq!(refused(invalid), (403, "view_ended".into()), "{method} {path} in {invalid}");
        }
        let signed_out = server.client();
        let response = request_inside(&signed_out, &running_id, &method, &url, body);
        assert_eq!(response.problem(), (401, "unauthenticated".into()), "{method} {path}");
    }
    // Operations that are not in the contract count as changes.
    assert_eq!(request_inside(&actor, &running_id, "PUT", path::USERS, b"").problem().1, "view_is_read_only");
    tried.push(format!("PUT {}", path::USERS));
    assert_eq!(dump(&server, "charlotte@meridian.example"), before);

    let page: AuditPage = actor.get(&format!("{}?action=view.refused&limit=200", path::AUDIT)).json();
    let of_view = page.items.into_iter().rev().filter(|entry| entry.view == Some(running.id));
    let recorded: Vec<_> = of_view.filter_map(|entry| entry.details.operation).collect();
    assert_eq!(recorded, tried);
    assert_eq!(
        request_inside(&actor, &running_id, "DELETE", &by_id(&running), b"").status,
        204,
        "ending the view is allowed"
    );
    assert_eq!(request_inside(&actor, &running_id, "DELETE", &by_id(&running), b"").status, 204);
}

#[test]
fn shows_a_view_only_to_its_session() {
    let server = Server::demo("600");
    let mut actor = server.sign_in_as("Maud");
    let user = find_user(&actor, "femke@harborbank.example");
    let view = start(&mut actor, &user);
    assert_eq!(
        (view.user.email.as_str(), view.expires_at - view.started_at),
        ("femke@harborbank.example", chrono::TimeDelta::minutes(30))
    );
    let [node] = &view.nodes[..] else { panic!("{view:?}") };
    assert!(node.roles.contains(Role::Agent) && !node.sections.is_empty() && !node.pending);
    let by_id = path::VIEW.replace("{id}", &view.id.to_string());
    assert_eq!(actor.get(&by_id).json::<StudioView>(), view);
    let session: Session = request_inside(&actor, &view.id.to_string(), "GET", path::SESSION, b"").json();
    assert_eq!(session.user.email, "maud@northwind.example");
    assert_eq!((session.managed.len(), session.view.as_ref()), (0, Some(&view)));

    for other in [server.sign_in_as("Maud"), server.sign_in_as("Charlotte")] {
        assert_eq!(other.get(&by_id).problem(), (404, "not_found".into()));
        assert_eq!(other.send("DELETE", &by_id, b"").problem(), (404, "not_found".into()));
        let response = request_inside(&other, &view.id.to_string(), "GET", path::USERS, b"");
        assert_eq!(response.problem(), (403, "view_ended".into()));
    }
    assert_eq!(actor.get(&path::VIEW.replace("{id}", "7")).problem().0, 404);
    assert_eq!(server.client().get(&by_id).problem().0, 401);
    assert_eq!(actor.send("DELETE", &by_id, b"").status, 204);
    let response = actor.get(&by_id);
    assert_eq!(response.problem(), (403, "view_ended".into()));
    let problem: Value = response.json();
    assert_eq!((&problem["reason"], &problem["detail"]), (&json!("exited"), &json!("The view was ended.")));
}

#[test]
fn starting_a_view_requires_a_reason_and_a_visible_user() {
    let server = Server::demo("600");
    let administrator = server.sign_in_as("Charlotte");
    let mut actor = server.sign_in_as("Ingrid");
    let own = find_user(&actor, "ingrid@clinic.example");
    let hidden = find_user(&administrator, "femke@harborbank.example");
    let colleague = find_user(&actor, "sanne");
    let start_view = |actor: &mut Client<'_>, user: &str, reason: &str| {
        actor.post(path::VIEWS, &json!({ "user_id": user, "reason": reason }))
    };
    for reason in ["", "  \n ", &"é".repeat(201)] {
        let response = start_view(&mut actor, &colleague.id.to_string(), reason);
        assert_eq!(response.problem(), (422, "invalid".into()), "{reason}");
        assert_eq!(response.json::<Value>()["fields"][0]["field"], "reason");
    }
    let exact = format!("  {}\n", "é".repeat(200));
    assert_eq!(start_view(&mut actor, &colleague.id.to_string(), &exact).status, 201);
    let absent = start_view(&mut actor, "00000000-0000-4000-8000-000000000000", "x");
    let hidden_user = start_view(&mut actor, &hidden.id.to_string(), "x");
    assert_eq!(absent.problem(), (404, "not_found".into()));
    assert_eq!(absent.body, hidden_user.body);
    assert_eq!(start_view(&mut actor, &own.id.to_string(), "x").problem(), (403, "own_view".into()));
    let response = actor.post(path::VIEWS, &json!({ "user_id": own.id, "reason": "x", "minutes": 90 }));
    assert_eq!(response.problem().0, 422);
}
