use std::future::Future;
use std::pin::Pin;

use gloo_net::http::RequestBuilder;
use web_sys::{AbortSignal, RequestCache, RequestCredentials};

/// The methods that the contract uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes.
    Post,
    /// Ends.
    Delete,
}

/// One call.
#[derive(Debug, Clone)]
pub struct Request {
    /// What to do.
    pub method: Method,
    /// The path with its query.
    pub url: String,
    /// The body, as JSON.
    pub body: Option<String>,
    /// Gives the call up when it is no longer needed.
    pub abort: Option<AbortSignal>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// Why nothing came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportError {
    /// The call was given up by the page itself.
    Aborted,
    /// The backend could not be reached.
    Unreachable,
}

/// What a transport answers.
pub type Answer = Pin<Box<dyn Future<Output = Result<Response, TransportError>>>>;

/// Carries calls to a backend. Tests script one.
pub trait Transport: Send + Sync {
    /// Sends one call.
    fn send(&self, request: Request) -> Answer;
}

/// Carries calls with the browser's `fetch`, with the cookies of the page's own origin.
#[derive(Debug, Clone, Copy)]
pub struct Fetch;

impl Transport for Fetch {
    fn send(&self, request: Request) -> Answer {
        Box::pin(async move {
            let method = match request.method {
                Method::Get => gloo_net::http::Method::GET,
                Method::Post => gloo_net::http::Method::POST,
                Method::Delete => gloo_net::http::Method::DELETE,
            };
            let abort = request.abort.clone();
            let failed = move |_: gloo_net::Error| {
                if abort.as_ref().is_some_and(AbortSignal::aborted) {
                    TransportError::Aborted
                } else {
                    TransportError::Unreachable
                }
            };
            let builder = RequestBuilder::new(&request.url)
                .method(method)
                .credentials(RequestCredentials::SameOrigin)
                .cache(RequestCache::NoStore)
                .abort_signal(request.abort.as_ref());
            let call = match request.body {
                Some(body) => builder.header("Content-Type", "application/json").body(body),
                None => builder.build(),
            };
            let answer = call.map_err(&failed)?.send().await.map_err(&failed)?;
            Ok(Response { status: answer.status(), body: answer.text().await.map_err(&failed)? })
        })
    }
}
