use std::collections::BTreeSet;

use serde_json::{Value, json};
use studio_users_contract::{UserRow, path};
use studio_users_domain::{Role, Status};

use crate::server::{Server, binary};

/// A row without its times.
fn timeless(row: &UserRow) -> Value {
    let mut value = serde_json::to_value(row).unwrap();
    value["created_at"] = Value::Null;
    value["last_active_at"] = json!(row.last_active_at.is_some());
    if row.invitation.is_some() {
        value["invitation"]["expires_at"] = Value::Null;
    }
    value
}

#[test]
fn the_demo_is_the_same_each_time_but_for_the_times() {
    let rows = || -> Vec<Value> {
        let server = Server::demo("500");
        server.as_person("Charlotte").all_users("sort=email").iter().map(timeless).collect()
    };
    assert_eq!(rows(), rows());
}

#[test]
fn the_demo_has_everything_that_can_be_shown() {
    let server = Server::demo("2400");
    let rows = server.as_person("Charlotte").all_users("");
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
fn the_newest_users_of_a_demo_of_any_size_are_a_varied_cast() {
    for (size, name) in [("40", "Maud"), ("2400", "Maud"), ("2400", "Charlotte")] {
        let server = Server::demo(size);
        let rows = server.as_person(name).users("sort=-created_at&limit=12").items;
        let has = |what: &str, is_it: &dyn Fn(&UserRow) -> bool| {
            assert!(rows.iter().any(is_it), "{name} of {size} users sees nobody who {what}");
        };
        let inherits = |row: &UserRow| row.roles.iter().filter(|role| role.inherited).count();
        has("is invited", &|row| row.status == Status::Invited);
        has("did not accept in time", &|row| row.status == Status::Expired);
        has("inherits all roles", &|row| !row.roles.is_empty() && inherits(row) == row.roles.len());
        has("overrides inherited roles", &|row| (1..row.roles.len()).contains(&inherits(row)));
        has("works in several environments", &|row| inherits(row) == 0 && row.environments.total > 1);
        has("writes in another script", &|row| row.name.as_ref().is_some_and(|name| name.starts_with('佐')));
        let expires_soon = |row: &UserRow| {
            let left = row.invitation.as_ref().map(|invitation| invitation.expires_at - chrono::Utc::now());
            left.is_some_and(|left| left.num_hours() > 0 && left.num_hours() < 24)
        };
        has("has less than a day to accept", &expires_soon);
        let days: BTreeSet<_> = rows.iter().map(|row| row.created_at.date_naive()).collect();
        assert!(days.len() >= 8, "{name} of {size} users: {days:?}");
    }
}

#[test]
fn demo_data_are_used_again_made_anew_for_another_number_and_never_made_over_real_ones() {
    let server = Server::demo("60");
    let cookie = server.as_person("Maud").cookie;
    let (_, data) = server.stop();
    let same = Server::start_on(data, &["--demo", "60"]);
    assert!(same.sign_in.is_some(), "a fresh link each time");
    let visitor = crate::server::Visitor { server: &same, cookie };
    assert_eq!(visitor.get(path::SESSION).status, 200, "the session is still there");
    let (_, data) = same.stop();
    let other = Server::start_on(data, &["--demo", "70"]);
    assert_eq!(other.as_person("Charlotte").users("").total.value, 70);
    // As one that an older program made, with tables of its own.
    other.execute(
        "UPDATE meta SET value = 1 WHERE key = 'demo_generator'; UPDATE _sqlx_migrations SET checksum = x'00'",
    );
    let (_, data) = other.stop();
    let anew = Server::start_on(data, &["--demo", "70"]);
    assert_eq!(anew.as_person("Charlotte").users("").total.value, 70);

    let (_, real) = Server::start(&[]).stop();
    let output = binary().args(["serve", "--demo", "--data"]).arg(real.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("holds real data"));
}

#[test]
fn nobody_can_be_someone_else_outside_a_demo_or_on_a_network() {
    let real = Server::start(&[]);
    let open = Server::start(&["--demo", "40", "--listen", "0.0.0.0:0", "--public-url", "http://localhost"]);
    let behind_a_proxy = Server::start(&["--demo", "40", "--public-url", "https://users.example"]);
    let person = json!({ "user_id": "00000000-0000-4000-8000-000000000000" });
    for server in [&real, &open, &behind_a_proxy] {
        let mut visitor = server.visitor();
        assert_eq!(visitor.get(path::DEMO_PEOPLE).problem(), (404, "not_found".into()));
        assert_eq!(visitor.post(path::DEMO_SESSIONS, &person).problem(), (404, "not_found".into()));
    }
    let demo = Server::demo("40");
    assert_eq!(demo.visitor().post(path::DEMO_SESSIONS, &person).problem(), (404, "not_found".into()));
}
