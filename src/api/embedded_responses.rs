use leptos::prelude::{document, window};
use studio_users_contract::path;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{Method, OnText, Request, Response, ResponseFuture, Transport};

/// The maximum age of an embedded response, in ms since the page began to load. Later requests go to the backend.
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
    let is_requested =
        |element: &Element| element.get_attribute("data-answer").as_deref() == Some(&request.url);
    // Requests with headers have other responses, for example during an impersonation.
    let is_plain = request.method == Method::Get && request.headers.is_empty();
    let element = { elements.clone() }.find(is_requested).filter(|_| is_plain);
    match element {
        Some(element) => {
            element.remove();
            let is_fresh = window().performance().is_some_and(|clock| clock.now() < MAX_AGE_MS);
            element.text_content().filter(|_| is_fresh)
        }
        // The user may change with these requests, so the remaining responses are discarded.
        None if request.method != Method::Get || request.url == path::SESSION => {
            elements.for_each(|element| element.remove());
            None
        }
        None => None,
    }
}
