//! Prepares bundled notices when they are sent: adds the names, and omits everything that the recipient may no longer
//! see, or that is no longer true.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use studio_users_domain::{Access, NodeId, Notified, UserId};

use super::editor::Principal;
use super::person;
use crate::error::AppError;
use crate::mail::{AccessNotice, Digest, DigestUser, GivenAccess, MAX_LISTED};
use crate::state::AppState;
use crate::store::{AccessRecord, Account};

/// Returns a digest with names, as far as it concerns nodes that the recipient still manages.
pub(crate) async fn visible_digest(
    state: &AppState,
    recipient: &Account,
    digest: &Digest,
) -> Result<Digest, AppError> {
    let mut tx = state.store.read().await?;
    let organisation = state.store.organisation(&mut tx).await?.ok_or_else(AppError::no_organisation)?;
    let lists = [&digest.people, &digest.undelivered, &digest.expired, &digest.unnotified];
    let ids: BTreeSet<UserId> = lists.into_iter().flatten().map(|user| user.user).collect();
    let ids: Vec<UserId> = ids.into_iter().collect();
    let known = state.store.accounts_with_access(&mut tx, &organisation, &ids).await?;
    let recipient = Principal::read(state, &mut tx, organisation.clone(), recipient.clone()).await?;
    let current = CurrentUsers { recipient: &recipient, known: &known, now: state.clock.now() };
    let mut visible = Digest {
        people: current.having_access(&digest.people),
        undelivered: current.undelivered(&digest.undelivered),
        expired: current.expired(&digest.expired),
        unnotified: current.having_access(&digest.unnotified),
        is_delayed: false,
    };
    for user in visible.undelivered.iter_mut().take(MAX_LISTED) {
        let Some((account, _)) = known.get(&user.user) else { continue };
        let failed = state.store.undelivered_grants(&mut tx, &organisation, account.key()).await?;
        user.reply = failed.into_iter().find_map(|grant| grant.reply);
    }
    Ok(visible)
}

/// The users of a digest, as they are when it is sent.
struct CurrentUsers<'a> {
    recipient: &'a Principal,
    known: &'a HashMap<UserId, (Account, AccessRecord)>,
    now: DateTime<Utc>,
}

impl CurrentUsers<'_> {
    /// Returns the users who have access, with the nodes at which they have it.
    fn having_access(&self, users: &[DigestUser]) -> Vec<DigestUser> {
        let tree = self.recipient.tree();
        self.filter(users, |account, record| {
            let access = Access::new(tree, &record.assignments);
            let has_access = move |node: NodeId| {
                tree.position(node).is_some_and(|position| !access.at(position).effective.is_empty())
            };
            (account.name.clone().unwrap_or_else(|| account.email.clone()), has_access)
        })
    }

    /// Returns the users whose mails have not arrived, with the nodes of the invitations that are still undelivered.
    fn undelivered(&self, users: &[DigestUser]) -> Vec<DigestUser> {
        self.filter(users, |account, record| {
            let is_failed = |node: NodeId| {
                record.pending.iter().any(|pending| pending.grant.node == node && pending.is_undelivered())
            };
            // Only people who have joined there may know the name.
            (account.email.clone(), is_failed)
        })
    }

    /// Returns the users whose invitations have expired, with the nodes of those that nobody has sent again.
    fn expired(&self, users: &[DigestUser]) -> Vec<DigestUser> {
        self.filter(users, |account, record| {
            let is_expired = |node: NodeId| {
                let grants = record.pending.iter().map(|pending| &pending.grant);
                let mut here = grants.filter(|grant| grant.node == node).peekable();
                here.peek().is_some() && here.all(|grant| grant.expires_at <= self.now)
            };
            (account.email.clone(), is_expired)
        })
    }

    /// Returns the users with the names of the nodes that the recipient manages and that are still concerned. Leaves out
    /// those without such a node. `judge` returns the name of a user, and whether a node is concerned.
    fn filter<'a, C: Fn(NodeId) -> bool>(
        &'a self,
        users: &[DigestUser],
        judge: impl Fn(&'a Account, &'a AccessRecord) -> (String, C),
    ) -> Vec<DigestUser> {
        let (tree, managed) = (self.recipient.tree(), self.recipient.scope.managed());
        let visible = users.iter().filter_map(|user| {
            let (account, record) = self.known.get(&user.user)?;
            let (name, is_concerned) = judge(account, record);
            let names = user.nodes.iter().filter_map(|&node| {
                let position = tree.position(node).filter(|&position| managed.contains(position))?;
                is_concerned(node).then(|| tree.nodes()[position].name.clone())
            });
            let node_names: Vec<_> = names.collect();
            let email = account.email.clone();
            (!node_names.is_empty()).then(|| DigestUser { name, email, node_names, ..user.clone() })
        });
        visible.collect()
    }
}

/// Returns a notice about given access with names. Omits roles that the recipient has lost since.
pub(crate) async fn current_access(
    state: &AppState,
    recipient: &Account,
    notice: &AccessNotice,
) -> Result<AccessNotice, AppError> {
    let mut tx = state.store.read().await?;
    let organisation = state.store.organisation(&mut tx).await?.ok_or_else(AppError::no_organisation)?;
    let tree = &organisation.tree;
    let assignments = state.store.assignments(&mut tx, &organisation, recipient.key()).await?;
    let access = Access::new(tree, &assignments);
    let mut givers: BTreeMap<UserId, String> = BTreeMap::new();
    let mut current = AccessNotice::new(Vec::with_capacity(notice.given.len()));
    for one in &notice.given {
        let Some(position) = tree.position(one.node) else { continue };
        let roles = one.roles & access.at(position).effective;
        if roles.is_empty() && !one.roles.is_empty() {
            continue;
        }
        if let Entry::Vacant(unknown) = givers.entry(one.giver) {
            let account = match state.store.user_key(&mut tx, one.giver).await? {
                Some(key) => state.store.account(&mut tx, key).await?,
                None => None,
            };
            unknown.insert(account.map(|giver| person(&giver, true).name).unwrap_or_default());
        }
        current.given.push(GivenAccess {
            roles,
            giver_name: givers.get(&one.giver).cloned().unwrap_or_default(),
            node_name: tree.nodes()[position].name.clone(),
            ..*one
        });
    }
    current.notifies = Notified::at_any(tree, &access, current.given.iter().map(|one| one.node));
    current.organisation = tree.nodes()[0].name.clone();
    Ok(current)
}
