use serde_json::json;
use studio_users_contract::{UserRow, path};

use crate::server::{Server, Visitor};

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
