//! The list of users: filters, sorting and pagination by offset.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use studio_users_contract::{Action, Sort, Total, UserFilters};
use studio_users_domain::{Overview, PendingGrant, Scope, Status, TargetUser, UserId, pending_assignments};

use super::accounts::{access_records, accounts, live_accounts, push_ids, user_keys};
use super::directory::query::{DirectoryQuery, ListWindow};
use super::directory::search::Term;
use super::targets::complete_targets;
use super::value::parse_uuid;
use super::{Account, Error, NodeKey, Organisation, Store, Tx, UserKey, directory};
use crate::sql::QueryBuilder;

/// The number of users through which SQL looks up the position of one. It bounds the time of the query.
const MAX_POSITION: u32 = 100_000;

/// A user as the managers of a scope see them.
#[derive(Debug, Clone)]
pub(crate) struct UserRecord {
    /// The account. Fields that managers of this scope may not see are empty.
    pub(crate) account: Account,
    /// The status, roles and environments of the user in the scope.
    pub(crate) overview: Overview,
    /// The pending grant in the scope that expires last.
    pub(crate) invitation: Option<PendingGrant>,
    /// Whether the user can accept a pending grant in the scope, apart from its expiry.
    pub(crate) is_acceptable: bool,
    /// Whether the mail of a pending grant in the scope did not arrive.
    pub(crate) is_undelivered: bool,
    /// The id and name of the user who sent the invitation; after joining, of the user who sent the first one. `None` if
    /// the current user may not see them.
    pub(crate) invited_by: Option<(UserId, String)>,
    /// The creation time of the oldest pending grant in the scope.
    pub(crate) invited_at: Option<DateTime<Utc>>,
    /// The complete access of the user, including nodes outside of the scope. The rules need it; no response contains
    /// it.
    pub(crate) target: TargetUser,
}

/// The scopes of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scopes<'a> {
    /// The nodes that the user manages. They decide whether the user sees who sent an invitation.
    pub(crate) visible: &'a Scope,
    /// The nodes to which the list is narrowed: all of `visible`, or a part.
    pub(crate) within: &'a Scope,
}

impl<'a> Scopes<'a> {
    /// Returns the scopes of a list without a node filter.
    pub(crate) fn all(scope: &'a Scope) -> Self {
        Self { visible: scope, within: scope }
    }
}

impl Store {
    /// Returns one window of the users in `scopes.within`, and the total.
    pub(crate) async fn users(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        scopes: Scopes<'_>,
        filters: &UserFilters,
        window: ListWindow,
        now: DateTime<Utc>,
    ) -> Result<(Total, Vec<UserRecord>), Error> {
        let parts = organisation.part_keys(scopes.within)?;
        if parts.is_empty() {
            return Ok((Total { value: 0, exact: true }, Vec::new()));
        }
        let (total, users) = self.find(tx, &DirectoryQuery { parts, filters, window }).await?;
        let records = user_records(tx, organisation, scopes, &users, now).await?;
        Ok((total, records))
    }

    /// Counts the users that match.
    pub(crate) async fn total(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        within: &Scope,
        filters: &UserFilters,
    ) -> Result<Total, Error> {
        let parts = organisation.part_keys(within)?;
        if parts.is_empty() {
            return Ok(Total { value: 0, exact: true });
        }
        let window = ListWindow { sort: Sort::default(), offset: 0, limit: 1 };
        let query = DirectoryQuery { parts, filters, window };
        match self.total_in_memory(tx, &query).await? {
            Some(total) => Ok(total),
            None => Ok(self.find_by_sql(tx, &query).await?.0),
        }
    }

    /// Returns the ids of the users that match, at most `limit`.
    pub(crate) async fn matching_ids(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        within: &Scope,
        filters: &UserFilters,
        limit: u32,
    ) -> Result<Vec<UserId>, Error> {
        let parts = organisation.part_keys(within)?;
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let window = ListWindow { sort: Sort::default(), offset: 0, limit };
        let (_, users) = self.find(tx, &DirectoryQuery { parts, filters, window }).await?;
        let mut ids = Vec::with_capacity(users.len());
        let mut accounts = accounts(tx, &users).await?;
        ids.extend(users.iter().filter_map(|user| accounts.remove(user)).map(|account| account.id));
        Ok(ids)
    }

    /// Returns the position of a user among those that match, from 0. `None` if the user does not match, or if SQL answers
    /// and the user is not among the first [`MAX_POSITION`].
    pub(crate) async fn position(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        within: &Scope,
        filters: &UserFilters,
        sort: Sort,
        user: UserId,
    ) -> Result<Option<u32>, Error> {
        let parts = organisation.part_keys(within)?;
        let Some(key) = self.user_key(tx, user).await?.filter(|_| !parts.is_empty()) else {
            return Ok(None);
        };
        let window = ListWindow { sort, offset: 0, limit: MAX_POSITION };
        let query = DirectoryQuery { parts, filters, window };
        if let Some(position) = self.position_in_memory(tx, &query, key).await? {
            return Ok(position);
        }
        let (_, users) = self.find_by_sql(tx, &query).await?;
        Ok(users.iter().position(|found| *found == key).and_then(|position| u32::try_from(position).ok()))
    }

    async fn find(&self, tx: &mut Tx, query: &DirectoryQuery<'_>) -> Result<(Total, Vec<UserKey>), Error> {
        match self.find_in_memory(tx, query).await? {
            Some(found) => Ok(found),
            None => self.find_by_sql(tx, query).await,
        }
    }

    pub(super) async fn find_by_sql(
        &self,
        tx: &mut Tx,
        query: &DirectoryQuery<'_>,
    ) -> Result<(Total, Vec<UserKey>), Error> {
        match query.filters.search.as_deref().and_then(Term::new) {
            None => {
                let total = self.count(tx, query).await?;
                Ok((total, query.fetch_window(tx, total.value).await?))
            }
            Some(term) => self.search(tx, query, &term).await,
        }
    }
}

/// Loads these users, in this order. Skips users that are not visible in the scope.
///
/// The domain computes all values from the assignments; the directory only selects and orders the users.
pub(super) async fn user_records(
    tx: &mut Tx,
    organisation: &Organisation,
    Scopes { visible, within }: Scopes<'_>,
    users: &[UserKey],
    now: DateTime<Utc>,
) -> Result<Vec<UserRecord>, Error> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let mut accounts_by_key = live_accounts(tx, users).await?;
    let mut access_by_key = access_records(tx, organisation, users).await?;
    let mut records = Vec::with_capacity(users.len());
    for user in users {
        let (Some(mut account), Some(access)) = (accounts_by_key.remove(user), access_by_key.remove(user))
        else {
            continue;
        };
        let pending: Vec<_> = access.pending.iter().map(|pending| pending.grant.clone()).collect();
        let tree = &organisation.tree;
        let Some(overview) = Overview::of(tree, within.managed(), &access.assignments, &pending, now) else {
            continue;
        };
        let invited_at = directory::invited_at(organisation, within.managed(), &access).map(|at| at.min(now));
        // A time in the future was stored before the clock was set back.
        account.created_at = account.created_at.min(now);
        account.joined_at = account.joined_at.map(|at| at.min(now));
        account.last_active_at = account.last_active_at.map(|at| at.min(now));
        if overview.status != Status::Active {
            account.name = None;
            account.locale = None;
            account.joined_at = None;
            account.last_active_at = None;
            account.created_at = invited_at.unwrap_or(account.created_at);
        }
        let invitation = overview.invitation.map(|index| pending[index].clone());
        let is_within =
            |node| tree.position(node).is_some_and(|position| within.managed().contains(position));
        let mut undelivered = access.pending.iter().filter(|pending| pending.is_undelivered());
        let is_undelivered =
            overview.status != Status::Active && undelivered.any(|pending| is_within(pending.grant.node));
        let target = TargetUser { held: access.assignments.into(), pending, ..TargetUser::default() };
        records.push(UserRecord {
            account,
            overview,
            invitation,
            is_acceptable: true,
            is_undelivered,
            invited_by: None,
            invited_at,
            target,
        });
    }
    let mut targets: Vec<_> =
        records.iter_mut().map(|record| (record.account.key(), &mut record.target)).collect();
    complete_targets(tx, organisation, &mut targets).await?;
    for record in &mut records {
        let acceptable =
            pending_assignments(&organisation.tree, within.managed(), record.target.acceptable());
        record.is_acceptable = record.invitation.is_none() || !acceptable.is_empty();
    }
    set_inviters(tx, organisation, visible, &mut records).await?;
    Ok(records)
}

/// Sets `invited_by` where the current user can see the user who sent the invitation.
async fn set_inviters(
    tx: &mut Tx,
    organisation: &Organisation,
    visible: &Scope,
    records: &mut [UserRecord],
) -> Result<(), Error> {
    let joined: Vec<_> =
        records.iter().filter(|record| record.invitation.is_none()).map(|record| record.account.id).collect();
    let first = first_inviters(tx, organisation, visible, &joined).await?;
    let inviter = |record: &UserRecord| match &record.invitation {
        Some(grant) => Some(grant.granted_by),
        None => first.get(&record.account.id).copied(),
    };
    let mut inviters: Vec<UserId> = records.iter().filter_map(&inviter).collect();
    inviters.sort_unstable();
    inviters.dedup();
    if inviters.is_empty() {
        return Ok(());
    }
    let keys = user_keys(tx, &inviters).await?;
    let inviters: Vec<UserKey> = keys.values().copied().collect();
    let visible_inviters = directory::visible(tx, &organisation.part_keys(visible)?, &inviters).await?;
    let accounts = accounts(tx, &inviters).await?;
    for record in records {
        let Some(key) = inviter(record).and_then(|id| keys.get(&id)) else { continue };
        if let (Some(has_joined), Some(account)) = (visible_inviters.get(key), accounts.get(key)) {
            let name = account.name.clone().filter(|_| *has_joined).unwrap_or_else(|| account.email.clone());
            record.invited_by = Some((account.id, name));
        }
    }
    Ok(())
}

/// Finds, in the audit log, the user who first invited each of these users to a node that the current user manages.
async fn first_inviters(
    tx: &mut Tx,
    organisation: &Organisation,
    visible: &Scope,
    users: &[UserId],
) -> Result<HashMap<UserId, UserId>, Error> {
    let mut first = HashMap::new();
    let mut sql = QueryBuilder::new(tx.dialect(), "SELECT target, actor, node FROM audit");
    sql.push_indexed_by("audit_target").push(" WHERE action = ");
    sql.push_bind(Action::UserInvited.wire_name()).push(" AND target");
    push_ids(&mut sql, users);
    sql.push(" AND actor IS NOT NULL AND node IS NOT NULL ORDER BY seq");
    for row in sql.build().fetch_all(tx).await? {
        let node = organisation.id(NodeKey(row.try_get("node")?))?;
        if organisation.tree.position(node).is_some_and(|position| visible.managed().contains(position)) {
            let id = |column| Ok::<_, Error>(UserId(parse_uuid(row.try_get(column)?)?));
            first.entry(id("target")?).or_insert(id("actor")?);
        }
    }
    Ok(first)
}
