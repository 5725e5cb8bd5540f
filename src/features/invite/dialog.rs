use leptos::ev::DragEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::address_field::AddressField;
use super::files::take_files;
use super::foot::Foot;
use super::node_picker::NodePicker;
use super::preview::Preview;
use super::proposal::Proposal;
use super::question::{Discard, WithoutManager};
use super::role_cards::RoleCards;
use super::store::{Done, Store};
use super::terms::{Days, MailLanguage, Message};
use crate::i18n::{messages, use_language};
use crate::state::{Hold, Navigation, Place, use_asks, use_notices};
use crate::ui::{Dialog, Glyph, Icon};

/// What is asked before going on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    /// Whether to lose what was entered.
    Discard,
    /// Whether to leave an environment without a manager of its own.
    WithoutManager,
}

/// The dialog, whole.
#[component]
pub(super) fn InviteDialog() -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
    let notices = use_notices();
    let store = Store::new(language);
    let question = RwSignal::new(None::<Question>);
    // What is missing is told once it was tried to send without.
    let was_tried = RwSignal::new(false);
    let is_dragged_over = RwSignal::new(false);
    let form = NodeRef::<html::Form>::new();
    let is_sending = Memo::new(move |_| store.progress.read().is_some());

    let hold = StoredValue::new(expect_context::<Navigation>().hold());
    hold_while_touched(hold, store);
    let holding = hold.get_value();
    let is_held_back = Memo::new(move |_| holding.is_asked());
    Effect::new(move |_| {
        // Leaving ends the question and the dialog at once: this may be told of the one after the other.
        if is_held_back.try_get() == Some(true) {
            // What is on its way is waited for.
            if is_sending.get_untracked() {
                hold.with_value(Hold::stay);
            } else {
                question.set(Some(Question::Discard));
            }
        }
    });

    let close = move || {
        for told in told(language, store.done.get_untracked()) {
            notices.done(told);
        }
        asks.close();
    };
    let on_close = Callback::new(move |()| {
        if is_sending.get_untracked() {
            return;
        }
        if untrack(|| store.is_touched()) { question.set(Some(Question::Discard)) } else { close() }
    });
    let send = move || {
        question.set(None);
        store.send(move |is_empty| {
            if is_empty {
                close();
            }
        });
    };
    let on_send = Callback::new(move |()| {
        store.take_typed();
        was_tried.set(true);
        if is_complete(store) {
            let is_led = store.is_led.get_untracked();
            if untrack(|| store.without_manager()).is_empty() || is_led {
                send();
            } else {
                question.set(Some(Question::WithoutManager));
            }
        } else {
            // What is missing shows itself first.
            request_animation_frame(move || focus_missing(form));
        }
    });
    let on_drop = move |event: DragEvent| {
        event.prevent_default();
        is_dragged_over.set(false);
        if !is_sending.get_untracked() {
            take_files(store, language, &event);
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
                    aria-disabled=move || is_sending.get().then_some("true")
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
                    <AddressField store was_tried />
                    <div class="invite__terms">
                        <NodePicker store was_tried />
                        <Days store />
                        <MailLanguage store />
                    </div>
                    <Proposal store />
                    <RoleCards store was_tried />
                    <Message store />
                </form>
                <Preview store />
            </div>
            <Foot store on_cancel=on_close on_send />
        </Dialog>
        <Show when=move || question.get() == Some(Question::Discard)>
            <Discard
                is_partly_sent=store.done.get_untracked() != Done::default()
                on_stay=move |()| {
                    question.set(None);
                    hold.with_value(Hold::stay);
                }
                on_discard=move |()| {
                    // First, as where they wanted to go is forgotten with the dialog.
                    hold.with_value(Hold::leave);
                    close();
                }
            />
        </Show>
        <Show when=move || question.get() == Some(Question::WithoutManager)>
            <WithoutManager
                store
                on_back=move |()| question.set(None)
                on_send=move |()| send()
            />
        </Show>
    }
}

/// While something was entered the reader is held to the users, over whom the dialog stands.
fn hold_while_touched(hold: StoredValue<Hold>, store: Store) {
    let is_touched = Memo::new(move |_| store.is_touched());
    Effect::new(move |_| {
        let is_touched = is_touched.try_get() == Some(true);
        hold.try_with_value(|hold| {
            if is_touched {
                hold.keep(|place| matches!(place, Place::Users(_) | Place::Invite));
            } else {
                hold.release();
            }
        });
    });
}

/// Whether there is somebody, something and somewhere to invite to.
fn is_complete(store: Store) -> bool {
    untrack(|| {
        let has_roles = store.is_led.get() || !store.roles().is_empty();
        has_roles && !store.nodes.read().is_empty() && store.chips.read().wanted().next().is_some()
    })
}

/// Gives the focus to the first control that something is missing in.
fn focus_missing(form: NodeRef<html::Form>) {
    let missing = "input[aria-invalid=true], [data-error]:not(.mail-input) :is(button, input)";
    let found =
        form.try_get_untracked().flatten().and_then(|form| form.query_selector(missing).ok().flatten());
    if let Some(control) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        let _ = control.focus();
    }
}

/// What there is to tell once the dialog is closed.
fn told(language: crate::i18n::Language, done: Done) -> Vec<String> {
    let mut told = Vec::new();
    if done.invited > 0 {
        told.push(messages::invitations_sent(language, done.invited));
    }
    if done.updated > 0 {
        told.push(messages::access_given(language, done.updated));
    }
    told
}
