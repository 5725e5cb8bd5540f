use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::AbortController;

use super::model;
use super::store::Store;
use crate::api::{ApiError, Client};
use crate::i18n::{format, messages, use_language};
use crate::state::{Link, Live, OFFLINE_ID, explain, use_notices};
use crate::ui::{Glyph, Icon, TextFile};

/// Saves all who match as a table for a spreadsheet, and says how far it is.
#[component]
pub(super) fn ExportButton(
    /// The rows: what they are filtered by is what is exported.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let notices = use_notices();
    let client = StoredValue::new(expect_context::<Client>());
    let live = expect_context::<Live>();
    let under_way = StoredValue::new_local(None::<AbortController>);
    // How many lines have come; none while nothing is exported.
    let lines = RwSignal::new(None::<u32>);
    let stop = move || {
        if let Some(abort) = under_way.try_update_value(Option::take).flatten() {
            abort.abort();
        }
    };
    on_cleanup(stop);
    let is_locked = move || {
        live.link.get() == Link::Down
            || store.rows.with(|rows| rows.as_ref().is_none_or(|rows| rows.total.value == 0))
    };
    let on_click = move |_| {
        if is_locked() {
            return;
        }
        if lines.get_untracked().is_some() {
            stop();
            return;
        }
        let query = store.rows.with_untracked(|rows| rows.as_ref().map(|rows| rows.query.clone()));
        let (Some(query), Ok(abort)) = (query, AbortController::new()) else { return };
        let signal = abort.signal();
        under_way.set_value(Some(abort));
        lines.set(Some(0));
        spawn_local(async move {
            let file = TextFile::default();
            let pieces = file.clone();
            let on_text = Box::new(move |text: String| {
                let more = u32::try_from(text.matches("\r\n").count()).unwrap_or_default();
                let _ = lines.try_update(|lines| *lines = lines.map(|lines| lines + more));
                pieces.push(&text);
            });
            let answer = client.get_value().users_csv(&query, &signal, on_text).await;
            let rows = lines.try_update(Option::take).flatten().unwrap_or_default().saturating_sub(1);
            match answer {
                Ok(()) => match file.save("users.csv", "text/csv;charset=utf-8") {
                    Ok(()) => notices.done(messages::exported(language, rows)),
                    Err(_) => notices.error(messages::export_failed(language)),
                },
                Err(ApiError::Aborted) => {}
                Err(error) => {
                    notices.error(format!(
                        "{}. {}",
                        messages::export_failed(language),
                        explain(language, &error)
                    ));
                }
            }
        });
    };
    let progress = move || {
        let done = format::number(language, lines.get()?.saturating_sub(1));
        let total = store.rows.with(|rows| rows.as_ref().map(|rows| model::total(language, rows.total)))?;
        Some(messages::exporting(language, &done, &total))
    };
    view! {
        <button
            class="button"
            type="button"
            aria-label=move || {
                if lines.read().is_some() { messages::stop_export(language) } else { messages::export_csv(language) }
            }
            aria-disabled=move || is_locked().then_some("true")
            aria-describedby=move || (live.link.get() == Link::Down).then_some(OFFLINE_ID)
            data-hint=move || {
                (live.link.get() == Link::Down).then(|| messages::offline_reason(language))
            }
            on:click=on_click
        >
            <Icon glyph=Glyph::Export />
            <span class="button__label">
                {move || progress().unwrap_or_else(|| messages::export_csv(language).into())}
            </span>
            {move || lines.read().is_some().then(|| view! { <Icon glyph=Glyph::Close small=true /> })}
        </button>
    }
}
