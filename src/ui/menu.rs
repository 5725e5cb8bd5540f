use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

use super::key::pressed_key;
use super::popover::{MARGIN, css_zoom, viewport_size};
use super::query::query_all;
use super::windowed::RowPlace;
use crate::reactive::effect;

/// A button with a dropdown menu: <https://www.w3.org/WAI/ARIA/apg/patterns/menu-button/>
///
/// The arrow keys, Home and End move the focus. Escape, selecting an item and moving the focus elsewhere close the menu.
#[component]
pub fn Menu(
    /// The accessible name of the button and the menu.
    #[prop(into)]
    label: Signal<String>,
    /// The class of the button.
    class: &'static str,
    /// The content of the button.
    button: ViewFn,
    /// Whether to align the inline end of the menu with the button, instead of its start.
    #[prop(optional)]
    at_end: bool,
    /// Whether to open the menu above the button, instead of below.
    #[prop(optional)]
    above: bool,
    /// The items. Rendered when the menu opens.
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
    let show = move |list: &HtmlElement| {
        keep_in_viewport(list);
        let items = items(list);
        let checked = items.iter().find(|item| item.get_attribute("aria-checked").as_deref() == Some("true"));
        if let Some(item) = checked.or(items.first()) {
            focus_item(&items, item);
        }
    };
    provide_context(MenuReady(Callback::new(move |()| {
        if let Some(list) = list.try_get_untracked().flatten() {
            show(&list);
        }
    })));
    effect(move |_| {
        if let Some(list) = list.get() {
            show(&list);
        }
    });
    let resize_listener = window_event_listener(leptos::ev::resize, move |_| {
        if let Some(list) = list.try_get_untracked().flatten() {
            keep_in_viewport(&list);
        }
    });
    on_cleanup(move || resize_listener.remove());
    // Uses the `try_` methods: the selected action can unmount the menu, which then emits `focusout` after its signals are
    // disposed.
    let on_focusout = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        if root.try_get_untracked().flatten().is_some_and(|root| !root.contains(to.as_ref())) {
            let _ = is_open.try_set(false);
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        let Some(list) = list.get_untracked().filter(|_| is_open.get_untracked()) else { return };
        let items = items(&list);
        let Some(last_index) = items.len().checked_sub(1) else { return };
        let focused = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let index = items.iter().position(|item| Some(item) == focused.as_ref());
        let to = match (pressed_key(&event).as_str(), index) {
            ("Escape", _) => {
                event.stop_propagation();
                // Otherwise the browser closes a dialog of the host page around the menu.
                event.prevent_default();
                close();
                return;
            }
            ("Home", _) | ("ArrowDown", None) => 0,
            ("End", _) | ("ArrowUp", None | Some(0)) => last_index,
            ("ArrowDown", Some(index)) => (index + 1) % items.len(),
            ("ArrowUp", Some(index)) => index - 1,
            _ => return,
        };
        event.prevent_default();
        focus_item(&items, &items[to]);
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

/// A menu item.
#[component]
pub fn MenuItem(
    /// Called after the menu has closed.
    #[prop(into)]
    on_select: Callback<()>,
    /// The reason why the item is disabled. The item stays focusable and shows the reason, but does nothing.
    #[prop(optional_no_strip)]
    locked: Option<String>,
    /// The label.
    children: Children,
) -> impl IntoView {
    let select = close_then(on_select);
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

/// A menu item with a check mark, one of which is checked (`menuitemradio`).
#[component]
pub fn MenuItemRadio(
    /// Whether the item is checked.
    #[prop(into)]
    is_checked: Signal<bool>,
    /// Called after the menu has closed.
    #[prop(into)]
    on_select: Callback<()>,
    /// The place of the item in a list that renders only the items in view.
    #[prop(optional)]
    place: Option<RowPlace>,
    /// The label.
    children: Children,
) -> impl IntoView {
    let on_click = close_then(on_select);
    view! {
        <button
            class="menu__item"
            type="button"
            role="menuitemradio"
            tabindex="-1"
            data-row=place.and_then(RowPlace::row)
            aria-posinset=place.and_then(RowPlace::position)
            aria-setsize=place.and_then(RowPlace::size)
            style:margin-block-start=move || place.and_then(RowPlace::margin)
            aria-checked=move || is_checked.get().to_string()
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

#[derive(Clone, Copy)]
struct MenuReady(Callback<()>);

/// Returns a callback for items that arrive after the menu has opened. It places the menu and focuses its checked item.
pub fn use_menu_ready() -> Callback<()> {
    let MenuReady(ready) = expect_context();
    ready
}

/// Returns a click handler that closes the surrounding menu and then calls `on_select`.
fn close_then(on_select: Callback<()>) -> impl Fn(MouseEvent) + 'static {
    let MenuClose(close) = expect_context();
    move |_| {
        close.run(());
        on_select.run(());
    }
}

/// Shifts a menu that would overflow the viewport horizontally.
fn keep_in_viewport(list: &HtmlElement) {
    let style = list.style();
    let _ = style.remove_property("translate");
    let rect = list.get_bounding_client_rect();
    let (width, _) = viewport_size(list);
    let overflow = (rect.right() - (width - MARGIN)).max(0.0) - (MARGIN - rect.left()).max(0.0);
    if overflow != 0.0 {
        let _ = style.set_property("translate", &format!("{}px", -overflow / css_zoom(list)));
    }
}

/// Focuses an item and makes it the only tab stop (roving tabindex).
fn focus_item(items: &[HtmlElement], focused: &HtmlElement) {
    for item in items {
        item.set_tab_index(if item == focused { 0 } else { -1 });
    }
    let _ = focused.focus();
}

fn items(list: &HtmlElement) -> Vec<HtmlElement> {
    query_all(list, "[role^=menuitem]")
}
