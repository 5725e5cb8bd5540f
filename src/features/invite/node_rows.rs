use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use studio_users_contract::NodeView;
use studio_users_domain::{NodeId, NodeKind};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::store::InviteStore;
use crate::i18n::{messages, use_language};
use crate::reactive::memo;
use crate::state::CurrentUser;
use crate::ui::{Glyph, Icon, RowPlace, RowWindow, pressed_key};

/// A node of the picker.
#[derive(Clone)]
struct ListedNode {
    view: NodeView,
    /// The number of visible nodes above it.
    depth: usize,
    is_managed: bool,
}

/// The organisation as a tree of checkboxes, with a search.
#[component]
pub(super) fn NodeRows(store: InviteStore) -> impl IntoView {
    let language = use_language();
    let search = RwSignal::new(String::new());
    let list = NodeRef::<html::Ul>::new();
    let found = memo(move |_| rows(&store.current_user.read(), &search.read()));
    let window = RowWindow::new(list, Signal::derive(move || found.read().len()), Signal::stored(None));
    let key = move |row: usize| {
        let position = *found.read().get(row)?;
        Some(store.current_user.read().nodes.get(position)?.id.0.as_u128())
    };
    // The arrow keys move between the checkboxes. The up arrow on the first one moves to the search.
    let on_keydown = move |event: KeyboardEvent| {
        let step = match pressed_key(&event).as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        let Some(list) = list.get_untracked() else { return };
        event.prevent_default();
        let checkboxes = checkboxes(&list);
        let focused = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let at = checkboxes.iter().position(|one| Some(one) == focused.as_ref());
        let to = at.map_or(0, |at| at.saturating_add_signed(step));
        let is_leaving = at == Some(0) && step < 0;
        let search =
            list.parent_element().and_then(|all| all.query_selector("input[type=search]").ok().flatten());
        let search = search.and_then(|search| search.dyn_into::<HtmlElement>().ok());
        if let Some(to) = if is_leaving { search.as_ref() } else { checkboxes.get(to) } {
            let _ = to.focus();
        }
    };
    let toggle = move |id: NodeId, is_on: bool| {
        store.nodes.update(|nodes| {
            nodes.retain(|node| *node != id);
            if is_on {
                nodes.push(id);
            }
        });
    };
    let row = move |place: RowPlace| {
        let node = || {
            let position = *found.read_untracked().get(place.index())?;
            let current_user = store.current_user.read_untracked();
            let view = current_user.nodes.get(position)?.clone();
            let is_managed = current_user.manages(view.id);
            Some(ListedNode { depth: current_user.ancestors(position).count(), view, is_managed })
        };
        let Some(node) = node() else { return ().into_any() };
        view! { <NodeRow store node place on_toggle=move |(id, is_on)| toggle(id, is_on) /> }.into_any()
    };
    view! {
        <div class="node-picker__body" on:keydown=on_keydown>
            <label class="input node-picker__search">
                <Icon glyph=Glyph::Search />
                <input
                    type="search"
                    autofocus
                    autocomplete="off"
                    placeholder=messages::find_environment(language)
                    aria-label=messages::find_environment(language)
                    on:input=move |event| search.set(event_target_value(&event))
                />
            </label>
            <ul class="node-picker__list" role="list" aria-label=messages::environments(language) node_ref=list>
                {window.rows(key, row)}
            </ul>
            <div role="status">
                <Show when=move || found.read().is_empty()>
                    <p class="node-picker__none">{messages::no_environments_found(language)}</p>
                </Show>
            </div>
        </div>
    }
}

#[component]
fn NodeRow(
    store: InviteStore,
    node: ListedNode,
    place: RowPlace,
    /// Called with the node and whether it is checked.
    #[prop(into)]
    on_toggle: Callback<(NodeId, bool)>,
) -> impl IntoView {
    let language = use_language();
    let ListedNode { view: NodeView { id, name, kind, .. }, depth, is_managed } = node;
    let glyph = if kind == NodeKind::Environment { Glyph::Layers } else { Glyph::Agency };
    let has_below = is_managed && kind != NodeKind::Environment;
    let (name_id, hint_id) = (format!("invite-node-{id}"), format!("invite-below-{id}"));
    let described_by = has_below.then(|| hint_id.clone());
    let labelled_by = name_id.clone();
    let label = view! {
        <Icon glyph=glyph />
        <bdi class="truncate" id=name_id>
            {name}
        </bdi>
        {has_below
            .then(|| {
                view! {
                    <span class="hint" id=hint_id>
                        {messages::and_all_below(language)}
                    </span>
                }
            })}
    };
    let indent = format!("{}px", 16 * depth.min(8));
    if !is_managed {
        return view! {
            <li
                class="node-picker__row"
                data-above=""
                data-row=place.row()
                aria-posinset=place.position()
                aria-setsize=place.size()
                style:padding-inline-start=indent
                style:margin-block-start=move || place.margin()
            >
                {label}
            </li>
        }
        .into_any();
    }
    view! {
        <li
            data-row=place.row()
            aria-posinset=place.position()
            aria-setsize=place.size()
            style:margin-block-start=move || place.margin()
        >
            <label class="node-picker__row" style:padding-inline-start=indent>
                <input
                    class="checkbox"
                    type="checkbox"
                    aria-labelledby=labelled_by
                    aria-describedby=described_by
                    prop:checked=move || store.nodes.read().contains(&id)
                    on:change=move |event| on_toggle.run((id, event_target_checked(&event)))
                />
                {label}
            </label>
        </li>
    }
    .into_any()
}

/// Returns the positions of the managed nodes whose names contain the search text, and of their ancestors.
fn rows(current_user: &CurrentUser, search: &str) -> Vec<usize> {
    let mut is_shown = vec![false; current_user.nodes.len()];
    for found in current_user.find_managed(search) {
        is_shown[found] = true;
        for above in current_user.ancestors(found) {
            if std::mem::replace(&mut is_shown[above], true) {
                break;
            }
        }
    }
    is_shown.iter().enumerate().filter_map(|(position, &is_shown)| is_shown.then_some(position)).collect()
}

fn checkboxes(list: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(found) = list.query_selector_all("input") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}
