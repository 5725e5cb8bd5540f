use leptos::prelude::*;

use crate::i18n::{Language, messages, use_language};
use crate::ui::{Glyph, Icon};

/// How many choices a filter's button names before it counts them.
const NAMED: usize = 2;

/// What a filter's button says: what it filters by, and what is chosen.
#[component]
pub(super) fn FilterButton(
    /// What it filters by.
    label: &'static str,
    /// What is chosen, in words.
    value: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        {label}
        {move || value.get().map(|value| view! { " " <bdi class="filter__value">{value}</bdi> })}
        <Icon glyph=Glyph::ChevronDown small=true />
    }
}

/// The foot of what opens: what is chosen, and the way to let go of it.
#[component]
pub(super) fn PanelFoot(
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

/// The class of a filter's button.
pub(super) fn filter_class(is_set: bool) -> String {
    if is_set { "button filter filter--set" } else { "button filter" }.into()
}

/// What is chosen, in words: a few by their names, more by their number.
pub(super) fn named(language: Language, names: &[&str]) -> Option<String> {
    match names.len() {
        0 => None,
        1..=NAMED => Some(names.join(", ")),
        count => Some(messages::chosen(language, u32::try_from(count).unwrap_or(u32::MAX))),
    }
}
