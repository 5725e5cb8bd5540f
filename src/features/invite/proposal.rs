use leptos::prelude::*;

use super::store::InviteStore;
use crate::i18n::{format, messages, use_language};
use crate::reactive::memo;
use crate::ui::{Glyph, Icon, PLACEHOLDERS, Phrase};

/// Proposes that the first recipient becomes Organisation Manager of the environments that have none of their own.
#[component]
pub(super) fn Proposal(store: InviteStore) -> impl IntoView {
    let language = use_language();
    let nodes = memo(move |_| store.nodes_without_manager());
    let has_any = memo(move |_| !nodes.read().is_empty());
    let [nodes_mark, person_mark, _] = PLACEHOLDERS;
    let first = move || store.recipients.read().valid().next().map(String::from);
    let names = move || {
        vec![format::list_and(language, &store.node_names(&nodes.read())), first().unwrap_or_default()]
    };
    let problem = move || {
        if store.first_manages.get() { String::new() } else { messages::no_manager_yet(language, nodes_mark) }
    };
    let suggestion = move || match (store.first_manages.get(), first()) {
        (true, Some(_)) => messages::will_manage(language, person_mark, nodes_mark),
        (true, None) => messages::first_person_will_manage(language, nodes_mark),
        (false, Some(_)) => messages::propose_manager_to(language, person_mark),
        (false, None) => messages::propose_manager(language).into(),
    };
    let label = move || {
        if store.first_manages.get() { messages::remove_role(language) } else { messages::add_role(language) }
    };
    view! {
        <div role="status" class="invite__proposal">
            <Show when=move || has_any.get()>
                <div class="callout">
                    <Icon glyph=Glyph::Info />
                    <p class="callout__body">
                        <strong>{move || view! { <Phrase text=problem() names=names() /> }}</strong>
                        " "
                        {move || view! { <Phrase text=suggestion() names=names() /> }}
                    </p>
                    <button
                        class="button button--small"
                        type="button"
                        on:click=move |_| store.first_manages.update(|first_manages| *first_manages = !*first_manages)
                    >
                        {label}
                    </button>
                </div>
            </Show>
        </div>
    }
}
