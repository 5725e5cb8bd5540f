use proptest::prelude::*;
use studio_users_domain::{
    AccessStatus, NodeId, NodeKind, Notified, NotifiedReason, Overview, Provenance, Role, RoleSet, Status,
};

use crate::rules;
use crate::stored::Stored;
use crate::world::{World, in_every_world};

/// Whether the user holds something at a node, paused access included, or something ended there recently.
pub(crate) fn has_joined(world: &World, node: NodeId) -> bool {
    let (held, now) = (world.held(), world.now);
    held.assigned(node, now).is_some()
        || !rules::resumed(&world.tree, held, node, now).is_empty()
        || held.has_ended(node, now)
}

/// "Paused if everything they would have there is paused; Ended if everything has ended and nothing is pending; else
/// Active, Invited or Expired."
pub(crate) fn status(world: &World) -> Option<AccessStatus> {
    let (tree, held, now) = (&world.tree, world.held(), world.now);
    let scope = rules::managed_nodes(tree, &world.users[0], now);
    let any = |has: &dyn Fn(NodeId) -> bool| scope.iter().any(|&node| has(node));
    if any(&|node| !rules::effective(tree, held, node, now).is_empty()) {
        return Some(AccessStatus::Active);
    }
    if any(&|node| !rules::resumed(tree, held, node, now).is_empty()) {
        return Some(AccessStatus::Paused);
    }
    if any(&|node| held.assigned(node, now).is_some()) {
        return Some(AccessStatus::Active);
    }
    let mut pending = world.pending.iter().filter(|grant| scope.contains(&grant.node)).peekable();
    if pending.peek().is_some() {
        let mut open = pending.filter(|grant| grant.until.is_none_or(|until| until > now));
        let is_open = open.any(|grant| grant.expires_at > now);
        return Some(if is_open { AccessStatus::Invited } else { AccessStatus::Expired });
    }
    any(&|node| held.has_ended(node, now)).then_some(AccessStatus::Ended)
}

#[test]
fn effective_roles_and_provenance_match_the_reference() {
    in_every_world(|world| {
        let (tree, held, now) = (&world.tree, world.held(), world.now);
        let state = held.held(now);
        for moment in rules::moments(now) {
            let access = state.later(moment).access(tree);
            for (here, node) in access.iter().zip(rules::nodes(tree)) {
                let effective = rules::effective(tree, held, node, moment);
                let resumed = rules::resumed(tree, held, node, moment);
                prop_assert_eq!((here.effective, here.resumed()), (effective, resumed));
                prop_assert_eq!(here.is_paused, effective != resumed);
            }
        }
        for (here, node) in state.access(tree).iter().zip(rules::nodes(tree)) {
            let above = rules::parent(tree, node);
            let inherited = above.map(|above| rules::resumed(tree, held, above, now)).unwrap_or_default();
            let from = above.and_then(|above| rules::source(tree, held, above, now));
            let expected = match (held.assigned(node, now), from) {
                (None, None) => Provenance::None,
                (None, Some(from)) => Provenance::Inherited { from },
                (Some(roles), Some(from)) if roles == inherited && !roles.is_empty() => {
                    Provenance::Pinned { from }
                }
                (Some(roles), Some(from)) if !inherited.is_empty() => Provenance::Overrides {
                    from,
                    gained: roles.iter().filter(|role| !inherited.contains(*role)).collect(),
                    lost: inherited.iter().filter(|role| !roles.contains(*role)).collect(),
                },
                (Some(_), _) => Provenance::Direct,
            };
            prop_assert_eq!(here.provenance(), expected);
        }
        Ok(())
    });
}

/// "A host's own backend enforces until the next moment of change": until then, the roles stay as they are.
#[test]
fn nothing_changes_before_the_next_change() {
    in_every_world(|world| {
        let (tree, held, now) = (&world.tree, world.held(), world.now);
        let state = held.held(now);
        let next = state.next_change();
        for (position, node) in rules::nodes(tree).into_iter().enumerate() {
            let roles = |moment| rules::effective(tree, held, node, moment);
            let later = state.later_access(tree, position);
            for moment in rules::moments(now).filter(|&moment| next.is_none_or(|next| moment < next)) {
                prop_assert_eq!(roles(moment), roles(now));
            }
            for moment in rules::moments(now) {
                let last = later.iter().rev().find(|(from, _)| *from <= moment);
                prop_assert_eq!(last.map_or(roles(now), |(_, here)| here.effective), roles(moment));
            }
        }
        Ok(())
    });
}

/// "Only if Agent or Operator is assigned in that environment itself, and the user has joined."
#[test]
fn chat_notifications_match_the_reference() {
    in_every_world(|world| {
        let (tree, held, now) = (&world.tree, world.held(), world.now);
        let bring_notifications =
            |roles: RoleSet| roles.contains(Role::Agent) || roles.contains(Role::Operator);
        for (here, node) in held.held(now).access(tree).iter().zip(rules::nodes(tree)) {
            let own = held.assigned(node, now).unwrap_or_default();
            let (effective, resumed) =
                (rules::effective(tree, held, node, now), rules::resumed(tree, held, node, now));
            let is_notified = bring_notifications(own) && bring_notifications(effective);
            prop_assert_eq!(Notified::evaluate(here, true).value, is_notified);
            prop_assert_eq!(Notified::evaluate(here, false).reason, NotifiedReason::NotAccepted);
            prop_assert!(!Notified::evaluate(here, false).value);
            let reason = match Notified::evaluate(here, true).reason {
                NotifiedReason::Ok => is_notified,
                NotifiedReason::Paused => effective.is_empty() && !resumed.is_empty(),
                NotifiedReason::OnlyInherited { from } => {
                    bring_notifications(effective)
                        && from != node
                        && rules::source(tree, held, node, now) == Some(from)
                }
                NotifiedReason::RolesBringNone => !effective.is_empty() && !bring_notifications(effective),
                NotifiedReason::NoRoles => resumed.is_empty(),
                NotifiedReason::NotAccepted => false,
            };
            prop_assert!(reason);
        }
        Ok(())
    });
}

/// What the row shows: the access, the access once resumed, the pending grants, or the access that has ended.
fn shown(world: &World, status: AccessStatus) -> Stored {
    let (tree, held, now) = (&world.tree, world.held(), world.now);
    match status {
        AccessStatus::Active => held.clone(),
        AccessStatus::Paused => held.without_pauses(),
        AccessStatus::Invited | AccessStatus::Expired => {
            rules::pending_held(tree, &world.users[0], &world.pending, now)
        }
        AccessStatus::Ended => {
            let scope = rules::managed_nodes(tree, &world.users[0], now);
            let ended = held.entries.iter().filter(|(node, entry)| {
                let alone = Stored { entries: vec![(*node, entry.clone())], pauses: Vec::new() };
                scope.contains(node) && alone.has_ended(*node, now)
            });
            let former = |(node, entry): &(NodeId, studio_users_domain::Entry)| {
                (*node, studio_users_domain::Entry::new(entry.roles, None))
            };
            Stored { entries: ended.map(former).collect(), pauses: Vec::new() }
        }
    }
}

#[test]
fn overviews_match_the_reference() {
    in_every_world(|world| {
        let (tree, manager, now) = (&world.tree, &world.users[0], world.now);
        let held = world.actor_held();
        let managed_nodes = world.actor(&held).managed().clone();
        let overview = Overview::of(tree, &managed_nodes, world.held().held(now), &world.pending, now);
        prop_assert_eq!(overview.as_ref().map(|overview| overview.access_status), status(world));
        let Some(overview) = overview else { return Ok(()) };
        let has_joined = overview.access_status.has_joined();
        prop_assert_eq!(overview.status == Status::Active, has_joined);

        let shown = shown(world, overview.access_status);
        let here = || tree.nodes().iter().filter(|node| rules::manages(tree, manager, node.id, now));
        for role in Role::all() {
            let has = |node: &&studio_users_domain::Node| {
                rules::effective(tree, &shown, node.id, now).contains(role)
            };
            let own = |node: &studio_users_domain::Node| {
                node.kind == NodeKind::Environment
                    && rules::source(tree, &shown, node.id, now) == Some(node.id)
            };
            prop_assert_eq!(overview.roles.contains(role), here().any(|node| has(&node)));
            prop_assert_eq!(overview.direct.contains(role), here().filter(has).any(own));
        }
        let mut environments: Vec<_> =
            here().filter(|node| node.kind == NodeKind::Environment).map(|node| node.id).collect();
        environments.retain(|&node| !rules::effective(tree, &shown, node, now).is_empty());
        prop_assert_eq!(&overview.environments, &environments);

        let pending = || world.pending.iter().filter(|grant| rules::manages(tree, manager, grant.node, now));
        let latest =
            pending().map(|grant| grant.until.unwrap_or(grant.expires_at).min(grant.expires_at)).max();
        prop_assert_eq!(overview.invitation.map(|index| world.pending[index].acceptable_until()), latest);
        let is_within =
            overview.invitation.is_none_or(|index| pending().any(|grant| *grant == world.pending[index]));
        prop_assert!(is_within);
        Ok(())
    });
}
