use leptos::prelude::*;

use crate::features::panel::access::model::descriptions;
use crate::features::panel::access::model::outcome::Outcome;
use crate::i18n::{messages, use_language};

/// Shows the gains after a plus sign and the losses after a minus sign.
#[component]
pub(crate) fn GainAndLoss(outcome: Outcome) -> impl IntoView {
    let language = use_language();
    let gained = outcome.gains().then(|| descriptions::gained_capabilities(language, &outcome));
    let lost = outcome.loses().then(|| descriptions::lost_capabilities(language, &outcome));
    view! {
        {gained
            .map(|gained| {
                let hidden_text = messages::gained(language, &gained);
                view! {
                    <span class="gain">
                        <span aria-hidden="true">"+ " {gained}</span>
                        <span class="visually-hidden">{hidden_text}</span>
                    </span>
                }
            })}
        {lost
            .map(|lost| {
                let hidden_text = messages::lost(language, &lost);
                view! {
                    <span class="loss">
                        <span aria-hidden="true">"− " {lost}</span>
                        <span class="visually-hidden">{hidden_text}</span>
                    </span>
                }
            })}
    }
}
