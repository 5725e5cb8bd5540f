use studio_users_contract::UserRow;
use studio_users_domain::Denial;

use super::row_context::RowSettings;
use crate::i18n::messages;
use crate::parts::lock_glyph;
use crate::state::Lock;
use crate::ui::{Glyph, Markup, icon};

/// The action buttons of a row. A locked button stays visible, explains why in a tooltip, and does nothing.
pub(super) fn actions(row: &UserRow, settings: &RowSettings) -> [Markup; 4] {
    let language = settings.language;
    let name = row.label();
    let locked = settings.lock;
    let locked = |denial: Option<Denial>| locked.or(denial.map(Lock::Denied));
    let is_copied = settings.copied_link == Some(row.id);
    let copy = locked(row.allowed.copy_link);
    let view_as = locked(row.allowed.view_as);
    let remove = locked(row.allowed.remove);
    let hint = |lock: Option<Lock>, hint| lock.map_or(hint, |lock| lock.words(language));

    let copy_hint = if is_copied { messages::copied(language) } else { messages::copy_link(language) };
    let copy_glyph = if is_copied { Glyph::Check } else { lock_glyph(copy, Glyph::Clipboard) };
    let copy_link =
        button("icon-button users-table__action", "copy-link", messages::copy_link_for(language, name))
            .attribute("data-copied", is_copied.then(|| "".into()));
    let view = button("icon-button users-table__action", "view-as", messages::view_as_named(language, name))
        .set("aria-haspopup", "dialog");
    let trash = button(
        "icon-button icon-button--danger users-table__action",
        "remove",
        messages::remove_named(language, name),
    );
    let more = button("icon-button users-table__more", "more", messages::actions_for(language, name))
        .set("aria-haspopup", "dialog");
    [
        with_lock(copy_link, copy, hint(copy, copy_hint)).child(icon(copy_glyph, false)),
        with_lock(view, view_as, hint(view_as, messages::view_as(language)))
            .child(icon(lock_glyph(view_as, Glyph::ViewAs), false)),
        with_lock(trash, remove, hint(remove, messages::remove(language)))
            .child(icon(lock_glyph(remove, Glyph::Trash), false)),
        more.child(icon(Glyph::More, false)),
    ]
}

fn button(classes: &'static str, action: &'static str, label: String) -> Markup {
    Markup::new("button")
        .class(classes)
        .set("type", "button")
        .set("data-action", action)
        .set("aria-label", label)
}

/// Disables a button if there is a lock.
fn with_lock(button: Markup, lock: Option<Lock>, hint: &'static str) -> Markup {
    button
        .attribute("aria-disabled", lock.map(|_| "true".into()))
        .attribute("aria-describedby", lock.map(|lock| lock.id().into()))
        .set("data-hint", hint)
}
