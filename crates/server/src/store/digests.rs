//! The digests that wait in the outbox.
//!
//! Until it is sent, the digest of a recipient takes up further notices. A full one is followed by another. Above the limit
//! of a recipient, further digests wait until the next one may leave, which then takes up all of them. So no notice is lost.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::counted_mails::{DAY, MAX_PER_RECIPIENT};
use super::mail_budgets::NewMail;
use super::{Error, UserKey, Write, millis, time_from_millis};
use crate::mail::{Digest, DigestUser, Mail};
use crate::sql;

/// The maximum number of entries in one digest, except for one that takes up those that waited.
const MAX_IN_DIGEST: usize = 100;

impl Write {
    /// Adds entries to the digest of a user, and returns its number.
    pub(crate) async fn queue_digest(&mut self, to: UserKey, digest: Digest) -> Result<i64, Error> {
        if let Some(number) = self.joins_waiting_digest(to, &digest).await? {
            return Ok(number);
        }
        let earliest = self.now() + self.limits.digest_delay;
        let due_at = self.digest_due_at(to, earliest).await?;
        let digest = Digest { is_delayed: due_at > earliest, ..digest };
        self.insert_mail(&NewMail { to, by: None, language: None, mail: Mail::Digest(digest) }, due_at).await
    }

    /// Adds the digests that wait for the limit of a recipient to the one that is sent, and deletes them.
    pub(super) async fn take_delayed_digests(
        &mut self,
        to: UserKey,
        number: i64,
        digest: &mut Digest,
    ) -> Result<(), Error> {
        if !digest.is_delayed {
            return Ok(());
        }
        let waiting = sql::query(
            "SELECT o.pk, o.mail FROM outbox o JOIN jobs j ON j.pk = o.pk WHERE o.user_pk = ? AND o.kind = ? \
             AND o.pk <> ? AND j.finished_at IS NULL AND j.attempts = 0 ORDER BY o.pk",
        )
        .bind(to.0)
        .bind(Mail::DIGEST)
        .bind(number)
        .fetch_all(self)
        .await?;
        for row in &waiting {
            // A mail of another version is left alone.
            let Ok(Mail::Digest(other)) = serde_json::from_str(row.try_get("mail")?) else { continue };
            if other.is_delayed {
                merge(digest, other);
                let taken: i64 = row.try_get("pk")?;
                sql::query("DELETE FROM jobs WHERE pk = ?").bind(taken).execute(self).await?;
            }
        }
        self.replace_content(number, &Mail::Digest(digest.clone())).await
    }

    /// Adds entries to the digest of a recipient that was not sent yet. Returns `None` if there is none with space.
    async fn joins_waiting_digest(&mut self, to: UserKey, new: &Digest) -> Result<Option<i64>, Error> {
        let Some((number, Mail::Digest(mut digest))) = self.waiting_mail(to, Mail::DIGEST).await? else {
            return Ok(None);
        };
        merge(&mut digest, new.clone());
        if digest.len() > MAX_IN_DIGEST {
            return Ok(None);
        }
        self.replace_content(number, &Mail::Digest(digest)).await?;
        Ok(Some(number))
    }

    /// Returns the time at which a further digest leaves, so that the recipient gets at most [`MAX_PER_RECIPIENT`] in 24
    /// hours.
    async fn digest_due_at(&mut self, to: UserKey, earliest: DateTime<Utc>) -> Result<DateTime<Utc>, Error> {
        let now = self.now();
        let due_at: Option<i64> = sql::query_scalar(
            "SELECT j.due_at FROM outbox o JOIN jobs j ON j.pk = o.pk \
             WHERE o.user_pk = ? AND o.kind = ? AND o.created_at <= ? AND j.due_at > ? \
             ORDER BY j.due_at DESC LIMIT 1 OFFSET ?",
        )
        .bind(to.0)
        .bind(Mail::DIGEST)
        .bind(millis(now))
        .bind(millis(earliest - DAY))
        .bind(MAX_PER_RECIPIENT - 1)
        .fetch_optional(self)
        .await?;
        let due_at = due_at.map(time_from_millis).transpose()?;
        Ok(due_at.map_or(earliest, |due_at| earliest.max(due_at + DAY)))
    }
}

fn merge(digest: &mut Digest, new: Digest) {
    merge_users(&mut digest.people, new.people);
    merge_users(&mut digest.undelivered, new.undelivered);
    merge_users(&mut digest.expired, new.expired);
    merge_users(&mut digest.unnotified, new.unnotified);
}

/// Adds users to a list. A user who is on it gets further nodes.
fn merge_users(all: &mut Vec<DigestUser>, new: Vec<DigestUser>) {
    let mut known: HashMap<_, _> = all.iter().enumerate().map(|(index, user)| (user.user, index)).collect();
    for user in new {
        let index = *known.entry(user.user).or_insert(all.len());
        match all.get_mut(index) {
            Some(known) => {
                let nodes = user.nodes.iter().filter(|node| !known.nodes.contains(node));
                let nodes: Vec<_> = nodes.copied().collect();
                known.nodes.extend(nodes);
            }
            None => all.push(user),
        }
    }
}
