use studio_users_domain::{Access, Actor, Assignments, Denial, NodeId, Role, RoleSet};
use uuid::Uuid;

use crate::organisation::*;

#[test]
fn an_organisation_manager_gives_every_role_except_administrator_also_to_themselves() {
    let manager = held([(SHOP, MANAGER)]);
    for role in Role::all() {
        let expected = if role == Role::Administrator { Err(Denial::NeedsAdministrator) } else { Ok(()) };
        assert_eq!(may_change(&manager, &held([]), &held([(SHOP, role)])), expected, "{role:?}");

        let more = Assignments::from([(SHOP, MANAGER | role)]);
        let no_other_manager = managed(&held([]));
        let own =
            as_actor(&manager, |actor| actor.may_assign(ME, &change(&manager, &more), &no_other_manager));
        assert_eq!(own, expected, "{role:?}");
    }
}

#[test]
fn an_administrator_gives_every_licensed_role() {
    let administrator = held([(AGENCY, Role::Administrator)]);
    for role in Role::all() {
        assert_eq!(may_change(&administrator, &held([]), &held([(SHOP, role)])), Ok(()));
        let expected = if role == Role::Developer { Err(Denial::NotLicensed) } else { Ok(()) };
        assert_eq!(may_change(&administrator, &held([]), &held([(BANK, role)])), expected);
        // The bank would inherit the role.
        assert_eq!(may_change(&administrator, &held([]), &held([(AGENCY, role)])), expected);
    }
}

#[test]
fn keeps_a_held_role_that_the_licence_disables() {
    let developer = held([(BANK, Role::Developer)]);
    let more = Assignments::from([(BANK, Role::Developer | Role::Agent)]);
    assert_eq!(may_change(&held([(BANK, MANAGER)]), &developer, &more), Ok(()));
}

#[test]
fn rejects_changes_at_unmanaged_nodes() {
    let manager = held([(SHOP, MANAGER)]);
    let agent = held([(BANK, Role::Agent)]);
    assert_eq!(may_change(&manager, &held([]), &agent), Err(Denial::NotManaged));
    assert_eq!(may_change(&manager, &agent, &held([])), Err(Denial::NotManaged));
    let unknown_node = held([(NodeId(Uuid::from_u128(99)), Role::Agent)]);
    assert_eq!(
        may_change(&held([(PROVIDER, Role::Administrator)]), &held([]), &unknown_node),
        Err(Denial::NotManaged)
    );
}

#[test]
fn one_denied_node_rejects_the_whole_change_with_the_first_reason() {
    let manager = held([(AGENCY, MANAGER)]);
    let wanted = held([(SHOP, Role::Agent), (BANK, Role::Administrator)]);
    assert_eq!(may_change(&manager, &held([]), &wanted), Err(Denial::NeedsAdministrator));
    let wanted = held([(SHOP, Role::Agent), (BANK, Role::Administrator), (ZOO, Role::Agent)]);
    assert_eq!(may_change(&manager, &held([]), &wanted), Err(Denial::NotManaged));
}

#[test]
fn rejects_gaining_but_allows_losing_a_role_at_unmanaged_nodes_below() {
    let manager = Assignments::from([(AGENCY, MANAGER.into()), (BANK, RoleSet::empty())]);
    let agent = held([(AGENCY, Role::Agent)]);
    assert_eq!(may_change(&manager, &held([]), &agent), Err(Denial::ReachesBeyond));
    assert_eq!(may_change(&manager, &agent, &held([])), Ok(()));
    // The bank has its own assignment, so it does not inherit the change.
    let own = held([(BANK, Role::Planner)]);
    let both = held([(AGENCY, Role::Agent), (BANK, Role::Planner)]);
    assert_eq!(may_change(&manager, &own, &both), Ok(()));
}

#[test]
fn does_not_reveal_an_administrator_at_an_unmanaged_node() {
    let manager = Assignments::from([(AGENCY, Role::Administrator.into()), (BANK, MANAGER.into())]);
    let administrator = held([(AGENCY, Role::Administrator)]);
    assert_eq!(may_change(&manager, &administrator, &held([])), Err(Denial::NeedsAdministrator));
    let without_bank = Assignments::from([(AGENCY, Role::Administrator.into()), (BANK, RoleSet::empty())]);
    assert_eq!(may_change(&without_bank, &administrator, &held([])), Err(Denial::ReachesBeyond));
}

#[test]
fn an_organisation_manager_cannot_change_an_administrator() {
    let manager = held([(SHOP, MANAGER)]);
    let administrator = held([(SHOP, Role::Administrator)]);
    let less = held([(SHOP, Role::Agent)]);
    let more = Assignments::from([(SHOP, Role::Administrator | Role::Agent)]);
    for after in [&held([]), &less, &more] {
        assert_eq!(may_change(&manager, &administrator, after), Err(Denial::NeedsAdministrator));
    }
}

#[test]
fn checks_the_permissions_from_before_the_request() {
    let manager = held([(SHOP, MANAGER)]);
    let promoted = Assignments::from([(SHOP, MANAGER | Role::Administrator)]);
    assert_eq!(may_change(&manager, &manager, &promoted), Err(Denial::NeedsAdministrator));
    let wider = held([(AGENCY, MANAGER), (SHOP, MANAGER)]);
    assert_eq!(may_change(&manager, &manager, &wider), Err(Denial::NotManaged));
}

#[test]
fn rejects_giving_up_ones_own_management() {
    let others = managed(&held([(PROVIDER, MANAGER)]));
    let administrator = held([(AGENCY, Role::Administrator)]);
    let stepping_down_to =
        |after| as_actor(&administrator, |me| me.may_assign(ME, &change(&administrator, &after), &others));
    assert_eq!(stepping_down_to(held([])), Err(Denial::OwnManagement));
    let elsewhere = held([(AGENCY, Role::Administrator), (SHOP, Role::Agent)]);
    assert_eq!(stepping_down_to(elsewhere), Err(Denial::OwnManagement));
    assert_eq!(stepping_down_to(held([(AGENCY, MANAGER)])), Ok(()));
}

#[test]
fn keeps_a_manager_at_unmanaged_nodes_below() {
    let manager = Assignments::from([(AGENCY, MANAGER.into()), (BANK, RoleSet::empty())]);
    let them = held([(AGENCY, MANAGER)]);
    let removed = change(&them, &held([]));
    let remove = |others| as_actor(&manager, |me| me.may_assign(THEM, &removed, &others));
    assert_eq!(remove(managed(&manager)), Err(Denial::LastManager));
    assert_eq!(remove(managed(&held([(PROVIDER, MANAGER)]))), Ok(()));
}

#[test]
fn reports_but_allows_an_environment_without_its_own_manager() {
    let (agency, them) = (held([(AGENCY, MANAGER)]), held([(SHOP, MANAGER)]));
    let demoted = change(&them, &held([(SHOP, Role::Agent)]));
    assert_eq!(as_actor(&agency, |me| me.may_assign(THEM, &demoted, managed(&agency))), Ok(()));
    assert_eq!(demoted.stops_managing_directly().collect::<Vec<_>>(), [tree().position(SHOP).unwrap()]);
}

#[test]
fn rejects_every_action_inside_a_view() {
    let (tree, all) = (tree(), held([(PROVIDER, Role::Administrator)]));
    let access = Access::new(&tree, &all);
    let viewer = Actor::new(&tree, ME, &access, true);
    let grant = pending(SHOP, Role::Agent);
    let them = target(&held([(SHOP, Role::Agent)]), std::slice::from_ref(&grant));
    let denied = Denial::InsideView;
    assert_eq!(viewer.may_change(&change(&held([]), &held([]))), Err(denied));
    assert_eq!(viewer.may_grant(held([]), &held([])), Err(denied));
    assert_eq!(viewer.may_issue(&grant), Err(denied));
    assert_eq!(viewer.may_send_link(&them, NOW), Err(denied));
    assert_eq!(viewer.may_correct(&them, &[]), Err(denied));
    assert_eq!(viewer.may_revoke(&them.pending), Err(denied));
    assert_eq!(viewer.may_remove(THEM, &them).unwrap_err(), denied);
    assert_eq!(viewer.may_impersonate(THEM, &them, NOW).unwrap_err(), denied);
}
