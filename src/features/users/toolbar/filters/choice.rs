use leptos::prelude::*;

use super::panel::{FilterButton, PanelFooter, filter_class};
use crate::i18n::{messages, use_language};
#[cfg(target_family = "wasm")]
use crate::ui::Popover;
#[cfg(not(target_family = "wasm"))]
use crate::ui::PrerenderedPopover;

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
    let content = move || {
        view! {
            <div class="filter-panel__list">{children.with_value(|children| children())}</div>
            <PanelFooter
                summary=Signal::derive(move || value.get().unwrap_or_else(|| messages::all_users(language).into()))
                is_set=Signal::derive(move || value.get().is_some())
                on_clear
            />
        }
    };
    let button = ViewFn::from(move || view! { <FilterButton label value /> });
    #[cfg(target_family = "wasm")]
    return view! {
        <Popover
            label=Signal::stored(label.to_string())
            class=Signal::derive(move || filter_class(value.get().is_some()))
            panel="filter-panel"
            button
        >
            {content()}
        </Popover>
    };
    #[cfg(not(target_family = "wasm"))]
    view! {
        <PrerenderedPopover
            label=label.to_string()
            class=filter_class(value.get_untracked().is_some())
            panel="filter-panel"
            button
        >
            {content()}
        </PrerenderedPopover>
    }
}

/// A checkbox with a label and an optional hint. In the prerendered HTML it is a link that toggles the choice.
#[component]
pub(crate) fn Check(
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    is_chosen: Signal<bool>,
    on_toggle: impl Fn() + 'static,
) -> impl IntoView {
    let text = view! { <span>{label} {hint.map(|hint| view! { <small class="hint">{hint}</small> })}</span> };
    #[cfg(target_family = "wasm")]
    return view! {
        <label class="filter-item">
            <input class="checkbox" type="checkbox" prop:checked=is_chosen on:change=move |_| on_toggle() />
            {text}
        </label>
    };
    #[cfg(not(target_family = "wasm"))]
    view! { <ChoiceLink class="checkbox" is_chosen=is_chosen.get_untracked() on_choose=on_toggle>{text}</ChoiceLink> }
}

/// A radio button with a label. In the prerendered HTML it is a link that makes the choice.
#[component]
pub(crate) fn Radio(
    label: String,
    /// The name of the group.
    name: &'static str,
    is_chosen: Signal<bool>,
    on_choose: impl Fn() + 'static,
) -> impl IntoView {
    let text = view! { <span>{label}</span> };
    #[cfg(target_family = "wasm")]
    return view! {
        <label class="filter-item">
            <input class="radio" type="radio" name=name prop:checked=is_chosen on:change=move |_| on_choose() />
            {text}
        </label>
    };
    #[cfg(not(target_family = "wasm"))]
    {
        let _ = name;
        view! { <ChoiceLink class="radio" is_chosen=is_chosen.get_untracked() on_choose>{text}</ChoiceLink> }
    }
}

/// A choice as a link, with the look of a checkbox or a radio button.
#[cfg(not(target_family = "wasm"))]
#[component]
pub(crate) fn ChoiceLink(
    /// The class of the box before the label.
    class: &'static str,
    is_chosen: bool,
    on_choose: impl Fn() + 'static,
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class="filter-item"
            href=crate::state::url_after(on_choose)
            aria-current=is_chosen.then_some("true")
        >
            <span class=class></span>
            {children()}
        </a>
    }
}
