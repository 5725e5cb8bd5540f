use leptos::prelude::*;
use studio_users_contract::UserRow;
use studio_users_domain::Denial;

use super::cells::Look;
use crate::i18n::messages;
use crate::parts::lock_glyph;
use crate::state::{Lock, use_links};
use crate::ui::{Glyph, Icon};

/// What can be done with the user: a button that is refused stays, says why, and does nothing.
pub(super) fn actions(row: &UserRow, name: &str, look: Look) -> impl IntoView + use<> {
    let language = look.language;
    let id = row.id;
    let links = use_links();
    let is_copied = move || links.copied.get() == Some(id);
    let refused = move |denial: Option<Denial>| look.lock.get().or(denial.map(Lock::Denied));
    let (copy, view_as, remove) = (row.allowed.copy_link, row.allowed.view_as, row.allowed.remove);
    view! {
        <button
            class="icon-button users-table__action"
            type="button"
            data-deed="copy-link"
            aria-label=messages::copy_link_for(language, name)
            aria-disabled=move || refused(copy).map(|_| "true")
            aria-describedby=move || refused(copy).map(Lock::id)
            data-hint=move || match refused(copy) {
                Some(why) => why.words(language),
                None if is_copied() => messages::copied(language),
                None => messages::copy_link(language),
            }
            data-copied=move || is_copied().then_some("")
        >
            {move || {
                let glyph = if is_copied() { Glyph::Check } else { lock_glyph(refused(copy), Glyph::Clipboard) };
                view! { <Icon glyph /> }
            }}
        </button>
        <button
            class="icon-button users-table__action"
            type="button"
            data-deed="view-as"
            aria-label=messages::view_as_named(language, name)
            aria-disabled=move || refused(view_as).map(|_| "true")
            aria-describedby=move || refused(view_as).map(Lock::id)
            aria-haspopup="dialog"
            data-hint=move || refused(view_as).map_or(messages::view_as(language), |why| why.words(language))
        >
            {move || view! { <Icon glyph=lock_glyph(refused(view_as), Glyph::ViewAs) /> }}
        </button>
        <button
            class="icon-button icon-button--danger users-table__action"
            type="button"
            data-deed="remove"
            aria-label=messages::remove_named(language, name)
            aria-disabled=move || refused(remove).map(|_| "true")
            aria-describedby=move || refused(remove).map(Lock::id)
            data-hint=move || refused(remove).map_or(messages::remove(language), |why| why.words(language))
        >
            {move || view! { <Icon glyph=lock_glyph(refused(remove), Glyph::Trash) /> }}
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
