//! Writes the demo data to a new database in bulk.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use studio_users_domain::{NodeId, RoleSet, UserId};
use tokio::sync::mpsc;
use uuid::Builder;

use super::cast::FAILED_MAILS;
use super::history::History;
use super::organisation::{node_id, organisation};
use super::people::People;
use super::person::{Grant, Person};
use crate::audit;
use crate::failure::Failure;
use crate::random::Random;
use crate::store::{Account, BulkLoader, NewGrant, Store, UserKey};

/// The number of users per batch.
const BATCH_SIZE: usize = 10_000;

/// Builds a new database next to the file, and replaces the file once it is complete.
pub(super) async fn build(
    file: &Path,
    users: u32,
    generator: i64,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let building = file.with_extension("db.building");
    remove(&building)?;
    let store = Store::build(&building).await?;
    let started = std::time::Instant::now();
    fill(&store, users, generator, now).await?;
    store.finish().await?;
    remove(file)?;
    audit::install_built_head(file.parent().unwrap_or(Path::new(".")))?;
    std::fs::rename(&building, file)?;
    tracing::info!(seconds = started.elapsed().as_secs(), users, "demo data created");
    Ok(())
}

async fn fill(store: &Store, users: u32, generator: i64, now: DateTime<Utc>) -> Result<(), Failure> {
    store.import_nodes(&organisation()).await?;
    let mut bulk = BulkLoader::begin(store).await?;
    let ids = random_ids(users as usize);
    // Writes in the order of the row ids, so that the tables grow at their end.
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_unstable_by_key(|&number| ids[number]);
    // Generates the next batches while SQLite writes the previous ones.
    let (send, mut batches) = mpsc::channel(2);
    let generating = tokio::task::spawn_blocking(move || {
        let mut people = People::new(now);
        let mut history = History::new(now, &ids);
        for numbers in order.chunks(BATCH_SIZE) {
            if send.blocking_send(Batch::generate(&mut people, &mut history, &ids, numbers)).is_err() {
                break; // Writing has failed, and reports its own error.
            }
        }
        history.finish(ids.len())
    });
    let mut done = 0;
    while let Some(Batch { accounts, assignments, grants }) = batches.recv().await {
        bulk.write(&accounts, &assignments, &grants).await?;
        done += accounts.len();
        if done % (10 * BATCH_SIZE) == 0 {
            tracing::info!(users = done, "creating demo users");
        }
    }
    bulk.record(generating.await?).await?;
    for (email, state, reply) in FAILED_MAILS {
        bulk.fail_invitation(email, state, reply).await?;
    }
    tracing::info!("creating the directory and the search index");
    bulk.finish(users.into(), generator, now).await?;
    Ok(())
}

/// A batch of accounts with their assignments and pending grants.
struct Batch {
    accounts: Vec<Account>,
    assignments: Vec<(UserKey, NodeId, RoleSet)>,
    grants: Vec<NewGrant<NodeId>>,
}

impl Batch {
    fn generate(people: &mut People, history: &mut History, ids: &[UserId], numbers: &[usize]) -> Self {
        let mut batch =
            Self { accounts: Vec::with_capacity(numbers.len()), assignments: Vec::new(), grants: Vec::new() };
        for &number in numbers {
            let person = people.generate(number);
            history.add_person(number, ids[number], &person);
            let user = UserKey::of_account(ids[number]);
            let assignments = person.assignments.iter().map(|&(node, roles)| (user, node_id(node), roles));
            batch.assignments.extend(assignments);
            batch.grants.extend(person.grants.iter().map(|grant| {
                let &Grant { node, roles, by, created_at, expires_at } = grant;
                let granted_by = UserKey::of_account(ids[by]);
                NewGrant { user, node: node_id(node), roles, granted_by, created_at, expires_at }
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

/// Returns ids whose row ids are distinct.
fn random_ids(count: usize) -> Vec<UserId> {
    let mut random = Random::new(0x0000_1d5e_ed00_0001);
    let mut taken = HashSet::with_capacity(count);
    let mut ids = Vec::with_capacity(count);
    while ids.len() < count {
        let id = UserId(Builder::from_random_bytes(random.bytes()).into_uuid());
        if taken.insert(UserKey::of_account(id)) {
            ids.push(id);
        }
    }
    ids
}

/// Removes a database and the files that SQLite keeps next to it, if they exist.
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
