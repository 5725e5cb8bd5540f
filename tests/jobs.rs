//! The progress, the end and the history of bulk jobs. Runs in a browser against a scripted backend.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use serde_json::{Value, json};
use studio_users::i18n::clock;
use studio_users::state::{Route, UsersRoute};
use support::intervals::Intervals;
use support::{Page, Reply, emit, json_reply, rendered, row, set_jobs, users_page};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::HtmlElement;

wasm_bindgen_test_configure!(run_in_browser);

/// Returns the id of a job.
fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn url(number: u32) -> String {
    format!("/api/v1/jobs/{}", id(number))
}

/// Returns a running job that adds a role to 9,000 users, changed by `fields`. Jobs with higher numbers are newer.
fn job(number: u32, fields: &Value) -> Value {
    let mut job = json!({
        "id": id(number), "action": "add_role", "role": "agent", "state": "running",
        "total": 9_000, "done": 1_240, "unchanged": 0, "refused": 0, "refusals": [],
        "created_at": clock::now() - TimeDelta::minutes(60 - i64::from(number)), "ended_at": null, "can_undo": false,
    });
    for (field, value) in fields.as_object().unwrap() {
        job[field] = value.clone();
    }
    job
}

/// Returns the data of a `job` event.
fn event(number: u32, done: u32, state: &str) -> Value {
    json!({ "id": id(number), "state": state, "total": 9_000, "done": done, "unchanged": 0, "refused": 0 })
}

/// Mounts the users page with three users. `reply` gets the URLs of the requests for single jobs.
async fn table(reply: impl Fn(&str) -> Option<Reply> + Send + Sync + 'static) -> Page {
    let page = Page::mount(Route::Users(UsersRoute::default()), 1200, move |url| {
        reply(url).unwrap_or_else(|| users_page((1..=3).map(|n| row(n, &format!("User {n}"))).collect(), 3))
    });
    page.until("the rows are shown", |page| page.names().len() == 3).await;
    page
}

async fn until_bar_contains(page: &Page, expected: &str) {
    page.until(expected, |page| {
        page.all(".job-bar").iter().any(|bar| bar.text_content().unwrap().contains(expected))
    })
    .await;
}

async fn until_bar_is_gone(page: &Page) {
    page.until("the bar is gone", |page| page.all(".job-bar").is_empty()).await;
}

fn requests_to(page: &Page, url: &str) -> usize {
    page.requests.lock().unwrap().iter().filter(|requested| *requested == url).count()
}

#[wasm_bindgen_test]
async fn shows_a_running_job_after_a_reload_and_follows_its_events() {
    let _intervals = Intervals::replace();
    let refusals = json!([{ "id": row(2, "").id, "name": "User 2", "code": "not_managed" }]);
    let ended = job(
        1,
        &json!({
            "state": "done", "done": 8_999, "refused": 1, "refusals": refusals,
            "ended_at": clock::now(), "can_undo": true,
        }),
    );
    set_jobs([job(1, &json!({}))]);
    let page = table(move |requested| (requested == url(1)).then(|| json_reply(&ended))).await;
    until_bar_contains(&page, "Adding the role Agent: 1,240 of 9,000").await;
    let progress = page.one(".job-bar progress");
    assert_eq!(progress.get_attribute("max").as_deref(), Some("9000"));
    assert_eq!(progress.get_attribute("value").as_deref(), Some("1240"));
    emit("job", &event(1, 5_000, "running"));
    until_bar_contains(&page, "5,000 of 9,000").await;
    assert_eq!(requests_to(&page, &url(1)), 0, "the event has the progress");
    emit("job", &event(1, 8_999, "done"));
    until_bar_is_gone(&page).await;
    let summary = "Role added to 8,999 users. Not allowed for 1 user.";
    page.until("the summary is shown", |page| page.text().contains(summary)).await;
    assert!(page.all("dialog").is_empty(), "the end of a long job interrupts nothing");
    page.click("Show details");
    page.until("the refusals are listed", |page| {
        page.all("dialog .skipped__row").iter().any(|row| row.text_content().unwrap().contains("User 2"))
    })
    .await;
}

#[wasm_bindgen_test]
async fn finds_a_job_that_another_tab_has_started() {
    let _intervals = Intervals::replace();
    let running = job(7, &json!({ "done": 700 }));
    set_jobs([job(1, &json!({}))]);
    let page = table(move |requested| (requested == url(7)).then(|| json_reply(&running))).await;
    until_bar_contains(&page, "1,240 of 9,000").await;
    emit("job", &event(7, 600, "running"));
    until_bar_contains(&page, "700 of 9,000").await;
    until_bar_contains(&page, "and 1 more").await;
}

#[wasm_bindgen_test]
async fn polls_while_no_events_arrive() {
    let intervals = Intervals::replace();
    let fetched = job(1, &json!({ "done": 3_000 }));
    set_jobs([job(1, &json!({}))]);
    let page = table(move |requested| (requested == url(1)).then(|| json_reply(&fetched))).await;
    until_bar_contains(&page, "1,240 of 9,000").await;
    emit("job", &event(1, 1_300, "running"));
    until_bar_contains(&page, "1,300 of 9,000").await;
    intervals.tick();
    rendered().await;
    assert_eq!(requests_to(&page, &url(1)), 0, "an event has arrived since the last poll");
    intervals.tick();
    until_bar_contains(&page, "3,000 of 9,000").await;
    assert_eq!(requests_to(&page, &url(1)), 1);
}

#[wasm_bindgen_test]
async fn stops_a_job_and_offers_to_undo_it() {
    let _intervals = Intervals::replace();
    let stopped = job(
        1,
        &json!({ "state": "stopped", "stop_reason": "requested", "ended_at": clock::now(), "can_undo": true }),
    );
    let undo = job(2, &json!({ "action": "undo_add_role", "total": 1_240, "done": 0, "undo_of": id(1) }));
    set_jobs([job(1, &json!({}))]);
    let page = table(move |requested| match requested {
        requested if requested == format!("{}/stop", url(1)) => Some(json_reply(&stopped)),
        requested if requested == format!("{}/undo", url(1)) => Some(json_reply(&undo)),
        _ => None,
    })
    .await;
    until_bar_contains(&page, "Adding the role Agent").await;
    page.click("Stop");
    page.until("the summary is shown", |page| !page.all("dialog[open]").is_empty()).await;
    let text = page.one("dialog").text_content().unwrap();
    for expected in ["Role added to 1,240 users", "Stopped after 1,240 of 9,000 users."] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
    until_bar_is_gone(&page).await;
    page.click("Undo");
    until_bar_contains(&page, "Taking back the role Agent: 0 of 1,240").await;
    assert!(page.all("dialog").is_empty());
}

#[wasm_bindgen_test]
async fn explains_that_a_job_stopped_because_of_lost_rights() {
    let _intervals = Intervals::replace();
    let stopped = job(
        1,
        &json!({ "state": "stopped", "stop_reason": "rights_lost", "ended_at": clock::now(), "can_undo": true }),
    );
    set_jobs([job(1, &json!({}))]);
    let page = table(move |requested| (requested == url(1)).then(|| json_reply(&stopped))).await;
    until_bar_contains(&page, "Adding the role Agent").await;
    emit("job", &event(1, 1_240, "stopped"));
    page.until("the reason is shown", |page| page.text().contains("because your access changed")).await;
}

#[wasm_bindgen_test]
async fn shows_the_newest_of_several_jobs() {
    let _intervals = Intervals::replace();
    let newest = job(3, &json!({ "action": "remove", "total": 50, "done": 10 }));
    set_jobs([job(1, &json!({})), newest, job(2, &json!({}))]);
    let page = table(|_| None).await;
    until_bar_contains(&page, "Removing users: 10 of 50").await;
    until_bar_contains(&page, "and 2 more").await;
}

#[wasm_bindgen_test]
async fn announces_each_quarter_of_a_job() {
    let _intervals = Intervals::replace();
    set_jobs([job(1, &json!({}))]);
    let page = table(|_| None).await;
    until_bar_contains(&page, "1,240 of 9,000").await;
    let announces = |page: &Page, expected: &str| {
        page.all("[role=status]").iter().any(|status| status.text_content().unwrap().contains(expected))
    };
    assert!(announces(&page, "1,240 of 9,000"));
    emit("job", &event(1, 2_000, "running"));
    until_bar_contains(&page, "2,000 of 9,000").await;
    assert!(announces(&page, "1,240 of 9,000"), "a quarter is not reached yet");
    emit("job", &event(1, 2_300, "running"));
    page.until("the quarter is announced", |page| announces(page, "2,300 of 9,000")).await;
}

#[wasm_bindgen_test]
async fn the_end_of_a_job_keeps_the_selection() {
    let _intervals = Intervals::replace();
    let ended = job(1, &json!({ "state": "done", "done": 9_000, "ended_at": clock::now() }));
    set_jobs([job(1, &json!({}))]);
    let page = table(move |requested| (requested == url(1)).then(|| json_reply(&ended))).await;
    until_bar_contains(&page, "Adding the role Agent").await;
    page.all("tbody [data-action=select]")[0].dyn_ref::<HtmlElement>().unwrap().click();
    page.until("the row is selected", |page| page.text().contains("1 selected")).await;
    emit("job", &event(1, 9_000, "done"));
    page.until("the end is reported", |page| page.text().contains("Role added to 9,000 users")).await;
    page.until_answered().await;
    assert!(page.text().contains("1 selected"));
}

#[wasm_bindgen_test]
async fn opens_and_undoes_recent_jobs() {
    let _intervals = Intervals::replace();
    let fields = json!({
        "state": "done", "done": 8_999, "refused": 1, "ended_at": clock::now(), "can_undo": true,
    });
    let listed = job(1, &fields);
    let mut fetched = listed.clone();
    fetched["refusals"] = json!([{ "id": row(2, "").id, "name": "User 2", "code": "not_managed" }]);
    let undo = job(2, &json!({ "action": "undo_add_role", "done": 0, "undo_of": id(1) }));
    let undone = Arc::new(Mutex::new(0));
    let undo_count = Arc::clone(&undone);
    set_jobs([listed]);
    let page = table(move |requested| {
        if requested == format!("{}/undo", url(1)) {
            *undo_count.lock().unwrap() += 1;
            return Some(json_reply(&undo));
        }
        (requested == url(1)).then(|| json_reply(&fetched))
    })
    .await;
    page.click("Recent bulk actions");
    page.until("the job is listed", |page| page.all(".recent-jobs__row").len() == 1).await;
    let text = page.one(".recent-jobs__row").text_content().unwrap();
    assert!(text.contains("Role added to 8,999 users. Not allowed for 1 user."), "{text}");
    page.click("Show details");
    page.until("the refusals are listed", |page| !page.all("dialog .skipped__row").is_empty()).await;
    page.click("Close");
    page.until("the summary is closed", |page| page.all("dialog").is_empty()).await;
    page.click("Recent bulk actions");
    page.until("the job is listed again", |page| page.all(".recent-jobs__row").len() == 1).await;
    page.click("Undo");
    until_bar_contains(&page, "Taking back the role Agent").await;
    assert_eq!(*undone.lock().unwrap(), 1);
}
