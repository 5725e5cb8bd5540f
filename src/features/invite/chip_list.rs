use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::recipient_text::error_message;
use super::recipients::Recipient;
use super::store::InviteStore;
use crate::i18n::{messages, use_language};
use crate::reactive::memo;
use crate::ui::{Glyph, Icon, pressed_key};

/// The recipients as chips. Backspace at the start of the field moves the focus to the last chip, and on a chip it
/// removes the recipient. The arrow keys move between chips.
#[component]
pub(super) fn ChipList(
    store: InviteStore,
    /// The input field after the list.
    field: NodeRef<html::Input>,
) -> impl IntoView {
    let language = use_language();
    let has_any = memo(move |_| store.recipients.read().iter().len() > 0);
    let focus_field = move || {
        if let Some(field) = field.try_get_untracked().flatten() {
            let _ = field.focus();
        }
    };
    let remove = move |email: &str| {
        store.recipients.update(|recipients| recipients.remove(email));
        store.announcement.set(messages::address_removed(language, email));
    };
    let recipients = move || -> Vec<Recipient> { store.recipients.read().iter().cloned().collect() };
    let on_remove = Callback::new(move |email: String| {
        remove(&email);
        focus_field();
    });
    let on_key = Callback::new(move |(event, email): (KeyboardEvent, String)| {
        let Some(KeyAction { focus_target, removes_recipient }) = key_action(&event) else {
            // Typing moves the focus to the field before the default action, so the character is inserted there.
            let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
            let key = pressed_key(&event);
            if key.chars().count() == 1 && key != " " && !has_modifier {
                focus_field();
            }
            return;
        };
        event.prevent_default();
        match focus_target {
            Some(button) => {
                let _ = button.focus();
            }
            None => focus_field(),
        }
        if removes_recipient {
            remove(&email);
        }
    });
    view! {
        <Show when=move || has_any.get()>
            <ul class="mail-input__list" role="list" aria-label=messages::to_invite(language)>
                <For each=recipients key=|recipient| (recipient.email.clone(), recipient.error.is_some()) let:recipient>
                    <RecipientChip recipient on_remove on_key />
                </For>
            </ul>
        </Show>
    }
}

/// The effect of a key on a chip.
struct KeyAction {
    /// The button of the chip that gets the focus. `None` focuses the field.
    focus_target: Option<HtmlElement>,
    removes_recipient: bool,
}

fn key_action(event: &KeyboardEvent) -> Option<KeyAction> {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok())?;
    let here = target.closest("li").ok()??;
    let (previous, next) =
        (button_in(here.previous_element_sibling()), button_in(here.next_element_sibling()));
    Some(match pressed_key(event).as_str() {
        "Backspace" => KeyAction { focus_target: previous, removes_recipient: true },
        "Delete" => KeyAction { focus_target: next, removes_recipient: true },
        "ArrowLeft" => {
            KeyAction { focus_target: previous.or_else(|| button_in(Some(here))), removes_recipient: false }
        }
        "ArrowRight" => KeyAction { focus_target: next, removes_recipient: false },
        "Home" => KeyAction { focus_target: button_in(here.parent_element()), removes_recipient: false },
        "End" => KeyAction { focus_target: None, removes_recipient: false },
        _ => return None,
    })
}

#[component]
fn RecipientChip(
    recipient: Recipient,
    /// Called with the e-mail address.
    on_remove: Callback<String>,
    /// Called with each `keydown` event and the e-mail address.
    on_key: Callback<(KeyboardEvent, String)>,
) -> impl IntoView {
    let language = use_language();
    let error = error_message(language, &recipient, &recipient.email);
    let hint = error.clone();
    let is_invalid = error.as_ref().map(|_| "");
    let email = recipient.email;
    let (removed, pressed) = (email.clone(), email.clone());
    view! {
        <li class="mail-chip" data-invalid=is_invalid data-hint=hint>
            {is_invalid.map(|_| view! { <Icon glyph=Glyph::Alert small=true /> })}
            <bdi class="truncate">{email.clone()}</bdi>
            {error.map(|error| view! { <span class="visually-hidden">{error}</span> })}
            <button
                type="button"
                tabindex="-1"
                aria-label=messages::remove_address(language, &email)
                on:click=move |_| on_remove.run(removed.clone())
                on:keydown=move |event| on_key.run((event, pressed.clone()))
            >
                <Icon glyph=Glyph::Close small=true />
            </button>
        </li>
    }
}

fn button_in(element: Option<Element>) -> Option<HtmlElement> {
    element?.query_selector("button").ok()??.dyn_into().ok()
}
