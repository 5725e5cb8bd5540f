use leptos::prelude::*;
use studio_users_domain::{NodeId, NodeKind};

use super::model::{self, NodeOption};
use crate::i18n::{messages, use_language};
use crate::state::use_current_user;
use crate::ui::{Glyph, Icon, RadioItem, RadioList};

/// The maximum number of options shown. The user finds the others by searching.
const MAX_OPTIONS: usize = 100;

/// Radio list of the nodes that the current user manages, with a search by name.
#[component]
pub(super) fn NodeList(chosen: RwSignal<Option<NodeId>>) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    let search = RwSignal::new(String::new());
    let found = Memo::new(move |_| model::node_options(&current_user.read(), &search.read()));
    let items = Signal::derive(move || {
        let items =
            |options: &Vec<NodeOption>| options.iter().take(MAX_OPTIONS).map(item).collect::<Vec<_>>();
        found.with(items)
    });
    let hidden_count =
        move || u32::try_from(found.read().len().saturating_sub(MAX_OPTIONS)).unwrap_or(u32::MAX);
    view! {
        <div class="field">
            <span class="label" aria-hidden="true">
                {messages::location(language)}
            </span>
            <label class="input">
                <Icon glyph=Glyph::Search />
                <input
                    type="search"
                    autofocus
                    autocomplete="off"
                    placeholder=messages::find_node(language)
                    aria-label=messages::find_node(language)
                    prop:value=search
                    on:input=move |event| search.set(event_target_value(&event))
                />
            </label>
            <RadioList label=messages::location(language) items selection=chosen />
            <p class="hint" role="status">
                {move || match (found.read().len(), hidden_count()) {
                    (0, _) => Some(messages::no_nodes_found(language).to_owned()),
                    (_, 0) => None,
                    (_, hidden_count) => Some(messages::and_more(language, hidden_count)),
                }}
            </p>
        </div>
    }
}

fn item(option: &NodeOption) -> RadioItem<NodeId> {
    let (name, depth) = (option.node.name.clone(), option.depth);
    let glyph = match option.node.kind {
        NodeKind::Environment => None,
        NodeKind::Agency | NodeKind::Provider => Some(Glyph::Agency),
    };
    let view = move || {
        let name = name.clone();
        view! {
            <span class="role-node" style:--depth=depth.to_string()>
                {glyph.map(|glyph| view! { <Icon glyph /> })}
                <bdi>{name}</bdi>
            </span>
        }
    };
    RadioItem { value: option.node.id, view: ViewFn::from(view), disabled_reason: None }
}
