use std::future::Future;
use std::pin::Pin;

use gloo_net::http::{RequestBuilder, Response as FetchResponse};
use js_sys::{Function, Promise, Reflect, Uint8Array};
use leptos::prelude::{LocalStorage, StoredValue, WithValue};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, ReadableStreamDefaultReader, RequestCache, RequestCredentials, TextDecodeOptions,
    TextDecoder,
};

/// The HTTP status of a response to an invalid token.
const UNAUTHORIZED: u16 = 401;

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
    /// The backend is unreachable.
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
        let token = token_provider.get(None).await;
        let response = self.open_with(&request, RequestCredentials::Omit, token.as_deref()).await?;
        if response.status() != UNAUTHORIZED {
            return Ok(response);
        }
        match token_provider.get(token.as_deref()).await {
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

    /// Calls the function. `None` if no user is signed in or the function fails.
    async fn get(self, refused: Option<&str>) -> Option<String> {
        let refused = refused.map_or(JsValue::UNDEFINED, JsValue::from_str);
        let token = self.0.try_with_value(|provider| provider.call1(&JsValue::UNDEFINED, &refused))?.ok()?;
        JsFuture::from(Promise::resolve(&token)).await.ok()?.as_string()
    }
}

impl Transport for Fetch {
    fn send(&self, request: Request) -> ResponseFuture {
        let fetch = self.clone();
        Box::pin(async move {
            let abort = request.abort.clone();
            let response = fetch.open(request).await?;
            let (status, etag) = (response.status(), response.headers().get("ETag"));
            let body = response.text().await.map_err(|_| transport_error(abort.as_ref()))?;
            Ok(Response { status, etag, body })
        })
    }

    fn stream(&self, request: Request, mut on_text: OnText) -> ResponseFuture {
        let fetch = self.clone();
        Box::pin(async move {
            let abort = request.abort.clone();
            let response = fetch.open(request).await?;
            let (status, etag) = (response.status(), response.headers().get("ETag"));
            if !response.ok() {
                let body = response.text().await.map_err(|_| transport_error(abort.as_ref()))?;
                return Ok(Response { status, etag, body });
            }
            read_stream(&response, &mut on_text).await.map_err(|_| transport_error(abort.as_ref()))?;
            Ok(Response { status, etag, body: String::new() })
        })
    }
}

/// Streams the body of a response. The decoder handles characters that are split between chunks.
async fn read_stream(response: &FetchResponse, on_text: &mut OnText) -> Result<(), JsValue> {
    let Some(body) = response.body() else { return Ok(()) };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let decoder = TextDecoder::new()?;
    let options = TextDecodeOptions::new();
    options.set_stream(true);
    loop {
        let chunk = JsFuture::from(reader.read()).await?;
        if Reflect::get(&chunk, &"done".into())?.is_truthy() {
            return Ok(());
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
