use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::UserRow;
use studio_users_domain::Status;

use super::lost_access_list::LostAccessList;
use super::store::RemovedUsersStore;
use crate::api::ApiError;
use crate::i18n::{Language, isolated, messages, use_language, with_bdi};
use crate::state::{denial_id, explain, use_dialogs};
use crate::ui::{Avatar, Dialog, ErrorAlert, Glyph, Icon};

const TITLE: &str = "remove-title";
const LEAD: &str = "remove-lead";

/// Dialog that confirms the removal of a user and lists the access that they lose.
#[component]
pub(super) fn RemoveDialog(row: UserRow, store: RemovedUsersStore) -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let is_busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let (id, name, denied) = (row.id, row.label().to_owned(), row.allowed.remove);
    let has_joined = row.status == Status::Active;
    let on_remove = {
        let name = name.clone();
        move || {
            if is_busy.get_untracked() || denied.is_some() {
                return;
            }
            is_busy.set(true);
            error.set(None);
            let name = name.clone();
            spawn_local(async move {
                let response = store.remove(id, name.clone()).await;
                // The user may have closed the dialog meanwhile.
                let is_open = is_busy.try_set(false).is_none();
                match response {
                    Ok(()) if is_open => dialogs.close(),
                    Ok(()) => {}
                    Err(failure) if is_open => error.set(Some(failure)),
                    Err(failure) => store.report_failed_removal(&name, &failure),
                }
            });
        }
    };
    let error_text = move || {
        let denial_text = denied.map(|denial| denial.message(language).to_owned());
        denial_text.or_else(|| error.get().map(|error| explain(language, &error)))
    };
    // Closes while the request is in flight, too. A notice reports its result.
    let on_close = move |()| dialogs.close();
    view! {
        <Dialog label_id=TITLE class="confirm" is_warning=true described_by=LEAD on_close>
            <div class="confirm__body">
                <header class="confirm__head">
                    <Avatar name=has_joined.then(|| name.clone()) seed=id.to_string() />
                    <div>
                        <h2 class="dialog__title" id=TITLE>
                            {with_bdi(&messages::remove_title(language, &isolated(&name)))}
                        </h2>
                        <p class="confirm__text" id=LEAD>
                            {lead(language, &row)}
                        </p>
                    </div>
                </header>
                <LostAccessList row=row.clone() store />
                <Consequences has_joined />
                <ErrorAlert message=Signal::derive(error_text) />
            </div>
            <footer class="dialog__foot">
                <span class="hint confirm__undo">
                    <Icon glyph=Glyph::Reset />
                    {messages::can_be_undone(language)}
                </span>
                <button class="button" type="button" autofocus on:click=move |_| on_close(())>
                    {messages::cancel(language)}
                </button>
                <button
                    class="button button--danger"
                    type="button"
                    aria-disabled=move || (is_busy.get() || denied.is_some()).then_some("true")
                    aria-describedby=denied.map(denial_id)
                    on:click=move |_| on_remove()
                >
                    {move || if is_busy.get() { messages::removing(language) } else { messages::remove_user(language) }}
                </button>
            </footer>
        </Dialog>
    }
}

/// Summarises the lost access in one sentence.
fn lead(language: Language, row: &UserRow) -> String {
    match (row.status, row.environments.total) {
        (Status::Active, 0) => messages::loses_access_to_everything(language).into(),
        (Status::Active, total) => messages::loses_access(language, total),
        (_, 0) => messages::invitation_will_be_revoked(language).into(),
        (_, total) => messages::invitation_revoked_for(language, total),
    }
}

/// Lists the further consequences of a removal.
#[component]
fn Consequences(has_joined: bool) -> impl IntoView {
    let language = use_language();
    // Covers both cases, because the current user may not learn whether the user has access elsewhere.
    let sessions = has_joined.then(|| {
        view! {
            <li>
                <Icon glyph=Glyph::Exit />
                <span>
                    <strong>{messages::access_ends(language)}</strong>
                    " "
                    {messages::access_ends_text(language)}
                </span>
            </li>
        }
    });
    view! {
        <ul class="confirm__list">
            {sessions}
            <li>
                <Icon glyph=Glyph::Link />
                <span>
                    <strong>{messages::links_stop_working(language)}</strong>
                    " "
                    {messages::links_stop_working_text(language)}
                </span>
            </li>
            <li>
                <Icon glyph=Glyph::Clock />
                <span>
                    <strong>{messages::audit_log_keeps(language)}</strong>
                    " "
                    {if has_joined {
                        messages::audit_log_keeps_actions(language)
                    } else {
                        messages::audit_log_keeps_invitation(language)
                    }}
                </span>
            </li>
        </ul>
    }
}
