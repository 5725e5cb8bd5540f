use studio_users_domain::{Assignments, Denial, Role, RoleSet, Taken, is_without_access};

use crate::organisation::*;

#[test]
fn the_manager_of_an_environment_shuts_the_agencys_person_out_of_it_and_takes_nothing_else() {
    let operator = held([(AGENCY, Role::Operator), (SHOP, Role::Agent)]);
    let waiting = [pending(SHOP, Role::Planner), pending(BANK, Role::Planner)];
    let removal =
        acting(&held([(SHOP, MANAGER)]), |me| me.may_remove(THEM, &subject(&operator, &waiting))).unwrap();
    let left = Assignments::from([(AGENCY, Role::Operator.into()), (SHOP, RoleSet::empty())]);
    assert_eq!((removal.left, removal.ended), (left, vec![0]));
}

#[test]
fn the_manager_of_everything_leaves_nothing() {
    let agent = Assignments::from([
        (AGENCY, Role::Agent.into()),
        (SHOP, RoleSet::empty()),
        (ZOO, Role::Agent.into()),
    ]);
    let removal =
        acting(&held([(PROVIDER, MANAGER)]), |me| me.may_remove(THEM, &subject(&agent, &[]))).unwrap();
    assert!(removal.left.is_empty() && is_without_access(&tree(), &removal.left));
}

#[test]
fn nobody_removes_themselves() {
    let me = held([(AGENCY, MANAGER)]);
    assert_eq!(
        acting(&me, |actor| actor.may_remove(ME, &subject(&me, &[])).unwrap_err()),
        Denial::OwnRemoval
    );
}

#[test]
fn an_organisation_manager_removes_no_administrator_not_even_a_promised_one() {
    let manager = held([(SHOP, MANAGER)]);
    let removing = |them| acting(&manager, |me| me.may_remove(THEM, &them).map(|_| ()));
    let administrator = held([(AGENCY, Role::Administrator)]);
    assert_eq!(removing(subject(&administrator, &[])), Err(Denial::NeedsAdministrator));
    let promised = subject(&held([(SHOP, Role::Agent)]), &[pending(SHOP, Role::Administrator)]);
    assert_eq!(removing(promised), Err(Denial::NeedsAdministrator));
}

#[test]
fn of_two_managers_who_remove_each_other_one_is_left() {
    let both = held([(AGENCY, MANAGER)]);
    let first = acting(&both, |me| me.may_remove(THEM, &subject(&both, &[]))).unwrap();
    assert_eq!(first.keeps_managers(&managed(&both)), Ok(()));
    // The second is judged after the first: who manages nothing any more takes nothing.
    let second = acting(&first.left, |me| me.may_remove(THEM, &subject(&both, &[]))).unwrap();
    assert_eq!(second.left, both);
    let second = acting(&first.left, |me| me.may_change(&change(&both, &held([]))));
    assert_eq!(second, Err(Denial::NotManaged));
    // Both at once, whoever asks for it, would leave nobody.
    assert_eq!(first.keeps_managers(&managed(&first.left)), Err(Denial::LastManager));
}

#[test]
fn what_was_taken_comes_back() {
    let operator = held([(AGENCY, Role::Operator), (SHOP, Role::Agent), (ZOO, Role::Planner)]);
    let removal =
        acting(&held([(AGENCY, MANAGER)]), |me| me.may_remove(THEM, &subject(&operator, &[]))).unwrap();
    let taken = Taken::between(&operator, &removal.left);
    assert_eq!(taken.give_back(&removal.left), Some(operator.clone()));

    let mut elsewhere = removal.left.clone();
    elsewhere.insert(ZOO, Role::Agent.into());
    let mut expected = operator;
    expected.insert(ZOO, Role::Agent.into());
    assert_eq!(taken.give_back(&elsewhere), Some(expected));

    let mut touched = removal.left;
    touched.insert(SHOP, Role::Planner.into());
    assert_eq!(taken.give_back(&touched), None);
}

#[test]
fn a_restore_that_the_rules_no_longer_allow_is_denied() {
    let them = held([(SHOP, Role::Administrator)]);
    let removal =
        acting(&held([(AGENCY, Role::Administrator)]), |me| me.may_remove(THEM, &subject(&them, &[])))
            .unwrap();
    let restored = Taken::between(&them, &removal.left).give_back(&removal.left).unwrap();
    // Whoever removed them is an organisation manager by now, or manages the shop no more.
    let again = |holding| may_change(&holding, &removal.left, &restored);
    assert_eq!(again(held([(AGENCY, Role::Administrator)])), Ok(()));
    assert_eq!(again(held([(AGENCY, MANAGER)])), Err(Denial::NeedsAdministrator));
    assert_eq!(again(held([(BANK, Role::Administrator)])), Err(Denial::NotManaged));
}
