//! Jobs that perform an action on many users: their lists of users, their progress, and what they have changed.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use studio_users_contract::{Code, JobAction, JobProgress, JobState, JobStopReason};
use studio_users_domain::{AssignmentDiff, Assignments, NodeId, Role, RoleSet, UserId};
use uuid::Uuid;

use super::job_kind::JobKind;
use super::jobs::{JobKey, NewJob, finish_job, insert_job, yield_job};
use super::value::parse_uuid;
use super::{Error, Store, Tx, UserKey, Write, millis, next_sequence, time_from_millis};
use crate::batch;
use crate::sql::{self, Row};

/// The time for which an ended job is kept, so that it can be listed and undone.
pub(crate) const JOB_RETENTION: TimeDelta = TimeDelta::hours(24);

/// Returns a query of bulk jobs with a condition.
macro_rules! select_jobs {
    ($condition:literal) => {
        concat!(
            "SELECT j.pk, j.id, j.owner, j.created_at, j.finished_at, b.action, b.node, b.role, \
             b.rights, b.undo_of, b.state, b.stop_reason, b.total, b.done, b.unchanged, b.refused, \
             (SELECT id FROM jobs WHERE pk = b.undo_of) AS undo_of_id, \
             b.state <> 'running' AND b.action IN ('remove', 'add_role') \
             AND EXISTS (SELECT 1 FROM bulk_job_users u WHERE u.job = j.pk AND u.outcome = 'done' AND NOT u.undone) \
             AND NOT EXISTS (SELECT 1 FROM bulk_jobs u WHERE u.undo_of = j.pk AND u.state IN ('running', 'done')) \
             AS can_undo FROM jobs j JOIN bulk_jobs b ON b.job = j.pk ",
            $condition
        )
    };
}

/// A bulk job to be created.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewBulkJob<'a> {
    pub(crate) id: Uuid,
    pub(crate) owner: UserKey,
    pub(crate) action: JobAction,
    pub(crate) node: Option<NodeId>,
    pub(crate) role: Option<Role>,
    /// The assignments of the owner now.
    pub(crate) rights: &'a Assignments,
    /// The job that this one undoes.
    pub(crate) undo_of: Option<JobKey>,
    /// The users, each at most once.
    pub(crate) users: &'a [JobUser],
}

/// A user on the list of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JobUser {
    pub(crate) user: UserId,
    /// In an undo: the position of the user in the job that it undoes.
    pub(crate) source: Option<u32>,
}

/// A bulk job.
#[derive(Debug, Clone)]
pub(crate) struct BulkJob {
    pub(crate) key: JobKey,
    pub(crate) id: Uuid,
    pub(crate) owner: UserKey,
    pub(crate) action: JobAction,
    pub(crate) node: Option<NodeId>,
    pub(crate) role: Option<Role>,
    /// The assignments of the owner at the start.
    pub(crate) rights: Assignments,
    /// The job that this one undoes, with its id. The row id remains after that job was deleted.
    pub(crate) undo_of: Option<(JobKey, Uuid)>,
    pub(crate) progress: JobProgress,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) ended_at: Option<DateTime<Utc>>,
    pub(crate) can_undo: bool,
}

/// The outcome of a job for one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JobOutcome {
    /// The user was changed, so that an undo can revert the change. A removal has its own record.
    Done(Option<JobChange>),
    /// There was nothing to change.
    Unchanged,
    /// The action was refused.
    Refused(Code),
}

/// A change of one user's access by a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum JobChange {
    /// Assignments, each with its values before and after.
    Assigned(Vec<(NodeId, Option<RoleSet>, Option<RoleSet>)>),
    /// The pending grant of the owner at a node. Without roles before, the job created it.
    Granted { node: NodeId, before: RoleSet, after: RoleSet },
}

impl From<&AssignmentDiff> for JobChange {
    fn from(diff: &AssignmentDiff) -> Self {
        Self::Assigned(diff.0.iter().map(|(&node, &(before, after))| (node, before, after)).collect())
    }
}

impl Store {
    /// Creates a bulk job. A job without users has ended.
    pub(crate) async fn insert_bulk_job(&self, tx: &mut Write, new: NewBulkJob<'_>) -> Result<JobKey, Error> {
        let (now, position) = (tx.now(), next_sequence(tx).await?);
        let job = NewJob { id: new.id, kind: JobKind::Bulk, owner: Some(new.owner), due_at: now, position };
        let job = insert_job(tx, job).await?;
        let state = if new.users.is_empty() { JobState::Done } else { JobState::Running };
        sql::query(
            "INSERT INTO bulk_jobs (job, action, node, role, rights, undo_of, state, total) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(job.0)
        .bind(new.action.wire_name())
        .bind(new.node.map(|node| node.0.as_bytes().to_vec()))
        .bind(new.role.map(Role::wire_name))
        .bind(to_json(new.rights)?)
        .bind(new.undo_of.map(|source| source.0))
        .bind(state.wire_name())
        .bind(i64::try_from(new.users.len()).unwrap_or(i64::MAX))
        .execute(tx)
        .await?;
        let users: Vec<_> = (0_i64..).zip(new.users).collect();
        let columns = ["job", "position", "user_id", "source"];
        batch::insert(tx, "bulk_job_users", columns, &users, |row, (position, user)| {
            row.push_bind(job.0).push_bind(*position);
            row.push_bind(user.user.0.as_bytes().to_vec()).push_bind(user.source);
        })
        .await?;
        if state == JobState::Done {
            finish_job(tx, job).await?;
        }
        Ok(job)
    }

    /// Returns a bulk job by its row id.
    pub(crate) async fn bulk_job(&self, tx: &mut Tx, job: JobKey) -> Result<Option<BulkJob>, Error> {
        let row = sql::query(select_jobs!("WHERE j.pk = ?")).bind(job.0).fetch_optional(tx).await?;
        row.as_ref().map(BulkJob::of).transpose()
    }

    /// Returns a bulk job of a user by its id.
    pub(crate) async fn bulk_job_of(
        &self,
        tx: &mut Tx,
        owner: UserKey,
        id: Uuid,
    ) -> Result<Option<BulkJob>, Error> {
        let row = sql::query(select_jobs!("WHERE j.id = ? AND j.owner = ?"))
            .bind(id.as_bytes().as_slice())
            .bind(owner.0)
            .fetch_optional(tx)
            .await?;
        row.as_ref().map(BulkJob::of).transpose()
    }

    /// Returns the latest bulk jobs of a user, the newest first.
    pub(crate) async fn bulk_jobs_of(
        &self,
        tx: &mut Tx,
        owner: UserKey,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<BulkJob>, Error> {
        let rows = sql::query(select_jobs!(
            "WHERE j.owner = ? AND j.kind = 'bulk' AND (j.finished_at IS NULL OR j.finished_at > ?) \
             ORDER BY j.pk DESC LIMIT ?"
        ))
        .bind(owner.0)
        .bind(millis(now - JOB_RETENTION))
        .bind(limit)
        .fetch_all(tx)
        .await?;
        rows.iter().map(BulkJob::of).collect()
    }

    /// Counts the jobs of a user that have not ended.
    pub(crate) async fn count_running_jobs(&self, tx: &mut Tx, owner: UserKey) -> Result<u32, Error> {
        let count = "SELECT count(*) FROM jobs WHERE owner = ? AND kind = 'bulk' AND finished_at IS NULL";
        Ok(sql::query_scalar(count).bind(owner.0).fetch_one(tx).await?)
    }

    /// Returns the next users of a job with their positions.
    pub(crate) async fn next_job_users(
        &self,
        tx: &mut Tx,
        job: JobKey,
        from: u32,
        limit: u32,
    ) -> Result<Vec<(u32, JobUser)>, Error> {
        let rows = sql::query(
            "SELECT position, user_id, source FROM bulk_job_users WHERE job = ? AND position >= ? ORDER BY position LIMIT ?",
        )
        .bind(job.0)
        .bind(from)
        .bind(limit)
        .fetch_all(tx)
        .await?;
        let user = |row: &Row| {
            let user = UserId(parse_uuid(row.try_get(1)?)?);
            Ok((row.try_get(0)?, JobUser { user, source: row.try_get(2)? }))
        };
        rows.iter().map(user).collect()
    }

    /// Stores what happened to a user of a job.
    pub(crate) async fn save_job_outcome(
        &self,
        tx: &mut Write,
        job: JobKey,
        position: u32,
        outcome: &JobOutcome,
    ) -> Result<(), Error> {
        let (name, change) = match outcome {
            JobOutcome::Done(change) => ("done".to_owned(), change.as_ref().map(to_json).transpose()?),
            JobOutcome::Unchanged => ("unchanged".to_owned(), None),
            JobOutcome::Refused(code) => (to_json(code)?.trim_matches('"').to_owned(), None),
        };
        sql::query("UPDATE bulk_job_users SET outcome = ?, change = ? WHERE job = ? AND position = ?")
            .bind(name)
            .bind(change)
            .bind(job.0)
            .bind(position)
            .execute(tx)
            .await?;
        Ok(())
    }

    /// Stores the progress of a job after a piece. A job in another state than `running` has ended. Otherwise it is due
    /// again after the other jobs.
    pub(crate) async fn save_job_progress(
        &self,
        tx: &mut Write,
        job: JobKey,
        progress: &JobProgress,
    ) -> Result<(), Error> {
        sql::query(
            "UPDATE bulk_jobs SET state = ?, stop_reason = ?, done = ?, unchanged = ?, refused = ? WHERE job = ?",
        )
        .bind(progress.state.wire_name())
        .bind(progress.stop_reason.map(JobStopReason::wire_name))
        .bind(progress.done)
        .bind(progress.unchanged)
        .bind(progress.refused)
        .bind(job.0)
        .execute(tx)
        .await?;
        if progress.state == JobState::Running {
            let position = next_sequence(tx).await?;
            yield_job(tx, job, position).await
        } else {
            finish_job(tx, job).await
        }
    }

    /// Returns the first refusals of a job.
    pub(crate) async fn job_refusals(
        &self,
        tx: &mut Tx,
        job: JobKey,
        limit: usize,
    ) -> Result<Vec<(UserId, Code)>, Error> {
        let rows = sql::query(
            "SELECT user_id, outcome FROM bulk_job_users \
             WHERE job = ? AND outcome NOT IN ('done', 'unchanged') ORDER BY position LIMIT ?",
        )
        .bind(job.0)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(tx)
        .await?;
        rows.iter()
            .map(|row| {
                let code: String = row.try_get(1)?;
                let code = serde_json::from_value(code.into())
                    .map_err(|error| Error::InvalidData(format!("a refusal: {error}")))?;
                Ok((UserId(parse_uuid(row.try_get(0)?)?), code))
            })
            .collect()
    }

    /// Returns the users that a job has changed and whose change was not undone, the last one first.
    pub(crate) async fn undoable_users(&self, tx: &mut Tx, job: JobKey) -> Result<Vec<JobUser>, Error> {
        let rows = sql::query(
            "SELECT user_id, position FROM bulk_job_users \
             WHERE job = ? AND outcome = 'done' AND NOT undone ORDER BY position DESC",
        )
        .bind(job.0)
        .fetch_all(tx)
        .await?;
        let user = |row: &Row| {
            Ok(JobUser { user: UserId(parse_uuid(row.try_get(0)?)?), source: Some(row.try_get(1)?) })
        };
        rows.iter().map(user).collect()
    }

    /// Returns the change that a job has made to the user at a position.
    pub(crate) async fn job_change(
        &self,
        tx: &mut Tx,
        job: JobKey,
        position: u32,
    ) -> Result<Option<JobChange>, Error> {
        let change: Option<Option<String>> = sql::query_scalar(
            "SELECT change FROM bulk_job_users WHERE job = ? AND position = ? AND NOT undone",
        )
        .bind(job.0)
        .bind(position)
        .fetch_optional(tx)
        .await?;
        let parse = |text: String| {
            serde_json::from_str(&text).map_err(|error| Error::InvalidData(format!("a change: {error}")))
        };
        change.flatten().map(parse).transpose()
    }

    /// Marks the change of the user at a position as undone.
    pub(crate) async fn mark_undone(&self, tx: &mut Write, job: JobKey, position: u32) -> Result<(), Error> {
        sql::query("UPDATE bulk_job_users SET undone = TRUE WHERE job = ? AND position = ?")
            .bind(job.0)
            .bind(position)
            .execute(tx)
            .await?;
        Ok(())
    }

    /// Deletes bulk jobs that ended more than 24 hours ago.
    pub(super) async fn delete_ended_jobs(&self, tx: &mut Write) -> Result<(), Error> {
        let before = tx.now() - JOB_RETENTION;
        sql::query("DELETE FROM jobs WHERE kind = 'bulk' AND finished_at <= ?")
            .bind(millis(before))
            .execute(tx)
            .await?;
        Ok(())
    }
}

impl BulkJob {
    fn of(row: &Row) -> Result<Self, Error> {
        let invalid = |what: &str| Error::InvalidData(format!("a bulk job: {what}"));
        let (action, state): (&str, &str) = (row.try_get("action")?, row.try_get("state")?);
        let stop_reason: Option<&str> = row.try_get("stop_reason")?;
        let role: Option<&str> = row.try_get("role")?;
        let node: Option<&[u8]> = row.try_get("node")?;
        let undo_of: Option<(i64, &[u8])> =
            row.try_get::<Option<i64>, _>("undo_of")?.zip(row.try_get::<Option<&[u8]>, _>("undo_of_id")?);
        let progress = JobProgress {
            state: JobState::ALL
                .into_iter()
                .find(|known| known.wire_name() == state)
                .ok_or_else(|| invalid("state"))?,
            stop_reason: stop_reason
                .and_then(|reason| JobStopReason::ALL.into_iter().find(|known| known.wire_name() == reason)),
            total: row.try_get("total")?,
            done: row.try_get("done")?,
            unchanged: row.try_get("unchanged")?,
            refused: row.try_get("refused")?,
        };
        Ok(Self {
            key: JobKey(row.try_get("pk")?),
            id: parse_uuid(row.try_get("id")?)?,
            owner: UserKey(row.try_get("owner")?),
            action: JobAction::ALL
                .into_iter()
                .find(|known| known.wire_name() == action)
                .ok_or_else(|| invalid("action"))?,
            node: node.map(parse_uuid).transpose()?.map(NodeId),
            role: role.map(|role| Role::from_wire_name(role).ok_or_else(|| invalid("role"))).transpose()?,
            rights: serde_json::from_str(row.try_get("rights")?).map_err(|_| invalid("rights"))?,
            undo_of: undo_of.map(|(key, id)| Ok::<_, Error>((JobKey(key), parse_uuid(id)?))).transpose()?,
            progress,
            created_at: time_from_millis(row.try_get("created_at")?)?,
            ended_at: row.try_get::<Option<i64>, _>("finished_at")?.map(time_from_millis).transpose()?,
            can_undo: row.try_get("can_undo")?,
        })
    }
}

fn to_json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::InvalidData(error.to_string()))
}
