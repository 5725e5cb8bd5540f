use leptos::prelude::*;
use studio_users_domain::{NodeId, NodeKind};

use super::choice::Check;
use super::panel::{FilterButton, PanelFoot, filter_class, named};
use crate::features::users::model::{self, NodeChoice};
use crate::i18n::{format, messages, use_language};
use crate::state::{Filters, use_reader};
use crate::ui::{Glyph, Icon, Popover};

/// The filter by environment: the tree of those that the reader manages, with a search over it.
#[component]
pub(super) fn EnvironmentFilter(
    /// What is chosen.
    filters: Signal<Filters>,
    /// Is told of another choice.
    on_filters: Callback<Filters>,
) -> impl IntoView {
    let language = use_language();
    let reader = use_reader();
    let search = RwSignal::new(String::new());
    let chosen = Memo::new(move |_| filters.read().nodes.clone());
    let is_assigned = Memo::new(move |_| filters.read().assigned);
    let change = move |nodes: Vec<NodeId>, assigned: bool| {
        on_filters.run(Filters { nodes, assigned, ..filters.get_untracked() });
    };
    let value = Signal::derive(move || {
        let reader = reader.read();
        let chosen = chosen.get();
        let names: Vec<_> = chosen.iter().filter_map(|id| Some(reader.node(*id)?.name.as_str())).collect();
        if chosen.is_empty() {
            is_assigned.get().then(|| messages::without_inherited(language).to_string())
        } else {
            named(language, &names).or_else(|| Some(format::number(language, 0)))
        }
    });
    let found = Memo::new(move |_| reader.read().managed_nodes(&search.read()));
    let choice = move |node: NodeId| model::node_choice(&chosen.read(), &reader.read().nodes, node);
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
            <div class="filter-panel__list" role="group" aria-label=messages::environments(language)>
                <For each=move || found.get() key=|(node, _)| node.id let((node, depth))>
                    {
                        let id = node.id;
                        let is_environment = node.kind == NodeKind::Environment;
                        view! {
                            <label class="filter-item" style:--depth=depth.to_string()>
                                <input
                                    class="checkbox"
                                    type="checkbox"
                                    prop:checked=move || choice(id) == NodeChoice::Whole
                                    prop:indeterminate=move || choice(id) == NodeChoice::Partly
                                    on:change=move |_| {
                                        let chosen = chosen.get_untracked();
                                        let nodes = &reader.read_untracked().nodes;
                                        change(
                                            model::toggled_node(&chosen, nodes, id),
                                            is_assigned.get_untracked(),
                                        );
                                    }
                                />
                                {(!is_environment).then(|| view! { <Icon glyph=Glyph::Agency /> })}
                                <bdi class="truncate">{node.name.clone()}</bdi>
                            </label>
                        }
                    }
                </For>
                <Show when=move || found.read().is_empty()>
                    <p class="filter-panel__none hint">{messages::no_environment_found(language)}</p>
                </Show>
            </div>
            <div class="filter-panel__more">
                <Check
                    words=messages::include_inherited(language)
                    hint=messages::include_inherited_hint(language)
                    is_chosen=Signal::derive(move || !is_assigned.get())
                    on_toggle=move || change(chosen.get_untracked(), !is_assigned.get_untracked())
                />
            </div>
            <PanelFoot
                words=Signal::derive(move || match chosen.read().len() {
                    0 => messages::nothing_chosen(language).to_string(),
                    count => messages::chosen(language, u32::try_from(count).unwrap_or(u32::MAX)),
                })
                is_set=Signal::derive(move || is_assigned.get() || !chosen.read().is_empty())
                on_clear=move || change(Vec::new(), false)
            />
        </Popover>
    }
}
