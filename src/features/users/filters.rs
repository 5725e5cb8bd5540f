use leptos::prelude::*;
use studio_users_contract::NodeView;
use studio_users_domain::{NodeId, Role, Status};

use super::model::{self, NodeChoice, status_name};
use crate::i18n::{Language, format, messages, use_language};
use crate::state::{ActiveWithin, Filters, use_reader};
use crate::ui::{Glyph, Icon, Popover};

/// How many choices a filter's button names before it counts them.
const NAMED: usize = 2;

/// The filters of the list.
#[component]
pub(super) fn FilterBar(
    /// What is chosen.
    #[prop(into)]
    filters: Signal<Filters>,
    /// Is told of another choice.
    #[prop(into)]
    on_filters: Callback<Filters>,
) -> impl IntoView {
    let language = use_language();
    let change = move |change: &dyn Fn(&mut Filters)| {
        let mut changed = filters.get_untracked();
        change(&mut changed);
        on_filters.run(changed);
    };
    let on_nodes =
        Callback::new(move |nodes: Vec<NodeId>| change(&|filters| filters.nodes.clone_from(&nodes)));
    let roles = move || Role::all().collect::<Vec<_>>();
    let statuses = move || vec![Status::Active, Status::Invited, Status::Expired];
    view! {
        <EnvironmentFilter
            chosen=Signal::derive(move || filters.read().nodes.clone())
            on_choose=on_nodes
        />
        <ChoiceFilter
            label=messages::role(language)
            value=Signal::derive(move || {
                let names: Vec<_> = filters.read().roles.iter().map(|role| role.name(language)).collect();
                named(language, &names)
            })
            on_clear=move || change(&|filters| filters.roles.clear())
        >
            {roles()
                .into_iter()
                .map(|role| {
                    view! {
                        <Check
                            words=role.name(language)
                            hint=role.description(language)
                            is_chosen=Signal::derive(move || filters.read().roles.contains(role))
                            on_toggle=move || {
                                change(
                                    &|filters| {
                                        if !filters.roles.remove(role) {
                                            filters.roles.insert(role);
                                        }
                                    },
                                );
                            }
                        />
                    }
                })
                .collect_view()}
        </ChoiceFilter>
        <ChoiceFilter
            label=messages::status(language)
            value=Signal::derive(move || {
                let names: Vec<_> =
                    filters.read().statuses.iter().map(|&status| status_name(language, status)).collect();
                named(language, &names)
            })
            on_clear=move || change(&|filters| filters.statuses.clear())
        >
            {statuses()
                .into_iter()
                .map(|status| {
                    view! {
                        <Check
                            words=status_name(language, status)
                            is_chosen=Signal::derive(move || filters.read().statuses.contains(&status))
                            on_toggle=move || {
                                change(
                                    &|filters| {
                                        let before = filters.statuses.len();
                                        filters.statuses.retain(|other| *other != status);
                                        if filters.statuses.len() == before {
                                            filters.statuses.push(status);
                                            filters.statuses.sort_unstable();
                                        }
                                    },
                                );
                            }
                        />
                    }
                })
                .collect_view()}
        </ChoiceFilter>
        <ChoiceFilter
            label=messages::last_active(language)
            value=Signal::derive(move || filters.read().active.map(|span| span_name(language, span)))
            on_clear=move || change(&|filters| filters.active = None)
        >
            <div role="radiogroup" aria-label=messages::last_active(language)>
                {[None, Some(ActiveWithin::Day), Some(ActiveWithin::Week), Some(ActiveWithin::Month), Some(ActiveWithin::Quarter)]
                    .into_iter()
                    .map(|span| {
                        let words = span
                            .map_or_else(
                                || messages::any_time(language).to_string(),
                                |span| span_name(language, span),
                            );
                        view! {
                            <label class="filter-item">
                                <input
                                    class="radio"
                                    type="radio"
                                    name="last-active"
                                    prop:checked=move || filters.read().active == span
                                    on:change=move |_| change(&|filters| filters.active = span)
                                />
                                <span>{words}</span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
        </ChoiceFilter>
        <Show when=move || filters.read().are_set()>
            <button
                class="button button--quiet toolbar__clear"
                type="button"
                on:click=move |_| {
                    on_filters
                        .run(Filters {
                            search: filters.read_untracked().search.clone(),
                            ..Filters::default()
                        });
                }
            >
                {messages::clear_filters(language)}
            </button>
        </Show>
    }
}

/// A filter behind a button that says what is chosen.
#[component]
fn ChoiceFilter(
    /// What it filters by.
    label: &'static str,
    /// What is chosen, in words.
    value: Signal<Option<String>>,
    /// Lets go of what is chosen.
    on_clear: impl Fn() + Copy + Send + Sync + 'static,
    /// What there is to choose from.
    children: ChildrenFn,
) -> impl IntoView {
    let language = use_language();
    let children = StoredValue::new(children);
    view! {
        <Popover
            label=Signal::stored(label.to_string())
            class=Signal::derive(move || filter_class(value.get().is_some()))
            panel="filter-panel"
            button=ViewFn::from(move || view! { <FilterButton label value /> })
        >
            <div class="filter-panel__list">{children.with_value(|children| children())}</div>
            <PanelFoot
                words=Signal::derive(move || value.get().unwrap_or_else(|| messages::nothing_chosen(language).into()))
                is_set=Signal::derive(move || value.get().is_some())
                on_clear
            />
        </Popover>
    }
}

/// The filter by environment: the tree of those that the reader manages, with a search over it.
#[component]
fn EnvironmentFilter(
    /// The nodes chosen.
    chosen: Signal<Vec<NodeId>>,
    /// Is told of another choice.
    #[prop(into)]
    on_choose: Callback<Vec<NodeId>>,
) -> impl IntoView {
    let language = use_language();
    let reader = use_reader();
    let search = RwSignal::new(String::new());
    let value = Signal::derive(move || {
        let reader = reader.read();
        let chosen = chosen.get();
        let names: Vec<_> = chosen.iter().filter_map(|id| Some(reader.node(*id)?.name.as_str())).collect();
        if chosen.is_empty() {
            None
        } else {
            named(language, &names).or_else(|| Some(format::number(language, 0)))
        }
    });
    // The nodes managed, each with how deep it stands.
    let nodes = Memo::new(move |_| {
        let reader = reader.read();
        let managed: Vec<NodeView> =
            reader.nodes.iter().filter(|node| reader.session.managed.contains(&node.id)).cloned().collect();
        let depth = |node: &NodeView| {
            let above =
                |id: NodeId| managed.iter().find(|node| node.id == id).and_then(|node| node.parent_id);
            let line = std::iter::successors(node.parent_id, |&id| above(id));
            line.filter(|id| managed.iter().any(|node| node.id == *id)).count()
        };
        managed.iter().map(|node| (node.clone(), depth(node))).collect::<Vec<_>>()
    });
    let found = Memo::new(move |_| {
        let wanted = search.read().trim().to_lowercase();
        let fits = |node: &NodeView| wanted.is_empty() || node.name.to_lowercase().contains(&wanted);
        nodes.get().into_iter().filter(|(node, _)| fits(node)).collect::<Vec<_>>()
    });
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
                        let is_environment = node.kind == studio_users_domain::NodeKind::Environment;
                        view! {
                            <label class="filter-item" style:--depth=depth.to_string()>
                                <input
                                    class="checkbox"
                                    type="checkbox"
                                    prop:checked=move || choice(id) == NodeChoice::Whole
                                    prop:indeterminate=move || choice(id) == NodeChoice::Partly
                                    on:change=move |_| {
                                        let chosen = chosen.get_untracked();
                                        on_choose
                                            .run(
                                                model::toggled_node(
                                                    &chosen,
                                                    &reader.read_untracked().nodes,
                                                    id,
                                                ),
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
            <PanelFoot
                words=Signal::derive(move || match chosen.read().len() {
                    0 => messages::nothing_chosen(language).to_string(),
                    count => messages::chosen(language, u32::try_from(count).unwrap_or(u32::MAX)),
                })
                is_set=Signal::derive(move || !chosen.read().is_empty())
                on_clear=move || on_choose.run(Vec::new())
            />
        </Popover>
    }
}

#[component]
fn FilterButton(label: &'static str, value: Signal<Option<String>>) -> impl IntoView {
    view! {
        {label}
        {move || value.get().map(|value| view! { " " <bdi class="filter__value">{value}</bdi> })}
        <Icon glyph=Glyph::ChevronDown small=true />
    }
}

#[component]
fn Check(
    /// What is chosen by it.
    #[prop(into)]
    words: String,
    /// More about it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Whether it is.
    is_chosen: Signal<bool>,
    /// Chooses it, or lets go of it.
    on_toggle: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <label class="filter-item">
            <input class="checkbox" type="checkbox" prop:checked=is_chosen on:change=move |_| on_toggle() />
            <span>{words} {hint.map(|hint| view! { <small class="hint">{hint}</small> })}</span>
        </label>
    }
}

#[component]
fn PanelFoot(
    /// What is chosen.
    words: Signal<String>,
    /// Whether anything is.
    is_set: Signal<bool>,
    /// Lets go of it.
    on_clear: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let language = use_language();
    view! {
        <div class="filter-panel__foot">
            <span class="hint truncate">{words}</span>
            <button
                class="button button--quiet button--small"
                type="button"
                aria-disabled=move || (!is_set.get()).then_some("true")
                on:click=move |_| {
                    if is_set.get_untracked() {
                        on_clear();
                    }
                }
            >
                {messages::clear(language)}
            </button>
        </div>
    }
}

fn filter_class(is_set: bool) -> String {
    if is_set { "button filter filter--set" } else { "button filter" }.into()
}

/// What is chosen, in words: a few by their names, more by their number.
fn named(language: Language, names: &[&str]) -> Option<String> {
    match names.len() {
        0 => None,
        1..=NAMED => Some(names.join(", ")),
        count => Some(messages::chosen(language, u32::try_from(count).unwrap_or(u32::MAX))),
    }
}

/// A span of time, in words.
pub(super) fn span_name(language: Language, span: ActiveWithin) -> String {
    messages::last_days(language, span.days())
}
