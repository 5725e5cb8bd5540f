use leptos::prelude::*;

use super::store::Store;
use crate::i18n::{format, isolated, messages, use_language};
use crate::ui::Dialog;

/// Asks whether to lose what was entered.
#[component]
pub(super) fn Discard(
    /// Whether some of those on the list were invited already.
    is_partly_sent: bool,
    /// Goes back.
    #[prop(into)]
    on_stay: Callback<()>,
    /// Closes the whole.
    #[prop(into)]
    on_discard: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let text =
        if is_partly_sent { messages::discard_rest_text(language) } else { messages::discard_text(language) };
    view! {
        <Dialog label_id="discard-title" class="confirm su" on_close=on_stay>
            <div class="confirm__body">
                <h2 class="dialog__title" id="discard-title">
                    {messages::discard_title(language)}
                </h2>
                <p class="confirm__text">{text}</p>
            </div>
            <footer class="dialog__foot">
                <span class="dialog__foot-start"></span>
                <button class="button" type="button" autofocus on:click=move |_| on_stay.run(())>
                    {messages::go_on_editing(language)}
                </button>
                <button class="button button--danger" type="button" on:click=move |_| on_discard.run(())>
                    {messages::discard_invitation(language)}
                </button>
            </footer>
        </Dialog>
    }
}

/// Asks once more where an environment would be left without a manager of its own.
#[component]
pub(super) fn WithoutManager(
    /// The invitation.
    store: Store,
    /// Goes back.
    #[prop(into)]
    on_back: Callback<()>,
    /// Sends it as it is then.
    #[prop(into)]
    on_send: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let names: Vec<_> = store.names(&store.without_manager()).iter().map(|name| isolated(name)).collect();
    let nodes = format::all(language, &names);
    let on_add = move |_| {
        store.is_led.set(true);
        on_send.run(());
    };
    view! {
        <Dialog label_id="without-title" class="confirm su" on_close=on_back>
            <div class="confirm__body">
                <h2 class="dialog__title" id="without-title">
                    {messages::without_manager_title(language)}
                </h2>
                <p class="confirm__text">{messages::without_manager_text(language, &nodes)}</p>
            </div>
            <footer class="dialog__foot">
                <span class="dialog__foot-start"></span>
                <button class="button" type="button" on:click=move |_| on_send.run(())>
                    {messages::send_without(language)}
                </button>
                <button class="button button--primary" type="button" autofocus on:click=on_add>
                    {messages::add_role_and_send(language)}
                </button>
            </footer>
        </Dialog>
    }
}
