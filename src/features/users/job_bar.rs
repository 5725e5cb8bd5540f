use leptos::prelude::*;

use crate::i18n::{messages, use_language};
use crate::parts::{LazyIdle, lazy};
use crate::reactive::memo;
use crate::state::{Lock, job_progress, use_jobs};
use crate::ui::{Glyph, Icon};

/// The number of announcements during a job. A screen reader would not finish reading more of them.
const ANNOUNCEMENTS: u32 = 4;

/// The progress of the newest running bulk action, where the bulk actions are.
#[component]
pub(crate) fn JobBar() -> impl IntoView {
    let jobs = use_jobs();
    view! { <LazyIdle load=bar when=Signal::derive(move || !jobs.running.read().is_empty()) /> }
}

lazy! {
    fn bar(_: ()) in dialogs {
        view! { <Bar /> }
    }
}

#[component]
fn Bar() -> impl IntoView {
    let language = use_language();
    let jobs = use_jobs();
    let lock = Lock::of_everything();
    let newest = memo(move |_| jobs.running.with(|running| running.first().cloned()));
    let is_any = memo(move |_| newest.read().is_some());
    let text = move || newest.read().as_ref().map(|job| job_progress(language, job));
    let progress = memo(move |_| newest.read().as_ref().map(|job| job.progress));
    let handled = move || progress.get().map(|progress| progress.handled().to_string());
    let total = move || progress.get().map(|progress| progress.total.max(1).to_string());
    let announced_step = memo(move |_| {
        let newest = newest.read();
        let job = newest.as_ref()?;
        Some((job.id, job.progress.handled() * ANNOUNCEMENTS / job.progress.total.max(1)))
    });
    let announcement = move || {
        announced_step.get()?;
        newest.with_untracked(|newest| newest.as_ref().map(|job| job_progress(language, job)))
    };
    let others =
        memo(move |_| u32::try_from(jobs.running.read().len().saturating_sub(1)).unwrap_or(u32::MAX));
    let is_stopping =
        memo(move |_| newest.read().as_ref().is_some_and(|job| jobs.stopping.read().contains(&job.id)));
    let on_stop = move |_| {
        if lock.get_untracked().is_none()
            && !is_stopping.get_untracked()
            && let Some(job) = newest.get_untracked()
        {
            jobs.stop(job.id);
        }
    };
    view! {
        <p class="visually-hidden" role="status">{announcement}</p>
        <Show when=move || is_any.get()>
            <section class="bulk-bar job-bar" aria-label=messages::bulk_action_running(language)>
                <span class="job-bar__text">
                    <span class="bulk-bar__count">{text}</span>
                    {move || {
                        (others.get() > 0)
                            .then(|| view! { <span class="hint">{messages::more_jobs(language, others.get())}</span> })
                    }}
                </span>
                <progress
                    class="progress"
                    max=total
                    value=handled
                    aria-label=messages::bulk_action_running(language)
                ></progress>
                <button
                    class="button button--quiet"
                    type="button"
                    aria-disabled=move || (is_stopping.get() || lock.get().is_some()).then_some("true")
                    aria-describedby=move || lock.get().map(Lock::id)
                    data-hint=move || lock.get().map(|lock| lock.words(language))
                    on:click=on_stop
                >
                    <Icon glyph=Glyph::Close />
                    {move || {
                        if is_stopping.get() { messages::stopping_job(language) } else { messages::stop_job(language) }
                    }}
                </button>
            </section>
        </Show>
    }
}
