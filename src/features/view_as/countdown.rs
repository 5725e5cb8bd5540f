use std::time::Duration;

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::i18n::{clock, messages, use_language};
use crate::ui::{Glyph, Icon};

/// How often the time left is looked at.
const TICK: Duration = Duration::from_secs(1);
/// At which times left it is told to those who do not see it, in seconds.
const TOLD: [i64; 2] = [5 * 60, 60];

/// The time that is left of a view, second by second; told twice before it is over.
#[component]
pub(super) fn Countdown(
    /// When it is over.
    until: DateTime<Utc>,
    /// Is told once it is.
    #[prop(into)]
    on_over: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let seconds =
        move || (until - clock::now()).num_milliseconds().div_euclid(1_000).saturating_add(1).max(0);
    let left = RwSignal::new(seconds());
    let told = RwSignal::new(None::<i64>);
    let timer = StoredValue::new(None::<IntervalHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    // A tab in the background may be woken less often: what was passed meanwhile counts.
    let tick = move || {
        let now = seconds();
        let before = left.try_get_untracked().unwrap_or(now);
        let _ = left.try_set(now);
        if let Some(passed) = TOLD.into_iter().rfind(|&at| before > at && now <= at && now > 0) {
            let _ = told.try_set(Some(passed));
        }
        if now == 0 {
            stop();
            let _ = on_over.try_run(());
        }
    };
    timer.set_value(set_interval_with_handle(tick, TICK).ok());
    on_cleanup(stop);
    let words = move || {
        let left = left.get();
        messages::time_left(language, &format!("{}:{:02}", left / 60, left % 60))
    };
    let announcement = move || {
        let minutes = u32::try_from(told.get()? / 60).unwrap_or_default();
        Some(messages::minutes_left(language, minutes))
    };
    view! {
        <span class="view-banner__fact" role="timer" data-soon=move || (left.get() <= TOLD[0]).then_some("")>
            <Icon glyph=Glyph::Clock />
            <span class="view-banner__time">{words}</span>
        </span>
        <span class="visually-hidden" role="status">
            {announcement}
        </span>
    }
}
