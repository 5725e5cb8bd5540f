//! A search selects the same users in the list, in the export and in a bulk action: it ignores case and accents in each.

use serde_json::{Value, json};
use studio_users_contract::{UserPage, path};

use crate::server::{percent, without_mark};
use crate::world::{A, A1, World};

const NAMES: [&str; 6] =
    ["Céline Müller", "Celine Muller", "Łukasz O’Connor", "İbrahim Øst", "Strauß  Zoé", "Someone Else"];

/// The searches, with the number of names that each finds.
const SEARCHES: [(&str, usize); 9] = [
    ("celine", 2),
    ("MÜLLER  céline", 2),
    ("lukasz", 1),
    ("o'connor", 1),
    ("ibrahim", 1),
    ("OST ibra", 1),
    ("zoe STRAUSS", 1),
    ("ｃeline", 2),
    ("nobody", 0),
];

fn assert_selects_alike(world: &World) {
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    for (number, name) in NAMES.iter().enumerate() {
        let email = format!("person{number}@x.example");
        assert_eq!(maud.invite(&[&email], &[(A1, &["agent"])]).status, 200);
        world.accept(&world.mailed_token(&email), name);
    }
    for (search, count) in SEARCHES {
        let query = format!("search={}", percent(search));
        let list: UserPage = maud.get(&format!("{}?{query}", path::USERS)).json();
        let listed: Vec<String> = list.items.iter().map(|row| row.id.to_string()).collect();
        assert_eq!(listed.len(), count, "{search}");

        let csv = maud.get(&format!("{}?{query}", path::USERS_CSV));
        let mut csv = csv::Reader::from_reader(without_mark(&csv.body));
        let emails: Vec<String> = csv.records().map(|row| row.unwrap()[1].to_owned()).collect();
        let expected: Vec<&str> = list.items.iter().map(|row| row.email.as_str()).collect();
        assert_eq!(emails, expected, "{search}");

        // Nobody has an invitation, so the job refuses and lists everybody whom it selects.
        let select = json!({ "filters": { "search": search }, "expected_total": count });
        let job: Value = maud.bulk(&json!({ "select": select, "action": "resend" })).json();
        let refusals = job["refusals"].as_array().unwrap().iter();
        let mut selected: Vec<&str> = refusals.map(|refusal| refusal["id"].as_str().unwrap()).collect();
        selected.sort_unstable();
        let mut listed: Vec<&str> = listed.iter().map(String::as_str).collect();
        listed.sort_unstable();
        assert_eq!(selected, listed, "{search}: {job}");
    }
}

#[test]
fn a_folded_search_selects_the_same_users_everywhere() {
    assert_selects_alike(&World::new());
}

#[test]
fn a_folded_search_selects_the_same_users_everywhere_without_memory() {
    assert_selects_alike(&World::with(&["--directory-memory", "0"]));
}
