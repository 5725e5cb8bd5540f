use leptos::prelude::*;
use studio_users_domain::Role;

use super::model::{Column, Extent, GROUPS};
use crate::i18n::{Language, messages, use_language};
use crate::state::{Navigation, Place, UsersPlace};
use crate::ui::{Glyph, Icon};

/// The page, whole.
#[component]
pub(super) fn Roles() -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let users = || Place::Users(UsersPlace::default());
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
                                navigation.with_value(|navigation| navigation.follow(&event, users()));
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
                    <span class="legend">{mark(Extent::Full)} {messages::full_access(language)}</span>
                    <span class="legend">{mark(Extent::Read)} {messages::read_only(language)}</span>
                    <span class="legend">{mark(Extent::None)} {messages::no_rights(language)}</span>
                    <span class="legend">
                        <Icon glyph=Glyph::Bell />
                        {messages::can_be_notified(language)}
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
                {note(Glyph::Layers, messages::roles_add_up(language), messages::roles_add_up_text(language))}
                {note(Glyph::Inherit, messages::roles_ripple(language), messages::roles_ripple_text(language))}
                {note(
                    Glyph::Bell,
                    messages::notifications_local(language),
                    messages::notifications_local_text(language),
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
                <th rowspan="2" scope="col" class="matrix__first">{messages::role_column(language)}</th>
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
                                <span class="visually-hidden">{messages::can_be_notified(language)}</span>
                            }
                        })}
                </span>
                <span class="matrix__text">{role.description(language)}</span>
            </th>
            {cells.collect_view()}
        </tr>
    }
}

fn cell(language: Language, role: Role, column: Column, is_first: bool) -> impl IntoView {
    let extent = column.extent(role);
    let words = match extent {
        Extent::Full => messages::yes(language),
        Extent::Read => messages::read_only(language),
        Extent::None => messages::no(language),
    };
    view! {
        <td data-edge=is_first.then_some("")>
            {mark(extent)}
            <span class="visually-hidden">{words}</span>
        </td>
    }
}

fn mark(extent: Extent) -> impl IntoView {
    match extent {
        Extent::Full => view! {
            <span class="mark mark--yes">
                <Icon glyph=Glyph::Check />
            </span>
        }
        .into_any(),
        Extent::Read => view! {
            <span class="mark mark--read">
                <Icon glyph=Glyph::Eye />
            </span>
        }
        .into_any(),
        Extent::None => view! { <span class="mark mark--no"></span> }.into_any(),
    }
}
