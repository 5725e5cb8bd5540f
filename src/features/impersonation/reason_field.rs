use leptos::html;
use leptos::prelude::*;
use studio_users_domain::MAX_VIEW_REASON_CHARS;

use super::model::{self, ReasonError};
use crate::i18n::{format, messages, use_language};
use crate::reactive::memo;
use crate::ui::{Glyph, Icon};

/// The field for the reason of a view, with a character count. Keeps text beyond the limit and shows an error.
#[component]
pub(super) fn ReasonField(
    reason: RwSignal<String>,
    /// Whether the form was submitted. A missing reason is an error only then.
    #[prop(into)]
    was_submitted: Signal<bool>,
    field: NodeRef<html::Input>,
) -> impl IntoView {
    let language = use_language();
    let number = move |value: usize| format::number(language, u32::try_from(value).unwrap_or(u32::MAX));
    let count = move || {
        let length = reason.with(|reason| model::reason_length(reason));
        messages::reason_length(language, &number(length), &number(MAX_VIEW_REASON_CHARS))
    };
    // A missing reason is an error only after a submit. A reason that is too long is an error at once.
    let error = memo(move |_| {
        let error = reason.with(|reason| model::validate_reason(reason));
        error.filter(|error| *error != ReasonError::Missing || was_submitted.get())
    });
    let error_text = move || {
        Some(match error.get()? {
            ReasonError::Missing => messages::reason_required(language).into(),
            ReasonError::TooLong(by) => {
                messages::reason_too_long(language, u32::try_from(by).unwrap_or(u32::MAX))
            }
        })
    };
    view! {
        <div class="field">
            <div class="field__head">
                <label class="label" for="view-reason">
                    {messages::reason_label(language)}
                </label>
                <span class="hint" id="view-reason-count">
                    {count}
                </span>
            </div>
            <div class="input" data-error=move || error.get().map(|_| "")>
                <input
                    id="view-reason"
                    type="text"
                    required
                    autofocus
                    autocomplete="off"
                    dir="auto"
                    node_ref=field
                    prop:value=reason
                    placeholder=messages::reason_placeholder(language)
                    aria-invalid=move || error.get().map(|_| "true")
                    aria-describedby=move || {
                        if error.read().is_some() { "view-reason-error" } else { "view-reason-count" }
                    }
                    on:input=move |event| reason.set(event_target_value(&event))
                />
            </div>
            <div role="status">
                {move || {
                    error_text()
                        .map(|error_text: String| {
                            view! {
                                <p class="field__error" id="view-reason-error">
                                    <Icon glyph=Glyph::Alert small=true />
                                    {error_text}
                                </p>
                            }
                        })
                }}
            </div>
        </div>
    }
}
