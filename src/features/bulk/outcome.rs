use leptos::prelude::*;
use studio_users_contract::BulkRefusal;

use super::model::Outcome;
use super::store::Store;
use crate::i18n::{Language, messages, use_language};
use crate::state::explain_code;
use crate::ui::{Dialog, Glyph, Icon};

const TITLE: &str = "outcome-title";

/// What came of a request of which some was refused: who, and why.
#[component]
pub(super) fn OutcomeDialog(
    /// What came of it.
    outcome: Outcome,
    /// Undoes it, where that can be done.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let close = move || store.outcome.set(None);
    let undo = (!outcome.result.removed.is_empty()).then(|| {
        let removed = outcome.result.removed.clone();
        view! {
            <button
                class="button"
                type="button"
                on:click=move |_| {
                    close();
                    store.restore(removed.clone());
                }
            >
                <Icon glyph=Glyph::Reset />
                {messages::undo(language)}
            </button>
        }
    });
    let told = u32::try_from(outcome.result.refusals.len()).unwrap_or(u32::MAX);
    let untold = outcome.result.refused.saturating_sub(told);
    let refusals = outcome.result.refusals.iter().map(|refusal| row(language, refusal)).collect_view();
    view! {
        <Dialog label_id=TITLE class="confirm" light=true on_close=move |()| close()>
            <div class="confirm__body">
                <header>
                    <h2 class="dialog__title" id=TITLE>
                        {outcome.done(language)}
                    </h2>
                    <p class="confirm__text">{outcome.rest(language)}</p>
                </header>
                <ul class="lost refused" tabindex="0" aria-label=messages::refused_list(language)>
                    {refusals}
                </ul>
                {(untold > 0).then(|| view! { <p class="hint">{messages::and_more(language, untold)}</p> })}
            </div>
            <footer class="dialog__foot">
                <span class="dialog__foot-start"></span>
                {undo}
                <button class="button button--primary" type="button" autofocus on:click=move |_| close()>
                    {messages::close(language)}
                </button>
            </footer>
        </Dialog>
    }
}

fn row(language: Language, refusal: &BulkRefusal) -> impl IntoView + use<> {
    let name = refusal.name.clone().unwrap_or_else(|| messages::somebody(language).into());
    let why = explain_code(language, refusal.code).unwrap_or(messages::refused(language));
    view! {
        <li class="lost__row refused__row">
            <strong>
                <bdi>{name}</bdi>
            </strong>
            <span>{why}</span>
        </li>
    }
}
