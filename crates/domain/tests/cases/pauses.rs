//! Paused access.

use chrono::{DateTime, Utc};
use studio_users_domain::{
    AccessDiff, AccessStatus, Author, Denial, Entries, Entry, HeldAccess, NewPause, NodeId, NodesOverTime,
    Notified, NotifiedReason, Overview, Pausing, PendingGrant, Role, TargetUser, UserId, blocked_grants,
    void_grants,
};

use crate::organisation::*;

fn holiday(node: Option<NodeId>, until: Option<DateTime<Utc>>) -> NewPause {
    NewPause { node, since: NOW, until, reason: "Holiday".into() }
}

fn pause(actor: &HeldAccess, them: &HeldAccess, node: Option<NodeId>) -> Result<Pausing, Denial> {
    as_holder(actor, |me| me.may_pause(THEM, &holding(them, &[]), &holiday(node, None)))
}

fn roles(held: &HeldAccess, node: NodeId) -> studio_users_domain::RoleSet {
    held.access(&tree()).at(tree().position(node).unwrap()).effective
}

#[test]
fn a_manager_until_friday_pauses_and_resumes_a_colleague() {
    let (me, colleague) = (until([(AGENCY, MANAGER, Some(after(4)))]), until([(SHOP, Role::Operator, None)]));
    let paused = pause(&me, &colleague, None).unwrap().remaining;
    assert!(!paused.access(&tree()).has_roles());
    let resumed = as_holder(&me, |me| me.may_resume(&holding(&paused, &[]), None)).unwrap();
    assert_eq!(resumed.resumed, colleague);
    // The pause of another manager is checked over time.
    let by_another =
        HeldAccess::from(&colleague).with_more_pauses(paused.pauses().iter().cloned().map(|pause| {
            studio_users_domain::Pause { by: Author::User(UserId(uuid::Uuid::from_u128(9))), ..pause }
        }));
    let denied = as_holder(&me, |me| me.may_resume(&holding(&by_another, &[]), None)).map(|_| ());
    assert_eq!(denied, Err(Denial::OutlastsOwn));
    let for_good = until([(AGENCY, MANAGER, None)]);
    assert!(as_holder(&for_good, |me| me.may_resume(&holding(&by_another, &[]), None)).is_ok());
}

#[test]
fn an_agencys_operator_is_paused_in_one_environment_and_everywhere() {
    let operator = until([(AGENCY, Role::Operator, None), (ZOO, Role::Operator, None)]);
    let shop = pause(&until([(SHOP, MANAGER, None)]), &operator, Some(SHOP)).unwrap().remaining;
    assert!(roles(&shop, SHOP).is_empty());
    assert_eq!((roles(&shop, AGENCY), roles(&shop, BANK)), (Role::Operator.into(), Role::Operator.into()));
    let everywhere = pause(&until([(PROVIDER, MANAGER, None)]), &operator, None).unwrap();
    assert_eq!(everywhere.pauses.len(), 1, "one pause at the topmost node");
    assert!(!everywhere.remaining.access(&tree()).has_roles());
    let visible = |node| {
        let managed = managed(&held([(node, MANAGER)]));
        everywhere.remaining.visible_pauses(&tree(), &managed).count()
    };
    assert_eq!((visible(SHOP), visible(PROVIDER)), (0, 1), "only paused above, for a manager of the shop");
    // A manager of one environment cannot end the pause above it.
    let denied = as_holder(&until([(SHOP, MANAGER, None)]), |me| {
        me.may_resume(&holding(&everywhere.remaining, &[]), None).map(|_| ())
    });
    assert_eq!(denied, Err(Denial::NotManaged));
}

#[test]
fn a_pause_leaves_out_the_nodes_that_its_author_does_not_manage() {
    let entries = [(AGENCY, MANAGER.into()), (BANK, studio_users_domain::RoleSet::empty())];
    let me = HeldAccess::from(studio_users_domain::Assignments::from(entries));
    let operator = until([(AGENCY, Role::Operator, None)]);
    let paused = pause(&me, &operator, None).unwrap().remaining;
    assert_eq!(Vec::from_iter(&paused.pauses()[0].left_out), [&BANK]);
    assert!(roles(&paused, BANK).is_empty(), "inherits nothing from the paused agency");
    let own = until([(AGENCY, Role::Operator, None), (BANK, Role::Agent, None)]);
    assert_eq!(roles(&pause(&me, &own, None).unwrap().remaining, BANK), Role::Agent);
}

#[test]
fn pausing_needs_the_rights_of_a_removal() {
    let (manager, agent) = (until([(SHOP, MANAGER, None)]), until([(SHOP, Role::Agent, None)]));
    let denied = |them: &HeldAccess, node| pause(&manager, them, Some(node)).map(|_| ());
    assert_eq!(denied(&until([(SHOP, Role::Administrator, None)]), SHOP), Err(Denial::NeedsAdministrator));
    assert_eq!(denied(&agent, BANK), Err(Denial::NotManaged));
    let myself = as_holder(&manager, |me| me.may_pause(ME, &holding(&manager, &[]), &holiday(None, None)));
    assert_eq!(myself.map(|_| ()), Err(Denial::OwnRemoval));
    let invited = holding(&HeldAccess::default(), &[pending(SHOP, Role::Agent)]);
    let nothing = as_holder(&manager, |me| me.may_pause(THEM, &invited, &holiday(None, None))).unwrap();
    assert!(nothing.pauses.is_empty(), "not offered for people who have only been invited");
}

#[test]
fn a_paused_manager_is_the_only_other_manager() {
    let (them, other) = (until([(AGENCY, MANAGER, None)]), until([(AGENCY, MANAGER, None)]));
    let provider = until([(PROVIDER, Role::Administrator, None)]);
    let removal = as_holder(&provider, |me| me.may_remove(THEM, &holding(&them, &[]))).unwrap();
    let keeps = |other: &HeldAccess| removal.keeps_managers(NodesOverTime::managed(&tree(), [other]));
    assert_eq!(keeps(&other), Ok(()));
    let paused = pause(&provider, &other, None).unwrap();
    assert_eq!(keeps(&paused.remaining), Err(Denial::LastManager));
    // The same applies to pausing the second of two managers.
    assert_eq!(paused.keeps_managers(NodesOverTime::managed(&tree(), [&them])), Ok(()));
    let both = pause(&provider, &them, None).unwrap();
    assert_eq!(
        both.keeps_managers(NodesOverTime::managed(&tree(), [&paused.remaining])),
        Err(Denial::LastManager)
    );
}

#[test]
fn a_pause_may_not_leave_a_gap_between_two_managers() {
    // The permanent manager is paused until day 7, and the other one manages until day 4.
    let (permanent, provider) =
        (until([(SHOP, MANAGER, None)]), until([(PROVIDER, Role::Administrator, Some(after(2)))]));
    let until_day = |day| until([(SHOP, MANAGER, Some(after(day)))]);
    let paused = as_holder(&provider, |me| {
        me.may_pause(THEM, &holding(&permanent, &[]), &holiday(None, Some(after(7)))).unwrap()
    });
    let keeps = |other: HeldAccess| paused.keeps_managers(NodesOverTime::managed(&tree(), [&other]));
    assert_eq!(keeps(until_day(4)), Err(Denial::LastManager));
    assert_eq!(keeps(until_day(7)), Ok(()));
}

#[test]
fn a_manager_is_on_holiday_when_her_invitee_presses_join() {
    let manager = until([(SHOP, MANAGER, None)]);
    let paused = pause(&until([(AGENCY, MANAGER, None)]), &manager, None).unwrap().remaining;
    let grants = [PendingGrant { granted_by: THEM, ..pending(SHOP, Role::Agent) }];
    let invitee = holding(&HeldAccess::default(), &grants);
    let refused = |granter: &HeldAccess| {
        let held_by = |user| (user == THEM).then_some(granter);
        (void_grants(&tree(), &invitee, held_by).len(), blocked_grants(&tree(), &invitee, held_by).len())
    };
    assert_eq!(refused(&paused), (0, 1), "kept, but not acceptable");
    assert_eq!(refused(&manager), (0, 0));
    assert_eq!(refused(&HeldAccess::default()), (1, 0));
    let blocked = TargetUser { blocked: [0].into(), ..invitee };
    assert_eq!(blocked.acceptable().count(), 0);
}

#[test]
fn nobody_gains_by_a_change_while_the_user_is_paused() {
    // The agent is paused. A manager until day 4 cannot give more for good meanwhile, and resume them.
    let (me, agent) = (until([(SHOP, MANAGER, Some(after(4)))]), until([(SHOP, Role::Agent, None)]));
    let paused = pause(&me, &agent, None).unwrap().remaining;
    let producer: Entries = [(SHOP, Entry::new(Role::Producer.into(), None))].into_iter().collect();
    let more = paused.with_grants(&tree(), &producer);
    assert!(roles(&more, SHOP).is_empty() && roles(&paused, SHOP).is_empty(), "no effect at once");
    assert_eq!(may_assign(&me, &paused, &more, &[]), Err(Denial::OutlastsOwn));
}

#[test]
fn resuming_asks_for_no_licence() {
    let (me, developer) = (until([(BANK, MANAGER, None)]), until([(BANK, Role::Developer, None)]));
    let paused = pause(&me, &developer, None).unwrap().remaining;
    let resumed = as_holder(&me, |me| me.may_resume(&holding(&paused, &[]), Some(BANK))).unwrap();
    assert_eq!(resumed.resumed, developer);
}

#[test]
fn restoring_a_removed_person_leaves_pauses_in_force() {
    let (me, agent) = (until([(SHOP, MANAGER, None)]), until([(SHOP, Role::Agent, None)]));
    let paused = pause(&until([(AGENCY, MANAGER, None)]), &agent, Some(SHOP)).unwrap().remaining;
    let removed = as_holder(&me, |me| me.may_remove(THEM, &holding(&paused, &[]))).unwrap().remaining;
    assert_eq!(removed.pauses(), paused.pauses());
    let diff = AccessDiff::between(&paused, &removed);
    let undo = as_holder(&me, |me| me.undo(&holding(&removed, &[]), &diff, Author::User(ME), NOW)).unwrap();
    assert_eq!(undo.restored, paused);
}

#[test]
fn an_undo_that_would_give_more_than_before_is_checked_over_time() {
    // A manager until day 4 removes an agent of the agency from the shop. Then the agent becomes a producer there.
    let me = until([(SHOP, MANAGER, Some(after(4)))]);
    let undo = |since: Role| {
        let agent = until([(AGENCY, Role::Agent, None)]);
        let removed = as_holder(&me, |me| me.may_remove(THEM, &holding(&agent, &[]))).unwrap().remaining;
        let diff = AccessDiff::between(&agent, &removed);
        let changed = removed.with_replaced([(AGENCY, vec![Entry::new(since.into(), None)])].into());
        let them = holding(&changed, &[]);
        as_holder(&me, |me| {
            let undo = me.undo(&them, &diff, Author::User(ME), NOW).unwrap();
            me.may_change(&undo.change)
        })
    };
    assert_eq!(undo(Role::Agent), Ok(()));
    assert_eq!(undo(Role::Producer), Err(Denial::OutlastsOwn));
}

#[test]
fn a_paused_user_has_the_status_paused_where_everything_is_paused() {
    let operator = until([(AGENCY, Role::Operator, None)]);
    let paused = pause(&until([(SHOP, MANAGER, None)]), &operator, Some(SHOP)).unwrap().remaining;
    let status = |node| {
        let row = Overview::of(&tree(), &managed(&held([(node, MANAGER)])), &paused, &[], NOW).unwrap();
        (row.access_status, row.roles)
    };
    assert_eq!(status(SHOP), (AccessStatus::Paused, Role::Operator.into()), "the roles once resumed");
    assert_eq!(status(AGENCY), (AccessStatus::Active, Role::Operator.into()));
    let shop = tree().position(SHOP).unwrap();
    let notified = Notified::evaluate(paused.access(&tree()).at(shop), true);
    assert_eq!((notified.value, notified.reason), (false, NotifiedReason::Paused));
}

#[test]
fn impersonation_of_a_paused_person_shows_what_they_will_see() {
    let operator = until([(SHOP, Role::Operator, None), (BANK, Role::Agent, None)]);
    let paused = pause(&until([(SHOP, MANAGER, None)]), &operator, None).unwrap().remaining;
    let view = as_holder(&until([(AGENCY, MANAGER, None)]), |me| {
        me.may_impersonate(THEM, &holding(&paused, &[]), NOW).unwrap()
    });
    let shop = tree().position(SHOP).unwrap();
    assert_eq!(view.access().at(shop).effective, Role::Operator);
    assert_eq!(view.paused().iter().collect::<Vec<_>>(), [shop]);
}

#[test]
fn a_manager_ends_the_sessions_of_people_whose_access_they_manage_everywhere() {
    let end = |actor: &HeldAccess, them: &HeldAccess| {
        as_holder(actor, |me| me.may_end_sessions(&holding(them, &[])))
    };
    let (shop, agency) = (until([(SHOP, MANAGER, None)]), until([(AGENCY, MANAGER, None)]));
    let agent = until([(SHOP, Role::Agent, None)]);
    assert_eq!(end(&shop, &agent), Ok(()));
    assert_eq!(end(&shop, &until([(AGENCY, Role::Agent, None)])), Err(Denial::NotManaged));
    assert_eq!(end(&agency, &until([(SHOP, Role::Administrator, None)])), Err(Denial::NeedsAdministrator));
    assert_eq!(end(&agency, &HeldAccess::default()), Err(Denial::NotManaged));
    // Paused access counts: the account is needed again once it is resumed.
    let both = until([(SHOP, Role::Agent, None), (ZOO, Role::Agent, None)]);
    let paused = pause(&until([(ZOO, MANAGER, None)]), &both, None).unwrap().remaining;
    assert_eq!(end(&shop, &paused), Err(Denial::NotManaged));
}
