use leptos::prelude::*;
use studio_users_domain::Denial;

use crate::i18n::use_language;
use crate::parts::lock_glyph;
use crate::state::Lock;
use crate::ui::{Glyph, Icon};

/// An action in the sheet.
#[component]
pub(super) fn SheetItem(
    glyph: Glyph,
    label: &'static str,
    /// Whether the action opens the panel. Shows a chevron.
    #[prop(optional)]
    opens_panel: bool,
    /// Whether the action is destructive.
    #[prop(optional)]
    is_danger: bool,
    /// The reason for which the action is disabled. Shown below the label, because touch screens have no hover for a
    /// tooltip.
    #[prop(optional_no_strip)]
    denied: Option<Denial>,
    #[prop(into)] on_select: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let reason = denied.map(|denial| view! { <small>{denial.message(language)}</small> });
    view! {
        <li>
            <button
                class="sheet__item"
                class:sheet__item--danger=is_danger && denied.is_none()
                type="button"
                aria-disabled=denied.is_some().then_some("true")
                on:click=move |_| {
                    if denied.is_none() {
                        on_select.run(());
                    }
                }
            >
                <Icon glyph=lock_glyph(denied.map(Lock::Denied), glyph) />
                <span>{label} {reason}</span>
                {opens_panel.then(|| view! { <Icon glyph=Glyph::ChevronRight /> })}
            </button>
        </li>
    }
}
