use leptos::prelude::*;
use studio_users_contract::{BulkRefusal, Job};

use super::model::BulkOutcome;
use super::store::BulkStore;
use crate::i18n::{Language, messages, use_language};
use crate::state::{Lock, explain_code, use_dialogs};
use crate::ui::{Dialog, Glyph, Icon};

const TITLE: &str = "outcome-title";

/// The summary of an ended bulk job. Lists the users for whom the action was refused, with the reasons.
#[component]
pub(super) fn OutcomeDialog(
    job: Job,
    /// Undoes the job.
    store: BulkStore,
) -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let lock = Lock::of_everything();
    let outcome = BulkOutcome(job);
    let job = outcome.0.clone();
    let undo = outcome.0.can_undo.then(|| {
        view! {
            <button
                class="button"
                type="button"
                aria-disabled=move || lock.get().map(|_| "true")
                aria-describedby=move || lock.get().map(Lock::id)
                data-hint=move || lock.get().map(|lock| lock.words(language))
                on:click=move |_| {
                    if lock.get_untracked().is_none() {
                        dialogs.close();
                        store.undo(&job);
                    }
                }
            >
                <Icon glyph=Glyph::Reset />
                {messages::undo(language)}
            </button>
        }
    });
    let listed = u32::try_from(outcome.0.refusals.len()).unwrap_or(u32::MAX);
    let unlisted = outcome.0.progress.refused.saturating_sub(listed);
    let refusals = (listed > 0).then(|| {
        view! {
            <ul class="access-list" tabindex="0" aria-label=messages::skipped_users(language)>
                {outcome.0.refusals.iter().map(|refusal| row(language, refusal)).collect_view()}
            </ul>
        }
    });
    view! {
        <Dialog label_id=TITLE class="confirm" light_dismiss=true on_close=move |()| dialogs.close()>
            <div class="confirm__body">
                <header>
                    <h2 class="dialog__title" id=TITLE>
                        {outcome.done(language)}
                    </h2>
                    <p class="confirm__text">{outcome.remainder(language)}</p>
                </header>
                {refusals}
                {(unlisted > 0).then(|| view! { <p class="hint">{messages::and_more(language, unlisted)}</p> })}
            </div>
            <footer class="dialog__foot">
                <span class="dialog__foot-start"></span>
                {undo}
                <button class="button button--primary" type="button" autofocus on:click=move |_| dialogs.close()>
                    {messages::close(language)}
                </button>
            </footer>
        </Dialog>
    }
}

fn row(language: Language, refusal: &BulkRefusal) -> impl IntoView + use<> {
    let name = refusal.name.clone().unwrap_or_else(|| messages::hidden_user(language).into());
    let reason = explain_code(language, refusal.code).unwrap_or(messages::request_rejected(language));
    view! {
        <li class="access-list__row skipped__row">
            <strong>
                <bdi>{name}</bdi>
            </strong>
            <span>{reason}</span>
        </li>
    }
}
