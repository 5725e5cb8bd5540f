use studio_users_contract::{VIEW_HEADER, path};

use super::hand_over::call;
use crate::api::{Method, OnText, Request, Response, ResponseFuture, Transport};

/// A transport that answers the page's initial requests with responses embedded in the HTML (`script[data-answer]`). Each
/// response is used once, and only while it is fresh (`hand-over.js`). All other requests go to the inner transport.
#[derive(Debug, Clone)]
pub(crate) struct EmbeddedResponses<T>(pub(crate) T);

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
    let view = match &request.headers[..] {
        [] => Some(""),
        [(VIEW_HEADER, view)] => Some(view.as_str()),
        // Requests with other headers have other responses.
        _ => None,
    };
    let view = view.filter(|_| request.method == Method::Get);
    let body = view.and_then(|view| call("answer", &[&request.url, view]).as_string());
    // The user may change with these requests, so the remaining responses are discarded.
    if body.is_none() && (request.method != Method::Get || request.url == path::SESSION) {
        call("expire", &[]);
    }
    body
}
