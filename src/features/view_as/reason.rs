use leptos::html;
use leptos::prelude::*;
use studio_users_domain::MAX_VIEW_REASON_CHARS;

use super::model::{self, ReasonFault};
use crate::i18n::{format, messages, use_language};
use crate::ui::{Glyph, Icon};

/// Why the view is begun. How much of it fits is counted; what is too much stays, and is told.
#[component]
pub(super) fn ReasonField(
    /// What is typed.
    reason: RwSignal<String>,
    /// Whether it was tried to begin: then what is missing is told.
    #[prop(into)]
    was_tried: Signal<bool>,
    /// The field.
    field: NodeRef<html::Input>,
) -> impl IntoView {
    let language = use_language();
    let number = move |value: usize| format::number(language, u32::try_from(value).unwrap_or(u32::MAX));
    let count = move || {
        let length = reason.with(|reason| model::length(reason));
        messages::reason_count(language, &number(length), &number(MAX_VIEW_REASON_CHARS))
    };
    // That nothing is typed yet is no fault before it is tried; what is too long is one as soon as it is.
    let fault = Memo::new(move |_| {
        let fault = reason.with(|reason| model::fault(reason));
        fault.filter(|fault| *fault != ReasonFault::Missing || was_tried.get())
    });
    let words = move || {
        Some(match fault.get()? {
            ReasonFault::Missing => messages::reason_missing(language).into(),
            ReasonFault::TooLong(by) => {
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
            <div class="input" data-error=move || fault.get().map(|_| "")>
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
                    aria-invalid=move || fault.get().map(|_| "true")
                    aria-describedby=move || {
                        if fault.read().is_some() { "view-reason-error" } else { "view-reason-count" }
                    }
                    on:input=move |event| reason.set(event_target_value(&event))
                />
            </div>
            <div role="status">
                {move || {
                    words()
                        .map(|words: String| {
                            view! {
                                <p class="field__error" id="view-reason-error">
                                    <Icon glyph=Glyph::Alert small=true />
                                    {words}
                                </p>
                            }
                        })
                }}
            </div>
        </div>
    }
}
