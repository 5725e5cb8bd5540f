use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{DemoPerson, path};

use super::base_path::use_base_path;
use super::session::AppSession;
use super::sign_in_page::DemoPersonButton;
use crate::api::{ApiError, Client};
use crate::i18n::{isolated, messages, use_language};
use crate::parts::lazy;
use crate::reactive::memo;
use crate::state::{CurrentUser, Navigation, explain};
use crate::ui::{Dialog, Glyph, Icon};

const TITLE: &str = "sign-in-again-title";

/// The message in the dialog.
#[derive(Clone, PartialEq)]
enum Message {
    Sent,
    NotSignedIn,
    Failed(ApiError),
}

lazy! {
    /// Loads the dialog, which is open while the session has expired.
    pub(super) fn sign_in_again(current_user: RwSignal<Arc<CurrentUser>>) in studio {
        let session = expect_context::<AppSession>();
        // Each request without a session sets the signal again. The memo keeps the dialog from being rendered again.
        let has_ended = memo(move |_| session.has_ended.get());
        move || {
            let current_user = current_user.get_untracked();
            has_ended.get().then(|| {
                // Signing in happens outside an impersonation.
                provide_context(session.own_client());
                view! { <SignInAgain current_user /> }
            })
        }
    }
}

/// A modal dialog for an expired session. The user signs in again: with a link by e-mail in another tab, or as one of
/// the demo's people. Afterwards they continue, and the waiting requests are retried.
#[component]
fn SignInAgain(
    /// The user whose session has expired.
    current_user: Arc<CurrentUser>,
) -> impl IntoView {
    let language = use_language();
    let demo_mail = StoredValue::new(use_base_path().url_of(path::DEMO_MAIL));
    let session = expect_context::<AppSession>();
    let client = StoredValue::new(expect_context::<Client>());
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let message = RwSignal::new(None::<Message>);
    let people = RwSignal::new(Vec::<DemoPerson>::new());
    let backend = client.get_value();
    spawn_local(async move {
        if let Ok(found) = backend.demo_people().await {
            let _ = people.try_set(found);
        }
    });
    let email = StoredValue::new(current_user.session.user.email.clone());
    let on_send = move |_| {
        let (client, email) = (client.get_value(), email.get_value());
        spawn_local(async move {
            let result = client.request_sign_in_link(email).await;
            let _ = message.try_set(Some(result.map_or_else(Message::Failed, |()| Message::Sent)));
        });
    };
    let check = Callback::new(move |()| {
        let Some(navigation) = navigation.try_get_value() else { return };
        spawn_local(async move {
            let result = session.check(navigation).await;
            let _ = message.try_set(match result {
                Ok(true) => None,
                Ok(false) => Some(Message::NotSignedIn),
                Err(error) => Some(Message::Failed(error)),
            });
        });
    });
    let on_failed = Callback::new(move |error| {
        let _ = message.try_set(Some(Message::Failed(error)));
    });
    let on_signed_in = Callback::new(move |()| {
        session.notify_tabs();
        check.run(());
    });
    let message_view = move || {
        let (text, is_error) = match message.get()? {
            Message::Sent => (messages::sign_in_again_sent(language, &isolated(&email.get_value())), false),
            Message::NotSignedIn => (messages::sign_in_again_not_yet(language).into(), false),
            Message::Failed(error) => (explain(language, &error), true),
        };
        Some(view! {
            <p class="callout" class:callout--danger=is_error>
                <Icon glyph=if is_error { Glyph::Alert } else { Glyph::Mail } />
                <span>{text}</span>
            </p>
        })
    };

    view! {
        <div class="su">
            // Escape does not close the dialog: the waiting requests need a decision.
            <Dialog label_id=TITLE class="confirm" on_close=|()| ()>
                <div class="confirm__body">
                    <h2 class="dialog__title" id=TITLE>
                        {messages::sign_in_again(language)}
                    </h2>
                    <p class="confirm__text">
                        {messages::sign_in_again_text(language, &isolated(current_user.account_name()))}
                    </p>
                    <div role="status">{message_view}</div>
                    <div class="sign-in-again__actions">
                        <button class="button button--primary" type="button" autofocus on:click=on_send>
                            {messages::send_sign_in_link(language)}
                        </button>
                        <button class="button" type="button" on:click=move |_| check.run(())>
                            {messages::have_signed_in(language)}
                        </button>
                    </div>
                    <Show when=move || !people.read().is_empty()>
                        <section class="sign-in-again__demo-users" aria-labelledby="demo-users-again-title">
                            <h3 class="label" id="demo-users-again-title">
                                {messages::try_demo_as(language)}
                            </h3>
                            <For each=move || people.get() key=|person| person.id let:person>
                                <DemoPersonButton person on_signed_in on_failed />
                            </For>
                            <a class="link" href=demo_mail.get_value() target="_blank" rel="external">
                                {messages::view_demo_emails(language)}
                            </a>
                        </section>
                    </Show>
                </div>
                <footer class="dialog__foot">
                    <span class="dialog__foot-start hint">{messages::unsaved_changes_lost(language)}</span>
                    <button class="button" type="button" on:click=move |_| session.abandon()>
                        {messages::leave_page(language)}
                    </button>
                </footer>
            </Dialog>
        </div>
    }
}
