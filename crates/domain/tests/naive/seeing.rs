use proptest::prelude::*;
use studio_users_domain::{
    Access, Assignments, NodeKind, Notified, NotifiedReason, Overview, Provenance, Role, RoleSet, Status,
};

use crate::rules;
use crate::world::{NOW, World, in_every_world};

pub(crate) fn status(world: &World) -> Option<Status> {
    let (tree, reader) = (&world.tree, &world.users[0]);
    let mut managed = rules::nodes(tree);
    managed.retain(|&node| rules::manages(tree, reader, node));
    let mut pending = world.pending.iter().filter(|grant| managed.contains(&grant.node)).peekable();
    let has_something = |&node: &_| {
        world.held().contains_key(&node) || !rules::effective(tree, world.held(), node).is_empty()
    };
    if managed.iter().any(has_something) {
        return Some(Status::Active);
    }
    pending.peek()?;
    Some(if pending.any(|grant| grant.expires_at > NOW) { Status::Invited } else { Status::Expired })
}

#[test]
fn what_counts_and_where_it_comes_from() {
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

/// "True only if the assignment in that environment itself holds Agent or Operator, and the user has joined."
#[test]
fn who_is_notified() {
    in_every_world(|world| {
        let (tree, held) = (&world.tree, world.held());
        let brings = |roles: RoleSet| roles.contains(Role::Agent) || roles.contains(Role::Operator);
        for (here, node) in Access::new(tree, held).iter().zip(rules::nodes(tree)) {
            let own = held.get(&node).copied().unwrap_or_default();
            let effective = rules::effective(tree, held, node);
            prop_assert_eq!(Notified::judge(here, true).value, brings(own));
            prop_assert_eq!(Notified::judge(here, false).reason, NotifiedReason::NotAccepted);
            prop_assert!(!Notified::judge(here, false).value);
            let reason = match Notified::judge(here, true).reason {
                NotifiedReason::Ok => brings(own),
                NotifiedReason::OnlyInherited { from } => {
                    brings(effective) && from != node && rules::source(tree, held, node) == Some(from)
                }
                NotifiedReason::RolesBringNone => !effective.is_empty() && !brings(effective),
                NotifiedReason::NoRoles => effective.is_empty(),
                NotifiedReason::NotAccepted => false,
            };
            prop_assert!(reason);
        }
        Ok(())
    });
}

#[test]
fn who_is_seen_and_as_what() {
    in_every_world(|world| {
        let (tree, reader) = (&world.tree, &world.users[0]);
        let access = world.actor_access();
        let managed = world.actor(&access).managed().clone();
        let seen = Overview::of(tree, &managed, world.held(), &world.pending, NOW);
        prop_assert_eq!(seen.as_ref().map(|seen| seen.status), status(world));
        let Some(seen) = seen else { return Ok(()) };

        let promised = rules::promised(tree, reader, &world.pending);
        let counts: &Assignments = if seen.status == Status::Active { world.held() } else { &promised };
        let here = || tree.nodes().iter().filter(|node| rules::manages(tree, reader, node.id));
        for role in Role::all() {
            let has =
                |node: &&studio_users_domain::Node| rules::effective(tree, counts, node.id).contains(role);
            let own = |node: &studio_users_domain::Node| {
                node.kind == NodeKind::Environment && rules::source(tree, counts, node.id) == Some(node.id)
            };
            prop_assert_eq!(seen.roles.contains(role), here().any(|node| has(&node)));
            prop_assert_eq!(seen.direct.contains(role), here().filter(has).any(own));
        }
        let mut environments: Vec<_> =
            here().filter(|node| node.kind == NodeKind::Environment).map(|node| node.id).collect();
        environments.retain(|&node| !rules::effective(tree, counts, node).is_empty());
        prop_assert_eq!(&seen.environments, &environments);

        let pending = || world.pending.iter().filter(|grant| rules::manages(tree, reader, grant.node));
        let last = pending().map(|grant| grant.expires_at).max();
        prop_assert_eq!(seen.invitation.map(|place| world.pending[place].expires_at), last);
        let is_within =
            seen.invitation.is_none_or(|place| pending().any(|grant| *grant == world.pending[place]));
        prop_assert!(is_within);
        Ok(())
    });
}
