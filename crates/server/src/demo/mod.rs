//! The demo: an invented organisation with any number of people, the same each time but for the times, which
//! count back from the moment of its making.

mod build;
mod cast;
mod history;
mod names;
mod organisation;
mod people;
mod random;

use std::path::Path;

use chrono::{DateTime, Utc};
use studio_users_contract::DemoPerson;

use crate::cli::Failure;
use crate::store::{Fact, Store, UserKey};
use organisation::{NODES, environments, node_id};
use people::VISITORS;
#[cfg(test)]
pub(crate) use random::Random;

/// Counts up with every change of what is invented, and of the tables while no version is released, so that older
/// data are made anew.
const GENERATOR: i64 = 5;

/// The people whom a visitor can be.
#[derive(Debug)]
pub(crate) struct DemoPeople(Vec<DemoPerson>);

/// Makes the demo's data where there are none yet, or others. Real data are left alone.
pub(crate) async fn ensure(file: &Path, users: u32, now: DateTime<Utc>) -> Result<(), Failure> {
    if file.exists() {
        match Store::peek(file, [Fact::DemoUsers, Fact::DemoGenerator]).await? {
            [Some(made), Some(GENERATOR)] if made == i64::from(users) => return Ok(()),
            [None, _] => {
                let file = file.display();
                return Err(format!(
                    "{file} holds real data, which --demo does not touch: name another folder with --data"
                )
                .into());
            }
            _ => {}
        }
    }
    build::build(file, users, GENERATOR, now).await
}

/// The demo's administrator.
pub(crate) async fn administrator(store: &Store) -> Result<UserKey, Failure> {
    let account = store.account_by_email(&mut store.read().await?, VISITORS[0].0).await?;
    Ok(account.ok_or("the demo has lost its administrator")?.key())
}

impl DemoPeople {
    /// Reads them.
    pub(crate) async fn load(store: &Store) -> Result<Self, Failure> {
        let mut tx = store.read().await?;
        let organisation = store.organisation(&mut tx).await?.ok_or("the demo has no organisation")?;
        let mut people = Vec::new();
        for (email, place) in VISITORS {
            let Some(account) = store.account_by_email(&mut tx, email).await? else { continue };
            let assignments = store.assignments(&mut tx, &organisation, account.key()).await?;
            people.push(DemoPerson {
                id: account.id,
                name: account.name.unwrap_or(account.email),
                roles: assignments.get(&node_id(place)).copied().unwrap_or_default(),
                node: NODES[place].name.into(),
                kind: NODES[place].kind,
                environments: u32::try_from(environments(place).len())?,
            });
        }
        Ok(Self(people))
    }

    /// Who there is.
    pub(crate) fn list(&self) -> &[DemoPerson] {
        &self.0
    }
}
