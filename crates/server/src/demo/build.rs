//! Writes the invented data into a new file, in bulk.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use studio_users_domain::{NodeId, RoleSet, UserId};
use tokio::sync::mpsc;
use uuid::Builder;

use super::history::History;
use super::organisation::{node_id, organisation};
use super::people::{People, Person};
use super::random::Random;
use crate::audit;
use crate::cli::Failure;
use crate::store::{Account, Bulk, BulkGrant, Store, UserKey};

const AT_ONCE: usize = 10_000;

/// Builds the data beside the file, and puts them in its place when they are whole.
pub(super) async fn build(
    file: &Path,
    users: u32,
    generator: i64,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let unfinished = file.with_extension("db.building");
    remove(&unfinished)?;
    let store = Store::build(&unfinished).await?;
    let started = std::time::Instant::now();
    fill(&store, users, generator, now).await?;
    store.finish().await?;
    remove(file)?;
    audit::adopt_built_head(file.parent().unwrap_or(Path::new(".")))?;
    std::fs::rename(&unfinished, file)?;
    tracing::info!(seconds = started.elapsed().as_secs(), users, "the demo data are there");
    Ok(())
}

async fn fill(store: &Store, users: u32, generator: i64, now: DateTime<Utc>) -> Result<(), Failure> {
    store.import_nodes(&organisation(), now).await?;
    let mut bulk = Bulk::begin(store).await?;
    let ids = draw_ids(users as usize);
    // In the order of the keys, so that tables grow at their end.
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_unstable_by_key(|&number| ids[number]);
    // The next people are invented while SQLite writes those before.
    let (send, mut batches) = mpsc::channel(2);
    let inventing = tokio::task::spawn_blocking(move || {
        let mut people = People::new(now);
        let mut history = History::new(now, &ids);
        for numbers in order.chunks(AT_ONCE) {
            if send.blocking_send(Batch::invent(&mut people, &mut history, &ids, numbers)).is_err() {
                break; // Writing has failed, and says so itself.
            }
        }
        history.finish(ids.len())
    });
    let mut done = 0;
    while let Some(Batch { accounts, assignments, grants }) = batches.recv().await {
        bulk.write(&accounts, &assignments, &grants).await?;
        done += accounts.len();
        if done % (10 * AT_ONCE) == 0 {
            tracing::info!(users = done, "inventing people");
        }
    }
    bulk.record(inventing.await?).await?;
    tracing::info!("making the directory and the search");
    bulk.finish(users.into(), generator, now).await?;
    Ok(())
}

/// Some people and what is given to them.
struct Batch {
    accounts: Vec<Account>,
    assignments: Vec<(UserKey, NodeId, RoleSet)>,
    grants: Vec<BulkGrant>,
}

impl Batch {
    fn invent(people: &mut People, history: &mut History, ids: &[UserId], numbers: &[usize]) -> Self {
        let mut batch =
            Self { accounts: Vec::with_capacity(numbers.len()), assignments: Vec::new(), grants: Vec::new() };
        for &number in numbers {
            let person = people.invent(number);
            history.tell(number, ids[number], &person);
            let user = UserKey::from(ids[number]);
            let given = person.assignments.iter().map(|&(place, roles)| (user, node_id(place), roles));
            batch.assignments.extend(given);
            batch.grants.extend(person.grants.iter().map(|grant| {
                let by = UserKey::from(ids[grant.by]);
                (user, node_id(grant.node), grant.roles, by, grant.created_at, grant.expires_at)
            }));
            batch.accounts.push(account(ids[number], person));
        }
        batch
    }
}

fn account(id: UserId, person: Person) -> Account {
    Account {
        id,
        name: person.name,
        email: person.email,
        locale: person.locale,
        created_at: person.created_at,
        joined_at: person.joined_at,
        last_active_at: person.last_active_at,
    }
}

/// As many ids, by number; no two with the same key.
fn draw_ids(count: usize) -> Vec<UserId> {
    let mut random = Random::new(0x0000_1d5e_ed00_0001);
    let mut taken = HashSet::with_capacity(count);
    let mut ids = Vec::with_capacity(count);
    while ids.len() < count {
        let id = UserId(Builder::from_random_bytes(random.bytes()).into_uuid());
        if taken.insert(UserKey::from(id)) {
            ids.push(id);
        }
    }
    ids
}

/// Removes a database, if it is there, with what SQLite keeps beside it.
fn remove(file: &Path) -> std::io::Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(PathBuf::from(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
