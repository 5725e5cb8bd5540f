//! The backend's API, typed by the contract: one file for each resource.

mod activity;
mod invitations;
mod jobs;
mod session;
mod users;
mod views;

#[cfg(not(target_family = "wasm"))]
pub use users::{user_url, users_url};

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use studio_users_contract::{Code, VIEW_HEADER, ViewEnd};
use uuid::Uuid;
use web_sys::AbortSignal;

use super::{ApiError, Fetch, Method, OnText, Request, Response, ResponseFuture, Transport};

/// The client of the backend's API. Each request fails if the backend is unreachable or refuses it.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    renew: Option<Arc<RenewSession>>,
    view: Option<View>,
}

/// The impersonation of a client, and the callback for its end.
#[derive(Clone)]
struct View {
    id: Uuid,
    on_ended: Arc<dyn Fn(Option<ViewEnd>) + Send + Sync>,
}

/// Asks the user to sign in again. Resolves with `true` if the same user has signed in.
type RenewSession = dyn Fn() -> Pin<Box<dyn Future<Output = bool>>> + Send + Sync;

impl Default for Client {
    fn default() -> Self {
        Self::new(Fetch::default())
    }
}

impl Client {
    /// Creates a client over a transport.
    pub fn new(transport: impl Transport + 'static) -> Self {
        Self { transport: Arc::new(transport), renew: None, view: None }
    }

    /// Returns the same client with session renewal. A request without a valid session waits for `renew`. If the same
    /// user has signed in again, the request is retried. A retry is safe, because the refused request had no effect.
    /// Otherwise the request is aborted.
    #[must_use]
    pub fn with_session_renewal<Fut>(self, renew: impl Fn() -> Fut + Send + Sync + 'static) -> Self
    where
        Fut: Future<Output = bool> + 'static,
    {
        Self { renew: Some(Arc::new(move || Box::pin(renew()))), ..self }
    }

    /// Returns the same client inside an impersonation: responses contain what the impersonated user would see. When a
    /// response reports that the view has ended, `on_ended` receives the reason and the request is aborted, because its
    /// data is no longer shown. A client cannot leave the view, so no request runs as the real user by mistake.
    #[must_use]
    pub fn inside_view(self, view: Uuid, on_ended: impl Fn(Option<ViewEnd>) + Send + Sync + 'static) -> Self {
        Self { view: Some(View { id: view, on_ended: Arc::new(on_ended) }), ..self }
    }

    async fn get<T: DeserializeOwned>(
        &self,
        url: String,
        abort: Option<&AbortSignal>,
    ) -> Result<T, ApiError> {
        decode(&self.send(Call { abort: abort.cloned(), ..Call::new(Method::Get, url) }).await?)
    }

    async fn post<T: DeserializeOwned>(&self, url: &str, body: &impl Serialize) -> Result<T, ApiError> {
        decode(&self.send(Call::new(Method::Post, url).with(body)?).await?)
    }

    async fn delete(&self, url: String) -> Result<(), ApiError> {
        self.send(Call::new(Method::Delete, url)).await.map(drop)
    }

    async fn send(&self, call: Call) -> Result<Response, ApiError> {
        let call = self.with_view_header(call);
        self.execute(|| self.transport.send(call.request())).await
    }

    async fn stream(&self, call: Call, on_text: OnText) -> Result<(), ApiError> {
        let call = self.with_view_header(call);
        // A refused request streams no text, so a retry does not repeat any.
        let on_text = Rc::new(RefCell::new(on_text));
        let relay = || -> OnText {
            let on_text = Rc::clone(&on_text);
            Box::new(move |text| (on_text.borrow_mut())(text))
        };
        self.execute(|| self.transport.stream(call.request(), relay())).await.map(drop)
    }

    /// Adds the `Studio-View` header of the active view.
    fn with_view_header(&self, call: Call) -> Call {
        match &self.view {
            Some(view) => call.header(VIEW_HEADER, view.id.to_string()),
            None => call,
        }
    }

    /// Sends a request. Retries it after a session renewal and handles the end of a view.
    async fn execute(&self, send: impl Fn() -> ResponseFuture) -> Result<Response, ApiError> {
        let mut result = accept(send().await?);
        let is_unauthenticated =
            result.as_ref().is_err_and(|error| error.code() == Some(Code::Unauthenticated));
        if let Some(renew) = self.renew.as_ref().filter(|_| is_unauthenticated) {
            result = if renew().await { accept(send().await?) } else { Err(ApiError::Aborted) };
        }
        match (&self.view, &result) {
            (Some(view), Err(ApiError::Refused(problem))) if problem.code == Code::ViewEnded => {
                (view.on_ended)(problem.reason);
                Err(ApiError::Aborted)
            }
            _ => result,
        }
    }
}

/// A request under construction.
struct Call {
    method: Method,
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
    abort: Option<AbortSignal>,
}

impl Call {
    fn new(method: Method, url: impl Into<String>) -> Self {
        Self { method, url: url.into(), headers: Vec::new(), body: None, abort: None }
    }

    fn with(self, body: &impl Serialize) -> Result<Self, ApiError> {
        // The contract's requests are plain structs, so serialisation cannot fail.
        let body = serde_json::to_string(body).map_err(|_| ApiError::Unreadable)?;
        Ok(Self { body: Some(body), ..self })
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn request(&self) -> Request {
        let Self { method, url, headers, body, abort } = self;
        Request {
            method: *method,
            url: url.clone(),
            headers: headers.clone(),
            body: body.clone(),
            abort: abort.clone(),
        }
    }
}

/// Reads a response that the prerenderer has got from the backend's handlers, as the client reads it.
///
/// # Errors
/// The error that the client would report.
#[cfg(not(target_family = "wasm"))]
pub fn read_response<T: DeserializeOwned>(status: u16, body: &str) -> Result<T, ApiError> {
    decode(&accept(Response { status, body: body.to_owned(), ..Response::default() })?)
}

fn accept(response: Response) -> Result<Response, ApiError> {
    if (200..300).contains(&response.status) { Ok(response) } else { Err(ApiError::of(&response)) }
}

fn decode<T: DeserializeOwned>(response: &Response) -> Result<T, ApiError> {
    serde_json::from_str(&response.body).map_err(|_| ApiError::Unreadable)
}

/// Replaces `{id}` in a path.
fn with_id(path: &str, id: impl std::fmt::Display) -> String {
    path.replace("{id}", &id.to_string())
}

/// Appends the values that are `Some` to a path, as its query.
fn with_query<'a>(path: &str, values: impl IntoIterator<Item = (&'a str, Option<String>)>) -> String {
    let url = format!("{path}?");
    let query_at = url.len();
    let mut pairs = form_urlencoded::Serializer::for_suffix(url, query_at);
    for (name, value) in values {
        if let Some(value) = value {
            pairs.append_pair(name, &value);
        }
    }
    pairs.finish().trim_end_matches('?').to_owned()
}
