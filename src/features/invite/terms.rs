use leptos::prelude::*;
use studio_users_contract::MAX_MESSAGE_CHARS;
use studio_users_domain::INVITATION_DAYS;

use super::store::InviteStore;
use crate::i18n::{Language, endonym, messages, use_language};
use crate::ui::{Glyph, Icon};

/// Shows the counter when at most this many characters are left.
const COUNTER_LIMIT: usize = 100;

/// Select box for the number of days until the links expire.
#[component]
pub(super) fn ExpirySelect(store: InviteStore) -> impl IntoView {
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

/// Select box for the language of the mails.
#[component]
pub(super) fn MailLanguageSelect(store: InviteStore) -> impl IntoView {
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

/// The field for the personal message in the mail.
#[component]
pub(super) fn MessageField(store: InviteStore) -> impl IntoView {
    let language = use_language();
    // Counts UTF-16 code units, as browsers do for `maxlength`.
    // https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#attr-fe-maxlength
    let left = move || {
        let left = MAX_MESSAGE_CHARS.saturating_sub(store.message.read().encode_utf16().count());
        (left <= COUNTER_LIMIT).then(|| messages::characters_left(language, u32::try_from(left).unwrap_or(0)))
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
