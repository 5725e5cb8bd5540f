use leptos::html;
use leptos::prelude::*;
use studio_users_domain::{NodeId, NodeKind};

use crate::features::users::data::node_choice::{self, CheckState};
use crate::i18n::{messages, use_language};
use crate::reactive::memo;
use crate::state::use_current_user;
use crate::ui::{Glyph, Icon, RowPlace, RowWindow};

/// The nodes that the current user manages and whose names contain the search text, as a tree of checkboxes.
#[component]
pub(super) fn NodeList(
    search: Signal<String>,
    chosen: Memo<Vec<NodeId>>,
    /// Receives the chosen nodes after a click.
    on_choose: Callback<Vec<NodeId>>,
) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    let list = NodeRef::<html::Ul>::new();
    let states = memo(move |_| node_choice::check_states(&current_user.read(), &chosen.read()));
    let found = memo(move |_| current_user.read().find_managed(&search.read()));
    let window = RowWindow::new(list, Signal::derive(move || found.read().len()), Signal::stored(None));
    let key = move |row: usize| {
        let position = *found.read().get(row)?;
        Some(current_user.read().nodes.get(position)?.id.0.as_u128())
    };
    let state = move |node: NodeId| {
        let position = current_user.read().position(node);
        position.and_then(|position| states.read().get(position).copied()).unwrap_or_default()
    };
    let row = move |place: RowPlace| {
        let node = || {
            let position = *found.read_untracked().get(place.index())?;
            let current_user = current_user.read_untracked();
            Some((current_user.nodes.get(position)?.clone(), current_user.managed_depth(position)))
        };
        let Some((node, depth)) = node() else { return ().into_any() };
        let id = node.id;
        let is_environment = node.kind == NodeKind::Environment;
        let toggle = move |_| {
            let current_user = current_user.read_untracked();
            on_choose.run(node_choice::toggled_node(&current_user, &chosen.get_untracked(), id));
        };
        view! {
            <li
                data-row=place.row()
                aria-posinset=place.position()
                aria-setsize=place.size()
                style:margin-block-start=move || place.margin()
            >
                <label class="filter-item" style:--depth=depth.to_string()>
                    <input
                        class="checkbox"
                        type="checkbox"
                        prop:checked=move || state(id) == CheckState::Checked
                        prop:indeterminate=move || state(id) == CheckState::Indeterminate
                        on:change=toggle
                    />
                    {(!is_environment).then(|| view! { <Icon glyph=Glyph::Agency /> })}
                    <bdi class="truncate">{node.name}</bdi>
                </label>
            </li>
        }
        .into_any()
    };
    view! {
        <div class="filter-panel__list" role="group" aria-label=messages::environments(language)>
            <ul role="list" node_ref=list>
                {window.rows(key, row)}
            </ul>
            <Show when=move || found.read().is_empty()>
                <p class="filter-panel__none hint">{messages::no_environments_found(language)}</p>
            </Show>
        </div>
    }
}
