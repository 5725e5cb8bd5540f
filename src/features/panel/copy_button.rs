use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::i18n::{messages, use_language};
use crate::ui::{Copied, Glyph, Icon, copy_text};

/// For how long a button says that it copied.
const SAID_FOR: Duration = Duration::from_secs(2);

/// A text that the browser did not let be copied: it stands in a field, to be copied by hand.
#[derive(Clone, Copy)]
pub(super) struct Refused(RwSignal<Option<String>>);

impl Refused {
    /// For the buttons below the part of the page that calls this.
    pub(super) fn provide() -> Self {
        let refused = Self(RwSignal::new(None));
        provide_context(refused);
        refused
    }

    /// It is shown no longer.
    pub(super) fn forget(self) {
        self.0.set(None);
    }
}

/// A button that copies a text, and says so for a while.
#[component]
pub(super) fn CopyButton(
    /// The button's name.
    name: &'static str,
    /// Its drawing.
    glyph: Glyph,
    /// What it copies.
    text: impl Fn() -> String + Copy + 'static,
) -> impl IntoView {
    let language = use_language();
    let refused = expect_context::<Refused>();
    let is_copied = RwSignal::new(false);
    let on_click = move |_| {
        let copying = copy_text(text());
        spawn_local(async move {
            match copying.await {
                Copied::Yes => {
                    let _ = is_copied.try_set(true);
                    set_timeout(
                        move || {
                            let _ = is_copied.try_set(false);
                        },
                        SAID_FOR,
                    );
                }
                Copied::Refused(text) => {
                    let _ = refused.0.try_set(Some(text));
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

/// What could not be copied, in a field, selected.
#[component]
pub(super) fn ByHand(
    /// What it is.
    refused: Refused,
) -> impl IntoView {
    let language = use_language();
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
            field.select();
        }
    });
    let shown = move || {
        let text = refused.0.get()?;
        Some(view! {
            <label class="user-panel__by-hand">
                <span class="hint">{messages::copy_refused(language)}</span>
                <span class="input">
                    <input type="text" dir="ltr" readonly node_ref=field prop:value=text />
                </span>
            </label>
        })
    };
    view! { {shown} }
}
