use leptos::prelude::{document, window};
use studio_users_contract::path;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{Answer, Method, OnText, Request, Response, Transport};

/// For how long what came with the page counts, in ms since it began to load. Whoever comes by later asks anew.
const COUNTS_FOR: f64 = 30_000.0;

/// Carries calls as another transport does, but for those that the backend answered along with the page: each of these
/// once, and for as long as it is news.
#[derive(Debug, Clone)]
pub struct WithPage<T>(pub T);

impl<T: Transport> Transport for WithPage<T> {
    fn send(&self, request: Request) -> Answer {
        match take(&request) {
            Some(body) => Box::pin(async { Ok(Response { status: 200, etag: None, body }) }),
            None => self.0.send(request),
        }
    }

    fn stream(&self, request: Request, on_text: OnText) -> Answer {
        self.0.stream(request, on_text)
    }
}

/// The answer that came with the page, which is then taken out of it.
fn take(request: &Request) -> Option<String> {
    let answers = document().query_selector_all("script[data-answer]").ok()?;
    let answers = (0..answers.length()).filter_map(|at| answers.item(at)?.dyn_into::<Element>().ok());
    let is_asked = |answer: &Element| answer.get_attribute("data-answer").as_deref() == Some(&request.url);
    // Inside a view it is another answer.
    let is_plain = request.method == Method::Get && request.headers.is_empty();
    let answer = { answers.clone() }.find(is_asked).filter(|_| is_plain);
    match answer {
        Some(answer) => {
            answer.remove();
            let is_news = window().performance().is_some_and(|clock| clock.now() < COUNTS_FOR);
            answer.text_content().filter(|_| is_news)
        }
        // Whoever signs in or out, or looks who is there by now, may be somebody else.
        None if request.method != Method::Get || request.url == path::SESSION => {
            answers.for_each(|answer| answer.remove());
            None
        }
        None => None,
    }
}
