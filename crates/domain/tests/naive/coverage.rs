//! Checks that the random worlds cover every outcome often enough. Otherwise a property test could pass without
//! testing anything.

use std::collections::BTreeMap;

use studio_users_domain::{
    AccessDiff, AccessStatus, Denial, Notified, Provenance, is_without_access, keeps_trace,
};

use crate::world::{World, fixed_worlds};
use crate::{changes, grants, impersonation, management, pauses, removal, rules, visibility};

/// The possible outcomes of each function: a denial, or `None` for success.
const OUTCOMES: [(&str, &[Option<Denial>]); 12] = {
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
                Some(D::OutlastsOwn),
                Some(D::AddressUnconfirmed),
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
                Some(D::OutlastsOwn),
                Some(D::AddressUnconfirmed),
                Some(D::OwnManagement),
                Some(D::LastManager),
            ],
        ),
        (
            "grant",
            &[
                None,
                Some(D::InsideView),
                Some(D::NotManaged),
                Some(D::ReachesBeyond),
                Some(D::NeedsAdministrator),
                Some(D::NotLicensed),
                Some(D::OutlastsOwn),
            ],
        ),
        (
            "issue",
            &[
                None,
                Some(D::InsideView),
                Some(D::NotManaged),
                Some(D::ReachesBeyond),
                Some(D::NeedsAdministrator),
                Some(D::NotLicensed),
                Some(D::OutlastsOwn),
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
                Some(D::OutlastsOwn),
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
                Some(D::OutlastsOwn),
                Some(D::NoInvitation),
                Some(D::InvitationExpired),
            ],
        ),
        (
            "correct",
            &[
                None,
                Some(D::InsideView),
                Some(D::ReachesBeyond),
                Some(D::NeedsAdministrator),
                Some(D::NotLicensed),
                Some(D::OutlastsOwn),
                Some(D::NoInvitation),
                Some(D::HasJoined),
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
        (
            "pause",
            &[
                None,
                Some(D::InsideView),
                Some(D::OwnRemoval),
                Some(D::NotManaged),
                Some(D::ReachesBeyond),
                Some(D::NeedsAdministrator),
            ],
        ),
        (
            "resume",
            &[
                None,
                Some(D::InsideView),
                Some(D::NotManaged),
                Some(D::ReachesBeyond),
                Some(D::NeedsAdministrator),
                Some(D::OutlastsOwn),
                Some(D::AddressUnconfirmed),
            ],
        ),
        ("end sessions", &[None, Some(D::InsideView), Some(D::NotManaged), Some(D::NeedsAdministrator)]),
    ]
};

fn outcomes(world: &World) -> Vec<(&'static str, Option<Denial>)> {
    let first = |denials: &rules::Denials| denials.first().copied();
    let pending = rules::pending_held(&world.tree, &world.users[0], &world.pending, world.now);
    let mut removal = first(&removal::denials(world));
    if removal.is_none() && removal::leaves_no_manager(world) {
        removal = Some(Denial::LastManager);
    }
    let mut outcomes = vec![
        ("change", first(&changes::denials(world))),
        ("assign", first(&changes::assign_denials(world))),
        ("grant", first(&grants::grant_denials(world, &pending))),
        ("send a link", grants::send_link(world).err()),
        ("copy a link", grants::copy_link(world).err()),
        ("correct", grants::correct(world).err()),
        ("remove", removal),
        ("view", impersonation::denial(world)),
        ("pause", first(&pauses::pause_denials(world))),
        ("resume", first(&pauses::resume_denials(world))),
        ("end sessions", first(&management::session_denials(world))),
    ];
    outcomes.extend(world.pending.iter().map(|grant| ("issue", first(&grants::issue_denials(world, grant)))));
    outcomes
}

#[test]
fn covers_exactly_the_possible_denials_of_each_function() {
    let mut seen: BTreeMap<(&str, Option<Denial>), usize> = BTreeMap::new();
    for world in fixed_worlds(3_000) {
        for outcome in outcomes(&world) {
            *seen.entry(outcome).or_default() += 1;
        }
    }
    for (function, outcomes) in OUTCOMES {
        for &outcome in outcomes {
            let times = seen.remove(&(function, outcome)).unwrap_or_default();
            assert!(times >= 15, "{function} returned {outcome:?} only {times} times");
        }
    }
    assert!(seen.is_empty(), "unexpected outcomes: {seen:?}");
    let all: std::collections::BTreeSet<_> =
        OUTCOMES.iter().flat_map(|(_, outcomes)| outcomes.iter()).collect();
    assert!(Denial::ALL.iter().all(|&denial| all.contains(&Some(denial))));
}

#[test]
fn covers_every_other_branch() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for world in fixed_worlds(2_000) {
        let mut count = |branch, happens: bool| *seen.entry(branch).or_default() += usize::from(happens);
        let (tree, held, now) = (&world.tree, world.held(), world.now);
        let state = held.held(now);
        let access = state.access(tree);
        count("pinned", access.iter().any(|here| matches!(here.provenance(), Provenance::Pinned { .. })));
        count(
            "overrides",
            access.iter().any(|here| matches!(here.provenance(), Provenance::Overrides { .. })),
        );
        count("reduces", access.iter().any(|here| here.assigned.is_some() && here.reduces()));
        count(
            "only inherited",
            access.iter().any(|here| here.inherited_from.is_some() && !Notified::evaluate(here, true).value),
        );
        count("invisible", visibility::status(&world).is_none());
        for status in AccessStatus::ALL {
            count(status.wire_name(), visibility::status(&world) == Some(status));
        }

        let remaining = removal::remaining(&world).held(now);
        let left = remaining.assignments();
        count(
            "a removal writes the empty set",
            left.keys().any(|&node| state.entries().at(node) != remaining.entries().at(node)),
        );
        count(
            "a removal keeps access elsewhere",
            remaining != state && left.values().any(|roles| !roles.is_empty()),
        );
        let since = rules::with_grants(tree, &removal::remaining(&world), &world.grants, now);
        let diff = AccessDiff::between(&state, &remaining);
        count("the removed access changed since", diff.revert(&since.held(now), now).is_none());
        count("a removal leaves a trace", is_without_access(tree, &remaining) && keeps_trace(&remaining));
        count("a paused node", access.iter().any(|here| here.is_paused));
        let is_left_out = |pause: &studio_users_domain::Pause| !pause.left_out.is_empty();
        count("a pause leaves out a node", state.pauses().iter().any(is_left_out));
        count(
            "a later moment changes the roles",
            (0..tree.len()).any(|at| !state.later_access(tree, at).is_empty()),
        );
        count(
            "a later moment gives roles",
            (0..tree.len()).any(|at| {
                let later = state.later_access(tree, at);
                later.iter().any(|(_, here)| !here.effective.is_subset(access.at(at).effective))
            }),
        );
        let own = rules::managed_nodes(tree, &world.users[0], now).len();
        let later =
            rules::moments(now).map(|moment| rules::managed_nodes(tree, &world.users[0], moment).len());
        count("the actor manages less later", later.into_iter().any(|nodes| nodes < own));
        let shown = impersonation::viewed_roles(&world);
        count("a view of pending access", shown.iter().any(|shown| matches!(shown, Ok((_, true)))));
        let needs_administrator = |shown: &Result<_, _>| *shown == Err(Denial::ViewNeedsAdministrator);
        count(
            "a view without the administrator nodes",
            shown.iter().any(needs_administrator) && shown.iter().any(Result::is_ok),
        );
        let sent = grants::send_link(&world).unwrap_or_default().len();
        count("a link that covers only some grants", sent > 0 && sent < world.pending.len());
        let moved = grants::correct(&world).map(|(moved, _)| moved.len()).unwrap_or_default();
        count("a correction that leaves some grants", moved > 0 && moved < world.pending.len());
        let void = (0..world.pending.len()).filter(|&index| grants::is_void(&world, index)).count();
        count("a void grant", void > 0 && void < world.pending.len());
        count("a blocked grant", (0..world.pending.len()).any(|index| grants::is_blocked(&world, index)));
        count(
            "outside the tree",
            world.wanted.entries.iter().any(|(node, _)| tree.position(*node).is_none()),
        );
    }
    for (branch, times) in seen {
        assert!(times >= 30, "{branch} occurred only {times} times");
    }
}
