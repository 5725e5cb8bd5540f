//! Access that ends by itself.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_domain::{
    AccessStatus, Author, Change, Denial, Entries, Entry, HeldAccess, NodesOverTime, Overview, PendingGrant,
    Provenance, Role, RoleSet, Warning, is_valid_until, is_without_access, keeps_trace,
};

use crate::organisation::*;

fn friday() -> DateTime<Utc> {
    after(4)
}

fn saturday() -> DateTime<Utc> {
    after(5)
}

fn manager_until_friday() -> HeldAccess {
    until([(AGENCY, MANAGER, Some(friday()))])
}

fn patched(held: &HeldAccess, node: studio_users_domain::NodeId, entries: &[Entry]) -> HeldAccess {
    held.with_replaced(BTreeMap::from([(node, entries.to_vec())]))
}

#[test]
fn a_manager_until_friday_pins_their_own_inherited_role_without_an_end() {
    let me = manager_until_friday();
    let pin = |until| {
        let pinned = patched(&me, SHOP, &[Entry::new(MANAGER.into(), until)]);
        as_holder(&me, |actor| {
            actor.may_assign(ME, &Change::new(&tree(), &me, &pinned), NodesOverTime::managed(&tree(), []))
        })
    };
    assert_eq!(pin(None), Err(Denial::OutlastsOwn));
    assert_eq!(pin(Some(saturday())), Err(Denial::OutlastsOwn));
    assert_eq!(pin(Some(friday())), Ok(()));
    // Nor does extending the entry itself work, alone or through a second account.
    assert_eq!(may_assign(&me, &me, &until([(AGENCY, MANAGER, None)]), &[]), Err(Denial::OutlastsOwn));
    let second = until([(SHOP, MANAGER, None)]);
    assert_eq!(may_assign(&me, &HeldAccess::default(), &second, &[]), Err(Denial::OutlastsOwn));
}

#[test]
fn a_manager_until_friday_uses_assign_here_on_a_colleague() {
    let me = manager_until_friday();
    let assign = |colleague: &HeldAccess, end| {
        let position = tree().position(SHOP).unwrap();
        let assigned = colleague.with_assigned_here(&tree(), position, end, Author::User(ME), NOW);
        may_assign(&me, colleague, &assigned, &[]).map(|()| assigned.entries().at(SHOP)[0].until)
    };
    // The operator has the role for good in any case.
    assert_eq!(assign(&until([(AGENCY, Role::Operator, None)]), None), Ok(None));
    // The copy of a role keeps its end.
    assert_eq!(assign(&until([(AGENCY, Role::Operator, Some(saturday()))]), None), Ok(Some(saturday())));
    // A planner gets Agent in addition.
    let planner = until([(AGENCY, Role::Planner, None)]);
    assert_eq!(assign(&planner, None), Err(Denial::OutlastsOwn));
    assert_eq!(assign(&planner, Some(friday())), Ok(Some(friday())));
}

#[test]
fn a_manager_until_friday_copies_another_persons_permanent_invitation() {
    let copy = |until| {
        let grant = PendingGrant { granted_by: THEM, until, ..pending(SHOP, Role::Agent) };
        let invitee = holding(&HeldAccess::default(), &[grant]);
        as_holder(&manager_until_friday(), |me| me.may_copy_link(&invitee, NOW))
    };
    assert_eq!(copy(None), Err(Denial::OutlastsOwn));
    assert_eq!(copy(Some(friday())), Ok(vec![0]));
    assert_eq!(copy(Some(NOW)), Err(Denial::NoInvitation), "the access has ended before it began");
}

#[test]
fn a_manager_until_friday_invites_until_saturday() {
    let invite = |end| {
        let grants: Entries = [(SHOP, Entry::new(Role::Agent.into(), end))].into_iter().collect();
        let me = manager_until_friday();
        let result = as_holder(&me, |me| me.may_grant(HeldAccess::default(), &grants));
        assert_eq!(as_holder(&me, |me| me.may_give(SHOP, Role::Agent.into(), end)), result);
        result
    };
    assert_eq!(invite(Some(saturday())), Err(Denial::OutlastsOwn));
    assert_eq!(invite(Some(friday())), Ok(()));
}

#[test]
fn an_administrator_until_friday_who_stays_organisation_manager_gives_administrator_for_good() {
    let roles = [(Role::Administrator, Some(friday())), (MANAGER, None)];
    let me = roles.map(|(role, end)| (AGENCY, Entry::new(role.into(), end)));
    let me: HeldAccess = me.into_iter().collect::<Entries>().into();
    let give = |role, end| may_assign(&me, &HeldAccess::default(), &until([(SHOP, role, end)]), &[]);
    assert_eq!(give(Role::Administrator, None), Err(Denial::OutlastsOwn));
    assert_eq!(give(Role::Administrator, Some(friday())), Ok(()));
    assert_eq!(give(MANAGER, None), Ok(()));
}

#[test]
fn an_environments_manager_bars_an_agencys_operator_until_monday() {
    let (me, operator) = (until([(SHOP, MANAGER, None)]), until([(AGENCY, Role::Operator, None)]));
    let barred = patched(&operator, SHOP, &[Entry::new(RoleSet::empty(), Some(after(7)))]);
    assert_eq!(may_assign(&me, &operator, &barred, &[]), Ok(()));
    let roles = |held: &HeldAccess| held.access(&tree()).at(tree().position(SHOP).unwrap()).effective;
    assert!(roles(&barred).is_empty());
    assert_eq!(roles(&barred.later(after(7))), Role::Operator);
    // The bar was without an end before: the operator gains from Monday on.
    let barred_for_good = patched(&operator, SHOP, &[Entry::new(RoleSet::empty(), None)]);
    let until_saturday = until([(SHOP, MANAGER, Some(saturday()))]);
    let denied = may_assign(&until_saturday, &barred_for_good, &barred, &[]);
    assert_eq!(denied, Err(Denial::OutlastsOwn));
}

#[test]
fn the_last_permanent_manager_gets_an_end_date() {
    let (administrator, them) =
        (until([(PROVIDER, Role::Administrator, Some(after(30)))]), until([(SHOP, MANAGER, None)]));
    let ending = until([(SHOP, MANAGER, Some(friday()))]);
    let end = |others: &[&HeldAccess]| may_assign(&administrator, &them, &ending, others);
    assert_eq!(end(&[&administrator]), Err(Denial::LastManager));
    assert_eq!(end(&[&administrator, &until([(AGENCY, MANAGER, None)])]), Ok(()));
}

#[test]
fn a_manager_without_an_end_gives_themselves_one() {
    let me = until([(SHOP, MANAGER, None)]);
    let ending = until([(SHOP, MANAGER, Some(friday()))]);
    let others = NodesOverTime::managed(&tree(), [&until([(AGENCY, MANAGER, None)])]);
    let denied = as_holder(&me, |actor| actor.may_assign(ME, &Change::new(&tree(), &me, &ending), &others));
    assert_eq!(denied, Err(Denial::OwnManagement));
}

#[test]
fn an_operator_for_good_who_becomes_producer_until_friday_is_an_operator_on_saturday() {
    let operator = until([(SHOP, Role::Operator, None)]);
    let producer: Entries = [(SHOP, Entry::new(Role::Producer.into(), Some(friday())))].into_iter().collect();
    let both = operator.with_grants(&tree(), &producer);
    let position = tree().position(SHOP).unwrap();
    assert_eq!(both.access(&tree()).at(position).effective, Role::Operator | Role::Producer);
    let later = both.later_access(&tree(), position);
    let later: Vec<_> = later.iter().map(|(moment, here)| (*moment, here.effective)).collect();
    assert_eq!(later, [(friday(), RoleSet::only(Role::Operator))]);
    assert_eq!(both.next_change(), Some(friday()));
}

#[test]
fn what_remains_after_an_end_is_inherited() {
    let entries = [
        (AGENCY, Entry::new(Role::Operator.into(), None)),
        (SHOP, Entry::new(Role::Producer.into(), Some(friday()))),
    ];
    let held: HeldAccess = entries.into_iter().collect::<Entries>().into();
    let later = held.later_access(&tree(), tree().position(SHOP).unwrap());
    assert_eq!(later.len(), 1);
    assert_eq!(later[0].1.effective, Role::Operator);
    assert_eq!(later[0].1.provenance(), Provenance::Inherited { from: AGENCY });
}

#[test]
fn a_replaced_entry_with_the_same_roles_and_end_keeps_its_author() {
    let given = Entry::new(Role::Agent.into(), Some(friday())).given(Author::CommandLine, after(-3));
    let held: HeldAccess = [(SHOP, given.clone())].into_iter().collect::<Entries>().into();
    let same = Entry::new(Role::Agent.into(), Some(friday())).given(Author::User(ME), NOW);
    assert_eq!(patched(&held, SHOP, std::slice::from_ref(&same)), held);
    let extended = Entry { until: None, ..same };
    assert_eq!(patched(&held, SHOP, std::slice::from_ref(&extended)).entries().at(SHOP), [extended]);
}

#[test]
fn ended_access_stays_visible_for_30_days() {
    let managed = managed(&held([(AGENCY, MANAGER)]));
    let status = |entry: Entry, now, grants: &[PendingGrant]| {
        let held = HeldAccess::at(now, [(SHOP, entry)].into_iter().collect(), Vec::new());
        let row = Overview::of(&tree(), &managed, &held, grants, now);
        (row.map(|row| (row.access_status, row.roles)), keeps_trace(&held))
    };
    let agent = RoleSet::only(Role::Agent);
    let entry = |roles| Entry::new(roles, Some(friday()));
    assert_eq!(status(entry(agent), after(3), &[]), (Some((AccessStatus::Active, agent)), false));
    assert_eq!(status(entry(agent), friday(), &[]), (Some((AccessStatus::Ended, agent)), true));
    assert_eq!(status(entry(agent), after(33), &[]), (Some((AccessStatus::Ended, agent)), true));
    assert_eq!(status(entry(agent), after(34), &[]), (None, false));
    assert_eq!(status(entry(RoleSet::empty()), friday(), &[]), (None, false), "a bar is no access");
    let grant = PendingGrant { expires_at: after(9), ..pending(SHOP, Role::Planner) };
    let invited = Some((AccessStatus::Invited, RoleSet::only(Role::Planner)));
    assert_eq!(status(entry(agent), friday(), &[grant]), (invited, true));
}

#[test]
fn extending_ended_access_is_an_ordinary_change() {
    let ended: Entries = [(SHOP, Entry::new(Role::Agent.into(), Some(after(-1))))].into_iter().collect();
    let ended = HeldAccess::at(NOW, ended, Vec::new());
    assert!(is_without_access(&tree(), &ended) && keeps_trace(&ended));
    let extended = |end| patched(&ended, SHOP, &[Entry::new(Role::Agent.into(), end)]);
    assert!(extended(None).ended().is_empty());
    let me = manager_until_friday();
    assert_eq!(may_assign(&me, &ended, &extended(Some(friday())), &[]), Ok(()));
    assert_eq!(may_assign(&me, &ended, &extended(None), &[]), Err(Denial::OutlastsOwn));
}

#[test]
fn the_clock_is_set_back_by_an_hour_around_an_expiry() {
    let at = |now, has_ended| {
        let entry = Entry { has_ended, ..Entry::new(Role::Agent.into(), Some(friday())) };
        let held = HeldAccess::at(now, [(SHOP, entry)].into_iter().collect(), Vec::new());
        (held.access(&tree()).has_roles(), keeps_trace(&held))
    };
    let an_hour_earlier = friday() - TimeDelta::hours(1);
    assert_eq!(at(friday(), false), (false, true), "access ends exactly at that moment");
    assert_eq!(at(an_hour_earlier, false), (true, false));
    assert_eq!(at(an_hour_earlier, true), (false, true), "a recorded end stays");
}

#[test]
fn two_backends_and_one_expiry() {
    // The clock of the second backend is two seconds behind. The first has recorded the end.
    let recorded = Entry { has_ended: true, ..Entry::new(MANAGER.into(), Some(friday())) };
    let second = friday() - TimeDelta::seconds(2);
    let me = HeldAccess::at(second, [(SHOP, recorded)].into_iter().collect(), Vec::new());
    let agent = until([(SHOP, Role::Agent, None)]);
    assert_eq!(may_assign(&me, &HeldAccess::default(), &agent, &[]), Err(Denial::NotManaged));
}

#[test]
fn an_end_is_later_than_now_and_at_most_ten_years_ahead() {
    assert!(!is_valid_until(NOW, NOW));
    assert!(is_valid_until(NOW + TimeDelta::milliseconds(1), NOW));
    assert!(is_valid_until(after(3653), NOW));
    assert!(!is_valid_until(after(3654), NOW));
}

#[test]
fn an_end_date_warns_about_an_environment_without_an_own_manager_or_notifications() {
    let before = until([(SHOP, MANAGER, None)])
        .with_grants(&tree(), &[(SHOP, Entry::new(Role::Agent.into(), None))].into_iter().collect());
    let ending: Vec<_> = before
        .entries()
        .at(SHOP)
        .iter()
        .map(|entry| Entry { until: Some(friday()), ..entry.clone() })
        .collect();
    let change = Change::new(&tree(), &before, patched(&before, SHOP, &ending));
    let managed = managed(&held([(AGENCY, MANAGER)]));
    let shop = tree().position(SHOP).unwrap();
    let warnings = |others: &[&HeldAccess]| {
        let own = NodesOverTime::managed_directly(&tree(), others.iter().copied());
        let notified = NodesOverTime::notified(&tree(), others.iter().copied());
        change.warnings(&tree(), &managed, own, notified)
    };
    assert_eq!(warnings(&[]), [(shop, Warning::NoOwnManager), (shop, Warning::NobodyNotified)]);
    let ending = until([(SHOP, Role::Agent, Some(saturday()))]);
    assert_eq!(warnings(&[&ending]).len(), 2, "nobody is notified from Saturday on");
    let agent = until([(SHOP, Role::Agent, None)]);
    assert_eq!(warnings(&[&agent]), [(shop, Warning::NoOwnManager)], "the agent is notified");
    assert_eq!(warnings(&[&agent, &until([(SHOP, MANAGER, None)])]), []);
}
