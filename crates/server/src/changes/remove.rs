//! Removing users, and undoing it.

use std::collections::BTreeMap;

use studio_users_contract::{Action, InvitedBy, RESTORABLE_HOURS, RemovedUser};
use studio_users_domain::{Assignments, Change, NodeId, PendingGrant, Scope, Taken, UserId, promised};

use super::{assign, record_grants, settle};
use crate::app::App;
use crate::editor::{Editor, Seen};
use crate::problem::Refusal;
use crate::reader::Reader;
use crate::store::{Account, Loot, Organisation, Pending, Removed, UserKey};

/// Removes a user from every node that the editor manages. False where nothing counted for them there.
pub(crate) async fn remove(app: &App, editor: &mut Editor, user: UserId) -> Result<bool, Refusal> {
    let seen = editor.see(app, user).await?;
    let removal = editor.who.actor().may_remove(user, &seen.subject)?;
    let organisation = editor.who.organisation.clone();
    let key = seen.account.key();
    let stops = removal.change.stops_managing();
    let others = app.store.managed_by_others(&mut editor.write, &organisation, stops, key).await?;
    removal.keeps_managers(&others)?;

    let taken = Taken::between(&seen.subject.held, &removal.left);
    let grants: Vec<Pending> = removal.ended.iter().map(|&place| seen.pending[place].clone()).collect();
    if taken.0.is_empty() && grants.is_empty() {
        return Ok(false);
    }
    assign(app, editor, &seen, &taken, Action::UserRemoved).await?;
    for pending in &grants {
        app.store.end_grant(&mut editor.write, &organisation, key, &pending.grant).await?;
    }
    // Where an assignment ends as well, one entry says it.
    let ended =
        grants.iter().map(|pending| &pending.grant).filter(|grant| !taken.0.contains_key(&grant.node));
    record_grants(editor, Action::UserRemoved, &seen.account, ended.map(|grant| (grant, None))).await?;
    let name = seen.account.name.as_deref().filter(|_| seen.is_active);
    let parties = (key, editor.who.account.key());
    let loot = Loot { taken, grants };
    app.store.keep_removal(&mut editor.write, parties, name, &loot, editor.now).await?;
    settle(app, editor, &seen.account).await?;
    Ok(true)
}

/// Undoes the latest removal of a user of which the editor manages every node.
///
/// Exactly what was taken comes back, if nobody has touched it since; pending grants as the editor's own, and with
/// the time they had left. Sessions and links stay ended.
pub(crate) async fn restore(app: &App, editor: &mut Editor, user: UserId) -> Result<(), Refusal> {
    let key = UserKey::from(user);
    let (removal, account) = latest(app, editor, user).await?.ok_or(Refusal::NotFound)?;
    let organisation = editor.who.organisation.clone();
    let seen = Seen::read(app, &mut editor.write, &organisation, account).await?;

    let Loot { taken, grants } = &removal.loot;
    let is_promised_anew =
        |pending: &Pending| seen.subject.pending.iter().any(|grant| grant.node == pending.grant.node);
    if grants.iter().any(is_promised_anew) {
        return Err(Refusal::ChangedSince);
    }
    let after = taken.give_back(&seen.subject.held).ok_or(Refusal::ChangedSince)?;
    let own = given_by(editor, grants);
    judge(app, editor, &seen, &after, &own).await?;
    if !app.store.restore_account(&mut editor.write, key).await? {
        return Err(Refusal::ChangedSince);
    }

    let given = Taken::between(&seen.subject.held, &after);
    assign(app, editor, &seen, &given, Action::UserRestored).await?;
    for pending in &own {
        app.store.promise(&mut editor.write, &organisation, key, pending).await?;
    }
    let promised_only = own.iter().filter(|pending| !given.0.contains_key(&pending.grant.node));
    let promised_only = promised_only.map(|pending| (&pending.grant, None));
    record_grants(editor, Action::UserRestored, &seen.account, promised_only).await?;
    app.store.end_removal(&mut editor.write, removal.id, editor.now).await?;
    settle(app, editor, &seen.account).await?;
    Ok(())
}

/// What somebody is called whose removal the editor could undo.
pub(super) async fn removed_name(
    app: &App,
    editor: &mut Editor,
    user: UserId,
) -> Result<Option<String>, Refusal> {
    let found = latest(app, editor, user).await?;
    Ok(found.map(|(removal, account)| removal.name.unwrap_or(account.email)))
}

/// The latest removal of a user that the editor could undo, as far as time goes.
async fn latest(app: &App, editor: &mut Editor, user: UserId) -> Result<Option<(Removed, Account)>, Refusal> {
    let key = UserKey::from(user);
    let removals = app.store.removals(&mut editor.write, Some(key), editor.now).await?;
    let Editor { who, write, .. } = editor;
    let Some(removal) = removals.into_iter().find(|removal| is_seen(&who.organisation, &who.scope, removal))
    else {
        return Ok(None);
    };
    let account = app.store.account(write, key).await?;
    Ok(account.filter(|account| account.id == user).map(|account| (removal, account)))
}

/// Those whose removal the editor could undo, as far as time goes; the latest first.
pub(crate) async fn removed_users(app: &App, reader: &mut Reader) -> Result<Vec<RemovedUser>, Refusal> {
    let Reader { organisation, scope, tx, .. } = reader;
    let removals = app.store.removals(tx, None, app.clock.now()).await?;
    let mut users: Vec<RemovedUser> = Vec::new();
    for removal in removals.into_iter().filter(|removal| is_seen(organisation, scope, removal)) {
        let user = app.store.account(tx, removal.user).await?.ok_or(Refusal::Unavailable)?;
        let by = app.store.account(tx, removal.by).await?.ok_or(Refusal::Unavailable)?;
        if users.iter().any(|earlier| earlier.id == user.id) {
            continue;
        }
        users.push(RemovedUser {
            id: user.id,
            name: removal.name,
            email: user.email,
            removed_at: removal.at,
            removed_by: InvitedBy { id: by.id, name: by.name.unwrap_or(by.email) },
            restorable_until: removal.at + chrono::TimeDelta::hours(RESTORABLE_HOURS),
        });
    }
    Ok(users)
}

/// **(choice)** A removal is shown to who manages every node that it touched: it tells nothing of any other.
fn is_seen(organisation: &Organisation, scope: &Scope, removal: &Removed) -> bool {
    let is_managed = |at| scope.managed().contains(at);
    removal.loot.nodes().iter().all(|&node| organisation.tree.position(node).is_some_and(is_managed))
}

/// Pending grants as the editor's own. What several people had granted at one node becomes one grant there.
fn given_by(editor: &Editor, grants: &[Pending]) -> Vec<Pending> {
    let mut own: BTreeMap<NodeId, Pending> = BTreeMap::new();
    for Pending { grant, letter, .. } in grants {
        let together = own.entry(grant.node).or_insert_with(|| Pending {
            grant: PendingGrant { granted_by: editor.who.account.id, ..grant.clone() },
            // As young as the restoring: no link from before covers it.
            created_at: editor.now,
            letter: letter.clone(),
        });
        together.grant.roles |= grant.roles;
        together.grant.expires_at = together.grant.expires_at.max(grant.expires_at);
    }
    own.into_values().collect()
}

async fn judge(
    app: &App,
    editor: &mut Editor,
    seen: &Seen,
    after: &Assignments,
    own: &[Pending],
) -> Result<(), Refusal> {
    let organisation = editor.who.organisation.clone();
    let change = Change::new(&organisation.tree, &seen.subject.held, after);
    let (stops, key) = (change.stops_managing(), seen.account.key());
    let others = app.store.managed_by_others(&mut editor.write, &organisation, stops, key).await?;
    editor.who.actor().may_assign(seen.account.id, &change, &others)?;
    let managed = editor.who.scope.managed();
    let before = promised(&organisation.tree, managed, &seen.subject.pending);
    let grants = promised(&organisation.tree, managed, own.iter().map(|pending| &pending.grant));
    Ok(editor.who.actor().may_promise(&before, &grants)?)
}
