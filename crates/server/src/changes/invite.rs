//! Inviting people, and giving roles at once to those who have joined.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use studio_users_contract::{
    Action, Code, FailedAddress, Grant, InvitationResult, MAX_ADDRESSES, MAX_MESSAGE_CHARS, NewInvitation,
};
use studio_users_domain::{
    Assignments, Change, DEFAULT_INVITATION_DAYS, INVITATION_DAYS, PendingGrant, Status, Taken, granted,
    promised,
};

use super::link::{mail_invitation, notifies, organisation_name};
use super::{assign, named, person, record_grants, settle};
use crate::app::App;
use crate::editor::{Editor, Seen};
use crate::mail::Mail;
use crate::problem::Refusal;
use crate::store::{Account, Letter, NewAccount, NewMail, Pending};
use crate::text;

/// What became of one address.
enum Outcome {
    Invited,
    Updated,
    Failed(Code),
}

/// Invites every address to every grant. One grant that is denied refuses the whole.
pub(crate) async fn invite(
    app: &App,
    editor: &mut Editor,
    new: &NewInvitation,
) -> Result<InvitationResult, Refusal> {
    let grants = check(editor, new)?;
    editor.who.actor().may_promise(&Assignments::new(), &grants)?;
    let mut result = InvitationResult::default();
    let mut invited = BTreeSet::new();
    for (place, email) in new.emails.iter().enumerate() {
        let outcome = if !text::is_email(email.trim()) {
            Outcome::Failed(Code::Invalid)
        } else if invited.insert(text::email_norm(email)) {
            invite_one(app, editor, new, &grants, email.trim()).await.map_err(|refusal| match refusal {
                Refusal::Denied(denial) => Refusal::DeniedFor(format!("emails[{place}]"), denial),
                other => other,
            })?
        } else {
            continue; // The same address once more is the same invitation.
        };
        match outcome {
            Outcome::Invited => result.invited += 1,
            Outcome::Updated => result.updated += 1,
            Outcome::Failed(code) => result.failed.push(FailedAddress { email: email.clone(), code }),
        }
    }
    Ok(result)
}

/// What is granted where, if that makes sense.
pub(crate) fn checked_grants(grants: &[Grant]) -> Result<Assignments, Refusal> {
    let wrong = |detail: &str| Err(Refusal::InvalidField("grants", detail.into()));
    if grants.is_empty() {
        return wrong("at least one");
    }
    if grants.iter().any(|grant| grant.roles.is_empty()) {
        return wrong("at least one role at each node");
    }
    let assignments: Assignments = grants.iter().map(|grant| (grant.node_id, grant.roles)).collect();
    if assignments.len() < grants.len() {
        return wrong("each node at most once");
    }
    Ok(assignments)
}

async fn invite_one(
    app: &App,
    editor: &mut Editor,
    new: &NewInvitation,
    grants: &Assignments,
    email: &str,
) -> Result<Outcome, Refusal> {
    let organisation = editor.who.organisation.clone();
    let known = app.store.account_by_email(&mut editor.write, email).await?;
    let account = match known {
        Some(account) => account,
        None => create(app, editor, email).await?,
    };
    let mut seen = Seen::read(app, &mut editor.write, &organisation, account).await?;
    let overview = seen.overview(&organisation.tree, editor.who.scope.managed(), editor.now);
    seen.is_active = overview.is_some_and(|overview| overview.status == Status::Active);
    // Who joined by a copied link has not shown that the address is theirs: it takes a mail for others' roles.
    let vouched = app.store.unproved_by(&mut editor.write, seen.account.key()).await?;
    if seen.is_active && vouched.is_none_or(|maker| maker == editor.who.account.key()) {
        give(app, editor, &seen, grants).await
    } else {
        promise(app, editor, new, &seen, grants).await
    }
}

/// Gives roles to somebody who has joined.
async fn give(app: &App, editor: &mut Editor, seen: &Seen, grants: &Assignments) -> Result<Outcome, Refusal> {
    let organisation = editor.who.organisation.clone();
    let held = &seen.subject.held;
    let after = granted(&organisation.tree, held, grants);
    editor.who.actor().may_change(&Change::new(&organisation.tree, held, &after))?;
    let taken = Taken::between(held, &after);
    if taken.0.is_empty() {
        return Ok(Outcome::Updated);
    }
    if seen.account.id != editor.who.account.id {
        let mail = Mail::AccessGiven {
            giver: person(&editor.who.account, true).name,
            organisation: organisation_name(editor),
            grants: grants.iter().map(|(&node, &roles)| named(editor, node, roles)).collect(),
            notifies: notifies(editor, grants.iter().map(|(&node, &roles)| (node, roles))),
        };
        let by = Some(editor.who.account.key());
        let new = NewMail { to: seen.account.key(), by, language: None, mail };
        if editor.write.send(&new, editor.now).await?.is_err() {
            return Ok(Outcome::Failed(Code::RateLimited));
        }
    }
    assign(app, editor, seen, &taken, Action::RolesChanged).await?;
    settle(app, editor, &seen.account).await?;
    Ok(Outcome::Updated)
}

/// Promises roles to somebody who has not, and mails it.
async fn promise(
    app: &App,
    editor: &mut Editor,
    new: &NewInvitation,
    seen: &Seen,
    grants: &Assignments,
) -> Result<Outcome, Refusal> {
    let organisation = editor.who.organisation.clone();
    let before = promised(&organisation.tree, editor.who.scope.managed(), &seen.subject.pending);
    editor.who.actor().may_promise(&before, grants)?;
    let days = new.expires_in_days.unwrap_or(DEFAULT_INVITATION_DAYS);
    let expires_at = editor.now + TimeDelta::days(days.into());
    let granted_by = editor.who.account.id;
    let mut given = Vec::with_capacity(grants.len());
    for (&node, &roles) in grants {
        let own = |grant: &&PendingGrant| grant.node == node && grant.granted_by == granted_by;
        let earlier = seen.subject.pending.iter().find(own).map(|grant| grant.roles);
        let roles = roles | earlier.unwrap_or_default();
        given.push(Pending {
            grant: PendingGrant { node, roles, granted_by, expires_at },
            created_at: editor.now,
            letter: Letter { message: new.message.clone(), locale: new.locale },
        });
    }
    if mail_invitation(editor, seen, &given).await?.is_err() {
        settle(app, editor, &seen.account).await?;
        return Ok(Outcome::Failed(Code::RateLimited));
    }
    for pending in &given {
        app.store.promise(&mut editor.write, &organisation, seen.account.key(), pending).await?;
    }
    for action in [Action::UserInvited, Action::InvitationSent] {
        let told = given.iter().map(|pending| (&pending.grant, None));
        record_grants(editor, action, &seen.account, told).await?;
    }
    settle(app, editor, &seen.account).await?;
    Ok(Outcome::Invited)
}

async fn create(app: &App, editor: &mut Editor, email: &str) -> Result<Account, Refusal> {
    let account = Account {
        id: app.store.new_user_id(&mut editor.write).await?,
        name: None,
        email: email.into(),
        locale: None,
        created_at: editor.now,
        joined_at: None,
        last_active_at: None,
    };
    let organisation = editor.who.organisation.clone();
    let new = NewAccount { account: account.clone(), assignments: Vec::new() };
    app.store.create_account(&mut editor.write, &organisation, &new, editor.now).await?;
    Ok(account)
}

/// The grants of a request that makes sense.
fn check(editor: &Editor, new: &NewInvitation) -> Result<Assignments, Refusal> {
    let wrong = |field: &'static str, detail: &str| Err(Refusal::InvalidField(field, detail.into()));
    if !(1..=MAX_ADDRESSES).contains(&new.emails.len()) {
        return wrong("emails", "1 to 200 addresses");
    }
    if new.message.as_ref().is_some_and(|message| message.chars().count() > MAX_MESSAGE_CHARS) {
        return wrong("message", "at most 1,000 characters");
    }
    if new.expires_in_days.is_some_and(|days| !INVITATION_DAYS.contains(&days)) {
        return wrong("expires_in_days", "1 to 30 days");
    }
    let grants = checked_grants(&new.grants)?;
    for &node in grants.keys() {
        editor.who.known(node)?;
    }
    Ok(grants)
}
