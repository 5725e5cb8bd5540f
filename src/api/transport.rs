use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use gloo_net::http::{RequestBuilder, Response as FetchResponse};
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use leptos::prelude::{LocalStorage, StoredValue, WithValue};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, ReadableStreamDefaultReader, RequestCache, RequestCredentials,
    TextDecodeOptions, TextDecoder,
};

use super::within;

/// The HTTP status of a response to an invalid token.
const UNAUTHORIZED: u16 = 401;

/// The time that the backend has for a response. The response of a healthy backend takes a second at
/// most, on a slow line some seconds.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest pause of a stream. The event stream has a heartbeat every 15 s, so a longer pause means
/// that it is dead, for example because a proxy keeps it open.
const STREAM_TIMEOUT: Duration = Duration::from_secs(40);
/// The time that the host has to provide a token.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(10);

/// The HTTP methods of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

/// A request to the backend.
#[derive(Debug, Clone)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// The path with its query.
    pub url: String,
    /// Additional headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body, as JSON.
    pub body: Option<String>,
    /// Aborts the request.
    pub abort: Option<AbortSignal>,
}

/// The response of the backend.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The `ETag` header: the version of the resource.
    pub etag: Option<String>,
    /// The body. Empty for a streamed response, whose text goes to [`OnText`].
    pub body: String,
}

/// The error of a request without a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportError {
    /// The page aborted the request.
    Aborted,
    /// The backend is unreachable or did not respond in time.
    Unreachable,
}

/// The future returned by a transport.
pub type ResponseFuture = Pin<Box<dyn Future<Output = Result<Response, TransportError>>>>;

/// Receives the chunks of a streamed response.
pub type OnText = Box<dyn FnMut(String)>;

/// Sends requests to a backend. Tests provide a scripted implementation.
pub trait Transport: Send + Sync {
    /// Sends a request and resolves with the complete response.
    fn send(&self, request: Request) -> ResponseFuture;

    /// Sends a request and streams the body of a successful response. Resolves at the end of the stream.
    fn stream(&self, request: Request, on_text: OnText) -> ResponseFuture;
}

/// Sends requests with the browser's `fetch`: with the cookies of the page's own origin, or with tokens and without
/// cookies.
#[derive(Debug, Clone, Default)]
pub struct Fetch {
    base: String,
    token_provider: Option<TokenProvider>,
}

/// A function of the host that returns the session's token, or a promise of it.
#[derive(Debug, Clone, Copy)]
pub struct TokenProvider(StoredValue<Function, LocalStorage>);

impl Fetch {
    /// Creates a transport to the backend at a base URL. An empty one is the page's own origin.
    pub fn new(base: &str, token_provider: Option<TokenProvider>) -> Self {
        Self { base: base.trim_end_matches('/').to_owned(), token_provider }
    }

    /// Sends a request and waits for the response headers. After a 401, it passes the refused token to the token
    /// provider and retries once with a new token. A retry is safe, because the refused request had no effect.
    async fn open(&self, request: Request) -> Result<FetchResponse, TransportError> {
        let Some(token_provider) = self.token_provider else {
            return self.open_with(&request, RequestCredentials::SameOrigin, None).await;
        };
        let token = token_provider.get(None).await?;
        let response = self.open_with(&request, RequestCredentials::Omit, token.as_deref()).await?;
        if response.status() != UNAUTHORIZED {
            return Ok(response);
        }
        match token_provider.get(token.as_deref()).await? {
            Some(new) if token.as_ref() != Some(&new) => {
                self.open_with(&request, RequestCredentials::Omit, Some(&new)).await
            }
            _ => Ok(response),
        }
    }

    /// Sends a request with or without cookies and with an optional token.
    async fn open_with(
        &self,
        request: &Request,
        credentials: RequestCredentials,
        token: Option<&str>,
    ) -> Result<FetchResponse, TransportError> {
        let method = match request.method {
            Method::Get => gloo_net::http::Method::GET,
            Method::Post => gloo_net::http::Method::POST,
            Method::Patch => gloo_net::http::Method::PATCH,
            Method::Delete => gloo_net::http::Method::DELETE,
        };
        let map_error = |_: gloo_net::Error| transport_error(request.abort.as_ref());
        let mut builder = RequestBuilder::new(&format!("{}{}", self.base, request.url))
            .method(method)
            .credentials(credentials)
            .cache(RequestCache::NoStore)
            .abort_signal(request.abort.as_ref());
        if let Some(token) = token {
            builder = builder.header("Authorization", &format!("Bearer {token}"));
        }
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let built = match &request.body {
            Some(body) => builder.header("Content-Type", "application/json").body(body),
            None => builder.build(),
        };
        built.map_err(map_error)?.send().await.map_err(map_error)
    }
}

impl TokenProvider {
    /// Wraps a function of the host. It is called before each request, and after a 401 with the refused token.
    pub fn new(provider: Function) -> Self {
        Self(StoredValue::new_local(provider))
    }

    /// Calls the function. `None` if no user is signed in or the function fails. An error if it does not answer in time.
    async fn get(self, refused: Option<&str>) -> Result<Option<String>, TransportError> {
        let refused = refused.map_or(JsValue::UNDEFINED, JsValue::from_str);
        let token = self.0.try_with_value(|provider| provider.call1(&JsValue::UNDEFINED, &refused));
        let Some(Ok(token)) = token else { return Ok(None) };
        let token = within(TOKEN_TIMEOUT, JsFuture::from(Promise::resolve(&token))).await;
        Ok(token.ok_or(TransportError::Unreachable)?.ok().and_then(|token| token.as_string()))
    }
}

impl Transport for Fetch {
    fn send(&self, mut request: Request) -> ResponseFuture {
        let fetch = self.clone();
        Box::pin(async move {
            let timeout = AbortController::new().ok();
            let abort = abortable(&mut request, timeout.as_ref());
            let response = within(RESPONSE_TIMEOUT, async {
                let response = fetch.open(request).await?;
                let (status, etag) = (response.status(), response.headers().get("ETag"));
                let body = response.text().await.map_err(|_| transport_error(abort.as_ref()))?;
                Ok(Response { status, etag, body })
            });
            response.await.unwrap_or_else(|| timed_out(timeout.as_ref()))
        })
    }

    fn stream(&self, mut request: Request, mut on_text: OnText) -> ResponseFuture {
        let fetch = self.clone();
        Box::pin(async move {
            let timeout = AbortController::new().ok();
            let abort = abortable(&mut request, timeout.as_ref());
            let opened = within(RESPONSE_TIMEOUT, fetch.open(request)).await;
            let Some(response) = opened else { return timed_out(timeout.as_ref()) };
            let response = response?;
            let (status, etag) = (response.status(), response.headers().get("ETag"));
            if !response.ok() {
                let body = within(RESPONSE_TIMEOUT, response.text()).await;
                let Some(body) = body else { return timed_out(timeout.as_ref()) };
                return Ok(Response {
                    status,
                    etag,
                    body: body.map_err(|_| transport_error(abort.as_ref()))?,
                });
            }
            match read_stream(&response, &mut on_text).await {
                Ok(true) => Ok(Response { status, etag, body: String::new() }),
                Ok(false) => timed_out(timeout.as_ref()),
                Err(_) => Err(transport_error(abort.as_ref())),
            }
        })
    }
}

/// Adds the signal of a timeout to a request. Returns the caller's signal. Browsers without `AbortSignal.any` (before 2024)
/// let a request of a caller with a signal run on after its timeout, and its response is ignored.
fn abortable(request: &mut Request, timeout: Option<&AbortController>) -> Option<AbortSignal> {
    let caller = request.abort.take();
    let timeout = timeout.map(AbortController::signal);
    request.abort = match (&caller, timeout) {
        (Some(caller), Some(timeout)) => any_signal(caller, &timeout).or_else(|| Some(caller.clone())),
        (caller, timeout) => timeout.or_else(|| caller.clone()),
    };
    caller
}

/// Returns a signal that aborts with the first of two: <https://dom.spec.whatwg.org/#dom-abortsignal-any>
fn any_signal(first: &AbortSignal, second: &AbortSignal) -> Option<AbortSignal> {
    let class = Reflect::get(&js_sys::global(), &"AbortSignal".into()).ok()?;
    let any = Reflect::get(&class, &"any".into()).ok()?.dyn_into::<Function>().ok()?;
    any.call1(&class, &Array::of2(first, second)).ok()?.dyn_into().ok()
}

/// Aborts a request that took too long.
fn timed_out(timeout: Option<&AbortController>) -> Result<Response, TransportError> {
    if let Some(timeout) = timeout {
        timeout.abort();
    }
    Err(TransportError::Unreachable)
}

/// Streams the body of a response. The decoder handles characters that are split between chunks. Returns whether the stream
/// has ended, rather than paused for too long.
async fn read_stream(response: &FetchResponse, on_text: &mut OnText) -> Result<bool, JsValue> {
    let Some(body) = response.body() else { return Ok(true) };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let decoder = TextDecoder::new()?;
    let options = TextDecodeOptions::new();
    options.set_stream(true);
    loop {
        let Some(chunk) = within(STREAM_TIMEOUT, JsFuture::from(reader.read())).await else {
            return Ok(false);
        };
        let chunk = chunk?;
        if Reflect::get(&chunk, &"done".into())?.is_truthy() {
            return Ok(true);
        }
        let bytes: Uint8Array = Reflect::get(&chunk, &"value".into())?.dyn_into()?;
        let text = decoder.decode_with_js_u8_array_and_options(&bytes, &options)?;
        if !text.is_empty() {
            on_text(text);
        }
    }
}

fn transport_error(abort: Option<&AbortSignal>) -> TransportError {
    if abort.is_some_and(AbortSignal::aborted) {
        TransportError::Aborted
    } else {
        TransportError::Unreachable
    }
}
