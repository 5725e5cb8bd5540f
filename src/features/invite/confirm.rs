use leptos::prelude::*;

use super::store::InviteStore;
use crate::i18n::{format, messages, use_language};
use crate::ui::{Dialog, PLACEHOLDERS, Phrase};

/// Dialog that confirms discarding the invitation.
#[component]
pub(super) fn ConfirmDiscard(
    /// Whether some recipients were already invited.
    is_partly_sent: bool,
    /// Called to keep editing.
    #[prop(into)]
    on_stay: Callback<()>,
    #[prop(into)] on_discard: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let text = if is_partly_sent {
        messages::discard_remaining_text(language)
    } else {
        messages::discard_invitation_text(language)
    };
    view! {
        <Dialog label_id="discard-title" class="confirm su" on_close=on_stay>
            <div class="confirm__body">
                <h2 class="dialog__title" id="discard-title">
                    {messages::discard_invitation_title(language)}
                </h2>
                <p class="confirm__text">{text}</p>
            </div>
            <footer class="dialog__foot">
                <span class="dialog__foot-start"></span>
                <button class="button" type="button" autofocus on:click=move |_| on_stay.run(())>
                    {messages::keep_editing(language)}
                </button>
                <button class="button button--danger" type="button" on:click=move |_| on_discard.run(())>
                    {messages::discard(language)}
                </button>
            </footer>
        </Dialog>
    }
}

/// Dialog that confirms sending although an environment would have no Organisation Manager of its own.
#[component]
pub(super) fn ConfirmWithoutManager(
    store: InviteStore,
    #[prop(into)] on_back: Callback<()>,
    #[prop(into)] on_send: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let names = vec![format::list_and(language, &store.node_names(&store.nodes_without_manager()))];
    let on_add = move |_| {
        store.first_manages.set(true);
        on_send.run(());
    };
    view! {
        <Dialog label_id="without-title" class="confirm su" on_close=on_back>
            <div class="confirm__body">
                <h2 class="dialog__title" id="without-title">
                    {messages::without_manager_title(language)}
                </h2>
                <p class="confirm__text"><Phrase text=messages::without_manager_text(language, PLACEHOLDERS[0]) names /></p>
            </div>
            <footer class="dialog__foot">
                <span class="dialog__foot-start"></span>
                <button class="button" type="button" on:click=move |_| on_send.run(())>
                    {messages::send_anyway(language)}
                </button>
                <button class="button button--primary" type="button" autofocus on:click=on_add>
                    {messages::add_role_and_send(language)}
                </button>
            </footer>
        </Dialog>
    }
}
