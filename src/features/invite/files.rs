use leptos::ev::{DragEvent, Event};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileList, HtmlInputElement};

use super::address_field::add;
use super::addresses::{split, split_table};
use super::store::Store;
use crate::i18n::{Language, isolated, messages, use_language};

/// The largest file that is read, in bytes.
const MOST_BYTES: f64 = 1_000_000.0;

/// Chooses a file, for whoever does not drag.
#[component]
pub(super) fn FileChoice(
    /// The invitation.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let input = NodeRef::<html::Input>::new();
    let on_change = move |event: Event| {
        let input: HtmlInputElement = event_target(&event);
        if let Some(files) = input.files() {
            read_files(store, language, &files);
        }
        // The same file can be chosen once more.
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

/// Takes what was dropped onto the dialog: files, or text from elsewhere.
pub(super) fn take_files(store: Store, language: Language, event: &DragEvent) {
    let Some(data) = event.data_transfer() else { return };
    match data.files() {
        Some(files) if files.length() > 0 => read_files(store, language, &files),
        _ => {
            if let Ok(text) = data.get_data("text/plain") {
                add(store, language, split(&composed(&text)));
            }
        }
    }
}

fn read_files(store: Store, language: Language, files: &FileList) {
    for file in (0..files.length()).filter_map(|at| files.item(at)) {
        spawn_local(async move {
            let name = isolated(&file.name());
            let said = match text_of(&file).await {
                None => messages::file_unreadable(language, &name),
                Some(text) => match split_table(&composed(&text)) {
                    found if found.is_empty() => messages::no_address_in(language, &name),
                    found => return add(store, language, found),
                },
            };
            let _ = store.said.try_set(said.clone());
            let _ = store.file_error.try_set(Some(said));
        });
    }
}

async fn text_of(file: &File) -> Option<String> {
    if file.size() > MOST_BYTES {
        return None;
    }
    JsFuture::from(file.text()).await.ok()?.as_string()
}

/// The text with letters and their marks put together, so that the same address is the same text.
pub(super) fn composed(text: &str) -> String {
    js_sys::JsString::from(text).normalize("NFC").into()
}
