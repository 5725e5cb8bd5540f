use studio_users_domain::{AssignmentDiff, Assignments, Denial, Role, RoleSet, is_without_access};

use crate::organisation::*;

#[test]
fn an_environment_manager_removes_an_agency_user_from_that_environment_only() {
    let operator = held([(AGENCY, Role::Operator), (SHOP, Role::Agent)]);
    let grants = [pending(SHOP, Role::Planner), pending(BANK, Role::Planner)];
    let removal =
        as_actor(&held([(SHOP, MANAGER)]), |me| me.may_remove(THEM, &target(&operator, &grants))).unwrap();
    let remaining = Assignments::from([(AGENCY, Role::Operator.into()), (SHOP, RoleSet::empty())]);
    assert_eq!((removal.remaining.assignments(), removal.revoked), (remaining, vec![0]));
}

#[test]
fn a_manager_of_the_root_removes_all_access() {
    let agent = Assignments::from([
        (AGENCY, Role::Agent.into()),
        (SHOP, RoleSet::empty()),
        (ZOO, Role::Agent.into()),
    ]);
    let removal =
        as_actor(&held([(PROVIDER, MANAGER)]), |me| me.may_remove(THEM, &target(&agent, &[]))).unwrap();
    assert!(removal.remaining.entries().is_empty() && is_without_access(&tree(), &removal.remaining));
}

#[test]
fn rejects_removing_oneself() {
    let me = held([(AGENCY, MANAGER)]);
    assert_eq!(
        as_actor(&me, |actor| actor.may_remove(ME, &target(&me, &[])).unwrap_err()),
        Denial::OwnRemoval
    );
}

#[test]
fn an_organisation_manager_cannot_remove_a_current_or_pending_administrator() {
    let manager = held([(SHOP, MANAGER)]);
    let removal = |them| as_actor(&manager, |me| me.may_remove(THEM, &them).map(|_| ()));
    let administrator = held([(AGENCY, Role::Administrator)]);
    assert_eq!(removal(target(&administrator, &[])), Err(Denial::NeedsAdministrator));
    let pending_administrator = target(&held([(SHOP, Role::Agent)]), &[pending(SHOP, Role::Administrator)]);
    assert_eq!(removal(pending_administrator), Err(Denial::NeedsAdministrator));
}

#[test]
fn two_managers_cannot_remove_each_other() {
    let both = held([(AGENCY, MANAGER)]);
    let first = as_actor(&both, |me| me.may_remove(THEM, &target(&both, &[]))).unwrap();
    assert_eq!(first.keeps_managers(managed(&both)), Ok(()));
    // The second removal is checked after the first. Its actor manages nothing any more, so it removes nothing.
    let first_left = first.remaining.assignments();
    let second = as_actor(&first_left, |me| me.may_remove(THEM, &target(&both, &[]))).unwrap();
    assert_eq!(second.remaining.assignments(), both);
    let second = as_actor(&first_left, |me| me.may_change(&change(&both, &held([]))));
    assert_eq!(second, Err(Denial::NotManaged));
    // Removing both in one request would leave no manager, regardless of the actor.
    assert_eq!(first.keeps_managers(managed(&first_left)), Err(Denial::LastManager));
}

#[test]
fn restores_the_removed_assignments() {
    let operator = held([(AGENCY, Role::Operator), (SHOP, Role::Agent), (ZOO, Role::Planner)]);
    let removal =
        as_actor(&held([(AGENCY, MANAGER)]), |me| me.may_remove(THEM, &target(&operator, &[]))).unwrap();
    let remaining = removal.remaining.assignments();
    let diff = AssignmentDiff::between(&operator, &remaining);
    assert_eq!(diff.revert(&remaining), Some(operator.clone()));

    let mut elsewhere = remaining.clone();
    elsewhere.insert(ZOO, Role::Agent.into());
    let mut expected = operator;
    expected.insert(ZOO, Role::Agent.into());
    assert_eq!(diff.revert(&elsewhere), Some(expected));

    let mut changed = remaining;
    changed.insert(SHOP, Role::Planner.into());
    assert_eq!(diff.revert(&changed), None);
}

#[test]
fn rejects_a_restore_without_permission() {
    let them = held([(SHOP, Role::Administrator)]);
    let removal =
        as_actor(&held([(AGENCY, Role::Administrator)]), |me| me.may_remove(THEM, &target(&them, &[])))
            .unwrap();
    let remaining = removal.remaining.assignments();
    let restored = AssignmentDiff::between(&them, &remaining).revert(&remaining).unwrap();
    // The actor of the removal is only an organisation manager by now, or no longer manages the shop.
    let restore = |actor| may_change(&actor, &remaining, &restored);
    assert_eq!(restore(held([(AGENCY, Role::Administrator)])), Ok(()));
    assert_eq!(restore(held([(AGENCY, MANAGER)])), Err(Denial::NeedsAdministrator));
    assert_eq!(restore(held([(BANK, Role::Administrator)])), Err(Denial::NotManaged));
}
