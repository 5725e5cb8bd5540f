use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::key::pressed_key;

/// A tab list: <https://www.w3.org/WAI/ARIA/apg/patterns/tabs/>
///
/// The arrow keys, Home and End move the focus and open the focused tab.
#[component]
pub fn Tabs<T>(
    /// The accessible name of the tab list.
    #[prop(into)]
    label: Signal<String>,
    /// The tabs, each with the id of its button and its label.
    tabs: Vec<(T, &'static str, String)>,
    /// The open tab.
    #[prop(into)]
    selected: Signal<T>,
    /// Called when the user opens a tab.
    #[prop(into)]
    on_select: Callback<T>,
    /// The id of the `tabpanel`. Label the panel by the button of the open tab.
    panel_id: &'static str,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let values: Vec<T> = tabs.iter().map(|(value, ..)| *value).collect();
    let on_keydown = move |event: KeyboardEvent| {
        let Some(list) = event.current_target().and_then(|list| list.dyn_into::<HtmlElement>().ok()) else {
            return;
        };
        let last_index = values.len() - 1;
        let index = values.iter().position(|value| *value == selected.get_untracked()).unwrap_or_default();
        let (next, previous) = ((index + 1) % values.len(), index.checked_sub(1).unwrap_or(last_index));
        let to = match pressed_key(&event).as_str() {
            "ArrowRight" if is_rtl(&list) => previous,
            "ArrowLeft" if is_rtl(&list) => next,
            "ArrowRight" => next,
            "ArrowLeft" => previous,
            "Home" => 0,
            "End" => last_index,
            _ => return,
        };
        event.prevent_default();
        on_select.run(values[to]);
        let buttons = list.query_selector_all("[role=tab]").ok();
        let button = buttons.and_then(|buttons| buttons.item(u32::try_from(to).unwrap_or_default()));
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            let _ = button.focus();
        }
    };
    let buttons = tabs.into_iter().map(|(value, id, label)| {
        let is_selected = move || selected.get() == value;
        view! {
            <button
                class="tabs__tab"
                type="button"
                role="tab"
                id=id
                aria-selected=move || is_selected().to_string()
                aria-controls=move || is_selected().then_some(panel_id)
                tabindex=move || if is_selected() { "0" } else { "-1" }
                on:click=move |_| on_select.run(value)
            >
                {label}
            </button>
        }
    });
    view! {
        <div class="tabs" role="tablist" aria-label=label on:keydown=on_keydown>
            {buttons.collect_view()}
        </div>
    }
}

fn is_rtl(element: &HtmlElement) -> bool {
    let style = window().get_computed_style(element).ok().flatten();
    style
        .and_then(|style| style.get_property_value("direction").ok())
        .is_some_and(|direction| direction == "rtl")
}
