use std::collections::BTreeSet;

use serde_json::{Value, json};
use studio_users_contract::{UserRow, path};
use studio_users_domain::{Role, Status};

use crate::database::is_postgres;
use crate::server::{Server, error_of};

/// Returns the row without its times, for comparison.
fn without_times(row: &UserRow) -> Value {
    let mut value = serde_json::to_value(row).unwrap();
    value["created_at"] = Value::Null;
    value["last_active_at"] = json!(row.last_active_at.is_some());
    if row.invitation.is_some() {
        value["invitation"]["expires_at"] = Value::Null;
    }
    value
}

#[test]
fn generates_the_same_data_except_for_times() {
    let rows = || -> Vec<Value> {
        let server = Server::demo("500");
        server.sign_in_as("Charlotte").all_users("sort=email").iter().map(without_times).collect()
    };
    assert_eq!(rows(), rows());
}

#[test]
fn contains_all_roles_and_statuses() {
    let server = Server::demo("2400");
    let rows = server.sign_in_as("Charlotte").all_users("");
    let roles: BTreeSet<Role> = rows.iter().flat_map(|row| row.roles.iter().map(|role| role.role)).collect();
    assert_eq!(roles.len(), Role::all().count());
    let share = |status: Status| rows.iter().filter(|row| row.status == status).count() * 1_000 / rows.len();
    assert!((15..40).contains(&share(Status::Invited)), "{}", share(Status::Invited));
    assert!((5..20).contains(&share(Status::Expired)), "{}", share(Status::Expired));
    assert!(rows.iter().any(|row| row.status == Status::Active && row.last_active_at.is_none()));
    for email in ["oliver@northwind.example", "bram@velobikes.example", "kim@velobikes.example"] {
        assert!(rows.iter().any(|row| row.email == email), "{email}");
    }
    let emails: BTreeSet<_> = rows.iter().map(|row| &row.email).collect();
    assert_eq!(emails.len(), rows.len());
}

#[test]
fn starts_with_a_varied_cast_at_any_size() {
    for (size, name) in [("40", "Maud"), ("2400", "Maud"), ("2400", "Charlotte")] {
        let server = Server::demo(size);
        let rows = server.sign_in_as(name).users("sort=-created_at&limit=12").items;
        let has = |description: &str, matches: &dyn Fn(&UserRow) -> bool| {
            assert!(rows.iter().any(matches), "{name} of {size} users: no user who {description}");
        };
        let inherits = |row: &UserRow| row.roles.iter().filter(|role| role.inherited).count();
        has("is invited", &|row| row.status == Status::Invited);
        has("has an expired invitation", &|row| row.status == Status::Expired);
        has("inherits all roles", &|row| !row.roles.is_empty() && inherits(row) == row.roles.len());
        has("overrides inherited roles", &|row| (1..row.roles.len()).contains(&inherits(row)));
        has("has roles in several environments", &|row| inherits(row) == 0 && row.environments.total > 1);
        has("has a name in another script", &|row| {
            row.name.as_ref().is_some_and(|name| name.starts_with('佐'))
        });
        let expires_soon = |row: &UserRow| {
            let left = row.invitation.as_ref().map(|invitation| invitation.expires_at - chrono::Utc::now());
            left.is_some_and(|left| left.num_hours() > 0 && left.num_hours() < 24)
        };
        has("has an invitation that expires within a day", &expires_soon);
        let days: BTreeSet<_> = rows.iter().map(|row| row.created_at.date_naive()).collect();
        assert!(days.len() >= 8, "{name} of {size} users: {days:?}");
    }
}

#[test]
fn reuses_or_regenerates_demo_data_and_never_overwrites_real_data() {
    let server = Server::demo("60");
    let cookie = server.sign_in_as("Maud").cookie;
    let (_, data) = server.stop();
    let same = Server::start_on(data, &["--demo", "60"]);
    assert!(same.sign_in.is_some(), "a new link on each start");
    let client = crate::server::Client { server: &same, cookie };
    assert_eq!(client.get(path::SESSION).status, 200, "the session is still valid");
    let (_, data) = same.stop();
    let other = Server::start_on(data, &["--demo", "70"]);
    assert_eq!(other.sign_in_as("Charlotte").users("").total.value, 70);
    // Like a database of an older version, with different tables.
    other.execute("UPDATE meta SET value = 1 WHERE key = 'demo_generator'");
    if !is_postgres() {
        other.execute("UPDATE _sqlx_migrations SET checksum = x'00'");
    }
    let (_, data) = other.stop();
    let regenerated = Server::start_on(data, &["--demo", "70"]);
    assert_eq!(regenerated.sign_in_as("Charlotte").users("").total.value, 70);

    let (_, real) = Server::start(&[]).stop();
    assert!(error_of(real.path(), &["serve", "--demo"]).contains("contains real data"));
}

#[test]
fn offers_demo_users_only_on_this_machine() {
    let real = Server::start(&[]);
    let open = Server::start(&["--demo", "40", "--listen", "0.0.0.0:0", "--public-url", "http://localhost"]);
    let behind_a_proxy = Server::start(&["--demo", "40", "--public-url", "https://users.example"]);
    let person = json!({ "user_id": "00000000-0000-4000-8000-000000000000" });
    for server in [&real, &open, &behind_a_proxy] {
        let mut client = server.client();
        assert_eq!(client.get(path::DEMO_PEOPLE).problem(), (404, "not_found".into()));
        assert_eq!(client.post(path::DEMO_SESSIONS, &person).problem(), (404, "not_found".into()));
    }
    let demo = Server::demo("40");
    assert_eq!(demo.client().post(path::DEMO_SESSIONS, &person).problem(), (404, "not_found".into()));
}
