//! The limit of file descriptors. Each connection uses one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The file descriptors that are left for the database, the mails, the page and the output.
const RESERVED: u64 = 128;

/// Raises the soft limit of file descriptors if it is too low for the connections. Returns the number of connections that
/// fits next to those of the metrics, at least 1.
pub(crate) fn reserve_files(connections: u32, metrics_connections: u32) -> u32 {
    let limit = getrlimit(Resource::Nofile);
    let reserved = RESERVED + u64::from(metrics_connections);
    let wanted = u64::from(connections) + reserved;
    let raised = raised_limit(limit, wanted);
    let mut soft = limit.current;
    if raised != limit.current && setrlimit(Resource::Nofile, Rlimit { current: raised, ..limit }).is_ok() {
        tracing::info!(from = limit.current, to = raised, "the limit of open files was raised");
        soft = raised;
    }
    let fitting = fitting_connections(soft, reserved, connections);
    if fitting < connections {
        tracing::warn!(
            connections = fitting,
            "the system allows too few open files for --max-connections {connections}; \
             raise the limit of the process to {wanted}, for example with LimitNOFILE in its systemd unit"
        );
    }
    fitting
}

/// Returns the soft limit to set. `None` is no limit.
fn raised_limit(limit: Rlimit, wanted: u64) -> Option<u64> {
    let soft = limit.current?;
    if soft >= wanted {
        return limit.current;
    }
    Some(limit.maximum.map_or(wanted, |maximum| wanted.min(maximum)).max(soft))
}

/// Returns the number of connections for a soft limit, of which some descriptors are reserved.
fn fitting_connections(soft: Option<u64>, reserved: u64, wanted: u32) -> u32 {
    let free = soft.map_or(u64::MAX, |soft| soft.saturating_sub(reserved).max(1));
    u32::try_from(free).unwrap_or(u32::MAX).min(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raises_the_soft_limit_up_to_the_hard_limit() {
        for (current, maximum, raised) in [
            (Some(1_024), Some(4_096), Some(2_128)),
            (Some(1_024), Some(2_000), Some(2_000)),
            (Some(1_024), None, Some(2_128)),
            (Some(9_000), Some(9_000), Some(9_000)),
            (None, None, None),
        ] {
            assert_eq!(raised_limit(Rlimit { current, maximum }, 2_128), raised);
        }
        assert_eq!(fitting_connections(Some(2_000), RESERVED, 2_000), 1_872);
        assert_eq!(fitting_connections(Some(2_000), RESERVED + 16, 2_000), 1_856);
        assert_eq!(fitting_connections(Some(3), RESERVED, 2_000), 1);
        assert_eq!(fitting_connections(None, RESERVED, 2_000), 2_000);
    }
}
