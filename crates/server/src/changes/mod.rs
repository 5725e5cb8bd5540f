//! What changes somebody's access. Each function judges by the domain, writes, records and queues the mail, all
//! within the editor's transaction; whoever calls it commits.

mod assign;
mod bulk;
mod invite;
mod join;
mod link;
mod remove;
#[cfg(test)]
mod tests;

pub(crate) use assign::edit;
pub(crate) use bulk::bulk;
pub(crate) use invite::{checked_grants, invite};
pub(crate) use join::{Accepted, accept, inspect};
pub(crate) use link::{copy_link, resend, revoke};
pub(crate) use remove::{remove, removed_users, restore};

use studio_users_contract::{Action, AuditDetails, AuditPerson};
use studio_users_domain::{NodeId, PendingGrant, RoleSet, Taken, is_without_access};

use crate::app::App;
use crate::audit::Entry;
use crate::editor::{Editor, Seen};
use crate::problem::Refusal;
use crate::store::{Account, end_invitation_links};

/// Writes what a change does to single assignments, and records it at each of their nodes.
async fn assign(
    app: &App,
    editor: &mut Editor,
    seen: &Seen,
    taken: &Taken,
    action: Action,
) -> Result<(), Refusal> {
    let organisation = editor.who.organisation.clone();
    app.store.assign(&mut editor.write, &organisation, seen.account.key(), taken).await?;
    let mut entries = Vec::with_capacity(taken.0.len());
    for (&node, &(before, after)) in &taken.0 {
        let details = AuditDetails { before, after, ..AuditDetails::default() };
        entries.push(entry(editor, action, person(&seen.account, true), node)?.with(details));
    }
    Ok(editor.write.record_all(&entries).await?)
}

/// Records something about pending grants, at the node of each.
async fn record_grants<'a>(
    editor: &mut Editor,
    action: Action,
    target: &Account,
    grants: impl IntoIterator<Item = (&'a PendingGrant, Option<&str>)>,
) -> Result<(), Refusal> {
    let mut entries = Vec::new();
    for (grant, reason) in grants {
        let roles = (!grant.roles.is_empty()).then_some(grant.roles);
        let is_end = matches!(action, Action::InvitationRevoked | Action::UserRemoved);
        let (before, after) = if is_end { (roles, None) } else { (None, roles) };
        let reason = reason.map(str::to_owned);
        let details = AuditDetails { before, after, reason, ..AuditDetails::default() };
        entries.push(entry(editor, action, person(target, false), grant.node)?.with(details));
    }
    Ok(editor.write.record_all(&entries).await?)
}

fn entry(editor: &Editor, action: Action, target: AuditPerson, node: NodeId) -> Result<Entry, Refusal> {
    let key = editor.who.organisation.key(node).ok_or(Refusal::NotFound)?;
    let entry = Entry::of(action, editor.now).by(person(&editor.who.account, true)).to(target);
    Ok(Entry { node: Some(key), ..entry })
}

/// Someone as the readers of a node may know them: by their name only where they have joined there.
fn person(account: &Account, has_joined: bool) -> AuditPerson {
    let name = account.name.clone().filter(|_| has_joined);
    AuditPerson { id: account.id, name: name.unwrap_or_else(|| account.email.clone()) }
}

/// What follows when something was taken from or given to a user: their place in the lists, and, where nothing is
/// left to them anywhere, the end of their account. Whether they still have one.
async fn settle(app: &App, editor: &mut Editor, account: &Account) -> Result<bool, Refusal> {
    let organisation = editor.who.organisation.clone();
    let left = Seen::read(app, &mut editor.write, &organisation, account.clone()).await?;
    let is_left = !left.pending.is_empty() || !is_without_access(&organisation.tree, &left.subject.held);
    if left.pending.is_empty() {
        end_invitation_links(&mut editor.write, account.key(), editor.now).await?;
    }
    if !is_left {
        app.store.remove_account(&mut editor.write, account.key(), editor.now).await?;
    }
    app.store.refresh(&mut editor.write, &organisation, account.id, editor.now).await?;
    Ok(is_left)
}

/// The roles of a node in words for a mail.
fn named(editor: &Editor, node: NodeId, roles: RoleSet) -> (String, RoleSet) {
    let name = editor.who.tree().node(node).map(|node| node.name.clone());
    (name.unwrap_or_default(), roles)
}
