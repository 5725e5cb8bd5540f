//! Prepares bundled notices when they are sent: adds the names, and omits everything that the recipient may no longer
//! see, or that is no longer true.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use studio_users_domain::{Access, NodeId, Notified, UserId};

use super::editor::Principal;
use super::person;
use crate::error::AppError;
use crate::mail::{AccessNotice, Digest, DigestUser, GivenAccess};
use crate::state::AppState;
use crate::store::{Account, Tx};

/// Returns a digest with names, as far as it concerns nodes that the recipient still manages.
pub(crate) async fn visible_digest(
    state: &AppState,
    recipient: &Account,
    digest: &Digest,
) -> Result<Digest, AppError> {
    let mut tx = state.store.read().await?;
    let organisation = state.store.organisation(&mut tx).await?.ok_or_else(AppError::no_organisation)?;
    let recipient = Principal::read(state, &mut tx, organisation, recipient.clone()).await?;
    let mut visible = Digest::default();
    for user in &digest.people {
        visible.people.extend(joined(state, &mut tx, &recipient, user).await?);
    }
    for user in &digest.undelivered {
        visible.undelivered.extend(undelivered(state, &mut tx, &recipient, user).await?);
    }
    for user in &digest.expired {
        visible.expired.extend(expired(state, &mut tx, &recipient, user).await?);
    }
    Ok(visible)
}

/// Returns a user who has joined, with the nodes at which they still have access.
async fn joined(
    state: &AppState,
    tx: &mut Tx,
    recipient: &Principal,
    user: &DigestUser,
) -> Result<Option<DigestUser>, AppError> {
    let Some(account) = state.store.live_account_by_id(tx, user.user).await? else { return Ok(None) };
    let assignments = state.store.assignments(tx, &recipient.organisation, account.key()).await?;
    let access = Access::new(recipient.tree(), &assignments);
    let has_access = |node: NodeId| {
        recipient.tree().position(node).is_some_and(|position| !access.at(position).effective.is_empty())
    };
    let name = account.name.clone().unwrap_or_else(|| account.email.clone());
    Ok(with_names(recipient, user, name, account.email, has_access))
}

/// Returns a user whose mails have not arrived, with the nodes of the invitations that are still undelivered.
async fn undelivered(
    state: &AppState,
    tx: &mut Tx,
    recipient: &Principal,
    user: &DigestUser,
) -> Result<Option<DigestUser>, AppError> {
    let Some(account) = state.store.live_account_by_id(tx, user.user).await? else { return Ok(None) };
    let failed = state.store.undelivered_grants(tx, &recipient.organisation, account.key()).await?;
    let reply = failed.iter().find_map(|grant| grant.reply.clone());
    let is_failed = |node: NodeId| failed.iter().any(|grant| grant.node == node);
    // Only people who have joined there may know the name.
    let listed = with_names(recipient, user, account.email.clone(), account.email, is_failed);
    Ok(listed.map(|listed| DigestUser { reply, ..listed }))
}

/// Returns a user whose invitation has expired, with the nodes of the invitations that nobody has sent again.
async fn expired(
    state: &AppState,
    tx: &mut Tx,
    recipient: &Principal,
    user: &DigestUser,
) -> Result<Option<DigestUser>, AppError> {
    let Some(account) = state.store.live_account_by_id(tx, user.user).await? else { return Ok(None) };
    let pending = state.store.pending_grants(tx, &recipient.organisation, account.key()).await?;
    let now = state.clock.now();
    let is_expired = |node: NodeId| {
        let mut here =
            pending.iter().map(|pending| &pending.grant).filter(|grant| grant.node == node).peekable();
        here.peek().is_some() && here.all(|grant| grant.expires_at <= now)
    };
    Ok(with_names(recipient, user, account.email.clone(), account.email, is_expired))
}

/// Returns a user with the names of the nodes that the recipient manages and that are still concerned. `None` if there is
/// no such node.
fn with_names(
    recipient: &Principal,
    user: &DigestUser,
    name: String,
    email: String,
    is_concerned: impl Fn(NodeId) -> bool,
) -> Option<DigestUser> {
    let (tree, managed) = (recipient.tree(), recipient.scope.managed());
    let names = user.nodes.iter().filter_map(|&node| {
        let position = tree.position(node).filter(|&position| managed.contains(position))?;
        is_concerned(node).then(|| tree.nodes()[position].name.clone())
    });
    let node_names: Vec<_> = names.collect();
    (!node_names.is_empty()).then(|| DigestUser { name, email, node_names, ..user.clone() })
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
