//! Mail between the change that it tells of and the server that brings it.
//!
//! A mail is written in the transaction of the change, so there is one exactly where there is the other. It is
//! taken out to be tried, and stays until it was sent. Nothing here talks to a mail server.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use studio_users_domain::Language;
use tokio::sync::Notify;

use super::links::{end_link, mint_invitation_link, mint_sign_in_link};
use super::{Account, Error, Store, Tx, UserKey, Write, millis, time_of};
use crate::mail::Mail;
use crate::token::Token;

const DAY: TimeDelta = TimeDelta::days(1);
/// How many mails one person causes within a day.
const MOST_OF_A_SENDER: i64 = 1_000;
/// How many mails one person gets within a day: more would only fill a mailbox.
const MOST_TO_A_RECIPIENT: i64 = 20;
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(5);
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);
/// How long a mail is tried.
const TRIED_FOR: TimeDelta = DAY;

/// A mail to be written into the outbox.
#[derive(Debug, Clone)]
pub(crate) struct NewMail {
    /// Who gets it.
    pub(crate) to: UserKey,
    /// Who causes it, and whose mails it counts among; none where the recipient asked for it.
    pub(crate) by: Option<UserKey>,
    /// The language that the recipient is written to in who has not chosen one.
    pub(crate) language: Option<Language>,
    /// What it says.
    pub(crate) mail: Mail,
}

/// Whose mails of a day are used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailLimit {
    /// Whoever causes the mail has caused too many.
    Sender,
    /// Whoever would get it has got too many.
    Recipient,
}

/// A mail that was taken out to be tried.
pub(crate) struct TakenMail {
    /// Its number.
    pub(crate) number: i64,
    /// Who gets it.
    pub(crate) to: Account,
    /// The language that it is written in.
    pub(crate) language: Language,
    /// What it says.
    pub(crate) mail: Mail,
    /// The token of the link in it, if it has one.
    pub(crate) token: Option<Token>,
}

impl Write {
    /// Sends a mail once the change is committed. Past a limit nothing is sent, and the change goes on.
    pub(crate) async fn send(
        &mut self,
        new: &NewMail,
        now: DateTime<Utc>,
    ) -> Result<Result<(), MailLimit>, Error> {
        let since = millis(now - DAY);
        if let Some(sender) = new.by {
            let sent = "SELECT count(*) FROM outbox WHERE sender = ? AND created_at > ?";
            if count(self, sent, sender, since).await? >= MOST_OF_A_SENDER {
                return Ok(Err(MailLimit::Sender));
            }
        }
        let got = "SELECT count(*) FROM outbox WHERE user = ? AND created_at > ?";
        if count(self, got, new.to, since).await? >= MOST_TO_A_RECIPIENT {
            return Ok(Err(MailLimit::Recipient));
        }
        let mail = serde_json::to_string(&new.mail).map_err(|error| Error::Foreign(error.to_string()))?;
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
    /// Is told whenever mail was written into the outbox.
    pub(crate) fn mail_waits(&self) -> &Notify {
        &self.mail_waits
    }

    /// When the next mail is to be tried; none while there is no mail.
    pub(crate) async fn next_mail_at(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let mut tx = self.read().await?;
        let due: Option<i64> = sqlx::query_scalar("SELECT min(due_at) FROM outbox WHERE sent_at IS NULL")
            .fetch_one(&mut *tx)
            .await?;
        due.map(time_of).transpose()
    }

    /// Takes out a mail that is due, with a new link where it has one; none where nothing is due, or where the
    /// mail has become pointless. The try counts from here, whatever becomes of it, so that no mail is tried
    /// without a pause; and the link of the try before ends.
    ///
    /// First come those that nobody caused but who waits for them.
    pub(crate) async fn take_mail(&self, now: DateTime<Utc>) -> Result<Option<TakenMail>, Error> {
        let mut tx = self.write().await?;
        let row = sqlx::query(
            "SELECT o.pk AS number, o.sender, o.language, o.mail, o.attempts, o.link, u.* \
             FROM outbox o JOIN users u ON u.pk = o.user WHERE o.sent_at IS NULL AND o.due_at <= ? \
             ORDER BY o.sender IS NOT NULL, o.due_at, o.pk LIMIT 1",
        )
        .bind(millis(now))
        .fetch_optional(&mut **tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let number: i64 = row.try_get("number")?;
        let attempts: i64 = row.try_get("attempts")?;
        if let Some(link) = row.try_get::<Option<&[u8]>, _>("link")? {
            end_link(&mut tx, link, now).await?;
        }
        sqlx::query("UPDATE outbox SET attempts = ?, due_at = ?, link = NULL WHERE pk = ?")
            .bind(attempts + 1)
            .bind(millis(now + pause_after(attempts)))
            .bind(number)
            .execute(&mut **tx)
            .await?;
        let taken = open(&mut tx, number, &row, now).await;
        if let Ok(None) = taken {
            delete(&mut tx, number).await?;
        }
        tx.commit().await?;
        taken
    }

    /// Notes that a mail was sent, and forgets those that were sent long ago.
    pub(crate) async fn note_mail_sent(&self, number: i64, now: DateTime<Utc>) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE outbox SET sent_at = ? WHERE pk = ?")
            .bind(millis(now))
            .bind(number)
            .execute(&mut **tx)
            .await?;
        sqlx::query("DELETE FROM outbox WHERE sent_at <= ?")
            .bind(millis(now - DAY))
            .execute(&mut **tx)
            .await?;
        tx.commit().await
    }

    /// Ends the link of a mail that could not be sent, and answers whether the mail is tried again: not where it
    /// has been for a day.
    pub(crate) async fn note_mail_failed(&self, number: i64, now: DateTime<Utc>) -> Result<bool, Error> {
        let mut tx = self.write().await?;
        let row = sqlx::query("SELECT created_at, link FROM outbox WHERE pk = ?")
            .bind(number)
            .fetch_optional(&mut **tx)
            .await?;
        let Some(row) = row else { return Ok(false) };
        if let Some(link) = row.try_get::<Option<&[u8]>, _>("link")? {
            end_link(&mut tx, link, now).await?;
        }
        let is_over = row.try_get::<i64, _>("created_at")? <= millis(now - TRIED_FOR);
        if is_over {
            delete(&mut tx, number).await?;
        }
        tx.commit().await?;
        Ok(!is_over)
    }
}

/// How long a mail waits after it was tried, and had been so many times before.
fn pause_after(attempts: i64) -> TimeDelta {
    // From the tenth on it is the longest.
    let doublings = u32::try_from(attempts).unwrap_or(u32::MAX).min(10);
    (FIRST_PAUSE * 2_i32.pow(doublings)).min(LONGEST_PAUSE)
}

/// Reads a mail, and makes its link; none where it has become pointless.
async fn open(
    tx: &mut Tx,
    number: i64,
    row: &SqliteRow,
    now: DateTime<Utc>,
) -> Result<Option<TakenMail>, Error> {
    let to = Account::of(row)?;
    let mail: Mail = serde_json::from_str(row.try_get("mail")?)
        .map_err(|error| Error::Foreign(format!("the mail {number}: {error}")))?;
    let given: Option<&str> = row.try_get("language")?;
    let language = to.locale.or_else(|| given.and_then(Language::from_tag)).unwrap_or_default();
    let token = match mail {
        Mail::SignIn => Some(mint_sign_in_link(tx, to.key(), true, now).await?),
        Mail::Invitation { .. } => {
            let sender: Option<i64> = row.try_get("sender")?;
            let Some(maker) = sender.map(UserKey) else { return Ok(None) };
            if !has_pending_grants(tx, to.key(), now).await? {
                return Ok(None);
            }
            Some(mint_invitation_link(tx, to.key(), maker, true, now).await?)
        }
        Mail::AccessGiven { .. } | Mail::Joined { .. } => None,
    };
    if let Some(token) = &token {
        sqlx::query("UPDATE outbox SET link = ? WHERE pk = ?")
            .bind(token.hash().as_bytes())
            .bind(number)
            .execute(&mut **tx)
            .await?;
    }
    Ok(Some(TakenMail { number, to, language, mail, token }))
}

async fn has_pending_grants(tx: &mut Tx, user: UserKey, now: DateTime<Utc>) -> Result<bool, Error> {
    let one: Option<i64> =
        sqlx::query_scalar("SELECT node FROM pending_grants WHERE user = ? AND expires_at > ? LIMIT 1")
            .bind(user.0)
            .bind(millis(now))
            .fetch_optional(&mut **tx)
            .await?;
    Ok(one.is_some())
}

async fn delete(tx: &mut Tx, number: i64) -> Result<(), Error> {
    sqlx::query("DELETE FROM outbox WHERE pk = ?").bind(number).execute(&mut **tx).await?;
    Ok(())
}

async fn count(tx: &mut Tx, sql: &'static str, user: UserKey, since: i64) -> Result<i64, Error> {
    Ok(sqlx::query_scalar(sql).bind(user.0).bind(since).fetch_one(&mut **tx).await?)
}
