//! The list of users: which window of whom, in what order, and of how many.

use std::collections::HashMap;
use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Row as _, Sqlite};
use studio_users_contract::{Sort, SortKey, Total};
use studio_users_domain::{Overview, PendingGrant, Role, RoleSet, Scope, Status, Subject, UserId};

use super::accounts::{accounts, live_accounts, personal};
use super::export::sort_column;
use super::search::Term;
use super::value::status_code;
use super::{Account, Error, Fact, Organisation, Store, Tx, UserKey, directory, fact, millis, roles_to_bits};

/// Which users.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// What their name or address has a part of.
    pub(crate) search: Option<String>,
    /// Any of which roles they have; of none, all do.
    pub(crate) roles: RoleSet,
    /// How far they have come: any of these; of none, all do.
    pub(crate) statuses: Vec<Status>,
    /// Since when they were active.
    pub(crate) active_since: Option<DateTime<Utc>>,
}

/// Which of them, in what order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// The order.
    pub(crate) sort: Sort,
    /// How many to pass over.
    pub(crate) offset: u32,
    /// How many to take.
    pub(crate) limit: u32,
}

/// A user as the readers of a scope see them.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The account; what is hidden in this scope is taken out.
    pub(crate) account: Account,
    /// What they have in the scope.
    pub(crate) overview: Overview,
    /// The pending grant that the row tells of, with its giver where the reader sees them.
    pub(crate) invitation: Option<(PendingGrant, Option<(UserId, String)>)>,
    /// When the first of the pending grants in the scope was made.
    pub(crate) invited_at: Option<DateTime<Utc>>,
    /// Everything that they have been given, elsewhere too: for the rules to judge, and for nobody to see.
    pub(crate) subject: Subject,
}

/// Totals that were counted, and of which state of the directory.
pub(super) type Totals = HashMap<Counted, (i64, u32)>;

/// What was counted: parts, roles, statuses.
pub(super) type Counted = (Vec<i64>, RoleSet, Vec<Status>);

/// The parts of a scope and what is asked of them, ready to be put into a query.
pub(super) struct Question<'a> {
    pub(super) parts: Vec<i64>,
    pub(super) selection: &'a Selection,
    pub(super) window: Window,
}

const MOST_TOTALS: usize = 10_000;

impl Store {
    /// A window of the users in a scope. What `within` a scope is asked may be a part of what the reader
    /// `sees`; only by the latter it is decided whether they see who invited.
    pub(crate) async fn users(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        (sees, within): (&Scope, &Scope),
        selection: &Selection,
        window: Window,
        now: DateTime<Utc>,
    ) -> Result<(Total, Vec<Row>), Error> {
        let parts = organisation.part_keys(within)?;
        if parts.is_empty() {
            return Ok((Total { value: 0, exact: true }, Vec::new()));
        }
        let (total, users) = self.keys(tx, &Question { parts, selection, window }).await?;
        let rows = rows(tx, organisation, (sees, within), &users, now).await?;
        Ok((total, rows))
    }

    /// How many users match.
    pub(crate) async fn total(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        within: &Scope,
        selection: &Selection,
    ) -> Result<Total, Error> {
        let parts = organisation.part_keys(within)?;
        if parts.is_empty() {
            return Ok(Total { value: 0, exact: true });
        }
        let window = Window { sort: Sort::default(), offset: 0, limit: 1 };
        Ok(self.keys(tx, &Question { parts, selection, window }).await?.0)
    }

    /// The ids of all users who match, but not more than so many.
    pub(crate) async fn matching(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        within: &Scope,
        selection: &Selection,
        most: u32,
    ) -> Result<Vec<UserId>, Error> {
        let parts = part_keys(organisation, within)?;
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let window = Window { sort: Sort::default(), offset: 0, limit: most };
        let (_, users) = self.keys(tx, &Question { parts, selection, window }).await?;
        let mut ids = Vec::with_capacity(users.len());
        for some in users.chunks(1_000) {
            let mut accounts = accounts(tx, some).await?;
            ids.extend(some.iter().filter_map(|user| accounts.remove(user)).map(|account| account.id));
        }
        Ok(ids)
    }

    async fn keys(&self, tx: &mut Tx, question: &Question<'_>) -> Result<(Total, Vec<UserKey>), Error> {
        match question.selection.search.as_deref().and_then(Term::new) {
            None => {
                let total = self.count(tx, question).await?;
                Ok((total, question.walk(tx, total.value).await?))
            }
            Some(term) => self.search(tx, question, &term).await,
        }
    }

    /// How many users there are. Counting a million takes a while, so it is done once for each state of the
    /// directory; activity is no change of it.
    pub(super) async fn count(&self, tx: &mut Tx, question: &Question<'_>) -> Result<Total, Error> {
        let selection = question.selection;
        let version = fact(tx, Fact::DirectoryVersion).await?.unwrap_or(0);
        let counted = (question.parts.clone(), selection.roles, selection.statuses.clone());
        let is_kept = selection.active_since.is_none();
        if is_kept {
            let totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(&(_, value)) = totals.get(&counted).filter(|(at, _)| *at == version) {
                return Ok(Total { value, exact: true });
            }
        }
        let mut query = QueryBuilder::new("SELECT count(*) FROM ");
        question.push_source(&mut query, "directory_status");
        question.push_filters(&mut query);
        let value: i64 = query.build_query_scalar().fetch_one(&mut **tx).await?;
        let value = u32::try_from(value).unwrap_or(u32::MAX);
        if is_kept {
            let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
            if totals.len() >= MOST_TOTALS {
                totals.clear();
            }
            totals.insert(counted, (version, value));
        }
        Ok(Total { value, exact: true })
    }
}

#[cfg(test)]
impl Store {
    /// How the database would walk.
    pub(super) async fn explain(
        &self,
        organisation: &Organisation,
        scope: &Scope,
        sort: Sort,
        from_end: bool,
    ) -> Result<String, Error> {
        let window = Window { sort, offset: 0, limit: 50 };
        let selection =
            Selection { statuses: vec![Status::Active], roles: Role::Agent.into(), ..<_>::default() };
        let question = Question { parts: organisation.part_keys(scope)?, selection: &selection, window };
        let mut tx = self.read().await?;
        let mut query = question.walking("EXPLAIN QUERY PLAN ", from_end, 0, 50);
        let rows = query.build().fetch_all(&mut *tx).await?;
        let lines = rows.iter().map(|row| row.try_get::<String, _>("detail"));
        Ok(lines.collect::<Result<Vec<_>, _>>()?.join("; "))
    }
}

impl Question<'_> {
    /// The window, by walking the index of its order, from the end that is nearer.
    async fn walk(&self, tx: &mut Tx, total: u32) -> Result<Vec<UserKey>, Error> {
        let Window { offset, limit, .. } = self.window;
        let limit = limit.min(total.saturating_sub(offset));
        let after = total - offset.min(total) - limit;
        let from_end = after < offset;
        let (skip, take) = (if from_end { after } else { offset }, limit);
        let mut users: Vec<i64> =
            self.walking("", from_end, skip, take).build_query_scalar().fetch_all(&mut **tx).await?;
        if from_end {
            users.reverse();
        }
        Ok(users.into_iter().map(UserKey).collect())
    }

    fn walking(&self, prefix: &str, from_end: bool, skip: u32, take: u32) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new(prefix);
        query.push("SELECT d.user FROM ");
        self.push_source(&mut query, self.window.index());
        self.push_filters(&mut query);
        self.push_order(&mut query, from_end);
        query.push(" LIMIT ").push_bind(i64::from(take));
        query.push(" OFFSET ").push_bind(i64::from(skip));
        query
    }

    /// The rows of the scope under the name `d`, one for each user, and `WHERE`. Those of one part stand in
    /// the directory; those of several are put together, which is slower, for the few who have such a scope.
    pub(super) fn push_source(&self, query: &mut QueryBuilder<Sqlite>, index: &str) {
        if let [part] = self.parts[..] {
            // Left to itself, the planner takes the index of a filter and sorts what it finds.
            query.push("directory d INDEXED BY ").push(index).push(" WHERE d.part = ").push_bind(part);
        } else {
            self.push_merged(query);
            query.push(" d WHERE 1 = 1");
        }
    }

    /// The rows of several parts as one for each user: active where they are in any part, and then all that
    /// counts is what they have in the parts where they are.
    pub(super) fn push_merged(&self, query: &mut QueryBuilder<Sqlite>) {
        let of_active = |column: &str| format!("max(CASE status WHEN 0 THEN {column} END)");
        let any_role = |roles: &str| {
            let bits: Vec<_> =
                Role::all().map(|role| format!("max({roles} & {})", roles_to_bits(role.into()))).collect();
            bits.join(" | ")
        };
        query.push(format!(
            "(SELECT user, min(status) AS status, email_key, \
             CASE min(status) WHEN 0 THEN {} ELSE {} END AS roles, \
             coalesce({}, email_key) AS name_key, max(last_active_at) AS last_active_at, \
             coalesce({}, min(created_at)) AS created_at FROM directory WHERE part IN (",
            any_role("CASE status WHEN 0 THEN roles ELSE 0 END"),
            any_role("roles"),
            of_active("name_key"),
            of_active("created_at"),
        ));
        let mut parts = query.separated(", ");
        for part in &self.parts {
            parts.push_bind(*part);
        }
        parts.push_unseparated(") GROUP BY user, email_key)");
    }

    pub(super) fn push_filters(&self, query: &mut QueryBuilder<Sqlite>) {
        let Selection { roles, statuses, .. } = self.selection;
        if !statuses.is_empty() {
            let mut codes = query.push(" AND d.status IN (").separated(", ");
            for &status in statuses {
                codes.push_bind(status_code(status));
            }
            codes.push_unseparated(")");
        }
        if !roles.is_empty() {
            query.push(" AND d.roles & ").push_bind(roles_to_bits(*roles)).push(" <> 0");
        }
        if let Some(since) = self.selection.active_since {
            query.push(" AND d.last_active_at >= ").push_bind(millis(since));
        }
    }

    /// The order of the window, or the same read from its end.
    pub(super) fn push_order(&self, query: &mut QueryBuilder<Sqlite>, from_end: bool) {
        let Sort { key, descending } = self.window.sort;
        let column = sort_column(key);
        let direction = |descending: bool| if descending { " DESC" } else { "" };
        query.push(" ORDER BY ");
        // NULL is less than everything, so that only the ascending order has to be told to put it last.
        if key == SortKey::LastActiveAt && !descending {
            query.push("d.last_active_at IS NULL").push(direction(from_end)).push(", ");
        }
        query.push(column).push(direction(descending != from_end));
        if key != SortKey::Email {
            query.push(", d.user").push(direction(from_end));
        }
    }
}

impl Window {
    /// The index that has the order.
    pub(super) const fn index(self) -> &'static str {
        match (self.sort.key, self.sort.descending) {
            (SortKey::Name, false) => "directory_name",
            (SortKey::Name, true) => "directory_name_desc",
            (SortKey::Email, _) => "directory_email",
            (SortKey::Status, false) => "directory_status",
            (SortKey::Status, true) => "directory_status_desc",
            (SortKey::LastActiveAt, false) => "directory_active",
            (SortKey::LastActiveAt, true) => "directory_active_desc",
            (SortKey::CreatedAt, false) => "directory_created",
            (SortKey::CreatedAt, true) => "directory_created_desc",
        }
    }
}

pub(super) fn part_keys(organisation: &Organisation, scope: &Scope) -> Result<Vec<i64>, Error> {
    scope.parts().iter().map(|&part| organisation.part_key(part)).collect()
}

/// The rows of these users, in this order; without those whom the readers do not see. What they say is the domain's
/// word, not the directory's.
pub(super) async fn rows(
    tx: &mut Tx,
    organisation: &Organisation,
    (sees, within): (&Scope, &Scope),
    users: &[UserKey],
    now: DateTime<Utc>,
) -> Result<Vec<Row>, Error> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let mut accounts_by_key = live_accounts(tx, users).await?;
    let mut given_by_key = personal(tx, organisation, users).await?;
    let mut rows = Vec::with_capacity(users.len());
    for user in users {
        let (Some(mut account), Some(given)) = (accounts_by_key.remove(user), given_by_key.remove(user))
        else {
            continue;
        };
        let pending: Vec<_> = given.pending.iter().map(|(grant, _)| grant.clone()).collect();
        let tree = &organisation.tree;
        let Some(overview) = Overview::of(tree, within.managed(), &given.assignments, &pending, now) else {
            continue;
        };
        let invited_at = directory::invited_at(organisation, within.managed(), &given);
        if overview.status != Status::Active {
            account.name = None;
            account.locale = None;
            account.joined_at = None;
            account.last_active_at = None;
            account.created_at = invited_at.unwrap_or(account.created_at);
        }
        let invitation = overview.invitation.map(|place| (pending[place].clone(), None));
        let subject = Subject { held: given.assignments, pending };
        rows.push(Row { account, overview, invitation, invited_at, subject });
    }
    name_inviters(tx, organisation, sees, &mut rows).await?;
    Ok(rows)
}

async fn name_inviters(
    tx: &mut Tx,
    organisation: &Organisation,
    sees: &Scope,
    rows: &mut [Row],
) -> Result<(), Error> {
    let mut inviters: Vec<UserKey> =
        rows.iter().filter_map(|row| Some(row.invitation.as_ref()?.0.granted_by.into())).collect();
    inviters.sort_unstable();
    inviters.dedup();
    if inviters.is_empty() {
        return Ok(());
    }
    let visible = directory::visible(tx, &organisation.part_keys(sees)?, &inviters).await?;
    let accounts = accounts(tx, &inviters).await?;
    for row in rows {
        let Some((grant, inviter)) = &mut row.invitation else { continue };
        let key = UserKey::from(grant.granted_by);
        if let (Some(has_joined), Some(account)) = (visible.get(&key), accounts.get(&key)) {
            let name = account.name.clone().filter(|_| *has_joined).unwrap_or_else(|| account.email.clone());
            *inviter = Some((account.id, name));
        }
    }
    Ok(())
}

pub(super) fn keys_and_total(rows: &[sqlx::sqlite::SqliteRow]) -> Result<(Vec<UserKey>, Option<u32>), Error> {
    let keys = rows.iter().map(|row| Ok(UserKey(row.try_get(0)?))).collect::<Result<_, Error>>()?;
    let total = rows.first().map(|row| row.try_get::<i64, _>(1)).transpose()?;
    Ok((keys, total.map(|total| u32::try_from(total).unwrap_or(u32::MAX))))
}
