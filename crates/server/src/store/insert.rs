//! Inserts many rows in few statements. The caller updates the directory and the search index.

use chrono::{DateTime, Utc};
use studio_users_domain::{Language, RoleSet};

use super::{Account, Error, NodeKey, Tx, UserKey, millis, roles_to_bits};
use crate::{batch, text};

/// Inserts accounts and their search texts.
pub(super) async fn insert_accounts(tx: &mut Tx, accounts: &[Account]) -> Result<(), Error> {
    let columns = [
        "pk",
        "id",
        "name",
        "name_key",
        "email",
        "email_norm",
        "locale",
        "created_at",
        "joined_at",
        "last_active_at",
    ];
    batch::insert(tx, "users", columns, accounts, |row, account| {
        row.push_bind(account.key().0)
            .push_bind(account.id.0.as_bytes().to_vec())
            .push_bind(account.name.clone())
            .push_bind(account.name.as_deref().map(text::sort_key))
            .push_bind(account.email.clone())
            .push_bind(text::email_norm(&account.email))
            .push_bind(account.locale.map(Language::tag))
            .push_bind(millis(account.created_at))
            .push_bind(account.joined_at.map(millis))
            .push_bind(account.last_active_at.map(millis));
    })
    .await?;
    batch::insert(tx, "search_texts", ["user_pk", "name", "email"], accounts, |row, account| {
        row.push_bind(account.key().0)
            .push_bind(account.name.as_deref().map(text::fold).unwrap_or_default())
            .push_bind(text::fold(&account.email));
    })
    .await?;
    Ok(())
}

/// Inserts assignments.
pub(super) async fn insert_assignments(
    tx: &mut Tx,
    assignments: &[(UserKey, NodeKey, RoleSet)],
) -> Result<(), Error> {
    batch::insert(
        tx,
        "assignments",
        ["user_pk", "node", "roles"],
        assignments,
        |row, &(user, node, roles)| {
            row.push_bind(user.0).push_bind(node.0).push_bind(roles_to_bits(roles));
        },
    )
    .await?;
    Ok(())
}

/// A pending grant to be inserted. `N` is the node's id or row id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewGrant<N> {
    pub(crate) user: UserKey,
    pub(crate) node: N,
    pub(crate) roles: RoleSet,
    pub(crate) granted_by: UserKey,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
}

impl<N> NewGrant<N> {
    /// Returns the same grant with another kind of node id.
    pub(super) fn at<M>(&self, node: M) -> NewGrant<M> {
        let &Self { user, roles, granted_by, created_at, expires_at, .. } = self;
        NewGrant { user, node, roles, granted_by, created_at, expires_at }
    }
}

/// Inserts pending grants.
pub(super) async fn insert_grants(tx: &mut Tx, grants: &[NewGrant<NodeKey>]) -> Result<(), Error> {
    let columns = ["user_pk", "node", "roles", "granted_by", "created_at", "expires_at"];
    batch::insert(tx, "pending_grants", columns, grants, |row, grant| {
        row.push_bind(grant.user.0).push_bind(grant.node.0).push_bind(roles_to_bits(grant.roles));
        row.push_bind(grant.granted_by.0)
            .push_bind(millis(grant.created_at))
            .push_bind(millis(grant.expires_at));
    })
    .await?;
    Ok(())
}
