use leptos::prelude::*;
use studio_users_domain::{NodeId, NodeKind};

use crate::i18n::{messages, use_language};
use crate::state::{CurrentUser, use_current_user};
use crate::ui::{Glyph, Icon, RadioItem, RadioList};

/// Radio list of the nodes that the current user manages, with a search by name.
#[component]
pub(super) fn NodeList(chosen: RwSignal<Option<NodeId>>) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    let search = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let current_user = current_user.read();
        let found = current_user.find_managed(&search.read()).into_iter();
        found.map(|position| current_user.nodes[position].id).collect::<Vec<_>>()
    });
    let item = move |node: NodeId| item(&current_user.read(), node);
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
            <RadioList label=messages::location(language) values=found key=|node| node.0.as_u128() item selection=chosen />
            <p class="hint" role="status">
                {move || found.read().is_empty().then(|| messages::no_nodes_found(language))}
            </p>
        </div>
    }
}

fn item(current_user: &CurrentUser, node: NodeId) -> RadioItem {
    let position = current_user.position(node).unwrap_or_default();
    let depth = current_user.managed_depth(position);
    let (name, kind) = current_user.node(node).map(|node| (node.name.clone(), node.kind)).unzip();
    let glyph = (kind != Some(NodeKind::Environment)).then_some(Glyph::Agency);
    let view = move || {
        let name = name.clone();
        view! {
            <span class="role-node" style:--depth=depth.to_string()>
                {glyph.map(|glyph| view! { <Icon glyph /> })}
                <bdi>{name}</bdi>
            </span>
        }
    };
    RadioItem { view: ViewFn::from(view), disabled_reason: None }
}
