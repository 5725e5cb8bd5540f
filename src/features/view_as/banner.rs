use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::NodeId;

use super::countdown::Countdown;
use super::model;
use crate::api::Client;
use crate::i18n::{isolated, messages, use_language, with_bdi};
use crate::state::{Viewing, use_reader};
use crate::ui::{Glyph, Icon};

/// Stands above the page for as long as the view runs: as whom, by which roles and where, for how long still, why, and
/// the way out.
#[component]
pub(super) fn ViewBanner(
    /// The view.
    viewing: Viewing,
    /// The place in focus, where it is one.
    at: Signal<Option<NodeId>>,
) -> impl IntoView {
    let language = use_language();
    let reader = use_reader();
    let client = StoredValue::new(expect_context::<Client>());
    let is_leaving = RwSignal::new(false);
    let name = reader.read_untracked().name().to_owned();
    let standing = move || {
        let reader = reader.read();
        let view = reader.session.view.as_ref()?;
        let words = model::standing(language, view, &reader, at.get());
        Some(
            view! { <span class="view-banner__fact view-banner__standing"><span class="truncate">{with_bdi(&words)}</span></span> },
        )
    };
    let running = Memo::new(move |_| viewing.running.get());
    let countdown = move || {
        let until = running.read().as_ref()?.until;
        let on_over = move |()| {
            if let Some(client) = client.try_get_value() {
                viewing.time_is_over(client);
            }
        };
        Some(view! { <Countdown until on_over /> })
    };
    let reason = move || {
        let reason = running.read().as_ref()?.reason.clone();
        let said = messages::reason(language, &isolated(&reason));
        Some(view! {
            <span class="view-banner__fact view-banner__reason" title=reason>
                {with_bdi(&said)}
            </span>
        })
    };
    let on_exit = move |_| {
        if is_leaving.get_untracked() {
            return;
        }
        is_leaving.set(true);
        let client = client.get_value();
        spawn_local(async move {
            viewing.exit(client).await;
            let _ = is_leaving.try_set(false);
        });
    };
    view! {
        <aside class="view-banner" part="view-banner" aria-label=messages::viewing_as(language, &name)>
            <span class="view-banner__who">
                <Icon glyph=Glyph::ViewAs />
                <span class="truncate">{with_bdi(&messages::viewing_as(language, &isolated(&name)))}</span>
            </span>
            <span class="view-banner__facts">
                {standing}
                <span class="view-banner__fact">
                    <Icon glyph=Glyph::Lock />
                    {messages::view_is_read_only(language)}
                </span>
                {countdown} {reason}
            </span>
            <span class="view-banner__end">
                <button
                    class="view-banner__exit"
                    type="button"
                    aria-disabled=move || is_leaving.get().then_some("true")
                    on:click=on_exit
                >
                    <Icon glyph=Glyph::Exit />
                    {messages::exit_view(language)}
                </button>
            </span>
        </aside>
    }
}
