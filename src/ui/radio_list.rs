use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// One of the choices of a [`RadioList`].
#[derive(Clone)]
pub struct RadioItem<T> {
    /// What is chosen by it.
    pub value: T,
    /// What it shows.
    pub view: ViewFn,
    /// Where it cannot be chosen: the id of the element that says why, and the words to show.
    pub refused: Option<(String, String)>,
}

/// A choice of one among some that stand below one another. The arrow keys go through them; one that cannot be chosen
/// is reached too, so that it can say why.
#[component]
pub fn RadioList<T>(
    /// The name of the choice.
    #[prop(into)]
    label: String,
    /// What there is to choose from.
    #[prop(into)]
    items: Signal<Vec<RadioItem<T>>>,
    /// What is chosen.
    chosen: RwSignal<Option<T>>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let can_be_chosen = move |value: T| {
        let is_open = |item: &RadioItem<T>| item.value == value && item.refused.is_none();
        items.with_untracked(|items| items.iter().any(is_open))
    };
    let choose = move |value: T| {
        if can_be_chosen(value) {
            chosen.set(Some(value));
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
        let Some(at) = buttons.iter().position(|button| Some(button) == focused.as_ref()) else { return };
        let to = match event.key().as_str() {
            "ArrowDown" | "ArrowRight" => (at + 1) % buttons.len(),
            "ArrowUp" | "ArrowLeft" => (at + buttons.len() - 1) % buttons.len(),
            "Home" => 0,
            "End" => buttons.len() - 1,
            _ => return,
        };
        event.prevent_default();
        let _ = buttons[to].focus();
        if let Some(&value) = values.get(to) {
            choose(value);
        }
    };
    // The one that Tab comes to: the one chosen, else the first.
    let entry = move || {
        let chosen = chosen.get();
        items.with(|items| {
            let is_there = items.iter().any(|item| Some(item.value) == chosen);
            chosen.filter(|_| is_there).or_else(|| items.first().map(|item| item.value))
        })
    };
    let entry = Memo::new(move |_| entry());
    let rows = move || {
        let row = |item: RadioItem<T>| {
            let RadioItem { value, view, refused } = item;
            let (reason, hint) = refused.unzip();
            view! {
                <button
                    class="radio-list__item"
                    type="button"
                    role="radio"
                    aria-checked=move || (chosen.get() == Some(value)).to_string()
                    aria-disabled=reason.is_some().then_some("true")
                    aria-describedby=reason
                    data-hint=hint
                    tabindex=move || if entry.get() == Some(value) { "0" } else { "-1" }
                    on:click=move |_| choose(value)
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
    let Ok(found) = group.query_selector_all("[role=radio]") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}
