//! The check of a change over time.

use studio_users_domain::{Denial, NodeId, Role, Tree, UserId};

use super::{
    Denials, Moment, effective, is_administrator, is_licensed, is_notified, manages, moments, nodes,
};
use crate::stored::Stored;

/// The conditions of a check.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    /// An undo of the actor's own change is checked for the present only.
    pub(crate) is_for_now: bool,
    /// Resuming does not ask for the licence.
    pub(crate) asks_licence: bool,
}

pub(crate) const USUAL: Terms = Terms { is_for_now: false, asks_licence: true };

/// "The actor manages every node at which an assignment changes. At every node at which the user gains a role, the
/// actor manages the node and its licence includes the role. At every node at which the effective roles change and
/// include Administrator, before or after, the actor is an Administrator. A role that is effective only afterwards is a
/// gain: the actor must have the right to give it now and at that moment. A loss needs the right now. A change of
/// entries is compared with any of the user's pauses in force."
pub(crate) fn change(
    tree: &Tree,
    actor: &Stored,
    before: &Stored,
    after: &Stored,
    now: Moment,
    terms: Terms,
) -> Denials {
    let mut denials = Denials::new();
    for node in before.changed_nodes(after, now) {
        if !manages(tree, actor, node, now) {
            denials.insert(Denial::NotManaged);
        }
    }
    for (before, after) in comparisons(before, after, now) {
        for moment in ends(now, [actor, &before, &after]).filter(|&moment| !terms.is_for_now || moment == now)
        {
            for node in nodes(tree) {
                denials.extend(compare(tree, actor, &before, &after, node, now, moment, terms));
            }
        }
    }
    denials
}

/// The states to compare: as they are, and after a change of entries also with any of the pauses in force.
fn comparisons(before: &Stored, after: &Stored, now: Moment) -> Vec<(Stored, Stored)> {
    let mut pairs = vec![(before.clone(), after.clone())];
    if before.in_force(now) != after.in_force(now) {
        let mut pauses = before.pauses.clone();
        pauses.extend(after.pauses.iter().filter(|pause| !before.pauses.contains(pause)).cloned());
        for subset in 0..1_usize << pauses.len() {
            let chosen = pauses.iter().enumerate().filter(|(index, _)| subset & 1 << index != 0);
            let chosen: Vec<_> = chosen.map(|(_, pause)| pause.clone()).collect();
            pairs.push((before.with_pauses(chosen.clone()), after.with_pauses(chosen)));
        }
    }
    pairs
}

#[allow(clippy::too_many_arguments, reason = "one comparison of the rules needs all of them")]
fn compare(
    tree: &Tree,
    actor: &Stored,
    before: &Stored,
    after: &Stored,
    node: NodeId,
    now: Moment,
    moment: Moment,
    terms: Terms,
) -> Denials {
    let mut denials = Denials::new();
    let (had, has) = (effective(tree, before, node, moment), effective(tree, after, node, moment));
    if had == has {
        return denials;
    }
    let is_managed = manages(tree, actor, node, now);
    let has_administrator = had.contains(Role::Administrator) || has.contains(Role::Administrator);
    for gained in has.iter().filter(|role| !had.contains(*role)) {
        if !is_managed {
            denials.insert(Denial::ReachesBeyond);
        }
        if terms.asks_licence && !is_licensed(tree, node, gained) {
            denials.insert(Denial::NotLicensed);
        }
        let may_then = manages(tree, actor, node, moment)
            && (!has_administrator || is_administrator(tree, actor, node, moment));
        let may_now = is_managed && (!has_administrator || is_administrator(tree, actor, node, now));
        if may_now && !may_then {
            denials.insert(Denial::OutlastsOwn);
        }
    }
    if has_administrator && !is_administrator(tree, actor, node, now) {
        denials.insert(if is_managed { Denial::NeedsAdministrator } else { Denial::ReachesBeyond });
    }
    denials
}

/// Now, and each later moment at which an entry or a pause of one of these users ends.
fn ends(now: Moment, users: [&Stored; 3]) -> impl Iterator<Item = Moment> + '_ {
    let ends = |held: &Stored, moment| {
        held.entries.iter().any(|(_, entry)| entry.until == Some(moment))
            || held.pauses.iter().any(|pause| pause.until == Some(moment))
    };
    moments(now).filter(move |&moment| moment == now || users.iter().any(|held| ends(held, moment)))
}

/// "A user whose e-mail address is not confirmed gains roles and chat notifications only from the manager by whose
/// copied link they joined."
pub(crate) fn address(
    tree: &Tree,
    actor: UserId,
    unconfirmed_by: Option<UserId>,
    before: &Stored,
    after: &Stored,
    now: Moment,
    terms: Terms,
) -> Denials {
    let gains = comparisons(before, after, now).iter().any(|(before, after)| {
        ends(now, [before, before, after]).filter(|&moment| !terms.is_for_now || moment == now).any(
            |moment| {
                tree.nodes().iter().any(|node| {
                    let had = effective(tree, before, node.id, moment);
                    let has = effective(tree, after, node.id, moment);
                    has.iter().any(|role| !had.contains(role))
                        || is_notified(tree, after, node, moment) && !is_notified(tree, before, node, moment)
                })
            },
        )
    });
    match unconfirmed_by {
        Some(creator) if creator != actor && gains => [Denial::AddressUnconfirmed].into(),
        _ => Denials::new(),
    }
}
