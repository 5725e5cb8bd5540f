use leptos::ev::DragEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::address_field::AddressField;
use super::confirm::{ConfirmDiscard, ConfirmWithoutManager};
use super::files::handle_drop;
use super::footer::Footer;
use super::node_picker::NodePicker;
use super::preview::InvitePreview;
use super::proposal::Proposal;
use super::role_cards::RoleCards;
use super::store::{InviteStore, SentCounts};
use super::terms::{ExpirySelect, MailLanguageSelect, MessageField};
use crate::i18n::{messages, use_language};
use crate::reactive::{effect, memo};
use crate::state::{Blocker, Navigation, Route, use_dialogs, use_notices};
use crate::ui::{Dialog, Glyph, Icon};

/// The confirmation dialog that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Confirmation {
    /// Discards the entered data.
    Discard,
    /// Sends although an environment would have no Organisation Manager of its own.
    WithoutManager,
}

/// The invite dialog.
#[component]
pub(super) fn InviteDialog() -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let notices = use_notices();
    let store = InviteStore::new(language);
    let confirmation = RwSignal::new(None::<Confirmation>);
    // Missing fields are errors only after the user has pressed Send.
    let was_submitted = RwSignal::new(false);
    let is_dragged_over = RwSignal::new(false);
    let form = NodeRef::<html::Form>::new();
    let is_sending = memo(move |_| store.progress.read().is_some());

    let blocker = StoredValue::new(expect_context::<Navigation>().blocker());
    block_while_dirty(blocker, store);
    let pending_blocker = blocker.get_value();
    let is_blocked = memo(move |_| pending_blocker.is_blocked());
    effect(move |_| {
        // Leaving disposes the confirmation and the dialog together, so this effect may run after the memo is gone.
        if is_blocked.try_get() == Some(true) {
            // Cancels the navigation while invitations are being sent.
            if is_sending.get_untracked() {
                blocker.with_value(Blocker::cancel);
            } else {
                confirmation.set(Some(Confirmation::Discard));
            }
        }
    });

    let close = move || {
        for text in success_texts(language, store.sent.get_untracked()) {
            notices.success(text);
        }
        dialogs.close();
    };
    let on_close = Callback::new(move |()| {
        if is_sending.get_untracked() {
            store.stop();
            return;
        }
        if untrack(|| store.is_dirty()) { confirmation.set(Some(Confirmation::Discard)) } else { close() }
    });
    let send = move || {
        confirmation.set(None);
        store.send(move |is_empty| {
            if is_empty {
                close();
            }
        });
    };
    let on_send = Callback::new(move |()| {
        store.commit_typed();
        was_submitted.set(true);
        if is_complete(store) {
            let first_manages = store.first_manages.get_untracked();
            if untrack(|| store.nodes_without_manager()).is_empty() || first_manages {
                send();
            } else {
                confirmation.set(Some(Confirmation::WithoutManager));
            }
        } else {
            // Waits a frame until the errors are rendered.
            request_animation_frame(move || focus_first_invalid(form));
        }
    });
    let on_drop = move |event: DragEvent| {
        event.prevent_default();
        is_dragged_over.set(false);
        if !is_sending.get_untracked() {
            handle_drop(store, language, &event);
        }
    };
    let on_dragover = move |event: DragEvent| {
        event.prevent_default();
        is_dragged_over.set(true);
    };

    view! {
        <Dialog label_id="invite-title" class="invite su" on_close>
            <header class="invite__head">
                <div>
                    <h2 class="dialog__title" id="invite-title">
                        {messages::invite_users(language)}
                    </h2>
                    <p>{messages::invite_lead(language)}</p>
                </div>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=messages::close(language)
                    on:click=move |_| on_close.run(())
                >
                    <Icon glyph=Glyph::Close />
                </button>
            </header>
            <div
                class="invite__cols"
                data-dragged=move || is_dragged_over.get().then_some("")
                inert=move || is_sending.get()
                on:dragover=on_dragover
                on:dragleave=move |_| is_dragged_over.set(false)
                on:drop=on_drop
            >
                <form class="invite__form" novalidate node_ref=form on:submit=move |event| event.prevent_default()>
                    <AddressField store was_submitted />
                    <div class="invite__options">
                        <NodePicker store was_submitted />
                        <ExpirySelect store />
                        <MailLanguageSelect store />
                    </div>
                    <Proposal store />
                    <RoleCards store was_submitted />
                    <MessageField store />
                </form>
                <InvitePreview store />
            </div>
            <Footer store on_cancel=on_close on_send />
        </Dialog>
        <Show when=move || confirmation.get() == Some(Confirmation::Discard)>
            <ConfirmDiscard
                is_partly_sent=store.sent.get_untracked() != SentCounts::default()
                on_stay=move |()| {
                    confirmation.set(None);
                    blocker.with_value(Blocker::cancel);
                }
                on_discard=move |()| {
                    // Runs before `close`, because closing the dialog drops the pending navigation.
                    blocker.with_value(Blocker::proceed);
                    close();
                }
            />
        </Show>
        <Show when=move || confirmation.get() == Some(Confirmation::WithoutManager)>
            <ConfirmWithoutManager
                store
                on_back=move |()| confirmation.set(None)
                on_send=move |()| send()
            />
        </Show>
    }
}

/// Blocks navigation away from the users page while the dialog has unsaved input.
fn block_while_dirty(blocker: StoredValue<Blocker>, store: InviteStore) {
    let is_dirty = memo(move |_| store.is_dirty());
    effect(move |_| {
        let is_dirty = is_dirty.try_get() == Some(true);
        blocker.try_with_value(|blocker| {
            if is_dirty {
                blocker.block_except(|route| matches!(route, Route::Users(_) | Route::Invite));
            } else {
                blocker.unblock();
            }
        });
    });
}

/// Whether recipients, nodes and roles are entered.
fn is_complete(store: InviteStore) -> bool {
    untrack(|| {
        let has_roles = store.first_manages.get() || !store.roles().is_empty();
        has_roles && !store.nodes.read().is_empty() && store.recipients.read().valid().next().is_some()
    })
}

/// Focuses the first control with an error.
fn focus_first_invalid(form: NodeRef<html::Form>) {
    let missing = "input[aria-invalid=true], [data-error]:not(.mail-input) :is(button, input)";
    let found =
        form.try_get_untracked().flatten().and_then(|form| form.query_selector(missing).ok().flatten());
    if let Some(control) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        let _ = control.focus();
    }
}

/// The texts of the notices shown after the dialog closes.
fn success_texts(language: crate::i18n::Language, sent: SentCounts) -> Vec<String> {
    let mut texts = Vec::new();
    if sent.invited > 0 {
        texts.push(messages::invitations_sent(language, sent.invited));
    }
    if sent.updated > 0 {
        texts.push(messages::roles_added_for_users(language, sent.updated));
    }
    texts
}
