//! Gauges, which are set before each scrape.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// The values of a scrape.
#[derive(Debug, Clone)]
pub(crate) struct Readings {
    /// The values from the database. `None` if it could not be read.
    pub(crate) database: Option<DatabaseReadings>,
    /// The number of open event streams of this process.
    pub(crate) event_streams: u32,
    /// The free space for the data folder, in bytes. `None` if the system does not tell.
    pub(crate) free_disk_bytes: Option<u64>,
    /// The directory in memory.
    pub(crate) directory: DirectoryState,
}

/// The values from the database.
#[derive(Debug, Clone)]
pub(crate) struct DatabaseReadings {
    /// The unfinished jobs, of all kinds and states.
    pub(crate) jobs: Vec<JobCount>,
    /// The number of sessions that have not expired.
    pub(crate) sessions: u32,
    /// The size of the database, in bytes.
    pub(crate) bytes: u64,
    /// The names of the targets of the audit log's export, each with the number of entries that it does not have yet.
    pub(crate) audit_exports: Vec<(String, i64)>,
}

/// Unfinished jobs of a kind in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JobCount {
    /// The name of the kind.
    pub(crate) kind: &'static str,
    pub(crate) state: JobState,
    pub(crate) count: u32,
    /// The longest time for which one of them has been due. `None` for jobs that run, and for kinds whose jobs take turns.
    pub(crate) overdue: Option<Duration>,
}

/// The state of an unfinished job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobState {
    /// Nobody works on it, and the last attempt has not failed.
    Waiting,
    /// A process works on it.
    Running,
    /// The last attempt has failed.
    Retrying,
}

/// Whether lists are answered from memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DirectoryState {
    /// The database answers, until the load is complete.
    Loading,
    /// The memory answers.
    InMemory,
    /// The database answers: the memory is switched off or too small.
    Off,
}

/// The gauges. A value that could not be read is absent, because an old one would hide the fault.
#[derive(Debug, Default)]
pub(super) struct Gauges {
    jobs: Family<JobLabels, Gauge>,
    overdue: Family<KindLabels, Gauge>,
    sessions: Family<NoLabels, Gauge>,
    event_streams: Gauge,
    database_bytes: Family<NoLabels, Gauge>,
    free_disk_bytes: Family<NoLabels, Gauge>,
    directory_in_memory: Gauge,
    audit_export_waiting: Family<TargetLabels, Gauge>,
    database_read: Gauge,
}

/// The labels of a gauge that may be absent, but has no labels.
type NoLabels = [(&'static str, &'static str); 0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobLabels {
    kind: &'static str,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabels {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TargetLabels {
    target: String,
}

impl JobState {
    /// All states.
    pub(crate) const ALL: [Self; 3] = [Self::Waiting, Self::Running, Self::Retrying];

    const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Retrying => "retrying",
        }
    }
}

impl Gauges {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let gauges = Self::default();
        registry.register("jobs", "Unfinished jobs, by kind and state.", gauges.jobs.clone());
        let help = "Time for which the oldest job that nobody works on has been due, by kind.";
        registry.register_with_unit("job_overdue", help, Unit::Seconds, gauges.overdue.clone());
        registry.register("sessions", "Sessions that have not expired.", gauges.sessions.clone());
        let help = "Open event streams of this process.";
        registry.register("event_streams", help, gauges.event_streams.clone());
        let help = "Size of the database.";
        registry.register_with_unit("database_size", help, Unit::Bytes, gauges.database_bytes.clone());
        let help = "Free space for the data folder.";
        registry.register_with_unit("disk_free", help, Unit::Bytes, gauges.free_disk_bytes.clone());
        let help = "Whether lists are answered from memory: 1, or 0 while the database answers.";
        registry.register("directory_in_memory", help, gauges.directory_in_memory.clone());
        let help = "Entries of the audit log that a target of the export does not have yet.";
        registry.register("audit_export_waiting", help, gauges.audit_export_waiting.clone());
        let help = "Whether the database could be read: 1, or 0. Then its values are absent.";
        registry.register("database_read", help, gauges.database_read.clone());
        gauges
    }

    pub(super) fn set(&self, readings: &Readings) {
        self.event_streams.set(readings.event_streams.into());
        self.directory_in_memory.set((readings.directory == DirectoryState::InMemory).into());
        set_or_clear(&self.free_disk_bytes, readings.free_disk_bytes);
        let database = readings.database.as_ref();
        self.database_read.set(database.is_some().into());
        set_or_clear(&self.sessions, database.map(|database| database.sessions.into()));
        set_or_clear(&self.database_bytes, database.map(|database| database.bytes));
        self.audit_export_waiting.clear();
        for (target, waiting) in database.iter().flat_map(|database| &database.audit_exports) {
            let labels = TargetLabels { target: target.clone() };
            self.audit_export_waiting.get_or_create(&labels).set(*waiting);
        }
        self.jobs.clear();
        self.overdue.clear();
        for JobCount { kind, state, count, overdue } in database.iter().flat_map(|database| &database.jobs) {
            self.jobs.get_or_create(&JobLabels { kind, state: state.name() }).set((*count).into());
            if let Some(overdue) = overdue {
                let longest = self.overdue.get_or_create(&KindLabels { kind });
                longest.set(longest.get().max(clamped(overdue.as_secs())));
            }
        }
    }
}

fn set_or_clear(gauge: &Family<NoLabels, Gauge>, value: Option<u64>) {
    gauge.clear();
    if let Some(value) = value {
        gauge.get_or_create(&[]).set(clamped(value));
    }
}

fn clamped(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
