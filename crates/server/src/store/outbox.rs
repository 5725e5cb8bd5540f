//! The mail outbox (<https://microservices.io/patterns/data/transactional-outbox.html>).
//!
//! A mail is queued in the transaction of the change that causes it, so both are stored or neither is. A worker
//! claims it, sends it and marks it as sent; failed mails are retried. This module does not talk to a mail server.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use studio_users_domain::Language;
use tokio::sync::Notify;

use super::links::{mint_invitation_link, mint_sign_in_link, revoke_link};
use super::{Account, Error, Store, Tx, UserKey, Write, millis, time_from_millis};
use crate::mail::Mail;
use crate::token::Token;

const DAY: TimeDelta = TimeDelta::days(1);
/// The maximum number of mails that one user can cause in 24 hours.
const MAX_PER_SENDER: i64 = 1_000;
/// The maximum number of mails to one recipient in 24 hours. It keeps others from flooding a mailbox.
const MAX_PER_RECIPIENT: i64 = 20;
const MIN_BACKOFF: TimeDelta = TimeDelta::seconds(5);
const MAX_BACKOFF: TimeDelta = TimeDelta::hours(1);
/// The time after which a mail is given up.
const RETRY_PERIOD: TimeDelta = DAY;
/// The number of attempts after which a mail is given up, whatever the clock did meanwhile. It takes longer than
/// [`RETRY_PERIOD`].
const MAX_ATTEMPTS: i64 = 40;

/// A mail to be queued.
#[derive(Debug, Clone)]
pub(crate) struct NewMail {
    /// The recipient.
    pub(crate) to: UserKey,
    /// The user who causes the mail and whose limit it counts against. `None` if the recipient requested it.
    pub(crate) by: Option<UserKey>,
    /// The language for recipients who have not chosen one.
    pub(crate) language: Option<Language>,
    /// The kind of mail and its contents.
    pub(crate) mail: Mail,
}

/// The mail limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailLimit {
    /// The sender caused 1,000 mails in 24 hours.
    Sender,
    /// The recipient got 20 mails in 24 hours.
    Recipient,
}

/// A mail that was claimed for a delivery attempt.
pub(crate) struct ClaimedMail {
    /// The row id in the outbox.
    pub(crate) number: i64,
    /// The recipient.
    pub(crate) to: Account,
    /// The language of the mail.
    pub(crate) language: Language,
    /// The kind of mail and its contents.
    pub(crate) mail: Mail,
    /// The token of the link in the mail, if it has one.
    pub(crate) token: Option<Token>,
}

impl Write {
    /// Queues a mail. It is sent once the transaction is committed. Above a limit, queues nothing and returns the
    /// limit; the transaction stays usable.
    pub(crate) async fn queue_mail(&mut self, new: &NewMail) -> Result<Result<(), MailLimit>, Error> {
        let now = self.now();
        // Mails of the future were queued before the clock was set back, and do not count.
        if let Some(sender) = new.by {
            let sent = "SELECT count(*) FROM outbox WHERE sender = ? AND created_at > ? AND created_at <= ?";
            if count_of_day(self, sent, sender).await? >= MAX_PER_SENDER {
                return Ok(Err(MailLimit::Sender));
            }
        }
        let received = "SELECT count(*) FROM outbox WHERE user = ? AND created_at > ? AND created_at <= ?";
        if count_of_day(self, received, new.to).await? >= MAX_PER_RECIPIENT {
            return Ok(Err(MailLimit::Recipient));
        }
        let mail = serde_json::to_string(&new.mail).map_err(|error| Error::InvalidData(error.to_string()))?;
        sqlx::query(
            "INSERT INTO outbox (user, sender, language, mail, created_at, due_at) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(new.to.0)
        .bind(new.by.map(|sender| sender.0))
        .bind(new.language.map(Language::tag))
        .bind(mail)
        .bind(millis(now))
        .bind(millis(now))
        .execute(&mut ***self)
        .await?;
        self.has_mail = true;
        Ok(Ok(()))
    }
}

impl Store {
    /// Returns the notification that a commit sends when it has queued mail.
    pub(crate) fn mail_queued(&self) -> &Notify {
        &self.mail_queued
    }

    /// Returns the time of the next delivery attempt. `None` if the outbox has no unsent mail.
    ///
    /// A mail is due at once until its first attempt. A mail that is due later than the longest pause from now got its
    /// time before the clock was set back, and is due at once, too.
    pub(crate) async fn next_mail_at(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
        let mut tx = self.read().await?;
        let due: Option<i64> = sqlx::query_scalar(
            "SELECT min(CASE WHEN attempts = 0 OR due_at > ? THEN min(due_at, ?) ELSE due_at END) FROM outbox \
             WHERE sent_at IS NULL",
        )
        .bind(millis(now + MAX_BACKOFF))
        .bind(millis(now))
        .fetch_one(&mut *tx)
        .await?;
        due.map(time_from_millis).transpose()
    }

    /// Claims a due mail and creates a new link for it, if it has one. Returns `None` if no mail is due, or if the
    /// mail has become obsolete.
    ///
    /// Counts the attempt before it is made, so that a crash cannot cause retries without a pause. Revokes the link
    /// of the previous attempt. Mails that the recipient requested come first, because the recipient waits for them.
    pub(crate) async fn claim_mail(&self) -> Result<Option<ClaimedMail>, Error> {
        let mut tx = self.write().await?;
        let now = tx.now();
        let row = sqlx::query(
            "SELECT o.pk AS number, o.sender, o.language, o.mail, o.attempts, o.link, u.* \
             FROM outbox o JOIN users u ON u.pk = o.user \
             WHERE o.sent_at IS NULL AND (o.attempts = 0 OR o.due_at <= ? OR o.due_at > ?) \
             ORDER BY o.sender IS NOT NULL, o.pk LIMIT 1",
        )
        .bind(millis(now))
        .bind(millis(now + MAX_BACKOFF))
        .fetch_optional(&mut **tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let number: i64 = row.try_get("number")?;
        let attempts: i64 = row.try_get("attempts")?;
        if let Some(link) = row.try_get::<Option<&[u8]>, _>("link")? {
            revoke_link(&mut tx, link).await?;
        }
        sqlx::query("UPDATE outbox SET attempts = ?, due_at = ?, link = NULL WHERE pk = ?")
            .bind(attempts + 1)
            .bind(millis(now + backoff(attempts)))
            .bind(number)
            .execute(&mut **tx)
            .await?;
        let claimed = prepare_mail(&mut tx, number, &row).await;
        if let Err(Error::Database(_)) = claimed {
            // SQLite may have ended the transaction. The mail stays due.
            return claimed;
        }
        if let Ok(None) = claimed {
            delete(&mut tx, number).await?;
        }
        tx.commit().await?;
        claimed
    }

    /// Marks a mail as sent, and deletes mails that were sent more than 24 hours ago.
    pub(crate) async fn mark_mail_sent(&self, number: i64) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let now = tx.now();
        sqlx::query("UPDATE outbox SET sent_at = ? WHERE pk = ?")
            .bind(millis(now))
            .bind(number)
            .execute(&mut **tx)
            .await?;
        self.delete_sent_mails(&mut tx).await?;
        tx.commit().await
    }

    /// Deletes mails that were sent more than 24 hours ago. Until then they count for the limits.
    pub(super) async fn delete_sent_mails(&self, tx: &mut Write) -> Result<(), Error> {
        let now = tx.now();
        sqlx::query("DELETE FROM outbox WHERE sent_at <= ?")
            .bind(millis(now - DAY))
            .execute(&mut ***tx)
            .await?;
        Ok(())
    }

    /// Revokes the link of a mail that could not be stored in the mail folder. The mail is due at once, and the attempt
    /// does not count, because the mail is not its cause.
    pub(crate) async fn postpone_mail(&self, number: i64) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let now = tx.now();
        let row = sqlx::query(
            "UPDATE outbox SET attempts = max(attempts - 1, 0), due_at = ? WHERE pk = ? RETURNING link",
        )
        .bind(millis(now))
        .bind(number)
        .fetch_optional(&mut **tx)
        .await?;
        if let Some(link) = row.map(|row| row.try_get::<Option<Vec<u8>>, _>(0)).transpose()?.flatten() {
            revoke_link(&mut tx, &link).await?;
        }
        tx.commit().await
    }

    /// Revokes the link of a mail that could not be sent. Returns whether the mail will be retried: after 24 hours it
    /// is deleted.
    pub(crate) async fn mark_mail_failed(&self, number: i64) -> Result<bool, Error> {
        let mut tx = self.write().await?;
        let now = tx.now();
        let row = sqlx::query("SELECT created_at, attempts, link FROM outbox WHERE pk = ?")
            .bind(number)
            .fetch_optional(&mut **tx)
            .await?;
        let Some(row) = row else { return Ok(false) };
        if let Some(link) = row.try_get::<Option<&[u8]>, _>("link")? {
            revoke_link(&mut tx, link).await?;
        }
        let is_expired = row.try_get::<i64, _>("created_at")? <= millis(now - RETRY_PERIOD)
            || row.try_get::<i64, _>("attempts")? >= MAX_ATTEMPTS;
        if is_expired {
            delete(&mut tx, number).await?;
        }
        tx.commit().await?;
        Ok(!is_expired)
    }
}

/// Returns the pause before the next attempt: it doubles with each failure, from 5 seconds to 1 hour.
fn backoff(attempts: i64) -> TimeDelta {
    // Ten doublings already exceed the maximum.
    let doublings = u32::try_from(attempts).unwrap_or(u32::MAX).min(10);
    (MIN_BACKOFF * 2_i32.pow(doublings)).min(MAX_BACKOFF)
}

/// Parses a mail and creates its link. Returns `None` for an invitation with no pending grants left.
async fn prepare_mail(tx: &mut Write, number: i64, row: &SqliteRow) -> Result<Option<ClaimedMail>, Error> {
    let to = Account::of(row)?;
    let mail: Mail = serde_json::from_str(row.try_get("mail")?)
        .map_err(|error| Error::InvalidData(format!("the mail {number}: {error}")))?;
    let fallback: Option<&str> = row.try_get("language")?;
    let language = to.locale.or_else(|| fallback.and_then(Language::from_tag)).unwrap_or_default();
    let token = match mail {
        Mail::SignIn => Some(mint_sign_in_link(tx, to.key(), true).await?),
        Mail::Invitation { .. } => {
            let sender: Option<i64> = row.try_get("sender")?;
            let Some(creator) = sender.map(UserKey) else { return Ok(None) };
            if !has_pending_grants(tx, to.key()).await? {
                return Ok(None);
            }
            Some(mint_invitation_link(tx, to.key(), creator, true).await?)
        }
        Mail::AccessGiven { .. } | Mail::Joined { .. } => None,
    };
    if let Some(token) = &token {
        sqlx::query("UPDATE outbox SET link = ? WHERE pk = ?")
            .bind(token.hash().as_bytes())
            .bind(number)
            .execute(&mut ***tx)
            .await?;
    }
    Ok(Some(ClaimedMail { number, to, language, mail, token }))
}

async fn has_pending_grants(tx: &mut Write, user: UserKey) -> Result<bool, Error> {
    let now = tx.now();
    let one: Option<i64> =
        sqlx::query_scalar("SELECT node FROM pending_grants WHERE user = ? AND expires_at > ? LIMIT 1")
            .bind(user.0)
            .bind(millis(now))
            .fetch_optional(&mut ***tx)
            .await?;
    Ok(one.is_some())
}

async fn delete(tx: &mut Tx, number: i64) -> Result<(), Error> {
    sqlx::query("DELETE FROM outbox WHERE pk = ?").bind(number).execute(&mut **tx).await?;
    Ok(())
}

/// Counts the mails of a user in the last 24 hours.
async fn count_of_day(tx: &mut Write, sql: &'static str, user: UserKey) -> Result<i64, Error> {
    let now = tx.now();
    let count = sqlx::query_scalar(sql).bind(user.0).bind(millis(now - DAY)).bind(millis(now));
    Ok(count.fetch_one(&mut ***tx).await?)
}
