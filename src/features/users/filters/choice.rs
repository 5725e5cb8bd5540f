use leptos::prelude::*;

use super::panel::{FilterButton, PanelFoot, filter_class};
use crate::i18n::{messages, use_language};
use crate::ui::Popover;

/// A filter behind a button that says what is chosen.
#[component]
pub(super) fn ChoiceFilter(
    /// What it filters by.
    label: &'static str,
    /// What is chosen, in words.
    value: Signal<Option<String>>,
    /// Lets go of what is chosen.
    on_clear: impl Fn() + Copy + Send + Sync + 'static,
    /// What there is to choose from.
    children: ChildrenFn,
) -> impl IntoView {
    let language = use_language();
    let children = StoredValue::new(children);
    view! {
        <Popover
            label=Signal::stored(label.to_string())
            class=Signal::derive(move || filter_class(value.get().is_some()))
            panel="filter-panel"
            button=ViewFn::from(move || view! { <FilterButton label value /> })
        >
            <div class="filter-panel__list">{children.with_value(|children| children())}</div>
            <PanelFoot
                words=Signal::derive(move || value.get().unwrap_or_else(|| messages::nothing_chosen(language).into()))
                is_set=Signal::derive(move || value.get().is_some())
                on_clear
            />
        </Popover>
    }
}

/// Something that can be chosen, with others.
#[component]
pub(super) fn Check(
    /// What is chosen by it.
    #[prop(into)]
    words: String,
    /// More about it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Whether it is.
    is_chosen: Signal<bool>,
    /// Chooses it, or lets go of it.
    on_toggle: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <label class="filter-item">
            <input class="checkbox" type="checkbox" prop:checked=is_chosen on:change=move |_| on_toggle() />
            <span>{words} {hint.map(|hint| view! { <small class="hint">{hint}</small> })}</span>
        </label>
    }
}
