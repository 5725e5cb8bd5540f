use studio_users_domain::{Assignments, Denial, PendingGrant, Role, granted};

use crate::organisation::*;

#[test]
fn an_import_with_one_administrator_grant_hidden_in_it_is_denied() {
    let manager = held([(AGENCY, MANAGER)]);
    let import =
        (0..200).map(|row| held([(SHOP, if row == 117 { Role::Administrator } else { Role::Agent })]));
    let denied: Vec<_> = acting(&manager, |me| {
        import
            .enumerate()
            .filter_map(|(row, grants)| Some((row, me.may_promise(&held([]), &grants).err()?)))
            .collect()
    });
    assert_eq!(denied, [(117, Denial::NeedsAdministrator)]);
    let hidden = Assignments::from([(SHOP, Role::Agent.into()), (BANK, Role::Agent | Role::Administrator)]);
    assert_eq!(acting(&manager, |me| me.may_promise(&held([]), &hidden)), Err(Denial::NeedsAdministrator));
}

#[test]
fn an_inviter_demoted_before_the_invitation_is_accepted_gives_nothing() {
    let grant = pending(SHOP, Role::Administrator);
    assert_eq!(acting(&held([(AGENCY, Role::Administrator)]), |me| me.may_give(&grant)), Ok(()));
    assert_eq!(acting(&held([(AGENCY, MANAGER)]), |me| me.may_give(&grant)), Err(Denial::NeedsAdministrator));
    assert_eq!(acting(&held([(BANK, MANAGER)]), |me| me.may_give(&grant)), Err(Denial::NotManaged));
}

#[test]
fn what_is_accepted_is_judged_by_what_the_person_holds_by_then() {
    // They became an administrator of the agency in the meantime: at the shop that would change.
    let administrator = held([(AGENCY, Role::Administrator)]);
    let accepted =
        acting(&held([(SHOP, MANAGER)]), |me| me.may_promise(&administrator, &held([(SHOP, Role::Agent)])));
    assert_eq!(accepted, Err(Denial::NeedsAdministrator));
}

#[test]
fn a_promise_of_administrator_by_an_administrator_is_not_touched_by_an_organisation_manager() {
    let (manager, promised) = (held([(SHOP, MANAGER)]), held([(SHOP, Role::Administrator)]));
    let more = held([(SHOP, Role::Agent)]);
    assert_eq!(acting(&manager, |me| me.may_promise(&promised, &more)), Err(Denial::NeedsAdministrator));
    let pending = [pending(SHOP, Role::Administrator)];
    assert_eq!(acting(&manager, |me| me.may_revoke(&pending)), Err(Denial::NeedsAdministrator));
}

#[test]
fn a_link_covers_what_its_maker_manages_and_could_give() {
    let waiting = [
        pending(ZOO, Role::Agent),
        pending(SHOP, Role::Administrator),
        pending(SHOP, Role::Agent),
        pending(BANK, MANAGER),
    ];
    assert_eq!(acting(&held([(AGENCY, MANAGER)]), |me| me.may_send_link(&waiting)), Ok(vec![2, 3]));
    assert_eq!(
        acting(&held([(PROVIDER, Role::Administrator)]), |me| me.may_send_link(&waiting)),
        Ok(vec![0, 1, 2, 3])
    );
    let denied = acting(&held([(AGENCY, MANAGER)]), |me| me.may_send_link(&waiting[1..2]));
    assert_eq!(denied, Err(Denial::NeedsAdministrator));
    let denied = acting(&held([(AGENCY, MANAGER)]), |me| me.may_send_link(&waiting[..1]));
    assert_eq!(denied, Err(Denial::NoInvitation));
}

#[test]
fn an_expired_invitation_can_be_sent_again_and_a_link_to_it_is_not_copied() {
    let expired = PendingGrant { expires_at: NOW, ..pending(SHOP, Role::Agent) };
    let waiting = [expired, pending(SHOP, Role::Planner)];
    let copied =
        |waiting: &[PendingGrant]| acting(&held([(AGENCY, MANAGER)]), |me| me.may_copy_link(waiting, NOW));
    assert_eq!(copied(&waiting), Ok(vec![1]));
    assert_eq!(copied(&waiting[..1]), Err(Denial::InvitationExpired));
    assert_eq!(acting(&held([(AGENCY, MANAGER)]), |me| me.may_send_link(&waiting[..1])), Ok(vec![0]));
}

#[test]
fn somebody_invited_where_they_inherit_something_keeps_it() {
    let operator = held([(AGENCY, Role::Operator)]);
    let both = granted(&tree(), &operator, &held([(SHOP, Role::Planner)]));
    let mut expected = operator;
    expected.insert(SHOP, Role::Operator | Role::Planner);
    assert_eq!(both, expected);
}
