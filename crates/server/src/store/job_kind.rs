//! The kinds of jobs, with their pauses and their notifications.

use chrono::TimeDelta;
use tokio::sync::Notify;

/// The pause after the first failed attempt. It doubles with each further one.
const MIN_BACKOFF: TimeDelta = TimeDelta::seconds(5);

/// What a job does. Each kind has a lane of its own, so that slow work of one kind delays no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobKind {
    /// Performs an action on many users.
    Bulk,
    /// Expires invitations, reminds invited people, and reports to inviters.
    Invitations,
    /// Sends a mail of the outbox.
    Mail,
    /// Deletes outdated data, every day.
    Retention,
}

/// The notifications that wake the lanes, one for each kind.
#[derive(Debug, Default)]
pub(super) struct JobNotifications([Notify; JobKind::ALL.len()]);

impl JobKind {
    /// All kinds.
    pub(crate) const ALL: [Self; 4] = [Self::Bulk, Self::Invitations, Self::Mail, Self::Retention];

    /// Returns the name in the database.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Bulk => "bulk",
            Self::Invitations => "invitations",
            Self::Mail => "mail",
            Self::Retention => "retention",
        }
    }

    /// The longest pause between two attempts. A retry that is due later got its time before the clock was set back.
    pub(super) const fn longest_pause(self) -> TimeDelta {
        match self {
            Self::Bulk | Self::Invitations => TimeDelta::minutes(1),
            Self::Mail | Self::Retention => TimeDelta::hours(1),
        }
    }

    /// Returns the pause after a failed attempt.
    pub(super) fn backoff(self, attempts: i64) -> TimeDelta {
        // Ten doublings already exceed the maximum.
        let doublings = u32::try_from(attempts).unwrap_or(u32::MAX).min(10);
        (MIN_BACKOFF * 2_i32.pow(doublings)).min(self.longest_pause())
    }
}

impl JobNotifications {
    pub(super) fn of(&self, kind: JobKind) -> &Notify {
        &self.0[kind as usize]
    }
}
