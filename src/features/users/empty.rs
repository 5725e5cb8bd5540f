use leptos::prelude::*;
use studio_users_domain::RoleSet;

use super::invite_button::InviteButton;
use super::toolbar::filters::span_name;
use crate::api::ApiError;
use crate::i18n::{isolated, labels, messages, use_language};
use crate::parts::{NavigationButton, lazy};
use crate::state::{Filters, History, List, Navigation, Route, explain, use_current_user};
use crate::ui::{Glyph, Icon};

lazy! {
    /// The empty state of the list, with the list and the handler for new filters.
    pub fn empty((list, on_filters): (Signal<List>, Callback<Filters>)) in dialogs {
        view! { <Empty list on_filters /> }
    }
}

lazy! {
    /// The empty state below the current user's own row.
    pub(crate) fn only_user(_: ()) in dialogs {
        view! { <OnlyUser /> }
    }
}

/// The empty state: no user matches the search and filters, or there are no users.
#[component]
fn Empty(
    /// The empty list.
    list: Signal<List>,
    /// Applies new filters.
    #[prop(into)]
    on_filters: Callback<Filters>,
) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    move || {
        let Filters { search, nodes, assigned, roles, statuses, undelivered, active } = list.get().filters;
        let filters = list.get().filters;
        let is_searched = !search.trim().is_empty();
        let (title, text) = match (is_searched, filters.are_set()) {
            (false, false) => (messages::no_users(language), messages::no_users_text(language).to_string()),
            (true, false) => (
                messages::no_users_found(language),
                messages::no_users_found_text(language, &isolated(search.trim())),
            ),
            (_, true) => (
                messages::no_users_match_filters(language),
                messages::no_users_match_text(language).to_string(),
            ),
        };
        // One button for each filter that can be removed.
        let mut suggestions: Vec<(String, Filters)> = Vec::new();
        if is_searched {
            suggestions.push((
                messages::clear_search(language).into(),
                Filters { search: String::new(), ..filters.clone() },
            ));
        }
        let mut without = |name: String, remaining: Filters| {
            suggestions.push((messages::clear_filter(language, &isolated(&name)), remaining));
        };
        if !nodes.is_empty() {
            let current_user = current_user.read();
            let names: Vec<_> =
                nodes.iter().filter_map(|id| Some(current_user.node(*id)?.name.as_str())).collect();
            without(names.join(", "), Filters { nodes: Vec::new(), ..filters.clone() });
        }
        if !roles.is_empty() {
            let names: Vec<_> = roles.iter().map(|role| role.name(language)).collect();
            without(names.join(", "), Filters { roles: RoleSet::empty(), ..filters.clone() });
        }
        if !statuses.is_empty() {
            let names: Vec<_> = statuses.iter().map(|&status| labels::status(language, status)).collect();
            without(names.join(", "), Filters { statuses: Vec::new(), ..filters.clone() });
        }
        if undelivered {
            let name = messages::invitation_undelivered(language).to_owned();
            without(name, Filters { undelivered: false, ..filters.clone() });
        }
        if let Some(span) = active {
            without(span_name(language, span), Filters { active: None, ..filters.clone() });
        }
        if assigned {
            suggestions.push((
                messages::include_inherited(language).into(),
                Filters { assigned: false, ..filters.clone() },
            ));
        }
        let has_several = suggestions.len() > 1;
        let suggestions = suggestions.into_iter().map(|(label, remaining)| {
            view! {
                <NavigationButton class="button" on_click=move |()| on_filters.run(remaining.clone())>
                    {label}
                </NavigationButton>
            }
        });
        view! {
            <div class="empty">
                <Illustration glyph=if filters.are_empty() { Glyph::UserPlus } else { Glyph::Search } />
                <h2 class="empty__title">{title}</h2>
                <p class="empty__text">{text}</p>
                <div class="empty__actions">
                    {suggestions.collect_view()}
                    {has_several
                        .then(|| {
                            view! {
                                <NavigationButton
                                    class="button"
                                    on_click=move |()| on_filters.run(Filters::default())
                                >
                                    {messages::clear_all_filters(language)}
                                </NavigationButton>
                            }
                        })}
                    {filters
                        .are_empty()
                        .then(|| {
                            view! {
                                <InviteButton />
                            }
                        })}
                </div>
            </div>
        }
    }
}

/// The empty state of a list with only the current user: invites the first colleague.
#[component]
fn OnlyUser() -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let on_roles = move |_| {
        navigation.with_value(|navigation| navigation.go(Route::Roles, History::Push));
    };
    view! {
        <div class="empty empty--below-row">
            <Illustration glyph=Glyph::UserPlus />
            <h2 class="empty__title">{messages::no_other_users(language)}</h2>
            <p class="empty__text">{messages::no_other_users_text(language)}</p>
            <div class="empty__actions">
                <InviteButton />
                <button class="button" type="button" on:click=on_roles>
                    <Icon glyph=Glyph::Matrix />
                    {messages::compare_roles(language)}
                </button>
            </div>
        </div>
    }
}

/// An illustration of an empty list.
#[component]
fn Illustration(
    /// The icon in its center.
    glyph: Glyph,
) -> impl IntoView {
    let line = || view! { <span class="empty__line"><i></i><i></i><i></i></span> };
    view! {
        <span class="empty__art" aria-hidden="true">
            {line()} {line()} {line()}
            <span class="empty__icon">
                <Icon glyph />
            </span>
        </span>
    }
}

/// The error of the last request, with a retry button. Rows that were loaded before stay visible.
#[component]
pub(crate) fn LoadError(
    error: Signal<Option<ApiError>>,
    /// Whether there are no rows to show, so that the error takes the place of the list.
    is_whole: Signal<bool>,
    /// Retries the request.
    #[prop(into)]
    on_retry: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let cause = move || error.get().map(|error| explain(language, &error));
    view! {
        <div class=move || if is_whole.get() { "empty" } else { "notice" } role="alert">
            <span class="empty__icon" data-error="">
                <Icon glyph=Glyph::Alert />
            </span>
            <h2 class="empty__title">{messages::users_failed(language)}</h2>
            <p class="empty__text">{cause}</p>
            <div class="empty__actions">
                <button class="button" type="button" on:click=move |_| on_retry.run(())>
                    <Icon glyph=Glyph::Reset />
                    {messages::retry(language)}
                </button>
            </div>
        </div>
    }
}
