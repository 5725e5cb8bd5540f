use leptos::prelude::*;
use studio_users_domain::{NodeId, NodeKind};

use super::panel::{FilterButton, PanelFooter, filter_class, summarize_nodes};
use super::prerendered_choice::{Check, ChoiceLink};
use crate::features::users::data::node_choice::{self, CheckState};
use crate::i18n::{format, messages, use_language};
use crate::state::{Filters, use_current_user};
use crate::ui::{Glyph, Icon, PrerenderedPopover};

/// The maximum number of nodes in the list. More would delay the page. The program lists all.
const MAX_NODES: usize = 100;

/// The environment filter of the prerendered page: a list of links, without a search.
#[component]
pub(crate) fn EnvironmentLinks(
    filters: Signal<Filters>,
    /// Receives the new filters.
    on_filters: Callback<Filters>,
) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user().get_untracked();
    let filters = filters.get_untracked();
    let value = summarize_nodes(language, &filters.nodes, filters.assigned, &current_user);
    let all = filters.clone();
    let change = move |nodes: Vec<NodeId>, assigned: bool| {
        on_filters.run(Filters { nodes, assigned, ..all.clone() });
    };
    let managed: Vec<_> = current_user.managed_positions().collect();
    let hidden = managed.len().saturating_sub(MAX_NODES);
    let states = node_choice::check_states(&current_user, &filters.nodes);
    let (chosen, assigned) = (filters.nodes, filters.assigned);
    let links = managed.into_iter().take(MAX_NODES).map(|position| {
        let node = current_user.nodes[position].clone();
        let depth = current_user.managed_depth(position);
        let toggled = node_choice::toggled_node(&current_user, &chosen, node.id);
        let change = change.clone();
        let is_environment = node.kind == NodeKind::Environment;
        view! {
            <ChoiceLink
                class="checkbox"
                is_chosen=states[position] == CheckState::Checked
                on_choose=move || change(toggled.clone(), assigned)
            >
                {(!is_environment).then(|| view! { <Icon glyph=Glyph::Agency /> })}
                <bdi class="truncate" data-depth=depth.to_string()>{node.name}</bdi>
            </ChoiceLink>
        }
    });
    let links = links.collect_view();
    let is_set = assigned || !chosen.is_empty();
    let summary = match chosen.len() {
        0 => messages::all_users(language).to_string(),
        count => messages::selected(language, u32::try_from(count).unwrap_or(u32::MAX)),
    };
    let number = format::number(language, u32::try_from(hidden).unwrap_or(u32::MAX));
    let (clear, toggle) = (StoredValue::new(change.clone()), change);
    view! {
        <PrerenderedPopover
            label=messages::environment(language).to_string()
            class=filter_class(value.is_some())
            panel="filter-panel filter-panel--tree"
            button=ViewFn::from(move || {
                view! { <FilterButton label=messages::environment(language) value=Signal::stored(value.clone()) /> }
            })
        >
            <div class="filter-panel__list" role="group" aria-label=messages::environments(language)>
                {links}
                {(hidden > 0).then(|| view! { <p class="filter-panel__none hint">{messages::more(language, &number)}</p> })}
            </div>
            <div class="filter-panel__more">
                <Check
                    label=messages::include_inherited(language)
                    hint=messages::include_inherited_hint(language)
                    is_chosen=Signal::stored(!assigned)
                    on_toggle=move || toggle(chosen.clone(), !assigned)
                />
            </div>
            <PanelFooter
                summary=Signal::stored(summary)
                is_set=Signal::stored(is_set)
                on_clear=move || clear.with_value(|clear| clear(Vec::new(), false))
            />
        </PrerenderedPopover>
    }
}
