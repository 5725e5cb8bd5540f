use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::UserRow;
use studio_users_domain::Status;

use super::lost::LostPlaces;
use super::store::Store;
use crate::api::ApiError;
use crate::i18n::{Language, isolated, messages, use_language, with_bdi};
use crate::state::{denial_id, explain, use_asks};
use crate::ui::{Alarm, Avatar, Dialog, Glyph, Icon};

const TITLE: &str = "remove-title";
const LEAD: &str = "remove-lead";

/// Asks whether somebody is really to be removed, and says what they lose where.
#[component]
pub(super) fn RemoveDialog(
    /// Whom.
    row: UserRow,
    /// Removes them.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
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
                match store.remove(id, name).await {
                    Ok(()) => asks.close(),
                    Err(refused) => {
                        let _ = is_busy.try_set(false);
                        let _ = error.try_set(Some(refused));
                    }
                }
            });
        }
    };
    let cause = move || {
        let said = denied.map(|denial| denial.sentence(language).to_owned());
        said.or_else(|| error.get().map(|error| explain(language, &error)))
    };
    // What is under way is not left: it would end unseen.
    let on_close = move |()| {
        if !is_busy.get_untracked() {
            asks.close();
        }
    };
    view! {
        <Dialog label_id=TITLE class="confirm" is_warning=true described_by=LEAD on_close>
            <div class="confirm__body">
                <header class="confirm__head">
                    <Avatar name=has_joined.then(|| name.clone()) seed=id.to_string() />
                    <div>
                        <h2 class="dialog__title" id=TITLE>
                            {with_bdi(&messages::remove_question(language, &isolated(&name)))}
                        </h2>
                        <p class="confirm__text" id=LEAD>
                            {lead(language, &row)}
                        </p>
                    </div>
                </header>
                <LostPlaces row=row.clone() store />
                <Consequences has_joined />
                <Alarm words=Signal::derive(cause) />
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

/// What is lost, in one sentence.
fn lead(language: Language, row: &UserRow) -> String {
    match (row.status, row.environments.total) {
        (Status::Active, 0) => messages::loses_all(language).into(),
        (Status::Active, total) => messages::loses_access(language, total),
        (_, 0) => messages::invitation_ends(language).into(),
        (_, total) => messages::loses_invitation(language, total),
    }
}

/// What else follows.
#[component]
fn Consequences(
    /// Whether they have joined.
    has_joined: bool,
) -> impl IntoView {
    let language = use_language();
    // Whether anything is left to them elsewhere is not for the reader to know: both are said.
    let sessions = has_joined.then(|| {
        view! {
            <li>
                <Icon glyph=Glyph::Exit />
                <span>
                    <strong>{messages::access_ends(language)}</strong>
                    " "
                    {messages::access_ends_how(language)}
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
                    <strong>{messages::links_end(language)}</strong>
                    " "
                    {messages::links_end_how(language)}
                </span>
            </li>
            <li>
                <Icon glyph=Glyph::Clock />
                <span>
                    <strong>{messages::audit_stays(language)}</strong>
                    " "
                    {if has_joined {
                        messages::audit_stays_how(language)
                    } else {
                        messages::audit_stays_invitation(language)
                    }}
                </span>
            </li>
        </ul>
    }
}
