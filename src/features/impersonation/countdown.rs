use std::time::Duration;

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::i18n::{clock, messages, use_language};
use crate::ui::{Glyph, Icon};

/// The interval at which the time left is updated.
const TICK: Duration = Duration::from_secs(1);
/// The times left that the live region announces, in seconds.
const ANNOUNCE_AT: [i64; 2] = [5 * 60, 60];

/// Counts down the time left of a view, second by second. Announces it twice to screen readers.
#[component]
pub(super) fn Countdown(
    /// The end of the view, by this browser's clock.
    until: DateTime<Utc>,
    #[prop(into)] on_expire: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let remaining =
        move || (until - clock::now()).num_milliseconds().div_euclid(1_000).saturating_add(1).max(0);
    let seconds_left = RwSignal::new(remaining());
    let announced = RwSignal::new(None::<i64>);
    let timer = StoredValue::new(None::<IntervalHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    // Browsers throttle timers in background tabs, so one tick may pass several announcement times.
    // https://developer.mozilla.org/docs/Web/API/Window/setTimeout#timeouts_in_inactive_tabs
    let tick = move || {
        let now = remaining();
        let previous = seconds_left.try_get_untracked().unwrap_or(now);
        let _ = seconds_left.try_set(now);
        if let Some(passed) = ANNOUNCE_AT.into_iter().rfind(|&at| previous > at && now <= at && now > 0) {
            let _ = announced.try_set(Some(passed));
        }
        if now == 0 {
            stop();
            let _ = on_expire.try_run(());
        }
    };
    timer.set_value(set_interval_with_handle(tick, TICK).ok());
    on_cleanup(stop);
    let text = move || {
        let seconds = seconds_left.get();
        messages::time_left(language, &format!("{}:{:02}", seconds / 60, seconds % 60))
    };
    let announcement = move || {
        let minutes = u32::try_from(announced.get()? / 60).unwrap_or_default();
        Some(messages::minutes_left(language, minutes))
    };
    view! {
        <span class="view-banner__fact" role="timer">
            <Icon glyph=Glyph::Clock />
            <span class="view-banner__time">{text}</span>
        </span>
        <span class="visually-hidden" role="status">
            {announcement}
        </span>
    }
}
