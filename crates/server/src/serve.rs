//! Serving, from the empty folder to the last answer.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum::http::HeaderValue;
use lettre::message::Mailbox;
use studio_users_domain::{NodeId, NodeKind, Role};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::app::{App, Limits, Shared, router};
use crate::cli::{Failure, print_line};
use crate::clock::Clock;
use crate::demo::{self, DemoPeople};
use crate::mail::{Mailer, Smtp, deliver};
use crate::page::Page;
use crate::routes::sign_in::sign_in_url;
use crate::store::{Account, Fact, ImportedNode, NewAccount, Store, UserKey, database_file, set_fact};
use crate::token::random_id;

/// How a server is to be run.
#[derive(Debug)]
pub(crate) struct Options {
    /// Where to listen.
    pub(crate) listen: SocketAddr,
    /// The folder with the database and the mails.
    pub(crate) data: PathBuf,
    /// How many invented users there are to be; none where the users are real.
    pub(crate) demo: Option<u32>,
    /// What tells the time.
    pub(crate) clock: Clock,
    /// Where people reach the server.
    pub(crate) public_url: Option<String>,
    /// The other origins whose scripts may ask.
    pub(crate) allowed_origins: Vec<HeaderValue>,
    /// The origins whose pages may frame the page.
    pub(crate) framed_by: Vec<HeaderValue>,
    /// The folder with the built page.
    pub(crate) page: PathBuf,
    /// The address of the first administrator.
    pub(crate) administrator: String,
    /// The mail server; none where mail is kept in the data folder.
    pub(crate) smtp: Option<Smtp>,
    /// Who mail comes from.
    pub(crate) mail_from: Mailbox,
}

/// How long a request that has begun may take once the process is asked to end.
const DRAIN: Duration = Duration::from_secs(10);

/// Serves until the process is asked to end; then answers what has begun, and closes the store.
pub(crate) async fn serve(options: Options) -> Result<(), Failure> {
    let clock = options.clock.clone();
    std::fs::create_dir_all(&options.data)?;
    let file = database_file(&options.data);
    if let Some(users) = options.demo {
        demo::ensure(&file, users, clock.now()).await?;
    }
    let store = Store::open(&file).await?;
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
    let address = listener.local_addr()?;
    let public_url = match options.public_url {
        Some(url) => url,
        None if address.ip().is_unspecified() => {
            return Err("listening everywhere, the server does not know where browsers find it: \
                        say so with --public-url URL"
                .into());
        }
        None => url_of(address),
    };

    let newcomer = if options.demo.is_some() {
        Some(demo::administrator(&store).await?)
    } else {
        first_administrator(&store, &options.administrator, &clock).await?
    };
    if let Some(user) = newcomer {
        let token = store.create_sign_in_link(user, clock.now()).await?;
        print_line(&format!("Sign in: {}", sign_in_url(&public_url, &token)))?;
    }
    let is_open_demo =
        options.demo.is_some() && address.ip().is_loopback() && is_of_this_machine(&public_url);
    let demo = if is_open_demo { Some(DemoPeople::load(&store).await?) } else { None };

    let page = Page::load(&options.page, &options.framed_by)?;
    if !page.is_built() {
        tracing::warn!(folder = %options.page.display(), "the page is not built: `cargo xtask run` builds it");
    }
    let mailer = Mailer::new(&options.data, options.smtp, options.mail_from)?;
    let allowed_origins = options.allowed_origins;
    let limits = Limits::default();
    let app = App::new(Shared { store, clock, mailer, public_url, allowed_origins, limits, page, demo });
    let stop = stop_signal()?;
    print_line(&format!("Listening on http://{address}"))?;
    let (is_stopping, mut stopping) = watch::channel(false);
    let delivery = tokio::spawn(deliver(app.clone(), stopping.clone()));
    let events = app.store.events().clone();
    let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        // Streams have no end of their own.
        events.close();
        is_stopping.send_replace(true);
    });
    tokio::select! {
        served = serving.into_future() => served?,
        () = async { let _ = stopping.wait_for(|&is| is).await; tokio::time::sleep(DRAIN).await } => {
            tracing::warn!("what had begun was not over after {DRAIN:?}, and is broken off");
        }
    }
    delivery.await?;
    app.store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Makes the first account where there is none, at a root that stands in until an organisation is imported.
async fn first_administrator(store: &Store, email: &str, clock: &Clock) -> Result<Option<UserKey>, Failure> {
    let now = clock.now();
    let mut tx = store.read().await?;
    if store.has_accounts(&mut tx).await? {
        return Ok(None);
    }
    let known = store.organisation(&mut tx).await?;
    drop(tx);
    if known.is_none() {
        let root = ImportedNode {
            id: NodeId(random_id()?),
            parent_id: None,
            kind: NodeKind::Provider,
            name: "My organisation".into(),
            disabled_roles: None,
        };
        store.import_nodes(&[root], now).await?;
    }
    let mut tx = store.write().await?;
    if known.is_none() {
        set_fact(&mut tx, Fact::PlaceholderRoot, Some(1)).await?;
    }
    let organisation = store.organisation(&mut tx).await?.ok_or("there is no organisation")?;
    let account = Account {
        id: store.new_user_id(&mut tx).await?,
        name: None,
        email: email.into(),
        locale: None,
        created_at: now,
        joined_at: Some(now),
        last_active_at: None,
    };
    let root = organisation.tree.nodes()[0].id;
    let user = account.key();
    let new = NewAccount { account, assignments: vec![(root, Role::Administrator.into())] };
    store.create_account(&mut tx, &organisation, &new, now).await?;
    tx.commit().await?;
    Ok(Some(user))
}

/// Where a browser on this machine reaches the address.
fn url_of(address: SocketAddr) -> String {
    if address.ip().is_loopback() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

/// Whether the URL leads nowhere but to this machine: behind a proxy a demo's people are not offered to everybody.
fn is_of_this_machine(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, authority)| authority);
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|host| authority.strip_prefix(host).is_some_and(|port| port.is_empty() || port.starts_with(':')))
}

/// Becomes ready when the process is asked to end.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: what has begun is answered first");
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_lead_nowhere_else() {
        for near in ["http://localhost:8080", "http://127.0.0.1:1", "https://[::1]", "http://localhost"] {
            assert!(is_of_this_machine(near), "{near}");
        }
        for far in ["https://users.example", "http://localhost.example", "http://127.0.0.11:80"] {
            assert!(!is_of_this_machine(far), "{far}");
        }
    }
}
