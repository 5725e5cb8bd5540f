//! The list of users: which window of whom, in what order, and of how many.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{QueryBuilder, Row as _, Sqlite};
use studio_users_contract::{Action, Sort, Total};
use studio_users_domain::{Overview, PendingGrant, RoleSet, Scope, Status, Subject, UserId};

use super::accounts::{accounts, live_accounts, personal};
use super::question::Question;
use super::search::Term;
use super::value::uuid_of;
use super::{Account, Error, NodeKey, Organisation, Store, Tx, UserKey, directory};

/// Which users.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// What their name or address has a part of.
    pub(crate) search: Option<String>,
    /// Any of which roles they have; of none, all do.
    pub(crate) roles: RoleSet,
    /// Only those to whom something was given in the scope itself, and not only above it.
    pub(crate) is_assigned: bool,
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
    /// The pending grant that the row tells of.
    pub(crate) invitation: Option<PendingGrant>,
    /// Who invited them, by id and name, where the reader sees them.
    pub(crate) invited_by: Option<(UserId, String)>,
    /// When the first of the pending grants in the scope was made.
    pub(crate) invited_at: Option<DateTime<Utc>>,
    /// Everything that they have been given, elsewhere too: for the rules to judge, and for nobody to see.
    pub(crate) subject: Subject,
}

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
        let parts = organisation.part_keys(within)?;
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
        let invitation = overview.invitation.map(|place| pending[place].clone());
        let subject = Subject { held: given.assignments, pending };
        rows.push(Row { account, overview, invitation, invited_by: None, invited_at, subject });
    }
    name_inviters(tx, organisation, sees, &mut rows).await?;
    Ok(rows)
}

/// Tells of who invited each, where the reader sees them.
async fn name_inviters(
    tx: &mut Tx,
    organisation: &Organisation,
    sees: &Scope,
    rows: &mut [Row],
) -> Result<(), Error> {
    let joined: Vec<_> =
        rows.iter().filter(|row| row.invitation.is_none()).map(|row| row.account.id).collect();
    let first = first_inviters(tx, organisation, sees, &joined).await?;
    let inviter = |row: &Row| match &row.invitation {
        Some(grant) => Some(grant.granted_by),
        None => first.get(&row.account.id).copied(),
    };
    let mut inviters: Vec<UserKey> = rows.iter().filter_map(&inviter).map(UserKey::from).collect();
    inviters.sort_unstable();
    inviters.dedup();
    if inviters.is_empty() {
        return Ok(());
    }
    let visible = directory::visible(tx, &organisation.part_keys(sees)?, &inviters).await?;
    let accounts = accounts(tx, &inviters).await?;
    for row in rows {
        let Some(id) = inviter(row) else { continue };
        let key = UserKey::from(id);
        if let (Some(has_joined), Some(account)) = (visible.get(&key), accounts.get(&key))
            && account.id == id
        {
            let name = account.name.clone().filter(|_| *has_joined).unwrap_or_else(|| account.email.clone());
            row.invited_by = Some((account.id, name));
        }
    }
    Ok(())
}

/// Who was the first to invite each of these users to a node that the reader manages, as the audit log has it.
async fn first_inviters(
    tx: &mut Tx,
    organisation: &Organisation,
    sees: &Scope,
    users: &[UserId],
) -> Result<HashMap<UserId, UserId>, Error> {
    if users.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT target, actor, node FROM audit INDEXED BY audit_target WHERE action = ",
    );
    query.push_bind(Action::UserInvited.wire_name()).push(" AND target IN (");
    let mut ids = query.separated(", ");
    for user in users {
        ids.push_bind(user.0.as_bytes().to_vec());
    }
    ids.push_unseparated(") AND actor IS NOT NULL AND node IS NOT NULL ORDER BY seq");
    let mut first = HashMap::new();
    for row in query.build().fetch_all(&mut **tx).await? {
        let node = organisation.id(NodeKey(row.try_get("node")?))?;
        if organisation.tree.position(node).is_some_and(|position| sees.managed().contains(position)) {
            let id = |column| Ok::<_, Error>(UserId(uuid_of(row.try_get(column)?)?));
            first.entry(id("target")?).or_insert(id("actor")?);
        }
    }
    Ok(first)
}
