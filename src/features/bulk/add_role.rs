use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{BulkAction, BulkRequest, BulkSelection};
use studio_users_domain::{NodeId, Role};

use super::model;
use super::places::Places;
use super::store::Store;
use crate::api::ApiError;
use crate::i18n::{Language, clock, messages, use_language};
use crate::state::{denial_id, explain, use_asks, use_reader};
use crate::ui::{Alarm, Dialog, Glyph, Icon, RadioItem, RadioList};

const TITLE: &str = "add-role-title";

/// Chooses a role, and where it is added for many.
#[component]
pub(super) fn AddRoleDialog(
    /// To whom.
    select: BulkSelection,
    /// How many they are.
    count: u32,
    /// Adds it.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
    let reader = use_reader();
    let place = RwSignal::new(None::<NodeId>);
    let role = RwSignal::new(None::<Role>);
    let is_busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let denial = move |role: Role| {
        place.get().and_then(|node| reader.with(|reader| model::denial(reader, node, role, clock::now())))
    };
    // A role that was chosen for another place may not be given here.
    Effect::new(move |_| {
        if role.get().is_some_and(|role| denial(role).is_some()) {
            role.set(None);
        }
    });
    let roles = Signal::derive(move || {
        let item = |role: Role| {
            let refused =
                denial(role).map(|denial| (denial_id(denial), denial.sentence(language).to_owned()));
            role_item(language, role, refused)
        };
        Role::all().map(item).collect::<Vec<_>>()
    });
    let chosen = move || Some((place.get()?, role.get()?)).filter(|_| !is_busy.get());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some((node, role)) = untrack(chosen) else { return };
        is_busy.set(true);
        error.set(None);
        let request = BulkRequest {
            select: select.clone(),
            action: BulkAction::AddRole,
            node_id: Some(node),
            role: Some(role),
        };
        spawn_local(async move {
            match store.act(request).await {
                Ok(()) => asks.close(),
                Err(failed) => {
                    let _ = is_busy.try_set(false);
                    let _ = error.try_set(Some(failed));
                }
            }
        });
    };
    let on_close = move |()| {
        if !is_busy.get_untracked() {
            asks.close();
        }
    };
    let cause = move || error.get().map(|error| explain(language, &error));
    view! {
        <Dialog label_id=TITLE class="confirm add-role" on_close>
            <form class="confirm__form" on:submit=on_submit>
                <div class="confirm__body">
                    <header>
                        <h2 class="dialog__title" id=TITLE>
                            {messages::add_role_to(language, count)}
                        </h2>
                        <p class="confirm__text">{messages::add_role_lead(language)}</p>
                    </header>
                    <Places chosen=place />
                    <div class="field">
                        <span class="label" aria-hidden="true">
                            {messages::role(language)}
                        </span>
                        <RadioList label=messages::role(language) items=roles chosen=role />
                    </div>
                    <Alarm words=Signal::derive(cause) />
                </div>
                <footer class="dialog__foot">
                    <span class="hint confirm__undo">
                        {move || chosen().is_none().then(|| messages::choose_place_and_role(language))}
                    </span>
                    <button class="button" type="button" on:click=move |_| on_close(())>
                        {messages::cancel(language)}
                    </button>
                    <button
                        class="button button--primary"
                        type="submit"
                        aria-disabled=move || chosen().is_none().then_some("true")
                    >
                        {move || {
                            if is_busy.get() { messages::adding_role(language) } else { messages::add_role(language) }
                        }}
                    </button>
                </footer>
            </form>
        </Dialog>
    }
}

fn role_item(language: Language, role: Role, refused: Option<(String, String)>) -> RadioItem<Role> {
    let why = refused.as_ref().map(|(_, words)| words.clone());
    let view = move || {
        // A reason stands in place of the description.
        let text = why.clone().unwrap_or_else(|| role.description(language).to_owned());
        let lock = why.is_some().then(|| view! { <Icon glyph=Glyph::Lock /> });
        view! {
            <span class="role-choice">
                <span class="role-choice__name">{role.name(language)}</span>
                <span class="hint">{text}</span>
            </span>
            {lock}
        }
    };
    RadioItem { value: role, view: ViewFn::from(view), refused }
}
