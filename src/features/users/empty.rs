use leptos::prelude::*;
use studio_users_domain::RoleSet;

use super::filters::span_name;
use super::invite_button::InviteButton;
use super::model::List;
use crate::api::ApiError;
use crate::i18n::{isolated, messages, use_language, words};
use crate::parts::lazy;
use crate::state::{Filters, History, Navigation, Place, explain, use_reader};
use crate::ui::{Glyph, Icon};

lazy! {
    /// What stands where the list is empty, with its filters and who is told of others.
    pub(super) fn empty((list, on_filters): (Signal<List>, Callback<Filters>)) in dialogs {
        view! { <Empty list on_filters /> }
    }
}

lazy! {
    /// What stands below the reader's own row where there is no other.
    pub(super) fn first(_: ()) in dialogs {
        view! { <First /> }
    }
}

/// Nobody to show: nobody matches, or there is nobody.
#[component]
fn Empty(
    /// Where there is nobody.
    list: Signal<List>,
    /// Asks for other filters.
    #[prop(into)]
    on_filters: Callback<Filters>,
) -> impl IntoView {
    let language = use_language();
    let reader = use_reader();
    move || {
        let Filters { search, nodes, assigned, roles, statuses, active } = list.get().filters;
        let filters = list.get().filters;
        let is_searched = !search.trim().is_empty();
        let (title, text) = match (is_searched, filters.are_set()) {
            (false, false) => (messages::no_users(language), messages::no_users_text(language).to_string()),
            (true, false) => {
                (messages::no_match(language), messages::no_match_text(language, &isolated(search.trim())))
            }
            (_, true) => (
                messages::nobody_matches_filters(language),
                messages::nobody_matches_text(language).to_string(),
            ),
        };
        // One way for each filter that could be left out.
        let mut ways: Vec<(String, Filters)> = Vec::new();
        if is_searched {
            ways.push((
                messages::clear_search(language).into(),
                Filters { search: String::new(), ..filters.clone() },
            ));
        }
        let mut without =
            |name: String, left: Filters| ways.push((messages::without(language, &isolated(&name)), left));
        if !nodes.is_empty() {
            let reader = reader.read();
            let names: Vec<_> = nodes.iter().filter_map(|id| Some(reader.node(*id)?.name.as_str())).collect();
            without(names.join(", "), Filters { nodes: Vec::new(), ..filters.clone() });
        }
        if !roles.is_empty() {
            let names: Vec<_> = roles.iter().map(|role| role.name(language)).collect();
            without(names.join(", "), Filters { roles: RoleSet::empty(), ..filters.clone() });
        }
        if !statuses.is_empty() {
            let names: Vec<_> = statuses.iter().map(|&status| words::status(language, status)).collect();
            without(names.join(", "), Filters { statuses: Vec::new(), ..filters.clone() });
        }
        if let Some(span) = active {
            without(span_name(language, span), Filters { active: None, ..filters.clone() });
        }
        if assigned {
            ways.push((
                messages::include_inherited(language).into(),
                Filters { assigned: false, ..filters.clone() },
            ));
        }
        let has_several = ways.len() > 1;
        let ways = ways.into_iter().map(|(words, left)| {
            view! {
                <button class="button" type="button" on:click=move |_| on_filters.run(left.clone())>
                    {words}
                </button>
            }
        });
        view! {
            <div class="empty">
                <Art glyph=if filters.are_empty() { Glyph::UserPlus } else { Glyph::Search } />
                <h2 class="empty__title">{title}</h2>
                <p class="empty__text">{text}</p>
                <div class="empty__ways">
                    {ways.collect_view()}
                    {has_several
                        .then(|| {
                            view! {
                                <button
                                    class="button"
                                    type="button"
                                    on:click=move |_| on_filters.run(Filters::default())
                                >
                                    {messages::clear_all(language)}
                                </button>
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

/// Nobody but the reader: the way to the first colleague, below their own row.
#[component]
fn First() -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let on_roles = move |_| {
        navigation.with_value(|navigation| navigation.go(Place::Roles, History::Push));
    };
    view! {
        <div class="empty empty--after">
            <Art glyph=Glyph::UserPlus />
            <h2 class="empty__title">{messages::nobody_but_you(language)}</h2>
            <p class="empty__text">{messages::nobody_but_you_text(language)}</p>
            <div class="empty__ways">
                <InviteButton />
                <button class="button" type="button" on:click=on_roles>
                    <Icon glyph=Glyph::Matrix />
                    {messages::compare_roles(language)}
                </button>
            </div>
        </div>
    }
}

/// A picture of a list that is empty.
#[component]
fn Art(
    /// What is drawn in its middle.
    glyph: Glyph,
) -> impl IntoView {
    let line = || view! { <span class="empty__line"><i></i><i></i><i></i></span> };
    view! {
        <span class="empty__art" aria-hidden="true">
            {line()} {line()} {line()}
            <span class="empty__round">
                <Icon glyph />
            </span>
        </span>
    }
}

/// What went wrong, and the way on. Rows that came before stay where they are.
#[component]
pub(super) fn Failed(
    /// What went wrong.
    error: Signal<Option<ApiError>>,
    /// Whether there is nothing else to show.
    is_whole: Signal<bool>,
    /// Tries again.
    #[prop(into)]
    on_retry: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let cause = move || error.get().map(|error| explain(language, &error));
    view! {
        <div class=move || if is_whole.get() { "empty" } else { "notice" } role="alert">
            <span class="empty__round" data-error="">
                <Icon glyph=Glyph::Alert />
            </span>
            <h2 class="empty__title">{messages::users_failed(language)}</h2>
            <p class="empty__text">{cause}</p>
            <div class="empty__ways">
                <button class="button" type="button" on:click=move |_| on_retry.run(())>
                    <Icon glyph=Glyph::Reset />
                    {messages::retry(language)}
                </button>
            </div>
        </div>
    }
}
