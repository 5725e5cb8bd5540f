use leptos::prelude::*;
use studio_users_domain::NodeId;

use super::countdown::Countdown;
use super::model;
use crate::api::Client;
use crate::i18n::{isolated, messages, use_language, with_bdi};
use crate::reactive::memo;
use crate::state::{Impersonation, use_current_user};
use crate::ui::{Glyph, Icon};

/// The banner above the page while an impersonation runs. Shows the viewed user, their roles at the node in focus, the
/// time left, the reason and the exit button.
#[component]
pub(super) fn ImpersonationBanner(
    impersonation: Impersonation,
    /// The node in focus.
    node: Signal<Option<NodeId>>,
) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    let client = StoredValue::new(expect_context::<Client>());
    let name = current_user.read_untracked().name().to_owned();
    let roles = move || {
        let current_user = current_user.read();
        let view = current_user.session.view.as_ref()?;
        let text = model::roles_caption(language, view, &current_user, node.get());
        Some(
            view! { <span class="view-banner__fact view-banner__roles"><span class="truncate">{with_bdi(&text)}</span></span> },
        )
    };
    let running = memo(move |_| impersonation.running.get());
    let countdown = move || {
        let until = running.read().as_ref()?.until;
        let on_expire = move |()| {
            if let Some(client) = client.try_get_value() {
                impersonation.expire(client);
            }
        };
        Some(view! { <Countdown until on_expire /> })
    };
    let reason = move || {
        let reason = running.read().as_ref()?.reason.clone();
        let text = messages::reason(language, &isolated(&reason));
        Some(view! {
            <span class="view-banner__fact view-banner__reason" title=reason>
                {with_bdi(&text)}
            </span>
        })
    };
    let on_exit = move |_| {
        if let Some(client) = client.try_get_value() {
            impersonation.exit(client);
        }
    };
    view! {
        <aside class="view-banner" part="view-banner" aria-label=messages::viewing_as(language, &name)>
            <span class="view-banner__user">
                <Icon glyph=Glyph::ViewAs />
                <span class="truncate">{with_bdi(&messages::viewing_as(language, &isolated(&name)))}</span>
            </span>
            <span class="view-banner__facts">
                {roles}
                <span class="view-banner__fact">
                    <Icon glyph=Glyph::Lock />
                    {messages::read_only(language)}
                </span>
                {countdown} {reason}
            </span>
            <span class="view-banner__end">
                <button class="view-banner__exit" type="button" on:click=on_exit>
                    <Icon glyph=Glyph::Exit />
                    {messages::exit_view(language)}
                </button>
            </span>
        </aside>
    }
}
