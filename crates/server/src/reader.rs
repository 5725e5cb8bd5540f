//! Who makes a request, and what they see.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use serde::de::DeserializeOwned;
use studio_users_contract::VIEW_HEADER;
use studio_users_domain::{Access, Actor, NodeId, Scope};
use uuid::Uuid;

use crate::app::App;
use crate::origin::Site;
use crate::problem::Refusal;
use crate::store::{Account, Organisation, Tx, Visitor};
use crate::token::{Token, TokenHash};
use crate::viewing::Viewing;

const COOKIE: &str = "studio_users_session";
const COOKIE_OVER_TLS: &str = "__Host-studio_users_session";

/// The signed-in person, and the organisation as it was when the request began. Inside a view, what they have and
/// manage is what the viewed user does.
pub(crate) struct Reader {
    /// Their account.
    pub(crate) account: Account,
    /// The id of their session.
    pub(crate) session: Uuid,
    /// By what the session is found again.
    pub(crate) token: TokenHash,
    /// The organisation.
    pub(crate) organisation: Arc<Organisation>,
    /// What they have in it.
    pub(crate) access: Access,
    /// What they manage of it.
    pub(crate) scope: Scope,
    /// The view that the request is made inside of.
    pub(crate) view: Option<Viewing>,
    /// The transaction in which all of this was read, for what follows.
    pub(crate) tx: Tx,
}

/// The signed-in person as themselves, whatever view the request names: for what is asked about views.
pub(crate) struct Oneself(pub(crate) Reader);

/// A body in JSON.
pub(crate) struct Body<T>(pub(crate) T);

/// The id in a path. What cannot be one is answered as one that does not exist.
pub(crate) struct Id<T>(pub(crate) T);

/// The session that the request names: by a bearer token, or else by a cookie where cookies count.
pub(crate) fn session_token(app: &App, headers: &HeaderMap) -> Option<TokenHash> {
    bearer_token(headers).or_else(|| cookie_token(app, headers))
}

/// The session that the request names by `Authorization: Bearer`.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Option<TokenHash> {
    let (scheme, secret) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| TokenHash::of(secret.trim()))
}

/// The session that the request names by its cookie, unless another site made the request.
pub(crate) fn cookie_token(app: &App, headers: &HeaderMap) -> Option<TokenHash> {
    let counts = matches!(Site::of(app, headers), Site::Own | Site::Unsaid);
    cookie_secret(app, headers).filter(|_| counts).map(TokenHash::of)
}

/// Whether the request names a session by `Authorization: Bearer`.
pub(crate) fn has_bearer(headers: &HeaderMap) -> bool {
    bearer_token(headers).is_some()
}

/// Whether the request brings a session's cookie.
pub(crate) fn has_cookie(app: &App, headers: &HeaderMap) -> bool {
    cookie_secret(app, headers).is_some()
}

fn cookie_secret<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    cookie(headers, cookie_name(app))
}

/// The value of the first cookie of this name.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|&(other, _)| other == name)
        .map(|(_, value)| value)
}

/// The view that a request names. A name that is none is never passed over.
pub(crate) fn named_view(headers: &HeaderMap) -> Result<Option<Uuid>, Refusal> {
    let Some(view) = headers.get(VIEW_HEADER) else { return Ok(None) };
    view.to_str().ok().and_then(|view| view.parse().ok()).map(Some).ok_or(Refusal::ViewEnded(None))
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
    /// Whose session it is, and what they see at this moment; inside a view, where one is named.
    pub(crate) async fn of(app: &App, token: TokenHash, view: Option<Uuid>) -> Result<Self, Refusal> {
        let mut tx = app.store.read().await?;
        let visitor = app.store.visitor(&mut tx, token, app.clock.now()).await?;
        let reader = Self::who_is(app, tx, token, visitor.ok_or(Refusal::Unauthenticated)?).await?;
        match view {
            None => Ok(reader),
            Some(view) => reader.inside_view(app, view).await,
        }
    }

    async fn who_is(app: &App, mut tx: Tx, token: TokenHash, visitor: Visitor) -> Result<Self, Refusal> {
        let Visitor { account, session, .. } = visitor;
        let organisation = app.store.organisation(&mut tx).await?.ok_or(Refusal::Unavailable)?;
        let assignments = app.store.assignments(&mut tx, &organisation, account.key()).await?;
        let access = Access::new(&organisation.tree, &assignments);
        let scope = Scope::of(&organisation.tree, &access);
        Ok(Self { account, session, token, organisation, access, scope, view: None, tx })
    }

    /// The reader as the rules judge them, beside the transaction in which they ask.
    pub(crate) fn acting(&mut self) -> (Actor<'_>, &mut Tx) {
        let is_viewing = self.view.is_some();
        let actor = Actor::new(&self.organisation.tree, self.account.id, &self.access, is_viewing);
        (actor, &mut self.tx)
    }

    /// The positions of the nodes that the reader manages or has a role at, and of those above them.
    pub(crate) fn visible_nodes(&self) -> BTreeSet<usize> {
        let tree = &self.organisation.tree;
        let own = |&position: &usize| {
            self.scope.managed().contains(position) || !self.access.at(position).effective.is_empty()
        };
        let own = (0..tree.len()).filter(own);
        own.flat_map(|position| tree.ancestors(position).chain([position])).collect()
    }

    /// The nodes that are asked about: those that the reader manages, or those of them at or below any of these.
    pub(crate) fn within(&self, nodes: &[NodeId]) -> Result<Scope, Refusal> {
        if nodes.is_empty() {
            return Ok(self.scope.clone());
        }
        let (tree, visible) = (&self.organisation.tree, self.visible_nodes());
        let is_known = |&node: &NodeId| tree.position(node).is_some_and(|at| visible.contains(&at));
        if nodes.iter().all(is_known) { Ok(self.scope.below(tree, nodes)) } else { Err(Refusal::NotFound) }
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Oneself(reader) = Oneself::from_request_parts(parts, app).await?;
        match named_view(&parts.headers)? {
            None => Ok(reader),
            Some(view) => reader.inside_view(app, view).await,
        }
    }
}

impl FromRequestParts<App> for Oneself {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let now = app.clock.now();
        let token = session_token(app, &parts.headers).ok_or(Refusal::Unauthenticated)?;
        let mut tx = app.store.read().await?;
        let visitor = app.store.visitor(&mut tx, token, now).await?.ok_or(Refusal::Unauthenticated)?;
        if visitor.is_worth_noting(now) {
            drop(tx);
            // Whoever only reads is served also while somebody else writes for long.
            if let Err(error) = app.store.note_activity(visitor.account.key(), token, now).await {
                tracing::warn!(%error, "somebody's activity was not noted");
            }
            tx = app.store.read().await?;
        }
        Ok(Self(Reader::who_is(app, tx, token, visitor).await?))
    }
}

/// Whether the body is said to be JSON: no form of another site can say so.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

impl<T: FromStr> FromRequestParts<App> for Id<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let path = Path::<String>::from_request_parts(parts, app).await.ok();
        path.and_then(|Path(id)| id.parse().ok()).map(Self).ok_or(Refusal::NotFound)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        if !is_json(request.headers()) {
            return Err(Refusal::Invalid("the body must come as content type application/json".into()));
        }
        let bytes = axum::body::Bytes::from_request(request, app).await.map_err(|rejection| {
            if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
                Refusal::TooLarge
            } else {
                Refusal::Invalid("the body broke off".into())
            }
        })?;
        // What is read by its fields' names would be read by their order too.
        if !bytes.trim_ascii_start().starts_with(b"{") {
            return Err(Refusal::Invalid("the body must be a JSON object".into()));
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|error| Refusal::Invalid(error.to_string()))
    }
}
