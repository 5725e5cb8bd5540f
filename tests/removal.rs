//! Removing, undoing it, the same for many, and copying links: over a scripted backend.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use serde_json::{Value, json};
use studio_users::api::Response;
use studio_users::i18n::clock;
use studio_users::state::{Place, UsersPlace};
use studio_users_contract::{
    AccessNode, InvitationLink, InvitationSummary, InvitedBy, Provenance, ProvenanceKind, RemovedUser,
    UserAccess,
};
use studio_users_domain::{Denial, Role, RoleSet, Status, UserId};
use support::{Page, Reply, environment, json as answer, nothing, page, refusal, row, sleep};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Event, HtmlElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

const BULK: &str = "/api/v1/users/bulk";

fn user(number: u32) -> UserId {
    row(number, "").id
}

/// What an operator of an environment has there, and an invitation to the other.
fn access() -> Reply {
    let node = |number, effective: RoleSet, pending: RoleSet| AccessNode {
        node_id: environment(number),
        assigned: None,
        effective,
        provenance: Provenance { kind: ProvenanceKind::Inherited, from: None },
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

/// The users table with some users, over a backend that a test scripts further.
async fn table(rows: u32, reply: impl Fn(&str) -> Option<Reply> + Send + Sync + 'static) -> Page {
    let shown = Page::mount(Place::Users(UsersPlace::default()), 1200, move |url| {
        reply(url).unwrap_or_else(|| {
            if url.ends_with("/access") {
                return access();
            }
            page((1..=rows).map(|number| row(number, &format!("User {number}"))).collect(), rows)
        })
    });
    shown.until("rows", |page| page.names().len() == rows as usize).await;
    shown
}

fn click(element: &web_sys::Element) {
    element.dyn_ref::<HtmlElement>().unwrap().click();
}

async fn ask_to_remove(page: &Page, row: usize) {
    let button = page.all("tbody [data-deed=remove]")[row].clone();
    let _ = button.dyn_ref::<HtmlElement>().unwrap().focus();
    click(&button);
    page.until("the dialog", |page| !page.all("dialog[open]").is_empty()).await;
}

async fn select(page: &Page, rows: u32) {
    for row in 0..rows as usize {
        click(&page.all("tbody [data-deed=select]")[row]);
    }
    page.until("the selection", |page| page.text().contains(&format!("{rows} selected"))).await;
}

/// What was sent to change many at once, the latest last.
fn sent(page: &Page) -> Vec<Value> {
    let bodies = page.bodies.lock().unwrap();
    bodies
        .iter()
        .filter(|(url, _)| url == BULK)
        .map(|(_, body)| serde_json::from_str(body).unwrap())
        .collect()
}

#[wasm_bindgen_test]
async fn the_dialog_says_what_is_lost_where_and_waits_at_cancel() {
    let shown = table(3, |_| None).await;
    ask_to_remove(&shown, 1).await;
    shown.until("what is lost", |page| page.text().contains("City Clinic")).await;
    let dialog = shown.one("dialog");
    assert_eq!(dialog.get_attribute("role").as_deref(), Some("alertdialog"));
    let text = dialog.text_content().unwrap();
    for words in [
        "Remove User 2?",
        "lose access to 1 environment",
        "Operator (inherited)",
        "Invited asPlanner",
        "audit log",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert_eq!(shown.focused().unwrap().text_content().as_deref(), Some("Cancel"));
    shown.click("Cancel");
    shown.until("it closed", |page| page.all("dialog").is_empty()).await;
    shown
        .until("the focus back", |page| {
            page.focused()
                .is_some_and(|focused| focused.get_attribute("data-deed").as_deref() == Some("remove"))
        })
        .await;
    assert!(!shown.calls.lock().unwrap().iter().any(|url| url.ends_with(&user(2).to_string())));
}

#[wasm_bindgen_test]
async fn a_removal_is_undone_by_a_key_the_newest_first() {
    let one = |url: &str| url.contains("/users/") && !url.ends_with("/access");
    let shown = table(3, move |url| one(url).then(nothing)).await;
    for number in [0, 1] {
        ask_to_remove(&shown, number).await;
        shown.click("Remove user");
        shown.until("it closed", |page| page.all("dialog").is_empty()).await;
    }
    shown.until("both offers", |page| page.all(".toast").len() == 2).await;
    assert!(shown.one(".notices").text_content().unwrap().contains("User 2 removed"));
    assert!(!shown.press_on("tbody", "u", false), "the key is taken");
    let restored = |number| format!("/api/v1/users/{}/restore", user(number));
    shown.until("the newest restored", |page| page.calls.lock().unwrap().contains(&restored(2))).await;
    assert!(!shown.calls.lock().unwrap().contains(&restored(1)));
    shown.until("that told", |page| page.text().contains("User 2 restored")).await;
    shown.press_on("tbody", "u", false);
    shown.until("the other restored", |page| page.calls.lock().unwrap().contains(&restored(1))).await;
}

#[wasm_bindgen_test]
async fn an_offer_to_undo_waits_while_it_has_the_focus() {
    let one = |url: &str| url.contains("/users/") && !url.ends_with("/access");
    let shown = table(2, move |url| one(url).then(nothing)).await;
    ask_to_remove(&shown, 0).await;
    shown.click("Remove user");
    shown.until("the offer", |page| !page.all(".toast").is_empty()).await;
    let left = |page: &Page| page.one(".toast__left").get_attribute("style");
    let undo = shown.one(".toast button").dyn_into::<HtmlElement>().unwrap();
    undo.focus().unwrap();
    // The pointer leaves, as it does where another notice comes; the focus is what counts.
    let _ = shown.one(".toast").dispatch_event(&Event::new("pointerleave").unwrap());
    let before = left(&shown);
    sleep(700).await;
    assert_eq!(left(&shown), before, "a tick is 250 ms");
    undo.blur().unwrap();
    shown.until("it goes on", |page| left(page) != before).await;
}

#[wasm_bindgen_test]
async fn a_refused_removal_says_why_in_the_dialog() {
    let shown = table(2, |url| {
        (url.contains("/users/") && !url.ends_with("/access")).then(|| refusal(409, "last_manager"))
    })
    .await;
    ask_to_remove(&shown, 0).await;
    shown.click("Remove user");
    let reason = "Nobody else manages this place";
    shown
        .until("the reason", |page| page.one("dialog [role=alert]").text_content().unwrap().contains(reason))
        .await;
    shown.click("Cancel");
    shown.until("it closed", |page| page.all("dialog").is_empty()).await;
    assert!(shown.all(".toast").is_empty());
}

#[wasm_bindgen_test]
async fn an_undo_that_comes_too_late_says_so_and_stays() {
    let shown = table(2, |url| match url {
        url if url.ends_with("/restore") => Some(refusal(409, "changed_since")),
        url if url.contains("/users/") && !url.ends_with("/access") => Some(nothing()),
        _ => None,
    })
    .await;
    ask_to_remove(&shown, 0).await;
    shown.click("Remove user");
    shown.until("the offer", |page| !page.all(".toast").is_empty()).await;
    click(&shown.one(".toast button"));
    shown
        .until("the cause", |page| {
            page.all(".notices [aria-live=assertive]")[0]
                .text_content()
                .unwrap()
                .contains("Somebody changed this user since")
        })
        .await;
}

#[wasm_bindgen_test]
async fn what_is_lost_that_cannot_be_loaded_is_tried_again() {
    let is_down = Arc::new(AtomicBool::new(true));
    let down = Arc::clone(&is_down);
    let shown = table(2, move |url| {
        (url.ends_with("/access") && down.load(Ordering::Relaxed)).then_some(Reply::Unreachable)
    })
    .await;
    ask_to_remove(&shown, 0).await;
    shown.until("the cause", |page| page.text().contains("What exactly is lost could not be loaded")).await;
    is_down.store(false, Ordering::Relaxed);
    shown.click("Try again");
    shown
        .until("what is lost", |page| page.one("dialog").text_content().unwrap().contains("Harbor Bank"))
        .await;
}

#[wasm_bindgen_test]
async fn many_are_removed_only_by_their_number_and_exactly_they_are_restored() {
    let removed = [user(1), user(2)].map(|user| user.to_string());
    let result = json!({ "done": 2, "unchanged": 0, "refused": 0, "refusals": [], "removed": removed });
    let shown = table(3, move |url| (url == BULK).then(|| answer(&result))).await;
    select(&shown, 2).await;
    shown.click("Remove");
    shown.until("the dialog", |page| !page.all("dialog[open]").is_empty()).await;
    assert_eq!(shown.focused().unwrap().text_content().as_deref(), Some("Cancel"));
    shown.click("Remove 2 users");
    shown.fill("dialog input", "3");
    shown.click("Remove 2 users");
    assert!(sent(&shown).is_empty(), "the number is not typed yet");
    shown.fill("dialog input", "2");
    shown.click("Remove 2 users");
    shown.until("the offer", |page| !page.all(".toast").is_empty()).await;
    assert!(shown.all("dialog").is_empty());
    assert!(shown.one(".toast").text_content().unwrap().contains("2 users removed"));
    shown.press_on("tbody", "u", false);
    shown.until("the undoing", |page| sent(page).len() == 2).await;
    let sent = sent(&shown);
    assert_eq!((&sent[0]["action"], &sent[1]["action"]), (&json!("remove"), &json!("restore")));
    assert_eq!(sent[1]["select"], json!({ "ids": removed }));
}

#[wasm_bindgen_test]
async fn who_was_refused_is_listed_with_the_reason() {
    let refused = json!([
        { "id": user(1), "name": "User 1", "code": "own_removal" },
        { "id": user(2), "code": "not_found" },
    ]);
    let result =
        json!({ "done": 1, "unchanged": 0, "refused": 2, "refusals": refused, "removed": [user(3)] });
    let shown = table(3, move |url| (url == BULK).then(|| answer(&result))).await;
    select(&shown, 3).await;
    shown.click("Remove");
    shown.until("the dialog", |page| !page.all("dialog[open]").is_empty()).await;
    shown.fill("dialog input", "3");
    shown.click("Remove 3 users");
    shown.until("what came of it", |page| page.text().contains("2 were refused")).await;
    let text = shown.one("dialog").text_content().unwrap();
    for words in ["1 user removed", "User 1You cannot remove yourself", "A user whom you no longer see"] {
        assert!(text.contains(words), "{words} in {text}");
    }
    shown.click("Undo");
    shown.until("the undoing", |page| sent(page).len() == 2).await;
    assert_eq!(sent(&shown)[1]["select"], json!({ "ids": [user(3)] }));
}

#[wasm_bindgen_test]
async fn invitations_are_sent_again_at_once_and_refusals_are_a_click_away() {
    let refused = json!([{ "id": user(1), "name": "User 1", "code": "rate_limited" }]);
    let result = json!({ "done": 1, "unchanged": 0, "refused": 1, "refusals": refused });
    let shown = Page::mount(Place::Users(UsersPlace::default()), 1200, move |url| {
        if url == BULK {
            return answer(&result);
        }
        let invited = (1..=2).map(|number| {
            let mut invited = row(number, "");
            (invited.name, invited.status) = (None, Status::Invited);
            invited
        });
        page(invited.collect(), 2)
    });
    shown.until("rows", |page| page.names().len() == 2).await;
    select(&shown, 2).await;
    shown.click("Send invitation again");
    shown.until("the counts", |page| page.text().contains("1 invitation sent again. 1 was refused.")).await;
    assert!(shown.all("dialog").is_empty());
    assert_eq!(sent(&shown)[0]["action"], "resend");
    shown.click("Who and why");
    shown.until("who and why", |page| page.text().contains("Too many at once")).await;
}

#[wasm_bindgen_test]
async fn a_role_is_added_at_a_place_that_is_found_by_name() {
    let result = json!({ "done": 1, "unchanged": 1, "refused": 0, "refusals": [] });
    let shown = table(2, move |url| (url == BULK).then(|| answer(&result))).await;
    select(&shown, 2).await;
    shown.click("Add role");
    shown.until("the dialog", |page| !page.all("dialog[open]").is_empty()).await;
    let submit = || shown.one("dialog [type=submit]");
    click(&submit());
    assert!(sent(&shown).is_empty(), "nothing is chosen yet");
    shown.fill("dialog [type=search]", "clinic");
    shown.until("one place", |page| page.all("dialog [aria-label=Where] [role=radio]").len() == 1).await;
    click(&shown.one("dialog [aria-label=Where] [role=radio]"));
    // The arrow keys choose, as in any group of radio buttons.
    let first: HtmlElement = shown.one("dialog [aria-label=Role] [role=radio]").unchecked_into();
    first.focus().unwrap();
    shown.press_on("dialog [aria-label=Role] [role=radio]", "ArrowDown", false);
    shown
        .until("the role", |page| {
            let chosen = page.all("dialog [aria-label=Role] [aria-checked=true]");
            chosen.first().is_some_and(|chosen| chosen.text_content().unwrap().contains("Operator"))
        })
        .await;
    click(&submit());
    shown.until("the counts", |page| page.text().contains("Role added to 1 user. 1 had it already.")).await;
    let sent = &sent(&shown)[0];
    assert_eq!((&sent["node_id"], &sent["role"]), (&json!(environment(2)), &json!("operator")));
}

#[wasm_bindgen_test]
async fn those_removed_can_be_restored_and_a_refusal_stands_beside_them() {
    let by = InvitedBy { id: user(1), name: "Maud Jansen".into() };
    let removed = move |number: u32| RemovedUser {
        id: user(number),
        name: Some(format!("Gone {number}")),
        email: format!("gone{number}@example.test"),
        removed_at: clock::now() - TimeDelta::minutes(5),
        removed_by: by.clone(),
        restorable_until: clock::now() + TimeDelta::hours(23),
    };
    let is_restored = Arc::new(AtomicBool::new(false));
    let refused = json!([{ "id": user(12), "name": "Gone 12", "code": "changed_since" }]);
    let result = json!({ "done": 1, "unchanged": 0, "refused": 1, "refusals": refused });
    let shown = table(2, move |url| match url {
        BULK => {
            is_restored.store(true, Ordering::Relaxed);
            Some(answer(&result))
        }
        "/api/v1/users/removed" if is_restored.load(Ordering::Relaxed) => Some(answer(&[removed(12)])),
        "/api/v1/users/removed" => Some(answer(&[removed(11), removed(12)])),
        _ => None,
    })
    .await;
    shown.click("Removed users");
    shown.until("both", |page| page.all(".removed__row").len() == 2).await;
    let text = shown.one("dialog").text_content().unwrap();
    assert!(text.contains("5 min ago, by you"), "{text}");
    let all: HtmlInputElement = shown.one(".removed__all input").unchecked_into();
    all.click();
    shown.until("all chosen", |page| page.text().contains("Restore 2 users")).await;
    shown.click("Restore 2 users");
    shown.until("one left", |page| page.all(".removed__row").len() == 1).await;
    shown.until("the reason", |page| page.text().contains("Somebody changed this user since")).await;
    assert_eq!(sent(&shown)[0]["action"], "restore");
    assert_eq!(shown.one("dialog [role=status]").text_content().as_deref(), Some("1 user restored"));
}

#[wasm_bindgen_test]
async fn where_nobody_was_removed_it_says_so() {
    let shown = table(2, |url| url.ends_with("/removed").then(|| answer(&Vec::<RemovedUser>::new()))).await;
    shown.click("Removed users");
    shown.until("nobody", |page| page.text().contains("Nobody was removed")).await;
}

/// The table of one invited user, with a clipboard that a test scripts.
async fn invited(clipboard: &str) -> Page {
    js_sys::eval(&format!(
        "Object.defineProperty(navigator, 'clipboard', {{ configurable: true, value: {clipboard} }})"
    ))
    .unwrap();
    let shown = Page::mount(Place::Users(UsersPlace::default()), 1200, |url| {
        if url.ends_with("/invitation/link") {
            let expires_at = clock::now() + TimeDelta::days(3);
            return answer(&InvitationLink { url: "https://studio.test/join#token".into(), expires_at });
        }
        let mut invited = row(7, "");
        (invited.name, invited.status) = (None, Status::Invited);
        let expires_at = clock::now() + TimeDelta::days(3);
        invited.invitation = Some(InvitationSummary { expires_at });
        page(vec![invited], 1)
    });
    shown.until("the row", |page| page.names().len() == 1).await;
    click(&shown.one("[data-deed=copy-link]"));
    shown
}

#[wasm_bindgen_test]
async fn a_copied_link_is_told_politely() {
    let shown = invited("{ write: async ([item]) => { await item.getType('text/plain') } }").await;
    shown
        .until("it said", |page| {
            let said =
                page.all("[role=status]").iter().filter_map(|said| said.text_content()).collect::<String>();
            said.contains("Invitation link for user7@example.test copied")
        })
        .await;
    assert!(shown.all("dialog").is_empty());
}

#[wasm_bindgen_test]
async fn a_link_that_the_browser_does_not_let_be_copied_is_shown_in_a_field() {
    let shown = invited("undefined").await;
    shown.until("the field", |page| !page.all("dialog input").is_empty()).await;
    let field: HtmlInputElement = shown.one("dialog input").unchecked_into();
    assert_eq!(field.value(), "https://studio.test/join#token");
    assert!(field.read_only());
    shown.until("it selected", |_| field.selection_end().unwrap() == Some(30)).await;
}

#[wasm_bindgen_test]
async fn on_a_phone_a_sheet_says_what_can_be_done_and_why_not() {
    let shown = Page::mount(Place::Users(UsersPlace::default()), 390, |url| {
        if url.ends_with("/access") {
            return access();
        }
        let mut row = row(7, "Femke Hoekstra");
        row.allowed.copy_link = Some(Denial::NoInvitation);
        page(vec![row], 1)
    });
    shown.until("the card", |page| page.names().len() == 1).await;
    let more: HtmlElement = shown.one("[data-deed=more]").unchecked_into();
    more.focus().unwrap();
    more.click();
    shown.until("the sheet", |page| !page.all("dialog.sheet[open]").is_empty()).await;
    let refused = shown.one(".sheet [aria-disabled=true]");
    assert!(refused.text_content().unwrap().contains("There is no invitation"));
    click(&refused);
    assert!(!shown.calls.lock().unwrap().iter().any(|url| url.ends_with("/link")));
    shown.click("Remove user");
    shown.until("the dialog in its place", |page| !page.all("dialog.confirm[open]").is_empty()).await;
    assert!(shown.all("dialog.sheet").is_empty());
    shown.click("Cancel");
    shown
        .until("the focus where it was before both", |page| {
            page.focused()
                .is_some_and(|focused| focused.get_attribute("data-deed").as_deref() == Some("more"))
        })
        .await;
}
