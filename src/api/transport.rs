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

/// The status that refuses a token.
const UNAUTHORIZED: u16 = 401;

/// The methods that the contract uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes.
    Post,
    /// Changes.
    Patch,
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
    /// What stands in the head besides what every call has.
    pub headers: Vec<(&'static str, String)>,
    /// The body, as JSON.
    pub body: Option<String>,
    /// Gives the call up when it is no longer needed.
    pub abort: Option<AbortSignal>,
}

/// What came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The version of what was answered.
    pub etag: Option<String>,
    /// The body; empty where it went to an [`OnText`] piece by piece.
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

/// Is given the text of a long answer as it comes.
pub type OnText = Box<dyn FnMut(String)>;

/// Carries calls to a backend. Tests script one.
pub trait Transport: Send + Sync {
    /// Sends one call, and gives the answer once it is whole.
    fn send(&self, request: Request) -> Answer;

    /// Sends one call. What a successful answer says is given piece by piece; the answer comes when it has ended.
    fn stream(&self, request: Request, on_text: OnText) -> Answer;
}

/// Carries calls with the browser's `fetch`: with the cookies of the page's own origin, or with tokens and without any
/// cookie.
#[derive(Debug, Clone, Default)]
pub struct Fetch {
    base: String,
    tokens: Option<Tokens>,
}

/// Where a host's session is asked for: a function that gives a token, or a promise of one.
#[derive(Debug, Clone, Copy)]
pub struct Tokens(StoredValue<Function, LocalStorage>);

impl Fetch {
    /// Carries calls to a backend at a base address, without a slash at its end; an empty one is that of the page.
    pub fn new(base: &str, tokens: Option<Tokens>) -> Self {
        Self { base: base.trim_end_matches('/').to_owned(), tokens }
    }

    /// Sends a call, and waits for the head of the answer. A token that is refused is told to whoever gave it; where
    /// they have another by now, the call is made once more: the first time it did nothing.
    async fn open(&self, request: Request) -> Result<FetchResponse, TransportError> {
        let Some(tokens) = self.tokens else {
            return self.open_with(&request, RequestCredentials::SameOrigin, None).await;
        };
        let token = tokens.give(None).await;
        let answer = self.open_with(&request, RequestCredentials::Omit, token.as_deref()).await?;
        if answer.status() != UNAUTHORIZED {
            return Ok(answer);
        }
        match tokens.give(token.as_deref()).await {
            Some(other) if token.as_ref() != Some(&other) => {
                self.open_with(&request, RequestCredentials::Omit, Some(&other)).await
            }
            _ => Ok(answer),
        }
    }

    /// Sends a call with or without cookies, and with a token where there is one.
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
        let failed = |_: gloo_net::Error| why(request.abort.as_ref());
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
        let call = match &request.body {
            Some(body) => builder.header("Content-Type", "application/json").body(body),
            None => builder.build(),
        };
        call.map_err(failed)?.send().await.map_err(failed)
    }
}

impl Tokens {
    /// Tokens of this function. It is called before each request; after one that was refused with its token.
    pub fn new(give: Function) -> Self {
        Self(StoredValue::new_local(give))
    }

    /// The token; none where nobody is signed in, or where the function fails.
    async fn give(self, refused: Option<&str>) -> Option<String> {
        let refused = refused.map_or(JsValue::UNDEFINED, JsValue::from_str);
        let given = self.0.try_with_value(|give| give.call1(&JsValue::UNDEFINED, &refused))?.ok()?;
        JsFuture::from(Promise::resolve(&given)).await.ok()?.as_string()
    }
}

impl Transport for Fetch {
    fn send(&self, request: Request) -> Answer {
        let fetch = self.clone();
        Box::pin(async move {
            let abort = request.abort.clone();
            let answer = fetch.open(request).await?;
            let (status, etag) = (answer.status(), answer.headers().get("ETag"));
            let body = answer.text().await.map_err(|_| why(abort.as_ref()))?;
            Ok(Response { status, etag, body })
        })
    }

    fn stream(&self, request: Request, mut on_text: OnText) -> Answer {
        let fetch = self.clone();
        Box::pin(async move {
            let abort = request.abort.clone();
            let answer = fetch.open(request).await?;
            let (status, etag) = (answer.status(), answer.headers().get("ETag"));
            if !answer.ok() {
                let body = answer.text().await.map_err(|_| why(abort.as_ref()))?;
                return Ok(Response { status, etag, body });
            }
            read(&answer, &mut on_text).await.map_err(|_| why(abort.as_ref()))?;
            Ok(Response { status, etag, body: String::new() })
        })
    }
}

/// Reads the body of an answer, letters that are cut in two between pieces included.
async fn read(answer: &FetchResponse, on_text: &mut OnText) -> Result<(), JsValue> {
    let Some(body) = answer.body() else { return Ok(()) };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let decoder = TextDecoder::new()?;
    let options = TextDecodeOptions::new();
    options.set_stream(true);
    loop {
        let piece = JsFuture::from(reader.read()).await?;
        if Reflect::get(&piece, &"done".into())?.is_truthy() {
            return Ok(());
        }
        let bytes: Uint8Array = Reflect::get(&piece, &"value".into())?.dyn_into()?;
        let text = decoder.decode_with_js_u8_array_and_options(&bytes, &options)?;
        if !text.is_empty() {
            on_text(text);
        }
    }
}

fn why(abort: Option<&AbortSignal>) -> TransportError {
    if abort.is_some_and(AbortSignal::aborted) {
        TransportError::Aborted
    } else {
        TransportError::Unreachable
    }
}
