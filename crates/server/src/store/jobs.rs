//! The job table: when a job is due, and which process works on it.
//!
//! A process claims a job with a lease, and renews the lease while it works. If the process dies, the lease ends and
//! another process takes over. A claim counts the attempt before it is made, so a crash cannot cause retries without a
//! pause. The lanes in `services::jobs` do the work.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use uuid::Uuid;

use super::job_kind::JobKind;
use super::{Error, MetaKey, Store, UserKey, Write, millis, next_sequence, set_meta, time_from_millis};
use crate::audit::{end_export_leases, end_export_leases_of};
use crate::sql::{self, either};
use crate::token::random_id;

/// The time after which another process may take over a job whose lease was not renewed.
pub(crate) const LEASE: TimeDelta = TimeDelta::seconds(20);

/// The row id of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct JobKey(pub(crate) i64);

/// A process that works on jobs. Each start of the server is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RunnerId(Uuid);

/// The right of a runner to work on a job, until the lease ends or another runner has taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lease {
    /// The job.
    pub(crate) job: JobKey,
    runner: RunnerId,
    /// The number of attempts in a row that have not succeeded, including this one.
    pub(crate) attempts: i64,
}

/// A job to be created.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewJob {
    pub(super) id: Uuid,
    pub(super) kind: JobKind,
    pub(super) owner: Option<UserKey>,
    pub(super) due_at: DateTime<Utc>,
    /// Due jobs of the kind run in this order.
    pub(super) position: i64,
}

impl RunnerId {
    /// Returns a new id.
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self(random_id()?))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Store {
    /// Returns the notification that a commit sends when it has created a job of this kind.
    pub(crate) fn job_queued(&self, kind: JobKind) -> &Notify {
        self.job_queued.of(kind)
    }

    /// Returns the notification of every piece that was committed.
    pub(crate) fn job_progressed(&self) -> &Notify {
        &self.job_progressed
    }

    /// Whether a job has ended. A job that does not exist has ended too.
    pub(crate) async fn has_job_ended(&self, id: Uuid) -> Result<bool, Error> {
        let running = "SELECT EXISTS (SELECT 1 FROM jobs WHERE id = ? AND finished_at IS NULL)";
        let is_running: bool = sql::query_scalar(running)
            .bind(id.as_bytes().as_slice())
            .fetch_one(&mut self.read().await?)
            .await?;
        Ok(!is_running)
    }

    /// Returns the time at which the next job of a kind can be claimed. `None` if there is no unfinished one.
    ///
    /// A new job is due at once, unless it was delayed. A time farther away than the longest pause was set before the
    /// clock was set back.
    pub(crate) async fn next_job_at(
        &self,
        kind: JobKind,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let mut tx = self.read().await?;
        let at: Option<i64> = sql::query_scalar(either(
            "SELECT min(max( \
             CASE WHEN (attempts = 0 AND (due_at <= created_at OR created_at > ?2)) \
             OR (attempts > 0 AND due_at > ?3) THEN ?2 ELSE due_at END, \
             CASE WHEN lease_until > ?2 AND lease_until <= ?4 THEN lease_until ELSE 0 END)) \
             FROM jobs WHERE kind = ?1 AND finished_at IS NULL",
            "SELECT min(greatest( \
             CASE WHEN (attempts = 0 AND (due_at <= created_at OR created_at > ?2)) \
             OR (attempts > 0 AND due_at > ?3) THEN ?2 ELSE due_at END, \
             CASE WHEN lease_until > ?2 AND lease_until <= ?4 THEN lease_until ELSE 0 END)) \
             FROM jobs WHERE kind = ?1 AND finished_at IS NULL",
        ))
        .bind(kind.name())
        .bind(millis(now))
        .bind(millis(now + kind.longest_pause()))
        .bind(millis(now + LEASE))
        .fetch_one(&mut tx)
        .await?;
        at.map(time_from_millis).transpose()
    }

    /// Claims the next due job of a kind for a runner. Returns `None` if no job is due, or if other runners work on all of
    /// them.
    pub(crate) async fn claim_job(&self, kind: JobKind, runner: RunnerId) -> Result<Option<Lease>, Error> {
        let mut tx = self.write().await?;
        let lease = claim_job(&mut tx, kind, runner).await?;
        if lease.is_some() {
            tx.commit().await?;
        }
        Ok(lease)
    }

    /// Creates the job of a kind that has only one, which runs again and again. Does nothing if it exists.
    pub(crate) async fn ensure_job(&self, kind: JobKind) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let exists = sql::query_scalar("SELECT EXISTS (SELECT 1 FROM jobs WHERE kind = ?)");
        if !exists.bind(kind.name()).fetch_one(&mut tx).await? {
            let new = NewJob { id: random_id()?, kind, owner: None, due_at: tx.now(), position: 0 };
            insert_job(&mut tx, new).await?;
        }
        tx.commit().await
    }

    /// Ends the lease of a job that runs again after a pause.
    ///
    /// Its time of creation is that of this run. So after the clock was set back, the job is due at once.
    pub(crate) async fn repeat_job(&self, lease: Lease, pause: TimeDelta) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let now = tx.now();
        sql::query(
            "UPDATE jobs SET created_at = ?, due_at = ?, attempts = 0, lease_owner = NULL, lease_until = NULL \
             WHERE pk = ? AND lease_owner = ?",
        )
        .bind(millis(now))
        .bind(millis(now + pause))
        .bind(lease.job.0)
        .bind(lease.runner.0.as_bytes().as_slice())
        .execute(&mut tx)
        .await?;
        tx.commit().await
    }

    /// Renews a lease in a transaction of its own. Returns false if another runner has taken over.
    pub(crate) async fn renew_lease(&self, lease: Lease) -> Result<bool, Error> {
        let mut tx = self.write().await?;
        let is_held = hold_lease(&mut tx, lease).await?;
        tx.commit().await?;
        Ok(is_held)
    }

    /// Ends a lease after a failed attempt. The job is due again after a pause.
    pub(crate) async fn release_job(&self, lease: Lease) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sql::query("UPDATE jobs SET lease_owner = NULL, lease_until = NULL WHERE pk = ? AND lease_owner = ?")
            .bind(lease.job.0)
            .bind(lease.runner.0.as_bytes().as_slice())
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// Ends the leases of a runner that has stopped, so that another one takes its jobs and exports over at once.
    pub(crate) async fn end_leases_of(&self, runner: RunnerId) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sql::query(
            "UPDATE jobs SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = ? RETURNING kind",
        )
        .bind(runner.0.as_bytes().as_slice())
        .fetch_all(&mut tx)
        .await?
        .iter()
        .try_for_each(|row| {
            let name: &str = row.try_get(0)?;
            if let Some(kind) = JobKind::ALL.into_iter().find(|kind| kind.name() == name) {
                tx.wake_lane(kind);
            }
            Ok::<_, Error>(())
        })?;
        end_export_leases_of(&mut tx, runner.as_bytes()).await?;
        tx.commit().await
    }

    /// Ends all leases, also of exports. Call this only when no other process works on jobs.
    pub(crate) async fn end_leases(&self) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sql::query("UPDATE jobs SET lease_owner = NULL, lease_until = NULL WHERE lease_owner IS NOT NULL")
            .execute(&mut tx)
            .await?;
        end_export_leases(&mut tx).await?;
        tx.commit().await
    }
}

/// Claims the next due job as part of a larger transaction.
pub(super) async fn claim_job(
    tx: &mut Write,
    kind: JobKind,
    runner: RunnerId,
) -> Result<Option<Lease>, Error> {
    let now = tx.now();
    let row = sql::query(
        "SELECT pk, attempts FROM jobs WHERE kind = ?1 AND finished_at IS NULL \
         AND (due_at <= ?2 OR (attempts = 0 AND (due_at <= created_at OR created_at > ?2)) \
         OR (attempts > 0 AND due_at > ?3)) \
         AND (lease_until IS NULL OR lease_until <= ?2 OR lease_until > ?4) ORDER BY position, pk LIMIT 1",
    )
    .bind(kind.name())
    .bind(millis(now))
    .bind(millis(now + kind.longest_pause()))
    .bind(millis(now + LEASE))
    .fetch_optional(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (job, attempts): (i64, i64) = (row.try_get("pk")?, row.try_get("attempts")?);
    sql::query("UPDATE jobs SET lease_owner = ?, lease_until = ?, attempts = ?, due_at = ? WHERE pk = ?")
        .bind(runner.0.as_bytes().as_slice())
        .bind(millis(now + LEASE))
        .bind(attempts + 1)
        .bind(millis(now + kind.backoff(attempts)))
        .bind(job)
        .execute(tx)
        .await?;
    Ok(Some(Lease { job: JobKey(job), runner, attempts: attempts + 1 }))
}

/// Renews a lease. Returns false if another runner has taken over, or if the job has ended.
///
/// The work that depends on the lease belongs in the same transaction, so that no two runners do it.
pub(crate) async fn hold_lease(tx: &mut Write, lease: Lease) -> Result<bool, Error> {
    let until = tx.now() + LEASE;
    let renewed = sql::query(
        "UPDATE jobs SET lease_until = ? WHERE pk = ? AND lease_owner = ? AND finished_at IS NULL",
    )
    .bind(millis(until))
    .bind(lease.job.0)
    .bind(lease.runner.0.as_bytes().as_slice())
    .execute(tx)
    .await?;
    Ok(renewed > 0)
}

/// Creates a job and wakes its lane after the commit.
pub(super) async fn insert_job(tx: &mut Write, new: NewJob) -> Result<JobKey, Error> {
    let (key, now) = (next_job_key(tx).await?, tx.now());
    sql::query(
        "INSERT INTO jobs (pk, id, kind, owner, created_at, due_at, position) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(key.0)
    .bind(new.id.as_bytes().as_slice())
    .bind(new.kind.name())
    .bind(new.owner.map(|owner| owner.0))
    .bind(millis(now))
    .bind(millis(new.due_at))
    .bind(new.position)
    .execute(tx)
    .await?;
    tx.wake_lane(new.kind);
    Ok(key)
}

/// Returns a row id that no job has had. A runner that works on a job knows it by this id, while another request may delete
/// the job and create the next one. SQLite alone would use the id of a deleted row again
/// (<https://www.sqlite.org/autoinc.html>).
async fn next_job_key(tx: &mut Write) -> Result<JobKey, Error> {
    let number = next_sequence(tx).await?;
    // Jobs of earlier versions did not use the sequence.
    let after: i64 = sql::query_scalar("SELECT coalesce(max(pk), 0) + 1 FROM jobs").fetch_one(tx).await?;
    if after > number {
        set_meta(tx, MetaKey::Sequence, Some(after)).await?;
    }
    Ok(JobKey(number.max(after)))
}

/// Marks a job as finished and ends its lease.
pub(super) async fn finish_job(tx: &mut Write, job: JobKey) -> Result<(), Error> {
    let now = tx.now();
    sql::query("UPDATE jobs SET finished_at = ?, lease_owner = NULL, lease_until = NULL WHERE pk = ?")
        .bind(millis(now))
        .bind(job.0)
        .execute(tx)
        .await?;
    Ok(())
}

/// Ends the lease of a job that is not finished. The job is due again after the others of its kind.
pub(super) async fn yield_job(tx: &mut Write, job: JobKey, position: i64) -> Result<(), Error> {
    sql::query(
        "UPDATE jobs SET attempts = 0, due_at = created_at, position = ?, lease_owner = NULL, lease_until = NULL \
         WHERE pk = ?",
    )
    .bind(position)
    .bind(job.0)
    .execute(tx)
    .await?;
    Ok(())
}

/// Ends a lease as part of a larger transaction.
pub(super) async fn release_job(tx: &mut Write, lease: Lease) -> Result<(), Error> {
    sql::query("UPDATE jobs SET lease_owner = NULL, lease_until = NULL WHERE pk = ? AND lease_owner = ?")
        .bind(lease.job.0)
        .bind(lease.runner.0.as_bytes().as_slice())
        .execute(tx)
        .await?;
    Ok(())
}
