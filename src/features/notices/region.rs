use std::time::Duration;

use leptos::html;
use leptos::prelude::*;

use crate::i18n::{format, messages, use_language, with_bdi};
use crate::reactive::memo;
use crate::state::{Notice, NoticeAction, Tone, use_notices};
use crate::ui::{Glyph, Icon, use_shortcut};

/// The interval of the countdown of a notice.
const TICK: Duration = Duration::from_millis(250);
const TICKS_A_SECOND: u32 = 4;

/// Shows the notices. Renders its live regions from the start, because screen readers announce only changes to an
/// existing region: <https://developer.mozilla.org/docs/Web/Accessibility/ARIA/Guides/Live_regions>.
#[component]
pub fn NoticeRegion() -> impl IntoView {
    let notices = use_notices();
    let language = use_language();
    let shown = move |is_error: bool| {
        let mut shown = notices.shown.get();
        shown.retain(|notice| (notice.tone == Tone::Error) == is_error);
        shown
    };
    view! {
        <section class="notices" aria-label=messages::notices(language)>
            <div role="status">
                <For each=move || shown(false) key=|notice| notice.id let:notice>
                    <Toast notice />
                </For>
            </div>
            <div aria-live="assertive">
                <For each=move || shown(true) key=|notice| notice.id let:notice>
                    <Toast notice />
                </For>
            </div>
        </section>
    }
}

#[component]
fn Toast(notice: Notice) -> impl IntoView {
    let language = use_language();
    let notices = use_notices();
    let Notice { id, tone, text, seconds, action } = notice;
    let close = move || notices.close(id);
    let toast = NodeRef::<html::Div>::new();
    // Not `:hover`, which touch screens keep after the finger has left.
    let is_hovered = RwSignal::new(false);
    // The countdown pauses while the pointer or the focus is in the notice.
    // WCAG 2.2.1: https://www.w3.org/WAI/WCAG22/Understanding/timing-adjustable.html
    let is_paused = move || {
        let has_focus = |toast: &web_sys::HtmlElement| toast.matches(":focus-within").unwrap_or_default();
        is_hovered.try_get_untracked() != Some(false)
            || toast.try_get_untracked().flatten().as_deref().is_some_and(has_focus)
    };
    let ticks_left = RwSignal::new(seconds * TICKS_A_SECOND);
    if seconds > 0 {
        let timer = set_interval_with_handle(
            move || {
                if is_paused() {
                    return;
                }
                let is_expired = ticks_left.try_update(|ticks_left| {
                    *ticks_left = ticks_left.saturating_sub(1);
                    *ticks_left == 0
                });
                if is_expired == Some(true) {
                    close();
                }
            },
            TICK,
        );
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    }
    let seconds_left = memo(move |_| ticks_left.get().div_ceil(TICKS_A_SECOND));
    let glyph = match tone {
        Tone::Success => Glyph::Check,
        Tone::Info => Glyph::Info,
        Tone::Error => Glyph::Alert,
    };
    let counts_down = action.as_ref().is_some_and(|action| action.counts_down);
    let button = action.map(|NoticeAction { label, key, run, counts_down }| {
        let run_action = move || {
            close();
            run.run(());
        };
        if let Some(key) = key {
            use_shortcut(key, label.clone(), run_action);
        }
        let name = label.clone();
        // The accessible name omits the seconds, so that screen readers announce the label only once.
        view! {
            <button
                class="button button--small"
                type="button"
                aria-label=name
                aria-keyshortcuts=key
                on:click=move |_| run_action()
            >
                <Icon glyph=Glyph::Reset />
                {label}
                {counts_down
                    .then_some(move || {
                        let seconds = format::number(language, seconds_left.get());
                        format!(", {}", messages::seconds(language, &seconds))
                    })}
            </button>
            {key.map(|key| view! { <kbd class="kbd" aria-hidden="true">{key.to_ascii_uppercase()}</kbd> })}
        }
    });
    view! {
        <div
            node_ref=toast
            class="toast"
            on:pointerenter=move |_| is_hovered.set(true)
            on:pointerleave=move |_| is_hovered.set(false)
            data-tone=match tone {
                Tone::Success => "done",
                Tone::Info => "info",
                Tone::Error => "error",
            }
        >
            <Icon glyph=glyph />
            <span class="toast__text">{with_bdi(&text)}</span>
            {button}
            <button
                class="icon-button"
                type="button"
                aria-label=messages::close(language)
                on:click=move |_| close()
            >
                <Icon glyph=Glyph::Close />
            </button>
            {counts_down
                .then(|| {
                    let fraction = move || f64::from(ticks_left.get()) / f64::from(seconds * TICKS_A_SECOND);
                    view! {
                        <span class="toast__countdown" style:transform=move || format!("scaleX({})", fraction())></span>
                    }
                })}
        </div>
    }
}
