use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{DemoPerson, path};

use super::gate::Person;
use super::signed_in::SignedIn;
use crate::api::{ApiError, Client};
use crate::i18n::{isolated, messages, use_language};
use crate::parts::lazy;
use crate::state::{Navigation, Reader, explain};
use crate::ui::{Dialog, Glyph, Icon};

const TITLE: &str = "sign-in-again-title";

/// What there is to say in the dialog.
#[derive(Clone, PartialEq)]
enum Said {
    Sent,
    NotYet,
    Failed(ApiError),
}

lazy! {
    /// The dialog, while the session has ended of whoever this is.
    pub(super) fn sign_in_again(shown: RwSignal<Arc<Reader>>) in studio {
        let signed_in = expect_context::<SignedIn>();
        // It is told anew with each call that finds no session; the dialog stays the same.
        let is_over = Memo::new(move |_| signed_in.is_over.get());
        move || {
            let reader = shown.get_untracked();
            is_over.get().then(|| {
                // Nobody signs in within a view.
                provide_context(signed_in.own_client());
                view! { <SignInAgain reader /> }
            })
        }
    }
}

/// Over everything, where the session of who is signed in has ended: they sign in again, here by a demo's people or
/// in another tab by a mailed link, and go on. Whatever waits for it goes on as well.
#[component]
fn SignInAgain(
    /// Whose session has ended.
    reader: Arc<Reader>,
) -> impl IntoView {
    let language = use_language();
    let signed_in = expect_context::<SignedIn>();
    let client = StoredValue::new(expect_context::<Client>());
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let said = RwSignal::new(None::<Said>);
    let people = RwSignal::new(Vec::<DemoPerson>::new());
    let backend = client.get_value();
    spawn_local(async move {
        if let Ok(found) = backend.demo_people().await {
            let _ = people.try_set(found);
        }
    });
    let email = StoredValue::new(reader.session.user.email.clone());
    let on_send = move |_| {
        let (client, email) = (client.get_value(), email.get_value());
        spawn_local(async move {
            let answer = client.request_sign_in_link(email).await;
            let _ = said.try_set(Some(answer.map_or_else(Said::Failed, |()| Said::Sent)));
        });
    };
    let look = Callback::new(move |()| {
        let Some(navigation) = navigation.try_get_value() else { return };
        spawn_local(async move {
            let found = signed_in.look(navigation).await;
            let _ = said.try_set(match found {
                Ok(true) => None,
                Ok(false) => Some(Said::NotYet),
                Err(error) => Some(Said::Failed(error)),
            });
        });
    });
    let on_failed = Callback::new(move |error| {
        let _ = said.try_set(Some(Said::Failed(error)));
    });
    let on_signed_in = Callback::new(move |()| {
        signed_in.tell_tabs();
        look.run(());
    });
    let told = move || {
        let (words, is_wrong) = match said.get()? {
            Said::Sent => (messages::sign_in_again_sent(language, &isolated(&email.get_value())), false),
            Said::NotYet => (messages::sign_in_again_not_yet(language).into(), false),
            Said::Failed(error) => (explain(language, &error), true),
        };
        Some(view! {
            <p class="callout" class:callout--danger=is_wrong>
                <Icon glyph=if is_wrong { Glyph::Alert } else { Glyph::Mail } />
                <span>{words}</span>
            </p>
        })
    };

    view! {
        <div class="su">
            // Escape does not close it: what waits behind cannot go on without an answer.
            <Dialog label_id=TITLE class="confirm" on_close=|()| ()>
                <div class="confirm__body">
                    <h2 class="dialog__title" id=TITLE>
                        {messages::sign_in_again(language)}
                    </h2>
                    <p class="confirm__text">
                        {messages::sign_in_again_text(language, &isolated(reader.account_name()))}
                    </p>
                    <div role="status">{told}</div>
                    <div class="sign-in-again__ways">
                        <button class="button button--primary" type="button" autofocus on:click=on_send>
                            {messages::send_sign_in_link(language)}
                        </button>
                        <button class="button" type="button" on:click=move |_| look.run(())>
                            {messages::have_signed_in(language)}
                        </button>
                    </div>
                    <Show when=move || !people.read().is_empty()>
                        <section class="sign-in-again__people" aria-labelledby="again-be-title">
                            <h3 class="label" id="again-be-title">
                                {messages::be_one_of_these(language)}
                            </h3>
                            <For each=move || people.get() key=|person| person.id let:person>
                                <Person person on_signed_in on_failed />
                            </For>
                            <a class="link" href=path::DEMO_MAIL target="_blank" rel="external">
                                {messages::demo_mail(language)}
                            </a>
                        </section>
                    </Show>
                </div>
                <footer class="dialog__foot">
                    <span class="dialog__foot-start hint">{messages::sign_in_again_leave_hint(language)}</span>
                    <button class="button" type="button" on:click=move |_| signed_in.leave()>
                        {messages::sign_in_again_leave(language)}
                    </button>
                </footer>
            </Dialog>
        </div>
    }
}
