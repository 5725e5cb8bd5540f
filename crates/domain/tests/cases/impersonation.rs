use chrono::TimeDelta;
use studio_users_domain::{Assignments, Denial, NodeId, PendingGrant, Role, RoleSet, View};

use crate::organisation::*;

fn view_as(actor: &Assignments, them: &Assignments, grants: &[PendingGrant]) -> Result<View, Denial> {
    as_actor(actor, |me| me.may_impersonate(THEM, &target(them, grants), NOW))
}

fn nodes(view: &View) -> Vec<NodeId> {
    view.nodes().iter().map(|position| tree().nodes()[position].id).collect()
}

#[test]
fn an_environment_manager_views_only_that_environment_of_an_agency_user() {
    let view = view_as(&held([(SHOP, MANAGER)]), &held([(AGENCY, Role::Operator)]), &[]).unwrap();
    assert_eq!(nodes(&view), [SHOP]);
    let roles: Vec<_> =
        view.access().iter().map(|here| here.effective).filter(|roles| !roles.is_empty()).collect();
    assert_eq!(roles, [RoleSet::only(Role::Operator)]);
    assert!(view.pending().is_empty());
}

#[test]
fn shows_pending_access_until_the_invitation_expires() {
    let mut grant = pending(SHOP, Role::Agent);
    let view = view_as(&held([(AGENCY, MANAGER)]), &held([]), std::slice::from_ref(&grant)).unwrap();
    assert_eq!((nodes(&view), view.pending() == view.nodes()), (vec![SHOP], true));
    grant.expires_at = NOW;
    assert_eq!(view_as(&held([(AGENCY, MANAGER)]), &held([]), &[grant]).unwrap_err(), Denial::NothingToView);
    let elsewhere = [pending(SHOP, Role::Agent)];
    assert_eq!(view_as(&held([(BANK, MANAGER)]), &held([]), &elsewhere).unwrap_err(), Denial::NothingToView);
}

#[test]
fn rejects_viewing_as_oneself() {
    let me = held([(AGENCY, MANAGER)]);
    let denied = as_actor(&me, |actor| actor.may_impersonate(ME, &target(&me, &[]), NOW).unwrap_err());
    assert_eq!(denied, Denial::OwnView);
}

#[test]
fn hides_nodes_at_which_the_user_became_an_administrator() {
    let manager = held([(AGENCY, MANAGER)]);
    let agent = held([(AGENCY, Role::Agent)]);
    assert_eq!(nodes(&view_as(&manager, &agent, &[]).unwrap()), [AGENCY, SHOP, BANK]);
    let promoted_at_one = held([(AGENCY, Role::Agent), (BANK, Role::Administrator)]);
    assert_eq!(nodes(&view_as(&manager, &promoted_at_one, &[]).unwrap()), [AGENCY, SHOP]);
    let promoted = held([(AGENCY, Role::Administrator)]);
    assert_eq!(view_as(&manager, &promoted, &[]).unwrap_err(), Denial::ViewNeedsAdministrator);
    let peer = view_as(&held([(SHOP, Role::Administrator)]), &promoted, &[]).unwrap();
    assert_eq!(nodes(&peer), [SHOP]);
}

#[test]
fn shrinks_with_the_management_of_the_actor() {
    let agent = held([(AGENCY, Role::Agent)]);
    assert_eq!(nodes(&view_as(&held([(BANK, MANAGER)]), &agent, &[]).unwrap()), [BANK]);
    assert_eq!(view_as(&held([(AGENCY, Role::Agent)]), &agent, &[]).unwrap_err(), Denial::NothingToView);
}

#[test]
fn a_view_lasts_30_minutes() {
    assert_eq!(studio_users_domain::MAX_VIEW_DURATION, TimeDelta::minutes(30));
}

#[test]
fn returns_the_topmost_nodes_of_a_view() {
    let (tree, agent) =
        (tree(), Assignments::from([(AGENCY, Role::Agent.into()), (ZOO, Role::Agent.into())]));
    let view = view_as(&held([(PROVIDER, MANAGER)]), &agent, &[]).unwrap();
    let roots: Vec<_> = view.roots(&tree).map(|position| tree.nodes()[position].id).collect();
    assert_eq!(roots, [AGENCY, ZOO]);
}
