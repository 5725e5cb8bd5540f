//! The users table in a browser, over a scripted backend.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use chrono::TimeDelta;
use studio_users::api::Response;
use studio_users::i18n::clock;
use studio_users::state::{Filters, History, Place, UsersPlace};
use studio_users_contract::{InvitationSummary, InvitedBy, Total, UserPage};
use studio_users_domain::{Role, RowRole, Status, UserId};
use support::{Page, Reply, answer, page, parameter, row, sleep, window_of};
use uuid::Uuid;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{HtmlElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

fn users() -> Place {
    Place::Users(UsersPlace::default())
}

#[wasm_bindgen_test]
async fn a_row_says_who_and_where_and_since_when() {
    let shown = Page::mount(users(), 1200, |_| {
        let mut operator = row(2, "Sanne de Vries");
        operator.roles = vec![
            RowRole { role: Role::Agent, inherited: false },
            RowRole { role: Role::Analyst, inherited: true },
        ];
        operator.environments.total = 2;
        operator.last_active_at = Some(clock::now() - TimeDelta::minutes(4));
        page(vec![row(1, "Maud Jansen"), operator], 2)
    });
    shown.until("both rows", |page| page.names().len() == 2).await;

    let table = shown.one("table");
    assert_eq!(table.get_attribute("aria-label").as_deref(), Some("Users"));
    assert_eq!(table.get_attribute("aria-rowcount").as_deref(), Some("3"));
    let rows = shown.all("tbody [role=row]");
    assert_eq!(rows[1].get_attribute("aria-rowindex").as_deref(), Some("3"));
    let texts: Vec<_> = rows.iter().map(|row| row.text_content().unwrap()).collect();
    assert!(texts[0].contains("You") && texts[0].contains("Never"), "{}", texts[0]);
    assert!(texts[0].contains("Harbor Bank"), "{}", texts[0]);
    assert!(
        texts[1].contains("Analyst (inherited)") && texts[1].contains("All environments"),
        "{}",
        texts[1]
    );
    assert!(texts[1].contains("4 min"), "{}", texts[1]);
}

#[wasm_bindgen_test]
async fn somebody_invited_is_known_by_address_and_time_left() {
    let shown = Page::mount(users(), 1200, |_| {
        let invitation = |days| InvitationSummary { expires_at: clock::now() + TimeDelta::days(days) };
        let reader = InvitedBy { id: UserId(Uuid::from_u128(101)), name: "Maud Jansen".into() };
        let mut invited = row(5, "");
        (invited.name, invited.status, invited.invitation) = (None, Status::Invited, Some(invitation(13)));
        invited.invited_by = Some(reader);
        let mut expired = row(6, "");
        (expired.name, expired.status, expired.invitation) = (None, Status::Expired, Some(invitation(-1)));
        page(vec![invited, expired], 2)
    });
    shown.until("both rows", |page| page.names().len() == 2).await;
    assert_eq!(shown.names(), ["user5@example.test", "user6@example.test"]);
    let text = shown.one("tbody").text_content().unwrap();
    assert!(text.contains("Invited by you, 13 days left"), "{text}");
    assert!(text.contains("Invitation expired yesterday"), "{text}");
}

#[wasm_bindgen_test]
async fn names_are_text_whatever_they_hold() {
    let shown = Page::mount(users(), 1200, |_| page(vec![row(1, "<img src=x onerror=alert(1)>")], 1));
    shown.until("the row", |page| !page.names().is_empty()).await;
    assert_eq!(shown.names(), ["<img src=x onerror=alert(1)>"]);
    assert!(shown.all("img").is_empty());
}

#[wasm_bindgen_test]
async fn a_slower_older_answer_never_paints_over_a_newer_one() {
    let shown = Page::mount(users(), 1200, |url| match parameter(url, "search").as_deref() {
        None => page(vec![row(1, "Everyone")], 1),
        Some("a") => {
            let slow = UserPage { total: Total { value: 1, exact: true }, items: vec![row(2, "Slow")] };
            answer(&slow, 120)
        }
        Some(_) => page(vec![row(3, "Quick")], 1),
    });
    shown.until("the first list", |page| page.names() == ["Everyone"]).await;
    shown.search("a");
    sleep(10).await;
    assert_eq!(shown.names(), ["Everyone"], "rows stay until others come");
    shown.search("ab");
    shown.until("the newer list", |page| page.names() == ["Quick"]).await;
    sleep(200).await;
    assert_eq!(shown.names(), ["Quick"]);
    let field: HtmlInputElement = shown.one("[aria-label='Search users']").unchecked_into();
    assert_eq!(field.value(), "ab");
}

#[wasm_bindgen_test]
async fn a_header_orders_and_says_so() {
    let shown = Page::mount(users(), 1200, |url| page(vec![row(1, &parameter(url, "sort").unwrap())], 1));
    shown.until("the newest first", |page| page.names() == ["-created_at"]).await;
    let sorted = |page: &Page| -> Vec<String> {
        let headers = page.all("[role=columnheader]:is([aria-sort=ascending], [aria-sort=descending])");
        headers
            .iter()
            .map(|h| format!("{} {}", h.text_content().unwrap(), h.get_attribute("aria-sort").unwrap()))
            .collect()
    };
    assert_eq!(sorted(&shown), ["Created descending"]);
    shown.click("Name");
    shown.until("by name", |page| page.names() == ["name"]).await;
    assert_eq!(sorted(&shown), ["Name ascending"]);
    shown.click("Name");
    shown.until("the other way round", |page| page.names() == ["-name"]).await;
    assert!(shown.one("[role=status]").text_content().unwrap().contains("Sorted by Name, descending"));
}

#[wasm_bindgen_test]
async fn a_million_rows_scroll_to_the_last_with_few_in_the_page() {
    let shown = Page::mount(users(), 1200, |url| window_of(url, 1_000_000));
    shown.until("the first row", |page| page.names().first().is_some_and(|name| name == "User 0")).await;
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    assert!(body.scroll_height() <= 6_000_100, "{}", body.scroll_height());
    body.set_scroll_top(body.scroll_height());
    shown.until("the last row", |page| page.names().last().is_some_and(|name| name == "User 999999")).await;
    assert!(shown.all("tbody [role=row]").len() < 60);
    body.set_scroll_top(body.scroll_top() - 48);
    shown
        .until("one row up", |page| {
            page.text().contains("of 1,000,000") && {
                let foot = page.one("footer").text_content().unwrap();
                foot.contains("999,999 of") || foot.contains("1,000,000 of")
            }
        })
        .await;
}

#[wasm_bindgen_test]
async fn a_length_that_is_a_lower_bound_grows_until_it_is_known() {
    let shown = Page::mount(users(), 1200, |url| {
        let number = |name| parameter(url, name).unwrap().parse::<u32>().unwrap();
        let (offset, limit) = (number("offset"), number("limit"));
        let after = (offset + limit).min(320);
        let items = (offset..after).map(|n| row(n, &format!("User {n}"))).collect();
        let total = Total { value: (after + 1).clamp(60, 320), exact: after == 320 };
        answer(&UserPage { total, items }, 0)
    });
    shown.until("a bound", |page| page.one(".page-head__count").text_content().unwrap().ends_with('+')).await;
    assert_eq!(shown.one("table").get_attribute("aria-rowcount").as_deref(), Some("-1"));
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    for _ in 0..20 {
        body.set_scroll_top(body.scroll_height());
        sleep(30).await;
    }
    shown.until("the last row", |page| page.names().last().is_some_and(|name| name == "User 319")).await;
    assert_eq!(shown.one(".page-head__count").text_content().as_deref(), Some("320"));
    assert_eq!(shown.one("table").get_attribute("aria-rowcount").as_deref(), Some("321"));
}

#[wasm_bindgen_test]
async fn another_list_begins_at_its_first_row() {
    let shown = Page::mount(users(), 1200, |url| window_of(url, 3_000));
    shown.until("rows", |page| !page.names().is_empty()).await;
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    body.set_scroll_top(48 * 1_000);
    // And those out of view, which follow: until then they may hold the first row.
    shown
        .until("row 1000", |page| {
            let names = page.names();
            names.iter().any(|name| name == "User 1000") && !names.iter().any(|name| name == "User 0")
        })
        .await;
    shown.click("Name");
    shown
        .until("the first row again", |page| page.names().first().is_some_and(|name| name == "User 0"))
        .await;
    assert_eq!(body.scroll_top(), 0);
}

#[wasm_bindgen_test]
async fn nobody_found_offers_to_clear_the_search() {
    let shown = Page::mount(users(), 1200, |url| match parameter(url, "search") {
        Some(_) => page(Vec::new(), 0),
        None => page(vec![row(1, "Maud Jansen")], 1),
    });
    shown.until("rows", |page| !page.names().is_empty()).await;
    shown.search("zzz");
    shown.until("nobody", |page| page.text().contains("No user matches")).await;
    assert!(shown.text().contains("zzz"));
    shown.click("Clear the search");
    shown.until("rows again", |page| page.names() == ["Maud Jansen"]).await;
}

#[wasm_bindgen_test]
async fn a_failure_says_the_cause_keeps_the_query_and_can_be_tried_again() {
    use std::sync::atomic::{AtomicBool, Ordering};
    static IS_DOWN: AtomicBool = AtomicBool::new(true);
    let shown = Page::mount(users(), 1200, |_| {
        if IS_DOWN.load(Ordering::Relaxed) { Reply::Unreachable } else { page(vec![row(1, "Back")], 1) }
    });
    shown.until("the cause", |page| page.text().contains("cannot be reached")).await;
    assert_eq!(
        shown.one(".users-page__list [role=alert] h2").text_content().unwrap(),
        "The users could not be loaded"
    );
    IS_DOWN.store(false, Ordering::Relaxed);
    shown.click("Try again");
    shown.until("the rows", |page| page.names() == ["Back"]).await;
    assert!(shown.all(".users-page__list [role=alert]").is_empty());

    IS_DOWN.store(true, Ordering::Relaxed);
    shown.search("bac");
    shown.until("a notice", |page| !page.all(".users-page__list [role=alert]").is_empty()).await;
    assert_eq!(shown.names(), ["Back"], "the rows that were there stay");
    IS_DOWN.store(false, Ordering::Relaxed);
    shown.click("Try again");
    shown.until("the notice gone", |page| page.all(".users-page__list [role=alert]").is_empty()).await;
    let calls = shown.calls.lock().unwrap();
    assert_eq!(parameter(calls.last().unwrap(), "search").as_deref(), Some("bac"));
}

#[wasm_bindgen_test]
async fn a_list_that_failed_is_not_told_of_by_rows_of_the_one_before() {
    let shown = Page::mount(users(), 1200, |url| match parameter(url, "sort").as_deref() {
        Some("name") => Reply::Unreachable,
        _ => window_of(url, 1_000),
    });
    shown.until("rows", |page| !page.names().is_empty()).await;
    shown.click("Name");
    shown.until("a notice", |page| !page.all(".users-page__list [role=alert]").is_empty()).await;
    let calls = shown.calls.lock().unwrap().len();
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    body.set_scroll_top(48 * 500);
    sleep(100).await;
    assert_eq!(shown.calls.lock().unwrap().len(), calls, "nothing more is fetched of the list before");
    assert_eq!(shown.all(".users-page__list [role=alert]").len(), 1);
    assert!(shown.one("[role=status]").text_content().unwrap().contains("Sorted by Created"));
}

#[wasm_bindgen_test]
async fn rows_in_view_come_after_a_search_was_thought_better_of() {
    let shown = Page::mount(users(), 1200, |url| {
        let number = |name| parameter(url, name).unwrap().parse::<u32>().unwrap();
        let items = (number("offset")..number("offset") + 50).map(|n| row(n, &format!("User {n}"))).collect();
        answer(&UserPage { total: Total { value: 3_000, exact: true }, items }, 60)
    });
    shown.until("rows", |page| !page.names().is_empty()).await;
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    body.set_scroll_top(48 * 1_000);
    sleep(20).await;
    shown.search("u");
    sleep(10).await;
    shown.search("");
    shown.until("row 1000", |page| page.names().iter().any(|name| name == "User 1000")).await;
}

#[wasm_bindgen_test]
async fn a_session_that_has_ended_is_told_to_the_page_around() {
    let shown = Page::mount(users(), 1200, |_| {
        let problem = r#"{"status":401,"code":"unauthenticated","title":"Nobody is signed in"}"#;
        Reply::After(0, Response { status: 401, body: problem.into(), ..Response::default() })
    });
    shown.until("the page around to know", |page| *page.has_ended.lock().unwrap()).await;
    assert!(shown.all(".users-page__list [role=alert]").is_empty(), "it is for the page around to say so");
}

#[wasm_bindgen_test]
async fn chips_that_do_not_fit_are_counted_and_named() {
    let many = || {
        let mut many = row(1, "Jesper Lindqvist");
        many.roles = Role::all().map(|role| RowRole { role, inherited: false }).collect();
        many
    };
    for (width, least) in [(1400, 7), (900, 8), (390, 8)] {
        let shown = Page::mount(users(), width, move |_| page(vec![many()], 1));
        shown.until("the count", |page| !page.all(".tag--more").is_empty()).await;
        let cell: HtmlElement = shown.one("tbody .users-table__cell--roles").unchecked_into();
        let inner: HtmlElement = shown.one("tbody .users-table__cell--roles .chips").unchecked_into();
        assert!(inner.scroll_width() <= cell.client_width(), "nothing is clipped at {width}");
        let hidden = Role::all().count() - shown.all("tbody .chip").len();
        assert!(hidden >= least, "{hidden} at {width}");
        let words = shown.one(".tag--more .visually-hidden").text_content().unwrap();
        assert!(words.starts_with(&format!("{hidden} more")) && words.ends_with("Developer"), "{words}");
    }
}

#[wasm_bindgen_test]
async fn the_slash_key_goes_to_the_search_but_not_from_a_field() {
    let shown = Page::mount(users(), 1200, |_| page(vec![row(1, "Maud Jansen")], 1));
    shown.until("rows", |page| !page.names().is_empty()).await;
    let press = |on: &web_sys::Element| {
        let options = web_sys::KeyboardEventInit::new();
        options.set_key("/");
        options.set_bubbles(true);
        options.set_composed(true);
        options.set_cancelable(true);
        let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &options).unwrap();
        on.dispatch_event(&event).unwrap()
    };
    let was_left_alone = press(&shown.one("tbody"));
    assert!(!was_left_alone, "the key is taken");
    let focused = shown.one("[aria-label='Search users']:focus");
    assert!(press(&focused), "in a field the key writes itself");
}

#[wasm_bindgen_test]
async fn going_elsewhere_and_back_asks_again_and_leaves_no_error() {
    let shown = Page::mount(users(), 1200, |url| window_of(url, 30));
    shown.until("rows", |page| !page.names().is_empty()).await;
    let filters = Filters { search: "user".into(), ..Filters::default() };
    let searched = UsersPlace { filters, ..UsersPlace::default() };
    shown.navigation.go(Place::Users(searched), History::Push);
    let field: HtmlInputElement = shown.one("[aria-label='Search users']").unchecked_into();
    shown.until("the field follows the place", |_| field.value() == "user").await;
    shown.navigation.go(users(), History::Push);
    shown.until("the field follows it back", |_| field.value().is_empty()).await;
    assert!(shown.all(".users-page__list [role=alert]").is_empty());
}
