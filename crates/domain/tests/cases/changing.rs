use studio_users_domain::{Access, Actor, Assignments, Denial, NodeId, Role, RoleSet};
use uuid::Uuid;

use crate::organisation::*;

#[test]
fn an_organisation_manager_may_give_every_role_but_administrator_to_themselves_too() {
    let manager = held([(SHOP, MANAGER)]);
    for role in Role::all() {
        let expected = if role == Role::Administrator { Err(Denial::NeedsAdministrator) } else { Ok(()) };
        assert_eq!(may_change(&manager, &held([]), &held([(SHOP, role)])), expected, "{role:?}");

        let more = Assignments::from([(SHOP, MANAGER | role)]);
        let nobody_else = managed(&held([]));
        let own = acting(&manager, |actor| actor.may_assign(ME, &change(&manager, &more), &nobody_else));
        assert_eq!(own, expected, "{role:?}");
    }
}

#[test]
fn an_administrator_may_give_every_licensed_role() {
    let administrator = held([(AGENCY, Role::Administrator)]);
    for role in Role::all() {
        assert_eq!(may_change(&administrator, &held([]), &held([(SHOP, role)])), Ok(()));
        let expected = if role == Role::Developer { Err(Denial::NotLicensed) } else { Ok(()) };
        assert_eq!(may_change(&administrator, &held([]), &held([(BANK, role)])), expected);
        // It would arrive at the bank as well.
        assert_eq!(may_change(&administrator, &held([]), &held([(AGENCY, role)])), expected);
    }
}

#[test]
fn a_role_already_held_is_kept_whatever_the_licence_says() {
    let developer = held([(BANK, Role::Developer)]);
    let more = Assignments::from([(BANK, Role::Developer | Role::Agent)]);
    assert_eq!(may_change(&held([(BANK, MANAGER)]), &developer, &more), Ok(()));
}

#[test]
fn nothing_changes_where_the_actor_does_not_manage() {
    let manager = held([(SHOP, MANAGER)]);
    let agent = held([(BANK, Role::Agent)]);
    assert_eq!(may_change(&manager, &held([]), &agent), Err(Denial::NotManaged));
    assert_eq!(may_change(&manager, &agent, &held([])), Err(Denial::NotManaged));
    let nowhere = held([(NodeId(Uuid::from_u128(99)), Role::Agent)]);
    assert_eq!(
        may_change(&held([(PROVIDER, Role::Administrator)]), &held([]), &nowhere),
        Err(Denial::NotManaged)
    );
}

#[test]
fn one_denied_node_denies_the_whole_change_and_the_first_reason_is_told() {
    let manager = held([(AGENCY, MANAGER)]);
    let wanted = held([(SHOP, Role::Agent), (BANK, Role::Administrator)]);
    assert_eq!(may_change(&manager, &held([]), &wanted), Err(Denial::NeedsAdministrator));
    let wanted = held([(SHOP, Role::Agent), (BANK, Role::Administrator), (ZOO, Role::Agent)]);
    assert_eq!(may_change(&manager, &held([]), &wanted), Err(Denial::NotManaged));
}

#[test]
fn a_role_cannot_be_gained_where_the_actor_is_shut_out_but_can_be_lost_there() {
    let manager = Assignments::from([(AGENCY, MANAGER.into()), (BANK, RoleSet::empty())]);
    let agent = held([(AGENCY, Role::Agent)]);
    assert_eq!(may_change(&manager, &held([]), &agent), Err(Denial::ReachesBeyond));
    assert_eq!(may_change(&manager, &agent, &held([])), Ok(()));
    // An assignment of the bank's own keeps the change from reaching it.
    let own = held([(BANK, Role::Planner)]);
    let both = held([(AGENCY, Role::Agent), (BANK, Role::Planner)]);
    assert_eq!(may_change(&manager, &own, &both), Ok(()));
}

#[test]
fn an_administrator_out_of_the_actors_sight_stays_one_and_is_not_named() {
    let manager = Assignments::from([(AGENCY, Role::Administrator.into()), (BANK, MANAGER.into())]);
    let administrator = held([(AGENCY, Role::Administrator)]);
    assert_eq!(may_change(&manager, &administrator, &held([])), Err(Denial::NeedsAdministrator));
    let shut_out = Assignments::from([(AGENCY, Role::Administrator.into()), (BANK, RoleSet::empty())]);
    assert_eq!(may_change(&shut_out, &administrator, &held([])), Err(Denial::ReachesBeyond));
}

#[test]
fn an_organisation_manager_cannot_touch_an_administrator() {
    let manager = held([(SHOP, MANAGER)]);
    let administrator = held([(SHOP, Role::Administrator)]);
    let less = held([(SHOP, Role::Agent)]);
    let more = Assignments::from([(SHOP, Role::Administrator | Role::Agent)]);
    for after in [&held([]), &less, &more] {
        assert_eq!(may_change(&manager, &administrator, after), Err(Denial::NeedsAdministrator));
    }
}

#[test]
fn rights_are_those_from_before_the_request() {
    let manager = held([(SHOP, MANAGER)]);
    let promoted = Assignments::from([(SHOP, MANAGER | Role::Administrator)]);
    assert_eq!(may_change(&manager, &manager, &promoted), Err(Denial::NeedsAdministrator));
    let wider = held([(AGENCY, MANAGER), (SHOP, MANAGER)]);
    assert_eq!(may_change(&manager, &manager, &wider), Err(Denial::NotManaged));
}

#[test]
fn nobody_stops_managing_by_their_own_hand() {
    let everybody = managed(&held([(PROVIDER, MANAGER)]));
    let administrator = held([(AGENCY, Role::Administrator)]);
    let stepping_down_to =
        |after| acting(&administrator, |me| me.may_assign(ME, &change(&administrator, &after), &everybody));
    assert_eq!(stepping_down_to(held([])), Err(Denial::OwnManagement));
    let elsewhere = held([(AGENCY, Role::Administrator), (SHOP, Role::Agent)]);
    assert_eq!(stepping_down_to(elsewhere), Err(Denial::OwnManagement));
    assert_eq!(stepping_down_to(held([(AGENCY, MANAGER)])), Ok(()));
}

#[test]
fn a_node_keeps_a_manager_even_where_the_actor_manages_no_longer() {
    let manager = Assignments::from([(AGENCY, MANAGER.into()), (BANK, RoleSet::empty())]);
    let them = held([(AGENCY, MANAGER)]);
    let dismissed = change(&them, &held([]));
    let dismiss = |others| acting(&manager, |me| me.may_assign(THEM, &dismissed, &others));
    assert_eq!(dismiss(managed(&manager)), Err(Denial::LastManager));
    assert_eq!(dismiss(managed(&held([(PROVIDER, MANAGER)]))), Ok(()));
}

#[test]
fn an_environment_without_a_manager_of_its_own_is_told_and_not_refused() {
    let (agency, them) = (held([(AGENCY, MANAGER)]), held([(SHOP, MANAGER)]));
    let demoted = change(&them, &held([(SHOP, Role::Agent)]));
    assert_eq!(acting(&agency, |me| me.may_assign(THEM, &demoted, &managed(&agency))), Ok(()));
    assert_eq!(demoted.stops_managing_itself().collect::<Vec<_>>(), [tree().position(SHOP).unwrap()]);
}

#[test]
fn inside_a_view_nothing_may_be_done() {
    let (tree, all) = (tree(), held([(PROVIDER, Role::Administrator)]));
    let access = Access::new(&tree, &all);
    let viewer = Actor::new(&tree, ME, &access, true);
    let grant = pending(SHOP, Role::Agent);
    let them = subject(&held([(SHOP, Role::Agent)]), std::slice::from_ref(&grant));
    let denied = Denial::InsideView;
    assert_eq!(viewer.may_change(&change(&held([]), &held([]))), Err(denied));
    assert_eq!(viewer.may_promise(&held([]), &held([])), Err(denied));
    assert_eq!(viewer.may_give(&grant), Err(denied));
    assert_eq!(viewer.may_send_link(&them.pending), Err(denied));
    assert_eq!(viewer.may_revoke(&them.pending), Err(denied));
    assert_eq!(viewer.may_remove(THEM, &them).unwrap_err(), denied);
    assert_eq!(viewer.may_view(THEM, &them, NOW).unwrap_err(), denied);
}
