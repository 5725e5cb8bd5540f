use leptos::prelude::*;
use studio_users_domain::NodeId;

use crate::i18n::{Language, format, messages, use_language};
use crate::state::CurrentUser;
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
    #[cfg(target_family = "wasm")]
    let clear = view! {
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
    };
    #[cfg(not(target_family = "wasm"))]
    let clear = is_set.get_untracked().then(|| {
        let href = crate::state::url_after(on_clear);
        view! { <a class="button button--quiet button--small" href=href>{messages::clear(language)}</a> }
    });
    view! {
        <div class="filter-panel__foot">
            <span class="hint truncate">{summary}</span>
            {clear}
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

/// Summarizes the choice of the environment filter.
pub(crate) fn summarize_nodes(
    language: Language,
    chosen: &[NodeId],
    is_assigned: bool,
    current_user: &CurrentUser,
) -> Option<String> {
    if chosen.is_empty() {
        return is_assigned.then(|| messages::assigned_only(language).to_string());
    }
    let names: Vec<_> = chosen.iter().filter_map(|id| Some(current_user.node(*id)?.name.as_str())).collect();
    summarize(language, &names).or_else(|| Some(format::number(language, 0)))
}
