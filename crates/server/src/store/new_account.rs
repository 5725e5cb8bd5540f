//! Creating accounts.

use studio_users_domain::{NodeId, RoleSet, UserId};

use super::directory::{self, DirectoryChange};
use super::insert::{insert_accounts, insert_assignments};
use super::search_index::index_texts;
use super::{Account, Error, Organisation, Store, Tx, UserKey, Write};
use crate::sql;
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
            let taken: Option<i64> = sql::query_scalar("SELECT pk FROM users WHERE pk = ?")
                .bind(UserKey::of_account(id).0)
                .fetch_optional(tx)
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

#[cfg(test)]
mod tests {
    use studio_users_contract::{Action, AuditPerson};
    use studio_users_domain::{Access, Role, Scope};

    use super::*;
    use crate::audit::Entry;
    use crate::store::{Account, Error};
    use crate::testing::{PROVIDER, TestApp};

    #[tokio::test]
    async fn two_accounts_never_share_a_row() {
        let app = TestApp::new().await;
        let ada = app.person("ada", &[(PROVIDER, Role::Administrator)]).await;
        let twin = twin(ada);
        let store = &app.state.store;
        let mut write = store.write().await.unwrap();
        let account = store.account(&mut write, UserKey::of_account(ada)).await.unwrap().unwrap();
        assert_eq!(UserKey::of_account(twin), account.key());

        let organisation = store.organisation(&mut write).await.unwrap().unwrap();
        let other = Account { id: twin, email: "twin@studio.example".into(), ..account.clone() };
        let new = NewAccount { account: other, assignments: Vec::new() };
        let refused = store.create_account(&mut write, &organisation, &new).await;
        assert!(matches!(refused, Err(Error::Database(error)) if error.as_database_error().is_some()));
        drop(write);
    }

    #[tokio::test]
    async fn an_inviter_is_found_by_the_whole_id() {
        let app = TestApp::new().await;
        let ada = app.person("ada", &[(PROVIDER, Role::Administrator)]).await;
        let store = &app.state.store;
        for (name, inviter) in [("olga", ada), ("anna", twin(ada))] {
            let user = app.person(name, &[(PROVIDER, Role::Agent)]).await;
            let mut write = store.write().await.unwrap();
            let (now, organisation) = (write.now(), store.organisation(&mut write).await.unwrap().unwrap());
            let root = &organisation.tree.nodes()[0];
            let actor = AuditPerson { id: inviter, name: "Inviter".into() };
            let target = AuditPerson { id: user, name: name.into() };
            let entry = Entry::of(Action::UserInvited, now).by(actor).to(target);
            write.record(&Entry { node: organisation.key(root.id), ..entry }).await.unwrap();
            write.commit().await.unwrap();

            let mut tx = store.read().await.unwrap();
            let manager = Access::new(&organisation.tree, &[(root.id, Role::Administrator.into())].into());
            let scope = Scope::of(&organisation.tree, &manager);
            let row = store.user(&mut tx, &organisation, &scope, user, now).await.unwrap().unwrap();
            assert_eq!(row.invited_by, (inviter == ada).then(|| (ada, "ada".into())), "{name}");
        }
    }

    /// Returns another id with the row id of this one.
    fn twin(id: UserId) -> UserId {
        let mut bytes = id.0.into_bytes();
        bytes[15] ^= 1;
        UserId(uuid::Uuid::from_bytes(bytes))
    }
}
