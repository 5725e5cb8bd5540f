//! Queues mails within the budgets of their kinds, so that no kind of mail can exhaust the budget of another.
//!
//! - **Sign-in links** are never refused. One waits for each user, and later requests join it. After three within
//!   30 minutes, the next leaves 10 minutes after the last, while the link of the last is still valid.
//! - **Digests** bundle notifications: until it is sent, the digest of a recipient takes up further ones.
//! - **Notices about given access** leave at once. Further ones to the same recipient within the delay of digests wait
//!   for its end, and are one mail.
//! - **Reminders** of invitations have a limit per recipient, and count for no sender. They leave after all other mails.
//! - **Mails to others**, which are invitations and notices about given access, are limited by their sender, and by
//!   sender and recipient. Only the sender's own mails can refuse one, so a refusal reveals nothing about the recipient.
//!   Above the limit of a recipient over all senders, the mail waits.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_domain::Language;

use super::job_kind::JobKind;
use super::jobs::{JobKey, NewJob, insert_job};
use super::{Error, UserKey, Write, millis, time_from_millis};
use crate::mail::{AccessNotice, Digest, DigestUser, GivenAccess, Mail};
use crate::sql;
use crate::token::random_id;

/// The period of the limits for mails to others and for digests.
const DAY: TimeDelta = TimeDelta::days(1);
/// The maximum number of mails of one kind to one recipient in 24 hours.
const MAX_PER_RECIPIENT: i64 = 20;
/// The number of sign-in mails to one user that leave at once within [`SIGN_IN_PERIOD`].
const SIGN_IN_BURST: i64 = 3;
const SIGN_IN_PERIOD: TimeDelta = TimeDelta::minutes(30);
/// The pause between further sign-in mails. It is shorter than the lifetime of a link, so one of the links is valid at any
/// time.
const SIGN_IN_PAUSE: TimeDelta = TimeDelta::minutes(10);
/// The time within which a failed sign-in mail is sent again when the user asks again.
const SIGN_IN_RETRY: TimeDelta = TimeDelta::minutes(1);
/// The maximum number of entries in one digest.
const MAX_IN_DIGEST: usize = 100;

/// A mail to be queued.
#[derive(Debug, Clone)]
pub(crate) struct NewMail {
    /// The recipient.
    pub(crate) to: UserKey,
    /// The user who causes the mail and whose limit it counts against. `None` for sign-in links and digests.
    pub(crate) by: Option<Sender>,
    /// The language for recipients who have not chosen one.
    pub(crate) language: Option<Language>,
    /// The kind of mail and its contents.
    pub(crate) mail: Mail,
}

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

impl Write {
    /// Queues a mail, and returns its number. It is sent once the transaction is committed. Above a limit, queues nothing
    /// and returns the limit; the transaction stays usable.
    pub(crate) async fn queue_mail(&mut self, new: &NewMail) -> Result<Result<i64, MailLimit>, Error> {
        let now = self.now();
        let due_at = match &new.mail {
            Mail::SignIn => {
                if let Some(number) = self.joins_waiting_sign_in(new.to).await? {
                    return Ok(Ok(number));
                }
                self.sign_in_due_at(new.to).await?
            }
            Mail::Digest(digest) => {
                if let Some(number) = self.joins_waiting_digest(new.to, digest).await? {
                    return Ok(Ok(number));
                }
                let count = Counted::To(new.to, new.mail.kind());
                if let Some(wait) = self.wait_for_limit(count, MAX_PER_RECIPIENT).await? {
                    return Ok(Err(MailLimit::Recipient(wait)));
                }
                now + self.limits.digest_delay
            }
            Mail::Reminder(_) => self.recipient_due_at(new.to, new.mail.kind()).await?,
            mail => {
                if let Some(sender) = new.by
                    && let Err(limit) = self.check_mail_limit(sender, Some(new.to), mail.kind()).await?
                {
                    return Ok(Err(limit));
                }
                let due_at = self.recipient_due_at(new.to, mail.kind()).await?;
                match mail {
                    Mail::Access(notice) => {
                        if let Some(number) = self.joins_waiting_access(new.to, notice).await? {
                            return Ok(Ok(number));
                        }
                        due_at.max(self.access_due_at(new.to).await?)
                    }
                    _ => due_at,
                }
            }
        };
        Ok(Ok(self.insert_mail(new, due_at).await?))
    }

    /// Adds entries to the digest of a user. Omits them if the user has got too many digests today.
    pub(crate) async fn queue_digest(&mut self, to: UserKey, digest: Digest) -> Result<(), Error> {
        let new = NewMail { to, by: None, language: None, mail: Mail::Digest(digest) };
        if self.queue_mail(&new).await?.is_err() {
            tracing::warn!("an inviter was not notified: they have reached the daily limit of digests");
        }
        Ok(())
    }

    /// Checks the limits of a sender for a mail of this kind, before anything is written. `to` is `None` for a recipient
    /// without an account.
    pub(crate) async fn check_mail_limit(
        &mut self,
        sender: Sender,
        to: Option<UserKey>,
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
        let Some(to) = to else { return Ok(Ok(())) };
        let pair = Counted::Between(to, sender.user, kind);
        let wait = self.wait_for_limit(pair, MAX_PER_RECIPIENT).await?;
        Ok(wait.map_or(Ok(()), |wait| Err(MailLimit::Recipient(wait))))
    }

    /// Returns the time until a further mail is within the limit. `None` if it is within the limit now.
    async fn wait_for_limit(&mut self, counted: Counted, limit: i64) -> Result<Option<Duration>, Error> {
        let now = self.now();
        // Mails of the future were queued before the clock was set back, and do not count.
        let query = match counted {
            Counted::By(sender) => sql::query_scalar(
                "SELECT created_at FROM outbox WHERE created_at > ? AND created_at <= ? AND sender = ? \
                 AND kind <> 'reminder' ORDER BY created_at DESC LIMIT 1 OFFSET ?",
            )
            .bind(millis(now - DAY))
            .bind(millis(now))
            .bind(sender.0),
            Counted::To(user, kind) => sql::query_scalar(
                "SELECT created_at FROM outbox WHERE created_at > ? AND created_at <= ? AND user_pk = ? AND kind = ? \
                 ORDER BY created_at DESC LIMIT 1 OFFSET ?",
            )
            .bind(millis(now - DAY))
            .bind(millis(now))
            .bind(user.0)
            .bind(kind),
            Counted::Between(user, sender, kind) => sql::query_scalar(
                "SELECT created_at FROM outbox WHERE created_at > ? AND created_at <= ? AND user_pk = ? AND kind = ? \
                 AND sender = ? ORDER BY created_at DESC LIMIT 1 OFFSET ?",
            )
            .bind(millis(now - DAY))
            .bind(millis(now))
            .bind(user.0)
            .bind(kind)
            .bind(sender.0),
        };
        let oldest: Option<i64> = query.bind(limit - 1).fetch_optional(self).await?;
        let Some(oldest) = oldest.map(time_from_millis).transpose()? else { return Ok(None) };
        Ok(Some((oldest + DAY - now).to_std().unwrap_or_default()))
    }

    /// Returns the sign-in mail to the user that waits already. Its link is created when it is sent. A failed one is
    /// retried soon, because the user waits for it.
    async fn joins_waiting_sign_in(&mut self, user: UserKey) -> Result<Option<i64>, Error> {
        let now = self.now();
        let waiting = sql::query(
            "UPDATE jobs SET due_at = CASE WHEN attempts > 0 AND due_at > ?1 THEN ?1 ELSE due_at END \
             WHERE finished_at IS NULL AND pk IN (SELECT pk FROM outbox WHERE user_pk = ?2 AND kind = 'sign_in') \
             RETURNING pk",
        )
        .bind(millis(now + SIGN_IN_RETRY))
        .bind(user.0)
        .fetch_optional(self).await?;
        let Some(waiting) = waiting else { return Ok(None) };
        self.wake_lane(JobKind::Mail);
        Ok(Some(waiting.try_get("pk")?))
    }

    async fn sign_in_due_at(&mut self, user: UserKey) -> Result<DateTime<Utc>, Error> {
        let now = self.now();
        let row = sql::query(
            "SELECT count(*), max(j.finished_at) FROM outbox o JOIN jobs j ON j.pk = o.pk \
             WHERE o.user_pk = ? AND o.kind = 'sign_in' AND j.finished_at > ? AND j.finished_at <= ?",
        )
        .bind(user.0)
        .bind(millis(now - SIGN_IN_PERIOD))
        .bind(millis(now))
        .fetch_one(self)
        .await?;
        let last = row.try_get::<Option<i64>, _>(1)?.map(time_from_millis).transpose()?;
        match last {
            Some(last) if row.try_get::<i64, _>(0)? >= SIGN_IN_BURST => Ok(now.max(last + SIGN_IN_PAUSE)),
            _ => Ok(now),
        }
    }

    /// Adds entries to the digest of a recipient that was not sent yet. Returns `None` if there is none with space.
    async fn joins_waiting_digest(&mut self, to: UserKey, new: &Digest) -> Result<Option<i64>, Error> {
        let Some((number, Mail::Digest(mut digest))) = self.waiting_mail(to, Mail::DIGEST).await? else {
            return Ok(None);
        };
        merge_users(&mut digest.people, &new.people);
        merge_users(&mut digest.undelivered, &new.undelivered);
        merge_users(&mut digest.expired, &new.expired);
        if digest.len() > MAX_IN_DIGEST {
            return Ok(None);
        }
        self.replace_content(number, &Mail::Digest(digest)).await?;
        Ok(Some(number))
    }

    /// Adds roles to the notice about given access that waits for a recipient. Returns `None` if there is none with space.
    async fn joins_waiting_access(&mut self, to: UserKey, new: &AccessNotice) -> Result<Option<i64>, Error> {
        let now = self.now();
        let Some((number, Mail::Access(mut notice))) = self.waiting_mail(to, Mail::ACCESS).await? else {
            return Ok(None);
        };
        for one in &new.given {
            let is_same = |known: &&mut GivenAccess| (known.giver, known.node) == (one.giver, one.node);
            match notice.given.iter_mut().find(is_same) {
                Some(known) => known.roles |= one.roles,
                None => notice.given.push(one.clone()),
            }
        }
        let due_at: i64 =
            sql::query_scalar("SELECT due_at FROM jobs WHERE pk = ?").bind(number).fetch_one(self).await?;
        // A mail that is due may be on its way at once, and is read alone.
        if notice.given.len() > MAX_IN_DIGEST || due_at <= millis(now) {
            return Ok(None);
        }
        self.replace_content(number, &Mail::Access(notice)).await?;
        Ok(Some(number))
    }

    /// Returns the time at which a notice about given access leaves: at once, or with those that follow another one.
    async fn access_due_at(&mut self, to: UserKey) -> Result<DateTime<Utc>, Error> {
        let now = self.now();
        let last: Option<i64> = sql::query_scalar(
            "SELECT max(j.due_at) FROM outbox o JOIN jobs j ON j.pk = o.pk \
             WHERE o.user_pk = ? AND o.kind = ? AND o.created_at <= ? AND j.due_at > ?",
        )
        .bind(to.0)
        .bind(Mail::ACCESS)
        .bind(millis(now))
        .bind(millis(now - self.limits.digest_delay))
        .fetch_one(self)
        .await?;
        let last = last.map(time_from_millis).transpose()?;
        // A failed mail is due later than a digest, and no reason to wait longer.
        Ok(last.map_or(now, |last| last.min(now) + self.limits.digest_delay))
    }

    /// Returns the mail of a kind to a user that no lane has claimed yet, with its number.
    async fn waiting_mail(&mut self, to: UserKey, kind: &'static str) -> Result<Option<(i64, Mail)>, Error> {
        let row = sql::query(
            "SELECT o.pk, o.mail FROM outbox o JOIN jobs j ON j.pk = o.pk WHERE o.user_pk = ? AND o.kind = ? \
             AND j.finished_at IS NULL AND j.attempts = 0 ORDER BY o.pk DESC LIMIT 1",
        )
        .bind(to.0)
        .bind(kind)
        .fetch_optional(self)
        .await?;
        let Some(row) = row else { return Ok(None) };
        // A mail of an earlier version is left alone.
        let mail = serde_json::from_str(row.try_get("mail")?).ok();
        let number = row.try_get("pk")?;
        Ok(mail.map(|mail| (number, mail)))
    }

    async fn replace_content(&mut self, number: i64, mail: &Mail) -> Result<(), Error> {
        sql::query("UPDATE outbox SET mail = ? WHERE pk = ?")
            .bind(text_of(mail)?)
            .bind(number)
            .execute(self)
            .await?;
        Ok(())
    }

    /// Returns the time at which a further mail of a kind leaves, so that the recipient gets at most
    /// [`MAX_PER_RECIPIENT`] in 24 hours over all senders.
    async fn recipient_due_at(&mut self, to: UserKey, kind: &'static str) -> Result<DateTime<Utc>, Error> {
        let now = self.now();
        let due_at: Option<i64> = sql::query_scalar(
            "SELECT j.due_at FROM outbox o JOIN jobs j ON j.pk = o.pk \
             WHERE o.user_pk = ? AND o.kind = ? AND o.created_at <= ? AND j.due_at > ? \
             ORDER BY j.due_at DESC LIMIT 1 OFFSET ?",
        )
        .bind(to.0)
        .bind(kind)
        .bind(millis(now))
        .bind(millis(now - DAY))
        .bind(MAX_PER_RECIPIENT - 1)
        .fetch_optional(self)
        .await?;
        Ok(due_at.map(time_from_millis).transpose()?.map_or(now, |due_at| due_at + DAY))
    }

    async fn insert_mail(&mut self, new: &NewMail, due_at: DateTime<Utc>) -> Result<i64, Error> {
        let now = self.now();
        let position = match new.mail {
            // The recipient waits for it.
            Mail::SignIn => 0,
            // Thousands may be due at once.
            Mail::Reminder(_) => 2,
            _ => 1,
        };
        let job = NewJob { id: random_id()?, kind: JobKind::Mail, owner: None, due_at, position };
        let JobKey(number) = insert_job(self, job).await?;
        sql::query(
            "INSERT INTO outbox (pk, user_pk, sender, language, mail, kind, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(number)
        .bind(new.to.0)
        .bind(new.by.map(|sender| sender.user.0))
        .bind(new.language.map(Language::tag))
        .bind(text_of(&new.mail)?)
        .bind(new.mail.kind())
        .bind(millis(now))
        .execute(self).await?;
        Ok(number)
    }
}

/// Adds users to a list. A user who is on it gets further nodes.
fn merge_users(all: &mut Vec<DigestUser>, new: &[DigestUser]) {
    for person in new {
        match all.iter_mut().find(|known| known.user == person.user) {
            Some(known) => {
                let nodes = person.nodes.iter().filter(|node| !known.nodes.contains(node));
                let nodes: Vec<_> = nodes.copied().collect();
                known.nodes.extend(nodes);
            }
            None => all.push(person.clone()),
        }
    }
}

/// The mails that count for a limit.
#[derive(Clone, Copy)]
enum Counted {
    /// All mails that the user caused.
    By(UserKey),
    /// The mails of a kind to the user.
    To(UserKey, &'static str),
    /// The mails of a kind to the first user that the second caused.
    Between(UserKey, UserKey, &'static str),
}

fn text_of(mail: &Mail) -> Result<String, Error> {
    serde_json::to_string(mail).map_err(|error| Error::InvalidData(error.to_string()))
}
