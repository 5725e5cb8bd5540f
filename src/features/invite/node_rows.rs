use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use studio_users_domain::{NodeId, NodeKind};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::store::InviteStore;
use crate::i18n::{case, messages, use_language};
use crate::state::CurrentUser;
use crate::ui::{Glyph, Icon, pressed_key};

/// The maximum number of rows shown.
const MAX_ROWS: usize = 150;

/// A row of the picker.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    id: NodeId,
    name: String,
    kind: NodeKind,
    depth: usize,
    is_managed: bool,
}

/// The organisation as a tree of checkboxes, with a search.
#[component]
pub(super) fn NodeRows(store: InviteStore) -> impl IntoView {
    let language = use_language();
    let search = RwSignal::new(String::new());
    let list = NodeRef::<html::Ul>::new();
    let found = Memo::new(move |_| rows(&store.current_user.read(), &search.read()));
    let shown = move || -> Vec<Row> { found.read().iter().take(MAX_ROWS).cloned().collect() };
    let left = move || u32::try_from(found.read().len().saturating_sub(MAX_ROWS)).unwrap_or(u32::MAX);
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
                <For each=shown key=|row| row.id let:row>
                    <NodeRow store row on_toggle=move |(id, is_on)| toggle(id, is_on) />
                </For>
            </ul>
            <div role="status">
                <Show when=move || found.read().is_empty()>
                    <p class="node-picker__none">{messages::no_environments_found(language)}</p>
                </Show>
                <Show when=move || { left() > 0 }>
                    <p class="node-picker__none">{move || messages::more_environments(language, left())}</p>
                </Show>
            </div>
        </div>
    }
}

#[component]
fn NodeRow(
    store: InviteStore,
    row: Row,
    /// Called with the node and whether it is checked.
    #[prop(into)]
    on_toggle: Callback<(NodeId, bool)>,
) -> impl IntoView {
    let language = use_language();
    let Row { id, name, kind, depth, is_managed } = row;
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
            <li class="node-picker__row" data-above="" style:padding-inline-start=indent>
                {label}
            </li>
        }
        .into_any();
    }
    view! {
        <li>
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

/// Returns the managed nodes whose names contain the search text, and their ancestors.
fn rows(current_user: &CurrentUser, search: &str) -> Vec<Row> {
    let search = case::to_lowercase(search.trim());
    let mut rows: Vec<Row> = Vec::with_capacity(current_user.nodes.len());
    let depth_of = |rows: &[Row], parent: Option<NodeId>| {
        let above = parent.and_then(|parent| rows.iter().rfind(|row| row.id == parent));
        above.map_or(0, |above| above.depth + 1)
    };
    for node in &current_user.nodes {
        let depth = depth_of(&rows, node.parent_id);
        let is_managed = current_user.session.managed.contains(&node.id);
        rows.push(Row { id: node.id, name: node.name.clone(), kind: node.kind, depth, is_managed });
    }
    // Iterates in reverse, because an ancestor precedes its descendants and is kept if a descendant is kept.
    let mut kept_depth = 0;
    let mut kept = Vec::new();
    for row in rows.into_iter().rev() {
        let is_above_kept = row.depth < kept_depth;
        let is_found = row.is_managed && case::to_lowercase(&row.name).contains(&search);
        if is_found || is_above_kept {
            kept_depth = row.depth;
            kept.push(row);
        } else {
            kept_depth = kept_depth.min(row.depth);
        }
    }
    kept.reverse();
    kept
}

fn checkboxes(list: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(found) = list.query_selector_all("input") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}
