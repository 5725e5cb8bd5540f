//! The maximum lengths of the lists in requests.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::server::Response;
use crate::world::{A, A1, World, with_id};

/// Returns ids of nodes or users that do not exist.
fn ids(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("00000000-0000-4000-8000-{number:012x}")).collect()
}

#[track_caller]
fn assert_invalid(response: &Response, field: &str) {
    assert_eq!(response.problem(), (422, "invalid".into()), "{field}: {}", response.text());
    let fields = &response.json::<Value>()["fields"];
    assert_eq!(fields[0]["field"].as_str(), (!field.is_empty()).then_some(field), "{fields}");
}

#[test]
fn lists_beyond_their_maximum_are_refused() {
    let world = World::new();
    let olga = world.join("olga", &[(A1, &["agent"])]);
    let admin = &world.administrator;
    let grants = |count: usize| -> Value {
        ids(count).iter().map(|id| json!({ "node_id": id, "roles": ["agent"] })).collect()
    };
    for path in [path::INVITATIONS, path::INVITATIONS_PREVIEW] {
        let invite =
            |count: usize| admin.post(path, &json!({ "emails": ["ann@x.example"], "grants": grants(count) }));
        assert_invalid(&invite(501), "grants");
        // 500 are not too many. The nodes do not exist.
        assert_eq!(invite(500).problem(), (404, "not_found".into()));
    }
    let bulk = |filters: Value| {
        let select = json!({ "filters": filters, "expected_total": 1 });
        admin.post(path::USERS_BULK, &json!({ "select": select, "action": "resend" }))
    };
    assert_invalid(&bulk(json!({ "statuses": vec!["active"; 51] })), "statuses");
    assert_invalid(&bulk(json!({ "nodes": vec![A1; 51] })), "nodes");
    assert_invalid(&bulk(json!({ "roles": vec!["agent"; 51] })), "");
    let most = json!({ "statuses": vec!["expired"; 50], "nodes": vec![A1; 50], "roles": vec!["agent"; 50] });
    assert_eq!(bulk(most).problem(), (409, "total_changed".into()));
    for parameter in ["status=active", "node=00000000-0000-4000-8000-0000000000a1", "role=agent"] {
        let list = |count: usize| admin.get(&format!("{}?{}", path::USERS, vec![parameter; count].join("&")));
        assert_eq!((list(50).status, list(51).status), (200, 422), "{parameter}");
    }
    let tag = admin.tag(&olga.id);
    let change = |changes: Value| {
        let path = with_id(path::USER_ACCESS, &olga.id);
        admin.call("PATCH", &path, &json!({ "changes": changes }), &[("if-match", &tag)])
    };
    let changes = |count: usize| -> Value {
        ids(count).iter().map(|id| json!({ "node_id": id, "roles": null })).collect()
    };
    assert_invalid(&change(changes(10_001)), "changes");
    assert_eq!(change(changes(10_000)).problem(), (404, "not_found".into()));
    assert_invalid(&change(json!([{ "node_id": A, "roles": vec!["agent"; 51] }])), "");
    assert_eq!(change(json!([{ "node_id": A, "roles": vec!["agent"; 50] }])).status, 200);
    assert_invalid(
        &admin.post(path::USERS_BULK, &json!({ "select": { "ids": ids(10_001) }, "action": "resend" })),
        "select",
    );
}
