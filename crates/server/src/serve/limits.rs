use std::time::Duration;

/// The limits of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ConnectionLimits {
    /// The maximum number of open connections. Further ones wait in the queue of the system.
    pub(crate) max_connections: u32,
    /// The time for the head of a request, from its first byte. For the first request, from the connection.
    pub(crate) header_timeout: Duration,
    /// The time for the body of a request.
    pub(crate) body_timeout: Duration,
    /// The time between two requests.
    pub(crate) idle_timeout: Duration,
    /// The time for which a client may receive nothing of a response.
    pub(crate) write_timeout: Duration,
}
