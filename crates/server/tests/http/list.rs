use chrono::{DateTime, Utc};
use studio_users_contract::{NodeView, UserPage, UserRow, path};
use studio_users_domain::{NodeKind, Status};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::server::{Server, percent};
use crate::world::{A, A1, A2, B, B1, Person, World};

fn name_key(row: &UserRow) -> String {
    let plain = |name: &String| {
        name.nfkd().filter(|letter| !is_combining_mark(*letter)).collect::<String>().to_lowercase()
    };
    row.name.as_ref().map_or_else(|| row.email.to_ascii_lowercase(), plain)
}

/// A query, and which rows it chooses.
type Filter<'a> = (&'a str, Box<dyn Fn(&UserRow) -> bool + 'a>);

/// Sorts as the contract says: without the value last, ties by id, whichever the direction.
fn naive<K: Ord>(rows: &[UserRow], descending: bool, key: impl Fn(&UserRow) -> Option<K>) -> Vec<UserRow> {
    let mut rows = rows.to_vec();
    rows.sort_by(|one, other| {
        let by_value = match (key(one), key(other)) {
            (Some(one), Some(other)) if descending => other.cmp(&one),
            (Some(one), Some(other)) => one.cmp(&other),
            (one, other) => one.is_none().cmp(&other.is_none()),
        };
        by_value.then(one.id.cmp(&other.id))
    });
    rows
}

fn sorted(rows: &[UserRow], sort: &str) -> Vec<UserRow> {
    let (descending, key) = sort.strip_prefix('-').map_or((false, sort), |key| (true, key));
    match key {
        "name" => naive(rows, descending, |row| Some(name_key(row))),
        "email" => naive(rows, descending, |row| Some(row.email.clone())),
        "status" => naive(rows, descending, |row| Some(row.status)),
        "last_active_at" => naive(rows, descending, |row| row.last_active_at),
        _ => naive(rows, descending, |row| Some(row.created_at)),
    }
}

fn ids(rows: &[UserRow]) -> Vec<String> {
    rows.iter().map(|row| row.id.to_string()).collect()
}

#[test]
fn every_order_is_that_of_a_naive_sort_and_windows_are_its_slices() {
    let server = Server::demo("900");
    let reader = server.as_person("Maud");
    let rows = reader.all_users("");
    let total = u32::try_from(rows.len()).unwrap();
    let mut place = 1_u32;
    for key in ["name", "email", "status", "last_active_at", "created_at"] {
        for sort in [key.to_owned(), format!("-{key}")] {
            let expected = ids(&sorted(&rows, &sort));
            assert_eq!(ids(&reader.all_users(&format!("sort={sort}"))), expected, "{sort}");
            for _ in 0..8 {
                place = place.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let (offset, limit) = (place / 7 % (total + 20), place / 7_919 % 200 + 1);
                let page = reader.users(&format!("sort={sort}&offset={offset}&limit={limit}"));
                let slice: Vec<_> =
                    expected.iter().skip(offset as usize).take(limit as usize).cloned().collect();
                assert_eq!(ids(&page.items), slice, "{sort} {offset} {limit}");
                assert_eq!((page.total.value, page.total.exact), (total, true));
            }
        }
    }
    assert_eq!(reader.users("").items.len(), 50);
}

#[test]
fn filters_choose_what_a_naive_filter_chooses() {
    let server = Server::demo("900");
    let reader = server.as_person("Charlotte");
    let rows = reader.all_users("");
    let since: DateTime<Utc> = rows.iter().filter_map(|row| row.last_active_at).min().unwrap();
    let since = since + (Utc::now() - since) / 2;
    let has = |row: &UserRow, wanted: &str| row.roles.iter().any(|role| role.role.wire_name() == wanted);
    let filters: [Filter<'_>; 7] = [
        ("status=active", Box::new(|row| row.status == Status::Active)),
        ("status=expired", Box::new(|row| row.status == Status::Expired)),
        ("role=planner", Box::new(|row| has(row, "planner"))),
        ("role=environment_manager", Box::new(|row| has(row, "organisation_manager"))),
        ("status=expired&status=invited", Box::new(|row| row.status != Status::Active)),
        ("role=planner&role=analyst", Box::new(|row| has(row, "planner") || has(row, "analyst"))),
        (
            "role=developer&status=active",
            Box::new(|row| has(row, "developer") && row.status == Status::Active),
        ),
    ];
    for (query, keep) in &filters {
        let expected: Vec<_> = rows.iter().filter(|row| keep(row)).cloned().collect();
        assert_eq!(ids(&reader.all_users(query)), ids(&expected), "{query}");
        assert!(!expected.is_empty(), "{query}");
        assert_eq!(reader.users(query).total.value as usize, expected.len());
    }
    let time = since.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let expected: Vec<_> = rows
        .iter()
        .filter(|row| row.last_active_at.is_some_and(|at| at.timestamp_millis() >= since.timestamp_millis()))
        .cloned()
        .collect();
    assert_eq!(ids(&reader.all_users(&format!("active_since={time}"))), ids(&expected));
}

#[test]
fn who_inherits_alone_can_be_left_out() {
    let server = Server::demo("900");
    let reader = server.as_person("Maud");
    let (mut inherit, mut assigned) = (0, 0);
    for node in reader.get(path::NODES).json::<Vec<NodeView>>() {
        if node.kind != NodeKind::Environment {
            continue;
        }
        let rows = reader.all_users(&format!("node={}", node.id));
        let is_assigned =
            |row: &&UserRow| row.status != Status::Active || row.roles.iter().any(|held| !held.inherited);
        let expected: Vec<_> = rows.iter().filter(is_assigned).cloned().collect();
        let found = reader.all_users(&format!("node={}&assigned=true", node.id));
        // Somebody who inherits, and waits for more here, is invited here too.
        let found: Vec<_> = found.into_iter().filter(|row| is_assigned(&row)).collect();
        assert_eq!(ids(&found), ids(&expected), "{}", node.name);
        (inherit, assigned) = (inherit + rows.len() - expected.len(), assigned + expected.len());
        assert_eq!(ids(&reader.all_users(&format!("node={}&assigned=false", node.id))), ids(&rows));
    }
    assert!(inherit > 0 && assigned > 0);
}

#[test]
fn a_row_tells_who_invited_and_only_whom_the_reader_sees() {
    let server = Server::demo("900");
    for (name, least) in [("Maud", 100), ("Ingrid", 1)] {
        let reader = server.as_person(name);
        let rows = reader.all_users("");
        let seen: std::collections::HashSet<_> = rows.iter().map(|row| row.id).collect();
        let joined = rows.iter().filter(|row| row.status == Status::Active);
        let told: Vec<_> = joined.filter_map(|row| row.invited_by.as_ref()).collect();
        assert!(told.len() >= least, "{name}: {}", told.len());
        assert!(told.iter().all(|inviter| seen.contains(&inviter.id)), "{name}");
    }
}

#[test]
fn several_nodes_mean_any_of_them_and_show_what_people_have_there() {
    let world = World::new();
    let olga = world.join("olga", &[(A1, &["operator"]), (A2, &["analyst"]), (B1, &["planner"])]);
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let bert = world.join("bert", &[(B, &["agent"])]);
    assert_eq!(
        world.administrator.invite(&[&bert.email, "ivo@x.example"], &[(A2, &["analyst"])]).status,
        200
    );
    let page = |by: &Person, nodes: &[&str]| -> UserPage {
        let query: Vec<_> = nodes.iter().map(|node| format!("node={node}")).collect();
        by.get(&format!("{}?sort=email&{}", path::USERS, query.join("&"))).json()
    };
    let seen = |by: &Person, nodes: &[&str]| -> Vec<String> {
        let page = page(by, nodes);
        assert_eq!((page.total.value as usize, page.total.exact), (page.items.len(), true));
        let others = page.items.into_iter().filter(|row| row.id.to_string() != world.administrator.id);
        let told = others.map(|row| {
            let roles: Vec<_> = row.roles.iter().map(|role| role.role.wire_name()).collect();
            let name = row.email.split('@').next().unwrap();
            format!("{name} {} {} {}", row.status.wire_name(), roles.join("+"), row.environments.total)
        });
        told.collect()
    };
    let admin = &world.administrator;
    let maud_in = |count| format!("maud active organisation_manager {count}");
    assert_eq!(
        seen(admin, &[A1, B1]),
        ["bert active agent 1", &maud_in(1), "olga active operator+planner 2"]
    );
    let of_agency =
        ["bert active analyst 1", "ivo invited analyst 1", &maud_in(2), "olga active operator+analyst 2"];
    assert_eq!(seen(admin, &[A1, A2]), of_agency);
    assert_eq!(seen(admin, &[A2, A, A2]), of_agency);
    assert_eq!(seen(&maud, &[A1, A2]), of_agency);
    assert_eq!(maud.get(&format!("{}?node={A1}&node={B1}", path::USERS)).problem().0, 404);
    assert_eq!(seen(&olga, &[A1, B1]), [""; 0]);
}

#[test]
fn a_search_finds_any_part_of_a_name_or_an_address_in_any_case() {
    let server = Server::demo("2400");
    let reader = server.as_person("Charlotte");
    let rows = reader.all_users("");
    let finds = |search: &str, email: &str| {
        let found = reader.all_users(&format!("search={}", percent(search)));
        assert!(found.iter().any(|row| row.email == email), "{search}");
    };
    finds("ERGSTRÖ", "astrid@northwind.example");
    finds("  jesper LIND", "jesper@harborbank.example");
    finds("@VeloBikes", "thijs@velobikes.example");
    finds("de v", "sanne@northwind.example");
    finds("å", "emil@clinic.example");
    for search in [
        "γιώ", "ΠΑΠ", "محمد", "王", "佐藤", "김", "шевч", "IŞIL", "ı", "o’c", "\"", "%", "_", "' OR 1=1",
        "*", "a AND b", "nørd", "zz",
    ] {
        let lower = search.to_lowercase();
        let is_found = |row: &&UserRow| {
            row.name.as_ref().is_some_and(|name| name.to_lowercase().contains(&lower))
                || row.email.to_lowercase().contains(&lower)
        };
        let expected: Vec<_> = rows.iter().filter(is_found).cloned().collect();
        let found = reader.all_users(&format!("search={}", percent(search)));
        assert_eq!(ids(&found), ids(&expected), "{search}");
        let page = reader.users(&format!("search={}&limit=1", percent(search)));
        assert_eq!((page.total.value as usize, page.total.exact), (expected.len(), true), "{search}");
    }
    assert_eq!(reader.users("search=%20").total.value, 2_400);
}

#[test]
fn many_readers_at_once_do_not_wait_for_each_other() {
    let server = Server::demo("100");
    let maud = server.as_person("Maud");
    let started = std::time::Instant::now();
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..24).map(|_| scope.spawn(|| maud.get(path::USERS).status)).collect();
        for reader in readers {
            assert_eq!(reader.join().unwrap(), 200);
        }
    });
    // No measure of speed: who waits for a connection in vain is refused after half a minute.
    assert!(started.elapsed() < std::time::Duration::from_secs(25));
}
