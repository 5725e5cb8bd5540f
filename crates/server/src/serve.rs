//! Starts the server, runs it, and shuts it down gracefully.

mod activity;
mod bodies;
mod connections;
mod file_limit;
mod limits;
mod metrics;
mod monitored_io;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use lettre::message::Mailbox;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::ages::Ages;
use crate::backup;
use crate::clock::Clock;
use crate::data_lock::DataLock;
use crate::database::Database;
use crate::demo::{self, DemoPeople};
use crate::events::StreamLimits;
use crate::failure::Failure;
use crate::http::page::{Page, PageOptions};
use crate::http::router;
use crate::links::sign_in_url;
use crate::mail::{Mailer, Smtp};
use crate::public_url::{Origin, PublicUrl};
use crate::readiness::ReadinessCache;
use crate::services::audit_export_worker::export_audit_log;
use crate::services::audit_head_worker::retry_audit_head;
use crate::services::jobs::run_lane;
use crate::state::{AppState, Parts, RateLimiters};
use crate::stdout::print_line;
use crate::store::{AuditOutputs, JobKind, Limits, RunnerId};

use connections::serve_connections;
use file_limit::reserve_files;
pub(crate) use limits::ConnectionLimits;

/// The options of the command `serve`.
#[derive(Debug)]
pub(crate) struct Options {
    /// The address and port to listen on.
    pub(crate) listen: SocketAddr,
    /// The address and port to serve metrics on. `None` serves none.
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// The database, and the folder with the key of the audit log and the mails.
    pub(crate) database: Database,
    /// The number of demo users. `None` outside a demo.
    pub(crate) demo: Option<u32>,
    /// The source of the current time.
    pub(crate) clock: Clock,
    /// The URL under which browsers reach the server. `None` derives it from the listen address.
    pub(crate) public_url: Option<PublicUrl>,
    /// The other origins whose scripts may call the API.
    pub(crate) allowed_origins: Vec<Origin>,
    /// The origins that may embed the page in a frame.
    pub(crate) framed_by: Vec<Origin>,
    /// The networks of the proxies whose reports about their clients count.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// The URL of the privacy policy.
    pub(crate) privacy_url: Option<String>,
    /// The folder with the built page.
    pub(crate) page: PathBuf,
    /// The e-mail address of the first administrator.
    pub(crate) administrator: String,
    /// The mail server. `None` writes mails to the data folder.
    pub(crate) smtp: Option<Smtp>,
    /// The sender of mails.
    pub(crate) mail_from: Mailbox,
    /// The limits of connections.
    pub(crate) connections: ConnectionLimits,
    /// The limits of event streams.
    pub(crate) streams: StreamLimits,
    /// The limits of sessions, and the retention.
    pub(crate) limits: Limits,
    /// Where entries of the audit log are exported and archived.
    pub(crate) audit: AuditOutputs,
    /// The maximum memory of the directory, in bytes. 0 reads all lists from the database.
    pub(crate) directory_memory: u64,
}

impl Options {
    /// Returns the public URL for a listen address.
    ///
    /// # Errors
    /// Fails if the option is missing, and the address does not tell it.
    pub(crate) fn public_url_of(&self, address: SocketAddr) -> Result<PublicUrl, Failure> {
        match &self.public_url {
            Some(url) => Ok(url.clone()),
            None if address.ip().is_unspecified() => {
                Err("set --public-url URL when listening on all interfaces".into())
            }
            None => Ok(PublicUrl::of_listener(address)?),
        }
    }

    /// Reports whether there is a page.
    ///
    /// # Errors
    /// Fails if the folder has no page, or the files of the page do not belong together.
    pub(crate) fn check_page(&self) -> Result<String, Failure> {
        if self.load_page(&self.public_url_of(self.listen)?)?.is_built() {
            return Ok("complete".into());
        }
        Err(format!("the page has not been built in {}", self.page.display()).into())
    }

    fn load_page(&self, public_url: &PublicUrl) -> Result<Page, Failure> {
        let options = PageOptions {
            base_path: public_url.path(),
            framed_by: &self.framed_by,
            privacy_url: self.privacy_url.as_deref(),
        };
        Ok(Page::load(&self.page, options)?)
    }
}

/// The time that requests in flight get after the stop signal.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves until the process receives a stop signal. Then it finishes the requests in flight, and closes the store.
pub(crate) async fn serve(options: Options) -> Result<(), Failure> {
    let clock = options.clock.clone();
    // Binds the port first: a second server must not touch the data folder of the first one.
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
    let address = listener.local_addr()?;
    let metrics_listener = match options.metrics_listen {
        Some(address) => Some(metrics::bind(address).await?),
        None => None,
    };
    let public_url = options.public_url_of(address)?;
    let folder = options.database.folder.clone();
    let _lock = DataLock::acquire(&folder, "serve")?;
    backup::require_complete(&folder)?;
    options.database.install_key()?;
    match options.demo {
        Some(users) => demo::ensure(&options.database, users, clock.now()).await?,
        None => demo::require_none(&options.database).await?,
    }
    let store = options.database.open().await?.with_clock(clock.clone()).with_limits(options.limits);
    let store = store.with_audit_outputs(options.audit.clone());

    let new_administrator = if options.demo.is_some() {
        Some(demo::administrator(&store).await?)
    } else {
        store.create_first_administrator(&options.administrator).await?
    };
    if let Some(user) = new_administrator {
        let token = store.create_sign_in_link(user).await?;
        print_line(&format!("Sign in: {}", sign_in_url(&public_url, &token)))?;
    }
    // Behind a proxy, everybody seems to be on this machine.
    let is_open_demo = options.demo.is_some()
        && address.ip().is_loopback()
        && public_url.is_loopback()
        && options.trusted_proxies.is_empty();
    let demo_ports = vec![address.port(), public_url.port()];
    let demo = if is_open_demo { Some(DemoPeople::load(&store).await?) } else { None };

    let page = options.load_page(&public_url)?;
    if !page.is_built() {
        tracing::warn!(folder = %options.page.display(), "the page has not been built; run `cargo xtask run`");
    }
    let mailer = Mailer::new(&folder, options.smtp, options.mail_from)?;
    if let Some(folder) = mailer.folder() {
        report_mail_folder(folder, options.demo.is_some());
    }
    let (allowed_origins, trusted_proxies) = (options.allowed_origins, options.trusted_proxies);
    let limits = RateLimiters::new(store.rate_limit_buckets());
    let state = AppState::new(Parts {
        store,
        clock,
        mailer,
        public_url,
        allowed_origins,
        limits,
        view_ages: Ages::default(),
        demo,
        demo_ports,
        trusted_proxies,
        data_folder: folder,
        readiness: ReadinessCache::default(),
    });
    let stop = stop_signal()?;
    print_line(&format!("Listening on http://{address}"))?;
    let (is_stopping, mut stopping) = watch::channel(false);
    if let Err(error) = state.store.expire_due_invitations().await {
        // A full disk must not prevent the start. The job tries again.
        tracing::error!(%error, "invitations could not be marked as expired");
    }
    // The lock on the data folder proves that no other server works on the jobs of its file.
    if !state.store.is_shared()
        && let Err(error) = state.store.end_leases().await
    {
        tracing::error!(%error, "the leases of the last start could not be ended; they end by themselves");
    }
    for kind in [JobKind::Invitations, JobKind::Retention] {
        if let Err(error) = state.store.ensure_job(kind).await {
            tracing::error!(%error, kind = kind.name(), "a repeated job could not be scheduled");
        }
    }
    let runner = RunnerId::new()?;
    let lanes: Vec<_> = JobKind::ALL
        .into_iter()
        .map(|kind| tokio::spawn(run_lane(state.clone(), kind, runner, stopping.clone())))
        .collect();
    let audit_exports: Vec<_> = state
        .store
        .audit_exports()
        .iter()
        .map(|target| export_audit_log(state.clone(), target.clone(), runner, stopping.clone()))
        .map(tokio::spawn)
        .collect();
    let audit_head = tokio::spawn(retry_audit_head(state.clone(), stopping.clone()));
    let others = tokio::spawn({
        let (state, mut stopping) = (state.clone(), stopping.clone());
        async move {
            tokio::select! {
                () = state.store.follow_other_servers() => {}
                _ = stopping.wait_for(|&is_stopping| is_stopping) => {}
            }
        }
    });
    let directory = tokio::spawn({
        let (state, mut stopping) = (state.clone(), stopping.clone());
        async move {
            tokio::select! {
                () = state.store.keep_directory_in_memory(options.directory_memory) => {}
                _ = stopping.wait_for(|&is_stopping| is_stopping) => {}
            }
        }
    });
    let metrics_connections = metrics_listener.as_ref().map_or(0, |_| metrics::LIMITS.max_connections);
    let max_connections = reserve_files(options.connections.max_connections, metrics_connections);
    let metrics = metrics_listener
        .map(|listener| tokio::spawn(metrics::serve_metrics(listener, state.clone(), stopping.clone())));
    let events = state.store.events().clone();
    let connections = ConnectionLimits { max_connections, ..options.connections };
    events.set_limits(options.streams.within(max_connections));
    tokio::spawn(async move {
        stop.await;
        // Event streams never end by themselves.
        events.close();
        is_stopping.send_replace(true);
    });
    let full_warning = "all connections are in use; new ones wait. See --max-connections";
    let serving =
        serve_connections(listener, router(state.clone(), page), connections, full_warning, stopping.clone());
    tokio::select! {
        () = serving => {}
        () = async { let _ = stopping.wait_for(|&is| is).await; tokio::time::sleep(DRAIN_TIMEOUT).await } => {
            tracing::warn!("some requests did not finish within {DRAIN_TIMEOUT:?} and were aborted");
        }
    }
    for worker in lanes.into_iter().chain(audit_exports) {
        worker.await?;
    }
    // At the next start, a server on a file would end them itself.
    if state.store.is_shared()
        && let Err(error) = state.store.end_leases_of(runner).await
    {
        tracing::warn!(%error, "the leases of this server could not be ended; other servers wait until they end");
    }
    audit_head.await?;
    others.await?;
    directory.await?;
    if let Some(metrics) = metrics {
        metrics.await?;
    }
    state.store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Reports that e-mails are not sent. A demo is not expected to send any.
fn report_mail_folder(folder: &Path, is_demo: bool) {
    let folder = folder.display();
    if is_demo {
        tracing::info!(%folder, "e-mails are written to a folder");
    } else {
        tracing::warn!(%folder, "e-mails are not sent but only written to a folder; set --smtp to send them");
    }
}

/// Returns a future that resolves on SIGINT or SIGTERM.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping after the requests in flight");
    })
}
