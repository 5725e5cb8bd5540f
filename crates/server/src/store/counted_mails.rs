//! The mails that count for the limits of their sender and of their recipient, for 24 hours.
//!
//! A mail counts for an address, not for an account, and counts on when the outbox has deleted it. So the budget of a sender
//! and an address is the same whether the address has an account elsewhere or not: revoking the invitation of an address
//! without one deletes the account and the mails that wait.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Error, UserKey, Write, millis, time_from_millis};
use crate::mail::Mail;
use crate::sql;

/// The period of the limits for mails to others and for digests.
pub(super) const DAY: TimeDelta = TimeDelta::days(1);
/// The maximum number of mails of one kind in 24 hours: from a sender to an address, from the other senders to an address
/// before a mail waits, and of digests to a recipient.
pub(super) const MAX_PER_RECIPIENT: i64 = 20;

/// The user who causes a mail to another user.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sender {
    pub(crate) user: UserKey,
    /// Whether the limit of administrators applies instead of that of managers.
    pub(crate) is_administrator: bool,
}

/// The mail limit that was reached, with the time until the oldest counted mail no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailLimit {
    /// The sender has caused too many mails in 24 hours.
    Sender(Duration),
    /// The recipient got too many mails of this kind in 24 hours, all of them from this sender.
    Recipient(Duration),
}

impl MailLimit {
    /// Returns the time after which the mail can be queued.
    pub(crate) fn wait(self) -> Duration {
        match self {
            Self::Sender(wait) | Self::Recipient(wait) => wait,
        }
    }
}

/// A mail that counts for the limits.
#[derive(Debug)]
pub(super) struct CountedMail {
    /// The number of the mail in the outbox.
    pub(super) number: i64,
    pub(super) sender: UserKey,
    /// The address of the recipient in its form for comparison.
    pub(super) address: String,
    /// The name of its kind.
    pub(super) kind: &'static str,
    /// The time at which the mail leaves.
    pub(super) due_at: DateTime<Utc>,
}

/// The mails that count for a limit.
#[derive(Clone, Copy)]
enum Counted<'a> {
    /// All mails that the user caused.
    By(UserKey),
    /// The mails of a kind to the address that the user caused.
    Between(UserKey, &'a str, &'static str),
}

impl Write {
    /// Checks the limits of a sender for a mail of this kind, before anything is written. `address` is the address in its
    /// form for comparison. It may have no account.
    pub(crate) async fn check_mail_limit(
        &mut self,
        sender: Sender,
        address: &str,
        kind: &'static str,
    ) -> Result<Result<(), MailLimit>, Error> {
        let limit = if sender.is_administrator {
            self.limits.mails_per_administrator
        } else {
            self.limits.mails_per_manager
        };
        if let Some(wait) = self.wait_for_limit(Counted::By(sender.user), limit.into()).await? {
            return Ok(Err(MailLimit::Sender(wait)));
        }
        let pair = Counted::Between(sender.user, address, kind);
        let wait = self.wait_for_limit(pair, MAX_PER_RECIPIENT).await?;
        Ok(wait.map_or(Ok(()), |wait| Err(MailLimit::Recipient(wait))))
    }

    /// Returns the time until a further mail is within the limit. `None` if it is within the limit now.
    async fn wait_for_limit(&mut self, counted: Counted<'_>, limit: i64) -> Result<Option<Duration>, Error> {
        let now = self.now();
        // Mails of the future were queued before the clock was set back, and do not count.
        let query = match counted {
            Counted::By(sender) => sql::query_scalar(
                "SELECT created_at FROM counted_mails WHERE created_at > ? AND created_at <= ? AND sender = ? \
                 AND kind <> ? ORDER BY created_at DESC LIMIT 1 OFFSET ?",
            )
            .bind(millis(now - DAY))
            .bind(millis(now))
            .bind(sender.0)
            .bind(Mail::REMINDER),
            Counted::Between(sender, address, kind) => sql::query_scalar(
                "SELECT created_at FROM counted_mails WHERE created_at > ? AND created_at <= ? AND sender = ? \
                 AND address = ? AND kind = ? ORDER BY created_at DESC LIMIT 1 OFFSET ?",
            )
            .bind(millis(now - DAY))
            .bind(millis(now))
            .bind(sender.0)
            .bind(address)
            .bind(kind),
        };
        let oldest: Option<i64> = query.bind(limit - 1).fetch_optional(self).await?;
        let Some(oldest) = oldest.map(time_from_millis).transpose()? else { return Ok(None) };
        Ok(Some((oldest + DAY - now).to_std().unwrap_or_default()))
    }

    /// Returns the time at which a further mail of a kind leaves: at once, or when the other senders have sent fewer than
    /// [`MAX_PER_RECIPIENT`] to the address in 24 hours.
    ///
    /// The sender's own mails do not count: a delay would reveal the first mail of another sender.
    pub(super) async fn address_due_at(
        &mut self,
        sender: UserKey,
        address: &str,
        kind: &'static str,
    ) -> Result<DateTime<Utc>, Error> {
        let now = self.now();
        let due_at: Option<i64> = sql::query_scalar(
            "SELECT due_at FROM counted_mails WHERE address = ? AND kind = ? AND sender <> ? AND created_at <= ? \
             AND due_at > ? ORDER BY due_at DESC LIMIT 1 OFFSET ?",
        )
        .bind(address)
        .bind(kind)
        .bind(sender.0)
        .bind(millis(now))
        .bind(millis(now - DAY))
        .bind(MAX_PER_RECIPIENT - 1)
        .fetch_optional(self)
        .await?;
        Ok(due_at.map(time_from_millis).transpose()?.map_or(now, |due_at| due_at + DAY))
    }

    /// Counts a mail that was queued.
    pub(super) async fn count_mail(&mut self, mail: &CountedMail) -> Result<(), Error> {
        let now = self.now();
        sql::query(
            "INSERT INTO counted_mails (number, sender, address, kind, created_at, due_at) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(mail.number)
        .bind(mail.sender.0)
        .bind(mail.address.as_str())
        .bind(mail.kind)
        .bind(millis(now))
        .bind(millis(mail.due_at))
        .execute(self)
        .await?;
        Ok(())
    }

    /// Deletes mails that no longer count.
    pub(super) async fn delete_counted_mails(&mut self) -> Result<(), Error> {
        let before = millis(self.now() - DAY);
        sql::query("DELETE FROM counted_mails WHERE due_at <= ?").bind(before).execute(self).await?;
        Ok(())
    }

    /// Returns the address of a user in its form for comparison.
    pub(super) async fn address_of(&mut self, user: UserKey) -> Result<String, Error> {
        let address = sql::query_scalar("SELECT email_norm FROM users WHERE pk = ?");
        Ok(address.bind(user.0).fetch_one(self).await?)
    }
}
