//! A page of its own for each test: the users feature in an element, over a backend that the test scripts.

#![allow(dead_code, reason = "no test needs all of it")]

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use js_sys::Promise;
use leptos::prelude::*;
use studio_users::api::{Answer, Client, OnText, Request, Response, Transport, TransportError};
use studio_users::embed::{self, Mounted, Surroundings};
use studio_users::i18n::Language;
use studio_users::state::{Asks, Changes, Navigation, Place, Reader, SessionEnded, ViewChange, Viewing};
use studio_users::ui::KeyScope;
use studio_users_contract::{
    NodeName, NodeView, RowEnvironments, Session, SessionNode, SessionUser, Total, UserPage, UserRow, path,
};
use studio_users_domain::{
    Allowed, NodeId, NodeKind, Role, RoleSet, RowRole, Status, UserId, capabilities_of,
};
use uuid::Uuid;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, Element, HtmlElement, HtmlInputElement, MutationObserver, MutationObserverInit, NodeList,
    ShadowRoot,
};

/// What the scripted backend does with a call.
pub enum Reply {
    /// Answers after so many milliseconds, unless the call was given up.
    After(i32, Response),
    /// Cannot be reached.
    Unreachable,
}

/// A backend that a test scripts: each call goes to a function.
pub struct Scripted {
    reply: Box<dyn Fn(&Request) -> Reply + Send + Sync>,
    calls: Arc<Mutex<Vec<String>>>,
    bodies: Arc<Mutex<Vec<(String, String)>>>,
}

impl Transport for Scripted {
    fn send(&self, request: Request) -> Answer {
        // Nothing happens by others' hands here, unless a test says so.
        if request.url == path::EVENTS {
            return Box::pin(std::future::pending());
        }
        self.calls.lock().unwrap().push(request.url.clone());
        if let Some(body) = &request.body {
            self.bodies.lock().unwrap().push((request.url.clone(), body.clone()));
        }
        let reply = (self.reply)(&request);
        Box::pin(async move {
            match reply {
                Reply::Unreachable => Err(TransportError::Unreachable),
                Reply::After(wait, response) => {
                    sleep(wait).await;
                    let is_given_up = request.abort.is_some_and(|abort| abort.aborted());
                    if is_given_up { Err(TransportError::Aborted) } else { Ok(response) }
                }
            }
        })
    }

    // What streams is scripted as one piece.
    fn stream(&self, request: Request, mut on_text: OnText) -> Answer {
        let whole = self.send(request);
        Box::pin(async move {
            let answer = whole.await?;
            if (200..300).contains(&answer.status) {
                on_text(answer.body);
                return Ok(Response { body: String::new(), ..answer });
            }
            Ok(answer)
        })
    }
}

/// The users feature, mounted. Unmounted, and its element removed, when dropped.
pub struct Page {
    /// The calls made so far.
    pub calls: Arc<Mutex<Vec<String>>>,
    /// Those of them that sent something: the URL and what was sent.
    pub bodies: Arc<Mutex<Vec<(String, String)>>>,
    /// Whether the page around was told that the session has ended.
    pub has_ended: Arc<Mutex<bool>>,
    /// Where the reader is.
    pub navigation: Navigation,
    /// What the page around says of a session that has ended.
    pub ended: SessionEnded,
    /// The view of the tab.
    pub viewing: Viewing,
    /// What the page around was told of it.
    pub view_changes: Arc<Mutex<Vec<ViewChange>>>,
    host: HtmlElement,
    root: ShadowRoot,
    _mounted: Mounted,
}

impl Page {
    /// Mounts at a place, in an element of this width (px) and 600 px high. Each call's URL goes to a function.
    pub fn mount(place: Place, width: u32, reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::mount_as(reader(), place, width, move |request| reply(&request.url))
    }

    /// Mounts for somebody else, with a backend that sees each call whole.
    pub fn mount_as(
        reader: Reader,
        place: Place,
        width: u32,
        reply: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::mount_within(Viewing::default(), reader, place, width, reply)
    }

    /// The same, with what the tab knows of a view.
    pub fn mount_within(
        viewing: Viewing,
        reader: Reader,
        place: Place,
        width: u32,
        reply: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let host: HtmlElement = document().create_element("div").unwrap().unchecked_into();
        let style = host.style();
        style.set_property("inline-size", &format!("{width}px")).unwrap();
        style.set_property("block-size", "600px").unwrap();
        document().body().unwrap().append_child(&host).unwrap();
        let (calls, bodies) = (Arc::default(), Arc::default());
        let has_ended = Arc::new(Mutex::new(false));
        let told = Arc::clone(&has_ended);
        let navigation = Navigation::in_memory(place).with_addresses(Place::url);
        let ended = SessionEnded::new(move || *told.lock().unwrap() = true);
        let client = Client::new(Scripted {
            reply: Box::new(reply),
            calls: Arc::clone(&calls),
            bodies: Arc::clone(&bodies),
        });
        let view_changes = Arc::<Mutex<Vec<_>>>::default();
        let told = Arc::clone(&view_changes);
        viewing.on_change(move |change| told.lock().unwrap().push(change));
        let surroundings = Surroundings {
            client: viewing.client(&client),
            navigation: navigation.clone(),
            reader: Signal::stored(Arc::new(reader)),
            on_reader_changed: Callback::new(|()| {}),
            language: Language::En,
            keys: KeyScope::new(host.clone().into()),
            ended,
            viewing,
            tells_view: true,
            asks: Asks::default(),
            changes: Changes::default(),
        };
        let mounted = embed::mount(&host, surroundings).unwrap();
        let root = host.shadow_root().unwrap();
        Self {
            calls,
            bodies,
            has_ended,
            navigation,
            ended,
            viewing,
            view_changes,
            host,
            root,
            _mounted: mounted,
        }
    }

    /// Every element that the CSS selector finds, but for rows that are kept for later.
    pub fn all(&self, selector: &str) -> Vec<Element> {
        let mut found = elements(&self.root.query_selector_all(selector).unwrap());
        found.retain(|element| element.closest("tr[aria-hidden]").unwrap().is_none());
        found
    }

    /// The first that it finds.
    pub fn one(&self, selector: &str) -> Element {
        let found = self.root.query_selector(selector).unwrap();
        found.unwrap_or_else(|| panic!("nothing is {selector} in: {}", self.text()))
    }

    /// The rows in view: the text of their row headers.
    pub fn names(&self) -> Vec<String> {
        self.all("tbody :not([data-marks=awaited]) > [role=rowheader] bdi:first-child")
            .into_iter()
            .filter(|name| name.closest(".person__name").unwrap().is_some())
            .filter_map(|name| name.text_content())
            .collect()
    }

    /// All that there is to read.
    pub fn text(&self) -> String {
        self.root.text_content().unwrap_or_default()
    }

    /// Clicks the button that says so.
    pub fn click(&self, words: &str) {
        let says = |button: &Element| button.text_content().is_some_and(|text| text.trim() == words);
        let button = self.all("button").into_iter().find(says);
        button.unwrap_or_else(|| panic!("no button says {words}")).unchecked_into::<HtmlElement>().click();
    }

    /// Presses a key, where the focus is within the feature.
    pub fn press(&self, key: &str) {
        let pressed = web_sys::KeyboardEventInit::new();
        pressed.set_key(key);
        pressed.set_bubbles(true);
        pressed.set_composed(true);
        pressed.set_cancelable(true);
        let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &pressed).unwrap();
        let target = self.root.active_element().unwrap_or_else(|| self.host.clone().into());
        target.dispatch_event(&event).unwrap();
    }

    /// Presses a key, with Ctrl where `with_control`, on what the CSS selector finds. False where the page took it.
    pub fn press_on(&self, selector: &str, key: &str, with_control: bool) -> bool {
        let options = web_sys::KeyboardEventInit::new();
        options.set_key(key);
        options.set_ctrl_key(with_control);
        options.set_bubbles(true);
        options.set_composed(true);
        options.set_cancelable(true);
        let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &options).unwrap();
        self.one(selector).dispatch_event(&event).unwrap()
    }

    /// Types into a field, as one letter after the other would leave it.
    pub fn fill(&self, selector: &str, text: &str) {
        let field: HtmlInputElement = self.one(selector).unchecked_into();
        field.set_value(text);
        field.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
    }

    /// The element with the focus.
    pub fn focused(&self) -> Option<Element> {
        self.root.active_element()
    }

    /// Types into the search, as one letter after the other would leave it.
    pub fn search(&self, text: &str) {
        self.fill("[aria-label='Search users']", text);
    }

    /// Waits until it is so; after two seconds the test fails, with what is on the page.
    pub async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        for _ in 0..200 {
            if is_so(self) {
                return;
            }
            sleep(10).await;
        }
        panic!("not so after two seconds: {what}; the page says: {}", self.text());
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.host.remove();
    }
}

/// Waits so many milliseconds.
pub async fn sleep(milliseconds: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        let window = web_sys::window().unwrap();
        window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

/// Waits until the element says so, and not a task longer: whatever waits for a frame has yet to happen.
pub async fn says(element: &Element, words: &'static str) {
    let changes = MutationObserverInit::new();
    changes.set_subtree(true);
    changes.set_child_list(true);
    changes.set_character_data(true);
    let says = Promise::new(&mut |resolve, _| {
        let said = element.clone();
        let on_change =
            Closure::<dyn Fn(JsValue, MutationObserver)>::new(move |_, observer: MutationObserver| {
                if said.text_content().is_some_and(|text| text.contains(words)) {
                    observer.disconnect();
                    resolve.call0(&JsValue::UNDEFINED).unwrap();
                }
            });
        let observer = MutationObserver::new(on_change.into_js_value().unchecked_ref()).unwrap();
        observer.observe_with_options(element, &changes).unwrap();
    });
    JsFuture::from(says).await.unwrap();
}

/// Waits until the browser is about to paint.
pub async fn frame() {
    let frame = Promise::new(&mut |resolve, _| {
        web_sys::window().unwrap().request_animation_frame(&resolve).unwrap();
    });
    JsFuture::from(frame).await.unwrap();
}

/// The document of the test.
pub fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

/// The elements of a list.
pub fn elements(list: &NodeList) -> Vec<Element> {
    (0..list.length()).map(|at| list.item(at).unwrap().unchecked_into()).collect()
}

/// The value of a query parameter in a call.
pub fn parameter(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?')?.1;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The window of a list of `total` users that a call asks for. User n is called "User n".
pub fn window_of(url: &str, total: u32) -> Reply {
    let number = |name| parameter(url, name).and_then(|value| value.parse().ok());
    let (offset, limit): (u32, u32) = (number("offset").unwrap_or(0), number("limit").unwrap_or(50));
    let items = (offset..(offset + limit).min(total)).map(|n| row(n, &format!("User {n}"))).collect();
    page(items, total)
}

/// An answer with these rows, of so many.
pub fn page(items: Vec<UserRow>, total: u32) -> Reply {
    answer(&UserPage { total: Total { value: total, exact: true }, items }, 0)
}

/// An answer after so many milliseconds.
pub fn answer(page: &UserPage, wait: i32) -> Reply {
    Reply::After(
        wait,
        Response { status: 200, body: serde_json::to_string(page).unwrap(), ..Response::default() },
    )
}

/// An answer with this in it.
pub fn json(value: &impl serde::Serialize) -> Reply {
    let body = serde_json::to_string(value).unwrap();
    Reply::After(0, Response { status: 200, body, ..Response::default() })
}

/// An answer with nothing in it.
pub fn nothing() -> Reply {
    Reply::After(0, Response { status: 204, ..Response::default() })
}

/// A refusal with this code.
pub fn refusal(status: u16, code: &str) -> Reply {
    let body = format!(r#"{{"status":{status},"code":"{code}","title":"Refused"}}"#);
    Reply::After(0, Response { status, body, ..Response::default() })
}

/// An active agent of one environment.
pub fn row(number: u32, name: &str) -> UserRow {
    UserRow {
        id: UserId(Uuid::from_u128(u128::from(number) + 100)),
        name: Some(name.into()),
        email: format!("user{number}@example.test"),
        status: Status::Active,
        created_at: DateTime::<Utc>::from_timestamp(1_700_000_000, 0).unwrap(),
        last_active_at: None,
        roles: vec![RowRole { role: Role::Agent, inherited: false }],
        environments: RowEnvironments {
            total: 1,
            first: vec![NodeName { id: environment(1), name: "Harbor Bank".into() }],
        },
        invitation: None,
        invited_by: None,
        allowed: Allowed::default(),
    }
}

/// The id of one of the reader's environments.
pub fn environment(number: u128) -> NodeId {
    NodeId(Uuid::from_u128(number))
}

/// Maud, who manages two environments. Her id is that of user 1.
pub fn reader() -> Reader {
    let node = |number, name: &str| NodeView {
        id: environment(number),
        parent_id: None,
        kind: NodeKind::Environment,
        name: name.into(),
        own_managers: Some(1),
        disabled_roles: None,
    };
    let roles = RoleSet::only(Role::OrganisationManager);
    let held = |number| SessionNode {
        node_id: environment(number),
        roles,
        inherited: false,
        capabilities: capabilities_of(roles),
        notified: None,
    };
    Reader {
        session: Session {
            user: SessionUser {
                id: UserId(Uuid::from_u128(101)),
                name: Some("Maud Jansen".into()),
                email: "maud@example.test".into(),
                locale: None,
            },
            managed: vec![environment(1), environment(2)],
            nodes: vec![held(1), held(2)],
            view: None,
        },
        nodes: vec![node(1, "Harbor Bank"), node(2, "City Clinic")],
    }
}
