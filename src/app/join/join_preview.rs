use leptos::prelude::*;
use studio_users_contract::InvitationDetails;
use studio_users_domain::{Role, RoleSet, capability_labels};

use super::model::{Notifies, capabilities, destination, notifies};
use crate::i18n::{Language, format, messages, use_language};
use crate::parts::{Abilities, MiniStudio, Outcome};
use crate::ui::{Glyph, PLACEHOLDERS};

/// A preview of what the user will see and be able to do after joining.
#[component]
pub(super) fn JoinPreview(invitation: InvitationDetails) -> impl IntoView {
    let language = use_language();
    let allowed = capabilities(&invitation.grants);
    view! {
        <aside class="public-frame__aside" aria-labelledby="join-preview-title">
            <h2 class="label" id="join-preview-title">
                {messages::what_you_will_see(language)}
            </h2>
            <MiniStudio
                title=Signal::stored(destination(&invitation).to_owned())
                capabilities=Signal::stored(allowed)
                label=messages::what_you_will_see(language)
            />
            <Abilities lines=Signal::stored(capability_labels(allowed, language)) />
            {outcome(language, &notifies(&invitation.grants))}
        </aside>
    }
}

fn outcome(language: Language, notifies: &Notifies<'_>) -> AnyView {
    let names = |roles: RoleSet| {
        let names: Vec<_> = roles.iter().map(|role| role.name(language)).collect();
        format::list_or(language, &names)
    };
    let no = |text: String| {
        view! { <Outcome glyph=Glyph::BellOff title=messages::no_chat_notifications(language) text /> }
            .into_any()
    };
    match notifies {
        Notifies::AtEnvironment(roles, node) => {
            let text = messages::assigned_in_node_itself(language, &names(*roles), PLACEHOLDERS[0]);
            view! { <Outcome glyph=Glyph::Bell title=messages::you_can_get_chat_notifications(language) text names=vec![(*node).to_owned()] is_yes=true /> }
                .into_any()
        }
        Notifies::OnlyInherited => no(messages::inherited_without_notifications(language).into()),
        Notifies::No => {
            let notifying: RoleSet = Role::all().filter(|role| role.notifies()).collect();
            no(messages::requires_roles(language, &names(notifying)))
        }
    }
}
