//! Invites users by e-mail address. A user who has joined already gets the roles at once.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use studio_users_contract::{
    Action, Code, FailedAddress, Grant, InvitationResult, MAX_ADDRESSES, MAX_MESSAGE_CHARS, NewInvitation,
};
use studio_users_domain::{
    AddressError, AssignmentDiff, Assignments, Change, DEFAULT_INVITATION_DAYS, EmailAddress,
    INVITATION_DAYS, PendingGrant, Status, pending_assignments, with_grants,
};

use super::link::mail_invitation;
use super::names::validate_text;
use super::{assign, finish_change, record_grants};
use crate::error::{AppError, retry_seconds};
use crate::mail::{AccessNotice, GivenAccess, Mail};
use crate::services::editor::{EditedUser, Editor};
use crate::state::AppState;
use crate::store::{Account, GrantRecord, InvitationContent, MailLimit, Mailing, NewAccount, NewMail};
use crate::text;

/// The result for one address.
pub(super) enum Outcome {
    Invited,
    Updated,
    Invalid(AddressError),
    /// A mail limit was reached.
    Limited(MailLimit),
}

/// Parses the addresses of a request. Refuses those that the mail server cannot deliver to.
///
/// Runs before the transaction of a change, because it may wait for the mail server.
pub(crate) async fn parse_addresses(
    state: &AppState,
    emails: &[String],
) -> Vec<Result<EmailAddress, AddressError>> {
    let mut parsed = Vec::with_capacity(emails.len());
    for email in emails {
        let address = match text::parse_email(email) {
            Ok(address) => state.mailer.check_address(&address).await.map(|()| address),
            Err(error) => Err(error),
        };
        parsed.push(address);
    }
    parsed
}

/// Invites every address with every grant. One denied grant refuses the whole request. `grants` and `addresses` are
/// those of the request, checked before the transaction.
pub(crate) async fn invite(
    state: &AppState,
    editor: &mut Editor,
    new: &NewInvitation,
    grants: &Assignments,
    addresses: &[Result<EmailAddress, AddressError>],
) -> Result<InvitationResult, AppError> {
    let message = validate(editor, new, grants)?;
    let new = &NewInvitation { message, ..new.clone() };
    editor.principal.actor().may_grant(Assignments::new(), grants)?;
    let mut result = InvitationResult::default();
    let mut invited = BTreeSet::new();
    for (index, (email, address)) in new.emails.iter().zip(addresses).enumerate() {
        let outcome = match address {
            Err(error) => Outcome::Invalid(*error),
            Ok(address) if invited.insert(address.key()) => {
                let email = address.to_string();
                invite_one(state, editor, new, grants, &email).await.map_err(|refusal| match refusal {
                    AppError::Denied(denial) => AppError::DeniedFor(format!("emails[{index}]"), denial),
                    other => other,
                })?
            }
            Ok(_) => continue, // Repeated addresses count once.
        };
        let failed =
            |code| FailedAddress { email: email.clone(), code, address_error: None, retry_after: None };
        match outcome {
            Outcome::Invited => result.invited += 1,
            Outcome::Updated => result.updated += 1,
            Outcome::Invalid(error) => {
                result.failed.push(FailedAddress { address_error: Some(error), ..failed(Code::Invalid) });
            }
            Outcome::Limited(limit) => result.failed.push(FailedAddress {
                retry_after: Some(retry_seconds(limit.wait())),
                ..failed(Code::RateLimited)
            }),
        }
    }
    Ok(result)
}

/// Returns the grants as roles by node.
///
/// # Errors
/// `InvalidField` for no grants, a grant without roles, or a node that occurs twice.
pub(crate) fn validate_grants(grants: &[Grant]) -> Result<Assignments, AppError> {
    let invalid = |detail: &str| Err(AppError::InvalidField("grants", detail.into()));
    if grants.is_empty() {
        return invalid("at least one grant");
    }
    if grants.iter().any(|grant| grant.roles.is_empty()) {
        return invalid("at least one role at each node");
    }
    let assignments: Assignments = grants.iter().map(|grant| (grant.node_id, grant.roles)).collect();
    if assignments.len() < grants.len() {
        return invalid("each node at most once");
    }
    Ok(assignments)
}

/// Invites one address, or assigns the roles at once to a user who has joined.
pub(super) async fn invite_one(
    state: &AppState,
    editor: &mut Editor,
    new: &NewInvitation,
    grants: &Assignments,
    email: &str,
) -> Result<Outcome, AppError> {
    let organisation = editor.principal.organisation.clone();
    let existing = state.store.account_by_email(&mut editor.write, email).await?;
    // The check comes before every write, so that an address over the limit leaves nothing behind.
    // The limit depends on the address, not on the account, so that it reveals nothing about accounts elsewhere.
    let (sender, address) = (editor.sender(), text::email_norm(email));
    if let Err(limit) = editor.write.check_mail_limit(sender, &address, Mail::INVITATION).await? {
        return Ok(Outcome::Limited(limit));
    }
    let account = match existing {
        Some(account) => account,
        None => create(state, editor, email).await?,
    };
    let mut user = EditedUser::read(state, &mut editor.write, &organisation, account).await?;
    let overview = user.overview(&organisation.tree, editor.principal.scope.managed(), editor.now);
    user.is_active = overview.is_some_and(|overview| overview.status == Status::Active);
    // While the address is not confirmed, a mail has to reach it first.
    if user.is_active && editor.principal.actor().may_give_roles(&user.target).is_ok() {
        assign_roles(state, editor, &user, grants).await
    } else {
        send_invitation(state, editor, new, &user, grants).await
    }
}

/// Assigns roles to a user who has joined, and notifies them by mail.
async fn assign_roles(
    state: &AppState,
    editor: &mut Editor,
    user: &EditedUser,
    grants: &Assignments,
) -> Result<Outcome, AppError> {
    let organisation = editor.principal.organisation.clone();
    let held = &user.target.held.assignments();
    let after = with_grants(&organisation.tree, held, grants);
    let change = Change::of_user(&organisation.tree, &user.target, &after);
    editor.principal.actor().may_change(&change)?;
    let diff = AssignmentDiff::between(held, &after);
    if diff.0.is_empty() {
        return Ok(Outcome::Updated);
    }
    if user.account.id != editor.principal.account.id {
        let giver = editor.principal.account.id;
        let roles = grants.iter().map(|(&node, &roles)| GivenAccess::new(giver, node, roles)).collect();
        let mail = Mail::Access(AccessNotice::new(roles));
        let new = NewMail { to: user.account.key(), by: Some(editor.sender()), language: None, mail };
        if let Err(limit) = editor.write.queue_mail(&new).await? {
            return Ok(Outcome::Limited(limit));
        }
    }
    assign(state, editor, user, &diff, Action::RolesChanged).await?;
    finish_change(state, editor, &user.account).await?;
    Ok(Outcome::Updated)
}

/// Adds pending grants for a user who has not joined or has not proved their address, and mails the invitation.
async fn send_invitation(
    state: &AppState,
    editor: &mut Editor,
    new: &NewInvitation,
    user: &EditedUser,
    grants: &Assignments,
) -> Result<Outcome, AppError> {
    let organisation = editor.principal.organisation.clone();
    let before =
        pending_assignments(&organisation.tree, editor.principal.scope.managed(), &user.target.pending);
    editor.principal.actor().may_grant(&before, grants)?;
    let days = new.expires_in_days.unwrap_or(DEFAULT_INVITATION_DAYS);
    let expires_at = editor.now + TimeDelta::days(days.into());
    let granted_by = editor.principal.account.id;
    let mut grant_records = Vec::with_capacity(grants.len());
    for (&node, &roles) in grants {
        let own = |grant: &&PendingGrant| grant.node == node && grant.granted_by == granted_by;
        let earlier = user.target.pending.iter().find(own).map(|grant| grant.roles);
        let roles = roles | earlier.unwrap_or_default();
        grant_records.push(GrantRecord {
            grant: PendingGrant { node, roles, granted_by, expires_at, until: None },
            created_at: editor.now,
            origin: None,
            content: InvitationContent { message: new.message.clone(), locale: new.locale },
            mailing: Mailing::default(),
        });
    }
    // The limit was checked before the account was created. An error rolls back the whole request.
    let mailing = mail_invitation(editor, user, &grant_records).await?.map_err(AppError::from)?;
    for pending in &mut grant_records {
        pending.mailing = mailing;
        state.store.put_pending_grant(&mut editor.write, &organisation, user.account.key(), pending).await?;
    }
    let recorded = grant_records.iter().map(|pending| (&pending.grant, None));
    record_grants(editor, Action::UserInvited, &user.account, recorded).await?;
    finish_change(state, editor, &user.account).await?;
    Ok(Outcome::Invited)
}

async fn create(state: &AppState, editor: &mut Editor, email: &str) -> Result<Account, AppError> {
    let account = Account {
        id: state.store.new_user_id(&mut editor.write).await?,
        name: None,
        email: email.into(),
        locale: None,
        created_at: editor.now,
        joined_at: None,
        last_active_at: None,
    };
    let organisation = editor.principal.organisation.clone();
    let new = NewAccount { account: account.clone(), assignments: Vec::new() };
    state.store.create_account(&mut editor.write, &organisation, &new).await?;
    Ok(account)
}

/// Checks the fields of a request, and returns its message.
fn validate(editor: &Editor, new: &NewInvitation, grants: &Assignments) -> Result<Option<String>, AppError> {
    let invalid = |field: &'static str, detail: &str| Err(AppError::InvalidField(field, detail.into()));
    if !(1..=MAX_ADDRESSES).contains(&new.emails.len()) {
        return invalid("emails", "1 to 200 addresses");
    }
    let message = new.message.as_deref().unwrap_or_default();
    let message = validate_text("message", message, MAX_MESSAGE_CHARS, "at most 1,000 characters")?;
    if new.expires_in_days.is_some_and(|days| !INVITATION_DAYS.contains(&days)) {
        return invalid("expires_in_days", "1 to 30 days");
    }
    for &node in grants.keys() {
        editor.principal.visible_position(node)?;
    }
    Ok(message)
}
