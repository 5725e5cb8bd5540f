//! The backend's calls, typed by the contract: a file for each resource.

mod activity;
mod invitations;
mod session;
mod users;
mod views;

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use studio_users_contract::{Code, VIEW_HEADER, ViewEnd};
use uuid::Uuid;
use web_sys::AbortSignal;

use super::{Answer, ApiError, Fetch, Method, OnText, Request, Response, Transport};

/// The backend's calls. Each fails with whatever keeps the backend from answering, or with its refusal.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    renew: Option<Arc<Renew>>,
    view: Option<View>,
}

/// The view that calls are made inside of, and who is told when it turns out to have ended.
#[derive(Clone)]
struct View {
    id: Uuid,
    on_ended: Arc<dyn Fn(Option<ViewEnd>) + Send + Sync>,
}

/// Has the reader sign in again, and says whether the same one has.
type Renew = dyn Fn() -> Pin<Box<dyn Future<Output = bool>>> + Send + Sync;

impl Default for Client {
    fn default() -> Self {
        Self::new(Fetch::default())
    }
}

impl Client {
    /// A client over the transport.
    pub fn new(transport: impl Transport + 'static) -> Self {
        Self { transport: Arc::new(transport), renew: None, view: None }
    }

    /// The same calls. One that finds no session any more waits until `renew` says that the same reader has signed in
    /// again, and is then made once more: the first time it did nothing, so that nothing is done twice. Where
    /// another signs in, or nobody, the call is given up.
    #[must_use]
    pub fn renewing<Answer>(self, renew: impl Fn() -> Answer + Send + Sync + 'static) -> Self
    where
        Answer: Future<Output = bool> + 'static,
    {
        Self { renew: Some(Arc::new(move || Box::pin(renew()))), ..self }
    }

    /// The same calls, each made inside of a view: what they show is what the viewed person would see. Once one finds
    /// that the view has ended, that is told with the reason, and the call is given up: what it was to show is no
    /// longer looked at. There is no way back to the calls of before, so that none is made as oneself by mistake.
    #[must_use]
    pub fn inside(self, view: Uuid, on_ended: impl Fn(Option<ViewEnd>) + Send + Sync + 'static) -> Self {
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
        let call = self.named(call);
        self.again(|| self.transport.send(call.request())).await
    }

    async fn stream(&self, call: Call, on_text: OnText) -> Result<(), ApiError> {
        let call = self.named(call);
        // A refusal gives no text, so that none is given twice.
        let on_text = Rc::new(RefCell::new(on_text));
        let relay = || -> OnText {
            let on_text = Rc::clone(&on_text);
            Box::new(move |text| (on_text.borrow_mut())(text))
        };
        self.again(|| self.transport.stream(call.request(), relay())).await.map(drop)
    }

    /// The call with the name of the view that it is made inside of.
    fn named(&self, call: Call) -> Call {
        match &self.view {
            Some(view) => call.header(VIEW_HEADER, view.id.to_string()),
            None => call,
        }
    }

    async fn again(&self, make: impl Fn() -> Answer) -> Result<Response, ApiError> {
        let mut answer = accept(make().await?);
        let has_ended = answer.as_ref().is_err_and(|error| error.code() == Some(Code::Unauthenticated));
        if let Some(renew) = self.renew.as_ref().filter(|_| has_ended) {
            answer = if renew().await { accept(make().await?) } else { Err(ApiError::Aborted) };
        }
        match (&self.view, &answer) {
            (Some(view), Err(ApiError::Refused(problem))) if problem.code == Code::ViewEnded => {
                (view.on_ended)(problem.reason);
                Err(ApiError::Aborted)
            }
            _ => answer,
        }
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
