use proptest::prelude::*;
use studio_users_domain::{
    Access, Assignments, NodeKind, Notified, NotifiedReason, Overview, Provenance, Role, RoleSet, Status,
};

use crate::rules;
use crate::world::{NOW, World, in_every_world};

pub(crate) fn status(world: &World) -> Option<Status> {
    let (tree, manager) = (&world.tree, &world.users[0]);
    let mut managed_nodes = rules::nodes(tree);
    managed_nodes.retain(|&node| rules::manages(tree, manager, node));
    let mut pending = world.pending.iter().filter(|grant| managed_nodes.contains(&grant.node)).peekable();
    let has_access_or_assignment = |&node: &_| {
        world.held().contains_key(&node) || !rules::effective(tree, world.held(), node).is_empty()
    };
    if managed_nodes.iter().any(has_access_or_assignment) {
        return Some(Status::Active);
    }
    pending.peek()?;
    Some(if pending.any(|grant| grant.expires_at > NOW) { Status::Invited } else { Status::Expired })
}

#[test]
fn effective_roles_and_provenance_match_the_reference() {
    in_every_world(|world| {
        let (tree, held) = (&world.tree, world.held());
        for (here, node) in Access::new(tree, held).iter().zip(rules::nodes(tree)) {
            prop_assert_eq!(here.effective, rules::effective(tree, held, node));
            let above = rules::parent(tree, node);
            let inherited = above.map(|above| rules::effective(tree, held, above)).unwrap_or_default();
            let from = above.and_then(|above| rules::source(tree, held, above));
            let expected = match (held.get(&node).copied(), from) {
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

/// "Only if Agent or Operator is assigned in that environment itself, and the user has joined."
#[test]
fn chat_notifications_match_the_reference() {
    in_every_world(|world| {
        let (tree, held) = (&world.tree, world.held());
        let bring_notifications =
            |roles: RoleSet| roles.contains(Role::Agent) || roles.contains(Role::Operator);
        for (here, node) in Access::new(tree, held).iter().zip(rules::nodes(tree)) {
            let own = held.get(&node).copied().unwrap_or_default();
            let effective = rules::effective(tree, held, node);
            prop_assert_eq!(Notified::evaluate(here, true).value, bring_notifications(own));
            prop_assert_eq!(Notified::evaluate(here, false).reason, NotifiedReason::NotAccepted);
            prop_assert!(!Notified::evaluate(here, false).value);
            let reason = match Notified::evaluate(here, true).reason {
                NotifiedReason::Ok => bring_notifications(own),
                NotifiedReason::OnlyInherited { from } => {
                    bring_notifications(effective)
                        && from != node
                        && rules::source(tree, held, node) == Some(from)
                }
                NotifiedReason::RolesBringNone => !effective.is_empty() && !bring_notifications(effective),
                NotifiedReason::NoRoles => effective.is_empty(),
                NotifiedReason::NotAccepted => false,
            };
            prop_assert!(reason);
        }
        Ok(())
    });
}

#[test]
fn overviews_match_the_reference() {
    in_every_world(|world| {
        let (tree, manager) = (&world.tree, &world.users[0]);
        let access = world.actor_access();
        let managed_nodes = world.actor(&access).managed().clone();
        let overview = Overview::of(tree, &managed_nodes, world.held(), &world.pending, NOW);
        prop_assert_eq!(overview.as_ref().map(|overview| overview.status), status(world));
        let Some(overview) = overview else { return Ok(()) };

        let to_accept = rules::pending_assignments(tree, manager, &world.pending);
        let assignments: &Assignments =
            if overview.status == Status::Active { world.held() } else { &to_accept };
        let here = || tree.nodes().iter().filter(|node| rules::manages(tree, manager, node.id));
        for role in Role::all() {
            let has = |node: &&studio_users_domain::Node| {
                rules::effective(tree, assignments, node.id).contains(role)
            };
            let own = |node: &studio_users_domain::Node| {
                node.kind == NodeKind::Environment
                    && rules::source(tree, assignments, node.id) == Some(node.id)
            };
            prop_assert_eq!(overview.roles.contains(role), here().any(|node| has(&node)));
            prop_assert_eq!(overview.direct.contains(role), here().filter(has).any(own));
        }
        let mut environments: Vec<_> =
            here().filter(|node| node.kind == NodeKind::Environment).map(|node| node.id).collect();
        environments.retain(|&node| !rules::effective(tree, assignments, node).is_empty());
        prop_assert_eq!(&overview.environments, &environments);

        let pending = || world.pending.iter().filter(|grant| rules::manages(tree, manager, grant.node));
        let latest = pending().map(|grant| grant.expires_at).max();
        prop_assert_eq!(overview.invitation.map(|index| world.pending[index].expires_at), latest);
        let is_within =
            overview.invitation.is_none_or(|index| pending().any(|grant| *grant == world.pending[index]));
        prop_assert!(is_within);
        Ok(())
    });
}
