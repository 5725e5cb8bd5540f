use leptos::prelude::*;

use super::data::model;
use super::data::store::UsersStore;
use crate::api::{Client, Latest};
use crate::i18n::{format, messages, use_language};
use crate::state::{Connection, EventStream, OFFLINE_ID, explain, use_notices};
use crate::ui::{Glyph, Icon, TextFile};

/// Exports all matching users as a CSV file and shows the progress. A click during the export cancels it.
#[component]
pub(crate) fn ExportButton(
    /// Provides the query to export.
    store: UsersStore,
) -> impl IntoView {
    let language = use_language();
    let notices = use_notices();
    let client = StoredValue::new(expect_context::<Client>());
    let event_stream = expect_context::<EventStream>();
    let request = Latest::new();
    // The number of CSV lines received, or `None` while no export runs.
    let lines = RwSignal::new(None::<u32>);
    let is_locked = move || {
        event_stream.connection.get() == Connection::Down
            || store.rows.with(|rows| rows.as_ref().is_none_or(|rows| rows.total.value == 0))
    };
    let on_click = move |_| {
        if is_locked() {
            return;
        }
        if lines.get_untracked().is_some() {
            request.abort();
            lines.set(None);
            return;
        }
        let query = store.rows.with_untracked(|rows| rows.as_ref().map(|rows| rows.query.clone()));
        let Some(query) = query else { return };
        lines.set(Some(0));
        let file = TextFile::with_byte_order_mark();
        let chunks = file.clone();
        let on_text = Box::new(move |text: String| {
            let more = u32::try_from(text.matches("\r\n").count()).unwrap_or_default();
            let _ = lines.try_update(|lines| *lines = lines.map(|lines| lines + more));
            chunks.push(&text);
        });
        let client = client.get_value();
        let csv = |signal| async move { client.users_csv(&query, &signal, on_text).await };
        request.send(csv, move |result| {
            let rows = lines.try_update(Option::take).flatten().unwrap_or_default().saturating_sub(1);
            let result = result.map_err(|error| explain(language, &error)).and_then(|()| {
                let saved = file.save("users.csv", "text/csv;charset=utf-8");
                saved.map_err(|_| messages::file_not_saved(language).to_owned())
            });
            match result {
                Ok(()) => notices.success(messages::exported(language, rows)),
                Err(cause) => notices.error(messages::users_not_exported(language, &cause)),
            }
        });
    };
    let hint = move || (!is_locked() && lines.read().is_none()).then(|| messages::export_hint(language));
    let progress = move || {
        let done = format::number(language, lines.get()?.saturating_sub(1));
        let total =
            store.rows.with(|rows| rows.as_ref().map(|rows| model::format_total(language, rows.total)))?;
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
            aria-describedby=move || (event_stream.connection.get() == Connection::Down).then_some(OFFLINE_ID)
            aria-description=hint
            data-hint=move || {
                if event_stream.connection.get() == Connection::Down {
                    Some(messages::offline_reason(language))
                } else {
                    hint()
                }
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
