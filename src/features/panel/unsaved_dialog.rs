use leptos::prelude::*;

use super::access::AccessStore;
use crate::i18n::{isolated, messages, use_language};
use crate::reactive::memo;
use crate::state::Blocker;
use crate::ui::Dialog;

const TITLE: &str = "unsaved-title";

/// Asks whether to discard the unsaved changes or keep editing, while a [`Blocker`] holds back a navigation.
#[component]
pub(super) fn UnsavedChangesDialog(
    /// The name of the user whose access is edited.
    name: Signal<String>,
    access: AccessStore,
    blocker: StoredValue<Blocker>,
) -> impl IntoView {
    let language = use_language();
    let pending_blocker = blocker.get_value();
    let is_blocked = memo(move |_| pending_blocker.is_blocked());
    let stay = move || blocker.with_value(Blocker::cancel);
    let leave = move || {
        access.discard();
        blocker.with_value(Blocker::proceed);
    };
    view! {
        <Show when=move || is_blocked.get()>
            <Dialog label_id=TITLE class="confirm" on_close=move |()| stay()>
                <div class="confirm__body">
                    <h2 class="dialog__title" id=TITLE>
                        {messages::discard_changes_title(language)}
                    </h2>
                    <p class="confirm__text">{messages::discard_changes_text(language, &isolated(&name.get_untracked()))}</p>
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
