use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::key::pressed_key;
use super::query::query_all;
use super::windowed::{RowPlace, RowWindow, row_of};
use crate::reactive::memo;

/// An option of a [`RadioList`].
pub struct RadioItem {
    /// The label.
    pub view: ViewFn,
    /// The reason why the option is disabled: the id of the describing element, and the text for the tooltip.
    pub disabled_reason: Option<(String, String)>,
}

/// A vertical radio group: <https://www.w3.org/WAI/ARIA/apg/patterns/radio/>
///
/// The arrow keys also focus disabled options, so that users can read the reason. A long list renders only the options
/// in view.
#[component]
pub fn RadioList<T>(
    /// The accessible name of the group.
    #[prop(into)]
    label: String,
    /// The values of the options.
    #[prop(into)]
    values: Signal<Vec<T>>,
    /// Returns the key of a value.
    key: fn(T) -> u128,
    /// Returns the option with a value.
    item: impl Fn(T) -> RadioItem + Copy + Send + Sync + 'static,
    /// The value of the selected option.
    selection: RwSignal<Option<T>>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let select = move |value: T| {
        if untrack(|| item(value)).disabled_reason.is_none() {
            selection.set(Some(value));
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
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
        let row = row_of(&buttons[to]).unwrap_or(to);
        if let Some(value) = values.with_untracked(|values| values.get(row).copied()) {
            select(value);
        }
    };
    // The tab stop (roving tabindex): the selected option, or the first one.
    let tab_stop = move || {
        let selected = selection.get();
        values.with(|values| {
            let selected = selected.and_then(|selected| values.iter().position(|value| *value == selected));
            let row = selected.unwrap_or_default();
            values.get(row).map(|&value| (row, value))
        })
    };
    let tab_stop = memo(move |_| tab_stop());
    let list = NodeRef::<html::Div>::new();
    let tab_stop_row = Signal::derive(move || tab_stop.get().map(|(row, _)| row));
    let window = RowWindow::new(list, Signal::derive(move || values.read().len()), tab_stop_row);
    let option = move |place: RowPlace| {
        let value = values.with_untracked(|values| values.get(place.index()).copied());
        let Some(value) = value else { return ().into_any() };
        let is_tab_stop = move || tab_stop.get().is_some_and(|(_, other)| other == value);
        let content = move || {
            let RadioItem { view, disabled_reason } = item(value);
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
                    tabindex=move || if is_tab_stop() { "0" } else { "-1" }
                    data-row=place.row()
                    aria-posinset=place.position()
                    aria-setsize=place.size()
                    style:margin-block-start=move || place.margin()
                    on:click=move |_| select(value)
                >
                    <span class="radio-list__mark" aria-hidden="true"></span>
                    {view.run()}
                </button>
            }
        };
        content.into_any()
    };
    let key = move |row| values.with(|values| values.get(row).copied().map(key));
    view! {
        <div class="radio-list" role="radiogroup" aria-label=label node_ref=list on:keydown=on_keydown>
            {window.rows(key, option)}
        </div>
    }
}

fn buttons(group: &HtmlElement) -> Vec<HtmlElement> {
    query_all(group, "[role=radio]")
}
