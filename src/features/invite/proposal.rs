use leptos::prelude::*;

use super::store::Store;
use crate::i18n::{Language, format, isolated, messages, use_language};
use crate::ui::{Glyph, Icon};

/// Proposes that the first person manages an environment that nobody of its own does.
#[component]
pub(super) fn Proposal(
    /// The invitation.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let nodes = Memo::new(move |_| store.without_manager());
    let has_any = Memo::new(move |_| !nodes.read().is_empty());
    let first = move || store.chips.read().wanted().next().map(isolated);
    let words = move || {
        let names: Vec<_> = store.names(&nodes.read()).iter().map(|name| isolated(name)).collect();
        let nodes = format::all(language, &names);
        if store.is_led.get() {
            return (String::new(), will_manage(language, first().as_deref(), &nodes));
        }
        let proposed = match first() {
            Some(email) => messages::propose_manager_to(language, &email),
            None => messages::propose_manager(language).into(),
        };
        (messages::no_manager_yet(language, &nodes), proposed)
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
                        <strong>{move || words().0}</strong>
                        " "
                        {move || words().1}
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

fn will_manage(language: Language, email: Option<&str>, nodes: &str) -> String {
    match email {
        Some(email) => messages::will_manage(language, email, nodes),
        None => messages::first_will_manage(language, nodes),
    }
}
