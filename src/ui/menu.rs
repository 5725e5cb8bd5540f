use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

use super::popover::MARGIN;

/// A button that opens a menu below itself. The arrow keys, Home and End move through it; Escape, choosing and
/// going elsewhere close it.
#[component]
pub fn Menu(
    /// The name of the button and of the menu.
    #[prop(into)]
    label: Signal<String>,
    /// The button's class.
    class: &'static str,
    /// What the button shows.
    button: ViewFn,
    /// Whether the menu's end stands below the button's end, rather than its start below the start.
    #[prop(optional)]
    at_end: bool,
    /// Whether the menu opens above the button.
    #[prop(optional)]
    above: bool,
    /// The items; made when the menu opens.
    children: ChildrenFn,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let (root, trigger, list) =
        (NodeRef::<html::Div>::new(), NodeRef::<html::Button>::new(), NodeRef::<html::Div>::new());
    let close = move || {
        is_open.set(false);
        if let Some(trigger) = trigger.get_untracked() {
            let _ = trigger.focus();
        }
    };
    provide_context(MenuClose(Callback::new(move |()| close())));

    Effect::new(move |_| {
        if let Some(list) = list.get() {
            keep_in_view(&list);
            let items = items(&list);
            let chosen =
                items.iter().find(|item| item.get_attribute("aria-checked").as_deref() == Some("true"));
            if let Some(first) = chosen.or(items.first()) {
                focus_one(&items, first);
            }
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| {
        if let Some(list) = list.try_get_untracked().flatten() {
            keep_in_view(&list);
        }
    });
    on_cleanup(move || resized.remove());
    // What is chosen may take the menu itself away; the focus then leaves it when its signals are gone already.
    let on_focusout = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        if root.try_get_untracked().flatten().is_some_and(|root| !root.contains(to.as_ref())) {
            let _ = is_open.try_set(false);
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        let Some(list) = list.get_untracked().filter(|_| is_open.get_untracked()) else { return };
        let items = items(&list);
        let Some(end) = items.len().checked_sub(1) else { return };
        let focused = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let at = items.iter().position(|item| Some(item) == focused.as_ref());
        let to = match (event.key().as_str(), at) {
            ("Escape", _) => {
                event.stop_propagation();
                close();
                return;
            }
            ("Home", _) | ("ArrowDown", None) => 0,
            ("End", _) | ("ArrowUp", None | Some(0)) => end,
            ("ArrowDown", Some(at)) => (at + 1) % items.len(),
            ("ArrowUp", Some(at)) => at - 1,
            _ => return,
        };
        event.prevent_default();
        focus_one(&items, &items[to]);
    };

    view! {
        <div class="menu-anchor" node_ref=root on:focusout=on_focusout on:keydown=on_keydown>
            <button
                class=class
                type="button"
                node_ref=trigger
                aria-label=label
                aria-haspopup="menu"
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| is_open.update(|open| *open = !*open)
            >
                {button.run()}
            </button>
            <Show when=move || is_open.get()>
                <div
                    class="menu menu--floating"
                    class:menu--at-end=at_end
                    class:menu--above=above
                    role="menu"
                    aria-label=label
                    node_ref=list
                >
                    {children()}
                </div>
            </Show>
        </div>
    }
}

/// Something that a menu does.
#[component]
pub fn MenuItem(
    /// Does it. The menu closes first.
    #[prop(into)]
    on_select: Callback<()>,
    /// Why it cannot be done: then it stays, says so, and does nothing.
    #[prop(optional_no_strip)]
    locked: Option<String>,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let select = closing(on_select);
    let is_locked = locked.is_some();
    let on_click = move |event| {
        if !is_locked {
            select(event);
        }
    };
    view! {
        <button
            class="menu__item"
            type="button"
            role="menuitem"
            tabindex="-1"
            aria-disabled=is_locked.then_some("true")
            aria-description=locked.clone()
            title=locked
            on:click=on_click
        >
            {children()}
        </button>
    }
}

/// One of several choices in a menu, of which one is taken.
#[component]
pub fn MenuChoice(
    /// Whether it is the one taken.
    #[prop(into)]
    is_chosen: Signal<bool>,
    /// Takes it. The menu closes first.
    #[prop(into)]
    on_select: Callback<()>,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let on_click = closing(on_select);
    view! {
        <button
            class="menu__item"
            type="button"
            role="menuitemradio"
            tabindex="-1"
            aria-checked=move || is_chosen.get().to_string()
            on:click=on_click
        >
            <span class="menu__text">{children()}</span>
            <span class="menu__end">
                <super::Icon glyph=super::Glyph::Check />
            </span>
        </button>
    }
}

#[derive(Clone, Copy)]
struct MenuClose(Callback<()>);

/// Closes the menu that this stands in, and then does what was chosen.
fn closing(on_select: Callback<()>) -> impl Fn(MouseEvent) + 'static {
    let MenuClose(close) = expect_context();
    move |_| {
        close.run(());
        on_select.run(());
    }
}

/// Moves a menu that would reach beyond the window's side.
fn keep_in_view(list: &HtmlElement) {
    let style = list.style();
    let _ = style.remove_property("translate");
    let own = list.get_bounding_client_rect();
    let width = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or_default();
    let beyond = (own.right() - (width - MARGIN)).max(0.0) - (MARGIN - own.left()).max(0.0);
    if beyond != 0.0 {
        let _ = style.set_property("translate", &format!("{}px", -beyond));
    }
}

/// Gives the focus to one of the items, which alone is then a stop of the Tab key.
fn focus_one(items: &[HtmlElement], one: &HtmlElement) {
    for item in items {
        item.set_tab_index(if item == one { 0 } else { -1 });
    }
    let _ = one.focus();
}

fn items(list: &HtmlElement) -> Vec<HtmlElement> {
    let found = list.query_selector_all("[role^=menuitem]").ok();
    let Some(found) = found else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}
