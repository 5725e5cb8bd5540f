use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use studio_users_domain::NodeId;

use crate::i18n::{messages, use_language};
use crate::parts::{Lazy, lazy};
use crate::reactive::memo;
use crate::state::{CurrentUser, History, Navigation, Route};
use crate::ui::{Glyph, Icon, MAX_ALL_ROWS, Menu, MenuItemRadio, RowPlace, RowWindow, use_menu_ready};

/// Returns the node in focus: the node of the route, if it is visible. A section always needs a node. Its default is
/// the first environment in which the user sees that section, then the first environment with any role, then the first
/// node.
pub(super) fn focused_node(current_user: &CurrentUser, route: &Route) -> Option<NodeId> {
    let named = route.node().filter(|&node| current_user.node(node).is_some());
    match route {
        Route::Section { section, .. } => named.or_else(|| {
            let shows_section =
                |node: &NodeId| section.is_visible_with(current_user.capabilities(Some(*node)));
            let environments: Vec<_> = current_user.environments().map(|node| node.id).collect();
            let first_environment = environments.first().copied();
            let first_node = || current_user.session.nodes.first().map(|held| held.node_id);
            environments.iter().copied().find(shows_section).or(first_environment).or_else(first_node)
        }),
        _ => named,
    }
}

/// A menu that switches the environment in focus. A single environment is shown as text.
#[component]
pub(super) fn EnvironmentSwitch(current_user: Arc<CurrentUser>) -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let route = navigation.with_value(|navigation| navigation.route);
    let environments: Vec<_> = current_user.environments().map(|node| (node.id, node.name.clone())).collect();
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

    let current_user = StoredValue::new(current_user);
    let chosen =
        memo(move |_| current_user.with_value(|current_user| focused_node(current_user, &route.read())));
    let name = move || {
        current_user.with_value(|current_user| {
            let node = chosen.get().and_then(|node| current_user.node(node));
            node.map_or_else(|| messages::all_environments(language).to_string(), |node| node.name.clone())
        })
    };
    let choose = move |node: Option<NodeId>| {
        let to = route.read_untracked().with_node(node);
        navigation.with_value(|navigation| navigation.go(to, History::Push));
    };
    let is_large = environments.len() > MAX_ALL_ROWS;
    let environments = StoredValue::new(environments);
    let choose_one = Callback::new(move |node| choose(Some(node)));
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
            <Show when=move || matches!(*route.read(), Route::Users(_))>
                <MenuItemRadio
                    is_checked=Signal::derive(move || chosen.get().is_none())
                    on_select=move |()| choose(None)
                >
                    {messages::all_environments(language)}
                </MenuItemRadio>
                <div class="menu__rule" role="separator"></div>
            </Show>
            {if is_large {
                view! { <Lazy load=many_environments with=(environments, chosen, choose_one) /> }.into_any()
            } else {
                view! {
                    <For each=move || environments.get_value() key=|(id, _)| *id let((id, name))>
                        <MenuItemRadio
                            is_checked=Signal::derive(move || chosen.get() == Some(id))
                            on_select=move |()| choose(Some(id))
                        >
                            <bdi>{name}</bdi>
                        </MenuItemRadio>
                    </For>
                }
                .into_any()
            }}
        </Menu>
    }
    .into_any()
}

/// The environments with their names, the one in focus, and a callback that chooses one.
type MenuEnvironments = (StoredValue<Vec<(NodeId, String)>>, Memo<Option<NodeId>>, Callback<NodeId>);

lazy! {
    fn many_environments(with: MenuEnvironments) in studio {
        let (environments, chosen, on_choose) = with;
        view! { <Environments environments chosen on_choose /> }
    }
}

/// The menu items of many environments, of which only those in view are rendered.
#[component]
fn Environments(
    environments: StoredValue<Vec<(NodeId, String)>>,
    chosen: Memo<Option<NodeId>>,
    on_choose: Callback<NodeId>,
) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    let count = Signal::stored(environments.with_value(Vec::len));
    let position = move |id: NodeId| {
        environments.with_value(|environments| environments.iter().position(|(other, _)| *other == id))
    };
    let window = RowWindow::new(list, count, Signal::derive(move || chosen.get().and_then(position)));
    let key = move |row| {
        environments
            .with_value(|environments| environments.get(row).map(|(id, _): &(NodeId, String)| id.0.as_u128()))
    };
    let item = move |place: RowPlace| {
        let environment = environments.with_value(|environments| environments.get(place.index()).cloned());
        let Some((id, name)) = environment else { return ().into_any() };
        view! {
            <MenuItemRadio
                is_checked=Signal::derive(move || chosen.get() == Some(id))
                on_select=move |()| on_choose.run(id)
                place
            >
                <bdi>{name}</bdi>
            </MenuItemRadio>
        }
        .into_any()
    };
    let ready = use_menu_ready();
    // Waits until the items are in the DOM.
    request_animation_frame(move || {
        let _ = ready.try_run(());
    });
    view! {
        <div role="none" node_ref=list>
            {window.rows(key, item)}
        </div>
    }
}
