use leptos::prelude::*;
use studio_users_contract::{Job, JobState};

use super::model::BulkOutcome;
use super::store::BulkStore;
use crate::i18n::{clock, format, messages, relative_time, use_language};
use crate::parts::ListDialog;
use crate::reactive::memo;
use crate::state::{Fetched, Lock, job_progress, use_dialogs};
use crate::ui::{Glyph, Icon};

const TITLE: &str = "recent-jobs-title";

/// Dialog that lists the bulk jobs of the last 24 hours, and opens or undoes them.
#[component]
pub(super) fn RecentJobsDialog(store: BulkStore) -> impl IntoView {
    let language = use_language();
    let list = Fetched::new(move || store.recent());
    let rows = move |jobs: &Vec<Job>| {
        if jobs.is_empty() {
            return view! { <p class="confirm__text">{messages::no_bulk_actions(language)}</p> }.into_any();
        }
        view! {
            <ul class="access-list recent-jobs" aria-labelledby=TITLE>
                {jobs.iter().map(|job| view! { <Row job=job.clone() store /> }).collect_view()}
            </ul>
        }
        .into_any()
    };
    view! {
        <ListDialog
            title_id=TITLE
            title=messages::recent_bulk_actions(language)
            lead=messages::recent_bulk_actions_lead(language)
            list
            failed=messages::bulk_actions_failed(language)
            view=rows
        />
    }
}

/// A job: its progress with a button that stops it, or its outcome with buttons that open and undo it.
#[component]
fn Row(job: Job, store: BulkStore) -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let lock = Lock::of_everything();
    let id = job.id;
    let started = relative_time::last_active(language, job.created_at, clock::now(), &clock::Zone);
    let full = format::full_date_time(language, job.created_at);
    let created_at = job.created_at.to_rfc3339();
    let is_running = job.progress.state == JobState::Running;
    let can_undo = job.can_undo;
    // The list is fetched once, so a running job shows the progress that the page follows.
    let text = {
        let job = job.clone();
        let outcome = BulkOutcome(job.clone()).summary(language);
        move || {
            if !is_running {
                return outcome.clone();
            }
            let running = store.jobs.running.read();
            job_progress(language, running.iter().find(|other| other.id == id).unwrap_or(&job))
        }
    };
    let summary = untrack(&text);
    let locked = move || lock.get().map(|_| "true");
    let on_undo = move |_| {
        if lock.get_untracked().is_none() {
            dialogs.close();
            store.undo(&job);
        }
    };
    let buttons = if is_running {
        let is_stopping = memo(move |_| store.jobs.stopping.read().contains(&id));
        view! {
            <button
                class="button button--small"
                type="button"
                aria-label=messages::stop_of(language, &summary)
                aria-disabled=move || (is_stopping.get() || lock.get().is_some()).then_some("true")
                aria-describedby=move || lock.get().map(Lock::id)
                on:click=move |_| {
                    if lock.get_untracked().is_none() && !is_stopping.get_untracked() {
                        store.stop(id);
                    }
                }
            >
                {messages::stop_job(language)}
            </button>
        }
        .into_any()
    } else {
        view! {
            <button
                class="button button--small"
                type="button"
                aria-label=messages::details_of(language, &summary)
                on:click=move |_| store.open_summary(id)
            >
                {messages::show_details(language)}
            </button>
            {can_undo
                .then(|| {
                    view! {
                        <button
                            class="button button--small"
                            type="button"
                            aria-label=messages::undo_of(language, &summary)
                            aria-disabled=locked
                            aria-describedby=move || lock.get().map(Lock::id)
                            on:click=on_undo
                        >
                            <Icon glyph=Glyph::Reset />
                            {messages::undo(language)}
                        </button>
                    }
                })}
        }
        .into_any()
    };
    view! {
        <li class="access-list__row recent-jobs__row">
            <span class="recent-jobs__text">
                <span>{text}</span>
                <time class="hint" datetime=created_at title=full>
                    {started}
                </time>
            </span>
            <span class="recent-jobs__buttons">{buttons}</span>
        </li>
    }
}
