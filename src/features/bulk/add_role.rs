use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{BulkAction, BulkRequest, BulkSelection};
use studio_users_domain::{NodeId, Role};

use super::model;
use super::store::BulkStore;
use crate::api::ApiError;
use crate::i18n::{Language, messages, use_language};
use crate::parts::NodeList;
use crate::reactive::effect;
use crate::state::{PermissionContext, denial_id, explain, use_current_user, use_dialogs};
use crate::ui::{Dialog, ErrorAlert, Glyph, Icon, RadioItem, RadioList};

const TITLE: &str = "add-role-title";

/// Dialog that adds one role at one node to many users.
#[component]
pub(super) fn AddRoleDialog(
    /// The users to change.
    select: BulkSelection,
    /// The number of users in `select`.
    count: u32,
    store: BulkStore,
) -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let current_user = use_current_user();
    let node = RwSignal::new(None::<NodeId>);
    let role = RwSignal::new(None::<Role>);
    let is_busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let permissions =
        Memo::new_with_compare(move |_| PermissionContext::of(&current_user.read()), |_, _| true);
    let denial = move |role: Role| {
        let node = node.get()?;
        permissions.with(|permissions| model::denial(permissions.as_ref()?, node, role))
    };
    // Clears the role if the current user may not assign it at the newly chosen node.
    effect(move |_| {
        if role.get().is_some_and(|role| denial(role).is_some()) {
            role.set(None);
        }
    });
    let item = move |role: Role| {
        let refused = denial(role).map(|denial| (denial_id(denial), denial.message(language).to_owned()));
        role_item(language, role, refused)
    };
    let selection = move || Some((node.get()?, role.get()?)).filter(|_| !is_busy.get());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some((node, role)) = untrack(selection) else { return };
        is_busy.set(true);
        error.set(None);
        let request = BulkRequest {
            select: select.clone(),
            action: BulkAction::AddRole,
            node_id: Some(node),
            role: Some(role),
        };
        spawn_local(async move {
            // On success, the store closes the dialog. Otherwise the dialog shows the error, if it is still open.
            if let Some(failure) = store.run(request, move || is_busy.try_set(false).is_none()).await {
                error.set(Some(failure));
            }
        });
    };
    // Closes while the request is in flight, too. A notice reports its result.
    let on_close = move |()| dialogs.close();
    let error_text = move || error.get().map(|error| explain(language, &error));
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
                    <NodeList chosen=node autofocus=true />
                    <div class="field">
                        <span class="label" aria-hidden="true">
                            {messages::role(language)}
                        </span>
                        <RadioList label=messages::role(language) values=Signal::stored(Role::all().collect::<Vec<_>>()) key=|role| role as u128 item selection=role />
                    </div>
                    <ErrorAlert message=Signal::derive(error_text) />
                </div>
                <footer class="dialog__foot">
                    <span class="hint confirm__undo">
                        {move || selection().is_none().then(|| messages::choose_node_and_role(language))}
                    </span>
                    <button class="button" type="button" on:click=move |_| on_close(())>
                        {messages::cancel(language)}
                    </button>
                    <button
                        class="button button--primary"
                        type="submit"
                        aria-disabled=move || selection().is_none().then_some("true")
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

fn role_item(language: Language, role: Role, refused: Option<(String, String)>) -> RadioItem {
    let reason = refused.as_ref().map(|(_, text)| text.clone());
    let view = move || {
        // The reason replaces the description.
        let text = reason.clone().unwrap_or_else(|| role.description(language).to_owned());
        let lock = reason.is_some().then(|| view! { <Icon glyph=Glyph::Lock /> });
        view! {
            <span class="role-choice">
                <span class="role-choice__name">{role.name(language)}</span>
                <span class="hint">{text}</span>
            </span>
            {lock}
        }
    };
    RadioItem { view: ViewFn::from(view), disabled_reason: refused }
}
