use serde_json::{Value, json};
use studio_users_contract::{UserRow, path};

use crate::server::{Server, Visitor};
use crate::world::{A, A1, A2, B1, Person, World, of};

fn table(visitor: &Visitor<'_>, query: &str) -> Vec<Vec<String>> {
    let answer = visitor.get(&format!("{}?{query}", path::USERS_CSV));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"users.csv\"");
    let mut reader = csv::Reader::from_reader(answer.body.as_slice());
    let columns = ["name", "email", "status", "roles", "environments", "last active", "created"];
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), columns);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn the_table_has_the_rows_of_the_list_in_every_order_and_by_every_filter() {
    let server = Server::demo("1300");
    // One who sees all, and one whose rows are those of an agency.
    for reader in [server.as_person("Charlotte"), server.as_person("Maud")] {
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
            "search=nothing-like-this",
        ] {
            let rows: Vec<UserRow> = reader.all_users(query);
            let emails: Vec<_> = rows.iter().map(|row| row.email.as_str()).collect();
            let table = table(&reader, query);
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
fn a_name_like_a_formula_is_text_in_a_table() {
    let server = Server::demo("40");
    let (maud, administrator) = (server.as_person("Maud"), server.as_person("Charlotte"));
    for (name, cell) in [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2", "'-2"),
        ("a \"quoted\", name", "a \"quoted\", name"),
    ] {
        assert_eq!(maud.patch(path::SESSION, &json!({ "name": name })).status, 200);
        let table = table(&administrator, "search=maud%40northwind.example");
        assert_eq!(table[0][0], cell);
    }
}

#[test]
fn a_table_takes_the_filters_of_the_list_and_no_window() {
    let server = Server::demo("40");
    let reader = server.as_person("Femke");
    for (query, status) in [
        ("limit=10", 422),
        ("offset=0", 422),
        ("colour=red", 422),
        ("node=00000000-0000-4000-8000-000000000000", 404),
    ] {
        assert_eq!(reader.get(&format!("{}?{query}", path::USERS_CSV)).problem().0, status, "{query}");
    }
    assert!(table(&reader, "").is_empty(), "an agent sees nobody");
    assert_eq!(server.visitor().get(path::USERS_CSV).status, 401);
}

/// The exports that a person sees in somebody's activity, the newest first.
fn exports(by: &Person, user: &str) -> Vec<Value> {
    let page: Value = by.get(&format!("{}?action=users.exported", of(path::USER_ACTIVITY, user))).json();
    page["items"].as_array().unwrap().clone()
}

#[test]
fn an_export_stands_in_the_activity_of_who_made_it_with_what_was_asked_and_how_many() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    world.join("olga", &[(A1, &["operator"])]);
    world.join("anna", &[(A2, &["operator", "planner"])]);
    for refused in ["limit=1", "colour=red", "role=king", &format!("node={B1}")] {
        assert!(maud.get(&format!("{}?{refused}", path::USERS_CSV)).status >= 400);
    }
    assert_eq!(exports(&maud, &maud.id), [Value::Null; 0], "what is refused is no export");
    let ask = |query: &str| assert_eq!(maud.get(&format!("{}?{query}", path::USERS_CSV)).status, 200);
    ask("");
    ask(&format!("node={A2}&node={A1}&role=planner&role=operator&status=active&sort=-name"));
    ask("search=olga&active_since=2020-01-01T00:00:00Z");
    let seen = exports(&maud, &maud.id);
    let details: Vec<_> = seen.iter().map(|entry| &entry["details"]).collect();
    let of_olga = json!({ "nodes": [A], "search": "olga", "active_since": "2020-01-01T00:00:00Z" });
    let of_roles = json!({ "nodes": [A1, A2], "roles": ["operator", "planner"], "statuses": ["active"] });
    assert_eq!(details[0], &json!({ "count": 1, "exported": of_olga }));
    assert_eq!(details[1], &json!({ "count": 2, "exported": of_roles }));
    // The administrator's access reaches into the agency.
    assert_eq!(details[2], &json!({ "count": 4, "exported": { "nodes": [A] } }));
    assert_eq!(details.len(), 3);
    for entry in &seen {
        assert_eq!(
            (&entry["actor"]["id"], &entry["target"], &entry["node"]),
            (&json!(maud.id), &Value::Null, &Value::Null)
        );
    }
    let table = maud.get(&format!("{}?action=users.exported", path::AUDIT_CSV)).text();
    assert!(table.contains("operator") && table.contains(A1), "{table}");
}

#[test]
fn what_an_export_was_made_of_is_told_to_who_manages_all_of_it() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"]), (B1, &["agent"])]);
    let ingrid = world.join("ingrid", &[(A1, &["organisation_manager"])]);
    let bert = world.join("bert", &[(B1, &["organisation_manager"])]);
    for query in [String::new(), format!("?node={A1}")] {
        assert_eq!(maud.get(&(path::USERS_CSV.to_owned() + &query)).status, 200);
    }
    let told = |by: &Person| -> Vec<bool> {
        let seen = exports(by, &maud.id);
        seen.iter().map(|entry| entry["details"] != json!({})).collect()
    };
    assert_eq!(told(&world.administrator), [true, true]);
    assert_eq!(told(&maud), [true, true]);
    assert_eq!(told(&ingrid), [true, false]);
    assert_eq!(told(&bert), [false, false]);
}

#[test]
fn an_export_inside_a_view_shows_what_the_user_sees_and_stands_in_the_log_with_the_view() {
    let world = World::new();
    let ingrid = world.join("ingrid", &[(A1, &["organisation_manager"])]);
    world.join("bert", &[(B1, &["agent"])]);
    let admin = &world.administrator;
    let view: Value =
        admin.post(path::VIEWS, &json!({ "user_id": ingrid.id, "reason": "Ticket 4711" })).json();
    let view = view["id"].as_str().unwrap();
    let answer = admin.call("GET", path::USERS_CSV, &Value::Null, &[("studio-view", view)]);
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("ingrid@x.example") && !answer.text().contains("bert@x.example"));
    let [entry] = &exports(admin, &admin.id)[..] else { panic!("one export") };
    assert_eq!((&entry["actor"]["id"], &entry["view"]), (&json!(admin.id), &json!(view)));
    assert_eq!(entry["details"], json!({ "count": 2, "exported": { "nodes": [A1] } }));
}

#[test]
fn an_export_that_cannot_be_recorded_is_refused_and_sends_nobody() {
    let world = World::new();
    world
        .server
        .execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    let answer = world.administrator.get(path::USERS_CSV);
    assert_eq!(answer.problem(), (503, "unavailable".into()));
    assert!(!answer.text().contains(&world.administrator.email));
    world.server.execute("DROP TRIGGER full");
    assert_eq!(world.administrator.get(path::USERS_CSV).status, 200);
    assert_eq!(exports(&world.administrator, &world.administrator.id).len(), 1);
}
