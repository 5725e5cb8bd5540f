//! Viewing as somebody: how it is begun, what says so while it lasts, and how it ends; over a scripted backend.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use std::sync::Arc;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use studio_users::api::{Method, Request, Response};
use studio_users::state::{EndedView, Origin, Place, Reader, UsersPlace, ViewChange, Viewing};
use studio_users_contract::{
    AccessNode, Provenance, ProvenanceKind, StudioView, UserAccess, UserRow, VIEW_HEADER, ViewEnd, ViewNode,
    ViewedUser, path,
};
use studio_users_domain::{Allowed, Denial, Role, RoleSet, Section, Status};
use support::{Page, Reply, environment, json, nothing, page, reader, refusal, row};
use uuid::Uuid;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

const KEPT: &str = "studio-users.view";

/// An operator of one environment, who is invited to the other.
fn access() -> Reply {
    let node = |number, effective: RoleSet, pending: RoleSet| AccessNode {
        node_id: environment(number),
        assigned: None,
        effective,
        provenance: Provenance { kind: ProvenanceKind::Direct, from: None },
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

fn users() -> Place {
    Place::Users(UsersPlace::default())
}

/// A view as an organisation manager of one environment, that lasts so many milliseconds.
fn view(lasts: i64) -> StudioView {
    let started_at = DateTime::<Utc>::from_timestamp(1_700_000_000, 0).unwrap();
    StudioView {
        id: Uuid::from_u128(7),
        user: ViewedUser { id: row(3, "").id, name: Some("Sanne de Vries".into()), email: "s@x.test".into() },
        nodes: vec![ViewNode {
            node_id: environment(1),
            roles: Role::OrganisationManager.into(),
            sections: vec![Section::Environments, Section::Users],
            pending: false,
        }],
        started_at,
        expires_at: started_at + TimeDelta::milliseconds(lasts),
    }
}

/// What a tab knows of a view: at first nothing.
fn viewing() -> Viewing {
    // Whichever test comes first has nothing mounted yet.
    drop(leptos::mount::mount_to(support::document().create_element("div").unwrap().unchecked_into(), || ()));
    Viewing::default()
}

/// Who reads inside of the view: what they have is what the viewed person does.
fn viewing_reader(view: &StudioView) -> Reader {
    let mut reader = reader();
    reader.session.managed.truncate(1);
    reader.session.nodes.truncate(1);
    reader.nodes.truncate(1);
    reader.session.view = Some(view.clone());
    reader
}

fn locked(number: u32) -> UserRow {
    let inside = Some(Denial::InsideView);
    let allowed = Allowed { copy_link: inside, resend: inside, view_as: inside, remove: inside };
    UserRow { allowed, ..row(number, &format!("User {number}")) }
}

/// The users within a view that lasts so long, over a backend that a test scripts further.
async fn within(lasts: i64, reply: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static) -> Page {
    let viewing = viewing();
    let view = view(lasts);
    viewing.begin(
        view.clone(),
        "Ticket 4812".into(),
        &users(),
        Origin { user: view.user.id, is_panel: false },
    );
    let shown = Page::mount_within(viewing, viewing_reader(&view), users(), 1200, move |request| {
        reply(request).unwrap_or_else(|| page(vec![locked(1), locked(3)], 2))
    });
    shown.until("rows", |page| page.names().len() == 2).await;
    shown
}

/// The manager's own users, the first of whom they may view as.
async fn table(reply: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static) -> Page {
    let shown = Page::mount_as(reader(), users(), 1200, move |request| {
        reply(request).unwrap_or_else(|| match request.url.as_str() {
            url if url.ends_with("/access") => access(),
            _ => {
                let refused = Allowed { view_as: Some(Denial::NothingToView), ..Allowed::default() };
                page(vec![row(2, "Sanne de Vries"), UserRow { allowed: refused, ..row(3, "Noor") }], 2)
            }
        })
    });
    shown.until("rows", |page| page.names().len() == 2).await;
    shown
}

fn click(element: &Element) {
    let element = element.dyn_ref::<HtmlElement>().unwrap();
    let _ = element.focus();
    element.click();
}

async fn ask(page: &Page) {
    click(&page.all("tbody [data-deed=view-as]")[0]);
    page.until("the dialog", |page| page.all("dialog[open]").len() == 1).await;
}

fn submit(page: &Page) {
    click(&page.one("dialog button[type=submit]"));
}

fn kept() -> Option<String> {
    let storage = web_sys::window().unwrap().session_storage().unwrap().unwrap();
    storage.get_item(KEPT).unwrap()
}

#[wasm_bindgen_test]
async fn the_dialog_says_what_the_view_will_show_and_that_it_is_recorded() {
    let shown = table(|_| None).await;
    ask(&shown).await;
    shown.until("what it shows", |page| page.text().contains("City Clinic")).await;
    let dialog = shown.one("dialog");
    let text = dialog.text_content().unwrap();
    for words in [
        "View as Sanne de Vries",
        "Harbor BankOperatorInboxCRM",
        "City ClinicPlannerwill seePlanning",
        "Hidden in all: CMS, Analytics, Settings, Backups, Environments and Users",
        "Read-only.",
        "Ends after 30 minutes,",
        "Your reason stands in your audit log",
        "Required · 0 of 200",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert_eq!(shown.focused().unwrap().id(), "view-reason");
    shown.press("Escape");
    shown.until("it closed", |page| page.all("dialog").is_empty()).await;
    shown
        .until("the focus back", |page| {
            page.focused().is_some_and(|it| it.get_attribute("data-deed").as_deref() == Some("view-as"))
        })
        .await;
}

#[wasm_bindgen_test]
async fn the_reason_is_needed_counted_and_kept_whatever_goes_wrong() {
    let fails = Arc::new(Mutex::new(true));
    let is_down = Arc::clone(&fails);
    let shown = table(move |request| {
        (request.method == Method::Post && request.url == path::VIEWS)
            .then(|| if *is_down.lock().unwrap() { Reply::Unreachable } else { json(&view(1_800_000)) })
    })
    .await;
    ask(&shown).await;
    submit(&shown);
    shown.until("what is missing", |page| page.text().contains("Say why")).await;
    let posted =
        |page: &Page| page.bodies.lock().unwrap().iter().filter(|(url, _)| url == path::VIEWS).count();
    assert_eq!(posted(&shown), 0);

    shown.fill("#view-reason", &"é".repeat(203));
    shown.until("too long", |page| page.text().contains("This is 3 characters too long.")).await;
    assert!(shown.text().contains("203 of 200"));
    submit(&shown);
    assert_eq!(posted(&shown), 0);

    shown.fill("#view-reason", "  Ticket 4812  ");
    shown.until("counted", |page| page.text().contains("11 of 200")).await;
    submit(&shown);
    shown
        .until("what went wrong", |page| {
            page.one("dialog [role=alert]").text_content() != Some(String::new())
        })
        .await;
    let field: HtmlInputElement = shown.one("#view-reason").unchecked_into();
    assert_eq!(field.value(), "  Ticket 4812  ");

    *fails.lock().unwrap() = false;
    submit(&shown);
    shown.until("it began", |page| !page.view_changes.lock().unwrap().is_empty()).await;
    let sent = shown.bodies.lock().unwrap().last().unwrap().1.clone();
    assert!(sent.contains(r#""reason":"Ticket 4812""#), "{sent}");
    let ViewChange::Started { view: begun, reason } = shown.view_changes.lock().unwrap()[0].clone() else {
        panic!("it did not start");
    };
    assert_eq!((begun.id, reason.as_str()), (Uuid::from_u128(7), "Ticket 4812"));
    assert!(kept().is_some_and(|kept| kept.contains(&Uuid::from_u128(7).to_string())));
    shown.viewing.forget();
    assert_eq!(kept(), None);
}

#[wasm_bindgen_test]
async fn a_view_that_is_refused_says_why_and_asks_nothing() {
    let shown = table(|_| None).await;
    let button = shown.all("tbody [data-deed=view-as]")[1].clone();
    assert_eq!(button.get_attribute("aria-label").as_deref(), Some("View as Noor"));
    assert_eq!(button.get_attribute("aria-disabled").as_deref(), Some("true"));
    let why = button.get_attribute("aria-describedby").unwrap();
    let sentence = Denial::NothingToView.sentence(studio_users::i18n::Language::En);
    assert_eq!(shown.one(&format!("#{why}")).text_content().as_deref(), Some(sentence));
    shown
        .until("the focus", |page| {
            let button = page.all("tbody [data-deed=view-as]")[1].clone();
            click(&button);
            page.focused() == Some(button)
        })
        .await;
    assert!(shown.all("dialog").is_empty());
}

#[wasm_bindgen_test]
async fn a_banner_tells_of_the_view_and_every_call_names_it() {
    let named = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&named);
    let shown = within(1_800_000, move |request| {
        let view = request.headers.iter().find(|(name, _)| *name == VIEW_HEADER);
        seen.lock().unwrap().push((request.url.clone(), view.map(|(_, id)| id.clone())));
        (request.method == Method::Delete).then(nothing)
    })
    .await;
    let banner = shown.one("aside[aria-label='Viewing as Sanne de Vries']");
    let text = banner.text_content().unwrap();
    for words in ["Organisation Manager in Harbor Bank", "Read-only", "Reason: Ticket 4812"] {
        let plain = words.replace(['\u{2068}', '\u{2069}'], "");
        assert!(text.contains(&plain), "{plain} in {text}");
    }
    let left = shown.one("[role=timer]").text_content().unwrap();
    assert!(left.starts_with("30:00") || left.starts_with("29:5"), "{left}");
    assert_eq!(shown.all(".view-frame").len(), 1);

    shown.click("Exit view");
    shown.until("it ended", |page| !page.view_changes.lock().unwrap().is_empty()).await;
    let ended = shown.view_changes.lock().unwrap()[0].clone();
    let expected = EndedView { user: view(0).user, why: Some(ViewEnd::Exited) };
    assert_eq!(ended, ViewChange::Ended { id: view(0).id, ended: expected, back: Box::new(users()) });
    assert_eq!(kept(), None);
    let named = named.lock().unwrap();
    assert!(
        named.iter().all(|(_, view)| view.as_deref() == Some(&*Uuid::from_u128(7).to_string())),
        "{named:?}"
    );
    assert!(named.iter().any(|(url, _)| url.ends_with("00000000-0000-0000-0000-000000000007")));
    // Nobody is told of what they did themselves.
    assert_eq!(shown.viewing.told.try_get_untracked_or_none(), None);
}

#[wasm_bindgen_test]
async fn whatever_changes_something_is_locked_and_says_why() {
    let shown = within(1_800_000, |_| None).await;
    let why = Denial::InsideView.sentence(studio_users::i18n::Language::En);
    let invite = shown.one(".page-head .button--primary");
    let rows = shown.all("tbody :is([data-deed=copy-link], [data-deed=view-as], [data-deed=remove])");
    assert_eq!(rows.len(), 6);
    for control in rows.iter().chain([&invite]) {
        assert_eq!(control.get_attribute("aria-disabled").as_deref(), Some("true"));
        assert_eq!(control.get_attribute("data-hint").as_deref(), Some(why));
        click(control);
        assert_eq!(shown.focused().as_ref(), Some(control));
    }
    assert!(shown.all("dialog").is_empty());
    shown.press("i");
    shown.until("the reason", |page| page.one(".notices").text_content().unwrap().contains(why)).await;
    assert!(shown.all("dialog").is_empty());
    shown.viewing.forget();
}

#[wasm_bindgen_test]
async fn that_little_time_is_left_is_announced() {
    let shown = within(301_500, |_| None).await;
    let status = |page: &Page| page.one(".view-banner [role=status]").text_content().unwrap();
    assert_eq!(status(&shown), "");
    shown.until("five minutes", |page| status(page) == "This view ends in 5 minutes").await;
    shown.viewing.forget();
}

#[wasm_bindgen_test]
async fn a_view_whose_time_is_over_is_told_with_the_reason() {
    let shown = within(900, |request| {
        (request.url.starts_with("/api/v1/views/")).then(|| {
            let body = r#"{"status":403,"code":"view_ended","title":"Ended","reason":"expired"}"#;
            Reply::After(0, Response { status: 403, body: body.into(), ..Response::default() })
        })
    })
    .await;
    shown.until("it ended", |page| !page.view_changes.lock().unwrap().is_empty()).await;
    let ViewChange::Ended { ended, .. } = shown.view_changes.lock().unwrap()[0].clone() else { panic!() };
    assert_eq!(ended.why, Some(ViewEnd::Expired));

    // The page around shows the reader's own studio again, and in it why.
    let own = Page::mount_within(shown.viewing, reader(), users(), 1200, |_| page(vec![row(1, "User 1")], 1));
    own.until("why", |page| page.text().contains("Its 30 minutes were over.")).await;
    assert!(own.all(".view-banner").is_empty());
    click(&own.one(".view-ended button"));
    own.until("it is closed", |page| page.all(".view-ended").is_empty()).await;
}

#[wasm_bindgen_test]
async fn any_call_that_finds_the_view_over_ends_it() {
    let shown =
        within(1_800_000, |request| request.url.contains("search=x").then(|| refusal(403, "view_ended")))
            .await;
    shown.search("x");
    shown.until("it ended", |page| !page.view_changes.lock().unwrap().is_empty()).await;
    // What that call was for shows no error: it is no longer looked at.
    assert!(!shown.text().contains("could not be loaded"));
    assert_eq!(shown.viewing.told.try_get_untracked_or_none().map(|ended| ended.why), Some(None));
}

#[wasm_bindgen_test]
async fn a_copy_of_the_tabs_storage_is_dropped_where_the_view_is_anothers() {
    let shown = within(1_800_000, |_| None).await;
    support::sleep(50).await;
    // As in a tab that was duplicated: the same storage, while the view is held.
    let duplicate = viewing();
    duplicate.resume().await;
    assert!(duplicate.running.try_get_untracked_or_none().is_none());
    assert_eq!(kept(), None);
    shown.viewing.forget();

    // After a reload the view is held by nobody.
    let before = viewing();
    before.begin(view(1_800_000), "x".into(), &users(), Origin { user: row(3, "").id, is_panel: false });
    support::sleep(50).await;
    let stored = kept().unwrap();
    before.forget();
    let storage = web_sys::window().unwrap().session_storage().unwrap().unwrap();
    storage.set_item(KEPT, &stored).unwrap();
    let after = viewing();
    after.resume().await;
    assert_eq!(after.running.try_get_untracked_or_none().map(|view| view.reason), Some("x".into()));
    after.forget();
}

#[wasm_bindgen_test]
async fn somebody_who_has_not_joined_will_see() {
    let shown = table(|request| {
        (!request.url.ends_with("/access")).then(|| {
            let invited = UserRow { name: None, status: Status::Invited, ..row(2, "") };
            page(vec![invited, row(3, "Noor")], 2)
        })
    })
    .await;
    ask(&shown).await;
    shown.until("the lead", |page| page.text().contains("will see it after joining")).await;
    assert!(shown.one("dialog").text_content().unwrap().contains("View as user2@example.test"));
}

/// What a signal of the page holds, outside of anything reactive.
trait Now<T> {
    fn try_get_untracked_or_none(&self) -> Option<T>;
}

impl<T: Clone + Send + Sync + 'static> Now<T> for leptos::prelude::RwSignal<Option<T>> {
    fn try_get_untracked_or_none(&self) -> Option<T> {
        use leptos::prelude::GetUntracked;
        self.get_untracked()
    }
}
