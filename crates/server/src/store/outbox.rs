//! The mail outbox (<https://microservices.io/patterns/data/transactional-outbox.html>).
//!
//! A mail is queued in the transaction of the change that causes it, so both are stored or neither is. Each mail is a
//! job: its lane claims it, sends it and marks it as sent; failed mails are retried. This module does not talk to a mail
//! server.

use chrono::TimeDelta;
use studio_users_domain::Language;

use super::columns::account_columns;
use super::job_kind::JobKind;
use super::jobs::{JobKey, Lease, RunnerId, claim_job, release_job};
use super::links::{
    InvitationLinkKind, mint_invitation_link, mint_sign_in_link, mint_unsubscribe_link, revoke_link,
};
use super::outcome::Outcome;
use super::{Account, Error, Store, UserKey, Write, millis};
use crate::mail::Mail;
use crate::sql::{self, Row};
use crate::token::{Token, TokenHash};

const DAY: TimeDelta = TimeDelta::days(1);
/// The time after which a mail is given up.
const RETRY_PERIOD: TimeDelta = DAY;
/// The number of attempts after which a mail is given up, whatever the clock did meanwhile. It takes longer than
/// [`RETRY_PERIOD`].
const MAX_ATTEMPTS: i64 = 40;
/// The number of attempts that each mail gets. They take about two and a half hours.
const MIN_ATTEMPTS: i64 = 12;

/// A mail that was claimed for a delivery attempt.
pub(crate) struct ClaimedMail {
    /// The lease on the job of the mail.
    pub(crate) lease: Lease,
    /// The row id of the job, which is the number of the mail in the outbox.
    pub(crate) number: i64,
    /// The recipient.
    pub(crate) to: Account,
    /// The user who caused the mail.
    pub(crate) sender: Option<UserKey>,
    /// The language of the mail.
    pub(crate) language: Language,
    /// The kind of mail and its contents.
    pub(crate) mail: Mail,
    /// The token of the link in the mail, if it has one.
    pub(crate) token: Option<Token>,
    /// The token of the link that switches digests off, if the mail is one.
    pub(crate) unsubscribe: Option<Token>,
}

/// A due mail in the transaction that claims it, before its links are created. If it is dropped, nothing was claimed.
pub(crate) struct MailClaim {
    pub(crate) tx: Write,
    /// The mail, without the tokens of links.
    pub(crate) mail: ClaimedMail,
}

impl MailClaim {
    /// Claims the mail, and creates a new link for it, if it has one. An invitation is stored as it is sent.
    pub(crate) async fn accept(self) -> Result<ClaimedMail, Error> {
        let Self { mut tx, mut mail } = self;
        let to = mail.to.key();
        mail.token = match (&mail.mail, mail.sender) {
            (Mail::SignIn, _) => Some(mint_sign_in_link(&mut tx, to, true).await?),
            (Mail::Invitation { .. }, Some(creator)) => {
                tx.replace_content(mail.number, &mail.mail).await?;
                Some(mint_invitation_link(&mut tx, to, creator, InvitationLinkKind::Mailed).await?)
            }
            // A reminder leaves the earlier link valid.
            (Mail::Reminder(_), Some(creator)) => {
                Some(mint_invitation_link(&mut tx, to, creator, InvitationLinkKind::Reminder).await?)
            }
            _ => None,
        };
        if mail.mail.is_digest() {
            mail.unsubscribe = Some(mint_unsubscribe_link(&mut tx, to).await?);
        }
        let link = mail.token.as_ref().map(Token::hash);
        sql::query("UPDATE outbox SET link = ? WHERE pk = ?")
            .bind(link.as_ref().map(TokenHash::as_bytes))
            .bind(mail.number)
            .execute(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(mail)
    }

    /// Ends the claim of a mail that could not be prepared. It is tried again after a pause.
    pub(crate) async fn release(mut self) -> Result<(), Error> {
        release_job(&mut self.tx, self.mail.lease).await?;
        self.tx.commit().await
    }
}

impl Store {
    /// Claims a due mail. Returns `None` if no mail is due, or if the mail has become obsolete.
    ///
    /// Counts the attempt before it is made, so that a crash cannot cause retries without a pause. Revokes the link
    /// of the previous attempt. Sign-in links come first, because the recipient waits for them.
    pub(crate) async fn claim_mail(&self, runner: RunnerId) -> Result<Option<MailClaim>, Error> {
        let mut tx = self.write().await?;
        let Some(lease) = claim_job(&mut tx, JobKind::Mail, runner).await? else { return Ok(None) };
        let JobKey(number) = lease.job;
        let row = sql::query(concat!(
            "SELECT o.sender, o.language, o.mail, o.link, u.removed_at, u.digests, ",
            account_columns!(u),
            " FROM outbox o JOIN users u ON u.pk = o.user_pk WHERE o.pk = ?"
        ))
        .bind(number)
        .fetch_optional(&mut tx)
        .await?;
        let read = match row {
            Some(row) => read_mail(&mut tx, lease, &row).await,
            None => Ok(None),
        };
        match read {
            Ok(Some(mail)) => Ok(Some(MailClaim { tx, mail })),
            Ok(None) => {
                self.cancel(&mut tx, number).await?;
                self.commit_in_series(tx).await?;
                Ok(None)
            }
            // The database may have ended the transaction. The mail stays due.
            Err(error @ (Error::Database(_) | Error::Unreachable(_) | Error::Busy)) => Err(error),
            // The mail is invalid. It is tried again, because a later version may understand it.
            Err(error) => {
                release_job(&mut tx, lease).await?;
                tx.commit().await?;
                Err(error)
            }
        }
    }

    /// Claims a due mail as it is.
    #[cfg(test)]
    pub(crate) async fn claim_any_mail(&self, runner: RunnerId) -> Result<Option<ClaimedMail>, Error> {
        match self.claim_mail(runner).await? {
            Some(claim) => claim.accept().await.map(Some),
            None => Ok(None),
        }
    }

    /// Cancels a mail that must not be sent any more. Nothing was claimed, so its link was not created.
    pub(crate) async fn cancel_mail(&self, claim: MailClaim) -> Result<(), Error> {
        let MailClaim { mut tx, mail } = claim;
        self.cancel(&mut tx, mail.number).await?;
        self.commit_in_series(tx).await
    }

    /// Deletes a mail that has become obsolete. As long as a grant is pending that it would have announced, it is kept as
    /// cancelled, so that managers see it.
    async fn cancel(&self, tx: &mut Write, number: i64) -> Result<(), Error> {
        let is_shown = sql::query_scalar("SELECT EXISTS (SELECT 1 FROM pending_grants WHERE mail = ?)");
        if is_shown.bind(number).fetch_one(tx).await? {
            return self.end_mail(tx, number, Outcome::Cancelled, None).await;
        }
        sql::query("DELETE FROM jobs WHERE pk = ?").bind(number).execute(tx).await?;
        Ok(())
    }

    /// Revokes the link of a mail that could not be stored in the mail folder. The mail is due at once, and the attempt
    /// does not count, because the mail is not its cause.
    pub(crate) async fn postpone_mail(&self, number: i64) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let now = tx.now();
        sql::query(
            "UPDATE jobs SET attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END, \
             due_at = CASE WHEN created_at < ?1 THEN created_at ELSE ?1 END, lease_owner = NULL, lease_until = NULL WHERE pk = ?2",
        )
        .bind(millis(now))
        .bind(number)
        .execute(&mut tx)
        .await?;
        let link: Option<Option<Vec<u8>>> = sql::query_scalar("SELECT link FROM outbox WHERE pk = ?")
            .bind(number)
            .fetch_optional(&mut tx)
            .await?;
        if let Some(link) = link.flatten() {
            revoke_link(&mut tx, &link).await?;
        }
        tx.commit().await
    }

    /// Deletes a claimed mail that has nothing to say.
    pub(crate) async fn discard_mail(&self, number: i64) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sql::query("DELETE FROM jobs WHERE pk = ?").bind(number).execute(&mut tx).await?;
        tx.commit().await
    }

    /// Revokes the link of a mail that the mail server has refused. The mail is not tried again.
    pub(crate) async fn mark_mail_refused(&self, number: i64, reply: Option<&str>) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let link: Option<Option<Vec<u8>>> =
            sql::query_scalar("SELECT link FROM outbox WHERE pk = ? AND outcome IS NULL")
                .bind(number)
                .fetch_optional(&mut tx)
                .await?;
        if let Some(link) = link.flatten() {
            revoke_link(&mut tx, &link).await?;
        }
        self.end_mail(&mut tx, number, Outcome::Refused, reply).await?;
        self.commit_in_series(tx).await
    }

    /// Revokes the link of a mail that could not be sent. Returns whether the mail will be retried: after 24 hours it
    /// is given up.
    pub(crate) async fn mark_mail_failed(&self, number: i64, reply: Option<&str>) -> Result<bool, Error> {
        let mut tx = self.write().await?;
        let now = tx.now();
        let row = sql::query(
            "UPDATE jobs SET lease_owner = NULL, lease_until = NULL WHERE pk = ? AND finished_at IS NULL \
             RETURNING created_at, attempts, (SELECT link FROM outbox WHERE pk = jobs.pk) AS link",
        )
        .bind(number)
        .fetch_optional(&mut tx)
        .await?;
        let Some(row) = row else { return Ok(false) };
        sql::query("UPDATE outbox SET reply = ? WHERE pk = ?")
            .bind(reply)
            .bind(number)
            .execute(&mut tx)
            .await?;
        if let Some(link) = row.try_get::<Option<&[u8]>, _>("link")? {
            revoke_link(&mut tx, link).await?;
        }
        let attempts: i64 = row.try_get("attempts")?;
        // A mail that a budget has delayed gets its attempts after that.
        let is_expired = attempts >= MAX_ATTEMPTS
            || attempts >= MIN_ATTEMPTS && row.try_get::<i64, _>("created_at")? <= millis(now - RETRY_PERIOD);
        if is_expired {
            self.end_mail(&mut tx, number, Outcome::GivenUp, reply).await?;
        }
        self.commit_in_series(tx).await?;
        Ok(!is_expired)
    }
}

/// Parses a mail, and revokes the link of its previous attempt. Returns `None` for an obsolete mail: the recipient was
/// removed, or an invitation has no pending grants left, or its sender was removed.
async fn read_mail(tx: &mut Write, lease: Lease, row: &Row) -> Result<Option<ClaimedMail>, Error> {
    let JobKey(number) = lease.job;
    if let Some(link) = row.try_get::<Option<&[u8]>, _>("link")? {
        revoke_link(tx, link).await?;
    }
    let to = Account::of(row)?;
    let mut mail: Mail = serde_json::from_str(row.try_get("mail")?)
        .map_err(|error| Error::InvalidData(format!("the mail {number}: {error}")))?;
    let fallback: Option<&str> = row.try_get("language")?;
    let language = to.locale.or_else(|| fallback.and_then(Language::from_tag)).unwrap_or_default();
    let sender = row.try_get::<Option<i64>, _>("sender")?.map(UserKey);
    let is_current = match &mut mail {
        _ if row.try_get::<Option<i64>, _>("removed_at")?.is_some() => false,
        Mail::SignIn => to.joined_at.is_some(),
        Mail::Invitation { .. } | Mail::Reminder(_) => match sender {
            Some(sender) => is_live(tx, sender).await? && has_pending_grants(tx, to.key()).await?,
            None => false,
        },
        Mail::Digest(digest) => {
            tx.take_delayed_digests(to.key(), number, digest).await?;
            // The preference counts when the digest is sent.
            row.try_get("digests")?
        }
        Mail::Joined { .. } => row.try_get("digests")?,
        Mail::AccessGiven { .. } | Mail::Access(_) => true,
    };
    let mail = ClaimedMail { lease, number, to, sender, language, mail, token: None, unsubscribe: None };
    Ok(is_current.then_some(mail))
}

/// Whether the account of a user was not removed.
async fn is_live(tx: &mut Write, user: UserKey) -> Result<bool, Error> {
    let live = sql::query_scalar("SELECT EXISTS (SELECT 1 FROM users WHERE pk = ? AND removed_at IS NULL)");
    Ok(live.bind(user.0).fetch_one(tx).await?)
}

async fn has_pending_grants(tx: &mut Write, user: UserKey) -> Result<bool, Error> {
    let now = tx.now();
    let one: Option<i64> =
        sql::query_scalar("SELECT node FROM pending_grants WHERE user_pk = ? AND expires_at > ? LIMIT 1")
            .bind(user.0)
            .bind(millis(now))
            .fetch_optional(tx)
            .await?;
    Ok(one.is_some())
}
