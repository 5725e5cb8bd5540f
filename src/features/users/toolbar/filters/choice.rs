use leptos::prelude::*;

use super::panel::{FilterButton, PanelFooter, filter_class};
use crate::i18n::{messages, use_language};
use crate::ui::Popover;

/// A filter popover behind a button that shows the current choice.
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
    let children = StoredValue::new(children);
    view! {
        <Popover
            label=Signal::stored(label.to_string())
            class=Signal::derive(move || filter_class(value.get().is_some()))
            panel="filter-panel"
            button=ViewFn::from(move || view! { <FilterButton label value /> })
        >
            <div class="filter-panel__list">{children.with_value(|children| children())}</div>
            <PanelFooter
                summary=Signal::derive(move || value.get().unwrap_or_else(|| messages::all_users(language).into()))
                is_set=Signal::derive(move || value.get().is_some())
                on_clear
            />
        </Popover>
    }
}

/// A checkbox with a label and an optional hint.
#[component]
pub(crate) fn Check(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    is_chosen: Signal<bool>,
    on_toggle: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <label class="filter-item">
            <input class="checkbox" type="checkbox" prop:checked=is_chosen on:change=move |_| on_toggle() />
            <span>{label} {hint.map(|hint| view! { <small class="hint">{hint}</small> })}</span>
        </label>
    }
}

/// A radio button with a label, for one choice of "Last active".
#[component]
pub(crate) fn Radio(
    label: String,
    is_chosen: impl Fn() -> bool + Send + 'static,
    on_choose: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <label class="filter-item">
            <input
                class="radio"
                type="radio"
                name="last-active"
                prop:checked=is_chosen
                on:change=move |_| on_choose()
            />
            <span>{label}</span>
        </label>
    }
}
