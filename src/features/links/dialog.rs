use chrono::{DateTime, Utc};
use leptos::html;
use leptos::prelude::*;

use crate::i18n::{format, isolated, messages, use_language, with_bdi};
use crate::state::use_asks;
use crate::ui::Dialog;

const TITLE: &str = "link-title";

/// A link in a field, selected: the browser did not let it be copied.
#[component]
pub(super) fn LinkDialog(
    /// Whose invitation it is.
    name: String,
    /// The link.
    url: String,
    /// Until when it works.
    expires_at: DateTime<Utc>,
) -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
    let field = NodeRef::<html::Input>::new();
    let select = move || {
        if let Some(field) = field.get_untracked() {
            field.select();
        }
    };
    view! {
        <Dialog label_id=TITLE class="confirm" light=true on_close=move |()| asks.close()>
            <div class="confirm__body">
                <h2 class="dialog__title" id=TITLE>
                    {with_bdi(&messages::link_for(language, &isolated(&name)))}
                </h2>
                <p class="confirm__text">{messages::link_by_hand(language)}</p>
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
                        {messages::link_works_until(language, &format::absolute(language, expires_at))}
                    </span>
                </label>
            </div>
            <footer class="dialog__foot">
                <span class="dialog__foot-start"></span>
                <button class="button" type="button" on:click=move |_| asks.close()>
                    {messages::close(language)}
                </button>
            </footer>
        </Dialog>
    }
}
