use studio_users_domain::{Assignments, Denial, PendingGrant, Role, with_grants};

use crate::organisation::*;

#[test]
fn finds_the_denied_row_of_an_import() {
    let manager = held([(AGENCY, MANAGER)]);
    let import =
        (0..200).map(|row| held([(SHOP, if row == 117 { Role::Administrator } else { Role::Agent })]));
    let denied: Vec<_> = as_actor(&manager, |me| {
        import
            .enumerate()
            .filter_map(|(row, grants)| Some((row, me.may_grant(&held([]), &grants).err()?)))
            .collect()
    });
    assert_eq!(denied, [(117, Denial::NeedsAdministrator)]);
    let hidden = Assignments::from([(SHOP, Role::Agent.into()), (BANK, Role::Agent | Role::Administrator)]);
    assert_eq!(as_actor(&manager, |me| me.may_grant(&held([]), &hidden)), Err(Denial::NeedsAdministrator));
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
    assert_eq!(as_actor(&held([(AGENCY, MANAGER)]), |me| me.may_send_link(&grants)), Ok(vec![2, 3]));
    assert_eq!(
        as_actor(&held([(PROVIDER, Role::Administrator)]), |me| me.may_send_link(&grants)),
        Ok(vec![0, 1, 2, 3])
    );
    let denied = as_actor(&held([(AGENCY, MANAGER)]), |me| me.may_send_link(&grants[1..2]));
    assert_eq!(denied, Err(Denial::NeedsAdministrator));
    let denied = as_actor(&held([(AGENCY, MANAGER)]), |me| me.may_send_link(&grants[..1]));
    assert_eq!(denied, Err(Denial::NoInvitation));
}

#[test]
fn resends_but_does_not_copy_an_expired_invitation() {
    let expired = PendingGrant { expires_at: NOW, ..pending(SHOP, Role::Agent) };
    let grants = [expired, pending(SHOP, Role::Planner)];
    let copied =
        |grants: &[PendingGrant]| as_actor(&held([(AGENCY, MANAGER)]), |me| me.may_copy_link(grants, NOW));
    assert_eq!(copied(&grants), Ok(vec![1]));
    assert_eq!(copied(&grants[..1]), Err(Denial::InvitationExpired));
    assert_eq!(as_actor(&held([(AGENCY, MANAGER)]), |me| me.may_send_link(&grants[..1])), Ok(vec![0]));
}

#[test]
fn an_invitation_keeps_inherited_roles() {
    let operator = held([(AGENCY, Role::Operator)]);
    let both = with_grants(&tree(), &operator, &held([(SHOP, Role::Planner)]));
    let mut expected = operator;
    expected.insert(SHOP, Role::Operator | Role::Planner);
    assert_eq!(both, expected);
}
