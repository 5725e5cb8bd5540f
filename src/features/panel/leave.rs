use leptos::prelude::*;

use super::access::AccessStore;
use crate::i18n::{isolated, messages, use_language};
use crate::state::Hold;
use crate::ui::Dialog;

const TITLE: &str = "unsaved-title";

/// Asks what becomes of what is not saved, before the reader leaves it.
#[component]
pub(super) fn LeaveDialog(
    /// Whose access it is.
    name: Signal<String>,
    /// Where it is staged.
    access: AccessStore,
    /// What holds the reader until then.
    hold: StoredValue<Hold>,
) -> impl IntoView {
    let language = use_language();
    let holding = hold.get_value();
    let is_asked = Memo::new(move |_| holding.is_asked());
    let stay = move || hold.with_value(Hold::stay);
    let leave = move || {
        access.discard();
        hold.with_value(Hold::leave);
    };
    view! {
        <Show when=move || is_asked.get()>
            <Dialog label_id=TITLE class="confirm" on_close=move |()| stay()>
                <div class="confirm__body">
                    <h2 class="dialog__title" id=TITLE>
                        {messages::unsaved(language)}
                    </h2>
                    <p class="confirm__text">{messages::unsaved_text(language, &isolated(&name.get_untracked()))}</p>
                </div>
                <footer class="dialog__foot">
                    <span class="dialog__foot-start"></span>
                    <button class="button" type="button" autofocus on:click=move |_| stay()>
                        {messages::keep_editing(language)}
                    </button>
                    <button class="button button--danger" type="button" on:click=move |_| leave()>
                        {messages::discard_changes(language)}
                    </button>
                </footer>
            </Dialog>
        </Show>
    }
}
