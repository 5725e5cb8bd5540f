use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::UserRow;
use studio_users_domain::{Status, VIEW_LASTS};

use super::model;
use super::preview::Preview;
use super::reason::ReasonField;
use crate::api::{ApiError, Client};
use crate::i18n::{isolated, messages, use_language, with_bdi};
use crate::state::{Ask, Navigation, Origin, Place, denial_id, explain, use_asks, use_viewing};
use crate::ui::{Alarm, Avatar, Dialog, Glyph, Icon};

const TITLE: &str = "view-title";
const LEAD: &str = "view-lead";

/// Asks why, says what the view will show and what it records, and begins it.
#[component]
pub(super) fn StartDialog(
    /// As whom.
    row: UserRow,
) -> impl IntoView {
    let language = use_language();
    let (asks, viewing) = (use_asks(), use_viewing());
    let client = StoredValue::new(expect_context::<Client>());
    let navigation = StoredValue::new(expect_context::<Navigation>());
    // What is staged beside the list goes with the page that shows it.
    let is_unsaved = navigation.with_value(|navigation| untrack(|| navigation.is_held()));
    let reason = RwSignal::new(String::new());
    let (was_tried, is_busy) = (RwSignal::new(false), RwSignal::new(false));
    let error = RwSignal::new(None::<ApiError>);
    let field = NodeRef::<html::Input>::new();
    let compared = StoredValue::new(row.clone());
    let (id, name, denied) = (row.id, row.label().to_owned(), row.allowed.view_as);
    let has_joined = row.status == Status::Active;

    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if is_busy.get_untracked() || denied.is_some() {
            return;
        }
        was_tried.set(true);
        if reason.with_untracked(|reason| model::fault(reason).is_some()) {
            if let Some(field) = field.get_untracked() {
                let _ = field.focus();
            }
            return;
        }
        is_busy.set(true);
        error.set(None);
        let typed = reason.get_untracked().trim().to_owned();
        let (client, place) =
            (client.get_value(), navigation.with_value(|navigation| navigation.place.get_untracked()));
        let is_panel = matches!(&place, Place::Users(users) if users.open.is_some_and(|open| open.id == id));
        spawn_local(async move {
            match client.begin_view(id, typed.clone()).await {
                // The page around reads all anew; until then this stays as it is.
                Ok(view) => viewing.begin(view, typed, &place, Origin { user: id, is_panel }),
                Err(refused) => {
                    let _ = is_busy.try_set(false);
                    let _ = error.try_set(Some(refused));
                }
            }
        });
    };
    let cause = move || {
        let said = denied.map(|denial| denial.sentence(language).to_owned());
        said.or_else(|| error.get().map(|error| explain(language, &error)))
    };
    let on_close = move |()| {
        if !is_busy.get_untracked() {
            asks.close();
        }
    };
    let said = isolated(&name);
    let lead = if has_joined { messages::view_lead } else { messages::view_lead_invited };
    let places = row.environments.total.clamp(1, 4) as usize;
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
                                {with_bdi(&messages::view_as_named(language, &said))}
                            </h2>
                            <p class="confirm__text" id=LEAD>
                                {with_bdi(&lead(language, &said))}
                            </p>
                        </div>
                    </header>
                    <div class="field">
                        <h3 class="label" id="view-shows">
                            {messages::view_shows(language)}
                        </h3>
                        <Preview user=id places />
                    </div>
                    <Rules name=said.clone() />
                    <Show when=move || is_unsaved>
                        <p class="callout">
                            <Icon glyph=Glyph::Alert />
                            <span>{messages::view_drops_unsaved(language)}</span>
                        </p>
                    </Show>
                    <ReasonField reason was_tried field />
                    <Alarm words=Signal::derive(cause) />
                </div>
                <footer class="dialog__foot">
                    <button
                        class="button button--quiet"
                        type="button"
                        aria-disabled=move || is_busy.get().then_some("true")
                        on:click=move |_| {
                            if !is_busy.get_untracked() {
                                asks.ask(Ask::Compare(Box::new(compared.get_value())));
                            }
                        }
                    >
                        {messages::compare(language)}
                    </button>
                    <button
                        class="button dialog__foot-end"
                        type="button"
                        aria-disabled=move || is_busy.get().then_some("true")
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

/// What a view does, and what it does not.
#[component]
fn Rules(
    /// What whoever is viewed is called.
    name: String,
) -> impl IntoView {
    let language = use_language();
    let minutes = u32::try_from(VIEW_LASTS.num_minutes()).unwrap_or_default();
    let rules = [
        (
            Glyph::Lock,
            messages::view_read_only(language).to_owned(),
            messages::view_read_only_how(language).to_owned(),
        ),
        (
            Glyph::Clock,
            messages::view_lasts(language, minutes),
            messages::view_lasts_how(language).to_owned(),
        ),
        (
            Glyph::Cms,
            messages::view_recorded(language).to_owned(),
            messages::view_recorded_how(language, &name),
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
