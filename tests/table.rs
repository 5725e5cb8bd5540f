//! What stands around the rows of the users table, in a browser, over a scripted backend: filters, columns, selection,
//! pages, the export, and what is shown where there is nobody.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use leptos::prelude::GetUntracked;
use studio_users::api::Response;
use studio_users::state::{Filters, Place, UsersPlace};
use studio_users_contract::{MAX_BULK, path};
use studio_users_domain::{Denial, Role, Status};
use support::{Page, Reply, document, page, parameter, row, window_of};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, KeyboardEvent, KeyboardEventInit, MouseEvent, MouseEventInit};

wasm_bindgen_test_configure!(run_in_browser);

fn users() -> Place {
    Place::Users(UsersPlace::default())
}

fn filters(page: &Page) -> Filters {
    match page.navigation.place.get_untracked() {
        Place::Users(users) => users.filters,
        other => panic!("at {other:?}"),
    }
}

/// The control with this accessible name, given by a label around it or by `aria-label`.
fn named(page: &Page, role: &str, name: &str) -> HtmlElement {
    let says = |element: &Element| {
        let label = element.get_attribute("aria-label");
        let around = element.closest("label").unwrap().and_then(|label| label.text_content());
        label.or(around).or_else(|| element.text_content()).is_some_and(|text| text.trim().starts_with(name))
    };
    let found = page.all(role).into_iter().find(says);
    found.unwrap_or_else(|| panic!("no {role} is called {name} in: {}", page.text())).unchecked_into()
}

/// Whether the browser would paint it, were it in view.
fn is_seen(element: &Element) -> bool {
    let ask = js_sys::Reflect::get(element, &"checkVisibility".into()).unwrap();
    ask.unchecked_into::<js_sys::Function>().call0(element).unwrap().is_truthy()
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

async fn shown(place: Place, total: u32) -> Page {
    let shown = Page::mount(place, 1_300, move |url| window_of(url, total));
    shown.until("rows", |page| !page.names().is_empty()).await;
    shown
}

#[wasm_bindgen_test]
async fn a_role_and_a_status_narrow_the_list_and_stand_in_the_place() {
    let shown = shown(users(), 100).await;
    named(&shown, "button.filter", "Role").click();
    shown.until("the roles", |page| !page.all(".popover").is_empty()).await;
    named(&shown, ".popover input", "Analyst").click();
    named(&shown, ".popover input", "Planner").click();
    assert_eq!(filters(&shown).roles, Role::Analyst | Role::Planner);
    shown
        .until("the value", |page| {
            named(page, "button.filter", "Role").text_content().unwrap().contains("Analyst, Planner")
        })
        .await;
    shown
        .until("the call", |page| {
            page.calls.lock().unwrap().iter().any(|url| url.contains("role=analyst&role=planner"))
        })
        .await;

    named(&shown, "button.filter", "Status").click();
    shown.until("the statuses", |page| page.all(".popover input").len() == 3).await;
    named(&shown, ".popover input", "Expired").click();
    named(&shown, ".popover input", "Active").click();
    assert_eq!(filters(&shown).statuses, [Status::Active, Status::Expired]);
    shown.click("Clear filters");
    assert_eq!(filters(&shown), Filters::default());
}

#[wasm_bindgen_test]
async fn environments_are_found_by_their_name() {
    let shown = shown(users(), 100).await;
    named(&shown, "button.filter", "Environment").click();
    shown.until("the environments", |page| page.all(".filter-panel__list [type=checkbox]").len() == 2).await;
    let search: web_sys::HtmlInputElement =
        named(&shown, ".popover [type=search]", "Find an environment").unchecked_into();
    search.set_value("CLIN");
    search.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
    shown.until("one of them", |page| page.all(".filter-panel__list [type=checkbox]").len() == 1).await;
    named(&shown, ".popover [type=checkbox]", "City Clinic").click();
    assert_eq!(filters(&shown).nodes, [support::environment(2)]);
    let inherited = shown.one(".filter-panel__more [type=checkbox]").unchecked_into::<HtmlElement>();
    inherited.click();
    assert!(filters(&shown).assigned);
    let is_asked = |page: &Page| page.calls.lock().unwrap().iter().any(|url| url.contains("assigned=true"));
    shown.until("it is asked for", is_asked).await;
    inherited.click();
    assert!(!filters(&shown).assigned);
    let panel: HtmlElement = shown.one(".popover").unchecked_into();
    press(&panel, "Escape", false);
    shown.until("the list alone", |page| page.all(".popover").is_empty()).await;
}

#[wasm_bindgen_test]
async fn columns_are_hidden_and_moved_and_what_is_hidden_counts() {
    let shown = shown(users(), 3).await;
    let before = headers(&shown);
    named(&shown, "button", "Columns").click();
    shown.until("the menu", |page| !page.all(".popover").is_empty()).await;
    named(&shown, ".popover [type=checkbox]", "Status").click();
    named(&shown, ".popover button", "Move Last active up").click();
    shown
        .until("the columns", |page| {
            headers(page)[..5]
                == ["Name", "Roles", "Last active", "Environments", "Created"].map(String::from)
        })
        .await;
    assert_eq!(shown.one("[role=table]").get_attribute("aria-colcount").as_deref(), Some("9"));
    let roles = shown.all("[role=columnheader]")[1].get_attribute("aria-colindex");
    assert_eq!(roles.as_deref(), Some("4"));
    named(&shown, ".popover [role=radio]", "Compact").click();
    shown
        .until("lower rows", |page| {
            page.one("[role=table]").get_attribute("data-density").as_deref() == Some("compact")
        })
        .await;
    shown.click("Reset");
    shown.until("all as before", |page| headers(page) == before).await;
}

#[wasm_bindgen_test]
async fn rows_ranges_and_all_that_match_are_selected() {
    let shown = shown(users(), 400).await;
    let bar = |page: &Page| {
        page.all(".bulk-bar").first().map(|bar| bar.text_content().unwrap()).unwrap_or_default()
    };
    named(&shown, "tbody [type=checkbox]", "Select User 1").click();
    shown.until("one", |page| bar(page).starts_with("1 selected")).await;
    shift_click(&named(&shown, "tbody [type=checkbox]", "Select User 4"));
    shown.until("a range", |page| bar(page).starts_with("4 selected")).await;
    let last = named(&shown, "tbody [type=checkbox]", "Select User 4");
    last.focus().unwrap();
    press(&last, "ArrowDown", true);
    shown.until("one more by the keyboard", |page| bar(page).starts_with("5 selected")).await;
    shown.click("Select all 400");
    shown.until("all", |page| bar(page).starts_with("All 400 selected")).await;
    assert_eq!(shown.all("tbody [data-marks=selected]").len(), shown.all("tbody [role=row]").len());
    named(&shown, "button", "Clear the selection").click();
    shown.until("nobody", |page| page.all(".bulk-bar").is_empty()).await;
}

#[wasm_bindgen_test]
async fn more_than_one_call_takes_are_not_changed_and_it_is_said_why() {
    let shown = shown(users(), MAX_BULK + 1).await;
    named(&shown, "thead [type=checkbox]", "Select all users").click();
    shown.until("all", |page| !page.all(".bulk-bar").is_empty()).await;
    let remove = named(&shown, ".bulk-bar button", "Remove");
    assert_eq!(remove.get_attribute("aria-disabled").as_deref(), Some("true"));
    let reason = shown.one(&format!("#{}", remove.get_attribute("aria-describedby").unwrap()));
    assert!(reason.text_content().unwrap().contains("10,000"));
    remove.click();
    assert!(shown.all("dialog").is_empty());
}

#[wasm_bindgen_test]
async fn a_selection_is_let_go_of_when_others_are_looked_for() {
    let shown = shown(users(), 40).await;
    named(&shown, "tbody [type=checkbox]", "Select").click();
    shown.until("the bar", |page| !page.all(".bulk-bar").is_empty()).await;
    shown.search("user 3");
    shown.until("no bar", |page| page.all(".bulk-bar").is_empty()).await;
}

#[wasm_bindgen_test]
async fn an_action_that_is_refused_says_why_and_does_nothing() {
    let shown = Page::mount(users(), 1_300, |_| {
        let mut own = row(1, "Maud Jansen");
        own.allowed.remove = Some(Denial::OwnRemoval);
        own.allowed.copy_link = Some(Denial::NoInvitation);
        page(vec![own], 1)
    });
    shown.until("the row", |page| !page.names().is_empty()).await;
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
async fn the_name_with_the_focus_keeps_it_however_far_the_list_is_scrolled() {
    let shown = shown(users(), 5_000).await;
    let link = named(&shown, "tbody a", "User 2");
    link.focus().unwrap();
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    for far in [48 * 1_000, 48 * 3_000, 48 * 10] {
        body.set_scroll_top(far);
        let row = format!("User {}", far / 48);
        shown.until("rows there", |page| page.names().contains(&row)).await;
        let root = body.get_root_node().unchecked_into::<web_sys::ShadowRoot>();
        assert_eq!(root.active_element().unwrap().text_content().unwrap(), "User 2");
        let order = |shown: &Page| -> Vec<u32> {
            let rows = shown.all("tbody [aria-rowindex]");
            rows.iter().map(|row| row.get_attribute("aria-rowindex").unwrap().parse().unwrap()).collect()
        };
        shown.until("rows in their order", |page| order(page).is_sorted()).await;
    }
}

#[wasm_bindgen_test]
async fn arrows_move_from_name_to_name_and_home_and_end_to_the_ends() {
    let shown = shown(users(), 2_000).await;
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    let root = body.get_root_node().unchecked_into::<web_sys::ShadowRoot>();
    let focused =
        move || root.active_element().and_then(|element| element.text_content()).unwrap_or_default();
    named(&shown, "tbody a", "User 0").focus().unwrap();
    let press = |key| press(&shown.one(":focus").unchecked_into(), key, false);
    press("ArrowDown");
    shown.until("the next", |_| focused() == "User 1").await;
    press("PageDown");
    shown
        .until("a page on", |_| focused().trim_start_matches("User ").parse::<u32>().unwrap_or_default() > 5)
        .await;
    press("Home");
    shown.until("the first", |_| focused() == "User 0").await;
}

#[wasm_bindgen_test]
async fn in_pages_fifty_rows_are_there_and_links_lead_on() {
    let place = Place::Users(UsersPlace { page: Some(2), ..UsersPlace::default() });
    let shown = shown(place, 120).await;
    shown.until("the page", |page| page.names().len() == 50).await;
    assert_eq!(shown.names()[0], "User 50");
    assert!(shown.text().contains("Page 2 of 3"));
    named(&shown, ".list-pages a", "Next").click();
    shown.until("the last page", |page| page.names().len() == 20).await;
    assert_eq!(shown.one(".list-pages a:last-child").get_attribute("aria-disabled").as_deref(), Some("true"));
}

#[wasm_bindgen_test]
async fn the_export_asks_for_what_is_filtered_and_says_how_many() {
    let filters = Filters { roles: Role::Agent.into(), ..Filters::default() };
    let place = Place::Users(UsersPlace { filters, ..UsersPlace::default() });
    let shown = Page::mount(place, 1_300, |url| {
        if url.starts_with(path::USERS_CSV) {
            let body = "name,email\r\nA,a@example.test\r\nB,b@example.test\r\n".into();
            return Reply::After(20, Response { status: 200, body, ..Response::default() });
        }
        window_of(url, 2)
    });
    shown.until("rows", |page| page.names().len() == 2).await;
    shown.click("Export CSV");
    shown.until("the notice", |page| page.text().contains("2 users exported")).await;
    let calls = shown.calls.lock().unwrap();
    let call = calls.iter().find(|url| url.starts_with(path::USERS_CSV)).unwrap();
    assert_eq!(parameter(call, "role").as_deref(), Some("agent"));
    assert_eq!(parameter(call, "limit"), None);
}

#[wasm_bindgen_test]
async fn an_export_that_fails_says_so() {
    let shown = Page::mount(users(), 1_300, |url| {
        if url.starts_with(path::USERS_CSV) { Reply::Unreachable } else { window_of(url, 2) }
    });
    shown.until("rows", |page| page.names().len() == 2).await;
    shown.click("Export CSV");
    shown.until("the notice", |page| page.text().contains("The users could not be exported")).await;
}

#[wasm_bindgen_test]
async fn who_is_alone_is_led_to_invite() {
    let shown = Page::mount(users(), 1_300, |_| page(vec![row(1, "Maud Jansen")], 1));
    shown.until("the lead", |page| page.text().contains("Nobody but you yet")).await;
    assert_eq!(shown.names(), ["Maud Jansen"]);
}

#[wasm_bindgen_test]
async fn nobody_passing_several_filters_can_leave_one_out() {
    let filters =
        Filters { roles: Role::Planner.into(), statuses: vec![Status::Expired], ..Filters::default() };
    let place = Place::Users(UsersPlace { filters, ..UsersPlace::default() });
    let shown = Page::mount(place, 1_300, |url| match parameter(url, "status") {
        Some(_) => page(Vec::new(), 0),
        None => window_of(url, 3),
    });
    shown.until("nobody", |page| page.text().contains("Nobody matches all of these filters")).await;
    shown.click("Without \u{2068}Expired\u{2069}");
    shown.until("somebody", |page| page.names().len() == 3).await;
    assert_eq!(self::filters(&shown).roles, Role::Planner);
}

#[wasm_bindgen_test]
async fn out_of_reach_the_rows_stay_and_nothing_can_be_changed() {
    let shown = shown(users(), 3).await;
    let window = web_sys::window().unwrap();
    window.dispatch_event(&web_sys::Event::new("offline").unwrap()).unwrap();
    shown.until("the word", |page| page.text().contains("You are offline.")).await;
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
async fn rows_stay_in_the_page_wherever_the_list_goes() {
    let shown = Page::mount(users(), 1_300, |url| {
        if parameter(url, "search").is_some() { window_of(url, 2) } else { window_of(url, 5_000) }
    });
    shown.until("rows", |page| page.names().len() > 2).await;
    let rows = shown.all("tbody [role=row]");
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    let are_same = |page: &Page| {
        let now = page.all("tbody [role=row]");
        now.len() >= rows.len() && rows.iter().zip(&now).all(|(then, now)| then.is_same_node(Some(now)))
    };
    for row in [3_000, 10, 0] {
        body.set_scroll_top(row * 48);
        let name = format!("User {row}");
        shown.until("rows there", |page| page.names().contains(&name)).await;
        assert!(are_same(&shown), "none is made anew, and none has changed places at row {row}");
    }
    let made = body.child_element_count();
    shown.search("u");
    shown.until("two", |page| page.names().len() == 2).await;
    assert_eq!(body.child_element_count(), made, "what is left over is kept");
    shown.search("");
    shown.until("all of them", |page| page.names().len() > 2).await;
    assert!(are_same(&shown));
}

#[wasm_bindgen_test]
async fn what_a_row_showed_before_is_not_to_be_seen_while_another_is_awaited() {
    let shown = Page::mount(users(), 1_300, |url| {
        let is_first = parameter(url, "offset").is_none_or(|offset| offset == "0");
        match window_of(url, 5_000) {
            Reply::After(_, response) if !is_first => Reply::After(300, response),
            reply => reply,
        }
    });
    shown.until("rows", |page| !page.names().is_empty()).await;
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    body.set_scroll_top(48 * 3_000);
    let awaited = |page: &Page| page.all("tbody [aria-rowindex='3003'][data-marks=awaited]");
    shown.until("a row that is awaited", |page| awaited(page).len() == 1).await;
    let link = awaited(&shown)[0].query_selector("a").unwrap().unwrap();
    assert!(!is_seen(&link), "{:?}", link.text_content());
    shown.until("the row", |page| page.names().contains(&"User 3001".into())).await;
    assert!(is_seen(&link));
}

#[wasm_bindgen_test]
async fn a_row_leads_to_the_list_that_it_stands_in() {
    let shown = Page::mount(users(), 1_300, |url| match (parameter(url, "sort"), window_of(url, 3)) {
        (Some(sort), Reply::After(_, response)) if sort == "name" => Reply::After(200, response),
        (_, reply) => reply,
    });
    shown.until("rows", |page| !page.names().is_empty()).await;
    let link = shown.one("tbody a");
    let href = || link.get_attribute("href").unwrap();
    let before = href();
    shown.click("Name");
    support::sleep(50).await;
    assert_eq!(href(), before, "while another list is awaited");
    shown.until("the link of the other list", |_| href() != before).await;
    assert!(href().contains("sort=name"), "{}", href());
}

#[wasm_bindgen_test]
async fn the_widths_of_the_columns_are_handed_to_the_rows_and_not_below() {
    let shown = shown(users(), 50).await;
    let of = |element: &Element| {
        let style = leptos::prelude::window().get_computed_style(element).unwrap().unwrap();
        style.get_property_value("--su-columns").unwrap()
    };
    let row = shown.one("tbody [role=row]");
    assert!(of(&row).contains("minmax"), "{}", of(&row));
    assert_eq!(of(&row.query_selector("td").unwrap().unwrap()), "");
}

#[wasm_bindgen_test]
async fn what_cannot_be_had_is_not_asked_for_over_and_over() {
    let shown = Page::mount(users(), 1_300, |url| {
        let is_first = parameter(url, "offset").is_none_or(|offset| offset == "0");
        if is_first { window_of(url, 5_000) } else { Reply::Unreachable }
    });
    shown.until("what could not be had", |page| page.text().contains("Try again")).await;
    let asked = shown.calls.lock().unwrap().len();
    support::sleep(200).await;
    assert_eq!(shown.calls.lock().unwrap().len(), asked);
}

#[wasm_bindgen_test]
async fn rows_in_view_are_asked_for_by_one_call_and_those_around_once_they_are_here() {
    let shown = Page::mount(users(), 1_300, |url| {
        let is_far = parameter(url, "offset").is_some_and(|offset| offset.len() == 4);
        match window_of(url, 5_000) {
            Reply::After(_, response) if is_far => Reply::After(150, response),
            reply => reply,
        }
    });
    shown.until("rows", |page| !page.names().is_empty()).await;
    support::sleep(100).await;
    let before = shown.calls.lock().unwrap().len();
    let asked = || -> Vec<_> {
        let calls = shown.calls.lock().unwrap();
        let window = |url: &String| (parameter(url, "offset").unwrap(), parameter(url, "limit").unwrap());
        calls[before..].iter().map(window).collect()
    };
    // Rows of two pages.
    shown.one("tbody").set_scroll_top(48 * 2_995);
    shown.until("a call", |_| !asked().is_empty()).await;
    support::sleep(80).await;
    assert_eq!(asked(), [("2950".to_string(), "100".to_string())]);
    shown.until("the rows", |page| page.names().contains(&"User 2996".into())).await;
    shown.until("a call for those around", |_| asked().len() > 1).await;
}

#[wasm_bindgen_test]
async fn an_order_is_asked_for_when_its_header_is_pressed_and_not_again_when_it_is_let_go_of() {
    let shown = Page::mount(users(), 1_300, |url| {
        let is_by_name = parameter(url, "sort").is_some_and(|sort| sort == "name");
        window_of(url, if is_by_name { 3 } else { 40 })
    });
    shown.until("rows", |page| page.names().len() > 3).await;
    let asked = || {
        let is_by_name = |url: &&String| parameter(url, "sort").is_some_and(|sort| sort == "name");
        shown.calls.lock().unwrap().iter().filter(is_by_name).count()
    };
    let header = named(&shown, "[role=columnheader] button", "Name");
    let init = MouseEventInit::new();
    init.set_bubbles(true);
    let pressed = MouseEvent::new_with_mouse_event_init_dict("pointerdown", &init).unwrap();
    header.dispatch_event(&pressed).unwrap();
    assert_eq!(asked(), 1);
    support::sleep(50).await;
    assert!(shown.names().len() > 3, "what is foreseen is not shown yet");
    header.click();
    shown.until("the other list", |page| page.names().len() == 3).await;
    assert_eq!(asked(), 1);
}

#[wasm_bindgen_test]
async fn rows_out_of_view_follow_those_in_view() {
    let shown = Page::mount(users(), 1_300, |url| {
        let is_by_name = parameter(url, "sort").is_some_and(|sort| sort == "name");
        let items = (0..40).map(|n| row(n, &format!("{} {n}", if is_by_name { "Other" } else { "User" })));
        page(items.collect(), 40)
    });
    shown.until("rows", |page| page.names().len() > 14).await;
    shown.click("Name");
    shown.until("rows in view", |page| page.names()[0] == "Other 0").await;
    shown.until("all of them", |page| page.names().iter().all(|name| name.starts_with("Other"))).await;
}

#[wasm_bindgen_test]
async fn who_was_there_before_is_not_to_be_seen_in_a_row_that_is_scrolled_to_as_it_comes() {
    let shown = Page::mount(users(), 1_300, |url| window_of(url, 5_000));
    shown.until("rows", |page| !page.names().is_empty()).await;
    let body: HtmlElement = shown.one("tbody").unchecked_into();
    body.set_scroll_top(48 * 510);
    let have_come = |page: &Page| page.names().iter().filter(|name| name.starts_with("User 5")).count() > 18;
    shown.until("rows in view and around them", have_come).await;
    body.set_scroll_top(48 * 3_000);
    // Those out of view have yet to follow.
    support::says(&body, "User 3001").await;
    body.set_scroll_top(48 * 3_004);
    // What the browser is about to paint.
    support::frame().await;
    let seen = body.get_bounding_client_rect();
    let mut in_view = shown.all("tbody [role=row]");
    in_view.retain(|row| {
        let place = row.get_bounding_client_rect();
        place.bottom() > seen.top() && place.top() < seen.bottom()
    });
    assert!(in_view.len() > 8, "{}", in_view.len());
    for row in in_view {
        let index: usize = row.get_attribute("aria-rowindex").unwrap().parse().unwrap();
        let text = row.text_content().unwrap();
        assert!(text.contains(&format!("User {}", index - 2)), "row {index} says {text}");
    }
}
