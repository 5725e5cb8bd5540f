use leptos::ev::{MouseEvent, PointerEvent};
use leptos::prelude::*;
use studio_users_contract::UserRow;

use super::model::{ActionItem, highlight};
use crate::i18n::{Language, messages, pieces, use_language};
use crate::parts::lock_glyph;
use crate::state::{Lock, denial_id};
use crate::ui::{Avatar, Icon, is_mac, keycaps};

/// The DOM id of an option.
pub(super) fn option_id(key: &str) -> String {
    format!("palette-{key}")
}

/// An option of the listbox. The user selects it with the keys of the search field or with a click.
#[component]
fn PaletteOption(
    key: String,
    /// The key of the active option, which Enter selects.
    active: Signal<Option<String>>,
    /// The id of the element that explains why the option is disabled.
    #[prop(optional_no_strip)]
    refused: Option<String>,
    on_highlight: Callback<String>,
    on_select: Callback<String>,
    children: Children,
) -> impl IntoView {
    let id = option_id(&key);
    let key = StoredValue::new(key);
    let is_active = move || key.with_value(|key| active.read().as_ref() == Some(key));
    let on_pointermove = move |event: PointerEvent| {
        // Ignores events without movement: browsers also fire them when the list moves under a resting pointer.
        if (event.movement_x() != 0 || event.movement_y() != 0) && !untrack(is_active) {
            on_highlight.run(key.get_value());
        }
    };
    view! {
        <div
            class="palette__item"
            id=id
            role="option"
            aria-selected=move || is_active().to_string()
            aria-disabled=refused.is_some().then_some("true")
            aria-describedby=refused
            on:pointermove=on_pointermove
            // Keeps the focus in the search field.
            on:mousedown=move |event: MouseEvent| event.prevent_default()
            on:click=move |_| on_select.run(key.get_value())
        >
            {children()}
        </div>
    }
}

/// An option for a user.
#[component]
pub(super) fn UserOption(
    row: UserRow,
    query: String,
    /// The key of the active option, which Enter selects.
    active: Signal<Option<String>>,
    on_highlight: Callback<String>,
    on_select: Callback<String>,
) -> impl IntoView {
    let language = use_language();
    let key = super::model::user_key(row.id);
    // A user without a name is labelled with the e-mail address, so it is not repeated.
    let email = row.name.is_some().then(|| {
        view! {
            <span class="person__mail">
                <bdi>{highlighted(&row.email, &query)}</bdi>
            </span>
        }
    });
    view! {
        <PaletteOption key active on_highlight on_select>
            <Avatar name=row.name.clone() seed=row.id.to_string() />
            <span class="person__text">
                <span class="palette__name">
                    <bdi>{highlighted(row.label(), &query)}</bdi>
                </span>
                {email}
            </span>
            <span class="palette__end">{environments(language, &row)}</span>
        </PaletteOption>
    }
}

fn environments(language: Language, row: &UserRow) -> AnyView {
    match (row.environments.total, row.environments.first.first()) {
        (1, Some(only)) => view! { <bdi>{only.name.clone()}</bdi> }.into_any(),
        (0, _) => ().into_any(),
        (total, _) => messages::environment_count(language, total).into_any(),
    }
}

/// An option for an action.
#[component]
pub(super) fn ActionOption(
    action: ActionItem,
    query: String,
    /// The key of the active option, which Enter selects.
    active: Signal<Option<String>>,
    on_highlight: Callback<String>,
    on_select: Callback<String>,
) -> impl IntoView {
    let language = use_language();
    let ActionItem { key, label, glyph, shortcut, denied, .. } = action;
    let keys = shortcut.map(|key| keycaps(key, is_mac())).unwrap_or_default();
    let keys = keys.into_iter().map(|cap| view! { <kbd class="kbd">{cap}</kbd> }).collect_view();
    // Hidden from screen readers, because `aria-describedby` already announces the reason.
    let reason = denied.map(|denial| {
        view! {
            <span class="person__mail palette__reason" aria-hidden="true">
                {denial.message(language)}
            </span>
        }
    });
    view! {
        <PaletteOption key active refused=denied.map(denial_id) on_highlight on_select>
            <Icon glyph=lock_glyph(denied.map(Lock::Denied), glyph) />
            <span class="person__text">
                <span class="palette__name">{highlighted(&label, &query)}</span>
                {reason}
            </span>
            <span class="palette__end" aria-hidden="true">
                {keys}
            </span>
        </PaletteOption>
    }
}

/// The text with the matches of the query in `<mark>` and names in `<bdi>`.
fn highlighted(text: &str, query: &str) -> impl IntoView + use<> {
    let piece = |(piece, is_match): (String, bool)| {
        if is_match { view! { <mark>{piece}</mark> }.into_any() } else { piece.into_any() }
    };
    let part = |(part, is_name): (&str, bool)| {
        let pieces = highlight(part, query).into_iter().map(piece).collect_view();
        if is_name { view! { <bdi>{pieces}</bdi> }.into_any() } else { pieces.into_any() }
    };
    pieces(text).into_iter().map(part).collect_view()
}
