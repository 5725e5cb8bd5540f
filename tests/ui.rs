//! Tests the generic UI components in a browser.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

#[path = "support/mounted.rs"]
mod mounted;

use std::sync::{Arc, Mutex};

use leptos::prelude::*;
use mounted::{Mounted, press, tick};
use studio_users::ui::{
    Dialog, KeyScope, Markup, Menu, MenuItem, Popover, Segmented, Tooltips, after_paint, keep_focus_within,
    use_shortcut,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, Event, KeyboardEvent, KeyboardEventInit, MouseEvent, MouseEventInit};

wasm_bindgen_test_configure!(run_in_browser);

fn has_focus(element: &Element) -> bool {
    document().active_element().as_ref() == Some(element)
}

#[wasm_bindgen_test]
async fn a_dialog_moves_the_focus_and_returns_it_on_close() {
    let mounted = Mounted::new(|_| {
        let is_open = RwSignal::new(false);
        view! {
            <button id="trigger" on:click=move |_| is_open.set(true)>"Open"</button>
            <Show when=move || is_open.get()>
                <Dialog label_id="title" class="" on_close=move |()| is_open.set(false)>
                    <h2 id="title">"Title"</h2>
                    <button>"First"</button>
                    <button id="second" autofocus>"Second"</button>
                </Dialog>
            </Show>
        }
    });
    let trigger = mounted.one("#trigger");
    trigger.focus().unwrap();
    trigger.click();
    mounted.until("the dialog opens", |mounted| mounted.find("dialog[open]").is_some()).await;
    mounted.until("the autofocus element is focused", |mounted| has_focus(&mounted.one("#second"))).await;
    assert_eq!(mounted.one("dialog").get_attribute("aria-labelledby").as_deref(), Some("title"));
    // Browsers fire `cancel` when the user presses Escape.
    mounted.one("dialog").dispatch_event(&Event::new("cancel").unwrap()).unwrap();
    mounted.until("the dialog closes", |mounted| mounted.find("dialog").is_none()).await;
    mounted.until("the trigger is focused again", |mounted| has_focus(&mounted.one("#trigger"))).await;
}

#[wasm_bindgen_test]
async fn a_popover_opens_next_to_its_button_and_escape_returns_the_focus() {
    let bubbled_keys = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&bubbled_keys);
    let mounted = Mounted::new(move |_| {
        let on_keydown = move |_| *counter.lock().unwrap() += 1;
        view! {
            <div on:keydown=on_keydown>
                <Popover label=Signal::stored("Choices".to_string()) class="trigger" button=ViewFn::from(|| "Open")>
                    <input id="field" autofocus />
                </Popover>
            </div>
        }
    });
    let button = mounted.one(".trigger");
    assert_eq!(button.get_attribute("aria-expanded").as_deref(), Some("false"));
    button.click();
    mounted
        .until("the field is focused", |mounted| {
            mounted.find("#field").is_some_and(|field| has_focus(&field))
        })
        .await;
    assert_eq!(button.get_attribute("aria-expanded").as_deref(), Some("true"));
    let (anchor, surface) =
        (button.get_bounding_client_rect(), mounted.one("[role=dialog]").get_bounding_client_rect());
    assert!(
        surface.top() >= anchor.bottom() || surface.bottom() <= anchor.top(),
        "the popover covers its button"
    );
    press(&mounted.one("#field"), "Escape");
    mounted.until("the popover closes", |mounted| mounted.find("[role=dialog]").is_none()).await;
    assert!(has_focus(&button));
    assert_eq!(*bubbled_keys.lock().unwrap(), 0, "only the innermost layer handles Escape");
}

#[wasm_bindgen_test]
async fn a_tooltip_opens_on_focus_and_closes_on_escape() {
    let mounted = Mounted::new(|_| {
        view! {
            <Tooltips>
                <button id="locked" data-hint="Because it is locked">"Locked"</button>
                <button id="other">"Other"</button>
            </Tooltips>
        }
    });
    let is_shown = |mounted: &Mounted| mounted.one(".tooltip").matches(":popover-open").unwrap();
    mounted.one("#locked").focus().unwrap();
    mounted.until("the tooltip opens", is_shown).await;
    assert_eq!(mounted.one(".tooltip").text_content().unwrap(), "Because it is locked");
    press(&mounted.one("#locked"), "Escape");
    mounted.until("the tooltip closes", |mounted| !is_shown(mounted)).await;
    mounted.one("#other").focus().unwrap();
    tick().await;
    assert!(!is_shown(&mounted));
}

#[wasm_bindgen_test]
async fn arrow_keys_move_the_selection_and_focus_in_a_segmented_control() {
    let selected = RwSignal::new(1);
    let mounted = Mounted::new(move |_| {
        let options = vec![(1, "One".to_string()), (2, "Two".to_string())];
        view! { <Segmented label="Number" options selected on_select=move |value| selected.set(value) /> }
    });
    let first = mounted.one("[aria-checked=true]");
    assert_eq!(first.tab_index(), 0);
    first.focus().unwrap();
    press(&first, "ArrowRight");
    mounted
        .until("the second option is selected", |mounted| {
            mounted.one("[aria-checked=true]").text_content().unwrap() == "Two"
        })
        .await;
    assert!(has_focus(&mounted.one("[aria-checked=true]")));
    press(&mounted.one("[aria-checked=true]"), "ArrowRight");
    mounted
        .until("the selection wraps to the first option", |mounted| {
            mounted.one("[aria-checked=true]").text_content().unwrap() == "One"
        })
        .await;
}

#[wasm_bindgen_test]
async fn single_key_shortcuts_can_be_disabled_and_ignore_text_fields() {
    let handled = Arc::new(Mutex::new(Vec::new()));
    let (single, chord) = (Arc::clone(&handled), Arc::clone(&handled));
    let keys = Arc::new(Mutex::new(None::<KeyScope>));
    let stored_keys = Arc::clone(&keys);
    let mounted = Mounted::new(move |host| {
        let scope = KeyScope::new(host.into());
        *stored_keys.lock().unwrap() = Some(scope.clone());
        provide_context(scope);
        use_shortcut("k", "does something", move || single.lock().unwrap().push("k"));
        use_shortcut("Mod+k", "does more", move || chord.lock().unwrap().push("Mod+k"));
        view! {
            <button id="button">"Button"</button>
            <input id="field" />
        }
    });
    let keys = keys.lock().unwrap().clone().unwrap();
    let descriptions: Vec<_> = keys.active().into_iter().map(|shortcut| shortcut.description).collect();
    assert_eq!(descriptions, ["does something", "does more"]);
    press(&mounted.one("#field"), "k");
    assert!(handled.lock().unwrap().is_empty());
    press(&mounted.one("#button"), "k");
    assert_eq!(*handled.lock().unwrap(), ["k"]);
    keys.single_keys_enabled.set(false);
    press(&mounted.one("#button"), "k");
    let init = KeyboardEventInit::new();
    init.set_key("k");
    init.set_ctrl_key(true);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let with_control = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    mounted.one("#field").dispatch_event(&with_control).unwrap();
    assert_eq!(*handled.lock().unwrap(), ["k", "Mod+k"], "shortcuts with a modifier stay enabled");
}

/// Presses a key of a layout. `options` are further properties of the event. Returns whether the event was handled.
fn press_key(element: &Element, key: &str, code: &str, options: &[(&str, bool)]) -> bool {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_code(code);
    init.set_bubbles(true);
    init.set_cancelable(true);
    for (name, value) in options {
        js_sys::Reflect::set(&init, &(*name).into(), &(*value).into()).unwrap();
    }
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    !element.dispatch_event(&event).unwrap()
}

#[wasm_bindgen_test]
async fn shortcuts_work_with_caps_lock_and_in_other_scripts() {
    let handled = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&handled);
    let mounted = Mounted::new(move |host| {
        provide_context(KeyScope::new(host.into()));
        for key in ["x", "X", "?", "Mod+k"] {
            let log = Arc::clone(&log);
            use_shortcut(key, key, move || log.lock().unwrap().push(key));
        }
        view! { <button id="button">"Button"</button> }
    });
    let button = mounted.one("#button");
    let press = |key: &str, code: &str, options: &[(&str, bool)]| {
        handled.lock().unwrap().clear();
        press_key(&button, key, code, options);
        handled.lock().unwrap().clone()
    };
    let (caps_lock, shift, control) = (("modifierCapsLock", true), ("shiftKey", true), ("ctrlKey", true));
    assert_eq!(press("X", "KeyX", &[caps_lock]), ["x"]);
    assert_eq!(press("x", "KeyX", &[caps_lock, shift]), ["X"]);
    assert_eq!(press("K", "KeyK", &[caps_lock, control]), ["Mod+k"]);
    assert_eq!(press("ч", "KeyX", &[]), ["x"]);
    assert_eq!(press("Ч", "KeyX", &[shift]), ["X"]);
    assert_eq!(press("Ч", "KeyX", &[caps_lock]), ["x"]);
    assert_eq!(press("л", "KeyK", &[control]), ["Mod+k"]);
    assert_eq!(press("?", "Digit7", &[shift]), ["?"]);
    assert!(press("k", "KeyV", &[]).is_empty(), "a letter of a Latin layout counts, not its place");
    assert!(press("K", "KeyK", &[control, shift]).is_empty(), "Ctrl+Shift+K belongs to the browser");
}

#[wasm_bindgen_test]
async fn shortcuts_of_an_element_work_inside_a_dialog_of_its_host() {
    let handled = Arc::new(Mutex::new(0));
    let count = Arc::clone(&handled);
    let mounted = Mounted::new(move |_| {
        let element = NodeRef::<leptos::html::Div>::new();
        let dialog = NodeRef::<leptos::html::Dialog>::new();
        let owner = Owner::current().unwrap();
        Effect::new(move |_| {
            dialog.get().unwrap().show_modal().unwrap();
            let count = Arc::clone(&count);
            owner.with(|| {
                provide_context(KeyScope::new(element.get().unwrap().unchecked_into()));
                use_shortcut("/", "searches", move || *count.lock().unwrap() += 1);
            });
        });
        view! {
            <dialog node_ref=dialog>
                <div node_ref=element>
                    <button id="inside">"Inside"</button>
                    <dialog open><button id="own">"In a dialog of the element"</button></dialog>
                </div>
            </dialog>
        }
    });
    mounted.until("the dialog of the host opens", |mounted| mounted.find("dialog:modal").is_some()).await;
    tick().await;
    assert!(press_key(&mounted.one("#inside"), "/", "Slash", &[]));
    assert!(!press_key(&mounted.one("#own"), "/", "Slash", &[]));
    assert_eq!(*handled.lock().unwrap(), 1);
}

#[wasm_bindgen_test]
async fn escape_that_ends_a_composition_closes_nothing() {
    let mounted = Mounted::new(|_| {
        view! {
            <Popover label=Signal::stored("Choices".to_string()) class="trigger" button=ViewFn::from(|| "Open")>
                <input id="field" autofocus />
            </Popover>
        }
    });
    mounted.one(".trigger").click();
    mounted.until("the popover opens", |mounted| mounted.find("#field").is_some()).await;
    let composing = [("isComposing", true)];
    assert!(!press_key(&mounted.one("#field"), "Escape", "Escape", &composing));
    let init = KeyboardEventInit::new();
    init.set_key("Escape");
    init.set_key_code(229);
    init.set_bubbles(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    mounted.one("#field").dispatch_event(&event).unwrap();
    tick().await;
    assert!(mounted.find("#field").is_some());
    assert!(press_key(&mounted.one("#field"), "Escape", "Escape", &[]));
    mounted.until("the popover closes", |mounted| mounted.find("#field").is_none()).await;
}

#[wasm_bindgen_test]
async fn escape_in_a_menu_does_not_reach_the_host() {
    let mounted = Mounted::new(|_| {
        view! {
            <Menu label=Signal::stored("Actions".to_string()) class="trigger" button=ViewFn::from(|| "Open")>
                <MenuItem on_select=|()| ()>"First"</MenuItem>
            </Menu>
        }
    });
    mounted.one(".trigger").click();
    mounted.until("the menu opens", |mounted| mounted.find("[role=menuitem]").is_some()).await;
    assert!(
        press_key(&mounted.one("[role=menuitem]"), "Escape", "Escape", &[]),
        "the browser closes no dialog"
    );
    mounted.until("the menu closes", |mounted| mounted.find("[role=menuitem]").is_none()).await;
}

#[wasm_bindgen_test]
async fn only_a_click_that_begins_and_ends_on_the_backdrop_closes_a_dialog() {
    let is_open = RwSignal::new(true);
    let mounted = Mounted::new(move |_| {
        view! {
            <Show when=move || is_open.get()>
                <Dialog label_id="title" class="" light_dismiss=true on_close=move |()| is_open.set(false)>
                    <h2 id="title">"Title"</h2>
                    <input id="field" />
                </Dialog>
            </Show>
        }
    });
    mounted.until("the dialog opens", |mounted| mounted.find("dialog[open]").is_some()).await;
    let (dialog, field) = (mounted.one("dialog"), mounted.one("#field"));
    let rect = field.get_bounding_client_rect();
    #[allow(clippy::cast_possible_truncation, reason = "a position on the screen")]
    let inside = (rect.left() as i32 + 2, rect.top() as i32 + 2);
    let dispatch = |target: &Element, kind: &str, (x, y): (i32, i32)| {
        let init = MouseEventInit::new();
        init.set_bubbles(true);
        init.set_client_x(x);
        init.set_client_y(y);
        target.dispatch_event(&MouseEvent::new_with_mouse_event_init_dict(kind, &init).unwrap()).unwrap();
    };
    // After a drag, the browser dispatches the click on the closest common ancestor of both ends.
    dispatch(&field, "pointerdown", inside);
    dispatch(&dialog, "click", (1, 1));
    assert!(is_open.get_untracked(), "the drag began in the dialog");
    dispatch(&dialog, "pointerdown", (1, 1));
    dispatch(&dialog, "click", inside);
    assert!(is_open.get_untracked(), "the drag ended in the dialog");
    dispatch(&dialog, "pointerdown", (1, 1));
    dispatch(&dialog, "click", (1, 1));
    mounted.until("the dialog closes", |mounted| mounted.find("dialog").is_none()).await;
}

#[wasm_bindgen_test]
async fn a_popover_opens_below_its_button_in_a_zoomed_page() {
    let body = document().body().unwrap();
    body.style().set_property("zoom", "1.5").unwrap();
    let mounted = Mounted::new(|host| {
        host.set_attribute("style", "position: absolute; top: 200px; left: 200px").unwrap();
        view! {
            <Popover label=Signal::stored("Choices".to_string()) class="trigger" button=ViewFn::from(|| "Open")>
                <p style="margin: 0">"A choice"</p>
                <input id="field" autofocus />
            </Popover>
        }
    });
    // The style sheet of the page sets these.
    mounted.one(".trigger").click();
    mounted.until("the popover opens", |mounted| mounted.find("[popover]").is_some()).await;
    let surface = mounted.one("[popover]");
    for (name, value) in [("position", "fixed"), ("margin", "0"), ("right", "auto"), ("bottom", "auto")] {
        surface.style().set_property(name, value).unwrap();
    }
    document().default_view().unwrap().dispatch_event(&Event::new("resize").unwrap()).unwrap();
    let (anchor, rect) =
        (mounted.one(".trigger").get_bounding_client_rect(), surface.get_bounding_client_rect());
    body.style().remove_property("zoom").unwrap();
    let distance = rect.top() - anchor.bottom();
    assert!((0.0..=8.0).contains(&distance), "the popover is {distance} px below its button");
    assert!(
        (rect.right() - anchor.right()).abs() < 2.0
            || (rect.left() - anchor.left()).abs() < 2.0
            || (rect.left() - 8.0).abs() < 2.0
    );
}

#[wasm_bindgen_test]
async fn the_focus_returns_when_its_element_is_removed_unless_it_had_left() {
    let is_shown = RwSignal::new(true);
    let mounted = Mounted::new(move |host| {
        keep_focus_within(&host);
        view! {
            <button id="first">"First"</button>
            <input id="text" />
            <Show when=move || is_shown.get()>
                <button id="second">"Second"</button>
            </Show>
        }
    });
    let (first, second) = (mounted.one("#first"), mounted.one("#second"));
    first.focus().unwrap();
    mounted.one("#text").focus().unwrap();
    second.focus().unwrap();
    is_shown.set(false);
    mounted.until("the focus returns", |mounted| has_focus(&mounted.one("#first"))).await;

    is_shown.set(true);
    mounted.until("the second button is back", |mounted| mounted.find("#second").is_some()).await;
    let second = mounted.one("#second");
    second.focus().unwrap();
    second.blur().unwrap();
    is_shown.set(false);
    mounted.until("the second button is gone", |mounted| mounted.find("#second").is_none()).await;
    painted().await;
    painted().await;
    assert!(!has_focus(&first), "the user had moved the focus elsewhere");
}

/// Waits until the next frame is painted.
async fn painted() {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        after_paint(move || {
            resolve.call0(&JsValue::UNDEFINED).unwrap();
        });
    });
    JsFuture::from(promise).await.unwrap();
}

/// Some markup that a number determines: other tags, attributes, texts and numbers of children for other numbers.
fn some_markup(mut number: u32, depth: u32) -> Markup {
    let mut next = |below: u32| {
        // A linear congruential generator, as in `rand` of C.
        number = number.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        (number >> 16) % below
    };
    let tag = ["span", "b", "button", "svg"][next(4) as usize];
    let mut markup = Markup::new(tag).attribute("title", (next(2) == 0).then(|| next(3).to_string().into()));
    if next(3) == 0 {
        markup = markup.set("data-a", next(3).to_string());
    }
    if tag == "svg" {
        return markup.child(Markup::new("path").set("d", format!("M{} 0", next(9))));
    }
    for _ in 0..next(if depth == 0 { 1 } else { 4 }) {
        markup = match next(3) {
            0 => markup.child(Markup::new("input").live_property("checked", || true)),
            _ => markup.child(some_markup(next(60_000), depth - 1)),
        };
    }
    if next(2) == 0 { markup.text(format!("text <{}>", next(3))) } else { markup }
}

#[wasm_bindgen_test]
async fn markup_that_changes_equals_markup_that_is_created() {
    let number = RwSignal::new(0);
    for template in ["", "a template"] {
        let markup = move |number| {
            let markup = Markup::new("p").child(some_markup(number, 3));
            if template.is_empty() { markup } else { markup.cloned_from(template) }
        };
        let changing = Mounted::new(move |_| move || markup(number.get()));
        for now in 1..300 {
            number.set(now);
            tick_effects().await;
            let created = Mounted::new(move |_| Markup::new("p").child(some_markup(now, 3)));
            assert_eq!(changing.host.inner_html(), created.host.inner_html(), "number {now}");
        }
    }
}

#[wasm_bindgen_test]
async fn markup_keeps_its_elements_its_live_values_and_the_focus() {
    let (name, mark, has_icon) = (RwSignal::new("Ann"), RwSignal::new("a"), RwSignal::new(false));
    let page = Mounted::new(move |_| {
        move || {
            let name = name.get();
            let icon = has_icon.get().then(|| Markup::new("i"));
            Markup::new("p")
                .live("data-mark", move || Some(mark.get().into()))
                .live_style("color", move || if mark.get() == "a" { "red" } else { "blue" }.into())
                .child(Markup::new("button").set("aria-label", format!("Remove {name}")).text(name))
                .child(
                    Markup::new("input")
                        .set("type", "checkbox")
                        .live_property("checked", move || mark.get() == "b"),
                )
                .children(icon)
        }
    });
    let (paragraph, button) = (page.one("p"), page.one("button"));
    button.focus().unwrap();
    name.set("Bob");
    has_icon.set(true);
    tick_effects().await;
    assert_eq!(button.get_attribute("aria-label").unwrap(), "Remove Bob");
    assert_eq!(button.text_content().unwrap(), "Bob");
    assert!(has_focus(&button) && page.find("i").is_some());
    // The live values still change after the rest has changed.
    mark.set("b");
    tick_effects().await;
    assert_eq!(paragraph.get_attribute("data-mark").unwrap(), "b");
    assert_eq!(paragraph.style().get_property_value("color").unwrap(), "blue");
    assert!(page.one("input").unchecked_into::<web_sys::HtmlInputElement>().checked());
    has_icon.set(false);
    mark.set("a");
    tick_effects().await;
    assert!(page.find("i").is_none() && page.one("p").is_same_node(Some(&paragraph)));
    assert_eq!(paragraph.get_attribute("data-mark").unwrap(), "a");
}

/// Waits until the effects of a change have run.
async fn tick_effects() {
    for _ in 0..3 {
        JsFuture::from(js_sys::Promise::resolve(&JsValue::NULL)).await.unwrap();
    }
}
