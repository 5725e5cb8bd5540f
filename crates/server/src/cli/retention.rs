//! The options of `serve` for the limits of sessions and mails, and for the retention of data.

use chrono::TimeDelta;
use clap::{Args, value_parser};

use crate::store::Limits;

/// The limits. `docs/retention.md` explains them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sessions and retention")]
pub(super) struct Retention {
    /// Days after the last activity at which a session ends.
    #[arg(long, value_name = "DAYS", default_value_t = 14, value_parser = value_parser!(u32).range(1..=400))]
    session_idle_days: u32,
    /// Days after the sign-in at which a session ends, even in use.
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = value_parser!(u32).range(1..=400))]
    session_days: u32,
    /// Maximum number of sessions of a user. One more ends the oldest.
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = value_parser!(u32).range(1..=1_000))]
    max_sessions: u32,
    /// Days for which used, revoked and expired links are kept.
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = value_parser!(u32).range(1..=3_650))]
    keep_links_days: u32,
    /// Days for which expired invitations and accounts without any access are kept.
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = value_parser!(u32).range(1..=3_650))]
    keep_invitations_days: u32,
    /// Days for which the names and addresses of removed users are kept. The audit log keeps them separately.
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = value_parser!(u32).range(1..=3_650))]
    keep_removed_days: u32,
    /// Days for which the audit log keeps names, reasons and devices. Without it, it keeps them until erase-person.
    #[arg(long, value_name = "DAYS", value_parser = value_parser!(u32).range(1..=36_500))]
    keep_audit_names_days: Option<u32>,
    /// Maximum number of invitations and notices that a manager can send in 24 hours.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000, value_parser = value_parser!(u32).range(1..=1_000_000), help_heading = "Mail limits")]
    mails_per_manager: u32,
    /// Maximum number of invitations and notices that an administrator can send in 24 hours.
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000, value_parser = value_parser!(u32).range(1..=1_000_000), help_heading = "Mail limits")]
    mails_per_administrator: u32,
    /// Minutes for which notifications are collected before they are sent in one e-mail.
    #[arg(long, value_name = "MINUTES", default_value_t = 10, value_parser = value_parser!(u32).range(0..=1_440), help_heading = "Mail limits")]
    digest_minutes: u32,
}

impl From<Retention> for Limits {
    fn from(options: Retention) -> Self {
        let days = |days: u32| TimeDelta::days(days.into());
        Self {
            session_idle: days(options.session_idle_days),
            session_lifetime: days(options.session_days),
            sessions_per_user: options.max_sessions,
            links: days(options.keep_links_days),
            expired_invitations: days(options.keep_invitations_days),
            removed_users: days(options.keep_removed_days),
            audit_names: options.keep_audit_names_days.map(days),
            audit_entries: None,
            mails_per_manager: options.mails_per_manager,
            mails_per_administrator: options.mails_per_administrator,
            digest_delay: TimeDelta::minutes(options.digest_minutes.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Options {
        #[command(flatten)]
        retention: Retention,
    }

    #[test]
    fn defaults_are_those_of_the_store() {
        assert_eq!(Limits::from(Options::parse_from(["serve"]).retention), Limits::DEFAULT);
    }
}
