use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::UserRow;
use studio_users_domain::{MAX_VIEW_DURATION, Status, clean_text};

use super::model;
use super::preview::ViewPreview;
use super::reason_field::ReasonField;
use crate::api::{ApiError, Client};
use crate::i18n::{isolated, messages, use_language, with_bdi};
use crate::state::{
    DialogRequest, Navigation, ReturnFocus, Route, denial_id, explain, use_dialogs, use_impersonation,
};
use crate::ui::{Avatar, Dialog, ErrorAlert, Glyph, Icon};

const TITLE: &str = "view-title";
const LEAD: &str = "view-lead";

/// Dialog that starts a view. Previews what the view will show, states what is recorded and asks for the reason.
#[component]
pub(super) fn StartDialog(row: UserRow) -> impl IntoView {
    let language = use_language();
    let (dialogs, impersonation) = (use_dialogs(), use_impersonation());
    let client = StoredValue::new(expect_context::<Client>());
    let navigation = StoredValue::new(expect_context::<Navigation>());
    // Pending changes in the panel are lost, because a view reloads the page content.
    let is_unsaved = navigation.with_value(|navigation| untrack(|| navigation.has_active_blocker()));
    let reason = RwSignal::new(String::new());
    let (was_submitted, is_busy) = (RwSignal::new(false), RwSignal::new(false));
    let error = RwSignal::new(None::<ApiError>);
    let field = NodeRef::<html::Input>::new();
    let stored_row = StoredValue::new(row.clone());
    let (id, name, denied) = (row.id, row.label().to_owned(), row.allowed.view_as);
    let has_joined = row.status == Status::Active;

    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if is_busy.get_untracked() || denied.is_some() {
            return;
        }
        was_submitted.set(true);
        if reason.with_untracked(|reason| model::validate_reason(reason).is_some()) {
            if let Some(field) = field.get_untracked() {
                let _ = field.focus();
            }
            return;
        }
        is_busy.set(true);
        error.set(None);
        let typed = clean_text(&reason.get_untracked());
        let (client, route) =
            (client.get_value(), navigation.with_value(|navigation| navigation.route.get_untracked()));
        let is_panel = matches!(&route, Route::Users(users) if users.open.is_some_and(|open| open.id == id));
        spawn_local(async move {
            let response = client.start_view(id, typed.clone()).await;
            let is_open = is_busy.try_get_untracked().is_some();
            match response {
                // Stays busy: the host page reloads everything, which closes this dialog.
                Ok(view) if is_open => {
                    impersonation.start(view, typed, &route, ReturnFocus { user: id, is_panel });
                }
                // The user has cancelled the start meanwhile.
                Ok(view) => {
                    let _ = client.end_view(view.id).await;
                }
                Err(failure) => {
                    let _ = is_busy.try_set(false);
                    let _ = error.try_set(Some(failure));
                }
            }
        });
    };
    let error_text = move || {
        let denial_text = denied.map(|denial| denial.message(language).to_owned());
        denial_text.or_else(|| error.get().map(|error| explain(language, &error)))
    };
    let on_close = move |()| dialogs.close();
    let isolated_name = isolated(&name);
    let lead = if has_joined { messages::view_lead } else { messages::view_lead_invited };
    let expected_rows = row.environments.total.clamp(1, 4) as usize;
    view! {
        <Dialog label_id=TITLE class="confirm view-start" described_by=LEAD on_close>
            <form class="confirm__form" novalidate on:submit=on_submit>
                <div class="confirm__body">
                    <header class="confirm__head">
                        <span class="view-start__mark" aria-hidden="true">
                            <Avatar name=has_joined.then(|| name.clone()) seed=id.to_string() />
                            <span class="view-start__badge">
                                <Icon glyph=Glyph::ViewAs small=true />
                            </span>
                        </span>
                        <div>
                            <h2 class="dialog__title" id=TITLE>
                                {with_bdi(&messages::view_as_named(language, &isolated_name))}
                            </h2>
                            <p class="confirm__text" id=LEAD>
                                {with_bdi(&lead(language, &isolated_name))}
                            </p>
                        </div>
                    </header>
                    <div class="field">
                        <h3 class="label" id="view-shows">
                            {messages::what_you_will_see(language)}
                        </h3>
                        <ViewPreview user=id expected_rows />
                    </div>
                    <Rules name=isolated_name.clone() />
                    <Show when=move || is_unsaved>
                        <p class="callout">
                            <Icon glyph=Glyph::Alert />
                            <span>{messages::view_discards_unsaved(language)}</span>
                        </p>
                    </Show>
                    <ReasonField reason was_submitted field />
                    <ErrorAlert message=Signal::derive(error_text) />
                </div>
                <footer class="dialog__foot">
                    <button
                        class="button button--quiet"
                        type="button"
                        aria-disabled=move || is_busy.get().then_some("true")
                        on:click=move |_| {
                            if !is_busy.get_untracked() {
                                dialogs.open(DialogRequest::Compare(Box::new(stored_row.get_value())));
                            }
                        }
                    >
                        {messages::compare(language)}
                    </button>
                    <button
                        class="button dialog__foot-end"
                        type="button"
                        on:click=move |_| on_close(())
                    >
                        {messages::cancel(language)}
                    </button>
                    <button
                        class="button button--view"
                        type="submit"
                        aria-disabled=move || (is_busy.get() || denied.is_some()).then_some("true")
                        aria-describedby=denied.map(denial_id)
                    >
                        <Icon glyph=Glyph::ViewAs />
                        {move || {
                            if is_busy.get() { messages::starting_view(language) } else { messages::start_view(language) }
                        }}
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}

/// The rules of a view: read-only, limited in time and recorded.
#[component]
fn Rules(
    /// The viewed user's name.
    name: String,
) -> impl IntoView {
    let language = use_language();
    let minutes = u32::try_from(MAX_VIEW_DURATION.num_minutes()).unwrap_or_default();
    let rules = [
        (
            Glyph::Lock,
            messages::view_read_only(language).to_owned(),
            messages::view_read_only_text(language).to_owned(),
        ),
        (
            Glyph::Clock,
            messages::view_duration(language, minutes),
            messages::view_duration_text(language).to_owned(),
        ),
        (
            Glyph::Cms,
            messages::view_recorded(language).to_owned(),
            messages::view_recorded_text(language, &name),
        ),
    ];
    let rule = |(glyph, rule, how): (Glyph, String, String)| {
        view! {
            <li>
                <Icon glyph />
                <span>
                    <strong>{rule}</strong>
                    " "
                    {with_bdi(&how)}
                </span>
            </li>
        }
    };
    view! { <ul class="confirm__list">{rules.map(rule).collect_view()}</ul> }
}
