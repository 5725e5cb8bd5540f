//! Browser tests of the users page around the rows, with a scripted backend: filters, columns, selection, pagination,
//! virtual scrolling, the export and the empty states.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::GetUntracked;
use studio_users::api::Response;
use studio_users::state::{Change, Filters, Route, UsersRoute};
use studio_users_contract::{MAX_BULK, path};
use studio_users_domain::{Denial, Role, Status};
use support::{Page, Reply, document, parameter, row, users_page, users_window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, KeyboardEvent, KeyboardEventInit, MouseEvent, MouseEventInit, Node};

wasm_bindgen_test_configure!(run_in_browser);

fn users() -> Route {
    Route::Users(UsersRoute::default())
}

fn filters(page: &Page) -> Filters {
    match page.navigation.route.get_untracked() {
        Route::Users(users) => users.filters,
        other => panic!("not on the users page: {other:?}"),
    }
}

/// Finds a control whose accessible name (from `aria-label`, a label around it, or its text) starts with `name`.
fn named(page: &Page, role: &str, name: &str) -> HtmlElement {
    let has_name = |element: &Element| {
        let label = element.get_attribute("aria-label");
        let around = element.closest("label").unwrap().and_then(|label| label.text_content());
        label.or(around).or_else(|| element.text_content()).is_some_and(|text| text.trim().starts_with(name))
    };
    let found = page.all(role).into_iter().find(has_name);
    found.unwrap_or_else(|| panic!("no {role} has the name {name} in: {}", page.text())).unchecked_into()
}

/// Whether the element is rendered, in view or not. See
/// [`checkVisibility`](https://developer.mozilla.org/en-US/docs/Web/API/Element/checkVisibility).
fn is_visible(element: &Element) -> bool {
    let check_visibility = js_sys::Reflect::get(element, &"checkVisibility".into()).unwrap();
    check_visibility.unchecked_into::<js_sys::Function>().call0(element).unwrap().is_truthy()
}

fn press(element: &HtmlElement, key: &str, shift: bool) {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_shift_key(shift);
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    element.dispatch_event(&event).unwrap();
}

fn shift_click(element: &HtmlElement) {
    let init = MouseEventInit::new();
    init.set_shift_key(true);
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_cancelable(true);
    element.dispatch_event(&MouseEvent::new_with_mouse_event_init_dict("click", &init).unwrap()).unwrap();
}

fn headers(page: &Page) -> Vec<String> {
    page.all("[role=columnheader]").iter().map(|header| header.text_content().unwrap()).collect()
}

async fn mount(route: Route, total: u32) -> Page {
    let shown = Page::mount(route, 1_300, move |url| users_window(url, total));
    shown.until("rows load", |page| !page.names().is_empty()).await;
    shown
}

#[wasm_bindgen_test]
async fn filters_by_role_and_status_and_updates_the_route() {
    let shown = mount(users(), 100).await;
    named(&shown, "button.filter", "Role").click();
    shown.until("the role filter opens", |page| !page.all(".popover").is_empty()).await;
    named(&shown, ".popover input", "Analyst").click();
    named(&shown, ".popover input", "Planner").click();
    assert_eq!(filters(&shown).roles, Role::Analyst | Role::Planner);
    shown
        .until("the button shows the roles", |page| {
            named(page, "button.filter", "Role").text_content().unwrap().contains("Analyst, Planner")
        })
        .await;
    shown
        .until("the filtered request is sent", |page| {
            page.requests.lock().unwrap().iter().any(|url| url.contains("role=analyst&role=planner"))
        })
        .await;

    named(&shown, "button.filter", "Status").click();
    shown.until("the status filter opens", |page| page.all(".popover input").len() == 4).await;
    named(&shown, ".popover input", "Expired").click();
    named(&shown, ".popover input", "Active").click();
    assert_eq!(filters(&shown).statuses, [Status::Active, Status::Expired]);
    named(&shown, ".popover input", "Invitation not delivered").click();
    assert!(filters(&shown).undelivered);
    shown.click("Clear filters");
    assert_eq!(filters(&shown), Filters::default());
}

#[wasm_bindgen_test]
async fn finds_environments_by_name() {
    let shown = mount(users(), 100).await;
    named(&shown, "button.filter", "Environment").click();
    shown
        .until("the environment filter opens", |page| {
            page.all(".filter-panel__list [type=checkbox]").len() == 2
        })
        .await;
    let search: web_sys::HtmlInputElement =
        named(&shown, ".popover [type=search]", "Find an environment").unchecked_into();
    search.set_value("CLIN");
    search.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
    shown
        .until("one environment matches", |page| page.all(".filter-panel__list [type=checkbox]").len() == 1)
        .await;
    named(&shown, ".popover [type=checkbox]", "City Clinic").click();
    assert_eq!(filters(&shown).nodes, [support::environment_id(2)]);
    let inherited = shown.one(".filter-panel__more [type=checkbox]").unchecked_into::<HtmlElement>();
    inherited.click();
    assert!(filters(&shown).assigned);
    let is_requested =
        |page: &Page| page.requests.lock().unwrap().iter().any(|url| url.contains("assigned=true"));
    shown.until("the request has assigned=true", is_requested).await;
    inherited.click();
    assert!(!filters(&shown).assigned);
    let panel: HtmlElement = shown.one(".popover").unchecked_into();
    press(&panel, "Escape", false);
    shown.until("the popover closes", |page| page.all(".popover").is_empty()).await;
}

#[wasm_bindgen_test]
async fn hides_and_moves_columns_and_counts_hidden_ones() {
    let shown = mount(users(), 3).await;
    let before = headers(&shown);
    named(&shown, "button", "Columns").click();
    shown.until("the columns menu opens", |page| !page.all(".popover").is_empty()).await;
    named(&shown, ".popover [type=checkbox]", "Status").click();
    named(&shown, ".popover button", "Move Last active up").click();
    shown
        .until("the column headers change", |page| {
            headers(page)[..5]
                == ["Name", "Roles", "Last active", "Environments", "Created"].map(String::from)
        })
        .await;
    assert_eq!(shown.one("[role=table]").get_attribute("aria-colcount").as_deref(), Some("9"));
    let roles = shown.all("[role=columnheader]")[1].get_attribute("aria-colindex");
    assert_eq!(roles.as_deref(), Some("4"));
    named(&shown, ".popover [role=radio]", "Compact").click();
    shown
        .until("the rows become compact", |page| {
            page.one("[role=table]").get_attribute("data-density").as_deref() == Some("compact")
        })
        .await;
    shown.click("Reset");
    shown.until("the default columns return", |page| headers(page) == before).await;
}

#[wasm_bindgen_test]
async fn selects_rows_ranges_and_all_matching_users() {
    let shown = mount(users(), 400).await;
    let bar = |page: &Page| {
        page.all(".bulk-bar").first().map(|bar| bar.text_content().unwrap()).unwrap_or_default()
    };
    named(&shown, "tbody [type=checkbox]", "Select User 1").click();
    shown.until("one user is selected", |page| bar(page).starts_with("1 selected")).await;
    shift_click(&named(&shown, "tbody [type=checkbox]", "Select User 4"));
    shown.until("a range is selected", |page| bar(page).starts_with("4 selected")).await;
    let last = named(&shown, "tbody [type=checkbox]", "Select User 4");
    last.focus().unwrap();
    press(&last, "ArrowDown", true);
    shown.until("the keyboard extends the selection", |page| bar(page).starts_with("5 selected")).await;
    shown.click("Select all 400");
    shown.until("all users are selected", |page| bar(page).starts_with("All 400 selected")).await;
    assert_eq!(shown.all("tbody [data-marks=selected]").len(), shown.all("tbody [role=row]").len());
    named(&shown, "button", "Clear the selection").click();
    shown.until("the selection is cleared", |page| page.all(".bulk-bar").is_empty()).await;
}

#[wasm_bindgen_test]
async fn disables_bulk_actions_above_the_limit_and_explains_why() {
    let shown = mount(users(), MAX_BULK + 1).await;
    named(&shown, "thead [type=checkbox]", "Select all users").click();
    shown.until("the bulk bar appears", |page| !page.all(".bulk-bar").is_empty()).await;
    let remove = named(&shown, ".bulk-bar button", "Remove");
    assert_eq!(remove.get_attribute("aria-disabled").as_deref(), Some("true"));
    let reason = shown.one(&format!("#{}", remove.get_attribute("aria-describedby").unwrap()));
    assert!(reason.text_content().unwrap().contains("10,000"));
    remove.click();
    assert!(shown.all("dialog").is_empty());
}

#[wasm_bindgen_test]
async fn clears_the_selection_on_a_new_search() {
    let shown = mount(users(), 40).await;
    named(&shown, "tbody [type=checkbox]", "Select").click();
    shown.until("the bulk bar appears", |page| !page.all(".bulk-bar").is_empty()).await;
    shown.search("user 3");
    shown.until("the bulk bar disappears", |page| page.all(".bulk-bar").is_empty()).await;
}

#[wasm_bindgen_test]
async fn explains_a_refused_action_and_ignores_clicks() {
    let shown = Page::mount(users(), 1_300, |_| {
        let mut own = row(1, "Maud Jansen");
        own.allowed.remove = Some(Denial::OwnRemoval);
        own.allowed.copy_link = Some(Denial::NoInvitation);
        users_page(vec![own], 1)
    });
    shown.until("the row loads", |page| !page.names().is_empty()).await;
    let remove = named(&shown, "tbody button", "Remove Maud Jansen");
    assert_eq!(remove.get_attribute("aria-disabled").as_deref(), Some("true"));
    let reason = shown.one(&format!("#{}", remove.get_attribute("aria-describedby").unwrap()));
    assert_eq!(reason.text_content().unwrap(), "You cannot remove yourself. Ask another manager.");
    remove.click();
    assert!(shown.all("dialog").is_empty());
    let copy = named(&shown, "tbody button", "Copy invitation link for Maud Jansen");
    assert_eq!(copy.get_attribute("aria-disabled").as_deref(), Some("true"));
}

#[wasm_bindgen_test]
async fn keeps_the_focus_on_a_name_while_the_list_scrolls() {
    let shown = mount(users(), 5_000).await;
    let link = named(&shown, "tbody a", "User 2");
    link.focus().unwrap();
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    for far in [48 * 1_000, 48 * 3_000, 48 * 10] {
        body.set_scroll_top(far);
        let row = format!("User {}", far / 48);
        shown.until("the rows at the scroll position load", |page| page.names().contains(&row)).await;
        let root = body.get_root_node().unchecked_into::<web_sys::ShadowRoot>();
        assert_eq!(root.active_element().unwrap().text_content().unwrap(), "User 2");
        let order = |shown: &Page| -> Vec<u32> {
            let rows = shown.all("tbody [aria-rowindex]");
            rows.iter().map(|row| row.get_attribute("aria-rowindex").unwrap().parse().unwrap()).collect()
        };
        shown.until("the DOM rows are in order", |page| order(page).is_sorted()).await;
    }
}

#[wasm_bindgen_test]
async fn moves_the_focus_between_names_with_the_keyboard() {
    let shown = mount(users(), 2_000).await;
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    let root = body.get_root_node().unchecked_into::<web_sys::ShadowRoot>();
    let focused =
        move || root.active_element().and_then(|element| element.text_content()).unwrap_or_default();
    named(&shown, "tbody a", "User 0").focus().unwrap();
    let press = |key| press(&shown.one(":focus").unchecked_into(), key, false);
    press("ArrowDown");
    shown.until("the next name has the focus", |_| focused() == "User 1").await;
    press("PageDown");
    shown
        .until("a name one page down has the focus", |_| {
            focused().trim_start_matches("User ").parse::<u32>().unwrap_or_default() > 5
        })
        .await;
    press("Home");
    shown.until("the first name has the focus", |_| focused() == "User 0").await;
}

#[wasm_bindgen_test]
async fn paginates_with_fifty_rows_and_links() {
    let route = Route::Users(UsersRoute { page: Some(2), ..UsersRoute::default() });
    let shown = mount(route, 120).await;
    shown.until("the page loads", |page| page.names().len() == 50).await;
    assert_eq!(shown.names()[0], "User 50");
    assert!(shown.text().contains("Page 2 of 3"));
    named(&shown, ".list-pages a", "Next").click();
    shown.until("the last page loads", |page| page.names().len() == 20).await;
    assert_eq!(shown.one(".list-pages a:last-child").get_attribute("aria-disabled").as_deref(), Some("true"));
}

#[wasm_bindgen_test]
async fn exports_the_filtered_users_and_reports_the_count() {
    let filters = Filters { roles: Role::Agent.into(), ..Filters::default() };
    let route = Route::Users(UsersRoute { filters, ..UsersRoute::default() });
    let shown = Page::mount(route, 1_300, |url| {
        if url.starts_with(path::USERS_CSV) {
            let body = "name,email\r\nA,a@example.test\r\nB,b@example.test\r\n".into();
            return Reply::After(20, Response { status: 200, body, ..Response::default() });
        }
        users_window(url, 2)
    });
    shown.until("rows load", |page| page.names().len() == 2).await;
    shown.click("Export CSV");
    shown.until("the success notice appears", |page| page.text().contains("2 users exported")).await;
    let calls = shown.requests.lock().unwrap();
    let call = calls.iter().find(|url| url.starts_with(path::USERS_CSV)).unwrap();
    assert_eq!(parameter(call, "role").as_deref(), Some("agent"));
    assert_eq!(parameter(call, "limit"), None);
}

#[wasm_bindgen_test]
async fn reports_a_failed_export() {
    let shown = Page::mount(users(), 1_300, |url| {
        if url.starts_with(path::USERS_CSV) { Reply::Unreachable } else { users_window(url, 2) }
    });
    shown.until("rows load", |page| page.names().len() == 2).await;
    shown.click("Export CSV");
    shown
        .until("the error notice appears", |page| page.text().contains("The users could not be exported"))
        .await;
}

#[wasm_bindgen_test]
async fn suggests_an_invitation_to_the_only_user() {
    let shown = Page::mount(users(), 1_300, |_| users_page(vec![row(1, "Maud Jansen")], 1));
    shown.until("the empty state appears", |page| page.text().contains("No other users yet")).await;
    assert_eq!(shown.names(), ["Maud Jansen"]);
}

#[wasm_bindgen_test]
async fn offers_to_remove_one_of_several_filters_without_matches() {
    let filters =
        Filters { roles: Role::Planner.into(), statuses: vec![Status::Expired], ..Filters::default() };
    let route = Route::Users(UsersRoute { filters, ..UsersRoute::default() });
    let shown = Page::mount(route, 1_300, |url| match parameter(url, "status") {
        Some(_) => users_page(Vec::new(), 0),
        None => users_window(url, 3),
    });
    shown.until("the empty state appears", |page| page.text().contains("No users match these filters")).await;
    shown.click("Clear filter: \u{2068}Expired\u{2069}");
    shown.until("users match", |page| page.names().len() == 3).await;
    assert_eq!(self::filters(&shown).roles, Role::Planner);
}

#[wasm_bindgen_test]
async fn keeps_the_rows_and_locks_changes_while_offline() {
    let shown = mount(users(), 3).await;
    let window = web_sys::window().unwrap();
    window.dispatch_event(&web_sys::Event::new("offline").unwrap()).unwrap();
    shown.until("the offline banner appears", |page| page.text().contains("Showing data from")).await;
    assert_eq!(shown.names().len(), 3);
    let invite = named(&shown, ".page-head button", "Invite users");
    assert_eq!(invite.get_attribute("aria-disabled").as_deref(), Some("true"));
    invite.click();
    assert!(shown.all("dialog").is_empty());
    let remove = named(&shown, "tbody button", "Remove");
    assert_eq!(remove.get_attribute("aria-disabled").as_deref(), Some("true"));
    drop(shown);
    assert!(document().query_selector(".users-root").unwrap().is_none());
}

#[wasm_bindgen_test]
async fn recycles_dom_rows_while_scrolling_and_searching() {
    let shown = Page::mount(users(), 1_300, |url| {
        if parameter(url, "search").is_some() { users_window(url, 2) } else { users_window(url, 5_000) }
    });
    shown.until("rows load", |page| page.names().len() > 2).await;
    let rows = shown.all("tbody [role=row]");
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    let are_same_nodes = |page: &Page| {
        let now = page.all("tbody [role=row]");
        now.len() >= rows.len() && rows.iter().zip(&now).all(|(then, now)| then.is_same_node(Some(now)))
    };
    for row in [3_000, 10, 0] {
        body.set_scroll_top(row * 48);
        let name = format!("User {row}");
        shown.until("the rows at the scroll position load", |page| page.names().contains(&name)).await;
        assert!(are_same_nodes(&shown), "the DOM rows are the same and in the same order at row {row}");
    }
    let row_count = body.child_element_count();
    shown.search("u");
    shown.until("two users match", |page| page.names().len() == 2).await;
    assert_eq!(body.child_element_count(), row_count, "spare DOM rows stay");
    shown.search("");
    shown.until("all users load", |page| page.names().len() > 2).await;
    assert!(are_same_nodes(&shown));
}

#[wasm_bindgen_test]
async fn hides_the_old_content_of_a_recycled_row_while_loading() {
    let shown = Page::mount(users(), 1_300, |url| {
        let is_first = parameter(url, "offset").is_none_or(|offset| offset == "0");
        match users_window(url, 5_000) {
            Reply::After(_, response) if !is_first => Reply::After(300, response),
            reply => reply,
        }
    });
    shown.until("rows load", |page| !page.names().is_empty()).await;
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    body.set_scroll_top(48 * 3_000);
    let awaited = |page: &Page| page.all("tbody [aria-rowindex='3003'][data-marks=awaited]");
    shown.until("the row is loading", |page| awaited(page).len() == 1).await;
    let link = awaited(&shown)[0].query_selector("a").unwrap().unwrap();
    assert!(!is_visible(&link), "{:?}", link.text_content());
    shown.until("the row loads", |page| page.names().contains(&"User 3001".into())).await;
    assert!(is_visible(&link));
}

#[wasm_bindgen_test]
async fn links_a_row_to_its_own_list() {
    let shown = Page::mount(users(), 1_300, |url| match (parameter(url, "sort"), users_window(url, 3)) {
        (Some(sort), Reply::After(_, response)) if sort == "name" => Reply::After(200, response),
        (_, reply) => reply,
    });
    shown.until("rows load", |page| !page.names().is_empty()).await;
    let link = shown.one("tbody a");
    let href = || link.get_attribute("href").unwrap();
    let before = href();
    shown.click("Name");
    support::rendered().await;
    assert_eq!(href(), before, "the link is unchanged while the new list loads");
    shown.until("the link points to the new list", |_| href() != before).await;
    assert!(href().contains("sort=name"), "{}", href());
}

#[wasm_bindgen_test]
async fn passes_the_column_widths_to_rows_but_not_to_cells() {
    let shown = mount(users(), 50).await;
    let of = |element: &Element| {
        let style = leptos::prelude::window().get_computed_style(element).unwrap().unwrap();
        style.get_property_value("grid-template-columns").unwrap()
    };
    let row = shown.one("tbody [role=row]");
    assert!(of(&row).starts_with("16px "), "{}", of(&row));
    let cell = of(&row.query_selector("td").unwrap().unwrap());
    assert!(!cell.contains(' '), "the cell has the columns of its row: {cell}");
}

#[wasm_bindgen_test]
async fn does_not_retry_failed_rows_in_a_loop() {
    let shown = Page::mount(users(), 1_300, |url| {
        let is_first = parameter(url, "offset").is_none_or(|offset| offset == "0");
        if is_first { users_window(url, 5_000) } else { Reply::Unreachable }
    });
    shown.until("the error appears", |page| page.text().contains("Try again")).await;
    let request_count = shown.requests.lock().unwrap().len();
    shown.until_answered().await;
    assert_eq!(shown.requests.lock().unwrap().len(), request_count);
}

#[wasm_bindgen_test]
async fn fetches_rows_in_view_in_one_request_and_prefetches_the_others_later() {
    let shown = Page::mount(users(), 1_300, |url| {
        let is_far = parameter(url, "offset").is_some_and(|offset| offset.len() == 4);
        match users_window(url, 5_000) {
            Reply::After(_, response) if is_far => Reply::After(150, response),
            reply => reply,
        }
    });
    shown.until("rows load", |page| !page.names().is_empty()).await;
    // The first pages have offsets of fewer digits.
    let requested = || -> Vec<_> {
        let calls = shown.requests.lock().unwrap();
        let window = |url: &String| Some((parameter(url, "offset")?, parameter(url, "limit")?));
        calls.iter().filter_map(window).filter(|(offset, _)| offset.len() == 4).collect()
    };
    // Scrolls to rows of two pages.
    shown.one("tbody").set_scroll_top(48 * 2_995);
    shown.until("a request is sent", |_| !requested().is_empty()).await;
    support::rendered().await;
    assert_eq!(requested(), [("2950".to_string(), "100".to_string())]);
    shown.until("the rows load", |page| page.names().contains(&"User 2996".into())).await;
    shown.until("the prefetch is sent", |_| requested().len() > 1).await;
}

#[wasm_bindgen_test]
async fn prefetches_on_pointer_down_and_reuses_the_response_on_click() {
    let shown = Page::mount(users(), 1_300, |url| {
        let is_by_name = parameter(url, "sort").is_some_and(|sort| sort == "name");
        users_window(url, if is_by_name { 3 } else { 40 })
    });
    shown.until("rows load", |page| page.names().len() > 3).await;
    let requested = || {
        let is_by_name = |url: &&String| parameter(url, "sort").is_some_and(|sort| sort == "name");
        shown.requests.lock().unwrap().iter().filter(is_by_name).count()
    };
    let header = named(&shown, "[role=columnheader] button", "Name");
    let init = MouseEventInit::new();
    init.set_bubbles(true);
    let pressed = MouseEvent::new_with_mouse_event_init_dict("pointerdown", &init).unwrap();
    header.dispatch_event(&pressed).unwrap();
    assert_eq!(requested(), 1);
    support::rendered().await;
    assert!(shown.names().len() > 3, "the prefetched list is not shown yet");
    header.click();
    shown.until("the sorted list appears", |page| page.names().len() == 3).await;
    assert_eq!(requested(), 1);
}

#[wasm_bindgen_test]
async fn renders_rows_out_of_view_after_rows_in_view() {
    let shown = Page::mount(users(), 1_300, |url| {
        let is_by_name = parameter(url, "sort").is_some_and(|sort| sort == "name");
        let items = (0..40).map(|n| row(n, &format!("{} {n}", if is_by_name { "Other" } else { "User" })));
        users_page(items.collect(), 40)
    });
    shown.until("rows load", |page| page.names().len() > 14).await;
    shown.click("Name");
    shown.until("the rows in view render", |page| page.names()[0] == "Other 0").await;
    shown.until("all rows render", |page| page.names().iter().all(|name| name.starts_with("Other"))).await;
}

#[wasm_bindgen_test]
async fn renders_a_deferred_row_at_once_when_it_scrolls_into_view() {
    let shown = Page::mount(users(), 1_300, |url| users_window(url, 5_000));
    shown.until("rows load", |page| !page.names().is_empty()).await;
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    body.set_scroll_top(48 * 510);
    let are_loaded = |page: &Page| page.names().iter().filter(|name| name.starts_with("User 5")).count() > 18;
    shown.until("the rows in view and around them load", are_loaded).await;
    body.set_scroll_top(48 * 3_000);
    // The rows out of view have not rendered yet at this point.
    support::until_text(&body, "User 3001").await;
    body.set_scroll_top(48 * 3_004);
    // Checks the DOM that the browser is about to paint.
    support::next_frame().await;
    let viewport = body.get_bounding_client_rect();
    let mut in_view = shown.all("tbody [role=row]");
    in_view.retain(|row| {
        let bounds = row.get_bounding_client_rect();
        bounds.bottom() > viewport.top() && bounds.top() < viewport.bottom()
    });
    assert!(in_view.len() > 8, "{}", in_view.len());
    for row in in_view {
        let index: usize = row.get_attribute("aria-rowindex").unwrap().parse().unwrap();
        let text = row.text_content().unwrap();
        assert!(text.contains(&format!("User {}", index - 2)), "row {index} shows {text}");
    }
}

/// A list in which some users have arrived at a position: the new ones are "New 0", "New 1" and so on.
struct GrowingList {
    page: Page,
    arrived: Arc<AtomicU32>,
}

impl GrowingList {
    async fn mount(position: u32) -> Self {
        let arrived = Arc::new(AtomicU32::new(0));
        let new = Arc::clone(&arrived);
        let page = Page::mount(users(), 1_300, move |url| {
            let new = new.load(Ordering::Relaxed);
            let offset = parameter(url, "offset").and_then(|offset| offset.parse().ok()).unwrap_or(0);
            let user = |index: u32| match index {
                index if index < position => row(index, &format!("User {index}")),
                index if index < position + new => row(5_000 + index, &format!("New {}", index - position)),
                index => row(index - new, &format!("User {}", index - new)),
            };
            users_page((offset..offset + 50).map(user).collect(), 400 + new)
        });
        page.until("rows load", |page| !page.names().is_empty()).await;
        Self { page, arrived }
    }

    /// Adds two users, and waits until the page shows them.
    async fn add_two_users(&self) {
        self.arrived.store(2, Ordering::Relaxed);
        self.page.changes.notify(Change::User(row(9_999, "").id));
        self.page.until("the new users appear", |page| page.names().contains(&"New 1".into())).await;
        support::rendered().await;
    }
}

fn selected_names(page: &Page) -> Vec<String> {
    let names = page.all("tbody [data-marks=selected] .person__link");
    let mut names: Vec<_> = names.iter().map(|name| name.text_content().unwrap()).collect();
    names.sort_unstable();
    names
}

#[wasm_bindgen_test]
async fn selects_a_range_from_the_same_user_after_new_users_arrived() {
    let list = GrowingList::mount(0).await;
    named(&list.page, "tbody [type=checkbox]", "Select User 3").click();
    list.add_two_users().await;
    shift_click(&named(&list.page, "tbody [type=checkbox]", "Select User 5"));
    let expected = ["User 3", "User 4", "User 5"];
    list.page.until("the range is selected", |page| page.text().contains("3 selected")).await;
    assert_eq!(selected_names(&list.page), expected);
}

#[wasm_bindgen_test]
async fn selects_a_range_that_was_fetched_before_new_users_arrived() {
    let list = GrowingList::mount(0).await;
    named(&list.page, "tbody [type=checkbox]", "Select User 3").click();
    let body: HtmlElement = list.page.one("tbody").unchecked_into();
    body.set_scroll_top(48 * 120);
    list.page.until("later rows load", |page| page.names().contains(&"User 121".into())).await;
    list.arrived.store(2, Ordering::Relaxed);
    list.page.changes.notify(Change::User(row(9_999, "").id));
    list.page.until("the list grows", |page| page.text().contains("402")).await;
    support::rendered().await;
    shift_click(&named(&list.page, "tbody [type=checkbox]", "Select User 121"));
    list.page.until("the range is selected", |page| page.text().contains("119 selected")).await;
}

#[wasm_bindgen_test]
async fn the_focus_follows_its_user_when_users_arrive_above() {
    let list = GrowingList::mount(2).await;
    named(&list.page, "tbody a", "User 4").focus().unwrap();
    list.add_two_users().await;
    assert_eq!(list.page.focused().unwrap().text_content().unwrap(), "User 4");
    list.page.press("x");
    list.page.until("a user is selected", |page| page.text().contains("1 selected")).await;
    assert_eq!(selected_names(&list.page), ["User 4"]);
}

#[wasm_bindgen_test]
async fn ignores_a_click_if_the_row_changed_its_user_while_the_button_was_down() {
    let list = GrowingList::mount(0).await;
    let checkbox = named(&list.page, "tbody [type=checkbox]", "Select User 1");
    let init = MouseEventInit::new();
    init.set_bubbles(true);
    init.set_cancelable(true);
    init.set_detail(1);
    let dispatch = |kind: &str| {
        let event = MouseEvent::new_with_mouse_event_init_dict(kind, &init).unwrap();
        checkbox.dispatch_event(&event).unwrap();
    };
    dispatch("pointerdown");
    list.add_two_users().await;
    dispatch("click");
    support::rendered().await;
    assert!(selected_names(&list.page).is_empty(), "{:?}", selected_names(&list.page));
    dispatch("pointerdown");
    dispatch("click");
    list.page.until("a user is selected", |page| page.text().contains("1 selected")).await;
}

/// Selects the text of an element, and waits until the page knows.
async fn select_text(element: &Element) {
    let selection = js_sys::Reflect::get(&document(), &"getSelection".into()).unwrap();
    let selection = selection.unchecked_into::<js_sys::Function>().call0(&document()).unwrap();
    let select = js_sys::Reflect::get(&selection, &"selectAllChildren".into()).unwrap();
    let is_changed = js_sys::Promise::new(&mut |resolve, _| {
        document().add_event_listener_with_callback("selectionchange", &resolve).unwrap();
    });
    select.unchecked_into::<js_sys::Function>().call1(&selection, element).unwrap();
    wasm_bindgen_futures::JsFuture::from(is_changed).await.unwrap();
    support::rendered().await;
}

/// Returns the selected text in the shadow root.
fn selected_text(page: &Page) -> String {
    // The selection of the document contains that of a shadow root in Firefox, where a shadow root has none.
    let roots = [JsValue::from(page.one("tbody").get_root_node()), document().into()];
    let selection = roots.into_iter().find_map(|root| {
        let select = js_sys::Reflect::get(&root, &"getSelection".into()).unwrap();
        Some(select.dyn_into::<js_sys::Function>().ok()?.call0(&root).unwrap())
    });
    js_sys::Object::from(selection.unwrap()).to_string().into()
}

#[wasm_bindgen_test]
async fn keeps_the_selected_text_while_the_list_scrolls() {
    let shown = mount(users(), 5_000).await;
    let mail = named(&shown, "tbody .person__mail bdi", "user2@example.test");
    select_text(&mail).await;
    assert_eq!(selected_text(&shown), "user2@example.test");
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    for far in [1_000, 3_000, 10] {
        body.set_scroll_top(48 * far);
        let row = format!("User {far}");
        shown.until("the rows at the scroll position load", |page| page.names().contains(&row)).await;
        support::rendered().await;
        assert_eq!(selected_text(&shown), "user2@example.test");
    }
}

#[wasm_bindgen_test]
async fn clears_the_selected_text_when_its_row_shows_another_user() {
    let shown = Page::mount(users(), 1_300, |url| {
        let items: Vec<_> = (0..20).map(|n| row(n, &format!("User {n}"))).collect();
        let is_sorted = parameter(url, "sort").is_some_and(|sort| sort == "name");
        users_page(if is_sorted { items.into_iter().rev().collect() } else { items }, 20)
    });
    shown.until("rows load", |page| !page.names().is_empty()).await;
    select_text(&named(&shown, "tbody .person__mail bdi", "user2@example.test")).await;
    shown.click("Name");
    shown.until("the order changes", |page| page.names().first().is_some_and(|name| name == "User 19")).await;
    shown.until("the selection is cleared", |page| selected_text(page).is_empty()).await;
}

/// Translates the page as translators do: replaces each text node by elements with another text.
fn translate(node: &Node) {
    let children = support::nodes(&node.child_nodes());
    for child in children {
        match child.node_value().filter(|_| child.node_type() == Node::TEXT_NODE) {
            Some(text) if !text.trim().is_empty() => {
                let font = document().create_element("font").unwrap();
                font.set_text_content(Some(&format!("«{text}»")));
                node.replace_child(&font, &child).unwrap();
            }
            _ => translate(&child),
        }
    }
}

#[wasm_bindgen_test]
async fn shows_the_user_of_each_row_after_a_page_translator() {
    let shown = Page::mount(users(), 1_300, |url| {
        let offset = parameter(url, "offset").and_then(|offset| offset.parse().ok()).unwrap_or(0);
        let user = |n: u32| {
            let mut row = row(n, &format!("User {n}"));
            row.status = if n < 100 { Status::Active } else { Status::Expired };
            row.name = (n < 100).then(|| format!("User {n}"));
            row
        };
        users_page((offset..offset + 50).map(user).collect(), 5_000)
    });
    shown.until("rows load", |page| !page.names().is_empty()).await;
    translate(&shown.one("tbody"));
    support::rendered().await;
    assert!(shown.names().contains(&"«User 1»".into()), "{:?}", shown.names());
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    body.set_scroll_top(48 * 3_000);
    let is_scrolled = |page: &Page| {
        let names = page.names();
        names.contains(&"user3001@example.test".into()) && !names.iter().any(|name| name.contains("User"))
    };
    shown.until("rows load", is_scrolled).await;
    support::rendered().await;
    let rows = shown.all("tbody [role=row]:not([data-marks=awaited])");
    for row in rows {
        let text = |selector: &str| row.query_selector(selector).unwrap().unwrap().text_content().unwrap();
        let remove = row.query_selector("[data-action=remove]").unwrap().unwrap();
        assert_eq!(remove.get_attribute("aria-label").unwrap(), format!("Remove {}", text(".person__link")));
        assert_eq!(text(".status"), "Expired");
    }
    for name in shown.all("tbody bdi, tbody .avatar:not(.avatar--pending), tbody .chip") {
        assert_eq!(name.get_attribute("translate").as_deref(), Some("no"), "{}", name.outer_html());
    }
}

#[wasm_bindgen_test]
async fn restores_the_original_text_when_a_page_translator_stops() {
    let shown = mount(users(), 3).await;
    let status = shown.one("tbody .status");
    let text = status.first_child().unwrap();
    translate(&status);
    support::rendered().await;
    assert_eq!(status.text_content().unwrap(), "«Active»");
    let font = status.query_selector("font").unwrap().unwrap();
    status.replace_child(&text, &font).unwrap();
    support::rendered().await;
    assert_eq!(status.text_content().unwrap(), "Active");
}
