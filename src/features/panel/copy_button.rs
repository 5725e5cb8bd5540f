use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::i18n::{messages, use_language};
use crate::reactive::effect;
use crate::ui::{CopyOutcome, Glyph, Icon, copy_text};

/// The time for which a button shows that it copied.
const COPIED_FOR: Duration = Duration::from_secs(2);

/// A text that the browser refused to copy to the clipboard. A field shows it, so that the user can copy it by hand.
#[derive(Clone, Copy)]
pub(super) struct CopyFallback(RwSignal<Option<String>>);

impl CopyFallback {
    /// Provides the context for the copy buttons below the calling component.
    pub(super) fn provide() -> Self {
        let copy_fallback = Self(RwSignal::new(None));
        provide_context(copy_fallback);
        copy_fallback
    }

    /// Hides the field.
    pub(super) fn clear(self) {
        self.0.set(None);
    }
}

/// A button that copies a text and shows for [`COPIED_FOR`] that it did.
#[component]
pub(super) fn CopyButton(
    /// The accessible name.
    name: &'static str,
    glyph: Glyph,
    /// Returns the text to copy.
    text: impl Fn() -> String + Copy + 'static,
) -> impl IntoView {
    let language = use_language();
    let copy_fallback = expect_context::<CopyFallback>();
    let is_copied = RwSignal::new(false);
    let on_click = move |_| {
        let copying = copy_text(text());
        spawn_local(async move {
            match copying.await {
                CopyOutcome::Copied => {
                    let _ = is_copied.try_set(true);
                    set_timeout(
                        move || {
                            let _ = is_copied.try_set(false);
                        },
                        COPIED_FOR,
                    );
                }
                CopyOutcome::Blocked(text) => {
                    let _ = copy_fallback.0.try_set(Some(text));
                }
            }
        });
    };
    view! {
        <button
            class="icon-button"
            type="button"
            aria-label=name
            data-hint=move || is_copied.get().then(|| messages::copied(language))
            on:click=on_click
        >
            {move || {
                let glyph = if is_copied.get() { Glyph::Check } else { glyph };
                view! { <Icon glyph /> }
            }}
        </button>
        <span class="visually-hidden" role="status">
            {move || is_copied.get().then(|| messages::copied(language))}
        </span>
    }
}

/// Shows the text that could not be copied, selected in a read-only field.
#[component]
pub(super) fn ManualCopyField(copy_fallback: CopyFallback) -> impl IntoView {
    let language = use_language();
    let field = NodeRef::<html::Input>::new();
    effect(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
            field.select();
        }
    });
    let field_view = move || {
        let text = copy_fallback.0.get()?;
        Some(view! {
            <label class="user-panel__manual-copy">
                <span class="hint">{messages::copy_refused(language)}</span>
                <span class="input">
                    <input type="text" dir="ltr" readonly node_ref=field prop:value=text />
                </span>
            </label>
        })
    };
    view! { {field_view} }
}
