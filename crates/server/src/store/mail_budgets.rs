//! Queues mails within the budgets of their kinds, so that no kind of mail can exhaust the budget of another.
//!
//! - **Sign-in links** are never refused. One waits for each user, and later requests join it. After three within
//!   30 minutes, the next leaves 10 minutes after the last, while the link of the last is still valid.
//! - **Digests** bundle notifications (`digests`). They are never refused: above the limit of a recipient, they wait.
//! - **Notices about given access** leave at once. Further ones to the same recipient within the delay of digests wait
//!   for its end, and are one mail.
//! - **Reminders** of invitations have a limit per recipient, and count for no sender. They leave after all other mails.
//! - **Mails to others**, which are invitations and notices about given access, are limited by their sender, and by
//!   sender and address (`counted_mails`). Only the sender's own mails can refuse one, so a refusal reveals nothing about
//!   the recipient. Above the limit of an address over the other senders, the mail waits.

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_domain::Language;

use super::counted_mails::{CountedMail, MailLimit, Sender};
use super::job_kind::JobKind;
use super::jobs::{JobKey, NewJob, insert_job};
use super::{Error, UserKey, Write, millis, time_from_millis};
use crate::mail::{AccessNotice, GivenAccess, Mail};
use crate::sql;
use crate::token::random_id;

/// The number of sign-in mails to one user that leave at once within [`SIGN_IN_PERIOD`].
const SIGN_IN_BURST: i64 = 3;
const SIGN_IN_PERIOD: TimeDelta = TimeDelta::minutes(30);
/// The pause between further sign-in mails. It is shorter than the lifetime of a link, so one of the links is valid at any
/// time.
const SIGN_IN_PAUSE: TimeDelta = TimeDelta::minutes(10);
/// The time within which a failed sign-in mail is sent again when the user asks again.
const SIGN_IN_RETRY: TimeDelta = TimeDelta::minutes(1);
/// The maximum number of entries that one notice about given access collects.
const MAX_IN_NOTICE: usize = 100;

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

impl Write {
    /// Queues a mail, and returns its number. It is sent once the transaction is committed. Above a limit, queues nothing
    /// and returns the limit; the transaction stays usable.
    pub(crate) async fn queue_mail(&mut self, new: &NewMail) -> Result<Result<i64, MailLimit>, Error> {
        let now = self.now();
        match (&new.mail, new.by) {
            (Mail::SignIn, _) => {
                if let Some(number) = self.joins_waiting_sign_in(new.to).await? {
                    return Ok(Ok(number));
                }
                let due_at = self.sign_in_due_at(new.to).await?;
                Ok(Ok(self.insert_mail(new, due_at).await?))
            }
            (Mail::Digest(digest), _) => Ok(Ok(self.queue_digest(new.to, digest.clone()).await?)),
            (_, Some(sender)) => self.queue_counted_mail(new, sender).await,
            (_, None) => Ok(Ok(self.insert_mail(new, now).await?)),
        }
    }

    /// Queues a mail that counts for its sender and its recipient. A reminder is never refused.
    async fn queue_counted_mail(
        &mut self,
        new: &NewMail,
        sender: Sender,
    ) -> Result<Result<i64, MailLimit>, Error> {
        let (address, kind) = (self.address_of(new.to).await?, new.mail.kind());
        if kind != Mail::REMINDER
            && let Err(limit) = self.check_mail_limit(sender, &address, kind).await?
        {
            return Ok(Err(limit));
        }
        let mut due_at = self.address_due_at(sender.user, &address, kind).await?;
        if let Mail::Access(notice) = &new.mail {
            if let Some(number) = self.joins_waiting_access(new.to, notice).await? {
                return Ok(Ok(number));
            }
            due_at = due_at.max(self.access_due_at(new.to).await?);
        }
        let number = self.insert_mail(new, due_at).await?;
        self.count_mail(&CountedMail { number, sender: sender.user, address, kind, due_at }).await?;
        Ok(Ok(number))
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
        if notice.given.len() > MAX_IN_NOTICE || due_at <= millis(now) {
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
    pub(super) async fn waiting_mail(
        &mut self,
        to: UserKey,
        kind: &'static str,
    ) -> Result<Option<(i64, Mail)>, Error> {
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

    pub(super) async fn replace_content(&mut self, number: i64, mail: &Mail) -> Result<(), Error> {
        sql::query("UPDATE outbox SET mail = ? WHERE pk = ?")
            .bind(text_of(mail)?)
            .bind(number)
            .execute(self)
            .await?;
        Ok(())
    }

    pub(super) async fn insert_mail(&mut self, new: &NewMail, due_at: DateTime<Utc>) -> Result<i64, Error> {
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

fn text_of(mail: &Mail) -> Result<String, Error> {
    serde_json::to_string(mail).map_err(|error| Error::InvalidData(error.to_string()))
}
