//! The state that all requests and workers share.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use ipnet::IpNet;
use uuid::Uuid;

use crate::ages::Ages;
use crate::clock::Clock;
use crate::demo::DemoPeople;
use crate::mail::Mailer;
use crate::public_url::{Origin, PublicUrl};
use crate::rate_limit::{Buckets, RateLimiter};
use crate::readiness::ReadinessCache;
use crate::store::Store;

/// The shared state. Clones are cheap and refer to the same parts.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Parts>);

/// The parts of [`AppState`].
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) mailer: Mailer,
    /// The URL under which browsers reach the server.
    pub(crate) public_url: PublicUrl,
    /// The other origins whose scripts may call the API, with a bearer token.
    pub(crate) allowed_origins: Vec<Origin>,
    pub(crate) limits: RateLimiters,
    /// The ages of active impersonations.
    pub(crate) view_ages: Ages<Uuid>,
    /// The people that the sign-in page offers. `None` outside a demo on this machine.
    pub(crate) demo: Option<DemoPeople>,
    /// The ports under which browsers on this machine reach an open demo.
    pub(crate) demo_ports: Vec<u16>,
    /// The networks of the proxies whose reports about their clients count.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// The data folder.
    pub(crate) data_folder: PathBuf,
    /// The last result of the readiness check.
    pub(crate) readiness: ReadinessCache,
}

/// Rate limits per client for calls that need no session.
#[derive(Debug)]
pub(crate) struct RateLimiters {
    /// Sign-ins with an invalid link.
    pub(crate) failed_sign_ins: RateLimiter,
    /// Requests for a sign-in link by e-mail.
    pub(crate) links: RateLimiter,
}

impl RateLimiters {
    /// Returns the limits, with their buckets in this storage.
    pub(crate) fn new(buckets: Arc<dyn Buckets>) -> Self {
        Self {
            failed_sign_ins: RateLimiter::per_minute("failed_sign_ins", 30, buckets.clone()),
            links: RateLimiter::per_minute("sign_in_links", 60, buckets),
        }
    }
}

impl AppState {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
