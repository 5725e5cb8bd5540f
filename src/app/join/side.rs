use leptos::prelude::*;
use studio_users_contract::OpenInvitation;
use studio_users_domain::{Role, RoleSet, abilities};

use super::model::{Notifies, capabilities, destination, notifies};
use crate::i18n::{Language, format, isolated, messages, use_language};
use crate::parts::{Abilities, MiniStudio, Outcome};
use crate::ui::Glyph;

/// What whoever joins will see and be able to do.
#[component]
pub(super) fn Side(
    /// What the link invites to.
    invitation: OpenInvitation,
) -> impl IntoView {
    let language = use_language();
    let allowed = capabilities(&invitation.grants);
    view! {
        <aside class="gate__side" aria-labelledby="join-side-title">
            <h2 class="label" id="join-side-title">
                {messages::what_you_will_see(language)}
            </h2>
            <MiniStudio
                title=Signal::stored(destination(&invitation).to_owned())
                capabilities=Signal::stored(allowed)
                label=messages::what_you_will_see(language)
            />
            <Abilities lines=Signal::stored(abilities(allowed, language)) />
            {outcome(language, &notifies(&invitation.grants))}
        </aside>
    }
}

fn outcome(language: Language, notifies: &Notifies<'_>) -> AnyView {
    let names = |roles: RoleSet| {
        let names: Vec<_> = roles.iter().map(|role| role.name(language)).collect();
        format::either(language, &names)
    };
    let no = |text: String| {
        view! { <Outcome glyph=Glyph::BellOff title=messages::chats_will_not_notify(language) text /> }
            .into_any()
    };
    match notifies {
        Notifies::Here(roles, node) => {
            let text = messages::notified_in_itself(language, &names(*roles), &isolated(node));
            view! { <Outcome glyph=Glyph::Bell title=messages::chats_will_notify(language) text is_yes=true /> }
                .into_any()
        }
        Notifies::AboveOnly => no(messages::notified_inherited_below(language).into()),
        Notifies::No => {
            let bringing: RoleSet = Role::all().filter(|role| role.notifies()).collect();
            no(messages::notified_needs(language, &names(bringing)))
        }
    }
}
