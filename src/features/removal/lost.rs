use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::UserRow;
use studio_users_domain::{NodeKind, Role};
use web_sys::AbortController;

use super::model::{self, Lost};
use super::store::Store;
use crate::api::ApiError;
use crate::i18n::{Language, messages, use_language};
use crate::state::{explain, use_reader};
use crate::ui::{Chip, Glyph, Icon};

/// What is lost where.
#[component]
pub(super) fn LostPlaces(
    /// By whom.
    row: UserRow,
    /// Knows it.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let reader = use_reader();
    let lost = RwSignal::new(None::<Result<Arc<Vec<Lost>>, ApiError>>);
    let places = row.environments.total.clamp(1, 5) as usize;
    let Ok(abort) = AbortController::new() else { return ().into_any() };
    let signal = abort.signal();
    let abort = StoredValue::new_local(abort);
    on_cleanup(move || abort.with_value(AbortController::abort));
    let load = move || {
        let signal = signal.clone();
        let _ = lost.try_set(None);
        spawn_local(async move {
            let answer = store.access(row.id, &signal).await;
            let Some(reader) = reader.try_get_untracked() else { return };
            let answer = answer.map(|access| Arc::new(model::lost(&access, &reader)));
            if answer != Err(ApiError::Aborted) {
                let _ = lost.try_set(Some(answer));
            }
        });
    };
    load();
    let load = StoredValue::new_local(load);
    let skeleton = move || {
        (0..places)
            .map(|_| view! { <div class="lost__row"><i class="skeleton skeleton--name"></i></div> })
            .collect_view()
    };
    (move || match lost.get() {
        None => view! { <div class="lost" aria-busy="true">{skeleton()}</div> }.into_any(),
        Some(Ok(lost)) if lost.is_empty() => ().into_any(),
        Some(Ok(lost)) => {
            let rows = lost.iter().map(|lost| place(language, lost)).collect_view();
            // A long list scrolls, also by the keyboard.
            view! {
                <ul class="lost" tabindex="0" aria-label=messages::what_is_lost(language)>
                    {rows}
                </ul>
            }
            .into_any()
        }
        Some(Err(error)) => view! {
            <p class="callout">
                <Icon glyph=Glyph::Info />
                <span>
                    {messages::lost_unknown(language)} " " {explain(language, &error)} " "
                    <button class="link" type="button" on:click=move |_| load.with_value(|load| load())>
                        {messages::retry(language)}
                    </button>
                </span>
            </p>
        }
        .into_any(),
    })
    .into_any()
}

fn place(language: Language, lost: &Lost) -> impl IntoView + use<> {
    let chip = |(role, inherited): (Role, bool)| {
        let inherited = inherited.then(|| messages::inherited(language));
        view! { <Chip label=role.name(language) family=role.family().tag() inherited /> }
    };
    let held = lost.held().map(chip).collect_view();
    let promised = (!lost.promised.is_empty()).then(|| {
        let chips = lost.promised.iter().map(|role| chip((role, false))).collect_view();
        view! {
            <span class="hint">{messages::invited_as(language)}</span>
            {chips}
        }
    });
    let glyph = match lost.kind {
        NodeKind::Environment => None,
        NodeKind::Agency | NodeKind::Provider => Some(Glyph::Agency),
    };
    view! {
        <li class="lost__row">
            <span class="lost__place">
                {glyph.map(|glyph| view! { <Icon glyph /> })}
                <bdi>{lost.name.clone()}</bdi>
            </span>
            <span class="chips">{held} {promised}</span>
        </li>
    }
}
