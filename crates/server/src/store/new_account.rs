//! Creating accounts.

use studio_users_domain::{NodeId, RoleSet, UserId};

use super::directory::{self, DirectoryChange};
use super::insert::{insert_accounts, insert_assignments};
use super::search_index::index_texts;
use super::{Account, Error, Organisation, Store, Tx, UserKey, Write};
use crate::token::random_id;

/// An account to be created.
#[derive(Debug, Clone)]
pub(crate) struct NewAccount {
    /// The columns of the `users` table.
    pub(crate) account: Account,
    /// The initial assignments, by node.
    pub(crate) assignments: Vec<(NodeId, RoleSet)>,
}

impl Store {
    /// Generates an id for a new account. Repeats until the row id, which is a part of it, is free.
    pub(crate) async fn new_user_id(&self, tx: &mut Tx) -> Result<UserId, Error> {
        loop {
            let id = UserId(random_id()?);
            let taken: Option<i64> = sqlx::query_scalar("SELECT pk FROM users WHERE pk = ?")
                .bind(UserKey::from(id).0)
                .fetch_optional(&mut **tx)
                .await?;
            if taken.is_none() {
                return Ok(id);
            }
        }
    }

    /// Creates an account, its directory rows and its search index.
    pub(crate) async fn create_account(
        &self,
        tx: &mut Write,
        organisation: &Organisation,
        new: &NewAccount,
    ) -> Result<(), Error> {
        let user = new.account.key();
        insert_accounts(tx, std::slice::from_ref(&new.account)).await?;
        let assignments: Vec<_> = new
            .assignments
            .iter()
            .filter_map(|&(node, roles)| organisation.key(node).map(|node| (user, node, roles)))
            .collect();
        insert_assignments(tx, &assignments).await?;
        index_texts(tx, user).await?;
        directory::refresh(tx, organisation, new.account.id, DirectoryChange::Access).await
    }
}
