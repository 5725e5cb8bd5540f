use leptos::prelude::*;
use studio_users_domain::Denial;

use crate::i18n::use_language;
use crate::parts::lock_glyph;
use crate::state::Lock;
use crate::ui::{Glyph, Icon};

/// Something that can be done.
#[component]
pub(super) fn SheetItem(
    /// Its sign.
    glyph: Glyph,
    /// What it says.
    label: &'static str,
    /// Whether it leads elsewhere.
    #[prop(optional)]
    leads_on: bool,
    /// Whether it takes something away.
    #[prop(optional)]
    is_danger: bool,
    /// Why it cannot be done. It stands below the words: on a phone nothing can be pointed at.
    #[prop(optional_no_strip)]
    denied: Option<Denial>,
    /// Does it.
    #[prop(into)]
    on_take: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let reason = denied.map(|denial| view! { <small>{denial.sentence(language)}</small> });
    view! {
        <li>
            <button
                class="sheet__item"
                class:sheet__item--danger=is_danger && denied.is_none()
                type="button"
                aria-disabled=denied.is_some().then_some("true")
                on:click=move |_| {
                    if denied.is_none() {
                        on_take.run(());
                    }
                }
            >
                <Icon glyph=lock_glyph(denied.map(Lock::Denied), glyph) />
                <span>{label} {reason}</span>
                {leads_on.then(|| view! { <Icon glyph=Glyph::ChevronRight /> })}
            </button>
        </li>
    }
}
