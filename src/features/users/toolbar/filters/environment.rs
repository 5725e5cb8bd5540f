use leptos::prelude::*;
use studio_users_domain::NodeId;

use super::choice::Check;
use super::node_list::NodeList;
use super::panel::{FilterButton, PanelFooter, filter_class, summarize_nodes};
use crate::i18n::{messages, use_language};
use crate::parts::{Lazy, lazy};
use crate::reactive::memo;
use crate::state::{Filters, use_current_user};
use crate::ui::{Glyph, Icon, Popover};

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
    let chosen = memo(move |_| filters.read().nodes.clone());
    let is_assigned = memo(move |_| filters.read().assigned);
    let change = move |nodes: Vec<NodeId>, assigned: bool| {
        on_filters.run(Filters { nodes, assigned, ..filters.get_untracked() });
    };
    let value = Signal::derive(move || {
        summarize_nodes(language, &chosen.read(), is_assigned.get(), &current_user.read())
    });
    let choose = Callback::new(move |nodes| change(nodes, is_assigned.get_untracked()));
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
            <Lazy load=node_list with=(search, chosen, choose) class="filter-panel__list" />
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

lazy! {
    fn node_list(with: (RwSignal<String>, Memo<Vec<NodeId>>, Callback<Vec<NodeId>>)) in dialogs {
        let (search, chosen, on_choose) = with;
        view! { <NodeList search=search.into() chosen on_choose /> }
    }
}
