//! The studio with its first rows as text, for a backend to send along: it is seen before the program has come, by the same
//! views. Nothing of it is alive; once the program runs, it takes its place.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use studio_users_contract::{NodeView, Session, UserPage};

use super::first_place;
use super::signed_in::SignedIn;
use super::studio::Studio;
use crate::api::{Answer, Client, OnText, Request, Transport, TransportError};
use crate::features::users::{DrawnRows, drawn_sheet};
use crate::i18n::Language;
use crate::i18n::clock::DrawnAt;
use crate::state::{Navigation, Place, Preferences, Reader, UsersPlace};
use crate::style::FIRST;

/// What is drawn: the answers to what the page asks first.
pub struct First {
    /// Who is signed in.
    pub session: Session,
    /// What they may see of the organisation.
    pub nodes: Vec<NodeView>,
    /// The first users.
    pub users: UserPage,
}

/// The studio as it is shown at its start, for whoever starts at the users; none for others. `language` is spoken where the
/// reader has chosen none; `now` is by their wall clock.
pub fn draw(first: First, language: Language, now: DateTime<FixedOffset>) -> Option<String> {
    let First { session, nodes, users } = first;
    let language = session.user.locale.unwrap_or(language);
    let reader = Arc::new(Reader { session, nodes });
    let place = Place::Users(UsersPlace::default());
    if first_place(&reader) != place || reader.is_viewing() {
        return None;
    }
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let html = owner.with(|| {
        provide_context(DrawnAt(now));
        provide_context(DrawnRows(users));
        provide_context(language);
        let client = Client::new(Nobody);
        provide_context(client.clone());
        let preferences = Preferences::drawn(language);
        provide_context(preferences);
        provide_context(SignedIn::new(client, preferences));
        provide_context(Navigation::in_memory(place).with_addresses(Place::url));
        view! { <Studio reader=Signal::stored(reader) /> }.to_html()
    });
    drop(owner);
    Some(format!("<div id=\"drawn\" lang=\"{}\">{}</div>", language.tag(), without_styles(&html)))
}

/// The sheet of what is drawn.
pub fn sheet() -> String {
    // Whatever does not fit is cut off: only the program measures.
    const RULES: &str = "#drawn .chips{overflow:hidden}:root[data-drawn=off] #drawn{display:none}";
    // Whoever chose a language is shown nothing in another.
    let languages = Language::ALL.map(|language| {
        let tag = language.tag();
        format!(":root[data-language={tag}] #drawn:not([lang={tag}]){{display:none}}")
    });
    format!("{FIRST}{}{RULES}{}", drawn_sheet("#drawn"), languages.concat())
}

/// Asks nobody.
struct Nobody;

impl Transport for Nobody {
    fn send(&self, _: Request) -> Answer {
        Box::pin(async { Err(TransportError::Unreachable) })
    }

    fn stream(&self, _: Request, _: OnText) -> Answer {
        Box::pin(async { Err(TransportError::Unreachable) })
    }
}

/// The same without `style` attributes, which a content security policy forbids within HTML: what they say stands in
/// [`sheet`].
fn without_styles(html: &str) -> String {
    const STYLE: &str = " style=\"";
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    // Only within a tag is it an attribute.
    while let Some(begin) = rest.find('<') {
        let end = tag_end(&rest[begin..]).map_or(rest.len(), |end| begin + end);
        kept.push_str(&rest[..begin]);
        let tag = &rest[begin..end];
        match tag.split_once(STYLE) {
            Some((before, value)) => {
                kept.push_str(before);
                kept.push_str(value.split_once('"').map_or("", |(_, after)| after));
            }
            None => kept.push_str(tag),
        }
        rest = &rest[end..];
    }
    kept + rest
}

/// Where a tag ends that begins here: at the first `>` that stands in no value.
fn tag_end(tag: &str) -> Option<usize> {
    let mut is_in_value = false;
    tag.bytes()
        .position(|byte| {
            is_in_value ^= byte == b'"';
            byte == b'>' && !is_in_value
        })
        .map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_left_out_and_texts_are_not() {
        let html =
            "<p class=\"a\" style=\"--x:1;\" title=\"a > style=\">He said style=\"no\"</p><br style=\"\">";
        assert_eq!(without_styles(html), "<p class=\"a\" title=\"a > style=\">He said style=\"no\"</p><br>");
    }
}
