//! A [circuit breaker](https://en.wikipedia.org/wiki/Circuit_breaker_design_pattern) for a database server that is
//! unreachable.
//!
//! Without it, each request would wait for the pool, which tries to connect again until its timeout. The breaker opens when
//! the server is known to be unreachable. Then all requests fail at once, and one probe after the other tries to connect.
//! The first success closes the breaker.
//!
//! A lost connection proves nothing, because the server may have ended just that one. Neither does a request that waits long
//! for a connection, because all connections may be busy. Both only start the probes, and a probe that fails opens the
//! breaker.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::failure::{is_unreachable, unreachable_error};

/// The time between the starts of two probes, unless the first one takes longer.
const PROBE_INTERVAL: Duration = Duration::from_millis(250);
/// The time after which a probe without an answer has failed.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);
/// The time that a request waits for a connection before it starts the probes, and between further ones.
const PATIENCE: Duration = Duration::from_millis(250);
/// The time for which an answer of the server proves that waiting requests only wait for other ones.
const TRUSTED: Duration = Duration::from_millis(500);

/// Opens a connection of its own to the database and closes it again. It must not wait for the pool.
pub(super) trait Probe: Send + Sync + 'static {
    /// Connects once.
    fn probe(&self) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
}

/// The circuit breaker of one database. Clones are the same breaker.
#[derive(Debug)]
pub(super) struct Breaker<P> {
    shared: Arc<Shared<P>>,
}

#[derive(Debug)]
struct Shared<P> {
    state: watch::Sender<State>,
    /// The time at which the server last answered a probe.
    answered_at: Mutex<Option<Instant>>,
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

impl Probe for PgConnectOptions {
    async fn probe(&self) -> Result<(), sqlx::Error> {
        self.connect().await?.close().await
    }
}

impl<P> Clone for Breaker<P> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

impl<P: Probe> Breaker<P> {
    /// Returns a closed breaker.
    pub(super) fn new(probe: P) -> Self {
        let state = watch::Sender::new(State::Closed);
        Self { shared: Arc::new(Shared { state, answered_at: Mutex::default(), probe }) }
    }

    /// Waits for a connection of the pool.
    ///
    /// # Errors
    /// At once while the breaker is open, also if it opens meanwhile: an error of which [`is_unreachable`] returns true.
    pub(super) async fn connect<T>(
        &self,
        connecting: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        let mut state = self.shared.state.subscribe();
        let suspect_later = async {
            loop {
                sleep(PATIENCE).await;
                if !self.shared.has_just_answered() {
                    self.start_probes();
                }
            }
        };
        let connected = tokio::select! {
            biased;
            // Fails only without a sender, which `self` keeps.
            _ = state.wait_for(|&state| state == State::Open) => return Err(unreachable_error()),
            connected = connecting => connected,
            never = suspect_later => match never {},
        };
        self.observe(connected)
    }

    /// Starts the probes if a result shows that a connection was lost.
    pub(super) fn observe<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        if let Err(error) = &result
            && is_unreachable(error)
        {
            tracing::error!(%error, "a database connection was lost");
            self.start_probes();
        }
        result
    }

    /// Whether the breaker is not open.
    pub(super) fn is_reachable(&self) -> bool {
        *self.shared.state.borrow() != State::Open
    }

    /// Waits until the breaker is not open.
    pub(super) async fn wait_until_reachable(&self) {
        // Fails only without a sender, which `self` keeps.
        let _ = self.shared.state.subscribe().wait_for(|&state| state != State::Open).await;
    }

    /// Starts the probes if none run.
    fn start_probes(&self) {
        let is_new = self.shared.state.send_if_modified(|state| {
            let is_new = *state == State::Closed;
            if is_new {
                *state = State::Suspicious;
            }
            is_new
        });
        if is_new {
            tokio::spawn(probe_until_reachable(self.shared.clone()));
        }
    }
}

impl<P> Shared<P> {
    fn has_just_answered(&self) -> bool {
        let answered_at = *self.answered_at.lock().unwrap_or_else(PoisonError::into_inner);
        answered_at.is_some_and(|at| at.elapsed() < TRUSTED)
    }
}

/// Probes the database until it answers. Then closes the breaker.
async fn probe_until_reachable<P: Probe>(shared: Arc<Shared<P>>) {
    // The first probe starts at once: the server may have ended just one connection.
    let mut probes = interval(PROBE_INTERVAL);
    probes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut was_open = false;
    loop {
        probes.tick().await;
        let error = match timeout(PROBE_TIMEOUT, shared.probe.probe()).await {
            Ok(Ok(())) => break,
            // The server answers, such as that it accepts no further connection. Those of the pool may work.
            Ok(Err(error)) if !is_unreachable(&error) => break,
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        if !was_open {
            tracing::error!(error, "the database is unreachable");
        }
        was_open = true;
        shared.state.send_replace(State::Open);
    }
    if was_open {
        tracing::info!("the database is reachable again");
    }
    *shared.answered_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    shared.state.send_replace(State::Closed);
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::io;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use super::*;

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
            Err(error) if is_unreachable(&error) => false,
            Err(error) => panic!("{error}"),
        }
    }

    async fn wait_for(breaker: &Breaker<Server>, expected: State) {
        breaker.shared.state.subscribe().wait_for(|&state| state == expected).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn fails_at_once_while_the_server_is_stopped_and_probes_four_times_a_second() {
        let (server, breaker) = server(true);
        assert!(is_reachable(&breaker).await);
        let waiting = breaker.connect(pending::<Result<(), sqlx::Error>>());
        let failing = async { breaker.connect(ready(Err::<(), _>(refused()))).await };
        let (waiting, failing) = tokio::join!(waiting, failing);
        assert!(is_unreachable(&waiting.unwrap_err()) && is_unreachable(&failing.unwrap_err()));
        sleep(Duration::from_millis(9_900)).await;
        assert!(!is_reachable(&breaker).await);
        assert_eq!(server.probes.load(Ordering::Relaxed), 40);

        server.is_stopped.store(false, Ordering::Relaxed);
        let start = Instant::now();
        breaker.wait_until_reachable().await;
        assert!(start.elapsed() <= PROBE_INTERVAL);
        assert!(is_reachable(&breaker).await);
        sleep(Duration::from_secs(10)).await;
        assert_eq!(server.probes.load(Ordering::Relaxed), 41, "the probes have ended");
    }

    #[tokio::test(start_paused = true)]
    async fn a_single_lost_connection_fails_no_other_request() {
        let (server, breaker) = server(false);
        let other = async {
            sleep(Duration::from_millis(10)).await;
            Ok(())
        };
        let (lost, other) =
            tokio::join!(breaker.connect(ready(Err::<(), _>(refused()))), breaker.connect(other));
        assert!(is_unreachable(&lost.unwrap_err()));
        other.unwrap();
        wait_for(&breaker, State::Closed).await;
        assert_eq!(server.probes.load(Ordering::Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_waits_fails_only_if_the_server_is_unreachable() {
        for is_stopped in [true, false] {
            let (server, breaker) = server(is_stopped);
            let start = Instant::now();
            let pool = async {
                sleep(Duration::from_secs(5)).await;
                Err::<(), _>(sqlx::Error::PoolTimedOut)
            };
            let error = breaker.connect(pool).await.unwrap_err();
            if is_stopped {
                assert!(is_unreachable(&error));
                assert!(start.elapsed() < Duration::from_millis(300), "{:?}", start.elapsed());
            } else {
                assert!(matches!(error, sqlx::Error::PoolTimedOut), "all connections are busy");
                assert!(is_reachable(&breaker).await);
                assert!(server.probes.load(Ordering::Relaxed) <= 10, "waiting requests cost few probes");
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
        assert!(is_unreachable(&error));
        assert!(start.elapsed() < PATIENCE + PROBE_TIMEOUT + Duration::from_millis(50));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_refuses_a_probe_is_reachable() {
        struct Full;
        impl Probe for Full {
            async fn probe(&self) -> Result<(), sqlx::Error> {
                Err(sqlx::Error::PoolTimedOut)
            }
        }
        let breaker = Breaker::new(Full);
        breaker.start_probes();
        breaker.shared.state.subscribe().wait_for(|&state| state == State::Closed).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_of_a_statement_starts_no_probe() {
        let (server, breaker) = server(true);
        assert!(breaker.observe(Err::<(), _>(sqlx::Error::RowNotFound)).is_err());
        assert!(is_reachable(&breaker).await);
        assert_eq!(server.probes.load(Ordering::Relaxed), 0);
    }
}
