//! The backend's calls, typed by the contract: a file for each resource.

mod activity;
mod invitations;
mod session;
mod users;
mod views;

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::AbortSignal;

use super::{ApiError, Fetch, Method, OnText, Request, Response, Transport};

/// The backend's calls. Each fails with whatever keeps the backend from answering, or with its refusal.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
}

impl Default for Client {
    fn default() -> Self {
        Self::new(Fetch)
    }
}

impl Client {
    /// A client over the transport.
    pub fn new(transport: impl Transport + 'static) -> Self {
        Self { transport: Arc::new(transport) }
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
        accept(self.transport.send(call.request()).await?)
    }

    async fn stream(&self, call: Call, on_text: OnText) -> Result<(), ApiError> {
        accept(self.transport.stream(call.request(), on_text).await?).map(drop)
    }
}

/// A call as it is put together.
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
        // The contract's requests are plain structs: they always serialise.
        let body = serde_json::to_string(body).map_err(|_| ApiError::Unreadable)?;
        Ok(Self { body: Some(body), ..self })
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn request(self) -> Request {
        let Self { method, url, headers, body, abort } = self;
        Request { method, url, headers, body, abort }
    }
}

fn accept(response: Response) -> Result<Response, ApiError> {
    if (200..300).contains(&response.status) { Ok(response) } else { Err(ApiError::of(&response)) }
}

fn decode<T: DeserializeOwned>(response: &Response) -> Result<T, ApiError> {
    serde_json::from_str(&response.body).map_err(|_| ApiError::Unreadable)
}

/// The path with its `{id}` filled in.
fn at(path: &str, id: impl std::fmt::Display) -> String {
    path.replace("{id}", &id.to_string())
}

/// The path with a query of those values that are there.
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
