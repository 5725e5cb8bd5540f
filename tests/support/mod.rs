//! Mounts the users feature in an element, with a mock transport. Each test gets its own page.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod intervals;

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use js_sys::Promise;
use leptos::prelude::*;
use studio_users::api::{Client, OnText, Request, Response, ResponseFuture, Transport, TransportError};
use studio_users::embed::{self, MountOptions, Mounted};
use studio_users::i18n::Language;
use studio_users::state::{
    Changes, CurrentUser, Dialogs, Impersonation, Navigation, Route, ScrollMemory, SessionRenewal, ViewChange,
};
use studio_users::ui::{FirstRender, KeyScope};
use studio_users_contract::{
    AccessNode, NodeName, NodeView, Provenance, ProvenanceKind, RowEnvironments, Session, SessionNode,
    SessionUser, Total, UserAccess, UserPage, UserRow, path,
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

thread_local! {
    /// The event stream of the current page.
    static EVENTS: RefCell<Option<OnText>> = const { RefCell::new(None) };
    /// The response to the list of jobs.
    static JOBS: RefCell<Vec<serde_json::Value>> = const { RefCell::new(Vec::new()) };
}

/// Sets the jobs that the mock transport lists. Every page requests them when the browser is idle, so that request is not
/// recorded. Dropping the page clears them.
pub fn set_jobs(jobs: impl IntoIterator<Item = serde_json::Value>) {
    JOBS.set(jobs.into_iter().collect());
}

/// Sends a server-sent event to the current page.
pub fn emit(event: &str, data: &serde_json::Value) {
    EVENTS.with_borrow_mut(|on_text| {
        on_text.as_mut().unwrap()(format!("event: {event}\ndata: {data}\n\n"));
    });
}

/// The reaction of the mock transport to a request.
pub enum Reply {
    /// Responds after a delay in milliseconds, unless the request was aborted.
    After(i32, Response),
    /// Fails with a network error.
    Unreachable,
}

/// A transport that passes each request to a function of the test.
pub struct MockTransport {
    reply: Box<dyn Fn(&Request) -> Reply + Send + Sync>,
    requests: Arc<Mutex<Vec<String>>>,
    request_bodies: Arc<Mutex<Vec<(String, String)>>>,
    in_flight: Arc<AtomicUsize>,
}

/// Counts a request as in flight until it has its response or is aborted.
struct PendingRequest(Arc<AtomicUsize>);

impl PendingRequest {
    fn new(in_flight: &Arc<AtomicUsize>) -> Self {
        in_flight.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(in_flight))
    }
}

impl Drop for PendingRequest {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Transport for MockTransport {
    fn send(&self, request: Request) -> ResponseFuture {
        if request.url == path::JOBS {
            let body = JOBS.with_borrow(|jobs| serde_json::to_string(jobs).unwrap());
            return Box::pin(async { Ok(Response { status: 200, body, ..Response::default() }) });
        }
        self.requests.lock().unwrap().push(request.url.clone());
        if let Some(body) = &request.body {
            self.request_bodies.lock().unwrap().push((request.url.clone(), body.clone()));
        }
        let reply = (self.reply)(&request);
        let in_flight = PendingRequest::new(&self.in_flight);
        Box::pin(async move {
            let _in_flight = in_flight;
            match reply {
                Reply::Unreachable => Err(TransportError::Unreachable),
                Reply::After(delay, response) => {
                    sleep(delay).await;
                    let is_aborted = request.abort.is_some_and(|abort| abort.aborted());
                    if is_aborted { Err(TransportError::Aborted) } else { Ok(response) }
                }
            }
        })
    }

    // Streams the whole body as one chunk.
    fn stream(&self, request: Request, mut on_text: OnText) -> ResponseFuture {
        // The event stream stays open and sends the events of the test.
        if request.url == path::EVENTS {
            EVENTS.set(Some(on_text));
            return Box::pin(std::future::pending());
        }
        let response = self.send(request);
        Box::pin(async move {
            let response = response.await?;
            if (200..300).contains(&response.status) {
                on_text(response.body);
                return Ok(Response { body: String::new(), ..response });
            }
            Ok(response)
        })
    }
}

/// The mounted users feature. Unmounts and removes its element on drop.
pub struct Page {
    /// The URLs of all requests so far.
    pub requests: Arc<Mutex<Vec<String>>>,
    /// The URLs and bodies of the requests with a body.
    pub request_bodies: Arc<Mutex<Vec<(String, String)>>>,
    /// Whether the feature reported to the host that the session has ended.
    pub has_session_ended: Arc<Mutex<bool>>,
    pub navigation: Navigation,
    pub session_renewal: SessionRenewal,
    pub impersonation: Impersonation,
    /// Notifies the feature of changes, as its event stream does.
    pub changes: Changes,
    /// The changes of the impersonation that the host was notified of.
    pub view_changes: Arc<Mutex<Vec<ViewChange>>>,
    in_flight: Arc<AtomicUsize>,
    host: HtmlElement,
    root: ShadowRoot,
    _mounted: Mounted,
}

impl Page {
    /// Mounts the feature at a route, in an element with this width and a height of 600 px. `reply` gets the URL of each request.
    pub fn mount(route: Route, width: u32, reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::mount_as(current_user(), route, width, move |request| reply(&request.url))
    }

    /// Mounts the feature for a given user. `reply` gets each request.
    pub fn mount_as(
        current_user: CurrentUser,
        route: Route,
        width: u32,
        reply: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::mount_with_impersonation(Impersonation::default(), current_user, route, width, reply)
    }

    /// Mounts the feature with a given impersonation.
    pub fn mount_with_impersonation(
        impersonation: Impersonation,
        current_user: CurrentUser,
        route: Route,
        width: u32,
        reply: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let host: HtmlElement = document().create_element("div").unwrap().unchecked_into();
        let style = host.style();
        style.set_property("inline-size", &format!("{width}px")).unwrap();
        style.set_property("block-size", "600px").unwrap();
        document().body().unwrap().append_child(&host).unwrap();
        let (requests, request_bodies, in_flight) = (Arc::default(), Arc::default(), Arc::default());
        let has_session_ended = Arc::new(Mutex::new(false));
        let ended = Arc::clone(&has_session_ended);
        let navigation = Navigation::in_memory(route).with_urls(Route::url);
        let session_renewal = SessionRenewal::new(move || *ended.lock().unwrap() = true);
        let client = Client::new(MockTransport {
            reply: Box::new(reply),
            requests: Arc::clone(&requests),
            request_bodies: Arc::clone(&request_bodies),
            in_flight: Arc::clone(&in_flight),
        });
        let feature_changes = Changes::default();
        let view_changes = Arc::<Mutex<Vec<_>>>::default();
        let changes = Arc::clone(&view_changes);
        impersonation.on_change(move |change| changes.lock().unwrap().push(change));
        let options = MountOptions {
            client: impersonation.client(&client),
            navigation: navigation.clone(),
            current_user: Signal::stored(Arc::new(current_user)),
            on_current_user_changed: Callback::new(|()| {}),
            language: Language::En,
            keys: KeyScope::new(host.clone().into()),
            session_renewal,
            impersonation,
            shows_view_banner: true,
            scroll_memory: ScrollMemory::default(),
            first_render: FirstRender::default(),
            dialogs: Dialogs::default(),
            changes: feature_changes,
        };
        let mounted = embed::mount(&host, options).unwrap();
        let root = host.shadow_root().unwrap();
        Self {
            requests,
            request_bodies,
            has_session_ended,
            navigation,
            session_renewal,
            impersonation,
            changes: feature_changes,
            view_changes,
            in_flight,
            host,
            root,
            _mounted: mounted,
        }
    }

    /// Returns the elements that match a CSS selector, except those in unused rows of the virtual list.
    pub fn all(&self, selector: &str) -> Vec<Element> {
        let mut found = elements(&self.root.query_selector_all(selector).unwrap());
        found.retain(|element| element.closest("tr[aria-hidden]").unwrap().is_none());
        found
    }

    /// Returns the first element that matches a CSS selector.
    pub fn one(&self, selector: &str) -> Element {
        let found = self.root.query_selector(selector).unwrap();
        found.unwrap_or_else(|| panic!("no element matches {selector} in: {}", self.text()))
    }

    /// Returns the names in the rows in view.
    pub fn names(&self) -> Vec<String> {
        self.all("tbody :not([data-marks=awaited]) > [role=rowheader] bdi:first-child")
            .into_iter()
            .filter(|name| name.closest(".person__name").unwrap().is_some())
            .filter_map(|name| name.text_content())
            .collect()
    }

    /// Returns the text content of the page.
    pub fn text(&self) -> String {
        self.root.text_content().unwrap_or_default()
    }

    /// Clicks the button with this text.
    pub fn click(&self, label: &str) {
        let has_label = |button: &Element| button.text_content().is_some_and(|text| text.trim() == label);
        let button = self.all("button").into_iter().find(has_label);
        button
            .unwrap_or_else(|| panic!("there is no button {label}"))
            .unchecked_into::<HtmlElement>()
            .click();
    }

    /// Presses a key on the focused element.
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

    /// Presses a key, optionally with Ctrl, on the first element that matches a CSS selector. Returns false if the page handled
    /// the key.
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

    /// Fills a field with a text, in a single `input` event.
    pub fn fill(&self, selector: &str, text: &str) {
        let field: HtmlInputElement = self.one(selector).unchecked_into();
        field.set_value(text);
        field.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
    }

    /// Returns the focused element.
    pub fn focused(&self) -> Option<Element> {
        self.root.active_element()
    }

    /// Fills the search field.
    pub fn search(&self, text: &str) {
        self.fill("[aria-label='Search users']", text);
    }

    /// Waits for a condition. Fails the test after 20 seconds, as Playwright does, with the text of the page.
    pub async fn until(&self, description: &str, condition: impl Fn(&Self) -> bool) {
        for _ in 0..2_000 {
            if condition(self) {
                return;
            }
            sleep(10).await;
        }
        panic!("timed out: {description}; the page contains: {}", self.text());
    }

    /// Waits until every request has its response, and the page has rendered the responses.
    pub async fn until_answered(&self) {
        self.until("all requests are answered", |page| page.in_flight.load(Ordering::Relaxed) == 0).await;
        rendered().await;
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.host.remove();
        EVENTS.set(None);
        set_jobs([]);
    }
}

/// Waits until the page has rendered what happened so far: after the second frame from now, and the tasks that wait for
/// a frame to be painted.
pub async fn rendered() {
    next_frame().await;
    next_frame().await;
    sleep(0).await;
}

/// Waits for a number of milliseconds.
async fn sleep(milliseconds: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        let window = web_sys::window().unwrap();
        window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

/// Waits until an element contains a text. Resolves in a microtask, before tasks that wait for the next frame.
pub async fn until_text(element: &Element, expected: &'static str) {
    let changes = MutationObserverInit::new();
    changes.set_subtree(true);
    changes.set_child_list(true);
    changes.set_character_data(true);
    let promise = Promise::new(&mut |resolve, _| {
        let target = element.clone();
        let on_change =
            Closure::<dyn Fn(JsValue, MutationObserver)>::new(move |_, observer: MutationObserver| {
                if target.text_content().is_some_and(|text| text.contains(expected)) {
                    observer.disconnect();
                    resolve.call0(&JsValue::UNDEFINED).unwrap();
                }
            });
        let observer = MutationObserver::new(on_change.into_js_value().unchecked_ref()).unwrap();
        observer.observe_with_options(element, &changes).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

/// Waits for the next animation frame.
pub async fn next_frame() {
    let promise = Promise::new(&mut |resolve, _| {
        web_sys::window().unwrap().request_animation_frame(&resolve).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

/// Returns the document of the test.
pub fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

/// Collects the elements of a node list.
pub fn elements(list: &NodeList) -> Vec<Element> {
    (0..list.length()).map(|index| list.item(index).unwrap().unchecked_into()).collect()
}

/// Collects the nodes of a node list.
pub fn nodes(list: &NodeList) -> Vec<web_sys::Node> {
    (0..list.length()).map(|index| list.item(index).unwrap()).collect()
}

/// Returns the value of a query parameter.
pub fn parameter(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?')?.1;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Responds with the requested window of a list of `total` users. The name of user n is "User n".
pub fn users_window(url: &str, total: u32) -> Reply {
    let number = |name| parameter(url, name).and_then(|value| value.parse().ok());
    let (offset, limit): (u32, u32) = (number("offset").unwrap_or(0), number("limit").unwrap_or(50));
    let items = (offset..(offset + limit).min(total)).map(|n| row(n, &format!("User {n}"))).collect();
    users_page(items, total)
}

/// Responds with these rows, and a total.
pub fn users_page(items: Vec<UserRow>, total: u32) -> Reply {
    users_page_after(&UserPage { total: Total { value: total, exact: true }, items }, 0)
}

/// Responds with a page of users after a delay in milliseconds.
pub fn users_page_after(page: &UserPage, delay: i32) -> Reply {
    Reply::After(
        delay,
        Response { status: 200, body: serde_json::to_string(page).unwrap(), ..Response::default() },
    )
}

/// Responds with a JSON value.
pub fn json_reply(value: &impl serde::Serialize) -> Reply {
    let body = serde_json::to_string(value).unwrap();
    Reply::After(0, Response { status: 200, body, ..Response::default() })
}

/// Responds with 204 No Content.
pub fn no_content() -> Reply {
    Reply::After(0, Response { status: 204, ..Response::default() })
}

/// Responds with a problem document with this code ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).
pub fn problem_reply(status: u16, code: &str) -> Reply {
    let body = format!(r#"{{"status":{status},"code":"{code}","title":"Refused"}}"#);
    Reply::After(0, Response { status, body, ..Response::default() })
}

/// Responds with the access of an operator of one environment who is invited to the other. `kind` says where the roles
/// come from.
pub fn access(kind: ProvenanceKind) -> Reply {
    let node = |number, effective: RoleSet, pending: RoleSet| AccessNode {
        node_id: environment_id(number),
        assigned: None,
        effective,
        provenance: Provenance { kind, from: None },
        gained: RoleSet::empty(),
        lost: RoleSet::empty(),
        pending,
        notified: None,
    };
    let nodes = vec![
        node(1, Role::Operator.into(), RoleSet::empty()),
        node(2, RoleSet::empty(), Role::Planner.into()),
    ];
    let body = serde_json::to_string(&UserAccess { nodes, warnings: Vec::new() }).unwrap();
    Reply::After(0, Response { status: 200, body, etag: Some("\"1\"".into()) })
}

/// Returns the row of an active agent of one environment.
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
            first: vec![NodeName { id: environment_id(1), name: "Harbor Bank".into() }],
        },
        address_unconfirmed: false,
        invitation: None,
        invited_by: None,
        allowed: Allowed::default(),
    }
}

/// Returns the id of an environment.
pub fn environment_id(number: u128) -> NodeId {
    NodeId(Uuid::from_u128(number))
}

/// Returns Maud, who manages two environments. Her id is that of user 1.
pub fn current_user() -> CurrentUser {
    let node = |number, name: &str| NodeView {
        id: environment_id(number),
        parent_id: None,
        kind: NodeKind::Environment,
        name: name.into(),
        own_managers: Some(1),
        disabled_roles: None,
    };
    let roles = RoleSet::only(Role::OrganisationManager);
    let held = |number| SessionNode {
        node_id: environment_id(number),
        roles,
        inherited: false,
        capabilities: capabilities_of(roles),
        notified: None,
    };
    CurrentUser::new(
        Session {
            user: SessionUser {
                id: UserId(Uuid::from_u128(101)),
                name: Some("Maud Jansen".into()),
                email: "maud@example.test".into(),
                locale: None,
                digests: true,
            },
            managed: vec![environment_id(1), environment_id(2)],
            nodes: vec![held(1), held(2)],
            view: None,
        },
        vec![node(1, "Harbor Bank"), node(2, "City Clinic")],
    )
}
