use leptos::prelude::*;

use super::store::Store;
use crate::i18n::{format, messages, use_language};
use crate::ui::{Glyph, Icon, MARKS, Phrase};

/// Proposes that the first person manages an environment that nobody of its own does.
#[component]
pub(super) fn Proposal(
    /// The invitation.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let nodes = Memo::new(move |_| store.without_manager());
    let has_any = Memo::new(move |_| !nodes.read().is_empty());
    let [places, person, _] = MARKS;
    let first = move || store.chips.read().wanted().next().map(String::from);
    let names = move || vec![format::all(language, &store.names(&nodes.read())), first().unwrap_or_default()];
    let what = move || {
        if store.is_led.get() { String::new() } else { messages::no_manager_yet(language, places) }
    };
    let how = move || match (store.is_led.get(), first()) {
        (true, Some(_)) => messages::will_manage(language, person, places),
        (true, None) => messages::first_will_manage(language, places),
        (false, Some(_)) => messages::propose_manager_to(language, person),
        (false, None) => messages::propose_manager(language).into(),
    };
    let label = move || {
        if store.is_led.get() { messages::leave_out(language) } else { messages::add_role(language) }
    };
    view! {
        <div role="status" class="invite__proposal">
            <Show when=move || has_any.get()>
                <div class="callout">
                    <Icon glyph=Glyph::Info />
                    <p class="callout__body">
                        <strong>{move || view! { <Phrase text=what() names=names() /> }}</strong>
                        " "
                        {move || view! { <Phrase text=how() names=names() /> }}
                    </p>
                    <button
                        class="button button--small"
                        type="button"
                        on:click=move |_| store.is_led.update(|is_led| *is_led = !*is_led)
                    >
                        {label}
                    </button>
                </div>
            </Show>
        </div>
    }
}
