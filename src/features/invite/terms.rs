use leptos::prelude::*;
use studio_users_contract::MAX_MESSAGE_CHARS;
use studio_users_domain::INVITATION_DAYS;

use super::store::Store;
use crate::i18n::{Language, endonym, messages, use_language};
use crate::ui::{Glyph, Icon};

/// From so many letters left on they are counted.
const COUNTED: usize = 100;

/// For how many days the links work.
#[component]
pub(super) fn Days(
    /// The invitation.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let options = INVITATION_DAYS.map(|days| {
        view! {
            <option value=days.to_string() selected=move || store.days.get() == days>
                {messages::in_days(language, days.into())}
            </option>
        }
    });
    view! {
        <div class="field">
            <label class="label" for="invite-days">
                {messages::link_expires(language)}
            </label>
            <div class="input input--select">
                <select
                    id="invite-days"
                    on:change=move |event| {
                        if let Ok(days) = event_target_value(&event).parse() {
                            store.days.set(days);
                        }
                    }
                >
                    {options.collect_view()}
                </select>
                <Icon glyph=Glyph::ChevronDown />
            </div>
        </div>
    }
}

/// The language that the mails are written in.
#[component]
pub(super) fn MailLanguage(
    /// The invitation.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let options = Language::ALL.map(|offered| {
        view! {
            <option
                value=offered.tag()
                lang=offered.tag()
                selected=move || store.language.get() == offered
            >
                {endonym(offered)}
            </option>
        }
    });
    view! {
        <div class="field">
            <label class="label" for="invite-language">
                {messages::mail_language(language)}
            </label>
            <div class="input input--select">
                <select
                    id="invite-language"
                    on:change=move |event| {
                        if let Some(language) = Language::from_tag(&event_target_value(&event)) {
                            store.language.set(language);
                        }
                    }
                >
                    {options.collect_view()}
                </select>
                <Icon glyph=Glyph::ChevronDown />
            </div>
        </div>
    }
}

/// A few words for the mail.
#[component]
pub(super) fn Message(
    /// The invitation.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    // As the browser counts for `maxlength`: characters beyond the first plane are two.
    let left = move || {
        let left = MAX_MESSAGE_CHARS.saturating_sub(store.message.read().encode_utf16().count());
        (left <= COUNTED).then(|| messages::letters_left(language, u32::try_from(left).unwrap_or(0)))
    };
    let hint = move || left().unwrap_or_else(|| messages::optional(language).into());
    view! {
        <div class="field">
            <div class="field__head">
                <label class="label" for="invite-message">
                    {messages::invite_message(language)}
                </label>
                <span class="hint" id="invite-message-hint">
                    {hint}
                </span>
            </div>
            <div class="input input--area">
                <textarea
                    id="invite-message"
                    rows="2"
                    maxlength=MAX_MESSAGE_CHARS.to_string()
                    placeholder=messages::message_placeholder(language)
                    aria-describedby="invite-message-hint"
                    prop:value=store.message
                    on:input=move |event| store.message.set(event_target_value(&event))
                ></textarea>
            </div>
        </div>
    }
}
