use leptos::html;
use leptos::prelude::*;
use studio_users_contract::NodeView;
use studio_users_domain::{NodeId, NodeKind};

use super::choice::Check;
use super::panel::{FilterButton, PanelFooter, filter_class, summarize};
use crate::features::users::data::node_choice::{self, CheckState};
use crate::i18n::{format, messages, use_language};
use crate::state::{Filters, use_current_user};
use crate::ui::{Glyph, Icon, Popover, RowPlace, RowWindow};

/// The environment filter: the tree of nodes that the current user manages, with a search field.
#[component]
pub(crate) fn EnvironmentFilter(
    filters: Signal<Filters>,
    /// Receives the new filters.
    on_filters: Callback<Filters>,
) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    let search = RwSignal::new(String::new());
    let chosen = Memo::new(move |_| filters.read().nodes.clone());
    let is_assigned = Memo::new(move |_| filters.read().assigned);
    let change = move |nodes: Vec<NodeId>, assigned: bool| {
        on_filters.run(Filters { nodes, assigned, ..filters.get_untracked() });
    };
    let value = Signal::derive(move || {
        let current_user = current_user.read();
        let chosen = chosen.get();
        let names: Vec<_> =
            chosen.iter().filter_map(|id| Some(current_user.node(*id)?.name.as_str())).collect();
        if chosen.is_empty() {
            is_assigned.get().then(|| messages::assigned_only(language).to_string())
        } else {
            summarize(language, &names).or_else(|| Some(format::number(language, 0)))
        }
    });
    let states = Memo::new(move |_| node_choice::check_states(&current_user.read(), &chosen.read()));
    let toggle = move |node: NodeId| {
        let nodes = node_choice::toggled_node(&current_user.read_untracked(), &chosen.read_untracked(), node);
        change(nodes, is_assigned.get_untracked());
    };
    view! {
        <Popover
            label=Signal::stored(messages::environment(language).to_string())
            class=Signal::derive(move || filter_class(value.get().is_some()))
            panel="filter-panel filter-panel--tree"
            button=ViewFn::from(move || {
                view! { <FilterButton label=messages::environment(language) value /> }
            })
        >
            <label class="filter-panel__search">
                <Icon glyph=Glyph::Search />
                <input
                    type="search"
                    autofocus
                    autocomplete="off"
                    placeholder=messages::find_environment(language)
                    aria-label=messages::find_environment(language)
                    prop:value=search
                    on:input=move |event| search.set(event_target_value(&event))
                />
            </label>
            <NodeList search=search.into() states on_toggle=toggle />
            <div class="filter-panel__more">
                <Check
                    label=messages::include_inherited(language)
                    hint=messages::include_inherited_hint(language)
                    is_chosen=Signal::derive(move || !is_assigned.get())
                    on_toggle=move || change(chosen.get_untracked(), !is_assigned.get_untracked())
                />
            </div>
            <PanelFooter
                summary=Signal::derive(move || match chosen.read().len() {
                    0 => messages::all_users(language).to_string(),
                    count => messages::selected(language, u32::try_from(count).unwrap_or(u32::MAX)),
                })
                is_set=Signal::derive(move || is_assigned.get() || !chosen.read().is_empty())
                on_clear=move || change(Vec::new(), false)
            />
        </Popover>
    }
}

/// The nodes whose names contain the search text, as a tree of checkboxes.
#[component]
fn NodeList(
    search: Signal<String>,
    /// The states of the checkboxes of all visible nodes, by position.
    states: Memo<Vec<CheckState>>,
    #[prop(into)] on_toggle: Callback<NodeId>,
) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    let list = NodeRef::<html::Ul>::new();
    let found = Memo::new(move |_| current_user.read().find_managed(&search.read()));
    let window = RowWindow::new(list, Signal::derive(move || found.read().len()), Signal::stored(None));
    let node = move |row: usize| {
        let position = *found.read().get(row)?;
        let current_user = current_user.read();
        Some((current_user.nodes.get(position)?.clone(), current_user.managed_depth(position)))
    };
    let state = move |node: NodeId| {
        let position = current_user.read().position(node);
        position.and_then(|position| states.read().get(position).copied()).unwrap_or_default()
    };
    let row = move |(place, (node, depth)): (RowPlace, (NodeView, usize))| {
        let id = node.id;
        let is_environment = node.kind == NodeKind::Environment;
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
                        on:change=move |_| on_toggle.run(id)
                    />
                    {(!is_environment).then(|| view! { <Icon glyph=Glyph::Agency /> })}
                    <bdi class="truncate">{node.name}</bdi>
                </label>
            </li>
        }
    };
    view! {
        <div class="filter-panel__list" role="group" aria-label=messages::environments(language)>
            <ul role="list" node_ref=list>
                <For
                    each=move || window.places(node)
                    key=|(place, (node, _))| place.key(node.id)
                    children=row
                />
            </ul>
            <Show when=move || found.read().is_empty()>
                <p class="filter-panel__none hint">{messages::no_environments_found(language)}</p>
            </Show>
        </div>
    }
}
