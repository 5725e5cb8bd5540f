//! Who makes a request, and what they see.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use serde::de::DeserializeOwned;
use studio_users_contract::VIEW_HEADER;
use studio_users_domain::{Access, Scope};

use crate::app::App;
use crate::problem::Refusal;
use crate::store::{Account, Organisation, Tx};
use crate::token::{Token, TokenHash};
use crate::viewing::Viewing;

const COOKIE: &str = "studio_users_session";
const COOKIE_OVER_TLS: &str = "__Host-studio_users_session";

/// The signed-in person, and the organisation as it was when the request began. Inside a view, what they have and
/// manage is what the viewed user does.
pub(crate) struct Reader {
    /// Their account.
    pub(crate) account: Account,
    /// The organisation.
    pub(crate) organisation: Arc<Organisation>,
    /// What they have in it.
    pub(crate) access: Access,
    /// What they manage of it.
    pub(crate) scope: Scope,
    /// The view that the request is made inside of.
    pub(crate) view: Option<Viewing>,
    /// Their session.
    pub(crate) session: TokenHash,
    /// The transaction in which all of this was read, for what follows.
    pub(crate) tx: Tx,
}

/// The signed-in person as themselves, whatever view the request names: for what is asked about views.
pub(crate) struct Oneself(pub(crate) Reader);

/// A body in JSON.
pub(crate) struct Body<T>(pub(crate) T);

/// The secret of the session that the request names.
pub(crate) fn session_secret<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|&(name, _)| name == cookie_name(app))
        .map(|(_, secret)| secret)
}

/// The cookie that begins a session, or, with no token, ends it.
pub(crate) fn session_cookie(app: &App, token: Option<&Token>) -> Result<HeaderValue, Refusal> {
    let secure = if app.is_https() { "; Secure" } else { "" };
    // How long a session lasts is the store's to say, and grows with use: the cookie outlives it. Browsers keep
    // none for longer than 400 days.
    let (secret, age) = token.map_or(("", "; Max-Age=0"), |token| (token.secret(), "; Max-Age=34560000"));
    let name = cookie_name(app);
    HeaderValue::try_from(format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax{age}{secure}"))
        .map_err(|_| Refusal::Unavailable)
}

fn cookie_name(app: &App) -> &'static str {
    if app.is_https() { COOKIE_OVER_TLS } else { COOKIE }
}

impl Reader {
    /// The positions of the nodes that the reader manages or has a role at, and of those above them.
    pub(crate) fn visible_nodes(&self) -> BTreeSet<usize> {
        let tree = &self.organisation.tree;
        let own = |&position: &usize| {
            self.scope.managed().contains(position) || !self.access.at(position).effective.is_empty()
        };
        let own = (0..tree.len()).filter(own);
        own.flat_map(|position| tree.ancestors(position).chain([position])).collect()
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Oneself(reader) = Oneself::from_request_parts(parts, app).await?;
        match parts.headers.get(VIEW_HEADER) {
            None => Ok(reader),
            Some(view) => reader.inside_view(app, view.to_str().unwrap_or_default()).await,
        }
    }
}

impl FromRequestParts<App> for Oneself {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let now = app.clock.now();
        let secret = session_secret(app, &parts.headers).ok_or(Refusal::Unauthenticated)?;
        let mut tx = app.store.read().await?;
        let visitor = app.store.visitor(&mut tx, secret, now).await?.ok_or(Refusal::Unauthenticated)?;
        if visitor.is_worth_noting(now) {
            drop(tx);
            // Whoever only reads is served also while somebody else writes for long.
            if let Err(error) = app.store.note_activity(visitor.account.key(), secret, now).await {
                tracing::warn!(%error, "somebody's activity was not noted");
            }
            tx = app.store.read().await?;
        }
        let organisation = app.store.organisation(&mut tx).await?.ok_or(Refusal::Unavailable)?;
        let assignments = app.store.assignments(&mut tx, &organisation, visitor.account.key()).await?;
        let access = Access::new(&organisation.tree, &assignments);
        let scope = Scope::of(&organisation.tree, &access);
        let (account, session) = (visitor.account, TokenHash::of(secret));
        Ok(Self(Reader { account, organisation, access, scope, view: None, session, tx }))
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let bytes = axum::body::Bytes::from_request(request, app).await.map_err(|rejection| {
            if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
                Refusal::TooLarge
            } else {
                Refusal::Invalid("the body broke off".into())
            }
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| Refusal::Invalid(error.to_string()))
    }
}
