//! The use of the process, with the names that
//! [all client libraries share](https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics). It is read
//! from [`/proc`](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). On other systems the values are 0.

use std::fs;
use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use rustix::param::{clock_ticks_per_second, page_size};
use rustix::process::{Resource, getrlimit};

#[derive(Debug, Default)]
pub(super) struct Process {
    memory: Gauge,
    files: Gauge,
    max_files: Gauge,
    cpu: Counter<f64, AtomicU64>,
}

impl Process {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let process = Self::default();
        let help = "Resident memory of the process.";
        registry.register_with_unit("process_resident_memory", help, Unit::Bytes, process.memory.clone());
        registry.register("process_open_fds", "Open file descriptors.", process.files.clone());
        registry.register("process_max_fds", "Limit of open file descriptors.", process.max_files.clone());
        let help = "Processor time of the process.";
        registry.register_with_unit("process_cpu", help, Unit::Seconds, process.cpu.clone());
        process
    }

    /// Reads the values. Those that cannot be read stay as they are.
    pub(super) fn set(&self) {
        if let Some([user, system, pages]) = read_stat() {
            #[allow(clippy::cast_precision_loss, reason = "2^53 ticks are three million years")]
            let cpu = (user + system) as f64 / clock_ticks_per_second() as f64;
            self.cpu.inc_by((cpu - self.cpu.get()).max(0.0));
            self.memory.set(i64::try_from(pages * page_size() as u64).unwrap_or(i64::MAX));
        }
        if let Ok(files) = fs::read_dir("/proc/self/fd") {
            self.files.set(i64::try_from(files.count()).unwrap_or(i64::MAX));
        }
        let limit = getrlimit(Resource::Nofile).current;
        self.max_files.set(limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(i64::MAX));
    }
}

/// Returns the time in the program and in the kernel, in ticks, and the memory, in pages.
fn read_stat() -> Option<[u64; 3]> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program is in parentheses, and may contain blanks.
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let field = |index: usize| fields.get(index)?.trim().parse().ok();
    Some([field(11)?, field(12)?, field(21)?])
}
