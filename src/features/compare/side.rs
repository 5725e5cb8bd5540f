use leptos::prelude::*;
use studio_users_domain::{Role, abilities};

use super::model::Sight;
use crate::i18n::{Language, messages};
use crate::parts::{Abilities, MiniStudio};
use crate::ui::{Chip, Glyph, Icon};

/// What is seen on one side.
#[component]
pub(super) fn Side(
    /// The language that it is told in.
    language: Language,
    /// Whose it is, or what makes it so.
    #[prop(into)]
    title: Signal<String>,
    /// What the small studio is called.
    #[prop(into)]
    place: Signal<String>,
    /// What is seen.
    sight: Signal<Sight>,
) -> impl IntoView {
    let roles = move || {
        let sight = sight.get();
        if sight.roles.is_empty() {
            return view! { <span class="hint">{messages::no_access_here(language)}</span> }.into_any();
        }
        let chip = |role: Role| {
            view! { <Chip label=role.name(language) family=role.family().tag() /> }
        };
        sight.roles.iter().map(chip).collect_view().into_any()
    };
    let notified = move || {
        let notified = sight.get().notified?;
        let (glyph, words) = if notified.value {
            (Glyph::Bell, messages::is_notified_of_chats(language))
        } else {
            (Glyph::BellOff, messages::is_not_notified_of_chats(language))
        };
        Some(view! {
            <p class="compare__notified" data-yes=notified.value.then_some("")>
                <Icon glyph />
                {words}
            </p>
        })
    };
    view! {
        <section class="compare__side">
            <h3 class="label">
                <bdi>{title}</bdi>
            </h3>
            <div class="chips">{roles}</div>
            <MiniStudio
                title=place
                capabilities=Signal::derive(move || sight.get().capabilities())
                label=messages::what_they_will_see(language)
            />
            <Abilities lines=Signal::derive(move || abilities(sight.get().capabilities(), language)) />
            {notified}
        </section>
    }
}
