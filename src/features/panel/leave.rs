use leptos::prelude::*;

use super::access::AccessStore;
use crate::i18n::{isolated, messages, use_language};
use crate::state::Navigation;
use crate::ui::Dialog;

const TITLE: &str = "unsaved-title";

/// Asks what becomes of what is not saved, before the reader leaves it.
#[component]
pub(super) fn LeaveDialog(
    /// Whose access it is.
    name: Signal<String>,
    /// Where it is staged.
    access: AccessStore,
) -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let is_asked = navigation.with_value(|navigation| navigation.is_held_back);
    let stay = move || navigation.with_value(Navigation::stay);
    let leave = move || {
        access.discard();
        navigation.with_value(Navigation::leave);
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
