//! A property over worlds in which nothing happens shows nothing: every denial, and every other outcome, must come
//! up often.

use std::collections::BTreeMap;

use studio_users_domain::{Access, Denial, Notified, Provenance, Status, Taken};

use crate::world::{World, fixed_worlds};
use crate::{changes, giving, removing, rules, seeing, viewing};

/// The outcomes of one function, by the denial or none.
const OUTCOMES: [(&str, &[Option<Denial>]); 8] = {
    use Denial as D;
    [
        (
            "change",
            &[
                None,
                Some(D::InsideView),
                Some(D::NotManaged),
                Some(D::ReachesBeyond),
                Some(D::NeedsAdministrator),
                Some(D::NotLicensed),
            ],
        ),
        (
            "assign",
            &[
                None,
                Some(D::InsideView),
                Some(D::NotManaged),
                Some(D::ReachesBeyond),
                Some(D::NeedsAdministrator),
                Some(D::NotLicensed),
                Some(D::OwnManagement),
                Some(D::LastManager),
            ],
        ),
        (
            "promise",
            &[
                None,
                Some(D::InsideView),
                Some(D::NotManaged),
                Some(D::ReachesBeyond),
                Some(D::NeedsAdministrator),
                Some(D::NotLicensed),
            ],
        ),
        (
            "give",
            &[
                None,
                Some(D::InsideView),
                Some(D::NotManaged),
                Some(D::ReachesBeyond),
                Some(D::NeedsAdministrator),
                Some(D::NotLicensed),
            ],
        ),
        (
            "send a link",
            &[
                None,
                Some(D::InsideView),
                Some(D::ReachesBeyond),
                Some(D::NeedsAdministrator),
                Some(D::NotLicensed),
                Some(D::NoInvitation),
            ],
        ),
        (
            "copy a link",
            &[
                None,
                Some(D::InsideView),
                Some(D::ReachesBeyond),
                Some(D::NeedsAdministrator),
                Some(D::NotLicensed),
                Some(D::NoInvitation),
                Some(D::InvitationExpired),
            ],
        ),
        (
            "remove",
            &[
                None,
                Some(D::InsideView),
                Some(D::OwnRemoval),
                Some(D::ReachesBeyond),
                Some(D::NeedsAdministrator),
                Some(D::LastManager),
            ],
        ),
        (
            "view",
            &[
                None,
                Some(D::InsideView),
                Some(D::OwnView),
                Some(D::NothingToView),
                Some(D::ViewNeedsAdministrator),
            ],
        ),
    ]
};

fn outcomes(world: &World) -> Vec<(&'static str, Option<Denial>)> {
    let first = |denials: &rules::Denials| denials.first().copied();
    let promised = rules::promised(&world.tree, &world.users[0], &world.pending);
    let mut removal = first(&removing::denials(world));
    if removal.is_none() && removing::leaves_alone(world) {
        removal = Some(Denial::LastManager);
    }
    let mut outcomes = vec![
        ("change", first(&changes::denials(world))),
        ("assign", first(&changes::assigning(world))),
        ("promise", first(&giving::promising(world, &promised))),
        ("send a link", giving::sending(world).err()),
        ("copy a link", giving::copying(world).err()),
        ("remove", removal),
        ("view", viewing::denial(world)),
    ];
    outcomes.extend(world.pending.iter().map(|grant| ("give", first(&giving::giving(world, grant)))));
    outcomes
}

#[test]
fn every_denial_that_a_function_can_give_comes_up_often_and_no_other() {
    let mut seen: BTreeMap<(&str, Option<Denial>), usize> = BTreeMap::new();
    for world in fixed_worlds(3_000) {
        for outcome in outcomes(&world) {
            *seen.entry(outcome).or_default() += 1;
        }
    }
    for (function, outcomes) in OUTCOMES {
        for &outcome in outcomes {
            let times = seen.remove(&(function, outcome)).unwrap_or_default();
            assert!(times >= 15, "{function} gave {outcome:?} only {times} times");
        }
    }
    assert!(seen.is_empty(), "{seen:?}");
    let all: std::collections::BTreeSet<_> =
        OUTCOMES.iter().flat_map(|(_, outcomes)| outcomes.iter()).collect();
    assert!(Denial::ALL.iter().all(|&denial| all.contains(&Some(denial))));
}

#[test]
fn every_other_branch_comes_up_often() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for world in fixed_worlds(2_000) {
        let mut count = |branch, happens: bool| *seen.entry(branch).or_default() += usize::from(happens);
        let (tree, reader, held) = (&world.tree, &world.users[0], world.held());
        let access = Access::new(tree, held);
        count("pinned", access.iter().any(|here| matches!(here.provenance(), Provenance::Pinned { .. })));
        count(
            "overrides",
            access.iter().any(|here| matches!(here.provenance(), Provenance::Overrides { .. })),
        );
        count("reduces", access.iter().any(|here| here.assigned.is_some() && here.reduces()));
        count(
            "only inherited",
            access.iter().any(|here| here.inherited_from.is_some() && !Notified::judge(here, true).value),
        );
        count("invisible", seeing::status(&world).is_none());
        count("active", seeing::status(&world) == Some(Status::Active));
        count("invited", seeing::status(&world) == Some(Status::Invited));
        count("expired", seeing::status(&world) == Some(Status::Expired));

        let left = rules::removed(tree, reader, held);
        count(
            "a removal writes the empty set",
            left.iter().any(|(node, roles)| held.get(node) != Some(roles)),
        );
        count(
            "a removal leaves something elsewhere",
            left != *held && left.values().any(|roles| !roles.is_empty()),
        );
        let mut since = left.clone();
        since.extend(&world.grants);
        count("somebody touched what was taken", Taken::between(held, &left).give_back(&since).is_none());
        let shown: Vec<_> =
            rules::nodes(tree).into_iter().map(|node| viewing::viewed(&world, node)).collect();
        count("a view of what is promised", shown.iter().any(|shown| matches!(shown, Ok((_, true)))));
        let is_above = |shown: &Result<_, _>| *shown == Err(Denial::ViewNeedsAdministrator);
        count(
            "a view without its administrator nodes",
            shown.iter().any(is_above) && shown.iter().any(Result::is_ok),
        );
        let sent = giving::sending(&world).unwrap_or_default().len();
        count("a link that covers a part", sent > 0 && sent < world.pending.len());
        count("outside the tree", world.wanted.keys().any(|&node| tree.position(node).is_none()));
    }
    for (branch, times) in seen {
        assert!(times >= 30, "{branch}: only {times} times");
    }
}
