use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A choice of one among a few that are all shown: a radio group as one control.
#[component]
pub fn Segmented<T>(
    /// The name of the choice.
    #[prop(into)]
    label: String,
    /// What there is to choose from, with its words.
    choices: Vec<(T, String)>,
    /// What is chosen.
    #[prop(into)]
    chosen: Signal<T>,
    /// Is told of another choice.
    #[prop(into)]
    on_choose: Callback<T>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let values: Vec<T> = choices.iter().map(|(value, _)| *value).collect();
    let on_keydown = move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => 1,
            "ArrowLeft" | "ArrowUp" => values.len() - 1,
            _ => return,
        };
        event.prevent_default();
        let at = values.iter().position(|value| *value == chosen.get_untracked()).unwrap_or_default();
        let to = (at + step) % values.len();
        on_choose.run(values[to]);
        let group = event.current_target().and_then(|group| group.dyn_into::<HtmlElement>().ok());
        let buttons = group.and_then(|group| group.query_selector_all("button").ok());
        let button = buttons.and_then(|buttons| buttons.item(u32::try_from(to).unwrap_or_default()));
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            let _ = button.focus();
        }
    };
    let buttons = choices.into_iter().map(|(value, words)| {
        let is_chosen = move || chosen.get() == value;
        view! {
            <button
                class="segmented__item"
                type="button"
                role="radio"
                aria-checked=move || is_chosen().to_string()
                tabindex=move || if is_chosen() { "0" } else { "-1" }
                on:click=move |_| on_choose.run(value)
            >
                {words}
            </button>
        }
    });
    view! {
        <div class="segmented" role="radiogroup" aria-label=label on:keydown=on_keydown>
            {buttons.collect_view()}
        </div>
    }
}
