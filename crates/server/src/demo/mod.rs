//! The demo: a generated organisation with any number of users. Its data are the same each time, except for
//! the times, which are relative to the time of generation.

mod build;
mod cast;
mod history;
mod names;
mod organisation;
mod people;
mod person;
mod postgres;

use std::fmt::Display;
use std::path::Path;

use chrono::{DateTime, Utc};
use studio_users_contract::DemoPerson;

use crate::database::Database;
use crate::failure::Failure;
use crate::store::{Content, MetaKey, Store, UserKey};
use organisation::{NODES, environments, node_id};
use people::SIGN_IN_USERS;

/// The version of the generated data. Increment it with every change of the generator, and of the tables
/// until the first release, so that the server regenerates older data.
const GENERATOR_VERSION: i64 = 9;

/// The users that the sign-in page of the demo offers.
#[derive(Debug)]
pub(crate) struct DemoPeople(Vec<DemoPerson>);

/// Generates the demo data, unless the database already has them. Never overwrites real data. The caller holds the lock
/// of the data folder.
pub(crate) async fn ensure(database: &Database, users: u32, now: DateTime<Utc>) -> Result<(), Failure> {
    let Some(file) = database.file() else { return postgres::ensure(database, users, now).await };
    match content(&file).await? {
        Content::Demo { users: existing, generator: Some(GENERATOR_VERSION) }
            if existing == i64::from(users) =>
        {
            Ok(())
        }
        Content::Real => Err(real_data(&file.display(), "folder with --data")),
        _ => build::build(&file, users, GENERATOR_VERSION, now).await,
    }
}

/// Refuses a database with demo data. Without `--demo`, everyone would take the made-up users for real ones.
pub(crate) async fn require_none(database: &Database) -> Result<(), Failure> {
    let Some(file) = database.file() else { return postgres::require_none(database).await };
    match content(&file).await? {
        Content::Demo { users, .. } => Err(demo_data(&file.display(), users, "folder with --data")),
        _ => Ok(()),
    }
}

async fn content(file: &Path) -> Result<Content, Failure> {
    if !file.exists() {
        return Ok(Content::Empty);
    }
    Ok(match Store::read_meta(file, [MetaKey::DemoUsers, MetaKey::DemoGenerator]).await? {
        [Some(users), generator] => Content::Demo { users, generator },
        [None, _] => Content::Real,
    })
}

fn real_data(database: &dyn Display, other: &str) -> Failure {
    format!("{database} contains real data, which --demo does not overwrite. Choose another {other}").into()
}

fn demo_data(database: &dyn Display, users: i64, other: &str) -> Failure {
    format!("{database} contains demo data. Start it with --demo {users}, or choose another {other}").into()
}

/// Returns the administrator of the demo.
pub(crate) async fn administrator(store: &Store) -> Result<UserKey, Failure> {
    let account = store.account_by_email(&mut store.read().await?, SIGN_IN_USERS[0].0).await?;
    Ok(account.ok_or("the demo administrator is missing")?.key())
}

impl DemoPeople {
    /// Reads the users from the store.
    pub(crate) async fn load(store: &Store) -> Result<Self, Failure> {
        let mut tx = store.read().await?;
        let organisation = store.organisation(&mut tx).await?.ok_or("the demo has no organisation")?;
        let mut people = Vec::new();
        for (email, node) in SIGN_IN_USERS {
            let Some(account) = store.account_by_email(&mut tx, email).await? else { continue };
            let assignments = store.assignments(&mut tx, &organisation, account.key()).await?;
            people.push(DemoPerson {
                id: account.id,
                name: account.name.unwrap_or(account.email),
                roles: assignments.get(&node_id(node)).copied().unwrap_or_default(),
                node: NODES[node].name.into(),
                kind: NODES[node].kind,
                environments: u32::try_from(environments(node).len())?,
            });
        }
        Ok(Self(people))
    }

    /// Returns the users.
    pub(crate) fn list(&self) -> &[DemoPerson] {
        &self.0
    }
}
