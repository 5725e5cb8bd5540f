use leptos::prelude::*;
use studio_users_domain::{NodeId, NodeKind};

use crate::i18n::{messages, use_language};
use crate::reactive::memo;
use crate::state::{CurrentUser, use_current_user};
use crate::ui::{Glyph, Icon, RadioItem, RadioList};

/// Radio list of managed nodes, with a search by name.
#[component]
pub fn NodeList(
    /// The nodes to choose from. `None` offers all, as a tree.
    #[prop(optional)]
    nodes: Option<Signal<Vec<NodeId>>>,
    /// The chosen node.
    chosen: RwSignal<Option<NodeId>>,
    /// Whether the search field gets the focus when the dialog opens.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    let search = RwSignal::new(String::new());
    let found = memo(move |_| {
        let current_user = current_user.read();
        let found = current_user.find_managed(&search.read());
        let Some(nodes) = nodes else {
            return found.into_iter().map(|position| current_user.nodes[position].id).collect::<Vec<_>>();
        };
        let mut is_found = vec![false; current_user.nodes.len()];
        for position in found {
            is_found[position] = true;
        }
        let is_found =
            |node: &NodeId| current_user.position(*node).is_some_and(|position| is_found[position]);
        nodes.read().iter().copied().filter(is_found).collect()
    });
    let is_tree = nodes.is_none();
    let item = move |node: NodeId| item(&current_user.read(), node, is_tree);
    view! {
        <div class="field node-list">
            <span class="label" aria-hidden="true">
                {messages::location(language)}
            </span>
            <label class="input">
                <Icon glyph=Glyph::Search />
                <input
                    type="search"
                    autofocus=autofocus
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

fn item(current_user: &CurrentUser, node: NodeId, is_tree: bool) -> RadioItem {
    let position = current_user.position(node).filter(|_| is_tree);
    let depth = position.map_or(0, |position| current_user.managed_depth(position));
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
