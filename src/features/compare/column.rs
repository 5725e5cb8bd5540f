use leptos::prelude::*;
use studio_users_domain::{Role, capability_labels};

use super::model::Visible;
use crate::i18n::{Language, messages};
use crate::parts::{Abilities, MiniStudio};
use crate::ui::{Chip, Glyph, Icon};

/// One column of the comparison: roles, visible sections, abilities and chat notifications.
#[component]
pub(super) fn CompareColumn(
    language: Language,
    /// The user's name, or a label such as "With Analyst added".
    #[prop(into)]
    title: Signal<String>,
    /// The title of the miniature studio.
    #[prop(into)]
    node_name: Signal<String>,
    visible: Signal<Visible>,
) -> impl IntoView {
    let roles = move || {
        let visible = visible.get();
        if visible.roles.is_empty() {
            return view! { <span class="hint">{messages::no_access(language)}</span> }.into_any();
        }
        let chip = |role: Role| {
            view! { <Chip label=role.name(language) family=role.family().tag() /> }
        };
        visible.roles.iter().map(chip).collect_view().into_any()
    };
    let notified = move || {
        let notified = visible.get().notified?;
        let (glyph, text) = if notified.value {
            (Glyph::Bell, messages::can_get_chat_notifications(language))
        } else {
            (Glyph::BellOff, messages::no_chat_notifications(language))
        };
        Some(view! {
            <p class="compare__notified" data-yes=notified.value.then_some("")>
                <Icon glyph />
                {text}
            </p>
        })
    };
    view! {
        <section class="compare__column">
            <h3 class="label">
                <bdi>{title}</bdi>
            </h3>
            <div class="chips">{roles}</div>
            <MiniStudio
                title=node_name
                capabilities=Signal::derive(move || visible.get().capabilities())
                label=messages::preview(language)
            />
            <Abilities lines=Signal::derive(move || capability_labels(visible.get().capabilities(), language)) />
            {notified}
        </section>
    }
}
