use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{NodeId, Role};
use uuid::Uuid;

use crate::{BulkAction, BulkRefusal};

/// A bulk action that runs in the background, in short pieces. Only the user who started it sees it, for 24 hours.
///
/// The list of users is fixed at the start. Each user is judged by the rules at the moment of their piece, with the
/// rights that the owner had at the start and still has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Job {
    /// The id of the job.
    pub id: Uuid,
    /// The action.
    pub action: JobAction,
    /// The node, for `add_role` and `undo_add_role`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_id: Option<NodeId>,
    /// The role, for `add_role` and `undo_add_role`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The job that this one undoes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_of: Option<Uuid>,
    /// The numbers of users so far.
    #[serde(flatten)]
    pub progress: JobProgress,
    /// The first 200 refusals so far. Empty in the list of jobs.
    #[serde(default)]
    pub refusals: Vec<BulkRefusal>,
    /// The time at which the job was created.
    pub created_at: DateTime<Utc>,
    /// The time at which the job ended. Null while it is running.
    pub ended_at: Option<DateTime<Utc>>,
    /// Whether `POST /jobs/{id}/undo` would undo something: the job has ended, has changed users, and was not undone.
    pub can_undo: bool,
}

/// The state of a job and its numbers of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobProgress {
    /// The state.
    pub state: JobState,
    /// Why a stopped job ended. Omitted for other states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<JobStopReason>,
    /// The number of users on the list.
    pub total: u32,
    /// The number of users that the action was performed on.
    pub done: u32,
    /// The number of users with nothing to do.
    pub unchanged: u32,
    /// The number of users that the action was refused for.
    pub refused: u32,
}

/// The data of a `job` event, as JSON. It is sent to the owner of the job at the start, at most once a second, and at the
/// end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobChanged {
    /// The id of the job.
    pub id: Uuid,
    /// The numbers of users so far.
    #[serde(flatten)]
    pub progress: JobProgress,
}

/// The action of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobAction {
    /// Removes the users.
    Remove,
    /// Undoes the removal of the users.
    Restore,
    /// Sends their invitations again by e-mail.
    Resend,
    /// Adds a role to their effective roles at a node.
    AddRole,
    /// Takes back a role that another job added, from users whose access at the node has not changed since.
    UndoAddRole,
}

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// The job is running or waits for its turn.
    Running,
    /// Every user on the list was handled.
    Done,
    /// The job was stopped before its end. The users that it has handled keep their change.
    Stopped,
    /// The job failed again and again. The users that it has handled keep their change.
    Failed,
}

/// Why a job was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobStopReason {
    /// The owner stopped it.
    Requested,
    /// The owner no longer has all rights that they had at the start.
    RightsLost,
}

impl JobProgress {
    /// The number of users that were handled so far.
    pub const fn handled(&self) -> u32 {
        self.done + self.unchanged + self.refused
    }
}

impl JobAction {
    /// All actions.
    pub const ALL: [Self; 5] = [Self::Remove, Self::Restore, Self::Resend, Self::AddRole, Self::UndoAddRole];

    /// The name on the wire.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Remove => "remove",
            Self::Restore => "restore",
            Self::Resend => "resend",
            Self::AddRole => "add_role",
            Self::UndoAddRole => "undo_add_role",
        }
    }
}

impl From<BulkAction> for JobAction {
    fn from(action: BulkAction) -> Self {
        match action {
            BulkAction::Remove => Self::Remove,
            BulkAction::Restore => Self::Restore,
            BulkAction::Resend => Self::Resend,
            BulkAction::AddRole => Self::AddRole,
        }
    }
}

impl JobState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Running, Self::Done, Self::Stopped, Self::Failed];

    /// The name on the wire.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }
}

impl JobStopReason {
    /// All reasons.
    pub const ALL: [Self; 2] = [Self::Requested, Self::RightsLost];

    /// The name on the wire.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::RightsLost => "rights_lost",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_names_match_serde() {
        for action in JobAction::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.wire_name());
        }
        for state in JobState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.wire_name());
        }
        for reason in JobStopReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.wire_name());
        }
    }
}
