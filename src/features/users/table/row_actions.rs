use leptos::prelude::*;
use studio_users_domain::{Allowed, Denial};

use super::row_context::{RowContext, RowSignal};
use crate::i18n::messages;
use crate::parts::lock_glyph;
use crate::state::{Lock, use_invitation_links};
use crate::ui::{ChangingIcon, Glyph, Icon};

/// The action buttons of a row. A locked button stays visible, explains why in a tooltip, and does nothing.
pub(crate) fn actions(row_signal: RowSignal, name: Memo<String>, context: RowContext) -> impl IntoView {
    let language = context.language;
    let invitation_links = use_invitation_links();
    let is_copied = Memo::new(move |_| row_signal.with(|row| invitation_links.copied.get() == Some(row.id)));
    let refused = move |denial: fn(&Allowed) -> Option<Denial>| {
        Memo::new(move |_| {
            context.lock.get().or_else(|| row_signal.with(|row| denial(&row.allowed)).map(Lock::Denied))
        })
    };
    let copy = refused(|allowed| allowed.copy_link);
    let view_as = refused(|allowed| allowed.view_as);
    let remove = refused(|allowed| allowed.remove);
    let copy_glyph =
        Memo::new(
            move |_| {
                if is_copied.get() { Glyph::Check } else { lock_glyph(copy.get(), Glyph::Clipboard) }
            },
        );
    let glyph =
        move |refused: Memo<Option<Lock>>, glyph| Memo::new(move |_| lock_glyph(refused.get(), glyph));
    let (view_glyph, remove_glyph) = (glyph(view_as, Glyph::ViewAs), glyph(remove, Glyph::Trash));
    view! {
        <button
            class="icon-button users-table__action"
            type="button"
            data-action="copy-link"
            aria-label=move || messages::copy_link_for(language, &name.read())
            aria-disabled=move || copy.get().map(|_| "true")
            aria-describedby=move || copy.get().map(Lock::id)
            data-hint=move || match copy.get() {
                Some(lock) => lock.words(language),
                None if is_copied.get() => messages::copied(language),
                None => messages::copy_link(language),
            }
            data-copied=move || is_copied.get().then_some("")
        >
            <ChangingIcon glyph=copy_glyph />
        </button>
        <button
            class="icon-button users-table__action"
            type="button"
            data-action="view-as"
            aria-label=move || messages::view_as_named(language, &name.read())
            aria-disabled=move || view_as.get().map(|_| "true")
            aria-describedby=move || view_as.get().map(Lock::id)
            aria-haspopup="dialog"
            data-hint=move || view_as.get().map_or(messages::view_as(language), |lock| lock.words(language))
        >
            <ChangingIcon glyph=view_glyph />
        </button>
        <button
            class="icon-button icon-button--danger users-table__action"
            type="button"
            data-action="remove"
            aria-label=move || messages::remove_named(language, &name.read())
            aria-disabled=move || remove.get().map(|_| "true")
            aria-describedby=move || remove.get().map(Lock::id)
            data-hint=move || remove.get().map_or(messages::remove(language), |lock| lock.words(language))
        >
            <ChangingIcon glyph=remove_glyph />
        </button>
        <button
            class="icon-button users-table__more"
            type="button"
            data-action="more"
            aria-label=move || messages::actions_for(language, &name.read())
            aria-haspopup="dialog"
        >
            <Icon glyph=Glyph::More />
        </button>
    }
}
