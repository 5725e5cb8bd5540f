//! The options of `serve` for the limits of connections and event streams.

use std::time::Duration;

use clap::{Args, value_parser};

use crate::events::StreamLimits;
use crate::serve::ConnectionLimits;

/// The limits. `docs/operations.md` explains them.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Connections")]
#[allow(clippy::struct_field_names, reason = "the fields name the options")]
pub(super) struct Connections {
    /// Maximum number of open connections. Further ones wait until another ends.
    #[arg(long, value_name = "NUMBER", default_value_t = 4_000, value_parser = value_parser!(u32).range(1..=1_000_000))]
    max_connections: u32,
    /// Seconds for the headers of a request.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = value_parser!(u32).range(1..=3_600))]
    header_timeout: u32,
    /// Seconds for the body of a request, which is at most 1 MB.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = value_parser!(u32).range(1..=3_600))]
    body_timeout: u32,
    /// Seconds after which a connection without requests is closed. Must be longer than the idle timeout of a reverse
    /// proxy for its connections to this server.
    #[arg(long, value_name = "SECONDS", default_value_t = 75, value_parser = value_parser!(u32).range(1..=3_600))]
    idle_timeout: u32,
    /// Seconds after which a connection is closed if the client receives nothing of a response.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = value_parser!(u32).range(1..=3_600))]
    write_timeout: u32,
    /// Maximum number of open event streams (live updates). Each uses a connection.
    #[arg(long, value_name = "NUMBER", default_value_t = StreamLimits::DEFAULT.total, value_parser = value_parser!(u32).range(1..=1_000_000))]
    max_event_streams: u32,
    /// Maximum number of open event streams of a user.
    #[arg(long, value_name = "NUMBER", default_value_t = StreamLimits::DEFAULT.per_user, value_parser = value_parser!(u32).range(1..=10_000))]
    max_event_streams_per_user: u32,
}

impl From<Connections> for ConnectionLimits {
    fn from(options: Connections) -> Self {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        Self {
            max_connections: options.max_connections,
            header_timeout: seconds(options.header_timeout),
            body_timeout: seconds(options.body_timeout),
            idle_timeout: seconds(options.idle_timeout),
            write_timeout: seconds(options.write_timeout),
        }
    }
}

impl From<Connections> for StreamLimits {
    fn from(options: Connections) -> Self {
        Self { total: options.max_event_streams, per_user: options.max_event_streams_per_user }
    }
}
