//! Changing what is assigned to a user, or, until they have joined, what is promised to them.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use studio_users_contract::{AccessChange, AccessWarning, Action, WarningCode};
use studio_users_domain::{
    Assignments, Change, DEFAULT_INVITATION_DAYS, NodeId, NodeKind, Overview, PendingGrant, RoleSet, Taken,
    UserId, promised,
};

use super::{assign, record_grants, settle};
use crate::app::App;
use crate::editor::{Editor, Seen};
use crate::problem::Refusal;
use crate::store::{Letter, Loot, Pending};

/// Makes the changes, all or none, and says what is worth a second thought about them.
///
/// **(choice)** Of somebody who has not joined at a node of the editor's it changes the pending grants: from then
/// on they are the editor's own.
pub(crate) async fn edit(
    app: &App,
    editor: &mut Editor,
    user: UserId,
    changes: &[AccessChange],
) -> Result<Vec<AccessWarning>, Refusal> {
    let seen = editor.see(app, user).await?;
    let mut wanted = BTreeMap::new();
    for change in changes {
        editor.who.known(change.node_id)?;
        if wanted.insert(change.node_id, change.roles).is_some() {
            return Err(Refusal::InvalidField("changes", "each node at most once".into()));
        }
    }
    if seen.is_active {
        edit_assignments(app, editor, &seen, &wanted).await
    } else {
        edit_promises(app, editor, &seen, &wanted).await?;
        Ok(Vec::new())
    }
}

type Wanted = BTreeMap<NodeId, Option<RoleSet>>;

async fn edit_assignments(
    app: &App,
    editor: &mut Editor,
    seen: &Seen,
    wanted: &Wanted,
) -> Result<Vec<AccessWarning>, Refusal> {
    let held = &seen.subject.held;
    let after = with(held, wanted);
    let organisation = editor.who.organisation.clone();
    let change = Change::new(&organisation.tree, held, &after);
    let user = seen.account.key();
    let others =
        app.store.managed_by_others(&mut editor.write, &organisation, change.stops_managing(), user).await?;
    editor.who.actor().may_assign(seen.account.id, &change, &others)?;
    let warnings = warnings(app, editor, &change).await?;

    let taken = Taken::between(held, &after);
    if taken.0.is_empty() {
        return Ok(Vec::new());
    }
    assign(app, editor, seen, &taken, Action::RolesChanged).await?;
    let managed = editor.who.scope.managed();
    let is_seen =
        Overview::of(&organisation.tree, managed, &after, &seen.subject.pending, editor.now).is_some();
    let is_left = settle(app, editor, &seen.account).await?;
    if !is_seen || !is_left {
        // Whoever takes the last of somebody away has removed them, and can undo it like a removal.
        let loot = Loot { taken, grants: Vec::new() };
        let parties = (user, editor.who.account.key());
        let name = seen.account.name.as_deref();
        app.store.keep_removal(&mut editor.write, parties, name, &loot, editor.now).await?;
    }
    Ok(warnings)
}

/// The environments that lose the last manager of their own.
async fn warnings(app: &App, editor: &mut Editor, change: &Change) -> Result<Vec<AccessWarning>, Refusal> {
    let organisation = editor.who.organisation.clone();
    let nodes = organisation.tree.nodes();
    let left: Vec<_> = change
        .stops_managing_itself()
        .filter(|&at| nodes[at].kind == NodeKind::Environment)
        .map(|at| nodes[at].id)
        .collect();
    if left.is_empty() {
        return Ok(Vec::new());
    }
    let own = app.store.managers(&mut editor.write, &organisation).await?;
    let was_last = |node: &NodeId| own.get(node).is_none_or(|&count| count <= 1);
    let warned = left.into_iter().filter(was_last);
    Ok(warned.map(|node_id| AccessWarning { code: WarningCode::NoOwnManager, node_id }).collect())
}

async fn edit_promises(app: &App, editor: &mut Editor, seen: &Seen, wanted: &Wanted) -> Result<(), Refusal> {
    let organisation = editor.who.organisation.clone();
    let before = promised(&organisation.tree, editor.who.scope.managed(), &seen.subject.pending);
    let mut after = with(&before, wanted);
    // An invitation to nothing is none.
    after.retain(|_, roles| !roles.is_empty());
    editor.who.actor().may_change(&Change::new(&organisation.tree, &before, &after))?;

    let user = seen.account.key();
    let mut loot = Loot::default();
    for &node in wanted.keys().filter(|node| before.get(node) != after.get(node)) {
        let there: Vec<&Pending> = seen.pending.iter().filter(|pending| pending.grant.node == node).collect();
        for pending in &there {
            app.store.end_grant(&mut editor.write, &organisation, user, &pending.grant).await?;
            loot.grants.push((*pending).clone());
        }
        let Some(&roles) = after.get(&node) else {
            let ended = there.iter().map(|pending| (&pending.grant, None));
            record_grants(editor, Action::InvitationRevoked, &seen.account, ended).await?;
            continue;
        };
        let pending = promise_of(editor, seen, &there, node, roles);
        app.store.promise(&mut editor.write, &organisation, user, &pending).await?;
        record_grants(editor, Action::UserInvited, &seen.account, [(&pending.grant, None)]).await?;
    }
    if after.is_empty() && !loot.grants.is_empty() {
        let parties = (user, editor.who.account.key());
        app.store.keep_removal(&mut editor.write, parties, None, &loot, editor.now).await?;
    }
    settle(app, editor, &seen.account).await?;
    Ok(())
}

/// The grant that takes the place of those `there`. It is as old as they are, so that a link that was mailed goes
/// on working for as long as its maker could give what it says now.
fn promise_of(editor: &Editor, seen: &Seen, there: &[&Pending], node: NodeId, roles: RoleSet) -> Pending {
    let elsewhere = || seen.pending.iter().map(|pending| pending.grant.expires_at).max();
    let expires_at = there.iter().map(|pending| pending.grant.expires_at).max().or_else(elsewhere);
    let default = editor.now + TimeDelta::days(DEFAULT_INVITATION_DAYS.into());
    let created_at = there.iter().map(|pending| pending.created_at).min().unwrap_or(editor.now);
    let letter = there.first().map_or_else(Letter::default, |pending| pending.letter.clone());
    let granted_by = editor.who.account.id;
    let expires_at = expires_at.unwrap_or(default);
    Pending { grant: PendingGrant { node, roles, granted_by, expires_at }, created_at, letter }
}

/// Some assignments with others in their place.
fn with(held: &Assignments, wanted: &Wanted) -> Assignments {
    let mut after = held.clone();
    for (&node, &roles) in wanted {
        match roles {
            Some(roles) => after.insert(node, roles),
            None => after.remove(&node),
        };
    }
    after
}
