use studio_users_domain::{Assignments, Change, Denial, PendingGrant, Role, Scope, TargetUser, with_grants};

use crate::organisation::*;

#[test]
fn finds_the_denied_row_of_an_import() {
    let manager = held([(AGENCY, MANAGER)]);
    let import =
        (0..200).map(|row| held([(SHOP, if row == 117 { Role::Administrator } else { Role::Agent })]));
    let denied: Vec<_> = as_actor(&manager, |me| {
        import
            .enumerate()
            .filter_map(|(row, grants)| Some((row, me.may_grant(held([]), &grants).err()?)))
            .collect()
    });
    assert_eq!(denied, [(117, Denial::NeedsAdministrator)]);
    let hidden = Assignments::from([(SHOP, Role::Agent.into()), (BANK, Role::Agent | Role::Administrator)]);
    assert_eq!(as_actor(&manager, |me| me.may_grant(held([]), &hidden)), Err(Denial::NeedsAdministrator));
}

#[test]
fn a_demoted_inviter_can_no_longer_issue_the_grant() {
    let grant = pending(SHOP, Role::Administrator);
    assert_eq!(as_actor(&held([(AGENCY, Role::Administrator)]), |me| me.may_issue(&grant)), Ok(()));
    assert_eq!(
        as_actor(&held([(AGENCY, MANAGER)]), |me| me.may_issue(&grant)),
        Err(Denial::NeedsAdministrator)
    );
    assert_eq!(as_actor(&held([(BANK, MANAGER)]), |me| me.may_issue(&grant)), Err(Denial::NotManaged));
}

#[test]
fn checks_acceptance_against_the_current_assignments() {
    // The user became an administrator of the agency in the meantime, and the grant would override that at the shop.
    let administrator = held([(AGENCY, Role::Administrator)]);
    let accepted =
        as_actor(&held([(SHOP, MANAGER)]), |me| me.may_grant(&administrator, &held([(SHOP, Role::Agent)])));
    assert_eq!(accepted, Err(Denial::NeedsAdministrator));
}

#[test]
fn an_organisation_manager_cannot_change_a_pending_administrator_grant() {
    let (manager, to_accept) = (held([(SHOP, MANAGER)]), held([(SHOP, Role::Administrator)]));
    let more = held([(SHOP, Role::Agent)]);
    assert_eq!(as_actor(&manager, |me| me.may_grant(&to_accept, &more)), Err(Denial::NeedsAdministrator));
    let pending = [pending(SHOP, Role::Administrator)];
    assert_eq!(as_actor(&manager, |me| me.may_revoke(&pending)), Err(Denial::NeedsAdministrator));
}

#[test]
fn a_link_covers_grants_that_the_actor_could_issue() {
    let grants = [
        pending(ZOO, Role::Agent),
        pending(SHOP, Role::Administrator),
        pending(SHOP, Role::Agent),
        pending(BANK, MANAGER),
    ];
    assert_eq!(
        as_actor(&held([(AGENCY, MANAGER)]), |me| me.may_send_link(&target(&held([]), &grants), NOW)),
        Ok(vec![2, 3])
    );
    assert_eq!(
        as_actor(&held([(PROVIDER, Role::Administrator)]), |me| me
            .may_send_link(&target(&held([]), &grants), NOW)),
        Ok(vec![0, 1, 2, 3])
    );
    let denied =
        as_actor(&held([(AGENCY, MANAGER)]), |me| me.may_send_link(&target(&held([]), &grants[1..2]), NOW));
    assert_eq!(denied, Err(Denial::NeedsAdministrator));
    let denied =
        as_actor(&held([(AGENCY, MANAGER)]), |me| me.may_send_link(&target(&held([]), &grants[..1]), NOW));
    assert_eq!(denied, Err(Denial::NoInvitation));
}

#[test]
fn resends_but_does_not_copy_an_expired_invitation() {
    let expired = PendingGrant { expires_at: NOW, ..pending(SHOP, Role::Agent) };
    let grants = [expired, pending(SHOP, Role::Planner)];
    let copied = |grants: &[PendingGrant]| {
        as_actor(&held([(AGENCY, MANAGER)]), |me| me.may_copy_link(&target(&held([]), grants), NOW))
    };
    assert_eq!(copied(&grants), Ok(vec![1]));
    assert_eq!(copied(&grants[..1]), Err(Denial::InvitationExpired));
    assert_eq!(
        as_actor(&held([(AGENCY, MANAGER)]), |me| me.may_send_link(&target(&held([]), &grants[..1]), NOW)),
        Ok(vec![0])
    );
}

#[test]
fn an_invitation_keeps_inherited_roles() {
    let operator = held([(AGENCY, Role::Operator)]);
    let both = with_grants(&tree(), &operator, &held([(SHOP, Role::Planner)]));
    let mut expected = operator;
    expected.insert(SHOP, Role::Operator | Role::Planner);
    assert_eq!(both, expected);
}

#[test]
fn only_the_manager_who_copied_the_link_gives_roles_to_an_unconfirmed_address() {
    let before = held([(SHOP, Role::Operator), (BANK, Role::Agent)]);
    let manager = held([(AGENCY, MANAGER)]);
    let change = |unconfirmed_by, after: &Assignments| {
        let target = TargetUser { unconfirmed_by, ..target(&before, &[]) };
        as_actor(&manager, |me| me.may_change(&Change::of_user(&tree(), &target, after)))
    };
    let more = held([(SHOP, Role::Operator), (BANK, Role::Producer)]);
    let fewer = held([(SHOP, Role::Operator)]);
    assert_eq!(change(None, &more), Ok(()));
    assert_eq!(change(Some(ME), &more), Ok(()));
    assert_eq!(change(Some(THEM), &more), Err(Denial::AddressUnconfirmed));
    assert_eq!(change(Some(THEM), &fewer), Ok(()), "access can always be taken away");
}

#[test]
fn assigning_inherited_roles_here_starts_chats_and_needs_a_confirmed_address() {
    let target = TargetUser { unconfirmed_by: Some(THEM), ..target(&held([(AGENCY, Role::Operator)]), &[]) };
    let pinned = held([(AGENCY, Role::Operator), (SHOP, Role::Operator)]);
    let denied =
        as_actor(&held([(AGENCY, MANAGER)]), |me| me.may_change(&Change::of_user(&tree(), &target, &pinned)));
    assert_eq!(denied, Err(Denial::AddressUnconfirmed));
}

#[test]
fn a_correction_leaves_what_the_actor_cannot_give() {
    let grants = [pending(SHOP, Role::Agent), pending(BANK, Role::Administrator), pending(ZOO, Role::Agent)];
    let correct = |held_by_target: &Assignments, grants: &[PendingGrant]| {
        let target = target(held_by_target, grants);
        as_actor(&held([(AGENCY, MANAGER)]), |me| me.may_correct(&target, &[]))
    };
    let correction = correct(&held([]), &grants).unwrap();
    assert_eq!((correction.moved, correction.grants), (vec![0], held([(SHOP, Role::Agent)])));
    assert_eq!(correct(&held([]), &grants[1..]), Err(Denial::NeedsAdministrator));
    assert_eq!(correct(&held([]), &grants[2..]), Err(Denial::NoInvitation));
    assert_eq!(correct(&held([(BANK, Role::Agent)]), &grants), Err(Denial::HasJoined));
    assert!(correct(&held([(ZOO, Role::Agent)]), &grants).is_ok(), "access elsewhere is not revealed");
}

#[test]
fn a_link_covers_no_grant_that_the_user_could_not_accept() {
    let administrator = target(&held([(PROVIDER, Role::Administrator)]), &[pending(SHOP, Role::Agent)]);
    let actor = held([(SHOP, MANAGER)]);
    assert_eq!(as_actor(&actor, |me| me.may_issue(&administrator.pending[0])), Ok(()));
    // The grant would assign Administrator in the shop itself.
    let mut planner = administrator.clone();
    planner.pending[0].roles = Role::Developer.into();
    assert_eq!(as_actor(&actor, |me| me.may_send_link(&planner, NOW)), Err(Denial::NeedsAdministrator));
}

#[test]
fn administrators_see_the_undelivered_mail_of_their_nodes() {
    let nodes = |scope: Scope| {
        let positions = scope.managed().iter();
        positions.map(|position| tree().nodes()[position].id).collect::<Vec<_>>()
    };
    let visible = |held: &Assignments| as_actor(held, |actor| actor.may_list_undelivered_mail().map(nodes));
    let mixed = held([(AGENCY, MANAGER), (BANK, Role::Administrator)]);
    assert_eq!(visible(&mixed), Ok(vec![BANK]), "not the other nodes that they manage");
    let all = visible(&held([(PROVIDER, Role::Administrator)])).unwrap();
    assert_eq!(all.len(), tree().len());
    assert_eq!(visible(&held([(PROVIDER, MANAGER)])), Err(Denial::NeedsAdministrator));
}
