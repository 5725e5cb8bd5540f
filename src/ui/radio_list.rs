use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::key::pressed_key;
use super::query::query_all;

/// An option of a [`RadioList`].
#[derive(Clone)]
pub struct RadioItem<T> {
    /// The value that the option selects.
    pub value: T,
    /// The label.
    pub view: ViewFn,
    /// The reason why the option is disabled: the id of the describing element, and the text for the tooltip.
    pub disabled_reason: Option<(String, String)>,
}

/// A vertical radio group: <https://www.w3.org/WAI/ARIA/apg/patterns/radio/>
///
/// The arrow keys also focus disabled options, so that users can read the reason.
#[component]
pub fn RadioList<T>(
    /// The accessible name of the group.
    #[prop(into)]
    label: String,
    /// The options.
    #[prop(into)]
    items: Signal<Vec<RadioItem<T>>>,
    /// The value of the selected option.
    selection: RwSignal<Option<T>>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let is_enabled = move |value: T| {
        let is_match = |item: &RadioItem<T>| item.value == value && item.disabled_reason.is_none();
        items.with_untracked(|items| items.iter().any(is_match))
    };
    let select = move |value: T| {
        if is_enabled(value) {
            selection.set(Some(value));
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        let values: Vec<T> = items.with_untracked(|items| items.iter().map(|item| item.value).collect());
        let Some(group) = event.current_target().and_then(|group| group.dyn_into::<HtmlElement>().ok())
        else {
            return;
        };
        let buttons = buttons(&group);
        let focused = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let Some(index) = buttons.iter().position(|button| Some(button) == focused.as_ref()) else { return };
        let to = match pressed_key(&event).as_str() {
            "ArrowDown" | "ArrowRight" => (index + 1) % buttons.len(),
            "ArrowUp" | "ArrowLeft" => (index + buttons.len() - 1) % buttons.len(),
            "Home" => 0,
            "End" => buttons.len() - 1,
            _ => return,
        };
        event.prevent_default();
        let _ = buttons[to].focus();
        if let Some(&value) = values.get(to) {
            select(value);
        }
    };
    // The tab stop (roving tabindex): the selected option, or the first one.
    let tab_stop = move || {
        let selected = selection.get();
        items.with(|items| {
            let is_listed = items.iter().any(|item| Some(item.value) == selected);
            selected.filter(|_| is_listed).or_else(|| items.first().map(|item| item.value))
        })
    };
    let tab_stop = Memo::new(move |_| tab_stop());
    let rows = move || {
        let row = |item: RadioItem<T>| {
            let RadioItem { value, view, disabled_reason } = item;
            let (reason, hint) = disabled_reason.unzip();
            view! {
                <button
                    class="radio-list__item"
                    type="button"
                    role="radio"
                    aria-checked=move || (selection.get() == Some(value)).to_string()
                    aria-disabled=reason.is_some().then_some("true")
                    aria-describedby=reason
                    data-hint=hint
                    tabindex=move || if tab_stop.get() == Some(value) { "0" } else { "-1" }
                    on:click=move |_| select(value)
                >
                    <span class="radio-list__mark" aria-hidden="true"></span>
                    {view.run()}
                </button>
            }
        };
        items.get().into_iter().map(row).collect_view()
    };
    view! {
        <div class="radio-list" role="radiogroup" aria-label=label on:keydown=on_keydown>
            {rows}
        </div>
    }
}

fn buttons(group: &HtmlElement) -> Vec<HtmlElement> {
    query_all(group, "[role=radio]")
}
