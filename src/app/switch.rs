use std::sync::Arc;

use leptos::prelude::*;
use studio_users_domain::NodeId;

use crate::i18n::{messages, use_language};
use crate::state::{History, Navigation, Place, Reader};
use crate::ui::{Glyph, Icon, Menu, MenuChoice};

/// The node that a place is about: the one it names, or, in a section that is always about one, the first
/// environment in which the reader sees that section, or has any role, or else the first node at which they do.
pub(super) fn focus(reader: &Reader, place: &Place) -> Option<NodeId> {
    let named = place.node().filter(|&node| reader.node(node).is_some());
    match place {
        Place::Section { section, .. } => named.or_else(|| {
            let sees = |node: &NodeId| section.is_seen_with(reader.capabilities(Some(*node)));
            let environments: Vec<_> = reader.environments().map(|node| node.id).collect();
            let first = environments.first().copied();
            let anywhere = || reader.session.nodes.first().map(|held| held.node_id);
            environments.iter().copied().find(sees).or(first).or_else(anywhere)
        }),
        _ => named,
    }
}

/// Chooses the environment in focus, where there is a choice.
#[component]
pub(super) fn EnvironmentSwitch(
    /// Who reads.
    reader: Arc<Reader>,
) -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let place = navigation.with_value(|navigation| navigation.place);
    let environments: Vec<_> = reader.environments().map(|node| (node.id, node.name.clone())).collect();
    let only = match environments.as_slice() {
        [] => return ().into_any(),
        [(_, name)] => Some(name.clone()),
        _ => None,
    };
    if let Some(name) = only {
        return view! {
            <span class="studio__slash" aria-hidden="true">"/"</span>
            <span class="studio__environment">
                <bdi>{name}</bdi>
            </span>
        }
        .into_any();
    }

    let reader = StoredValue::new(reader);
    let chosen = Memo::new(move |_| reader.with_value(|reader| focus(reader, &place.read())));
    let name = move || {
        reader.with_value(|reader| {
            let node = chosen.get().and_then(|node| reader.node(node));
            node.map_or_else(|| messages::all_environments(language).to_string(), |node| node.name.clone())
        })
    };
    let choose = move |node: Option<NodeId>| {
        let to = place.read_untracked().with_node(node);
        navigation.with_value(|navigation| navigation.go(to, History::Push));
    };
    let environments = StoredValue::new(environments);
    view! {
        <span class="studio__slash" aria-hidden="true">"/"</span>
        <Menu
            label=Signal::derive(move || format!("{}: {}", messages::environment(language), name()))
            class="studio__switch"
            button=ViewFn::from(move || {
                view! {
                    <bdi class="truncate">{name}</bdi>
                    <Icon glyph=Glyph::ChevronDown small=true />
                }
            })
        >
            <Show when=move || matches!(*place.read(), Place::Users(_))>
                <MenuChoice
                    is_chosen=Signal::derive(move || chosen.get().is_none())
                    on_select=move |()| choose(None)
                >
                    {messages::all_environments(language)}
                </MenuChoice>
                <div class="menu__rule" role="separator"></div>
            </Show>
            <For each=move || environments.get_value() key=|(id, _)| *id let((id, name))>
                <MenuChoice
                    is_chosen=Signal::derive(move || chosen.get() == Some(id))
                    on_select=move |()| choose(Some(id))
                >
                    <bdi>{name}</bdi>
                </MenuChoice>
            </For>
        </Menu>
    }
    .into_any()
}
