//! The use of the process, with the names that
//! [all client libraries share](https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics). It is read
//! from [`/proc`](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). Other systems have none of the values.

use std::fs;
use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// The clock ticks in a second of `/proc`, on all architectures of Linux.
const TICKS: f64 = 100.0;
/// The size of a page, in bytes, on the common architectures.
const PAGE_BYTES: i64 = 4096;

type FloatGauge = Gauge<f64, AtomicU64>;

#[derive(Debug, Default)]
pub(super) struct Process {
    memory: Gauge,
    files: Gauge,
    max_files: Gauge,
    cpu: FloatGauge,
}

impl Process {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let process = Self::default();
        let help = "Memory of the process.";
        registry.register_with_unit("process_resident_memory", help, Unit::Bytes, process.memory.clone());
        registry.register("process_open_fds", "Open file descriptors.", process.files.clone());
        registry.register("process_max_fds", "Limit of open file descriptors.", process.max_files.clone());
        let help = "Processor time of the process.";
        registry.register_with_unit("process_cpu", help, Unit::Seconds, process.cpu.clone());
        process
    }

    /// Reads the values. Those that cannot be read stay as they are.
    pub(super) fn set(&self) {
        if let Some([user, system, memory]) = read_stat() {
            #[allow(clippy::cast_precision_loss, reason = "2^53 ticks are three million years")]
            self.cpu.set((user + system) as f64 / TICKS);
            self.memory.set(memory * PAGE_BYTES);
        }
        if let Ok(files) = fs::read_dir("/proc/self/fd") {
            self.files.set(i64::try_from(files.count()).unwrap_or(i64::MAX));
        }
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        self.max_files.set(limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(i64::MAX));
    }
}

/// Returns the time in the program and in the kernel, in ticks, and the memory, in pages.
fn read_stat() -> Option<[i64; 3]> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program is in parentheses, and may contain blanks.
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let field = |index: usize| fields.get(index)?.trim().parse().ok();
    Some([field(11)?, field(12)?, field(21)?])
}
