//! The command palette and the list of shortcuts. Runs in a browser against a scripted backend.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use std::sync::Mutex;

use leptos::prelude::GetUntracked;
use studio_users::state::{Route, Tab, UsersRoute, get_local_item, set_local_item};
use studio_users_contract::{Total, UserPage, UserRow};
use studio_users_domain::Denial;
use support::{Page, Reply, parameter, row, users_page, users_window};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlElement;

wasm_bindgen_test_configure!(run_in_browser);

const FIELD: &str = "[role=combobox]";

/// Mounts the users page and opens the palette.
async fn open_palette(reply: impl Fn(&str) -> Option<Reply> + Send + Sync + 'static) -> Page {
    let page = Page::mount(Route::Users(UsersRoute::default()), 1200, move |url| {
        reply(url).unwrap_or_else(|| users_window(url, 30))
    });
    page.until("the rows are shown", |page| !page.names().is_empty()).await;
    assert!(!page.press_on("tbody", "k", true), "the page handles the key");
    page.until("the palette is open", |page| !page.all("dialog[open]").is_empty()).await;
    page
}

/// The response to a search for `query`.
fn matching_users(url: &str, query: &str) -> Option<Reply> {
    let is_match = parameter(url, "search").as_deref() == Some(query);
    is_match.then(|| users_page(vec![row(1, "Rik Santema"), row(2, "Sanne de Vries")], 2))
}

/// A response with these users after a delay in milliseconds.
fn delayed_response(items: Vec<UserRow>, wait: i32) -> Reply {
    support::users_page_after(&UserPage { total: Total { value: 1, exact: true }, items }, wait)
}

/// The text of the option that Enter would select.
fn active_option(page: &Page) -> String {
    let id = page.one(FIELD).get_attribute("aria-activedescendant").unwrap();
    let option = page.one(&format!("#{id}"));
    assert_eq!(option.get_attribute("aria-selected").as_deref(), Some("true"));
    option.text_content().unwrap()
}

#[wasm_bindgen_test]
async fn opens_with_the_focus_in_the_field_and_the_first_action_active() {
    let page = open_palette(|_| None).await;
    assert_eq!(page.focused().unwrap().get_attribute("role").as_deref(), Some("combobox"));
    assert!(active_option(&page).starts_with("Invite users"));
    assert!(!page.press_on(FIELD, "k", true), "the same keys close the palette");
    page.until("the dialog is closed", |page| page.all("dialog").is_empty()).await;
}

#[wasm_bindgen_test]
async fn highlights_matching_users_and_opens_one_with_enter() {
    let page = open_palette(|url| matching_users(url, "san")).await;
    page.fill(FIELD, "san");
    page.until("the users are shown", |page| page.all("[role=option] .avatar").len() == 2).await;
    assert!(active_option(&page).contains("Sanne de Vries"), "a prefix match comes first");
    assert_eq!(page.one("mark").text_content().as_deref(), Some("San"));
    assert!(page.text().contains("Remove Sanne de Vries"), "the actions for the user are listed below");

    page.press_on(FIELD, "ArrowDown", false);
    page.until("the second user is active", |page| active_option(page).contains("Rik Santema")).await;
    page.until("the actions for this user are shown", |page| page.text().contains("Change access of Rik"))
        .await;
    page.press_on(FIELD, "ArrowUp", false);
    page.press_on(FIELD, "Enter", false);
    page.until("the dialog is closed", |page| page.all("dialog").is_empty()).await;
    let Route::Users(route) = page.navigation.route.get_untracked() else { panic!("elsewhere") };
    let open = route.open.unwrap();
    assert_eq!((open.id, open.tab), (row(2, "").id, Tab::Details));
}

#[wasm_bindgen_test]
async fn arrow_keys_reach_the_actions_of_the_last_active_user() {
    let page = open_palette(|url| matching_users(url, "san")).await;
    page.fill(FIELD, "san");
    page.until("the users are shown", |page| page.all("[role=option] .avatar").len() == 2).await;
    for _ in 0..3 {
        page.press_on(FIELD, "ArrowDown", false);
    }
    page.until("the action to change access is active", |page| {
        active_option(page) == "Change access of Rik Santema"
    })
    .await;
    page.press_on(FIELD, "Enter", false);
    page.until("the dialog is closed", |page| page.all("dialog").is_empty()).await;
    let Route::Users(route) = page.navigation.route.get_untracked() else { panic!("elsewhere") };
    assert_eq!(route.open.map(|open| (open.id, open.tab)), Some((row(1, "").id, Tab::Access)));
}

#[wasm_bindgen_test]
async fn a_new_search_aborts_the_previous_one() {
    static ANSWERED: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let page = open_palette(|url| {
        let query = parameter(url, "search")?;
        ANSWERED.lock().unwrap().push(query.clone());
        if query == "sa" {
            return Some(delayed_response(vec![row(9, "Sam Slow")], 150));
        }
        matching_users(url, "san")
    })
    .await;
    page.fill(FIELD, "sa");
    page.until("the first search is sent", |_| !ANSWERED.lock().unwrap().is_empty()).await;
    page.fill(FIELD, "san");
    page.until("the users are shown", |page| page.all("[role=option] .avatar").len() == 2).await;
    page.until_answered().await;
    assert!(!page.text().contains("Sam Slow"));
}

#[wasm_bindgen_test]
async fn a_denied_action_shows_the_reason_and_does_nothing() {
    let page = open_palette(|url| {
        parameter(url, "search")?;
        let mut row = row(5, "Charlotte Pemberton");
        row.allowed.remove = Some(Denial::NeedsAdministrator);
        Some(users_page(vec![row], 1))
    })
    .await;
    page.fill(FIELD, "char");
    page.until("the user is shown", |page| page.all("[role=option] .avatar").len() == 1).await;
    let refused = page.one("[role=option][aria-disabled=true]");
    assert!(refused.text_content().unwrap().contains("Only an Administrator"));
    let reason = refused.get_attribute("aria-describedby").unwrap();
    assert!(page.one(&format!("#{reason}")).text_content().unwrap().starts_with("Only an Administrator"));
    refused.dyn_ref::<HtmlElement>().unwrap().click();
    assert_eq!(page.all("dialog.palette").len(), 1, "the palette stays open");
}

#[wasm_bindgen_test]
async fn filters_the_list_by_a_node() {
    let page = open_palette(|url| parameter(url, "search").map(|_| users_page(Vec::new(), 0))).await;
    page.fill(FIELD, "clinic");
    page.until("the filter is active", |page| active_option(page) == "Show only users in City Clinic").await;
    page.press_on(FIELD, "Enter", false);
    let Route::Users(route) = page.navigation.route.get_untracked() else { panic!("elsewhere") };
    assert_eq!(route.filters.nodes, [support::environment_id(2)]);
}

#[wasm_bindgen_test]
async fn enter_before_the_response_selects_the_first_result_of_the_typed_query() {
    let page = open_palette(|url| {
        parameter(url, "search").map(|_| delayed_response(vec![row(4, "Sanne de Vries")], 50))
    })
    .await;
    assert!(active_option(&page).starts_with("Invite users"));
    page.fill(FIELD, "sann");
    page.press_on(FIELD, "Enter", false);
    assert_eq!(page.all("dialog.palette").len(), 1, "the previous option is not selected");
    page.until("the dialog is closed", |page| page.all("dialog").is_empty()).await;
    let Route::Users(route) = page.navigation.route.get_untracked() else { panic!("elsewhere") };
    assert_eq!(route.open.map(|open| open.id), Some(row(4, "").id));
}

#[wasm_bindgen_test]
async fn shows_actions_before_a_slow_response() {
    let page =
        open_palette(|url| parameter(url, "search").map(|_| delayed_response(Vec::new(), 30_000))).await;
    page.fill(FIELD, "clinic");
    page.until("the filter is active", |page| active_option(page) == "Show only users in City Clinic").await;
}

#[wasm_bindgen_test]
async fn distinguishes_no_results_from_an_error() {
    let page = open_palette(|url| match parameter(url, "search")?.as_str() {
        "zzz" => Some(users_page(Vec::new(), 0)),
        _ => Some(Reply::Unreachable),
    })
    .await;
    page.fill(FIELD, "zzz");
    page.until("the empty result is shown", |page| page.text().contains("No results for “zzz”")).await;
    page.fill(FIELD, "zzzz");
    page.until("the error is shown", |page| page.text().contains("Can’t reach the server.")).await;
}

#[wasm_bindgen_test]
async fn an_action_replaces_the_palette_and_closing_restores_the_focus() {
    let page = Page::mount(Route::Users(UsersRoute::default()), 1200, |url| users_window(url, 30));
    page.until("the rows are shown", |page| !page.names().is_empty()).await;
    let search: HtmlElement = page.one("[aria-label='Search users']").unchecked_into();
    search.focus().unwrap();
    page.press_on("[aria-label='Search users']", "k", true);
    page.until("the palette is open", |page| !page.all("dialog.palette[open]").is_empty()).await;
    page.fill(FIELD, "shortcuts");
    page.until("the action is active", |page| active_option(page).starts_with("Shortcuts")).await;
    page.press_on(FIELD, "Enter", false);
    page.until("the list is open", |page| page.text().contains("Keyboard shortcuts")).await;
    assert!(page.all("dialog.palette").is_empty());
    page.click("Close");
    page.until("the search field has the focus again", |page| {
        page.focused()
            .is_some_and(|focused| focused.get_attribute("aria-label").as_deref() == Some("Search users"))
    })
    .await;
}

#[wasm_bindgen_test]
async fn switches_single_key_shortcuts_off_and_stores_the_preference() {
    const STORAGE_KEY: &str = "studio-users.shortcuts";
    set_local_item(STORAGE_KEY, None);
    let page = Page::mount(Route::Users(UsersRoute::default()), 1200, |url| users_window(url, 30));
    page.until("the rows are shown", |page| !page.names().is_empty()).await;
    assert!(!page.press_on("tbody", "?", false));
    page.until("the list is open", |page| page.text().contains("Keyboard shortcuts")).await;
    let keys = page.all("dialog dt").iter().filter_map(|key| key.text_content()).collect::<String>();
    assert!(keys.contains("Ctrl K") && keys.contains('/') && keys.contains("Shift X"), "{keys}");
    let switch: HtmlElement = page.one("dialog [role=switch]").unchecked_into();
    switch.click();
    page.click("Close");
    page.until("the dialog is closed", |page| page.all("dialog").is_empty()).await;
    assert_eq!(get_local_item(STORAGE_KEY).as_deref(), Some("off"));
    assert!(page.press_on("tbody", "?", false), "the page ignores the key");
    drop(page);

    let next_page = Page::mount(Route::Users(UsersRoute::default()), 1200, |url| users_window(url, 30));
    next_page.until("the rows are shown", |page| !page.names().is_empty()).await;
    assert!(next_page.press_on("tbody", "/", false), "the next page ignores the key, too");
    assert!(!next_page.press_on("tbody", "k", true), "shortcuts with a modifier stay on");
    set_local_item(STORAGE_KEY, None);
}
