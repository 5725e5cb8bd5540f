use leptos::prelude::*;

use super::difference::Outcome;
use super::words;
use crate::i18n::{messages, use_language};

/// What is gained, after a plus, and what is lost, after a minus.
#[component]
pub(super) fn GainAndLoss(
    /// Both.
    outcome: Outcome,
) -> impl IntoView {
    let language = use_language();
    let gained = outcome.gains().then(|| words::gains(language, &outcome));
    let lost = outcome.loses().then(|| words::losses(language, &outcome));
    view! {
        {gained
            .map(|gained| {
                let words = messages::gained_words(language, &gained);
                view! {
                    <span class="gain">
                        <span aria-hidden="true">"+ " {gained}</span>
                        <span class="visually-hidden">{words}</span>
                    </span>
                }
            })}
        {lost
            .map(|lost| {
                let words = messages::lost_words(language, &lost);
                view! {
                    <span class="loss">
                        <span aria-hidden="true">"− " {lost}</span>
                        <span class="visually-hidden">{words}</span>
                    </span>
                }
            })}
    }
}
