//! How long data are kept, and how many sessions and mails a user may have.

use chrono::TimeDelta;

/// The limits of sessions and mails, and the times after which the retention worker deletes data. `docs/retention.md` and
/// `docs/operations.md` list the options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The time after the last activity at which a session ends.
    pub(crate) session_idle: TimeDelta,
    /// The time after the sign-in at which a session ends, even in use.
    pub(crate) session_lifetime: TimeDelta,
    /// The maximum number of sessions of a user. One more ends the oldest.
    pub(crate) sessions_per_user: u32,
    /// The time for which links are kept that were used, revoked or have expired.
    pub(crate) links: TimeDelta,
    /// The time for which expired invitations are kept, and accounts without any access.
    pub(crate) expired_invitations: TimeDelta,
    /// The time for which the names and addresses of removed users are kept. At least 24 hours, so that a removal can be
    /// undone.
    pub(crate) removed_users: TimeDelta,
    /// The time for which the audit log keeps names and other personal texts. `None` keeps them until a person is erased.
    pub(crate) audit_names: Option<TimeDelta>,
    /// The time for which the audit log keeps entries. `None` keeps all of them.
    pub(crate) audit_entries: Option<TimeDelta>,
    /// The maximum number of mails that a manager can cause in 24 hours.
    pub(crate) mails_per_manager: u32,
    /// The maximum number of mails that an administrator can cause in 24 hours.
    pub(crate) mails_per_administrator: u32,
    /// The time for which notifications are collected before they are mailed together.
    pub(crate) digest_delay: TimeDelta,
}

impl Limits {
    /// The defaults of the options of `serve`.
    pub(crate) const DEFAULT: Self = Self {
        session_idle: TimeDelta::days(14),
        session_lifetime: TimeDelta::days(90),
        sessions_per_user: 100,
        links: TimeDelta::days(30),
        expired_invitations: TimeDelta::days(90),
        removed_users: TimeDelta::days(30),
        audit_names: None,
        audit_entries: None,
        mails_per_manager: 1_000,
        mails_per_administrator: 10_000,
        digest_delay: TimeDelta::minutes(10),
    };
}
