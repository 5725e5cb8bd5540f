use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::key::pressed_key;

/// A segmented control: a horizontal radio group with a few options.
#[component]
pub fn Segmented<T>(
    /// The accessible name of the group.
    #[prop(into)]
    label: String,
    /// The options, each with its label.
    options: Vec<(T, String)>,
    /// The selected option.
    #[prop(into)]
    selected: Signal<T>,
    /// Called when the user selects an option.
    #[prop(into)]
    on_select: Callback<T>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let values: Vec<T> = options.iter().map(|(value, _)| *value).collect();
    let on_keydown = move |event: KeyboardEvent| {
        let step = match pressed_key(&event).as_str() {
            "ArrowRight" | "ArrowDown" => 1,
            "ArrowLeft" | "ArrowUp" => values.len() - 1,
            _ => return,
        };
        event.prevent_default();
        let index = values.iter().position(|value| *value == selected.get_untracked()).unwrap_or_default();
        let to = (index + step) % values.len();
        on_select.run(values[to]);
        let group = event.current_target().and_then(|group| group.dyn_into::<HtmlElement>().ok());
        let buttons = group.and_then(|group| group.query_selector_all("button").ok());
        let button = buttons.and_then(|buttons| buttons.item(u32::try_from(to).unwrap_or_default()));
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            let _ = button.focus();
        }
    };
    let buttons = options.into_iter().map(|(value, label)| {
        let is_selected = move || selected.get() == value;
        view! {
            <button
                class="segmented__item"
                type="button"
                role="radio"
                aria-checked=move || is_selected().to_string()
                tabindex=move || if is_selected() { "0" } else { "-1" }
                on:click=move |_| on_select.run(value)
            >
                {label}
            </button>
        }
    });
    view! {
        <div class="segmented" role="radiogroup" aria-label=label on:keydown=on_keydown>
            {buttons.collect_view()}
        </div>
    }
}
