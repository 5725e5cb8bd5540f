use leptos::prelude::*;

use crate::i18n::{Language, messages, use_language};
use crate::ui::{Glyph, Icon};

/// The maximum number of choices that a filter button names. It shows a count for more.
const MAX_NAMED: usize = 2;

/// The content of a filter button: the label and the current choice.
#[component]
pub(crate) fn FilterButton(
    label: &'static str,
    /// The current choice, as text.
    value: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        {label}
        {move || value.get().map(|value| view! { " " <bdi class="filter__value">{value}</bdi> })}
        <Icon glyph=Glyph::ChevronDown small=true />
    }
}

/// The footer of a filter popover: the current choice and a button that clears it.
#[component]
pub(crate) fn PanelFooter(
    /// The current choice, as text.
    summary: Signal<String>,
    /// Whether the filter is set.
    is_set: Signal<bool>,
    /// Clears the filter.
    on_clear: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let language = use_language();
    view! {
        <div class="filter-panel__foot">
            <span class="hint truncate">{summary}</span>
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

/// The class of a filter button.
pub(crate) fn filter_class(is_set: bool) -> String {
    if is_set { "button filter filter--set" } else { "button filter" }.into()
}

/// Summarizes the chosen names: the names of a few, or the count of many.
pub(crate) fn summarize(language: Language, names: &[&str]) -> Option<String> {
    match names.len() {
        0 => None,
        1..=MAX_NAMED => Some(names.join(", ")),
        count => Some(messages::selected(language, u32::try_from(count).unwrap_or(u32::MAX))),
    }
}
