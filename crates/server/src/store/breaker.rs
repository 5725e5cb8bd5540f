//! A [circuit breaker](https://en.wikipedia.org/wiki/Circuit_breaker_design_pattern) for a database server that is
//! unreachable.
//!
//! Without it, each request would wait for the pool, which tries to connect again until its timeout. The breaker opens when
//! the server is known to be unreachable. Then all requests fail at once, and one probe after the other tries to connect.
//! The first success closes the breaker.
//!
//! A request that waits long for a connection proves nothing, because all connections may be busy. It only starts the
//! probes, and a probe that fails opens the breaker.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::Error;

/// The time between the starts of two probes, unless the first one takes longer.
const PROBE_INTERVAL: Duration = Duration::from_millis(250);
/// The time after which a probe without an answer has failed.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);
/// The time that a request waits for a connection before it starts the probes.
const PATIENCE: Duration = Duration::from_millis(250);

/// Opens a connection of its own to the database and closes it again. It must not wait for the pool.
pub(super) trait Probe: Send + Sync + 'static {
    /// Connects once.
    fn probe(&self) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
}

/// The circuit breaker of one database.
#[derive(Debug)]
pub(super) struct Breaker<P> {
    shared: Arc<Shared<P>>,
}

#[derive(Debug)]
struct Shared<P> {
    state: watch::Sender<State>,
    probe: P,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Requests use the database.
    Closed,
    /// Requests use the database, while probes check whether it is reachable.
    Suspicious,
    /// Requests fail, while probes check whether it is reachable.
    Open,
}

impl<P: Probe> Breaker<P> {
    /// Returns a closed breaker.
    pub(super) fn new(probe: P) -> Self {
        Self { shared: Arc::new(Shared { state: watch::Sender::new(State::Closed), probe }) }
    }

    /// Waits for a connection of the pool.
    ///
    /// # Errors
    /// [`Error::Unreachable`] at once while the breaker is open, also if it opens meanwhile. [`Error::Busy`] if the pool
    /// has had no free connection until its timeout.
    pub(super) async fn connect<T>(
        &self,
        connecting: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, Error> {
        let mut state = self.shared.state.subscribe();
        let suspect_later = async {
            sleep(PATIENCE).await;
            self.start_probes(State::Suspicious);
            pending::<Infallible>().await
        };
        let connected = tokio::select! {
            biased;
            // Fails only without a sender, which `self` keeps.
            _ = state.wait_for(|&state| state == State::Open) => return Err(Error::Unreachable),
            connected = connecting => connected,
            never = suspect_later => match never {},
        };
        connected.map_err(|error| self.classify(error))
    }

    /// Returns the error of a request. Opens the breaker if the error shows that the server is unreachable.
    pub(super) fn classify(&self, error: sqlx::Error) -> Error {
        match error {
            sqlx::Error::PoolTimedOut => {
                self.start_probes(State::Suspicious);
                Error::Busy
            }
            error if has_lost_connection(&error) => {
                tracing::error!(%error, "a database connection was lost");
                self.start_probes(State::Open);
                Error::Unreachable
            }
            error => error.into(),
        }
    }

    /// Changes the state, unless it is `Open` already, and starts the probes if none run.
    fn start_probes(&self, next: State) {
        let mut is_new = false;
        self.shared.state.send_if_modified(|state| {
            is_new = *state == State::Closed;
            let is_modified = *state != State::Open && *state != next;
            if is_modified {
                *state = next;
            }
            is_modified
        });
        if is_new {
            tokio::spawn(probe_until_reachable(self.shared.clone()));
        }
    }
}

/// Probes the database until it answers. Then closes the breaker.
async fn probe_until_reachable<P: Probe>(shared: Arc<Shared<P>>) {
    // The first probe starts at once: the server may have ended just one connection.
    let mut probes = interval(PROBE_INTERVAL);
    probes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        probes.tick().await;
        let error = match timeout(PROBE_TIMEOUT, shared.probe.probe()).await {
            Ok(Ok(())) => break,
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        tracing::warn!(error, "the database is unreachable");
        shared.state.send_replace(State::Open);
    }
    tracing::info!("the database is reachable");
    shared.state.send_replace(State::Closed);
}

/// Whether an error concerns the connection, not the statement.
fn has_lost_connection(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) => true,
        // Connection exceptions, and a server that starts, stops or has ended the connection
        // (https://www.postgresql.org/docs/15/errcodes-appendix.html).
        sqlx::Error::Database(error) => {
            let code = error.code();
            let code = code.as_deref().unwrap_or_default();
            code.starts_with("08") || ["57P01", "57P02", "57P03"].contains(&code)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::io;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use super::*;
    use tokio::time::Instant;

    /// A database that can be stopped.
    #[derive(Debug, Clone, Default)]
    struct Server {
        is_stopped: Arc<AtomicBool>,
        probes: Arc<AtomicUsize>,
    }

    impl Probe for Server {
        async fn probe(&self) -> Result<(), sqlx::Error> {
            self.probes.fetch_add(1, Ordering::Relaxed);
            if self.is_stopped.load(Ordering::Relaxed) { Err(refused()) } else { Ok(()) }
        }
    }

    fn refused() -> sqlx::Error {
        sqlx::Error::Io(io::ErrorKind::ConnectionRefused.into())
    }

    fn server(is_stopped: bool) -> (Server, Breaker<Server>) {
        let server = Server::default();
        server.is_stopped.store(is_stopped, Ordering::Relaxed);
        (server.clone(), Breaker::new(server))
    }

    async fn is_reachable(breaker: &Breaker<Server>) -> bool {
        let start = Instant::now();
        let connected = breaker.connect(ready(Ok(()))).await;
        assert_eq!(start.elapsed(), Duration::ZERO, "a request fails at once");
        match connected {
            Ok(()) => true,
            Err(Error::Unreachable) => false,
            Err(error) => panic!("{error}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn fails_at_once_while_the_server_is_stopped_and_probes_four_times_a_second() {
        let (server, breaker) = server(true);
        assert!(is_reachable(&breaker).await);
        let waiting = breaker.connect(pending::<Result<(), sqlx::Error>>());
        let failing = async { breaker.connect(ready(Err::<(), _>(refused()))).await };
        let (waiting, failing) = tokio::join!(waiting, failing);
        assert!(matches!((waiting, failing), (Err(Error::Unreachable), Err(Error::Unreachable))));
        sleep(Duration::from_millis(9_900)).await;
        assert!(!is_reachable(&breaker).await);
        assert_eq!(server.probes.load(Ordering::Relaxed), 40);

        server.is_stopped.store(false, Ordering::Relaxed);
        sleep(PROBE_INTERVAL).await;
        assert!(is_reachable(&breaker).await);
        sleep(Duration::from_secs(10)).await;
        assert_eq!(server.probes.load(Ordering::Relaxed), 41, "the probes have ended");
    }

    #[tokio::test(start_paused = true)]
    async fn a_single_lost_connection_blocks_no_later_request() {
        let (_, breaker) = server(false);
        assert!(matches!(breaker.classify(refused()), Error::Unreachable));
        assert!(!is_reachable(&breaker).await);
        breaker.shared.state.subscribe().wait_for(|&state| state == State::Closed).await.unwrap();
        assert!(is_reachable(&breaker).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_waits_fails_only_if_the_server_is_unreachable() {
        for is_stopped in [true, false] {
            let (_, breaker) = server(is_stopped);
            let start = Instant::now();
            let pool = async {
                sleep(Duration::from_secs(5)).await;
                Err::<(), _>(sqlx::Error::PoolTimedOut)
            };
            let error = breaker.connect(pool).await.unwrap_err();
            if is_stopped {
                assert!(matches!(error, Error::Unreachable));
                assert!(start.elapsed() < Duration::from_millis(300), "{:?}", start.elapsed());
            } else {
                assert!(matches!(error, Error::Busy), "all connections are busy");
                assert!(is_reachable(&breaker).await);
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_without_an_answer_has_failed() {
        struct Silent;
        impl Probe for Silent {
            async fn probe(&self) -> Result<(), sqlx::Error> {
                pending().await
            }
        }
        let breaker = Breaker::new(Silent);
        let start = Instant::now();
        let error = breaker.connect(pending::<Result<(), _>>()).await.unwrap_err();
        assert!(matches!(error, Error::Unreachable));
        assert!(start.elapsed() < PATIENCE + PROBE_TIMEOUT + Duration::from_millis(50));
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_of_a_statement_opens_nothing() {
        let (server, breaker) = server(true);
        assert!(matches!(breaker.classify(sqlx::Error::RowNotFound), Error::Database(_)));
        assert!(is_reachable(&breaker).await);
        assert_eq!(server.probes.load(Ordering::Relaxed), 0);
    }
}
