use serde_json::{Value, json};
use studio_users_contract::{UserRow, path};

use crate::database::{fail, recover};
use crate::server::{Client, Server, without_mark};
use crate::world::{A, A1, A2, B1, Person, World, with_id};

fn table(client: &Client<'_>, query: &str) -> Vec<Vec<String>> {
    let response = client.get(&format!("{}?{query}", path::USERS_CSV));
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(response.header("content-disposition"), "attachment; filename=\"users.csv\"");
    let mut csv = csv::Reader::from_reader(without_mark(&response.body));
    let columns = ["name", "email", "status", "roles", "environments", "last active", "created"];
    assert_eq!(csv.headers().unwrap().iter().collect::<Vec<_>>(), columns);
    csv.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn exports_the_rows_of_the_list() {
    let server = Server::demo("1300");
    // A user who can see everyone, and a user who can see one agency.
    for client in [server.sign_in_as("Charlotte"), server.sign_in_as("Maud")] {
        for query in [
            "",
            "sort=-name",
            "sort=email",
            "sort=-email",
            "sort=status",
            "sort=-status",
            "sort=last_active_at",
            "sort=-last_active_at",
            "sort=created_at",
            "sort=-created_at",
            "status=invited",
            "status=active&sort=last_active_at",
            "role=agent&sort=-created_at",
            "role=planner&role=analyst&status=expired&status=invited",
            "search=an&sort=-last_active_at",
            "search=northwind",
            "search=celine",
            "search=M%C3%9CLLER&sort=-name",
            "search=jansen%20%20%C3%81nna",
            "search=nothing-like-this",
        ] {
            let rows: Vec<UserRow> = client.all_users(query);
            let emails: Vec<_> = rows.iter().map(|row| row.email.as_str()).collect();
            let table = table(&client, query);
            assert_eq!(table.iter().map(|cells| cells[1].as_str()).collect::<Vec<_>>(), emails, "{query}");
            for (cells, row) in table.iter().zip(&rows) {
                assert_eq!(cells[0], row.name.clone().unwrap_or_default());
                assert_eq!(serde_json::to_value(row.status).unwrap(), json!(cells[2]));
                assert!(cells[4].starts_with(&row.environments.total.to_string()), "{cells:?}");
                for node in &row.environments.first {
                    assert!(cells[4].contains(&node.name), "{cells:?}");
                }
                assert_eq!(cells[5].is_empty(), row.last_active_at.is_none());
            }
        }
    }
}

#[test]
fn escapes_formulas() {
    let server = Server::demo("40");
    let (maud, administrator) = (server.sign_in_as("Maud"), server.sign_in_as("Charlotte"));
    for (name, cell) in [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2", "'-2"),
        // Many locales separate the cells by semicolons.
        ("Jan;=1+1", "Jan;'=1+1"),
        ("Jan; ＝1+1", "Jan;' ＝1+1"),
        ("x\u{200b};\u{200b}@a", "x\u{200b};'\u{200b}@a"),
        ("＝1+1", "'＝1+1"),
        ("a \"quoted\", name", "a \"quoted\", name"),
    ] {
        assert_eq!(maud.patch(path::SESSION, &json!({ "name": name })).status, 200);
        let table = table(&administrator, "search=maud%40northwind.example");
        assert_eq!(table[0][0], cell);
    }
}

#[test]
fn accepts_filters_but_no_pagination() {
    let server = Server::demo("40");
    let client = server.sign_in_as("Femke");
    for (query, status) in [
        ("limit=10", 422),
        ("offset=0", 422),
        ("colour=red", 422),
        ("node=00000000-0000-4000-8000-000000000000", 404),
    ] {
        assert_eq!(client.get(&format!("{}?{query}", path::USERS_CSV)).problem().0, status, "{query}");
    }
    assert!(table(&client, "").is_empty(), "an agent sees nobody");
    assert_eq!(server.client().get(path::USERS_CSV).status, 401);
}

/// Returns the exports that a person can see in the activity of a user, the newest first.
fn exports(by: &Person, user: &str) -> Vec<Value> {
    let page: Value = by.get(&format!("{}?action=users.exported", with_id(path::USER_ACTIVITY, user))).json();
    page["items"].as_array().unwrap().clone()
}

#[test]
fn records_exports_with_filters_and_count() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    world.join("olga", &[(A1, &["operator"])]);
    world.join("anna", &[(A2, &["operator", "planner"])]);
    for refused in ["limit=1", "colour=red", "role=king", &format!("node={B1}")] {
        assert!(maud.get(&format!("{}?{refused}", path::USERS_CSV)).status >= 400);
    }
    assert_eq!(exports(&maud, &maud.id), [Value::Null; 0], "a refused export is not recorded");
    let export = |query: &str| assert_eq!(maud.get(&format!("{}?{query}", path::USERS_CSV)).status, 200);
    export("");
    export(&format!("node={A2}&node={A1}&role=planner&role=operator&status=active&sort=-name"));
    export("search=olga&active_since=2020-01-01T00:00:00Z");
    let entries = exports(&maud, &maud.id);
    let details: Vec<_> = entries.iter().map(|entry| &entry["details"]).collect();
    let of_olga = json!({ "nodes": [A], "search": "olga", "active_since": "2020-01-01T00:00:00Z" });
    let of_roles = json!({ "nodes": [A1, A2], "roles": ["operator", "planner"], "statuses": ["active"] });
    assert_eq!(details[0], &json!({ "count": 1, "exported": of_olga }));
    assert_eq!(details[1], &json!({ "count": 2, "exported": of_roles }));
    // Includes the administrator, who inherits access to the agency.
    assert_eq!(details[2], &json!({ "count": 4, "exported": { "nodes": [A] } }));
    assert_eq!(details.len(), 3);
    for entry in &entries {
        assert_eq!(
            (&entry["actor"]["id"], &entry["target"], &entry["node"]),
            (&json!(maud.id), &Value::Null, &Value::Null)
        );
    }
    let table = maud.get(&format!("{}?action=users.exported", path::AUDIT_CSV)).text();
    assert!(table.contains("operator") && table.contains(A1), "{table}");
}

#[test]
fn shows_export_details_only_to_managers_of_all_its_nodes() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"]), (B1, &["agent"])]);
    let ingrid = world.join("ingrid", &[(A1, &["organisation_manager"])]);
    let bert = world.join("bert", &[(B1, &["organisation_manager"])]);
    for query in [String::new(), format!("?node={A1}")] {
        assert_eq!(maud.get(&(path::USERS_CSV.to_owned() + &query)).status, 200);
    }
    let has_details = |by: &Person| -> Vec<bool> {
        let entries = exports(by, &maud.id);
        entries.iter().map(|entry| entry["details"] != json!({})).collect()
    };
    assert_eq!(has_details(&world.administrator), [true, true]);
    assert_eq!(has_details(&maud), [true, true]);
    assert_eq!(has_details(&ingrid), [true, false]);
    assert_eq!(has_details(&bert), [false, false]);
}

#[test]
fn exports_inside_a_view_use_and_record_the_view() {
    let world = World::new();
    let ingrid = world.join("ingrid", &[(A1, &["organisation_manager"])]);
    world.join("bert", &[(B1, &["agent"])]);
    let admin = &world.administrator;
    let view: Value =
        admin.post(path::VIEWS, &json!({ "user_id": ingrid.id, "reason": "Ticket 4711" })).json();
    let view = view["id"].as_str().unwrap();
    let response = admin.call("GET", path::USERS_CSV, &Value::Null, &[("studio-view", view)]);
    assert_eq!(response.status, 200);
    assert!(response.text().contains("ingrid@x.example") && !response.text().contains("bert@x.example"));
    let [entry] = &exports(admin, &admin.id)[..] else { panic!("one export") };
    assert_eq!((&entry["actor"]["id"], &entry["view"]), (&json!(admin.id), &json!(view)));
    assert_eq!(entry["details"], json!({ "count": 2, "exported": { "nodes": [A1] } }));
}

#[test]
fn refuses_an_export_that_cannot_be_recorded() {
    let world = World::new();
    fail(world.server.data.path(), "INSERT", "audit");
    let response = world.administrator.get(path::USERS_CSV);
    assert_eq!(response.problem(), (503, "unavailable".into()));
    assert!(!response.text().contains(&world.administrator.email));
    recover(world.server.data.path(), "audit");
    assert_eq!(world.administrator.get(path::USERS_CSV).status, 200);
    assert_eq!(exports(&world.administrator, &world.administrator.id).len(), 1);
}
