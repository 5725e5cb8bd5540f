use leptos::prelude::*;
use studio_users_contract::BulkSelection;
use studio_users_domain::Status;

use super::data::model;
use super::data::selection::{Selected, Selection};
use super::data::store::UsersStore;
use crate::i18n::{messages, use_language};
use crate::parts::{Lazy, lazy, lock_glyph};
use crate::reactive::memo;
use crate::state::{DialogRequest, Lock, use_dialogs};
use crate::ui::{Glyph, Icon};

/// The bulk actions for the selected users. The bar floats above the list, so that the rows do not move when it appears.
#[component]
pub(crate) fn BulkBar(store: UsersStore, selection: Selection) -> impl IntoView {
    let language = use_language();
    let count = memo(move |_| store.rows.with(|rows| selection.selected.read().count(rows.as_ref())));
    let is_any = memo(move |_| count.get() != 0);
    let is_all = memo(move |_| selection.selected.with(|selected| *selected == Selected::AllMatching));
    let summary = Signal::derive(move || {
        if is_all.get() {
            messages::all_selected(language, count.get())
        } else {
            messages::selected(language, count.get())
        }
    });
    view! {
        <p class="visually-hidden" role="status">{move || is_any.get().then(|| summary.get())}</p>
        <Lazy load=bar with=(store, selection, summary) when=is_any />
    }
}

lazy! {
    fn bar((store, selection, summary): (UsersStore, Selection, Signal<String>)) in dialogs {
        view! { <Bar store selection summary /> }
    }
}

/// The bar itself, shown while users are selected.
#[component]
fn Bar(
    store: UsersStore,
    selection: Selection,
    /// The number of selected users, as text.
    summary: Signal<String>,
) -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let lock = Lock::of_everything();
    let count = memo(move |_| store.rows.with(|rows| selection.selected.read().count(rows.as_ref())));
    let is_all = memo(move |_| selection.selected.with(|selected| *selected == Selected::AllMatching));
    let total = memo(move |_| store.rows.with(|rows| rows.as_ref().map(|rows| rows.total)));
    let request = memo(move |_| store.rows.with(|rows| selection.selected.read().request(rows.as_ref())));
    // Treats a user whose row is not cached as having an invitation. The backend reports how many had none.
    let may_have_invitation = memo(move |_| {
        store.rows.with(|rows| match (&*selection.selected.read(), rows) {
            (Selected::Users(users), Some(rows)) => users.iter().any(|user| {
                let row = rows.position(*user).and_then(|index| rows.get(index));
                row.is_none_or(|row| row.status != Status::Active || row.invitation.is_some())
            }),
            _ => true,
        })
    });
    let refusal = move || {
        if let Some(lock) = lock.get() {
            Some((lock.id(), lock.words(language)))
        } else if request.read().is_none() {
            Some(("reason-too-many".to_string(), messages::too_many_selected(language)))
        } else {
            None
        }
    };
    let resend_refusal = move || {
        let none = || ("reason-none-waits".to_string(), messages::no_invitation_selected(language));
        refusal().or_else(|| (!may_have_invitation.get()).then(none))
    };
    let open_dialog = move |is_refused: bool, dialog: fn(BulkSelection, u32) -> DialogRequest| {
        if let Some(select) = request.get_untracked().filter(|_| !is_refused) {
            dialogs.open(dialog(select, count.get_untracked()));
        }
    };
    view! {
        <Show when=move || count.get() != 0>
            <section class="bulk-bar" aria-label=messages::selection(language)>
                <span class="bulk-bar__count">{move || summary.get()}</span>
                <Show when=move || !is_all.get() && total.get().is_some_and(|total| total.value > count.get())>
                    <button class="link bulk-bar__all" type="button" on:click=move |_| selection.select_all()>
                        {move || {
                            total
                                .get()
                                .map(|total| {
                                    messages::select_all_matching(language, &model::format_total(language, total))
                                })
                        }}
                    </button>
                </Show>
                <span class="bulk-bar__rule"></span>
                <button
                    class="button button--quiet"
                    type="button"
                    aria-disabled=move || refusal().map(|_| "true")
                    aria-describedby=move || refusal().map(|(id, _)| id)
                    data-hint=move || refusal().map(|(_, words)| words)
                    on:click=move |_| open_dialog(refusal().is_some(), |select, count| DialogRequest::AddRole { select, count })
                >
                    {move || view! { <Icon glyph=lock_glyph(lock.get(), Glyph::Role) /> }}
                    {messages::add_role(language)}
                </button>
                <button
                    class="button button--quiet"
                    type="button"
                    aria-disabled=move || resend_refusal().map(|_| "true")
                    aria-describedby=move || resend_refusal().map(|(id, _)| id)
                    data-hint=move || resend_refusal().map(|(_, words)| words)
                    on:click=move |_| {
                        open_dialog(resend_refusal().is_some(), |select, count| DialogRequest::ResendMany { select, count });
                    }
                >
                    {move || view! { <Icon glyph=lock_glyph(lock.get(), Glyph::Mail) /> }}
                    {messages::resend_invitation(language)}
                </button>
                <button
                    class="button button--quiet"
                    type="button"
                    data-danger=""
                    aria-disabled=move || refusal().map(|_| "true")
                    aria-describedby=move || refusal().map(|(id, _)| id)
                    data-hint=move || refusal().map(|(_, words)| words)
                    on:click=move |_| {
                        open_dialog(refusal().is_some(), |select, count| DialogRequest::RemoveMany { select, count });
                    }
                >
                    {move || view! { <Icon glyph=lock_glyph(lock.get(), Glyph::Trash) /> }}
                    {messages::remove(language)}
                </button>
                <span class="bulk-bar__rule"></span>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=messages::clear_selection(language)
                    on:click=move |_| selection.clear()
                >
                    <Icon glyph=Glyph::Close />
                </button>
                <span hidden id="reason-too-many">
                    {messages::too_many_selected(language)}
                </span>
                <span hidden id="reason-none-waits">
                    {messages::no_invitation_selected(language)}
                </span>
            </section>
        </Show>
    }
}
