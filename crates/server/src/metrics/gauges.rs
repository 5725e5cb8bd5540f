//! Gauges, which are set before each scrape.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::process::Process;

/// What was read for a scrape.
#[derive(Debug, Clone, Default)]
pub(crate) struct Readings {
    /// The unfinished jobs.
    pub(crate) jobs: Vec<JobCount>,
    /// The number of sessions that have not expired.
    pub(crate) sessions: u32,
    /// The number of open event streams of this process.
    pub(crate) event_streams: u32,
    /// The size of the database, in bytes.
    pub(crate) database_bytes: u64,
    /// The free space for the data folder, in bytes. `None` if the system does not tell.
    pub(crate) free_disk_bytes: Option<u64>,
    /// The directory in memory.
    pub(crate) directory: DirectoryState,
}

/// Unfinished jobs of a kind in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JobCount {
    pub(crate) kind: &'static str,
    pub(crate) state: &'static str,
    pub(crate) count: u32,
    /// The longest time for which one of them has been due. Zero if none is due, or if they run.
    pub(crate) overdue: Duration,
}

/// Whether lists are answered from memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum DirectoryState {
    /// The database answers, until the load is complete.
    #[default]
    Loading,
    /// The memory answers.
    InMemory,
    /// The database answers: the memory is switched off or too small.
    Off,
}

#[derive(Debug)]
pub(super) struct Gauges {
    jobs: Family<JobLabels, Gauge>,
    overdue: Family<KindLabels, Gauge>,
    sessions: Gauge,
    event_streams: Gauge,
    database_bytes: Gauge,
    free_disk_bytes: Gauge,
    directory_in_memory: Gauge,
    database_read: Gauge,
    process: Process,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobLabels {
    kind: &'static str,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabels {
    kind: &'static str,
}

impl Gauges {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let gauges = Self {
            jobs: Family::default(),
            overdue: Family::default(),
            sessions: Gauge::default(),
            event_streams: Gauge::default(),
            database_bytes: Gauge::default(),
            free_disk_bytes: Gauge::default(),
            directory_in_memory: Gauge::default(),
            database_read: Gauge::default(),
            process: Process::register(registry),
        };
        registry.register("jobs", "Unfinished jobs, by kind and state.", gauges.jobs.clone());
        let help = "Time for which the oldest waiting job has been due, by kind.";
        registry.register_with_unit("job_overdue", help, Unit::Seconds, gauges.overdue.clone());
        registry.register("sessions", "Sessions that have not expired.", gauges.sessions.clone());
        registry.register(
            "event_streams",
            "Open event streams of this process.",
            gauges.event_streams.clone(),
        );
        let help = "Size of the database.";
        registry.register_with_unit("database_size", help, Unit::Bytes, gauges.database_bytes.clone());
        let help = "Free space for the data folder.";
        registry.register_with_unit("disk_free", help, Unit::Bytes, gauges.free_disk_bytes.clone());
        let help = "Whether lists are answered from memory: 1, or 0 while the database answers.";
        registry.register("directory_in_memory", help, gauges.directory_in_memory.clone());
        let help =
            "Whether the values from the database are of this scrape: 1, or 0 if it could not be read.";
        registry.register("database_read", help, gauges.database_read.clone());
        gauges
    }

    pub(super) fn set(&self, readings: &Readings) {
        self.jobs.clear();
        self.overdue.clear();
        for JobCount { kind, state, count, overdue } in &readings.jobs {
            self.jobs.get_or_create(&JobLabels { kind, state }).set((*count).into());
            let seconds = i64::try_from(overdue.as_secs()).unwrap_or(i64::MAX);
            let longest = self.overdue.get_or_create(&KindLabels { kind });
            longest.set(longest.get().max(seconds));
        }
        self.sessions.set(readings.sessions.into());
        self.event_streams.set(readings.event_streams.into());
        self.database_bytes.set(bytes(readings.database_bytes));
        self.free_disk_bytes.set(bytes(readings.free_disk_bytes.unwrap_or_default()));
        self.directory_in_memory.set((readings.directory == DirectoryState::InMemory).into());
    }

    pub(super) fn set_database_read(&self, is_read: bool) {
        self.database_read.set(is_read.into());
    }

    pub(super) fn set_process(&self) {
        self.process.set();
    }
}

fn bytes(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
