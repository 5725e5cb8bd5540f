//! The palette and the list of shortcuts: over a scripted backend.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use std::sync::Mutex;

use leptos::prelude::GetUntracked;
use studio_users::state::{Place, Tab, UsersPlace, keep, kept};
use studio_users_contract::{Total, UserPage, UserRow};
use studio_users_domain::Denial;
use support::{Page, Reply, page, parameter, row, window_of};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlElement;

wasm_bindgen_test_configure!(run_in_browser);

const FIELD: &str = "[role=combobox]";

/// The users table with the palette open, over users who are found by their names.
async fn palette(reply: impl Fn(&str) -> Option<Reply> + Send + Sync + 'static) -> Page {
    let shown = Page::mount(Place::Users(UsersPlace::default()), 1200, move |url| {
        reply(url).unwrap_or_else(|| window_of(url, 30))
    });
    shown.until("rows", |page| !page.names().is_empty()).await;
    assert!(!shown.press_on("tbody", "k", true), "the key is taken");
    shown.until("the palette", |page| !page.all("dialog[open]").is_empty()).await;
    shown
}

/// The users found by a search in the palette.
fn found(url: &str, query: &str) -> Option<Reply> {
    let is_asked = parameter(url, "search").as_deref() == Some(query);
    is_asked.then(|| page(vec![row(1, "Rik Santema"), row(2, "Sanne de Vries")], 2))
}

/// These users, after so many milliseconds.
fn slow(items: Vec<UserRow>, wait: i32) -> Reply {
    support::answer(&UserPage { total: Total { value: 1, exact: true }, items }, wait)
}

/// What Enter would take.
fn current(page: &Page) -> String {
    let id = page.one(FIELD).get_attribute("aria-activedescendant").unwrap();
    let option = page.one(&format!("#{id}"));
    assert_eq!(option.get_attribute("aria-selected").as_deref(), Some("true"));
    option.text_content().unwrap()
}

#[wasm_bindgen_test]
async fn it_begins_in_its_field_with_the_first_action() {
    let shown = palette(|_| None).await;
    assert_eq!(shown.focused().unwrap().get_attribute("role").as_deref(), Some("combobox"));
    assert!(current(&shown).starts_with("Invite users"));
    assert!(!shown.press_on(FIELD, "k", true), "the same keys close it");
    shown.until("it closed", |page| page.all("dialog").is_empty()).await;
}

#[wasm_bindgen_test]
async fn users_are_found_with_their_letters_marked_and_opened_by_enter() {
    let shown = palette(|url| found(url, "san")).await;
    shown.fill(FIELD, "san");
    shown.until("the users", |page| page.all("[role=option] .avatar").len() == 2).await;
    assert!(current(&shown).contains("Sanne de Vries"), "whose name begins so is the first");
    assert_eq!(shown.one("mark").text_content().as_deref(), Some("San"));
    assert!(shown.text().contains("Remove Sanne de Vries"), "what can be done with them stands below");

    shown.press_on(FIELD, "ArrowDown", false);
    shown.until("the second", |page| current(page).contains("Rik Santema")).await;
    shown.until("their actions", |page| page.text().contains("Change access of Rik")).await;
    shown.press_on(FIELD, "ArrowUp", false);
    shown.press_on(FIELD, "Enter", false);
    shown.until("it closed", |page| page.all("dialog").is_empty()).await;
    let Place::Users(place) = shown.navigation.place.get_untracked() else { panic!("elsewhere") };
    let open = place.open.unwrap();
    assert_eq!((open.id, open.tab), (row(2, "").id, Tab::Details));
}

#[wasm_bindgen_test]
async fn actions_of_the_user_chosen_last_are_reached_by_the_arrows() {
    let shown = palette(|url| found(url, "san")).await;
    shown.fill(FIELD, "san");
    shown.until("the users", |page| page.all("[role=option] .avatar").len() == 2).await;
    for _ in 0..3 {
        shown.press_on(FIELD, "ArrowDown", false);
    }
    shown.until("what changes their access", |page| current(page) == "Change access of Rik Santema").await;
    shown.press_on(FIELD, "Enter", false);
    shown.until("it closed", |page| page.all("dialog").is_empty()).await;
    let Place::Users(place) = shown.navigation.place.get_untracked() else { panic!("elsewhere") };
    assert_eq!(place.open.map(|open| (open.id, open.tab)), Some((row(1, "").id, Tab::Access)));
}

#[wasm_bindgen_test]
async fn a_search_that_is_superseded_is_given_up() {
    static ANSWERED: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let shown = palette(|url| {
        let query = parameter(url, "search")?;
        ANSWERED.lock().unwrap().push(query.clone());
        if query == "sa" {
            return Some(slow(vec![row(9, "Sam Slow")], 150));
        }
        found(url, "san")
    })
    .await;
    shown.fill(FIELD, "sa");
    shown.until("the first search", |_| !ANSWERED.lock().unwrap().is_empty()).await;
    shown.fill(FIELD, "san");
    shown.until("the users", |page| page.all("[role=option] .avatar").len() == 2).await;
    support::sleep(200).await;
    assert!(!shown.text().contains("Sam Slow"));
}

#[wasm_bindgen_test]
async fn what_is_refused_is_shown_with_the_reason_and_does_nothing() {
    let shown = palette(|url| {
        parameter(url, "search")?;
        let mut row = row(5, "Charlotte Pemberton");
        row.allowed.remove = Some(Denial::NeedsAdministrator);
        Some(page(vec![row], 1))
    })
    .await;
    shown.fill(FIELD, "char");
    shown.until("the user", |page| page.all("[role=option] .avatar").len() == 1).await;
    let refused = shown.one("[role=option][aria-disabled=true]");
    assert!(refused.text_content().unwrap().contains("Only an administrator"));
    let reason = refused.get_attribute("aria-describedby").unwrap();
    assert!(shown.one(&format!("#{reason}")).text_content().unwrap().starts_with("Only an administrator"));
    refused.dyn_ref::<HtmlElement>().unwrap().click();
    assert_eq!(shown.all("dialog.palette").len(), 1, "it stays");
}

#[wasm_bindgen_test]
async fn the_list_is_narrowed_to_a_place_by_its_name() {
    let shown = palette(|url| parameter(url, "search").map(|_| page(Vec::new(), 0))).await;
    shown.fill(FIELD, "clinic");
    shown.until("the place", |page| current(page) == "Only users in City Clinic").await;
    shown.press_on(FIELD, "Enter", false);
    let Place::Users(place) = shown.navigation.place.get_untracked() else { panic!("elsewhere") };
    assert_eq!(place.filters.nodes, [support::environment(2)]);
}

#[wasm_bindgen_test]
async fn enter_that_comes_before_the_answer_takes_what_was_typed_for() {
    let shown =
        palette(|url| parameter(url, "search").map(|_| slow(vec![row(4, "Sanne de Vries")], 50))).await;
    assert!(current(&shown).starts_with("Invite users"));
    shown.fill(FIELD, "sann");
    shown.press_on(FIELD, "Enter", false);
    assert_eq!(shown.all("dialog.palette").len(), 1, "not what stood there before");
    shown.until("it closed", |page| page.all("dialog").is_empty()).await;
    let Place::Users(place) = shown.navigation.place.get_untracked() else { panic!("elsewhere") };
    assert_eq!(place.open.map(|open| open.id), Some(row(4, "").id));
}

#[wasm_bindgen_test]
async fn actions_do_not_wait_long_for_the_users() {
    let shown = palette(|url| parameter(url, "search").map(|_| slow(Vec::new(), 30_000))).await;
    shown.fill(FIELD, "clinic");
    shown.until("the place", |page| current(page) == "Only users in City Clinic").await;
}

#[wasm_bindgen_test]
async fn nothing_found_and_a_failure_are_told_apart() {
    let shown = palette(|url| match parameter(url, "search")?.as_str() {
        "zzz" => Some(page(Vec::new(), 0)),
        _ => Some(Reply::Unreachable),
    })
    .await;
    shown.fill(FIELD, "zzz");
    shown.until("nothing", |page| page.text().contains("Nothing found for “zzz”")).await;
    shown.fill(FIELD, "zzzz");
    shown.until("the cause", |page| page.text().contains("cannot be reached")).await;
}

#[wasm_bindgen_test]
async fn an_action_opens_another_dialog_in_its_place_and_the_focus_returns() {
    let shown = Page::mount(Place::Users(UsersPlace::default()), 1200, |url| window_of(url, 30));
    shown.until("rows", |page| !page.names().is_empty()).await;
    let search: HtmlElement = shown.one("[aria-label='Search users']").unchecked_into();
    search.focus().unwrap();
    shown.press_on("[aria-label='Search users']", "k", true);
    shown.until("the palette", |page| !page.all("dialog.palette[open]").is_empty()).await;
    shown.fill(FIELD, "shortcuts");
    shown.until("the action", |page| current(page).starts_with("Shortcuts")).await;
    shown.press_on(FIELD, "Enter", false);
    shown.until("the list", |page| page.text().contains("Keyboard shortcuts")).await;
    assert!(shown.all("dialog.palette").is_empty());
    shown.click("Close");
    shown
        .until("the focus in the search again", |page| {
            page.focused()
                .is_some_and(|focused| focused.get_attribute("aria-label").as_deref() == Some("Search users"))
        })
        .await;
}

#[wasm_bindgen_test]
async fn single_keys_can_be_switched_off_and_that_is_remembered() {
    const KEPT: &str = "studio-users.shortcuts";
    keep(KEPT, None);
    let shown = Page::mount(Place::Users(UsersPlace::default()), 1200, |url| window_of(url, 30));
    shown.until("rows", |page| !page.names().is_empty()).await;
    assert!(!shown.press_on("tbody", "?", false));
    shown.until("the list", |page| page.text().contains("Keyboard shortcuts")).await;
    let keys = shown.all("dialog dt").iter().filter_map(|key| key.text_content()).collect::<String>();
    assert!(keys.contains("Ctrl K") && keys.contains('/') && keys.contains("Shift X"), "{keys}");
    let switch: HtmlElement = shown.one("dialog [role=switch]").unchecked_into();
    switch.click();
    shown.click("Close");
    shown.until("it closed", |page| page.all("dialog").is_empty()).await;
    assert_eq!(kept(KEPT).as_deref(), Some("off"));
    assert!(shown.press_on("tbody", "?", false), "the key is left alone");
    drop(shown);

    let again = Page::mount(Place::Users(UsersPlace::default()), 1200, |url| window_of(url, 30));
    again.until("rows", |page| !page.names().is_empty()).await;
    assert!(again.press_on("tbody", "/", false), "also by the next page");
    assert!(!again.press_on("tbody", "k", true), "those with a modifier stay");
    keep(KEPT, None);
}
