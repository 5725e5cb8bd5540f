//! Browser tests of the users table with a scripted backend.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use chrono::TimeDelta;
use studio_users::api::Response;
use studio_users::i18n::clock;
use studio_users::state::{Filters, History, Route, UsersRoute};
use studio_users_contract::{InvitationSummary, Total, UserPage, UserRef};
use studio_users_domain::{Role, RowRole, Status, UserId};
use support::{Page, Reply, parameter, rendered, row, users_page, users_page_after, users_window};
use uuid::Uuid;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{HtmlElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

fn users() -> Route {
    Route::Users(UsersRoute::default())
}

#[wasm_bindgen_test]
async fn shows_the_user_access_and_last_activity_in_a_row() {
    let shown = Page::mount(users(), 1200, |_| {
        let mut operator = row(2, "Sanne de Vries");
        operator.roles = vec![
            RowRole { role: Role::Agent, inherited: false },
            RowRole { role: Role::Analyst, inherited: true },
        ];
        operator.environments.total = 2;
        operator.last_active_at = Some(clock::now() - TimeDelta::minutes(4));
        users_page(vec![row(1, "Maud Jansen"), operator], 2)
    });
    shown.until("both rows load", |page| page.names().len() == 2).await;

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
async fn shows_the_email_and_the_days_left_of_an_invited_user() {
    let shown = Page::mount(users(), 1200, |_| {
        let invitation = |days| InvitationSummary {
            expires_at: clock::now() + TimeDelta::days(days),
            unacceptable: days == 11,
            undelivered: days == 12,
        };
        let current_user = UserRef { id: UserId(Uuid::from_u128(101)), name: "Maud Jansen".into() };
        let mut invited = row(5, "");
        (invited.name, invited.status, invited.invitation) = (None, Status::Invited, Some(invitation(13)));
        invited.invited_by = Some(current_user);
        let mut expired = row(6, "");
        (expired.name, expired.status, expired.invitation) = (None, Status::Expired, Some(invitation(-1)));
        let mut lost = row(7, "");
        (lost.name, lost.status, lost.invitation) = (None, Status::Invited, Some(invitation(12)));
        let mut blocked = row(8, "");
        (blocked.name, blocked.status, blocked.invitation) = (None, Status::Invited, Some(invitation(11)));
        users_page(vec![invited, expired, lost, blocked], 4)
    });
    shown.until("the rows load", |page| page.names().len() == 4).await;
    assert_eq!(shown.names()[..2], ["user5@example.test", "user6@example.test"]);
    let text = shown.one("tbody").text_content().unwrap();
    assert!(text.contains("Invited by you, 13 days left"), "{text}");
    assert!(text.contains("Invitation expired yesterday"), "{text}");
    assert!(text.contains("Invitation not delivered"), "{text}");
    assert!(text.contains("Invitation can’t be accepted"), "{text}");
}

#[wasm_bindgen_test]
async fn escapes_html_in_names() {
    let shown = Page::mount(users(), 1200, |_| users_page(vec![row(1, "<img src=x onerror=alert(1)>")], 1));
    shown.until("the row loads", |page| !page.names().is_empty()).await;
    assert_eq!(shown.names(), ["<img src=x onerror=alert(1)>"]);
    assert!(shown.all("img").is_empty());
}

#[wasm_bindgen_test]
async fn ignores_a_slow_response_to_an_older_search() {
    let shown = Page::mount(users(), 1200, |url| match parameter(url, "search").as_deref() {
        None => users_page(vec![row(1, "Everyone")], 1),
        Some("a") => {
            let slow = UserPage { total: Total { value: 1, exact: true }, items: vec![row(2, "Slow")] };
            users_page_after(&slow, 120)
        }
        Some(_) => users_page(vec![row(3, "Quick")], 1),
    });
    shown.until("the first list loads", |page| page.names() == ["Everyone"]).await;
    shown.search("a");
    rendered().await;
    assert_eq!(shown.names(), ["Everyone"], "the rows stay until the new ones load");
    shown.search("ab");
    shown.until("the newer list loads", |page| page.names() == ["Quick"]).await;
    shown.until_answered().await;
    assert_eq!(shown.names(), ["Quick"]);
    let field: HtmlInputElement = shown.one("[aria-label='Search users']").unchecked_into();
    assert_eq!(field.value(), "ab");
}

#[wasm_bindgen_test]
async fn sorts_by_header_and_announces_the_order() {
    let shown =
        Page::mount(users(), 1200, |url| users_page(vec![row(1, &parameter(url, "sort").unwrap())], 1));
    shown.until("the list is sorted by creation date", |page| page.names() == ["-created_at"]).await;
    let sorted = |page: &Page| -> Vec<String> {
        let headers = page.all("[role=columnheader]:is([aria-sort=ascending], [aria-sort=descending])");
        headers
            .iter()
            .map(|h| format!("{} {}", h.text_content().unwrap(), h.get_attribute("aria-sort").unwrap()))
            .collect()
    };
    assert_eq!(sorted(&shown), ["Created descending"]);
    shown.click("Name");
    shown.until("the list is sorted by name", |page| page.names() == ["name"]).await;
    assert_eq!(sorted(&shown), ["Name ascending"]);
    shown.click("Name");
    shown.until("the order is reversed", |page| page.names() == ["-name"]).await;
    assert!(shown.one("[role=status]").text_content().unwrap().contains("Sorted by Name, descending"));
}

#[wasm_bindgen_test]
async fn scrolls_a_million_rows_with_few_dom_rows() {
    let shown = Page::mount(users(), 1200, |url| users_window(url, 1_000_000));
    shown
        .until("the first row loads", |page| page.names().first().is_some_and(|name| name == "User 0"))
        .await;
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    assert!(body.scroll_height() <= 6_000_100, "{}", body.scroll_height());
    body.set_scroll_top(body.scroll_height());
    shown
        .until("the last row loads", |page| page.names().last().is_some_and(|name| name == "User 999999"))
        .await;
    assert!(shown.all("tbody [role=row]").len() < 60);
    body.set_scroll_top(body.scroll_top() - 48);
    shown
        .until("the footer shows the last rows", |page| {
            page.text().contains("of 1,000,000") && {
                let foot = page.one("footer").text_content().unwrap();
                foot.contains("999,999 of") || foot.contains("1,000,000 of")
            }
        })
        .await;
}

#[wasm_bindgen_test]
async fn grows_an_inexact_total_until_it_is_exact() {
    let shown = Page::mount(users(), 1200, |url| {
        let number = |name| parameter(url, name).unwrap().parse::<u32>().unwrap();
        let (offset, limit) = (number("offset"), number("limit"));
        let after = (offset + limit).min(320);
        let items = (offset..after).map(|n| row(n, &format!("User {n}"))).collect();
        let total = Total { value: (after + 1).clamp(60, 320), exact: after == 320 };
        users_page_after(&UserPage { total, items }, 0)
    });
    shown
        .until("the total is a lower bound", |page| {
            page.one(".page-head__count").text_content().unwrap().ends_with('+')
        })
        .await;
    assert_eq!(shown.one("table").get_attribute("aria-rowcount").as_deref(), Some("-1"));
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    shown
        .until("the last row loads", |page| {
            body.set_scroll_top(body.scroll_height());
            page.names().last().is_some_and(|name| name == "User 319")
        })
        .await;
    assert_eq!(shown.one(".page-head__count").text_content().as_deref(), Some("320"));
    assert_eq!(shown.one("table").get_attribute("aria-rowcount").as_deref(), Some("321"));
}

#[wasm_bindgen_test]
async fn scrolls_a_new_list_to_its_first_row() {
    let shown = Page::mount(users(), 1200, |url| users_window(url, 3_000));
    shown.until("rows load", |page| !page.names().is_empty()).await;
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    body.set_scroll_top(48 * 1_000);
    // Waits for the rows out of view too. They render later and may still show the first row.
    shown
        .until("row 1000 loads", |page| {
            let names = page.names();
            names.iter().any(|name| name == "User 1000") && !names.iter().any(|name| name == "User 0")
        })
        .await;
    shown.click("Name");
    shown
        .until("the first row is shown", |page| page.names().first().is_some_and(|name| name == "User 0"))
        .await;
    assert_eq!(body.scroll_top(), 0);
}

#[wasm_bindgen_test]
async fn offers_to_clear_a_search_without_results() {
    let shown = Page::mount(users(), 1200, |url| match parameter(url, "search") {
        Some(_) => users_page(Vec::new(), 0),
        None => users_page(vec![row(1, "Maud Jansen")], 1),
    });
    shown.until("rows load", |page| !page.names().is_empty()).await;
    shown.search("zzz");
    shown.until("the empty state appears", |page| page.text().contains("No users found")).await;
    assert!(shown.text().contains("zzz"));
    shown.click("Clear the search");
    shown.until("the rows return", |page| page.names() == ["Maud Jansen"]).await;
}

#[wasm_bindgen_test]
async fn shows_the_cause_of_an_error_and_retries_the_query() {
    use std::sync::atomic::{AtomicBool, Ordering};
    static IS_DOWN: AtomicBool = AtomicBool::new(true);
    let shown = Page::mount(users(), 1200, |_| {
        if IS_DOWN.load(Ordering::Relaxed) { Reply::Unreachable } else { users_page(vec![row(1, "Back")], 1) }
    });
    shown.until("the error appears", |page| page.text().contains("Can’t reach the server.")).await;
    assert_eq!(
        shown.one(".users-page__list [role=alert] h2").text_content().unwrap(),
        "The users could not be loaded"
    );
    IS_DOWN.store(false, Ordering::Relaxed);
    shown.click("Try again");
    shown.until("the rows load", |page| page.names() == ["Back"]).await;
    assert!(shown.all(".users-page__list [role=alert]").is_empty());

    IS_DOWN.store(true, Ordering::Relaxed);
    shown.search("bac");
    shown.until("the error appears", |page| !page.all(".users-page__list [role=alert]").is_empty()).await;
    assert_eq!(shown.names(), ["Back"], "the old rows stay");
    IS_DOWN.store(false, Ordering::Relaxed);
    shown.click("Try again");
    shown.until("the error disappears", |page| page.all(".users-page__list [role=alert]").is_empty()).await;
    let calls = shown.requests.lock().unwrap();
    assert_eq!(parameter(calls.last().unwrap(), "search").as_deref(), Some("bac"));
}

#[wasm_bindgen_test]
async fn does_not_mix_a_failed_list_with_the_old_rows() {
    let shown = Page::mount(users(), 1200, |url| match parameter(url, "sort").as_deref() {
        Some("name") => Reply::Unreachable,
        _ => users_window(url, 1_000),
    });
    shown.until("rows load", |page| !page.names().is_empty()).await;
    shown.click("Name");
    shown.until("the error appears", |page| !page.all(".users-page__list [role=alert]").is_empty()).await;
    let calls = shown.requests.lock().unwrap().len();
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    body.set_scroll_top(48 * 500);
    shown.until_answered().await;
    assert_eq!(shown.requests.lock().unwrap().len(), calls, "no more rows of the old list are fetched");
    assert_eq!(shown.all(".users-page__list [role=alert]").len(), 1);
    assert!(shown.one("[role=status]").text_content().unwrap().contains("Sorted by Created"));
}

#[wasm_bindgen_test]
async fn loads_the_rows_in_view_after_a_cancelled_search() {
    let shown = Page::mount(users(), 1200, |url| {
        let number = |name| parameter(url, name).unwrap().parse::<u32>().unwrap();
        let items = (number("offset")..number("offset") + 50).map(|n| row(n, &format!("User {n}"))).collect();
        users_page_after(&UserPage { total: Total { value: 3_000, exact: true }, items }, 60)
    });
    shown.until("rows load", |page| !page.names().is_empty()).await;
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    body.set_scroll_top(48 * 1_000);
    let is_requested = |name, value| {
        move |page: &Page| {
            page.requests.lock().unwrap().iter().any(|url| parameter(url, name).as_deref() == Some(value))
        }
    };
    shown.until("row 1000 is requested", is_requested("offset", "1000")).await;
    shown.search("u");
    shown.until("the search is sent", is_requested("search", "u")).await;
    shown.search("");
    shown.until("row 1000 loads", |page| page.names().iter().any(|name| name == "User 1000")).await;
}

#[wasm_bindgen_test]
async fn reports_an_ended_session_to_the_host() {
    let shown = Page::mount(users(), 1200, |_| {
        let problem = r#"{"status":401,"code":"unauthenticated","title":"Nobody is signed in"}"#;
        Reply::After(0, Response { status: 401, body: problem.into(), ..Response::default() })
    });
    shown.until("the host is notified", |page| *page.has_session_ended.lock().unwrap()).await;
    assert!(
        shown.all(".users-page__list [role=alert]").is_empty(),
        "the host shows the message, not the list"
    );
}

#[wasm_bindgen_test]
async fn counts_and_names_chips_that_do_not_fit() {
    let many = || {
        let mut many = row(1, "Jesper Lindqvist");
        many.roles = Role::all().map(|role| RowRole { role, inherited: false }).collect();
        many
    };
    for (width, least) in [(1400, 7), (900, 8), (390, 8)] {
        let shown = Page::mount(users(), width, move |_| users_page(vec![many()], 1));
        shown.until("the overflow tag appears", |page| !page.all(".tag--more").is_empty()).await;
        let cell: HtmlElement = shown.one("tbody .users-table__cell--roles").unchecked_into();
        let inner: HtmlElement = shown.one("tbody .users-table__cell--roles .chips").unchecked_into();
        assert!(inner.scroll_width() <= cell.client_width(), "no chip is clipped at {width} px");
        let hidden = Role::all().count() - shown.all("tbody .chip").len();
        assert!(hidden >= least, "{hidden} chips are hidden at {width} px");
        let words = shown.one(".tag--more .visually-hidden").text_content().unwrap();
        assert!(words.starts_with(&format!("{hidden} more")) && words.ends_with("Developer"), "{words}");
    }
}

#[wasm_bindgen_test]
async fn focuses_the_search_with_slash_except_in_a_field() {
    let shown = Page::mount(users(), 1200, |_| users_page(vec![row(1, "Maud Jansen")], 1));
    shown.until("rows load", |page| !page.names().is_empty()).await;
    let press = |on: &web_sys::Element| {
        let options = web_sys::KeyboardEventInit::new();
        options.set_key("/");
        options.set_bubbles(true);
        options.set_composed(true);
        options.set_cancelable(true);
        let event = web_sys::KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &options).unwrap();
        on.dispatch_event(&event).unwrap()
    };
    let is_unhandled = press(&shown.one("tbody"));
    assert!(!is_unhandled, "the shortcut handles the key");
    let focused = shown.one("[aria-label='Search users']:focus");
    assert!(press(&focused), "the field receives the key");
}

#[wasm_bindgen_test]
async fn refetches_after_navigating_away_and_back_without_an_error() {
    let shown = Page::mount(users(), 1200, |url| users_window(url, 30));
    shown.until("rows load", |page| !page.names().is_empty()).await;
    let filters = Filters { search: "user".into(), ..Filters::default() };
    let searched = UsersRoute { filters, ..UsersRoute::default() };
    shown.navigation.go(Route::Users(searched), History::Push);
    let field: HtmlInputElement = shown.one("[aria-label='Search users']").unchecked_into();
    shown.until("the search field follows the route", |_| field.value() == "user").await;
    shown.navigation.go(users(), History::Push);
    shown.until("the search field follows the route back", |_| field.value().is_empty()).await;
    assert!(shown.all(".users-page__list [role=alert]").is_empty());
}
