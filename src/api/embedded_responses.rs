use js_sys::{Date, Number};
use leptos::prelude::{document, window};
use studio_users_contract::{VIEW_HEADER, path};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{Method, OnText, Request, Response, ResponseFuture, Transport};

/// The maximum age of the embedded responses, in ms since the page began to load, or since `list.js` replaced them. Later
/// requests go to the backend.
const MAX_AGE_MS: f64 = 30_000.0;

/// A transport that answers the page's initial requests with responses embedded in the HTML (`script[data-answer]`).
/// Each response is used once and only while it is fresh. All other requests go to the inner transport.
#[derive(Debug, Clone)]
pub struct EmbeddedResponses<T>(pub T);

impl<T: Transport> Transport for EmbeddedResponses<T> {
    fn send(&self, request: Request) -> ResponseFuture {
        match take(&request) {
            Some(body) => Box::pin(async { Ok(Response { status: 200, etag: None, body }) }),
            None => self.0.send(request),
        }
    }

    fn stream(&self, request: Request, on_text: OnText) -> ResponseFuture {
        self.0.stream(request, on_text)
    }
}

/// Takes the embedded response to a request out of the document.
fn take(request: &Request) -> Option<String> {
    let elements = document().query_selector_all("script[data-answer]").ok()?;
    let elements = (0..elements.length()).filter_map(|at| elements.item(at)?.dyn_into::<Element>().ok());
    // Requests with other headers have other responses.
    let view = match &request.headers[..] {
        [] => Some(None),
        [(VIEW_HEADER, view)] => Some(Some(view.as_str())),
        _ => None,
    };
    let is_requested = |element: &Element| {
        let url = element.get_attribute("data-answer");
        url.is_some_and(|url| without_time(&url) == without_time(&request.url))
            && view == Some(element.get_attribute("data-view").as_deref())
    };
    let is_plain = request.method == Method::Get;
    let element = { elements.clone() }.find(is_requested).filter(|_| is_plain);
    match element {
        Some(element) => {
            element.remove();
            element.text_content().filter(|_| age() < MAX_AGE_MS)
        }
        // The user may change with these requests, so the remaining responses are discarded.
        None if request.method != Method::Get || request.url == path::SESSION => {
            elements.for_each(|element| element.remove());
            None
        }
        None => None,
    }
}

/// The age of the embedded responses, in ms.
fn age() -> f64 {
    let replaced_at = document().document_element().and_then(|root| root.get_attribute("data-at"));
    match replaced_at {
        Some(at) => Date::now() - Number::parse_float(&at),
        None => window().performance().map_or(f64::INFINITY, |clock| clock.now()),
    }
}

/// Splits a URL at the start of the time span that ends now. The backend and the program compute it at different times.
fn without_time(url: &str) -> (&str, &str) {
    url.split_once("active_since=")
        .map_or((url, ""), |(before, after)| (before, after.split_once('&').map_or("", |(_, after)| after)))
}
