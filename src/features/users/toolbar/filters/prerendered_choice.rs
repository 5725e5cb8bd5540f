use leptos::prelude::*;

use super::panel::{FilterButton, PanelFooter, filter_class};
use crate::i18n::{messages, use_language};
use crate::state::url_after;
use crate::ui::PrerenderedPopover;

/// A filter popover behind a button that shows the current choice. It opens without the program.
#[component]
pub(crate) fn ChoiceFilter(
    label: &'static str,
    /// The current choice, as text.
    value: Signal<Option<String>>,
    /// Clears the filter.
    on_clear: impl Fn() + Copy + Send + Sync + 'static,
    /// The options.
    children: ChildrenFn,
) -> impl IntoView {
    let language = use_language();
    let value = value.get_untracked();
    let summary = value.clone().unwrap_or_else(|| messages::all_users(language).into());
    let is_set = value.is_some();
    view! {
        <PrerenderedPopover
            label=label.to_string()
            class=filter_class(is_set)
            panel="filter-panel"
            button=ViewFn::from(move || view! { <FilterButton label value=Signal::stored(value.clone()) /> })
        >
            <div class="filter-panel__list">{children()}</div>
            <PanelFooter summary=Signal::stored(summary) is_set=Signal::stored(is_set) on_clear />
        </PrerenderedPopover>
    }
}

/// A choice of several, as a link that toggles it.
#[component]
pub(crate) fn Check(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    is_chosen: Signal<bool>,
    on_toggle: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <ChoiceLink class="checkbox" is_chosen=is_chosen.get_untracked() on_choose=on_toggle>
            <span>{label} {hint.map(|hint| view! { <small class="hint">{hint}</small> })}</span>
        </ChoiceLink>
    }
}

/// A choice of one, as a link that makes it.
#[component]
pub(crate) fn Radio(
    label: String,
    /// Whether it is the current choice.
    is_chosen: impl Fn() -> bool + Send + 'static,
    on_choose: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <ChoiceLink class="radio" is_chosen=is_chosen() on_choose>
            <span>{label}</span>
        </ChoiceLink>
    }
}

/// A choice as a link, with the look of a checkbox or a radio button.
#[component]
pub(crate) fn ChoiceLink(
    /// The class of the box before the label.
    class: &'static str,
    is_chosen: bool,
    on_choose: impl Fn() + 'static,
    children: Children,
) -> impl IntoView {
    view! {
        <a class="filter-item" href=url_after(on_choose) aria-current=is_chosen.then_some("true")>
            <span class=class></span>
            {children()}
        </a>
    }
}
