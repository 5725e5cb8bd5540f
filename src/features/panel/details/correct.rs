use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::UserRow;
use studio_users_domain::EmailAddress;

use crate::api::{ApiError, Client};
use crate::i18n::{isolated, messages, use_language, with_bdi};
use crate::parts::{BrowserUnicode, address_error};
use crate::state::{
    Change, History, Navigation, OpenUser, Route, Tab, UsersRoute, explain, use_changes, use_notices,
};
use crate::ui::{Dialog, ErrorAlert, Glyph, Icon};

const TITLE: &str = "correct-title";
const TEXT: &str = "correct-text";

/// Corrects the address of an invited user: asks for the right one, and sends the invitation to it.
#[component]
pub(super) fn CorrectDialog(row: UserRow, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let language = use_language();
    let (notices, changes) = (use_notices(), use_changes());
    let client = StoredValue::new(expect_context::<Client>());
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let error = RwSignal::new(None::<ApiError>);
    let (field_error, is_sending) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let email = RwSignal::new(row.email.clone());
    let field = NodeRef::<html::Input>::new();
    let former = StoredValue::new(row.email.clone());
    let open = move |id| {
        navigation.with_value(|navigation| {
            let route = match navigation.route.get_untracked() {
                Route::Users(users) => users,
                _ => UsersRoute::default(),
            };
            let open = Some(OpenUser { id, tab: Tab::Details });
            navigation.go(Route::Users(UsersRoute { open, ..route }), History::Replace);
        });
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if is_sending.get_untracked() {
            return;
        }
        let typed = email.get_untracked().trim().to_owned();
        let parsed = EmailAddress::parse(&typed, &BrowserUnicode);
        let former_key = former.with_value(|former| EmailAddress::parse(former, &BrowserUnicode));
        field_error.set(match (parsed, former_key) {
            (Ok(new), Ok(former)) if new.key() == former.key() => {
                Some(messages::correct_required(language).into())
            }
            (Ok(_), _) => None,
            (Err(_), _) if typed.is_empty() => Some(messages::correct_required(language).into()),
            (Err(error), _) => Some(address_error(language, error, &isolated(&typed))),
        });
        error.set(None);
        if field_error.with_untracked(Option::is_some) {
            if let Some(field) = field.get_untracked() {
                let _ = field.focus();
            }
            return;
        }
        is_sending.set(true);
        let client = client.get_value();
        spawn_local(async move {
            match client.correct_address(row.id, typed.clone()).await {
                Ok(corrected) => {
                    notices.success(messages::address_corrected(language, &isolated(&typed)));
                    let _ = on_close.try_run(());
                    open(corrected);
                    changes.notify(Change::Users);
                }
                Err(cause) => {
                    let _ = is_sending.try_set(false);
                    let _ = error.try_set(Some(cause));
                }
            }
        });
    };
    let error_text = move || error.get().map(|error| explain(language, &error));
    view! {
        <Dialog label_id=TITLE class="confirm" described_by=TEXT on_close>
            <form class="confirm__form" novalidate on:submit=on_submit>
                <div class="confirm__body">
                    <h2 class="dialog__title" id=TITLE>
                        {with_bdi(&messages::correct_title(language, &isolated(&row.email)))}
                    </h2>
                    <p class="confirm__text" id=TEXT>
                        {messages::correct_text(language)}
                    </p>
                    <div class="field">
                        <label class="label" for="correct-email">
                            {messages::correct_label(language)}
                        </label>
                        <div class="input" data-error=move || field_error.read().is_some().then_some("")>
                            <input
                                id="correct-email"
                                type="email"
                                required
                                autofocus
                                autocomplete="off"
                                node_ref=field
                                prop:value=email
                                aria-invalid=move || field_error.read().is_some().then_some("true")
                                aria-describedby=move || field_error.read().is_some().then_some("correct-email-error")
                                on:input=move |event| {
                                    field_error.set(None);
                                    email.set(event_target_value(&event));
                                }
                            />
                        </div>
                        <Show when=move || field_error.read().is_some()>
                            <p class="field__error" id="correct-email-error">
                                <Icon glyph=Glyph::Alert small=true />
                                <span>{move || field_error.get().map(|text| with_bdi(&text))}</span>
                            </p>
                        </Show>
                    </div>
                    <ErrorAlert message=Signal::derive(error_text) />
                </div>
                <footer class="dialog__foot">
                    <span class="dialog__foot-start"></span>
                    <button class="button" type="button" on:click=move |_| on_close.run(())>
                        {messages::cancel(language)}
                    </button>
                    <button
                        class="button button--primary"
                        type="submit"
                        aria-disabled=move || is_sending.get().then_some("true")
                    >
                        {messages::correct_confirm(language)}
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}
