//! Compares the index with a naive implementation, over random users, changes and queries.

mod naive;
mod worlds;

use proptest::prelude::*;
use studio_users_contract::{Sort, SortKey};

use super::*;
use naive::Users;
use worlds::{Query, Step, query, steps, users};

/// Asks the index and the naive implementation, and compares.
fn check(snapshot: &Snapshot, users: &Users, query: &Query) -> Result<(), TestCaseError> {
    let index_query = IndexQuery { parts: &query.parts, filters: &query.filters, words: &query.words };
    let expected = users.list(query);
    prop_assert_eq!(snapshot.total(index_query), expected.len());
    let window: Vec<i64> = expected.iter().copied().skip(query.offset).take(query.limit).collect();
    let found = snapshot.window(index_query, query.sort, query.offset, query.limit);
    prop_assert_eq!(found, (expected.len(), window));
    let everything = snapshot.window(index_query, query.sort, 0, usize::MAX / 2);
    prop_assert_eq!(&everything.1, &expected);
    for user in -1..users.0.keys().last().map_or(0, |last| last + 2) {
        let position = expected.iter().position(|found| *found == user);
        prop_assert_eq!(snapshot.position(index_query, query.sort, user), position);
    }
    Ok(())
}

fn load(users: &Users) -> Arc<Snapshot> {
    let mut loader = Loader::default();
    for (user, entry) in &users.0 {
        loader.add(*user, entry).unwrap();
    }
    let index = DirectoryIndex::default();
    index.replace(loader.finish());
    index.update(7, &[]).unwrap();
    index.snapshot()
}

/// Updates the index. If it has no free number for a new user, loads it again.
fn update(
    index: &DirectoryIndex,
    version: i64,
    changes: &[(i64, Option<UserEntry>)],
    users: &Users,
) -> Result<(), TestCaseError> {
    let before = index.snapshot().version();
    match index.update(version, changes) {
        Ok(()) => prop_assert_eq!(index.snapshot().version(), Some(version)),
        Err(error) => {
            prop_assert_eq!(error, IndexError::NoFreeNumber);
            prop_assert_eq!(index.snapshot().version(), before, "nothing has changed");
            let mut loader = Loader::default();
            users.0.iter().for_each(|(user, entry)| loader.add(*user, entry).unwrap());
            index.replace(loader.finish());
            index.update(version, &[]).unwrap();
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn answers_like_the_naive_implementation(
        users in users(),
        queries in prop::collection::vec(query(), 1..8),
    ) {
        let snapshot = load(&users);
        prop_assert_eq!(snapshot.version(), Some(7));
        for query in &queries {
            check(&snapshot, &users, query)?;
        }
    }

    #[test]
    fn follows_changes(users in users(), steps in steps(), last in query()) {
        let mut users = users;
        let index = DirectoryIndex::new(Snapshot::clone(&load(&users)));
        let mut earlier = vec![(index.snapshot(), users.clone())];
        let mut asked = vec![last];
        for (version, step) in (8..).zip(steps) {
            match step {
                Step::Update(changes) => {
                    users.update(&changes);
                    update(&index, version, &changes, &users)?;
                }
                Step::Activity(activity) => {
                    let changes = users.record_activity(&activity);
                    let version = index.snapshot().version().unwrap();
                    update(&index, version, &changes, &users)?;
                }
                Step::Ask(query) => {
                    check(&index.snapshot(), &users, &query)?;
                    asked.push(query);
                }
                Step::Keep => earlier.push((index.snapshot(), users.clone())),
            }
        }
        earlier.push((index.snapshot(), users.clone()));
        // Results of later versions are in the caches now. They must not reach the readers of an earlier version.
        for (snapshot, users) in earlier.iter().rev().chain(&earlier) {
            for query in &asked {
                check(snapshot, users, query)?;
            }
        }
        // Loading gives the same lists as the changes.
        for query in &asked {
            check(&load(&users), &users, query)?;
        }
    }
}

#[test]
fn forgets_the_texts_of_removed_users() {
    let entry = |name: &str| UserEntry {
        email: (format!("{name}@x.example"), format!("{name}@x.example\u{1}{name}tail")),
        name: Some((name.into(), format!("{name}\u{1}{name}tail"))),
        last_active_at: None,
        rows: vec![worlds::row(1)],
    };
    let index = DirectoryIndex::default();
    index.update(1, &[(1, Some(entry("secret"))), (2, Some(entry("other")))]).unwrap();
    let held = |snapshot: &Snapshot| format!("{snapshot:?}");
    let bytes = |text: &str| {
        let list = format!("{:?}", text.as_bytes());
        list.trim_matches(['[', ']']).to_owned()
    };
    assert!(
        held(&index.snapshot()).contains(&bytes("secret"))
            && held(&index.snapshot()).contains(&bytes("other"))
    );
    index.update(2, &[(1, None)]).unwrap();
    assert!(
        !held(&index.snapshot()).contains(&bytes("secret"))
            && held(&index.snapshot()).contains(&bytes("other"))
    );
    index.update(3, &[(2, Some(entry("new")))]).unwrap();
    assert!(
        !held(&index.snapshot()).contains(&bytes("other")) && held(&index.snapshot()).contains(&bytes("new"))
    );
}

#[test]
fn refuses_ids_out_of_range_and_changes_nothing() {
    let index = DirectoryIndex::default();
    let entry = |part| UserEntry {
        email: ("a@x".into(), "a@x".into()),
        name: None,
        last_active_at: Some(1),
        rows: vec![worlds::row(part)],
    };
    for (user, part, id) in [(1 << 31, 1, 1 << 31), (-1, 1, -1), (9, 1 << 32, 1 << 32), (9, -5, -5)] {
        let changes = [(7, Some(entry(1))), (user, Some(entry(part)))];
        assert_eq!(index.update(1, &changes), Err(IndexError::OutOfRange(id)));
    }
    let query = IndexQuery { parts: &[1, -1, 1 << 40], filters: &<_>::default(), words: &[] };
    assert_eq!(index.snapshot().total(query), 0);
    index.update(1, &[(8, Some(entry(1))), ((1 << 31) - 1, Some(entry((1 << 32) - 1)))]).unwrap();
    assert_eq!(
        index.snapshot().window(query, Sort { key: SortKey::Name, descending: false }, 0, 9),
        (1, vec![8])
    );
}

#[test]
fn reads_a_version_while_another_thread_writes() {
    let index = DirectoryIndex::default();
    let entry = |number: i64| UserEntry {
        email: (format!("{number}@x"), format!("{number}@x")),
        name: None,
        last_active_at: Some(number),
        rows: vec![worlds::row(1)],
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 1..300 {
                index.update(number, &[(number, Some(entry(number)))]).unwrap();
            }
        });
        loop {
            let snapshot = index.snapshot();
            let query = IndexQuery { parts: &[1], filters: &<_>::default(), words: &["x".into()] };
            let (total, users) = snapshot.window(query, Sort::default(), 0, 1_000);
            assert_eq!(i64::try_from(total).unwrap(), snapshot.version().unwrap_or(0));
            assert_eq!(users.len(), total);
            if snapshot.version() == Some(299) {
                break;
            }
        }
    });
}
