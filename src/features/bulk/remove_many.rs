use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{BulkAction, BulkRequest, BulkSelection};

use super::model::is_number;
use super::store::BulkStore;
use crate::api::ApiError;
use crate::i18n::{format, messages, use_language};
use crate::state::{explain, use_dialogs};
use crate::ui::{Dialog, ErrorAlert, Glyph, Icon};

const TITLE: &str = "remove-many-title";
const LEAD: &str = "remove-many-lead";

/// Dialog that confirms the removal of many users. The user types their number to confirm.
#[component]
pub(super) fn RemoveManyDialog(
    /// The users to remove.
    select: BulkSelection,
    /// The number of users in `select`.
    count: u32,
    store: BulkStore,
) -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let typed = RwSignal::new(String::new());
    let is_busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let is_ready = move || is_number(&typed.read(), count) && !is_busy.get();
    let lead = match select {
        BulkSelection::Ids(_) => messages::remove_many_selected(language),
        BulkSelection::Matching(_) => messages::remove_many_matching(language),
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !untrack(is_ready) {
            return;
        }
        is_busy.set(true);
        error.set(None);
        let action = BulkAction::Remove;
        let request = BulkRequest { select: select.clone(), action, node_id: None, role: None };
        spawn_local(async move {
            // On success, the store closes the dialog. Otherwise the dialog shows the error, if it is still open.
            if let Some(failure) = store.run(request, move || is_busy.try_set(false).is_none()).await {
                error.set(Some(failure));
            }
        });
    };
    // Closes while the request is in flight, too. A notice reports its result.
    let on_close = move |()| dialogs.close();
    let error_text = move || error.get().map(|error| explain(language, &error));
    view! {
        <Dialog label_id=TITLE class="confirm" is_warning=true described_by=LEAD on_close>
            <form class="confirm__form" on:submit=on_submit>
                <div class="confirm__body">
                    <header class="confirm__head">
                        <span class="confirm__mark">
                            <Icon glyph=Glyph::Trash />
                        </span>
                        <div>
                            <h2 class="dialog__title" id=TITLE>
                                {messages::remove_many_title(language, count)}
                            </h2>
                            <p class="confirm__text" id=LEAD>
                                {lead}
                            </p>
                        </div>
                    </header>
                    <ul class="confirm__list">
                        <li>
                            <Icon glyph=Glyph::Exit />
                            <span>
                                <strong>{messages::access_ends(language)}</strong>
                                " "
                                {messages::access_ends_text(language)}
                            </span>
                        </li>
                        <li>
                            <Icon glyph=Glyph::Link />
                            <span>
                                <strong>{messages::links_stop_working(language)}</strong>
                                " "
                                {messages::links_stop_working_text(language)}
                            </span>
                        </li>
                        <li>
                            <Icon glyph=Glyph::Lock />
                            <span>{messages::denied_users_skipped(language)}</span>
                        </li>
                    </ul>
                    <label class="field">
                        <span class="label">
                            {messages::type_number(language, &format::number(language, count))}
                        </span>
                        <span class="input">
                            <input
                                type="text"
                                inputmode="numeric"
                                autocomplete="off"
                                prop:value=typed
                                on:input=move |event| typed.set(event_target_value(&event))
                            />
                        </span>
                    </label>
                    <ErrorAlert message=Signal::derive(error_text) />
                </div>
                <footer class="dialog__foot">
                    <span class="hint confirm__undo">
                        <Icon glyph=Glyph::Reset />
                        {messages::can_be_undone(language)}
                    </span>
                    <button class="button" type="button" autofocus on:click=move |_| on_close(())>
                        {messages::cancel(language)}
                    </button>
                    <button
                        class="button button--danger"
                        type="submit"
                        aria-disabled=move || (!is_ready()).then_some("true")
                    >
                        {move || {
                            if is_busy.get() {
                                messages::removing(language).to_owned()
                            } else {
                                messages::remove_users(language, count)
                            }
                        }}
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}
