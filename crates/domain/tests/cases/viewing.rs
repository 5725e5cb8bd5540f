use chrono::TimeDelta;
use studio_users_domain::{Assignments, Denial, NodeId, PendingGrant, Role, RoleSet, View};

use crate::organisation::*;

fn view(holding: &Assignments, them: &Assignments, waiting: &[PendingGrant]) -> Result<View, Denial> {
    acting(holding, |me| me.may_view(THEM, &subject(them, waiting), NOW))
}

fn nodes(view: &View) -> Vec<NodeId> {
    view.nodes().iter().map(|at| tree().nodes()[at].id).collect()
}

#[test]
fn the_manager_of_an_environment_who_views_an_agencys_operator_sees_that_environment_only() {
    let seen = view(&held([(SHOP, MANAGER)]), &held([(AGENCY, Role::Operator)]), &[]).unwrap();
    assert_eq!(nodes(&seen), [SHOP]);
    let roles: Vec<_> =
        seen.access().iter().map(|here| here.effective).filter(|roles| !roles.is_empty()).collect();
    assert_eq!(roles, [RoleSet::only(Role::Operator)]);
    assert!(seen.promised().is_empty());
}

#[test]
fn an_invited_user_is_viewed_as_they_will_see_the_studio_until_the_invitation_expires() {
    let mut grant = pending(SHOP, Role::Agent);
    let seen = view(&held([(AGENCY, MANAGER)]), &held([]), std::slice::from_ref(&grant)).unwrap();
    assert_eq!((nodes(&seen), seen.promised() == seen.nodes()), (vec![SHOP], true));
    grant.expires_at = NOW;
    assert_eq!(view(&held([(AGENCY, MANAGER)]), &held([]), &[grant]).unwrap_err(), Denial::NothingToView);
    let elsewhere = [pending(SHOP, Role::Agent)];
    assert_eq!(view(&held([(BANK, MANAGER)]), &held([]), &elsewhere).unwrap_err(), Denial::NothingToView);
}

#[test]
fn nobody_views_as_themselves() {
    let me = held([(AGENCY, MANAGER)]);
    let denied = acting(&me, |actor| actor.may_view(ME, &subject(&me, &[]), NOW).unwrap_err());
    assert_eq!(denied, Denial::OwnView);
}

#[test]
fn the_subject_promoted_during_a_view_leaves_it_where_the_actor_is_no_administrator() {
    let manager = held([(AGENCY, MANAGER)]);
    let agent = held([(AGENCY, Role::Agent)]);
    assert_eq!(nodes(&view(&manager, &agent, &[]).unwrap()), [AGENCY, SHOP, BANK]);
    let promoted_at_one = held([(AGENCY, Role::Agent), (BANK, Role::Administrator)]);
    assert_eq!(nodes(&view(&manager, &promoted_at_one, &[]).unwrap()), [AGENCY, SHOP]);
    let promoted = held([(AGENCY, Role::Administrator)]);
    assert_eq!(view(&manager, &promoted, &[]).unwrap_err(), Denial::ViewNeedsAdministrator);
    let peer = view(&held([(SHOP, Role::Administrator)]), &promoted, &[]).unwrap();
    assert_eq!(nodes(&peer), [SHOP]);
}

#[test]
fn the_actor_demoted_during_a_view_sees_less_and_then_nothing() {
    let agent = held([(AGENCY, Role::Agent)]);
    assert_eq!(nodes(&view(&held([(BANK, MANAGER)]), &agent, &[]).unwrap()), [BANK]);
    assert_eq!(view(&held([(AGENCY, Role::Agent)]), &agent, &[]).unwrap_err(), Denial::NothingToView);
}

#[test]
fn a_view_lasts_half_an_hour() {
    assert_eq!(studio_users_domain::VIEW_LASTS, TimeDelta::minutes(30));
}

#[test]
fn a_view_is_named_by_its_topmost_nodes() {
    let (tree, agent) =
        (tree(), Assignments::from([(AGENCY, Role::Agent.into()), (ZOO, Role::Agent.into())]));
    let seen = view(&held([(PROVIDER, MANAGER)]), &agent, &[]).unwrap();
    let tops: Vec<_> = seen.tops(&tree).map(|at| tree.nodes()[at].id).collect();
    assert_eq!(tops, [AGENCY, ZOO]);
}
