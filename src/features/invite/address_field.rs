use std::time::Duration;

use leptos::ev::{self, ClipboardEvent, Event, KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::addresses::{Added, Chip, Chips, Trouble, Unfit, is_list, split};
use super::chip_list::ChipList;
use super::files::{FileChoice, composed};
use super::store::Store;
use crate::i18n::{Language, messages, use_language};
use crate::ui::{Glyph, Icon, MARKS, Phrase};

/// So many troubles are told in full.
const MOST_TOLD: usize = 3;

/// Whom to invite: typed, pasted, dropped or read from a file.
#[component]
pub(super) fn AddressField(
    /// The invitation.
    store: Store,
    /// Whether it was tried to send.
    was_tried: RwSignal<bool>,
) -> impl IntoView {
    let language = use_language();
    let field = NodeRef::<html::Input>::new();
    let is_missing = Memo::new(move |_| was_tried.get() && store.chips.read().wanted().next().is_none());
    let has_chips = Memo::new(move |_| store.chips.read().iter().len() > 0);
    let troubles = Memo::new(move |_| troubles(language, &store.chips.read()));
    let has_error = move || is_missing.get() || !troubles.read().is_empty();
    let placeholder = move || {
        if has_chips.get() { messages::add_another(language) } else { messages::add_addresses(language) }
    };

    let on_input = move |event: Event| {
        let typed = event_target_value(&event);
        // What stands before the last separator is whole; what follows it may still be typed on.
        match typed.rfind([',', ';', '\n', '\t']) {
            Some(at) => {
                add(store, language, split(&typed[..at]));
                store.typed.set(typed[at + 1..].trim_start().to_owned());
            }
            None => store.typed.set(typed),
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        let is_at_start = field.get_untracked().is_some_and(|field| {
            let at = |place: Result<Option<u32>, _>| place.ok().flatten();
            at(field.selection_start()) == Some(0) && at(field.selection_end()) == Some(0)
        });
        match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                take_typed(store, language);
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
        // Part of an address may be pasted into another part: only what is whole by itself is taken.
        let is_whole =
            |text: &String| is_list(text) || store.typed.read_untracked().is_empty() && text.contains('@');
        if let Some(text) = text.filter(is_whole) {
            event.prevent_default();
            take_typed(store, language);
            add(store, language, split(&composed(&text)));
        }
    };
    // What is typed is taken when the field is left. Where it is left for something that is being pressed, that stands
    // still until it was: chips that come would move it away from under the pointer.
    let (is_pressed, waits) = (StoredValue::new(false), StoredValue::new(false));
    let on_blur = move |_| {
        // The field may be left because all of it goes.
        if is_pressed.try_get_value() == Some(true) {
            waits.set_value(true);
        } else {
            take_typed(store, language);
        }
    };
    let pressed = window_event_listener(ev::pointerdown, move |_| is_pressed.set_value(true));
    let released = window_event_listener(ev::pointerup, move |_| {
        is_pressed.set_value(false);
        if waits.try_update_value(std::mem::take) == Some(true) {
            set_timeout(move || take_typed(store, language), Duration::ZERO);
        }
    });
    on_cleanup(move || {
        pressed.remove();
        released.remove();
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
                    {messages::addresses_hint(language)} " " <FileChoice store />
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
                {move || has_chips.get().then_some(messages::addresses_keys(language))}
            </span>
            <div id="invite-mails-errors" role="status">
                <Show when=move || is_missing.get() && troubles.read().is_empty()>
                    <FieldError text=messages::addresses_missing(language).to_string() name=String::new() />
                </Show>
                {move || store.file_error.get().map(|(text, name)| view! { <FieldError text name /> })}
                {move || {
                    let told = troubles.get();
                    told.into_iter().map(|(text, name)| view! { <FieldError text name /> }).collect_view()
                }}
            </div>
            <p class="visually-hidden" role="status">
                {store.said}
            </p>
        </div>
    }
}

#[component]
fn FieldError(
    /// What is wrong, with a mark for the name.
    text: String,
    /// With whom, or what.
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

fn take_typed(store: Store, language: Language) {
    let Some(typed) = store.typed.try_update(std::mem::take) else { return };
    if !typed.trim().is_empty() {
        add(store, language, split(&composed(&typed)));
    }
}

/// Puts addresses onto the list, and says how many there are more.
pub(super) fn add(store: Store, language: Language, found: Vec<String>) {
    let _ = store.file_error.try_set(None);
    let added = store.chips.try_update(|chips| chips.add(found));
    let Some(Added { new, doubled }) = added.filter(|added| *added != Added::default()) else { return };
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let mut said = messages::addresses_added(language, count(new));
    if doubled > 0 {
        said = format!("{said}, {}", messages::addresses_doubled(language, count(doubled)));
    }
    let _ = store.said.try_set(said);
}

/// What is wrong with those on the list, the first in full.
fn troubles(language: Language, chips: &Chips) -> Vec<(String, String)> {
    let wrong = chips.iter().filter_map(|chip| Some((told(language, chip, MARKS[0])?, chip.email.clone())));
    let wrong: Vec<_> = wrong.collect();
    let others = wrong.len().saturating_sub(MOST_TOLD);
    let mut told: Vec<_> = wrong.into_iter().take(MOST_TOLD).collect();
    if others > 0 {
        let more = messages::addresses_wrong(language, u32::try_from(others).unwrap_or(u32::MAX));
        told.push((more, String::new()));
    }
    told
}

/// What is wrong with one of them, who is called so in the sentence.
pub(super) fn told(language: Language, chip: &Chip, email: &str) -> Option<String> {
    Some(match chip.trouble? {
        Trouble::Unfit(Unfit::Shape) => messages::address_shape(language, email),
        Trouble::Unfit(Unfit::Blank) => messages::address_blank(language, email),
        Trouble::Unfit(Unfit::Ending) => messages::address_ending(language, email),
        Trouble::Unfit(Unfit::Length) => messages::address_length(language, email),
        Trouble::Refused(studio_users_contract::Code::RateLimited) => {
            messages::address_limited(language, email)
        }
        Trouble::Refused(code) => match code.denial() {
            Some(denial) => messages::address_refused(language, email, denial.sentence(language)),
            None => messages::address_shape(language, email),
        },
    })
}
