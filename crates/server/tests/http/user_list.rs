use chrono::{DateTime, Utc};
use studio_users_contract::{NodeView, UserPage, UserPosition, UserRow, path};
use studio_users_domain::{NodeKind, Status};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::server::{Server, percent};
use crate::world::{A, A1, A2, B, B1, Person, World};

/// Folds the letters that the demo's names have.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::new();
    for letter in text.nfc().flat_map(char::to_lowercase).nfc() {
        match letter {
            'ł' => plain.push('l'),
            'ø' => plain.push('o'),
            'đ' | 'ð' => plain.push('d'),
            'ı' => plain.push('i'),
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'þ' => plain.push_str("th"),
            'ς' => plain.push('σ'),
            '’' => plain.push('\''),
            'й' => plain.push('й'),
            // Devanagari and kana have marks that are letters.
            'ऀ'..='ॿ' | 'ぁ'..='ヿ' => plain.push(letter),
            _ => plain.extend(letter.nfkd().filter(|letter| !is_combining_mark(*letter))),
        }
    }
    plain.nfc().collect()
}

/// Sorts by the folded name, and by the accents only names that are otherwise the same.
fn name_key(row: &UserRow) -> (String, String) {
    let label = row.name.as_ref().unwrap_or(&row.email);
    (plain(label), label.nfc().collect::<String>().to_lowercase().replace('ς', "σ"))
}

/// A query and its condition.
type Filter<'a> = (&'a str, Box<dyn Fn(&UserRow) -> bool + 'a>);

/// Sorts as the contract specifies: rows without a value last and ties by id, in both directions.
fn sort_by<K: Ord>(rows: &[UserRow], descending: bool, key: impl Fn(&UserRow) -> Option<K>) -> Vec<UserRow> {
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
        "name" => sort_by(rows, descending, |row| Some(name_key(row))),
        "email" => sort_by(rows, descending, |row| Some(row.email.clone())),
        "status" => sort_by(rows, descending, |row| Some(row.status)),
        "last_active_at" => sort_by(rows, descending, |row| row.last_active_at),
        _ => sort_by(rows, descending, |row| Some(row.created_at)),
    }
}

fn ids(rows: &[UserRow]) -> Vec<String> {
    rows.iter().map(|row| row.id.to_string()).collect()
}

#[test]
fn sorts_and_paginates_like_a_naive_implementation() {
    let server = Server::demo("900");
    let client = server.sign_in_as("Maud");
    let rows = client.all_users("");
    let total = u32::try_from(rows.len()).unwrap();
    let mut random = 1_u32;
    for key in ["name", "email", "status", "last_active_at", "created_at"] {
        for sort in [key.to_owned(), format!("-{key}")] {
            let expected = ids(&sorted(&rows, &sort));
            assert_eq!(ids(&client.all_users(&format!("sort={sort}"))), expected, "{sort}");
            for _ in 0..8 {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let (offset, limit) = (random / 7 % (total + 20), random / 7_919 % 200 + 1);
                let page = client.users(&format!("sort={sort}&offset={offset}&limit={limit}"));
                let slice: Vec<_> =
                    expected.iter().skip(offset as usize).take(limit as usize).cloned().collect();
                assert_eq!(ids(&page.items), slice, "{sort} {offset} {limit}");
                assert_eq!((page.total.value, page.total.exact), (total, true));
            }
        }
    }
    assert_eq!(client.users("").items.len(), 50);
}

#[test]
fn the_position_of_a_user_is_the_index_of_their_row() {
    let server = Server::demo("900");
    let client = server.sign_in_as("Maud");
    let position = |id: &str, query: &str| {
        let response = client.get(&format!("{}?{query}", path::USER_POSITION.replace("{id}", id)));
        response.json::<UserPosition>().position
    };
    for query in ["", "sort=-created_at", "sort=-last_active_at&status=active", "sort=name&search=jan"] {
        let rows = client.all_users(query);
        for (index, row) in rows.iter().enumerate().step_by(37) {
            assert_eq!(position(&row.id.to_string(), query), u32::try_from(index).ok(), "{query}");
        }
    }
    let invited = &client.users("status=invited").items[0];
    assert_eq!(position(&invited.id.to_string(), "status=active"), None);
    // The list of another manager does not tell whether a user exists.
    let all = server.sign_in_as("Charlotte").all_users("");
    let visible = ids(&client.all_users(""));
    let hidden = all.iter().find(|row| !visible.contains(&row.id.to_string())).unwrap();
    let response = client.get(&path::USER_POSITION.replace("{id}", &hidden.id.to_string()));
    assert_eq!(response.status, 404);
}

#[test]
fn filters_like_a_naive_implementation() {
    let server = Server::demo("900");
    let client = server.sign_in_as("Charlotte");
    let rows = client.all_users("");
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
    for (query, matches) in &filters {
        let expected: Vec<_> = rows.iter().filter(|row| matches(row)).cloned().collect();
        assert_eq!(ids(&client.all_users(query)), ids(&expected), "{query}");
        assert!(!expected.is_empty(), "{query}");
        assert_eq!(client.users(query).total.value as usize, expected.len());
    }
    let time = since.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let expected: Vec<_> = rows
        .iter()
        .filter(|row| row.last_active_at.is_some_and(|at| at.timestamp_millis() >= since.timestamp_millis()))
        .cloned()
        .collect();
    assert_eq!(ids(&client.all_users(&format!("active_since={time}"))), ids(&expected));
}

#[test]
fn can_exclude_users_with_only_inherited_roles() {
    let server = Server::demo("900");
    let client = server.sign_in_as("Maud");
    let (mut inherited, mut assigned) = (0, 0);
    for node in client.get(path::NODES).json::<Vec<NodeView>>() {
        if node.kind != NodeKind::Environment {
            continue;
        }
        let rows = client.all_users(&format!("node={}", node.id));
        let is_assigned =
            |row: &&UserRow| row.status != Status::Active || row.roles.iter().any(|held| !held.inherited);
        let expected: Vec<_> = rows.iter().filter(is_assigned).cloned().collect();
        let found = client.all_users(&format!("node={}&assigned=true", node.id));
        // A user with inherited roles can also have a pending grant here.
        let found: Vec<_> = found.into_iter().filter(|row| is_assigned(&row)).collect();
        assert_eq!(ids(&found), ids(&expected), "{}", node.name);
        (inherited, assigned) = (inherited + rows.len() - expected.len(), assigned + expected.len());
        assert_eq!(ids(&client.all_users(&format!("node={}&assigned=false", node.id))), ids(&rows));
    }
    assert!(inherited > 0 && assigned > 0);
}

#[test]
fn names_the_inviter_only_if_visible() {
    let server = Server::demo("900");
    for (name, min) in [("Maud", 100), ("Ingrid", 1)] {
        let client = server.sign_in_as(name);
        let rows = client.all_users("");
        let visible: std::collections::HashSet<_> = rows.iter().map(|row| row.id).collect();
        let joined = rows.iter().filter(|row| row.status == Status::Active);
        let inviters: Vec<_> = joined.filter_map(|row| row.invited_by.as_ref()).collect();
        assert!(inviters.len() >= min, "{name}: {}", inviters.len());
        assert!(inviters.iter().all(|inviter| visible.contains(&inviter.id)), "{name}");
    }
}

#[test]
fn several_nodes_match_any_of_them() {
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
    let list = |by: &Person, nodes: &[&str]| -> Vec<String> {
        let page = page(by, nodes);
        assert_eq!((page.total.value as usize, page.total.exact), (page.items.len(), true));
        let others = page.items.into_iter().filter(|row| row.id.to_string() != world.administrator.id);
        let lines = others.map(|row| {
            let roles: Vec<_> = row.roles.iter().map(|role| role.role.wire_name()).collect();
            let name = row.email.split('@').next().unwrap();
            format!("{name} {} {} {}", row.status.wire_name(), roles.join("+"), row.environments.total)
        });
        lines.collect()
    };
    let admin = &world.administrator;
    let maud_in = |count| format!("maud active organisation_manager {count}");
    assert_eq!(
        list(admin, &[A1, B1]),
        ["bert active agent 1", &maud_in(1), "olga active operator+planner 2"]
    );
    let of_agency =
        ["bert active analyst 1", "ivo invited analyst 1", &maud_in(2), "olga active operator+analyst 2"];
    assert_eq!(list(admin, &[A1, A2]), of_agency);
    assert_eq!(list(admin, &[A2, A, A2]), of_agency);
    assert_eq!(list(&maud, &[A1, A2]), of_agency);
    assert_eq!(maud.get(&format!("{}?node={A1}&node={B1}", path::USERS)).problem().0, 404);
    assert_eq!(list(&olga, &[A1, B1]), [""; 0]);
}

#[test]
fn searches_words_of_names_and_addresses_ignoring_case_and_accents() {
    let server = Server::demo("2400");
    let client = server.sign_in_as("Charlotte");
    let rows = client.all_users("");
    let finds = |search: &str, email: &str| {
        let found = client.all_users(&format!("search={}", percent(search)));
        assert!(found.iter().any(|row| row.email == email), "{search}");
    };
    finds("ERGSTRÖ", "astrid@northwind.example");
    finds("  jesper LIND", "jesper@harborbank.example");
    finds("lindqvist\u{a0}  jesper", "jesper@harborbank.example");
    finds("harborbank Lindqvist", "jesper@harborbank.example");
    finds("@VeloBikes", "thijs@velobikes.example");
    finds("de v", "sanne@northwind.example");
    finds("å", "emil@clinic.example");
    for search in [
        "γιώ",
        "ΠΑΠ",
        "ΑΛΕΞΑΝΔΡΟΣ",
        "محمد",
        "مُحَمَّد",
        "王",
        "佐藤",
        "김",
        "शर्मा",
        "шевч",
        "ОЛІЙНИК",
        "IŞIL",
        "isil",
        "ı",
        "lukasz",
        "celine",
        "MULLER",
        "GROSS",
        "bjornstad",
        "dang",
        "o’c",
        "O'CONNOR",
        "mu\u{308}ller",
        "ｍüｌｌｅｒ",
        "jansen anna",
        "\"",
        "%",
        "_",
        "' OR 1=1",
        "*",
        "a AND b",
        "nørd",
        "zz",
    ] {
        let folded = plain(&search.nfkc().collect::<String>());
        let is_found = |row: &&UserRow| {
            let texts = [plain(row.name.as_deref().unwrap_or_default()), plain(&row.email)];
            folded.split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)))
        };
        let expected: Vec<_> = rows.iter().filter(is_found).cloned().collect();
        let found = client.all_users(&format!("search={}", percent(search)));
        assert_eq!(ids(&found), ids(&expected), "{search}");
        let page = client.users(&format!("search={}&limit=1", percent(search)));
        assert_eq!((page.total.value as usize, page.total.exact), (expected.len(), true), "{search}");
    }
    assert_eq!(client.users("search=%20").total.value, 2_400);
}

#[test]
fn serves_concurrent_reads() {
    let server = Server::demo("100");
    let maud = server.sign_in_as("Maud");
    let started = std::time::Instant::now();
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..24).map(|_| scope.spawn(|| maud.get(path::USERS).status)).collect();
        for client in readers {
            assert_eq!(client.join().unwrap(), 200);
        }
    });
    // This does not measure speed: a request that gets no connection fails after 30 seconds.
    assert!(started.elapsed() < std::time::Duration::from_secs(25));
}
