//! Removing and restoring users, bulk actions and copying invitation links. Runs in a browser against a scripted
//! backend.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use serde_json::{Value, json};
use studio_users::i18n::clock;
use studio_users::state::{Route, UsersRoute};
use studio_users_contract::{InvitationLink, InvitationSummary, ProvenanceKind, RemovedUser, UserRef};
use studio_users_domain::{Denial, Status, UserId};
use support::intervals::Intervals;
use support::{
    Page, Reply, access, environment_id, json_reply, no_content, problem_reply, rendered, row, users_page,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Event, HtmlElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

const BULK: &str = "/api/v1/users/bulk";

/// The id of every job, except of those that undo another one.
const JOB: &str = "00000000-0000-4000-8000-0000000000aa";

/// Returns an ended job, changed by `fields`.
fn job(action: &str, fields: &Value) -> Value {
    let mut job = json!({
        "id": JOB, "action": action, "state": "done", "total": 0, "done": 0, "unchanged": 0, "refused": 0,
        "refusals": [], "created_at": clock::now(), "ended_at": clock::now(), "can_undo": false,
    });
    for (field, value) in fields.as_object().unwrap() {
        job[field] = value.clone();
    }
    job
}

fn is_undo(url: &str) -> bool {
    url == format!("/api/v1/jobs/{JOB}/undo")
}

fn user(number: u32) -> UserId {
    row(number, "").id
}

/// Mounts the users page with this number of users.
async fn table(rows: u32, reply: impl Fn(&str) -> Option<Reply> + Send + Sync + 'static) -> Page {
    let page = Page::mount(Route::Users(UsersRoute::default()), 1200, move |url| {
        reply(url).unwrap_or_else(|| {
            if url.ends_with("/access") {
                return access(ProvenanceKind::Inherited);
            }
            users_page((1..=rows).map(|number| row(number, &format!("User {number}"))).collect(), rows)
        })
    });
    page.until("the rows are shown", |page| page.names().len() == rows as usize).await;
    page
}

fn click(element: &web_sys::Element) {
    element.dyn_ref::<HtmlElement>().unwrap().click();
}

async fn open_remove_dialog(page: &Page, row: usize) {
    let button = page.all("tbody [data-action=remove]")[row].clone();
    let _ = button.dyn_ref::<HtmlElement>().unwrap().focus();
    click(&button);
    page.until("the dialog is open", |page| !page.all("dialog[open]").is_empty()).await;
}

async fn select(page: &Page, rows: u32) {
    for row in 0..rows as usize {
        click(&page.all("tbody [data-action=select]")[row]);
    }
    page.until("the rows are selected", |page| page.text().contains(&format!("{rows} selected"))).await;
}

/// The bodies of the bulk requests, in order.
fn sent_bodies(page: &Page) -> Vec<Value> {
    let bodies = page.request_bodies.lock().unwrap();
    bodies
        .iter()
        .filter(|(url, _)| url == BULK)
        .map(|(_, body)| serde_json::from_str(body).unwrap())
        .collect()
}

#[wasm_bindgen_test]
async fn the_dialog_lists_the_lost_access_and_focuses_cancel() {
    let page = table(3, |_| None).await;
    open_remove_dialog(&page, 1).await;
    page.until("the lost access is shown", |page| page.text().contains("City Clinic")).await;
    let dialog = page.one("dialog");
    assert_eq!(dialog.get_attribute("role").as_deref(), Some("alertdialog"));
    let text = dialog.text_content().unwrap();
    for expected in [
        "Remove User 2?",
        "lose access to 1 environment",
        "Operator (inherited)",
        "Invited asPlanner",
        "audit log",
    ] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
    assert_eq!(page.focused().unwrap().text_content().as_deref(), Some("Cancel"));
    page.click("Cancel");
    page.until("the dialog is closed", |page| page.all("dialog").is_empty()).await;
    page.until("the button has the focus again", |page| {
        page.focused()
            .is_some_and(|focused| focused.get_attribute("data-action").as_deref() == Some("remove"))
    })
    .await;
    assert!(!page.requests.lock().unwrap().iter().any(|url| url.ends_with(&user(2).to_string())));
}

#[wasm_bindgen_test]
async fn the_shortcut_undoes_the_latest_removal_first() {
    let is_removal = |url: &str| url.contains("/users/") && !url.ends_with("/access");
    let page = table(3, move |url| is_removal(url).then(no_content)).await;
    for number in [0, 1] {
        open_remove_dialog(&page, number).await;
        page.click("Remove user");
        page.until("the dialog is closed", |page| page.all("dialog").is_empty()).await;
    }
    page.until("both notices are shown", |page| page.all(".toast").len() == 2).await;
    assert!(page.one(".notices").text_content().unwrap().contains("User 2 removed"));
    assert!(!page.press_on("tbody", "u", false), "the page handles the key");
    let restored = |number| format!("/api/v1/users/{}/restore", user(number));
    page.until("the latest removal is undone", |page| page.requests.lock().unwrap().contains(&restored(2)))
        .await;
    assert!(!page.requests.lock().unwrap().contains(&restored(1)));
    page.until("the notice is shown", |page| page.text().contains("User 2 restored")).await;
    page.press_on("tbody", "u", false);
    page.until("the other removal is undone", |page| page.requests.lock().unwrap().contains(&restored(1)))
        .await;
}

#[wasm_bindgen_test]
async fn the_countdown_pauses_while_the_notice_has_the_focus() {
    let intervals = Intervals::replace();
    let is_removal = |url: &str| url.contains("/users/") && !url.ends_with("/access");
    let page = table(2, move |url| is_removal(url).then(no_content)).await;
    open_remove_dialog(&page, 0).await;
    page.click("Remove user");
    page.until("the notice is shown", |page| !page.all(".toast").is_empty()).await;
    let time_left = |page: &Page| page.one(".toast__countdown").get_attribute("style");
    let undo = page.one(".toast button").dyn_into::<HtmlElement>().unwrap();
    undo.focus().unwrap();
    // The pointer leaves, as it does when another notice appears. The focus still pauses the countdown.
    let _ = page.one(".toast").dispatch_event(&Event::new("pointerleave").unwrap());
    let before = time_left(&page);
    intervals.tick();
    rendered().await;
    assert_eq!(time_left(&page), before);
    undo.blur().unwrap();
    intervals.tick();
    page.until("the countdown continues", |page| time_left(page) != before).await;
}

#[wasm_bindgen_test]
async fn a_refused_removal_shows_the_reason_in_the_dialog() {
    let page = table(2, |url| {
        (url.contains("/users/") && !url.ends_with("/access")).then(|| problem_reply(409, "last_manager"))
    })
    .await;
    open_remove_dialog(&page, 0).await;
    page.click("Remove user");
    let reason = "This would leave no manager here";
    page.until("the reason is shown", |page| {
        page.one("dialog [role=alert]").text_content().unwrap().contains(reason)
    })
    .await;
    page.click("Cancel");
    page.until("the dialog is closed", |page| page.all("dialog").is_empty()).await;
    assert!(page.all(".toast").is_empty());
}

#[wasm_bindgen_test]
async fn a_failed_undo_shows_an_error() {
    let page = table(2, |url| match url {
        url if url.ends_with("/restore") => Some(problem_reply(409, "changed_since")),
        url if url.contains("/users/") && !url.ends_with("/access") => Some(no_content()),
        _ => None,
    })
    .await;
    open_remove_dialog(&page, 0).await;
    page.click("Remove user");
    page.until("the notice is shown", |page| !page.all(".toast").is_empty()).await;
    click(&page.one(".toast button"));
    page.until("the error is shown", |page| {
        page.all(".notices [aria-live=assertive]")[0]
            .text_content()
            .unwrap()
            .contains("This user’s access has changed since")
    })
    .await;
}

#[wasm_bindgen_test]
async fn retries_loading_the_lost_access() {
    let is_down = Arc::new(AtomicBool::new(true));
    let down = Arc::clone(&is_down);
    let page = table(2, move |url| {
        (url.ends_with("/access") && down.load(Ordering::Relaxed)).then_some(Reply::Unreachable)
    })
    .await;
    open_remove_dialog(&page, 0).await;
    page.until("the error is shown", |page| page.text().contains("Couldn’t load the access to be removed."))
        .await;
    is_down.store(false, Ordering::Relaxed);
    page.click("Try again");
    page.until("the lost access is shown", |page| {
        page.one("dialog").text_content().unwrap().contains("Harbor Bank")
    })
    .await;
}

#[wasm_bindgen_test]
async fn removes_many_after_typing_their_number_and_restores_exactly_them() {
    let running = job("remove", &json!({ "state": "running", "total": 2, "ended_at": null }));
    let ended = job("remove", &json!({ "total": 2, "done": 2, "can_undo": true }));
    let undo_id = "00000000-0000-4000-8000-0000000000bb";
    let undone = job("restore", &json!({ "id": undo_id, "total": 2, "done": 2, "undo_of": JOB }));
    let page = table(3, move |url| match url {
        BULK => Some(json_reply(&running)),
        url if is_undo(url) => Some(json_reply(&undone)),
        url if url.ends_with(JOB) => Some(json_reply(&ended)),
        _ => None,
    })
    .await;
    select(&page, 2).await;
    page.click("Remove");
    page.until("the dialog is open", |page| !page.all("dialog[open]").is_empty()).await;
    assert_eq!(page.focused().unwrap().text_content().as_deref(), Some("Cancel"));
    page.click("Remove 2 users");
    page.fill("dialog input", "3");
    page.click("Remove 2 users");
    assert!(sent_bodies(&page).is_empty(), "the typed number is wrong");
    page.fill("dialog input", "2");
    page.click("Remove 2 users");
    page.until("the notice is shown", |page| !page.all(".toast").is_empty()).await;
    assert!(page.all("dialog").is_empty());
    assert!(page.one(".toast").text_content().unwrap().contains("2 users removed"));
    page.press_on("tbody", "u", false);
    page.until("the users are restored", |page| page.text().contains("2 users restored")).await;
    let sent_bodies = sent_bodies(&page);
    assert_eq!((sent_bodies.len(), &sent_bodies[0]["action"]), (1, &json!("remove")));
}

#[wasm_bindgen_test]
async fn lists_refused_users_with_the_reasons() {
    let refused = json!([
        { "id": user(1), "name": "User 1", "code": "own_removal" },
        { "id": user(2), "code": "not_found" },
    ]);
    let fields = json!({ "total": 3, "done": 1, "refused": 2, "refusals": refused, "can_undo": true });
    let result = job("remove", &fields);
    let page = table(3, move |url| (url == BULK).then(|| json_reply(&result))).await;
    select(&page, 3).await;
    page.click("Remove");
    page.until("the dialog is open", |page| !page.all("dialog[open]").is_empty()).await;
    page.fill("dialog input", "3");
    page.click("Remove 3 users");
    page.until("the outcome is shown", |page| page.text().contains("Not allowed for 2 users.")).await;
    let text = page.one("dialog").text_content().unwrap();
    let own_removal = format!("User 1{}", Denial::OwnRemoval.message(studio_users::i18n::Language::En));
    for expected in ["1 user removed", own_removal.as_str(), "A user you can no longer see"] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
    page.click("Undo");
    page.until("the undo is requested", |page| page.requests.lock().unwrap().iter().any(|url| is_undo(url)))
        .await;
}

#[wasm_bindgen_test]
async fn resends_invitations_without_confirmation_and_shows_refusals_on_request() {
    let refused = json!([{ "id": user(1), "name": "User 1", "code": "rate_limited" }]);
    let result = job("resend", &json!({ "done": 1, "refused": 1, "refusals": refused }));
    let page = Page::mount(Route::Users(UsersRoute::default()), 1200, move |url| {
        if url == BULK {
            return json_reply(&result);
        }
        let invited = (1..=2).map(|number| {
            let mut invited = row(number, "");
            (invited.name, invited.status) = (None, Status::Invited);
            invited
        });
        users_page(invited.collect(), 2)
    });
    page.until("the rows are shown", |page| page.names().len() == 2).await;
    select(&page, 2).await;
    page.click("Resend invitation");
    page.until("the outcome is shown", |page| {
        page.text().contains("1 invitation resent. Not allowed for 1 user.")
    })
    .await;
    assert!(page.all("dialog").is_empty());
    assert_eq!(sent_bodies(&page)[0]["action"], "resend");
    page.click("Show details");
    page.until("the refusals are shown", |page| page.text().contains("Too many requests.")).await;
}

#[wasm_bindgen_test]
async fn adds_a_role_at_a_node_found_by_name() {
    let result = job("add_role", &json!({ "done": 1, "unchanged": 1, "can_undo": true }));
    let page = table(2, move |url| (url == BULK).then(|| json_reply(&result))).await;
    select(&page, 2).await;
    page.click("Add role");
    page.until("the dialog is open", |page| !page.all("dialog[open]").is_empty()).await;
    let submit = || page.one("dialog [type=submit]");
    click(&submit());
    assert!(sent_bodies(&page).is_empty(), "no node and no role are chosen");
    page.fill("dialog [type=search]", "clinic");
    page.until("one node is shown", |page| page.all("dialog [aria-label=Where] [role=radio]").len() == 1)
        .await;
    click(&page.one("dialog [aria-label=Where] [role=radio]"));
    // The arrow keys select, as in every radio group: https://www.w3.org/WAI/ARIA/apg/patterns/radio/.
    let first: HtmlElement = page.one("dialog [aria-label=Role] [role=radio]").unchecked_into();
    first.focus().unwrap();
    page.press_on("dialog [aria-label=Role] [role=radio]", "ArrowDown", false);
    page.until("the role is selected", |page| {
        let chosen = page.all("dialog [aria-label=Role] [aria-checked=true]");
        chosen.first().is_some_and(|chosen| chosen.text_content().unwrap().contains("Operator"))
    })
    .await;
    click(&submit());
    page.until("the outcome is shown", |page| {
        page.text().contains("Role added to 1 user. 1 user already had it.")
    })
    .await;
    let sent_bodies = &sent_bodies(&page)[0];
    assert_eq!(
        (&sent_bodies["node_id"], &sent_bodies["role"]),
        (&json!(environment_id(2)), &json!("operator"))
    );
}

#[wasm_bindgen_test]
async fn restores_removed_users_and_shows_refusals_in_their_rows() {
    let removed_by = UserRef { id: user(1), name: "Maud Jansen".into() };
    let removed = move |number: u32| RemovedUser {
        id: user(number),
        name: Some(format!("Gone {number}")),
        email: format!("gone{number}@example.test"),
        removed_at: clock::now() - TimeDelta::minutes(5),
        removed_by: removed_by.clone(),
        restorable_until: clock::now() + TimeDelta::hours(23),
    };
    let is_restored = Arc::new(AtomicBool::new(false));
    let refused = json!([{ "id": user(12), "name": "Gone 12", "code": "changed_since" }]);
    let result = job("restore", &json!({ "done": 1, "refused": 1, "refusals": refused }));
    let page = table(2, move |url| match url {
        BULK => {
            is_restored.store(true, Ordering::Relaxed);
            Some(json_reply(&result))
        }
        "/api/v1/users/removed" if is_restored.load(Ordering::Relaxed) => Some(json_reply(&[removed(12)])),
        "/api/v1/users/removed" => Some(json_reply(&[removed(11), removed(12)])),
        _ => None,
    })
    .await;
    page.click("Removed users");
    page.until("both rows are shown", |page| page.all(".removed__row").len() == 2).await;
    let text = page.one("dialog").text_content().unwrap();
    assert!(text.contains("5 min ago, by you"), "{text}");
    let all: HtmlInputElement = page.one(".removed__all input").unchecked_into();
    all.click();
    page.until("all rows are selected", |page| page.text().contains("Restore 2 users")).await;
    page.click("Restore 2 users");
    page.until("one row is left", |page| page.all(".removed__row").len() == 1).await;
    page.until("the reason is shown", |page| page.text().contains("This user’s access has changed since"))
        .await;
    assert_eq!(sent_bodies(&page)[0]["action"], "restore");
    assert_eq!(page.one("dialog [role=status]").text_content().as_deref(), Some("1 user restored"));
}

#[wasm_bindgen_test]
async fn shows_an_empty_state_without_removed_users() {
    let page =
        table(2, |url| url.ends_with("/removed").then(|| json_reply(&Vec::<RemovedUser>::new()))).await;
    page.click("Removed users");
    page.until("the empty state is shown", |page| page.text().contains("No removed users")).await;
}

/// Mounts the users page with one invited user and a scripted clipboard, and clicks the copy button.
async fn invited(clipboard: &str) -> Page {
    js_sys::eval(&format!(
        "Object.defineProperty(navigator, 'clipboard', {{ configurable: true, value: {clipboard} }})"
    ))
    .unwrap();
    let page = Page::mount(Route::Users(UsersRoute::default()), 1200, |url| {
        if url.ends_with("/invitation/link") {
            let expires_at = clock::now() + TimeDelta::days(3);
            return json_reply(&InvitationLink { url: "https://studio.test/join#token".into(), expires_at });
        }
        let mut invited = row(7, "");
        (invited.name, invited.status) = (None, Status::Invited);
        let expires_at = clock::now() + TimeDelta::days(3);
        invited.invitation = Some(InvitationSummary { expires_at, unacceptable: false, undelivered: false });
        users_page(vec![invited], 1)
    });
    page.until("the row is shown", |page| page.names().len() == 1).await;
    click(&page.one("[data-action=copy-link]"));
    page
}

#[wasm_bindgen_test]
async fn announces_a_copied_link_in_a_polite_live_region() {
    let page = invited("{ write: async ([item]) => { await item.getType('text/plain') } }").await;
    page.until("the copy is announced", |page| {
        let said =
            page.all("[role=status]").iter().filter_map(|said| said.text_content()).collect::<String>();
        said.contains("Invitation link for user7@example.test copied")
    })
    .await;
    assert!(page.all("dialog").is_empty());
}

#[wasm_bindgen_test]
async fn shows_the_link_in_a_field_without_clipboard_access() {
    let page = invited("undefined").await;
    page.until("the field is shown", |page| !page.all("dialog input").is_empty()).await;
    let field: HtmlInputElement = page.one("dialog input").unchecked_into();
    assert_eq!(field.value(), "https://studio.test/join#token");
    assert!(field.read_only());
    page.until("the link is selected", |_| field.selection_end().unwrap() == Some(30)).await;
}

#[wasm_bindgen_test]
async fn the_phone_sheet_lists_actions_and_reasons() {
    let page = Page::mount(Route::Users(UsersRoute::default()), 390, |url| {
        if url.ends_with("/access") {
            return access(ProvenanceKind::Inherited);
        }
        let mut row = row(7, "Femke Hoekstra");
        row.allowed.copy_link = Some(Denial::NoInvitation);
        users_page(vec![row], 1)
    });
    page.until("the card is shown", |page| page.names().len() == 1).await;
    let more: HtmlElement = page.one("[data-action=more]").unchecked_into();
    more.focus().unwrap();
    more.click();
    page.until("the sheet is open", |page| !page.all("dialog.sheet[open]").is_empty()).await;
    let refused = page.one(".sheet [aria-disabled=true]");
    assert!(refused.text_content().unwrap().contains("There’s no pending invitation"));
    click(&refused);
    assert!(!page.requests.lock().unwrap().iter().any(|url| url.ends_with("/link")));
    page.click("Remove user");
    page.until("the dialog replaces the sheet", |page| !page.all("dialog.confirm[open]").is_empty()).await;
    assert!(page.all("dialog.sheet").is_empty());
    page.click("Cancel");
    page.until("the first button has the focus again", |page| {
        page.focused().is_some_and(|focused| focused.get_attribute("data-action").as_deref() == Some("more"))
    })
    .await;
}
