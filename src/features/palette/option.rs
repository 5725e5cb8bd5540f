use leptos::ev::{MouseEvent, PointerEvent};
use leptos::prelude::*;
use studio_users_contract::UserRow;

use super::model::{Action, marked};
use crate::i18n::{Language, messages, pieces, use_language};
use crate::parts::lock_glyph;
use crate::state::{Lock, denial_id};
use crate::ui::{Avatar, Icon, caps, is_mac};

/// The id of what can be chosen.
pub(super) fn option_id(key: &str) -> String {
    format!("palette-{key}")
}

/// Something that can be chosen: it is chosen by the keys of the field, or by a click.
#[component]
fn Choice(
    /// Its key.
    key: String,
    /// The key of the one that Enter takes.
    current: Signal<Option<String>>,
    /// Why it cannot be done: the id of the element that says so.
    #[prop(optional_no_strip)]
    refused: Option<String>,
    /// Makes it the one that Enter takes.
    on_point: Callback<String>,
    /// Takes it.
    on_take: Callback<String>,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let id = option_id(&key);
    let key = StoredValue::new(key);
    let is_current = move || key.with_value(|key| current.read().as_ref() == Some(key));
    let on_pointermove = move |event: PointerEvent| {
        // What comes to lie under a pointer that rests is not pointed at.
        if (event.movement_x() != 0 || event.movement_y() != 0) && !untrack(is_current) {
            on_point.run(key.get_value());
        }
    };
    view! {
        <div
            class="palette__item"
            id=id
            role="option"
            aria-selected=move || is_current().to_string()
            aria-disabled=refused.is_some().then_some("true")
            aria-describedby=refused
            on:pointermove=on_pointermove
            // The field keeps the focus.
            on:mousedown=move |event: MouseEvent| event.prevent_default()
            on:click=move |_| on_take.run(key.get_value())
        >
            {children()}
        </div>
    }
}

/// A user.
#[component]
pub(super) fn UserChoice(
    /// Who.
    row: UserRow,
    /// What is searched for.
    query: String,
    /// The key of the one that Enter takes.
    current: Signal<Option<String>>,
    /// Makes them the one that Enter takes.
    on_point: Callback<String>,
    /// Takes them.
    on_take: Callback<String>,
) -> impl IntoView {
    let language = use_language();
    let key = super::model::user_key(row.id);
    // Who has no name yet is called by their address: once is enough.
    let mail = row.name.is_some().then(|| {
        view! {
            <span class="person__mail">
                <bdi>{words(&row.email, &query)}</bdi>
            </span>
        }
    });
    view! {
        <Choice key current on_point on_take>
            <Avatar name=row.name.clone() seed=row.id.to_string() />
            <span class="person__text">
                <span class="palette__name">
                    <bdi>{words(row.label(), &query)}</bdi>
                </span>
                {mail}
            </span>
            <span class="palette__end">{environments(language, &row)}</span>
        </Choice>
    }
}

fn environments(language: Language, row: &UserRow) -> AnyView {
    match (row.environments.total, row.environments.first.first()) {
        (1, Some(only)) => view! { <bdi>{only.name.clone()}</bdi> }.into_any(),
        (0, _) => ().into_any(),
        (total, _) => messages::environments_number(language, total).into_any(),
    }
}

/// An action.
#[component]
pub(super) fn ActionChoice(
    /// What it is.
    action: Action,
    /// What is searched for.
    query: String,
    /// The key of the one that Enter takes.
    current: Signal<Option<String>>,
    /// Makes it the one that Enter takes.
    on_point: Callback<String>,
    /// Takes it.
    on_take: Callback<String>,
) -> impl IntoView {
    let language = use_language();
    let Action { key, label, glyph, shortcut, denied, .. } = action;
    let keys = shortcut.map(|key| caps(key, is_mac())).unwrap_or_default();
    let keys = keys.into_iter().map(|cap| view! { <kbd class="kbd">{cap}</kbd> }).collect_view();
    // For the ear it is the description.
    let reason = denied.map(|denial| {
        view! {
            <span class="person__mail palette__reason" aria-hidden="true">
                {denial.sentence(language)}
            </span>
        }
    });
    view! {
        <Choice key current refused=denied.map(denial_id) on_point on_take>
            <Icon glyph=lock_glyph(denied.map(Lock::Denied), glyph) />
            <span class="person__text">
                <span class="palette__name">{words(&label, &query)}</span>
                {reason}
            </span>
            <span class="palette__end" aria-hidden="true">
                {keys}
            </span>
        </Choice>
    }
}

/// The text, with what is searched for marked.
fn words(text: &str, query: &str) -> impl IntoView + use<> {
    let piece = |(piece, is_marked): (String, bool)| {
        if is_marked { view! { <mark>{piece}</mark> }.into_any() } else { piece.into_any() }
    };
    let part = |(part, is_name): (&str, bool)| {
        let words = marked(part, query).into_iter().map(piece).collect_view();
        if is_name { view! { <bdi>{words}</bdi> }.into_any() } else { words.into_any() }
    };
    pieces(text).into_iter().map(part).collect_view()
}
