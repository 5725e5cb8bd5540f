use leptos::prelude::*;
use studio_users_contract::UserRow;
use studio_users_domain::Denial;

use super::cells::Look;
use crate::i18n::messages;
use crate::state::{OFFLINE_ID, denial_id, use_links};
use crate::ui::{Glyph, Icon};

/// What can be done with the user: a button that is refused stays, says why, and does nothing.
pub(super) fn actions(row: &UserRow, name: &str, look: Look) -> impl IntoView + use<> {
    let language = look.language;
    let id = row.id;
    let links = use_links();
    let is_copied = move || links.copied.get() == Some(id);
    let refusal = move |denial: Option<Denial>| {
        if look.is_offline.get() {
            return Some((OFFLINE_ID.to_string(), messages::offline_reason(language)));
        }
        denial.map(|denial| (denial_id(denial), denial.sentence(language)))
    };
    let (copy, remove) = (row.allowed.copy_link, row.allowed.remove);
    view! {
        <button
            class="icon-button users-table__action"
            type="button"
            data-deed="copy-link"
            aria-label=messages::copy_link_for(language, name)
            aria-disabled=move || refusal(copy).map(|_| "true")
            aria-describedby=move || refusal(copy).map(|(id, _)| id)
            data-hint=move || {
                refusal(copy)
                    .map_or_else(
                        || {
                            Some(
                                if is_copied() {
                                    messages::copied(language)
                                } else {
                                    messages::copy_link(language)
                                },
                            )
                        },
                        |(_, words)| Some(words),
                    )
            }
            data-copied=move || is_copied().then_some("")
        >
            {move || {
                let glyph = if is_copied() { Glyph::Check } else { Glyph::Clipboard };
                view! { <Icon glyph /> }
            }}
        </button>
        <button
            class="icon-button icon-button--danger users-table__action"
            type="button"
            data-deed="remove"
            aria-label=messages::remove_named(language, name)
            aria-disabled=move || refusal(remove).map(|_| "true")
            aria-describedby=move || refusal(remove).map(|(id, _)| id)
            data-hint=move || refusal(remove).map_or(messages::remove(language), |(_, words)| words)
        >
            <Icon glyph=Glyph::Trash />
        </button>
        <button
            class="icon-button users-table__more"
            type="button"
            data-deed="more"
            aria-label=messages::actions_for(language, name)
            aria-haspopup="dialog"
        >
            <Icon glyph=Glyph::More />
        </button>
    }
}
