//! The options of `serve` for the export and the retention of the audit log.

use std::path::PathBuf;

use chrono::TimeDelta;
use clap::{Args, value_parser};

use crate::audit::ExportTarget;
use crate::store::AuditOutputs;

/// The options. `docs/audit.md` explains them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Audit log")]
pub(super) struct Audit {
    /// Target to which the entries of the audit log are exported: `file:/PATH` (lines of JSON), `syslog:`,
    /// `syslog:/SOCKET`, `syslog+udp://HOST:PORT` or `syslog+tcp://HOST:PORT` (RFC 5424). Can be repeated.
    #[arg(long = "audit-export", value_name = "TARGET", value_parser = ExportTarget::parse)]
    exports: Vec<ExportTarget>,
    /// Days for which entries of the audit log are kept. Older ones are sealed and deleted, once every target of the
    /// export has them. Without it, all entries are kept.
    #[arg(long, value_name = "DAYS", value_parser = value_parser!(u32).range(30..=36_500))]
    keep_audit_days: Option<u32>,
    /// Folder for archives of the entries that `--keep-audit-days` deletes, as lines of JSON. Without it, they are deleted
    /// without an archive.
    #[arg(long = "audit-archive", value_name = "DIR")]
    archive: Option<PathBuf>,
}

impl Audit {
    /// Returns the time for which entries are kept.
    pub(super) fn kept(&self) -> Option<TimeDelta> {
        self.keep_audit_days.map(|days| TimeDelta::days(days.into()))
    }
}

impl From<Audit> for AuditOutputs {
    /// Two exports to one target would be one, with each entry twice.
    fn from(options: Audit) -> Self {
        let mut exports = Vec::new();
        for target in options.exports {
            if !exports.contains(&target) {
                exports.push(target);
            }
        }
        Self { exports, archive: options.archive }
    }
}
