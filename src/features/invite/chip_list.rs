use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::address_field::told;
use super::addresses::Chip;
use super::store::Store;
use crate::i18n::{isolated, messages, use_language};
use crate::ui::{Glyph, Icon};

/// Those who are to be invited. From the empty field Backspace leads into the list, where it removes; the arrow keys
/// move through it.
#[component]
pub(super) fn ChipList(
    /// The invitation.
    store: Store,
    /// The field that the list stands before.
    field: NodeRef<html::Input>,
) -> impl IntoView {
    let language = use_language();
    let has_any = Memo::new(move |_| store.chips.read().iter().len() > 0);
    let to_field = move || {
        if let Some(field) = field.try_get_untracked().flatten() {
            let _ = field.focus();
        }
    };
    let remove = move |email: &str| {
        store.chips.update(|chips| chips.remove(email));
        store.said.set(messages::address_removed(language, &isolated(email)));
    };
    let chips = move || -> Vec<Chip> { store.chips.read().iter().cloned().collect() };
    let on_remove = Callback::new(move |email: String| {
        remove(&email);
        to_field();
    });
    let on_key = Callback::new(move |(event, email): (KeyboardEvent, String)| {
        let Some(Step { to, removes }) = step(&event) else {
            // Whoever types wants to go on in the field; the letter follows the focus.
            let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
            if event.key().chars().count() == 1 && event.key() != " " && !has_modifier {
                to_field();
            }
            return;
        };
        event.prevent_default();
        match to {
            Some(button) => {
                let _ = button.focus();
            }
            None => to_field(),
        }
        if removes {
            remove(&email);
        }
    });
    view! {
        <Show when=move || has_any.get()>
            <ul class="mail-input__list" role="list" aria-label=messages::to_invite(language)>
                <For each=chips key=|chip| (chip.email.clone(), chip.trouble.is_some()) let:chip>
                    <OneChip chip on_remove on_key />
                </For>
            </ul>
        </Show>
    }
}

/// What a key does on a chip.
struct Step {
    /// The chip that gets the focus; none for the field.
    to: Option<HtmlElement>,
    /// Whether the chip goes.
    removes: bool,
}

fn step(event: &KeyboardEvent) -> Option<Step> {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok())?;
    let here = target.closest("li").ok()??;
    let (before, after) =
        (button_in(here.previous_element_sibling()), button_in(here.next_element_sibling()));
    Some(match event.key().as_str() {
        "Backspace" => Step { to: before, removes: true },
        "Delete" => Step { to: after, removes: true },
        "ArrowLeft" => Step { to: before.or_else(|| button_in(Some(here))), removes: false },
        "ArrowRight" => Step { to: after, removes: false },
        "Home" => Step { to: button_in(here.parent_element()), removes: false },
        "End" => Step { to: None, removes: false },
        _ => return None,
    })
}

#[component]
fn OneChip(
    /// Who.
    chip: Chip,
    /// Takes them off the list.
    on_remove: Callback<String>,
    /// Is told of keys pressed on it.
    on_key: Callback<(KeyboardEvent, String)>,
) -> impl IntoView {
    let language = use_language();
    let trouble = told(language, &chip);
    let hint = trouble.clone();
    let is_invalid = trouble.as_ref().map(|_| "");
    let email = chip.email;
    let (removed, pressed) = (email.clone(), email.clone());
    view! {
        <li class="mail-chip" data-invalid=is_invalid data-hint=hint>
            {is_invalid.map(|_| view! { <Icon glyph=Glyph::Alert small=true /> })}
            <bdi class="truncate">{email.clone()}</bdi>
            {trouble.map(|trouble| view! { <span class="visually-hidden">{trouble}</span> })}
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
