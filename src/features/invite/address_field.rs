use std::time::Duration;

use leptos::ev::{self, ClipboardEvent, Event, KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::chip_list::ChipList;
use super::files::FileButton;
use super::list_parser::{has_separator, parse_list, split_complete};
use super::recipient_text::{add_recipients, error_message};
use super::recipients::Recipients;
use super::store::InviteStore;
use crate::i18n::{Language, messages, use_language};
use crate::reactive::memo;
use crate::ui::{Glyph, Icon, PLACEHOLDERS, Phrase, pressed_key};

/// The maximum number of errors shown in full.
const MAX_ERRORS: usize = 3;

/// The field for the recipients: typed, pasted, dropped or read from a file.
#[component]
pub(super) fn AddressField(
    store: InviteStore,
    /// Whether the user pressed Send. A missing address is an error only then.
    was_submitted: RwSignal<bool>,
) -> impl IntoView {
    let language = use_language();
    let field = NodeRef::<html::Input>::new();
    let is_missing = memo(move |_| was_submitted.get() && store.recipients.read().valid().next().is_none());
    let has_recipients = memo(move |_| store.recipients.read().iter().len() > 0);
    let error_messages = memo(move |_| error_messages(language, &store.recipients.read()));
    let has_error = move || is_missing.get() || !error_messages.read().is_empty();
    let placeholder = move || {
        if has_recipients.get() { messages::add_another(language) } else { messages::add_addresses(language) }
    };

    let on_input = move |event: Event| {
        let typed = event_target_value(&event);
        // The text before the last separator is complete. The rest stays in the field, because the user may still be
        // typing it.
        match split_complete(&typed) {
            Some((complete, rest)) => {
                add_recipients(store, language, parse_list(complete));
                store.typed.set(rest.to_owned());
            }
            None => store.typed.set(typed),
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        let is_at_start = field.get_untracked().is_some_and(|field| {
            let at = |position: Result<Option<u32>, _>| position.ok().flatten();
            at(field.selection_start()) == Some(0) && at(field.selection_end()) == Some(0)
        });
        match pressed_key(&event).as_str() {
            "Enter" => {
                event.prevent_default();
                commit_typed(store, language);
            }
            "Backspace" | "ArrowLeft" if is_at_start => {
                event.prevent_default();
                let list =
                    field.get_untracked().and_then(|field| field.closest(".mail-input").ok().flatten());
                let chip = list.and_then(|list| list.query_selector("li:last-child button").ok().flatten());
                if let Some(chip) = chip.and_then(|chip| chip.dyn_into::<HtmlElement>().ok()) {
                    let _ = chip.focus();
                }
            }
            _ => {}
        }
    };
    let on_paste = move |event: ClipboardEvent| {
        let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok());
        // Adds the pasted text only if it is a complete address or a list. Otherwise it may be a part of the address in
        // the field, so the browser pastes it there.
        let is_complete = |text: &String| {
            has_separator(text) || store.typed.read_untracked().is_empty() && text.contains('@')
        };
        if let Some(text) = text.filter(is_complete) {
            event.prevent_default();
            commit_typed(store, language);
            add_recipients(store, language, parse_list(&text));
        }
    };
    // Leaving the field commits the typed text. During a pointer press the commit waits for the release, because new
    // chips would move the pressed control away from under the pointer.
    let (is_pointer_down, is_commit_pending) = (StoredValue::new(false), StoredValue::new(false));
    let on_blur = move |_| {
        // The blur may come from disposing the field, so the stored values may be gone.
        if is_pointer_down.try_get_value() == Some(true) {
            is_commit_pending.set_value(true);
        } else {
            commit_typed(store, language);
        }
    };
    let on_pointerdown = window_event_listener(ev::pointerdown, move |_| is_pointer_down.set_value(true));
    let on_pointerup = window_event_listener(ev::pointerup, move |_| {
        is_pointer_down.set_value(false);
        if is_commit_pending.try_update_value(std::mem::take) == Some(true) {
            set_timeout(move || commit_typed(store, language), Duration::ZERO);
        }
    });
    on_cleanup(move || {
        on_pointerdown.remove();
        on_pointerup.remove();
    });
    let on_click = move |event: MouseEvent| {
        if event.target() == event.current_target()
            && let Some(field) = field.get_untracked()
        {
            let _ = field.focus();
        }
    };

    view! {
        <div class="field">
            <div class="field__head">
                <label class="label" for="invite-mails">
                    {messages::email_addresses(language)}
                </label>
                <span class="hint">
                    {messages::addresses_hint(language)} " " <FileButton store />
                </span>
            </div>
            <div
                class="input mail-input"
                data-error=move || has_error().then_some("")
                on:click=on_click
            >
                <ChipList store field />
                <input
                    id="invite-mails"
                    type="text"
                    inputmode="email"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    autofocus
                    node_ref=field
                    placeholder=placeholder
                    aria-invalid=move || is_missing.get().then_some("true")
                    aria-describedby="invite-mails-keys invite-mails-errors"
                    prop:value=store.typed
                    on:input=on_input
                    on:keydown=on_keydown
                    on:paste=on_paste
                    on:blur=on_blur
                />
            </div>
            <span id="invite-mails-keys" hidden>
                {move || has_recipients.get().then_some(messages::address_keys_hint(language))}
            </span>
            <div id="invite-mails-errors" role="status">
                <Show when=move || is_missing.get() && error_messages.read().is_empty()>
                    <FieldError text=messages::address_required(language).to_string() name=String::new() />
                </Show>
                {move || store.file_error.get().map(|(text, name)| view! { <FieldError text name /> })}
                {move || {
                    let errors = error_messages.get();
                    errors.into_iter().map(|(text, name)| view! { <FieldError text name /> }).collect_view()
                }}
            </div>
            <p class="visually-hidden" role="status">
                {store.announcement}
            </p>
        </div>
    }
}

#[component]
fn FieldError(
    /// The message, with a placeholder for the name.
    text: String,
    /// The address or the file name.
    name: String,
) -> impl IntoView {
    view! {
        <p class="field__error">
            <Icon glyph=Glyph::Alert small=true />
            <span>
                <Phrase text names=vec![name] />
            </span>
        </p>
    }
}

fn commit_typed(store: InviteStore, language: Language) {
    let Some(typed) = store.typed.try_update(std::mem::take) else { return };
    if !typed.trim().is_empty() {
        add_recipients(store, language, parse_list(&typed));
    }
}

/// The error messages of the recipients: the first ones in full, then the number of the others.
fn error_messages(language: Language, recipients: &Recipients) -> Vec<(String, String)> {
    let all = recipients.iter().filter_map(|recipient| {
        Some((error_message(language, recipient, PLACEHOLDERS[0])?, recipient.email.clone()))
    });
    let all: Vec<_> = all.collect();
    let others = all.len().saturating_sub(MAX_ERRORS);
    let mut shown: Vec<_> = all.into_iter().take(MAX_ERRORS).collect();
    if others > 0 {
        let more = messages::more_address_problems(language, u32::try_from(others).unwrap_or(u32::MAX));
        shown.push((more, String::new()));
    }
    shown
}
