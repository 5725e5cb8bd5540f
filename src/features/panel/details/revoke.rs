use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::UserRow;

use crate::api::{ApiError, Client};
use crate::i18n::{isolated, messages, use_language};
use crate::state::{Change, explain, use_changes, use_notices};
use crate::ui::{Dialog, Glyph, Icon};

const TITLE: &str = "revoke-title";

/// Asks for confirmation before revoking an invitation.
#[component]
pub(super) fn RevokeDialog(row: UserRow, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let language = use_language();
    let (notices, changes) = (use_notices(), use_changes());
    let client = StoredValue::new(expect_context::<Client>());
    let error = RwSignal::new(None::<ApiError>);
    let is_sending = RwSignal::new(false);
    let name = isolated(row.label());
    let title = messages::revoke_title(language, &name);
    let on_revoke = move |_| {
        if is_sending.get_untracked() {
            return;
        }
        is_sending.set(true);
        let (client, name) = (client.get_value(), name.clone());
        spawn_local(async move {
            match client.revoke_invitation(row.id).await {
                Ok(()) => {
                    notices.success(messages::invitation_revoked(language, &name));
                    let _ = on_close.try_run(());
                    changes.notify(Change::User(row.id));
                }
                Err(cause) => {
                    let _ = is_sending.try_set(false);
                    let _ = error.try_set(Some(cause));
                }
            }
        });
    };
    view! {
        <Dialog label_id=TITLE class="confirm" on_close>
            <div class="confirm__body">
                <h2 class="dialog__title" id=TITLE>
                    {title}
                </h2>
                <p class="confirm__text">{messages::revoke_text(language)}</p>
                <div role="alert">
                    {move || {
                        let error = error.get()?;
                        Some(
                            view! {
                                <p class="callout callout--danger">
                                    <Icon glyph=Glyph::Alert />
                                    <span>{explain(language, &error)}</span>
                                </p>
                            },
                        )
                    }}
                </div>
            </div>
            <footer class="dialog__foot">
                <span class="dialog__foot-start"></span>
                <button class="button" type="button" autofocus on:click=move |_| on_close.run(())>
                    {messages::cancel(language)}
                </button>
                <button
                    class="button button--danger"
                    type="button"
                    aria-disabled=move || is_sending.get().then_some("true")
                    on:click=on_revoke
                >
                    {messages::revoke_confirm(language)}
                </button>
            </footer>
        </Dialog>
    }
}
