//! The filters of the list. Each is a popover behind a button that shows the current choice.

#[cfg(target_family = "wasm")]
mod choice;
#[cfg(target_family = "wasm")]
mod environment;
#[cfg(target_family = "wasm")]
mod node_list;
mod panel;
#[cfg(not(target_family = "wasm"))]
mod prerendered_choice;
#[cfg(not(target_family = "wasm"))]
mod prerendered_environment;

use leptos::prelude::*;
use studio_users_domain::{Role, Status};

use crate::i18n::{Language, labels, messages, use_language};
use crate::parts::NavigationButton;
use crate::state::{ActiveWithin, Filters};
#[cfg(target_family = "wasm")]
use choice::{Check, ChoiceFilter, Radio};
#[cfg(target_family = "wasm")]
use environment::EnvironmentFilter;
use panel::summarize;
#[cfg(not(target_family = "wasm"))]
use prerendered_choice::{Check, ChoiceFilter, Radio};

/// The role of a group of radio buttons. Links, which replace them in the prerendered HTML, form a plain group.
const RADIO_GROUP: &str = if cfg!(target_family = "wasm") { "radiogroup" } else { "group" };

/// The row of filter buttons.
#[component]
pub(crate) fn FilterBar(
    #[prop(into)] filters: Signal<Filters>,
    /// Receives the new filters.
    #[prop(into)]
    on_filters: Callback<Filters>,
) -> impl IntoView {
    let language = use_language();
    let change = move |change: &dyn Fn(&mut Filters)| {
        let mut changed = filters.get_untracked();
        change(&mut changed);
        on_filters.run(changed);
    };
    #[cfg(target_family = "wasm")]
    let environment = view! { <EnvironmentFilter filters on_filters /> };
    #[cfg(not(target_family = "wasm"))]
    let environment = view! { <prerendered_environment::EnvironmentLinks filters on_filters /> };
    let roles = move || Role::all().collect::<Vec<_>>();
    let statuses = move || Status::ALL.to_vec();
    view! {
        {environment}
        <ChoiceFilter
            label=messages::role(language)
            value=Signal::derive(move || {
                let names: Vec<_> = filters.read().roles.iter().map(|role| role.name(language)).collect();
                summarize(language, &names)
            })
            on_clear=move || change(&|filters| filters.roles.clear())
        >
            {roles()
                .into_iter()
                .map(|role| {
                    view! {
                        <Check
                            label=role.name(language)
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
                let filters = filters.read();
                let names = filters.statuses.iter().map(|&status| labels::status(language, status));
                let undelivered = filters.undelivered.then(|| messages::invitation_undelivered(language));
                summarize(language, &names.chain(undelivered).collect::<Vec<_>>())
            })
            on_clear=move || {
                change(&|filters| {
                    filters.statuses.clear();
                    filters.undelivered = false;
                });
            }
        >
            {statuses()
                .into_iter()
                .map(|status| {
                    view! {
                        <Check
                            label=labels::status(language, status)
                            is_chosen=Signal::derive(move || filters.read().statuses.contains(&status))
                            on_toggle=move || {
                                change(
                                    &|filters| {
                                        let before = filters.statuses.len();
                                        filters.statuses.retain(|other| *other != status);
                                        if filters.statuses.len() == before {
                                            let index = filters.statuses.partition_point(|other| *other < status);
                                            filters.statuses.insert(index, status);
                                        }
                                    },
                                );
                            }
                        />
                    }
                })
                .collect_view()} <div class="menu__rule" role="separator"></div>
            <Check
                label=messages::invitation_undelivered(language)
                is_chosen=Signal::derive(move || filters.read().undelivered)
                on_toggle=move || change(&|filters| filters.undelivered = !filters.undelivered)
            />
        </ChoiceFilter>
        <ChoiceFilter
            label=messages::last_active(language)
            value=Signal::derive(move || filters.read().active.map(|span| span_name(language, span)))
            on_clear=move || change(&|filters| filters.active = None)
        >
            <div role=RADIO_GROUP aria-label=messages::last_active(language)>
                {[None, Some(ActiveWithin::Day), Some(ActiveWithin::Week), Some(ActiveWithin::Month), Some(ActiveWithin::Quarter)]
                    .into_iter()
                    .map(|span| {
                        let label = span
                            .map_or_else(
                                || messages::any_time(language).to_string(),
                                |span| span_name(language, span),
                            );
                        view! {
                            <Radio
                                label
                                is_chosen=move || filters.read().active == span
                                on_choose=move || change(&|filters| filters.active = span)
                            />
                        }
                    })
                    .collect_view()}
            </div>
        </ChoiceFilter>
        <Show when=move || filters.read().are_set()>
            <NavigationButton
                class="button button--quiet"
                on_click=move |()| {
                    on_filters
                        .run(Filters {
                            search: filters.read_untracked().search.clone(),
                            ..Filters::default()
                        });
                }
            >
                {messages::clear_filters(language)}
            </NavigationButton>
        </Show>
    }
}

/// The label of a time span.
pub(crate) fn span_name(language: Language, span: ActiveWithin) -> String {
    messages::last_days(language, span.days())
}
