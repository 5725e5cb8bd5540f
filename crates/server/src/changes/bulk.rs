//! The same for many users at once, each judged by themselves: one transaction, in which who may is judged by what
//! was so before it.

use chrono::TimeDelta;
use studio_users_contract::{
    Action, BulkAction, BulkFilters, BulkRefusal, BulkRequest, BulkResult, BulkSelection, MAX_BULK,
    MAX_NODES, MAX_REFUSALS, MAX_SEARCH_CHARS,
};
use studio_users_domain::{
    Assignments, Change, DEFAULT_INVITATION_DAYS, NodeId, PendingGrant, Role, Taken, UserId, granted,
    promised,
};

use super::link::mail_invitation;
use super::remove::removed_name;
use super::{assign, record_grants, remove, resend, restore, settle};
use crate::app::App;
use crate::editor::{Editor, Seen};
use crate::problem::Refusal;
use crate::store::{Letter, Pending, Selection};

/// What is to be done with each.
#[derive(Clone, Copy)]
enum Deed {
    Remove,
    Restore,
    Resend,
    Add(NodeId, Role),
}

/// Does it, and tells for how many.
pub(crate) async fn bulk(app: &App, editor: &mut Editor, asked: &BulkRequest) -> Result<BulkResult, Refusal> {
    let deed = deed(editor, asked)?;
    let users = match (&asked.select, deed) {
        (BulkSelection::Ids(ids), _) => ids.ids.clone(),
        (BulkSelection::Matching(_), Deed::Restore) => {
            return Err(Refusal::InvalidField("select", "those removed match nothing: name them".into()));
        }
        (BulkSelection::Matching(all), _) if all.expected_total > MAX_BULK => {
            return Err(Refusal::InvalidField("select", "at most 10,000 users".into()));
        }
        (BulkSelection::Matching(all), _) => {
            let users = matching(app, editor, &all.filters).await?;
            if users.len() != all.expected_total as usize {
                return Err(Refusal::TotalChanged);
            }
            users
        }
    };
    if users.len() > MAX_BULK as usize {
        return Err(Refusal::InvalidField("select", "at most 10,000 users".into()));
    }
    let mut result = BulkResult::default();
    let mut seen = std::collections::HashSet::with_capacity(users.len());
    for user in users.into_iter().filter(|&user| seen.insert(user)) {
        match act(app, editor, deed, user).await {
            Ok(true) => {
                result.done += 1;
                if matches!(deed, Deed::Remove) {
                    result.removed.push(user);
                }
            }
            Ok(false) => result.unchanged += 1,
            Err(Refusal::Unavailable) => return Err(Refusal::Unavailable),
            Err(refusal) => {
                result.refused += 1;
                if result.refusals.len() < MAX_REFUSALS {
                    let name = name(app, editor, user).await?;
                    result.refusals.push(BulkRefusal { id: user, name, code: refusal.code() });
                }
            }
        }
    }
    Ok(result)
}

/// Whether there was anything to do. What refuses does so before anything is written.
async fn act(app: &App, editor: &mut Editor, deed: Deed, user: UserId) -> Result<bool, Refusal> {
    match deed {
        Deed::Remove => remove(app, editor, user).await,
        Deed::Restore => restore(app, editor, user).await.map(|()| true),
        Deed::Resend => resend(app, editor, user).await.map(|()| true),
        Deed::Add(node, role) => add(app, editor, user, node, role).await,
    }
}

/// What the editor knows a user as: one whom they see, or whose removal they could undo.
async fn name(app: &App, editor: &mut Editor, user: UserId) -> Result<Option<String>, Refusal> {
    match editor.see(app, user).await {
        Ok(Seen { account, is_active, .. }) => {
            Ok(Some(account.name.filter(|_| is_active).unwrap_or(account.email)))
        }
        Err(Refusal::NotFound) => removed_name(app, editor, user).await,
        Err(refusal) => Err(refusal),
    }
}

async fn add(
    app: &App,
    editor: &mut Editor,
    user: UserId,
    node: NodeId,
    role: Role,
) -> Result<bool, Refusal> {
    let seen = editor.see(app, user).await?;
    let organisation = editor.who.organisation.clone();
    let tree = &organisation.tree;
    let grants = Assignments::from([(node, role.into())]);
    if seen.is_active {
        let held = &seen.subject.held;
        let change = Change::new(tree, held, &granted(tree, held, &grants));
        let position = editor.who.known(node)?;
        if change.before().at(position).effective.contains(role) {
            return Ok(false);
        }
        editor.who.actor().may_change(&change)?;
        let taken = Taken::between(held, &granted(tree, held, &grants));
        assign(app, editor, &seen, &taken, Action::RolesChanged).await?;
        settle(app, editor, &seen.account).await?;
        return Ok(true);
    }
    let before = promised(tree, editor.who.scope.managed(), &seen.subject.pending);
    if before.get(&node).is_some_and(|roles| roles.contains(role)) {
        return Ok(false);
    }
    editor.who.actor().may_promise(&before, &grants)?;
    let granted_by = editor.who.account.id;
    let own = |grant: &&PendingGrant| grant.node == node && grant.granted_by == granted_by;
    let earlier = seen.subject.pending.iter().find(own).map(|grant| grant.roles).unwrap_or_default();
    let last = seen.pending.iter().max_by_key(|pending| pending.grant.expires_at);
    // It is mailed again, which renews it.
    let renewed = editor.now + TimeDelta::days(DEFAULT_INVITATION_DAYS.into());
    let expires_at = last.map_or(renewed, |pending| pending.grant.expires_at.max(renewed));
    let letter = last.map_or_else(Letter::default, |pending| pending.letter.clone());
    let grant = PendingGrant { node, roles: earlier | role, granted_by, expires_at };
    let pending = Pending { grant, created_at: editor.now, letter };
    mail_invitation(editor, &seen, std::slice::from_ref(&pending)).await?.map_err(Refusal::from)?;
    app.store.promise(&mut editor.write, &organisation, seen.account.key(), &pending).await?;
    record_grants(editor, Action::UserInvited, &seen.account, [(&pending.grant, None)]).await?;
    settle(app, editor, &seen.account).await?;
    Ok(true)
}

fn deed(editor: &Editor, asked: &BulkRequest) -> Result<Deed, Refusal> {
    match (asked.action, asked.node_id, asked.role) {
        (BulkAction::AddRole, Some(node), Some(role)) => {
            editor.who.known(node)?;
            Ok(Deed::Add(node, role))
        }
        (BulkAction::AddRole, None, _) => Err(Refusal::InvalidField("node_id", "add_role needs it".into())),
        (BulkAction::AddRole, _, None) => Err(Refusal::InvalidField("role", "add_role needs it".into())),
        (_, Some(_), _) => Err(Refusal::InvalidField("node_id", "only add_role takes it".into())),
        (_, _, Some(_)) => Err(Refusal::InvalidField("role", "only add_role takes it".into())),
        (BulkAction::Remove, ..) => Ok(Deed::Remove),
        (BulkAction::Restore, ..) => Ok(Deed::Restore),
        (BulkAction::Resend, ..) => Ok(Deed::Resend),
    }
}

/// Everybody who matches, but not more than one beyond what a call may be about.
async fn matching(app: &App, editor: &mut Editor, filters: &BulkFilters) -> Result<Vec<UserId>, Refusal> {
    let BulkFilters { search, nodes, roles, assigned, statuses, active_since } = filters.clone();
    if nodes.len() > MAX_NODES {
        return Err(Refusal::InvalidField("nodes", format!("at most {MAX_NODES} nodes")));
    }
    if search.as_ref().is_some_and(|search| search.chars().count() > MAX_SEARCH_CHARS) {
        return Err(Refusal::InvalidField("search", format!("at most {MAX_SEARCH_CHARS} characters")));
    }
    for &node in &nodes {
        editor.who.known(node)?;
    }
    let scope = &editor.who.scope;
    let within = if nodes.is_empty() { scope.clone() } else { scope.below(editor.who.tree(), &nodes) };
    let selection = Selection { search, roles, is_assigned: assigned, statuses, active_since };
    let organisation = editor.who.organisation.clone();
    Ok(app.store.matching(&mut editor.write, &organisation, &within, &selection, MAX_BULK + 1).await?)
}
