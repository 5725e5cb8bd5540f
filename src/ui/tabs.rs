use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The tabs of a panel. The arrow keys, Home and End move between them and open what they come to.
#[component]
pub fn Tabs<T>(
    /// What they are the tabs of.
    #[prop(into)]
    label: Signal<String>,
    /// The tabs: each with the id of its button, and its words.
    tabs: Vec<(T, &'static str, String)>,
    /// The one that is open.
    #[prop(into)]
    chosen: Signal<T>,
    /// Is told of another.
    #[prop(into)]
    on_choose: Callback<T>,
    /// The id of what they show: a `tabpanel`, labelled by the open tab's button.
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
        let (end, at) = (values.len() - 1, values.iter().position(|value| *value == chosen.get_untracked()));
        let at = at.unwrap_or_default();
        let (onwards, back) = ((at + 1) % values.len(), at.checked_sub(1).unwrap_or(end));
        let to = match event.key().as_str() {
            "ArrowRight" if is_rtl(&list) => back,
            "ArrowLeft" if is_rtl(&list) => onwards,
            "ArrowRight" => onwards,
            "ArrowLeft" => back,
            "Home" => 0,
            "End" => end,
            _ => return,
        };
        event.prevent_default();
        on_choose.run(values[to]);
        let buttons = list.query_selector_all("[role=tab]").ok();
        let button = buttons.and_then(|buttons| buttons.item(u32::try_from(to).unwrap_or_default()));
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            let _ = button.focus();
        }
    };
    let buttons = tabs.into_iter().map(|(value, id, words)| {
        let is_chosen = move || chosen.get() == value;
        view! {
            <button
                class="tabs__tab"
                type="button"
                role="tab"
                id=id
                aria-selected=move || is_chosen().to_string()
                aria-controls=move || is_chosen().then_some(panel_id)
                tabindex=move || if is_chosen() { "0" } else { "-1" }
                on:click=move |_| on_choose.run(value)
            >
                {words}
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
