use chrono::{DateTime, Utc};
use leptos::html;
use leptos::prelude::*;

use crate::i18n::{format, isolated, messages, use_language, with_bdi};
use crate::state::use_dialogs;
use crate::ui::Dialog;

const TITLE: &str = "link-title";

/// Dialog with the link in a selected text field. Shown if the browser denied clipboard access.
#[component]
pub(super) fn LinkDialog(
    /// The invited user's name.
    name: String,
    url: String,
    expires_at: DateTime<Utc>,
) -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let field = NodeRef::<html::Input>::new();
    let select = move || {
        if let Some(field) = field.get_untracked() {
            field.select();
        }
    };
    view! {
        <Dialog label_id=TITLE class="confirm" light_dismiss=true on_close=move |()| dialogs.close()>
            <div class="confirm__body">
                <h2 class="dialog__title" id=TITLE>
                    {with_bdi(&messages::invitation_link_for(language, &isolated(&name)))}
                </h2>
                <p class="confirm__text">{messages::copy_link_manually(language)}</p>
                <label class="field">
                    <span class="label">{messages::link(language)}</span>
                    <span class="input">
                        <input
                            type="text"
                            dir="ltr"
                            readonly
                            autofocus
                            node_ref=field
                            prop:value=url
                            on:focus=move |_| select()
                            on:click=move |_| select()
                        />
                    </span>
                    <span class="hint">
                        {messages::link_expires_on(language, &format::full_date_time(language, expires_at))}
                    </span>
                </label>
            </div>
            <footer class="dialog__foot">
                <span class="dialog__foot-start"></span>
                <button class="button" type="button" on:click=move |_| dialogs.close()>
                    {messages::close(language)}
                </button>
            </footer>
        </Dialog>
    }
}
