use leptos::prelude::*;
use studio_users_contract::BulkSelection;
use studio_users_domain::Status;

use super::model;
use super::selection::{Selected, Selection};
use super::store::Store;
use crate::i18n::{messages, use_language};
use crate::parts::{Lazy, lazy, lock_glyph};
use crate::state::{Ask, Lock, use_asks};
use crate::ui::{Glyph, Icon};

/// What can be done with all who are selected. Floats above the list: nothing moves when it comes.
#[component]
pub(super) fn BulkBar(
    /// The rows.
    store: Store,
    /// Who is selected.
    selection: Selection,
) -> impl IntoView {
    let language = use_language();
    let count = Memo::new(move |_| store.rows.with(|rows| selection.selected.read().count(rows.as_ref())));
    let is_any = Memo::new(move |_| count.get() != 0);
    let is_all = Memo::new(move |_| selection.selected.with(|selected| *selected == Selected::All));
    let words = Signal::derive(move || {
        if is_all.get() {
            messages::all_selected(language, count.get())
        } else {
            messages::selected(language, count.get())
        }
    });
    view! {
        <p class="visually-hidden" role="status">{move || is_any.get().then(|| words.get())}</p>
        <Lazy load=bar with=(store, selection, words) wanted=is_any />
    }
}

lazy! {
    fn bar((store, selection, words): (Store, Selection, Signal<String>)) in dialogs {
        view! { <Bar store selection words /> }
    }
}

/// The bar, while somebody is selected.
#[component]
fn Bar(
    /// The rows.
    store: Store,
    /// Who is selected.
    selection: Selection,
    /// How many they are.
    words: Signal<String>,
) -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
    let lock = Lock::of_everything();
    let count = Memo::new(move |_| store.rows.with(|rows| selection.selected.read().count(rows.as_ref())));
    let is_all = Memo::new(move |_| selection.selected.with(|selected| *selected == Selected::All));
    let total = Memo::new(move |_| store.rows.with(|rows| rows.as_ref().map(|rows| rows.total)));
    let request =
        Memo::new(move |_| store.rows.with(|rows| selection.selected.read().request(rows.as_ref())));
    // Of those whose rows are not here nobody knows: the backend says for how many there was nothing to send.
    let may_wait = Memo::new(move |_| {
        store.rows.with(|rows| match (&*selection.selected.read(), rows) {
            (Selected::These(users), Some(rows)) => users.iter().any(|user| {
                let row = rows.position(*user).and_then(|at| rows.get(at));
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
        refusal().or_else(|| (!may_wait.get()).then(none))
    };
    let ask = move |is_refused: bool, ask: fn(BulkSelection, u32) -> Ask| {
        if let Some(select) = request.get_untracked().filter(|_| !is_refused) {
            asks.ask(ask(select, count.get_untracked()));
        }
    };
    view! {
        <Show when=move || count.get() != 0>
            <section class="bulk-bar" aria-label=messages::selection(language)>
                <span class="bulk-bar__count">{move || words.get()}</span>
                <Show when=move || !is_all.get() && total.get().is_some_and(|total| total.value > count.get())>
                    <button class="link bulk-bar__all" type="button" on:click=move |_| selection.all()>
                        {move || {
                            total
                                .get()
                                .map(|total| {
                                    messages::select_all_matching(language, &model::total(language, total))
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
                    on:click=move |_| ask(refusal().is_some(), |select, count| Ask::AddRole { select, count })
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
                        ask(resend_refusal().is_some(), |select, count| Ask::ResendMany { select, count });
                    }
                >
                    {move || view! { <Icon glyph=lock_glyph(lock.get(), Glyph::Mail) /> }}
                    {messages::send_again(language)}
                </button>
                <button
                    class="button button--quiet"
                    type="button"
                    data-danger=""
                    aria-disabled=move || refusal().map(|_| "true")
                    aria-describedby=move || refusal().map(|(id, _)| id)
                    data-hint=move || refusal().map(|(_, words)| words)
                    on:click=move |_| {
                        ask(refusal().is_some(), |select, count| Ask::RemoveMany { select, count });
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
