//! Impersonation: the start dialog, the banner and the ways a view ends. Runs in a browser against a scripted backend.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use std::sync::Arc;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use js_sys::{Array, Function, Promise, Reflect};
use studio_users::api::{Method, Request, Response};
use studio_users::state::{
    CurrentUser, EndedView, Impersonation, ReturnFocus, Route, UsersRoute, ViewChange,
};
use studio_users_contract::{
    ProvenanceKind, StudioView, UserRow, VIEW_HEADER, ViewEnd, ViewNode, ViewedUser, path,
};
use studio_users_domain::{Allowed, Denial, Role, Section, Status};
use support::{
    Page, Reply, access, current_user, environment_id, json_reply, no_content, problem_reply, row, users_page,
};
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

const STORAGE_KEY: &str = "studio-users.view";

fn users() -> Route {
    Route::Users(UsersRoute::default())
}

/// A view as an Organisation Manager of one environment.
fn view(duration_millis: i64) -> StudioView {
    let started_at = DateTime::<Utc>::from_timestamp(1_700_000_000, 0).unwrap();
    StudioView {
        id: Uuid::from_u128(7),
        user: ViewedUser { id: row(3, "").id, name: Some("Sanne de Vries".into()), email: "s@x.test".into() },
        nodes: vec![ViewNode {
            node_id: environment_id(1),
            roles: Role::OrganisationManager.into(),
            sections: vec![Section::Environments, Section::Users],
            pending: false,
        }],
        started_at,
        expires_at: started_at + TimeDelta::milliseconds(duration_millis),
    }
}

/// The impersonation state of a new tab.
fn impersonation() -> Impersonation {
    // Mounts an empty view, because the first test would otherwise create signals before leptos is initialised.
    drop(leptos::mount::mount_to(support::document().create_element("div").unwrap().unchecked_into(), || ()));
    Impersonation::default()
}

/// The current user inside the view, with the access of the viewed user.
fn impersonated_session(view: &StudioView) -> CurrentUser {
    let CurrentUser { mut session, mut nodes, .. } = current_user();
    session.managed.truncate(1);
    session.nodes.truncate(1);
    nodes.truncate(1);
    session.view = Some(view.clone());
    CurrentUser::new(session, nodes)
}

fn locked_row(number: u32) -> UserRow {
    let denied = Some(Denial::InsideView);
    let allowed = Allowed {
        copy_link: denied,
        resend: denied,
        view_as: denied,
        remove: denied,
        correct: denied,
        give_roles: denied,
    };
    UserRow { allowed, ..row(number, &format!("User {number}")) }
}

/// Mounts the users page inside a view.
async fn impersonating(
    duration_millis: i64,
    reply: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static,
) -> Page {
    let impersonation = impersonation();
    let view = view(duration_millis);
    impersonation.start(
        view.clone(),
        "Ticket 4812".into(),
        &users(),
        ReturnFocus { user: view.user.id, is_panel: false },
    );
    let page = Page::mount_with_impersonation(
        impersonation,
        impersonated_session(&view),
        users(),
        1200,
        move |request| reply(request).unwrap_or_else(|| users_page(vec![locked_row(1), locked_row(3)], 2)),
    );
    page.until("the rows are shown", |page| page.names().len() == 2).await;
    page
}

/// Mounts the manager's own users page. The manager may view as the first of the two users.
async fn table(reply: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static) -> Page {
    let page = Page::mount_as(current_user(), users(), 1200, move |request| {
        reply(request).unwrap_or_else(|| match request.url.as_str() {
            url if url.ends_with("/access") => access(ProvenanceKind::Direct),
            _ => {
                let refused = Allowed { view_as: Some(Denial::NothingToView), ..Allowed::default() };
                users_page(vec![row(2, "Sanne de Vries"), UserRow { allowed: refused, ..row(3, "Noor") }], 2)
            }
        })
    });
    page.until("the rows are shown", |page| page.names().len() == 2).await;
    page
}

fn click(element: &Element) {
    let element = element.dyn_ref::<HtmlElement>().unwrap();
    let _ = element.focus();
    element.click();
}

async fn open_dialog(page: &Page) {
    click(&page.all("tbody [data-action=view-as]")[0]);
    page.until("the dialog is open", |page| page.all("dialog[open]").len() == 1).await;
}

fn submit(page: &Page) {
    click(&page.one("dialog button[type=submit]"));
}

fn stored_view() -> Option<String> {
    let storage = web_sys::window().unwrap().session_storage().unwrap().unwrap();
    storage.get_item(STORAGE_KEY).unwrap()
}

#[wasm_bindgen_test]
async fn the_start_dialog_previews_the_view_and_states_its_rules() {
    let page = table(|_| None).await;
    open_dialog(&page).await;
    page.until("the preview is shown", |page| page.text().contains("City Clinic")).await;
    let dialog = page.one("dialog");
    let text = dialog.text_content().unwrap();
    for expected in [
        "View as Sanne de Vries",
        "Harbor BankOperatorInboxCRM",
        "City ClinicPlannerafter joiningPlanning",
        "Hidden everywhere: CMS, Analytics, Settings, Backups, Environments and Users",
        "Read-only.",
        "Ends after 30 minutes,",
        "Sanne de Vries can read your reason in their account, and managers can read it in the audit log.",
        "Required · 0 of 200",
    ] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
    assert_eq!(page.focused().unwrap().id(), "view-reason");
    page.press("Escape");
    page.until("the dialog is closed", |page| page.all("dialog").is_empty()).await;
    page.until("the focus is on the button again", |page| {
        page.focused().is_some_and(|it| it.get_attribute("data-action").as_deref() == Some("view-as"))
    })
    .await;
}

#[wasm_bindgen_test]
async fn validates_the_reason_and_keeps_it_after_an_error() {
    let is_down = Arc::new(Mutex::new(true));
    let is_down_in_backend = Arc::clone(&is_down);
    let page = table(move |request| {
        (request.method == Method::Post && request.url == path::VIEWS).then(|| {
            if *is_down_in_backend.lock().unwrap() {
                Reply::Unreachable
            } else {
                json_reply(&view(1_800_000))
            }
        })
    })
    .await;
    open_dialog(&page).await;
    submit(&page);
    page.until("the error is shown", |page| page.text().contains("Enter a reason.")).await;
    let posted = |page: &Page| {
        page.request_bodies.lock().unwrap().iter().filter(|(url, _)| url == path::VIEWS).count()
    };
    assert_eq!(posted(&page), 0);

    page.fill("#view-reason", &"é".repeat(203));
    page.until("the reason is too long", |page| page.text().contains("Shorten the reason by 3 characters."))
        .await;
    assert!(page.text().contains("203 of 200"));
    submit(&page);
    assert_eq!(posted(&page), 0);

    page.fill("#view-reason", "  Ticket 4812  ");
    page.until("the counter is updated", |page| page.text().contains("11 of 200")).await;
    submit(&page);
    page.until("the error is shown", |page| {
        page.one("dialog [role=alert]").text_content() != Some(String::new())
    })
    .await;
    let field: HtmlInputElement = page.one("#view-reason").unchecked_into();
    assert_eq!(field.value(), "  Ticket 4812  ");

    *is_down.lock().unwrap() = false;
    submit(&page);
    page.until("the view has started", |page| !page.view_changes.lock().unwrap().is_empty()).await;
    let sent = page.request_bodies.lock().unwrap().last().unwrap().1.clone();
    assert!(sent.contains(r#""reason":"Ticket 4812""#), "{sent}");
    let ViewChange::Started { view: started, reason } = page.view_changes.lock().unwrap()[0].clone() else {
        panic!("the view did not start");
    };
    assert_eq!((started.id, reason.as_str()), (Uuid::from_u128(7), "Ticket 4812"));
    assert!(stored_view().is_some_and(|stored_view| stored_view.contains(&Uuid::from_u128(7).to_string())));
    page.impersonation.discard();
    assert_eq!(stored_view(), None);
}

#[wasm_bindgen_test]
async fn a_denied_view_shows_the_reason_and_opens_no_dialog() {
    let page = table(|_| None).await;
    let button = page.all("tbody [data-action=view-as]")[1].clone();
    assert_eq!(button.get_attribute("aria-label").as_deref(), Some("View as Noor"));
    assert_eq!(button.get_attribute("aria-disabled").as_deref(), Some("true"));
    let reason_id = button.get_attribute("aria-describedby").unwrap();
    let message = Denial::NothingToView.message(studio_users::i18n::Language::En);
    assert_eq!(page.one(&format!("#{reason_id}")).text_content().as_deref(), Some(message));
    page.until("the button has the focus", |page| {
        let button = page.all("tbody [data-action=view-as]")[1].clone();
        click(&button);
        page.focused() == Some(button)
    })
    .await;
    assert!(page.all("dialog").is_empty());
}

#[wasm_bindgen_test]
async fn shows_the_banner_and_sends_the_view_id_with_every_request() {
    let sent_ids = Arc::new(Mutex::new(Vec::new()));
    let recorded = Arc::clone(&sent_ids);
    let page = impersonating(1_800_000, move |request| {
        let view = request.headers.iter().find(|(name, _)| *name == VIEW_HEADER);
        recorded.lock().unwrap().push((request.url.clone(), view.map(|(_, id)| id.clone())));
        (request.method == Method::Delete).then(no_content)
    })
    .await;
    let banner = page.one("aside[aria-label='Viewing as Sanne de Vries']");
    let text = banner.text_content().unwrap();
    for expected in ["Organisation Manager in Harbor Bank", "Read-only", "Reason: Ticket 4812"] {
        let plain = expected.replace(['\u{2068}', '\u{2069}'], "");
        assert!(text.contains(&plain), "{plain} is not in {text}");
    }
    let time_left = page.one("[role=timer]").text_content().unwrap();
    assert!(time_left.starts_with("30:00") || time_left.starts_with("29:5"), "{time_left}");
    assert_eq!(page.all(".view-frame").len(), 1);

    page.click("Exit view");
    page.until("the view has ended", |page| !page.view_changes.lock().unwrap().is_empty()).await;
    let ended = page.view_changes.lock().unwrap()[0].clone();
    let expected = EndedView { user: view(0).user, reason: Some(ViewEnd::Exited) };
    assert_eq!(ended, ViewChange::Ended { id: view(0).id, ended: expected, back: Box::new(users()) });
    assert_eq!(stored_view(), None);
    // The page does not wait for the backend.
    let is_reported =
        |(url, _): &(String, Option<String>)| url.ends_with("00000000-0000-0000-0000-000000000007");
    page.until("the backend knows", |_| sent_ids.lock().unwrap().iter().any(is_reported)).await;
    let sent_ids = sent_ids.lock().unwrap();
    assert!(
        sent_ids.iter().all(|(_, view)| view.as_deref() == Some(&*Uuid::from_u128(7).to_string())),
        "{sent_ids:?}"
    );
    // There is no notice after the user exits.
    assert_eq!(page.impersonation.end_notice.untracked_value(), None);
}

#[wasm_bindgen_test]
async fn locks_every_changing_control_with_the_reason() {
    let page = impersonating(1_800_000, |_| None).await;
    let reason = Denial::InsideView.message(studio_users::i18n::Language::En);
    let invite = page.one(".page-head .button--primary");
    let rows = page.all("tbody :is([data-action=copy-link], [data-action=view-as], [data-action=remove])");
    assert_eq!(rows.len(), 6);
    for control in rows.iter().chain([&invite]) {
        assert_eq!(control.get_attribute("aria-disabled").as_deref(), Some("true"));
        assert_eq!(control.get_attribute("data-hint").as_deref(), Some(reason));
        click(control);
        assert_eq!(page.focused().as_ref(), Some(control));
    }
    assert!(page.all("dialog").is_empty());
    page.press("i");
    page.until("the reason is shown", |page| page.one(".notices").text_content().unwrap().contains(reason))
        .await;
    assert!(page.all("dialog").is_empty());
    page.impersonation.discard();
}

#[wasm_bindgen_test]
async fn announces_the_last_five_minutes() {
    let page = impersonating(301_500, |_| None).await;
    let status = |page: &Page| page.one(".view-banner [role=status]").text_content().unwrap();
    assert_eq!(status(&page), "");
    page.until("five minutes are announced", |page| status(page) == "This view ends in 5 minutes").await;
    page.impersonation.discard();
}

#[wasm_bindgen_test]
async fn an_expired_view_ends_with_a_notice() {
    let page = impersonating(900, |request| {
        (request.url.starts_with("/api/v1/views/")).then(|| {
            let body = r#"{"status":403,"code":"view_ended","title":"Ended","reason":"expired"}"#;
            Reply::After(0, Response { status: 403, body: body.into(), ..Response::default() })
        })
    })
    .await;
    page.until("the view has ended", |page| !page.view_changes.lock().unwrap().is_empty()).await;
    let ViewChange::Ended { ended, .. } = page.view_changes.lock().unwrap()[0].clone() else { panic!() };
    assert_eq!(ended.reason, Some(ViewEnd::Expired));

    // The host page shows the user's own studio again, with the notice.
    let own = Page::mount_with_impersonation(page.impersonation, current_user(), users(), 1200, |_| {
        users_page(vec![row(1, "User 1")], 1)
    });
    own.until("the notice is shown", |page| page.text().contains("The 30-minute limit was reached.")).await;
    assert!(own.all(".view-banner").is_empty());
    click(&own.one(".view-ended button"));
    own.until("the notice is closed", |page| page.all(".view-ended").is_empty()).await;
}

#[wasm_bindgen_test]
async fn any_response_with_view_ended_ends_the_view() {
    let page = impersonating(1_800_000, |request| {
        request.url.contains("search=x").then(|| problem_reply(403, "view_ended"))
    })
    .await;
    page.search("x");
    page.until("the view has ended", |page| !page.view_changes.lock().unwrap().is_empty()).await;
    // The failed search shows no error, because the page is being replaced.
    assert!(!page.text().contains("could not be loaded"));
    assert_eq!(page.impersonation.end_notice.untracked_value().map(|ended| ended.reason), Some(None));
}

#[wasm_bindgen_test]
async fn a_duplicated_tab_drops_the_view_and_a_reload_resumes_it() {
    let page = impersonating(1_800_000, |_| None).await;
    until_a_lock_is_held().await;
    // A duplicated tab has the same session storage, while the first tab holds the lock of the view.
    let duplicate = impersonation();
    duplicate.resume().await;
    assert!(duplicate.running.untracked_value().is_none());
    assert_eq!(stored_view(), None);
    page.impersonation.discard();

    // After a reload no tab holds the lock.
    let before = impersonation();
    before.start(view(1_800_000), "x".into(), &users(), ReturnFocus { user: row(3, "").id, is_panel: false });
    until_a_lock_is_held().await;
    let stored = stored_view().unwrap();
    before.discard();
    let storage = web_sys::window().unwrap().session_storage().unwrap().unwrap();
    storage.set_item(STORAGE_KEY, &stored).unwrap();
    let after = impersonation();
    after.resume().await;
    assert_eq!(after.running.untracked_value().map(|view| view.reason), Some("x".into()));
    after.discard();
}

#[wasm_bindgen_test]
async fn the_start_dialog_describes_an_invited_user() {
    let page = table(|request| {
        (!request.url.ends_with("/access")).then(|| {
            let invited = UserRow { name: None, status: Status::Invited, ..row(2, "") };
            users_page(vec![invited, row(3, "Noor")], 2)
        })
    })
    .await;
    open_dialog(&page).await;
    page.until("the description is shown", |page| page.text().contains("will see it after joining")).await;
    assert!(page.one("dialog").text_content().unwrap().contains("View as user2@example.test"));
}

/// Waits until this browser holds a lock of the [Web Locks
/// API](https://developer.mozilla.org/en-US/docs/Web/API/LockManager/query).
async fn until_a_lock_is_held() {
    let get = |object: &JsValue, key: &str| Reflect::get(object, &key.into()).unwrap();
    let locks = get(&web_sys::window().unwrap().navigator(), "locks");
    let query: Function = get(&locks, "query").unchecked_into();
    loop {
        let snapshot: Promise = query.call0(&locks).unwrap().unchecked_into();
        let snapshot = JsFuture::from(snapshot).await.unwrap();
        if get(&snapshot, "held").unchecked_into::<Array>().length() > 0 {
            return;
        }
        support::next_frame().await;
    }
}

/// Reads a signal of the page outside of the reactive system.
trait UntrackedValue<T> {
    fn untracked_value(&self) -> Option<T>;
}

impl<T: Clone + Send + Sync + 'static> UntrackedValue<T> for leptos::prelude::RwSignal<Option<T>> {
    fn untracked_value(&self) -> Option<T> {
        use leptos::prelude::GetUntracked;
        self.get_untracked()
    }
}
