use leptos::ev::{DragEvent, Event};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileList, HtmlInputElement};

use super::list_parser::{parse_file, parse_list};
use super::recipient_text::add_recipients;
use super::store::InviteStore;
use crate::i18n::{Language, messages, use_language};
use crate::ui::PLACEHOLDERS;

/// The maximum file size, in bytes.
const MAX_BYTES: f64 = 1_000_000.0;

/// Button that opens the file picker, as an alternative to dragging.
/// WCAG 2.5.7: <https://www.w3.org/WAI/WCAG22/Understanding/dragging-movements.html>.
#[component]
pub(super) fn FileButton(store: InviteStore) -> impl IntoView {
    let language = use_language();
    let input = NodeRef::<html::Input>::new();
    let on_change = move |event: Event| {
        let input: HtmlInputElement = event_target(&event);
        if let Some(files) = input.files() {
            read_files(store, language, &files);
        }
        // Resets the input, because choosing the same file again would otherwise fire no `change` event.
        input.set_value("");
    };
    let on_click = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    view! {
        <button
            class="link"
            type="button"
            aria-label=messages::choose_file_name(language)
            on:click=on_click
        >
            {messages::choose_file(language)}
        </button>
        <input
            type="file"
            hidden
            multiple
            accept=".csv,.txt,.tsv,text/csv,text/plain"
            node_ref=input
            on:change=on_change
        />
    }
}

/// Adds the addresses of files or text dropped onto the dialog.
pub(super) fn handle_drop(store: InviteStore, language: Language, event: &DragEvent) {
    let Some(data) = event.data_transfer() else { return };
    match data.files() {
        Some(files) if files.length() > 0 => read_files(store, language, &files),
        _ => {
            if let Ok(text) = data.get_data("text/plain") {
                add_recipients(store, language, parse_list(&text));
            }
        }
    }
}

fn read_files(store: InviteStore, language: Language, files: &FileList) {
    for file in (0..files.length()).filter_map(|at| files.item(at)) {
        spawn_local(async move {
            let error = match read_text(&file).await {
                None => messages::file_unreadable(language, PLACEHOLDERS[0]),
                Some(text) => match parse_file(&text) {
                    emails if emails.is_empty() => messages::no_address_in(language, PLACEHOLDERS[0]),
                    emails => return add_recipients(store, language, emails),
                },
            };
            let _ = store.file_error.try_set(Some((error, file.name())));
        });
    }
}

async fn read_text(file: &File) -> Option<String> {
    if file.size() > MAX_BYTES {
        return None;
    }
    JsFuture::from(file.text()).await.ok()?.as_string()
}
