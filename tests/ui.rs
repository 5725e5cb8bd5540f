//! The parts that know nothing of users, in a browser.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

use std::any::Any;
use std::sync::{Arc, Mutex};

use leptos::mount::mount_to;
use leptos::prelude::*;
use studio_users::ui::{Dialog, Hints, KeyScope, Popover, Segmented, use_shortcut};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, KeyboardEventInit};

wasm_bindgen_test_configure!(run_in_browser);

/// Something mounted into an element of its own; unmounted, and the element removed, when dropped.
struct Mounted {
    host: HtmlElement,
    _handle: Box<dyn Any>,
}

impl Mounted {
    fn new<V: IntoView + 'static>(view: impl FnOnce(HtmlElement) -> V + 'static) -> Self {
        let host: HtmlElement = document().create_element("div").unwrap().unchecked_into();
        document().body().unwrap().append_child(&host).unwrap();
        let around = host.clone();
        let handle = mount_to(host.clone(), move || view(around).into_view());
        Self { host, _handle: Box::new(handle) }
    }

    fn find(&self, selector: &str) -> Option<HtmlElement> {
        self.host.query_selector(selector).unwrap().map(JsCast::unchecked_into)
    }

    fn one(&self, selector: &str) -> HtmlElement {
        self.find(selector).unwrap_or_else(|| panic!("nothing is {selector}"))
    }

    async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        for _ in 0..200 {
            if is_so(self) {
                return;
            }
            tick().await;
        }
        panic!("not so: {what}: {}", self.host.inner_html());
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.host.remove();
    }
}

async fn tick() {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let window = web_sys::window().unwrap();
        window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 10).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

fn press(element: &Element, key: &str) {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    element.dispatch_event(&event).unwrap();
}

fn has_focus(element: &Element) -> bool {
    document().active_element().as_ref() == Some(element)
}

#[wasm_bindgen_test]
async fn a_dialog_takes_the_focus_and_gives_it_back() {
    let mounted = Mounted::new(|_| {
        let is_open = RwSignal::new(false);
        view! {
            <button id="opens" on:click=move |_| is_open.set(true)>"Open"</button>
            <Show when=move || is_open.get()>
                <Dialog label_id="title" class="" on_close=move |()| is_open.set(false)>
                    <h2 id="title">"Title"</h2>
                    <button>"First"</button>
                    <button id="wanted" autofocus>"Wanted"</button>
                </Dialog>
            </Show>
        }
    });
    let opens = mounted.one("#opens");
    opens.focus().unwrap();
    opens.click();
    mounted.until("open", |mounted| mounted.find("dialog[open]").is_some()).await;
    mounted.until("the focus", |mounted| has_focus(&mounted.one("#wanted"))).await;
    assert_eq!(mounted.one("dialog").get_attribute("aria-labelledby").as_deref(), Some("title"));
    // What the browser tells of Escape.
    mounted.one("dialog").dispatch_event(&Event::new("cancel").unwrap()).unwrap();
    mounted.until("closed", |mounted| mounted.find("dialog").is_none()).await;
    mounted.until("the focus back", |mounted| has_focus(&mounted.one("#opens"))).await;
}

#[wasm_bindgen_test]
async fn a_popover_opens_at_its_button_and_escape_leads_back() {
    let escapes = Arc::new(Mutex::new(0));
    let heard = Arc::clone(&escapes);
    let mounted = Mounted::new(move |_| {
        let on_keydown = move |_| *heard.lock().unwrap() += 1;
        view! {
            <div on:keydown=on_keydown>
                <Popover label=Signal::stored("Choices".to_string()) class="opens" button=ViewFn::from(|| "Open")>
                    <input id="field" autofocus />
                </Popover>
            </div>
        }
    });
    let button = mounted.one(".opens");
    assert_eq!(button.get_attribute("aria-expanded").as_deref(), Some("false"));
    button.click();
    mounted.until("the field", |mounted| mounted.find("#field").is_some_and(|field| has_focus(&field))).await;
    assert_eq!(button.get_attribute("aria-expanded").as_deref(), Some("true"));
    let (anchor, surface) =
        (button.get_bounding_client_rect(), mounted.one("[role=dialog]").get_bounding_client_rect());
    assert!(surface.top() >= anchor.bottom() || surface.bottom() <= anchor.top(), "it covers its button");
    press(&mounted.one("#field"), "Escape");
    mounted.until("closed", |mounted| mounted.find("[role=dialog]").is_none()).await;
    assert!(has_focus(&button));
    assert_eq!(*escapes.lock().unwrap(), 0, "only the innermost layer hears of Escape");
}

#[wasm_bindgen_test]
async fn a_hint_shows_with_the_focus_and_goes_with_escape() {
    let mounted = Mounted::new(|_| {
        view! {
            <Hints>
                <button id="locked" data-hint="Because it is locked">"Locked"</button>
                <button id="other">"Other"</button>
            </Hints>
        }
    });
    let is_shown = |mounted: &Mounted| mounted.one(".hint-bubble").matches(":popover-open").unwrap();
    mounted.one("#locked").focus().unwrap();
    mounted.until("the hint", is_shown).await;
    assert_eq!(mounted.one(".hint-bubble").text_content().unwrap(), "Because it is locked");
    press(&mounted.one("#locked"), "Escape");
    mounted.until("no hint", |mounted| !is_shown(mounted)).await;
    mounted.one("#other").focus().unwrap();
    tick().await;
    assert!(!is_shown(&mounted));
}

#[wasm_bindgen_test]
async fn arrows_choose_and_move_the_focus_in_a_segmented_control() {
    let chosen = RwSignal::new(1);
    let mounted = Mounted::new(move |_| {
        let choices = vec![(1, "One".to_string()), (2, "Two".to_string())];
        view! { <Segmented label="Number" choices chosen on_choose=move |value| chosen.set(value) /> }
    });
    let first = mounted.one("[aria-checked=true]");
    assert_eq!(first.tab_index(), 0);
    first.focus().unwrap();
    press(&first, "ArrowRight");
    mounted
        .until("the second", |mounted| mounted.one("[aria-checked=true]").text_content().unwrap() == "Two")
        .await;
    assert!(has_focus(&mounted.one("[aria-checked=true]")));
    press(&mounted.one("[aria-checked=true]"), "ArrowRight");
    mounted
        .until("round again", |mounted| mounted.one("[aria-checked=true]").text_content().unwrap() == "One")
        .await;
}

#[wasm_bindgen_test]
async fn single_keys_can_be_switched_off_and_act_in_no_field() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (single, chord) = (Arc::clone(&heard), Arc::clone(&heard));
    let keys = Arc::new(Mutex::new(None::<KeyScope>));
    let given = Arc::clone(&keys);
    let mounted = Mounted::new(move |host| {
        let scope = KeyScope::new(host.into());
        *given.lock().unwrap() = Some(scope.clone());
        provide_context(scope);
        use_shortcut("k", "does something", move || single.lock().unwrap().push("k"));
        use_shortcut("Mod+k", "does more", move || chord.lock().unwrap().push("Mod+k"));
        view! {
            <button id="button">"Button"</button>
            <input id="field" />
        }
    });
    let keys = keys.lock().unwrap().clone().unwrap();
    let known: Vec<_> = keys.known().into_iter().map(|shortcut| shortcut.does).collect();
    assert_eq!(known, ["does something", "does more"]);
    press(&mounted.one("#field"), "k");
    assert!(heard.lock().unwrap().is_empty());
    press(&mounted.one("#button"), "k");
    assert_eq!(*heard.lock().unwrap(), ["k"]);
    keys.are_on.set(false);
    press(&mounted.one("#button"), "k");
    let init = KeyboardEventInit::new();
    init.set_key("k");
    init.set_ctrl_key(true);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let with_control = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    mounted.one("#field").dispatch_event(&with_control).unwrap();
    assert_eq!(*heard.lock().unwrap(), ["k", "Mod+k"], "those with a modifier always act");
}
