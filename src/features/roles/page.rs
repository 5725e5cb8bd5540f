use leptos::prelude::*;
use studio_users_domain::Role;

use super::model::{AccessLevel, Column, GROUPS};
use crate::i18n::{Language, messages, use_language};
use crate::state::{Navigation, Route, UsersRoute};
use crate::ui::{Glyph, Icon};

/// The page with heading, legend, matrix and notes.
#[component]
pub(super) fn Roles() -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let users = || Route::Users(UsersRoute::default());
    let note = |glyph, title: &'static str, text: &'static str| {
        view! {
            <p class="note">
                <Icon glyph />
                <span>
                    <strong>{title}</strong>
                    {text}
                </span>
            </p>
        }
    };
    view! {
        <section class="roles-page" aria-labelledby="roles-title">
            <header class="roles-page__head">
                <div>
                    <nav class="crumbs" aria-label=messages::breadcrumb(language)>
                        <a
                            class="link"
                            href=navigation.with_value(|navigation| navigation.href(&users()))
                            on:click=move |event| {
                                navigation.with_value(|navigation| navigation.follow_link(&event, users()));
                            }
                        >
                            {messages::users(language)}
                        </a>
                        <Icon glyph=Glyph::ChevronRight small=true />
                        <span aria-current="page">{messages::roles(language)}</span>
                    </nav>
                    <h1 class="page-head__title" id="roles-title">
                        {messages::roles_title(language)}
                    </h1>
                    <p class="roles-page__lead">{messages::roles_lead(language)}</p>
                </div>
                <div class="roles-page__legend" aria-hidden="true">
                    <span class="legend">{mark(AccessLevel::Full)} {messages::full_access(language)}</span>
                    <span class="legend">{mark(AccessLevel::Read)} {messages::read_only(language)}</span>
                    <span class="legend">{mark(AccessLevel::None)} {messages::no_access(language)}</span>
                    <span class="legend">
                        <Icon glyph=Glyph::Bell />
                        {messages::can_get_chat_notifications(language)}
                    </span>
                </div>
            </header>
            <div class="matrix-scroll" role="region" aria-labelledby="roles-title" tabindex="0">
                <table class="matrix" aria-label=messages::roles_table(language)>
                    {head(language)}
                    <tbody>{Role::all().map(|role| row(language, role)).collect_view()}</tbody>
                </table>
            </div>
            <footer class="roles-page__notes">
                {note(Glyph::Layers, messages::permissions_add_up(language), messages::permissions_add_up_text(language))}
                {note(Glyph::Inherit, messages::roles_inherited(language), messages::roles_inherited_text(language))}
                {note(
                    Glyph::Bell,
                    messages::notifications_not_inherited(language),
                    messages::notifications_not_inherited_text(language),
                )}
            </footer>
        </section>
    }
}

fn head(language: Language) -> impl IntoView {
    let groups = GROUPS.iter().map(|group| {
        let count = group.columns.len();
        let name = (group.name)(language);
        if count == 1 {
            view! { <th rowspan="2" scope="col" data-edge="">{name}</th> }.into_any()
        } else {
            view! { <th colspan=count.to_string() scope="colgroup" data-edge="">{name}</th> }.into_any()
        }
    });
    let columns = GROUPS.iter().filter(|group| group.columns.len() > 1).flat_map(|group| {
        group.columns.iter().enumerate().map(|(at, column)| {
            view! { <th scope="col" data-edge=(at == 0).then_some("")>{column.name(language)}</th> }
        })
    });
    view! {
        <thead>
            <tr>
                <th rowspan="2" scope="col" class="matrix__first">{messages::role(language)}</th>
                {groups.collect_view()}
            </tr>
            <tr>{columns.collect_view()}</tr>
        </thead>
    }
}

fn row(language: Language, role: Role) -> impl IntoView {
    let cells = GROUPS.iter().flat_map(|group| {
        group.columns.iter().enumerate().map(move |(at, column)| cell(language, role, *column, at == 0))
    });
    view! {
        <tr>
            <th scope="row">
                <span class="matrix__role" data-family=role.family().tag()>
                    {role.name(language)}
                    {role
                        .notifies()
                        .then(|| {
                            view! {
                                <Icon glyph=Glyph::Bell />
                                <span class="visually-hidden">{messages::can_get_chat_notifications(language)}</span>
                            }
                        })}
                </span>
                <span class="matrix__text">{role.description(language)}</span>
                {(role == Role::OrganisationManager)
                    .then(|| {
                        view! { <span class="matrix__text">{messages::formerly_environment_manager(language)}</span> }
                    })}
            </th>
            {cells.collect_view()}
        </tr>
    }
}

fn cell(language: Language, role: Role, column: Column, is_first: bool) -> impl IntoView {
    let access_level = column.access_level(role);
    let text = match access_level {
        AccessLevel::Full => messages::yes(language),
        AccessLevel::Read => messages::read_only(language),
        AccessLevel::None => messages::no(language),
    };
    view! {
        <td data-edge=is_first.then_some("")>
            {mark(access_level)}
            <span class="visually-hidden">{text}</span>
        </td>
    }
}

fn mark(access_level: AccessLevel) -> impl IntoView {
    match access_level {
        AccessLevel::Full => view! {
            <span class="mark mark--yes">
                <Icon glyph=Glyph::Check />
            </span>
        }
        .into_any(),
        AccessLevel::Read => view! {
            <span class="mark mark--read-only">
                <Icon glyph=Glyph::Eye />
            </span>
        }
        .into_any(),
        AccessLevel::None => view! { <span class="mark mark--no"></span> }.into_any(),
    }
}
