use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::UserId;
use web_sys::AbortController;

use super::model::{self, Glimpse};
use crate::api::{ApiError, Client};
use crate::i18n::{Language, format, messages, use_language, with_bdi};
use crate::parts::section_glyph;
use crate::state::{explain, use_reader};
use crate::ui::{Glyph, Icon};

/// What the view will show, place by place.
#[component]
pub(super) fn Preview(
    /// As whom.
    user: UserId,
    /// At how many places something is expected.
    places: usize,
) -> impl IntoView {
    let language = use_language();
    let reader = use_reader();
    let client = StoredValue::new(expect_context::<Client>());
    let found = RwSignal::new(None::<Result<Vec<Glimpse>, ApiError>>);
    let Ok(abort) = AbortController::new() else { return ().into_any() };
    let signal = abort.signal();
    let abort = StoredValue::new_local(abort);
    on_cleanup(move || abort.with_value(AbortController::abort));
    let load = move || {
        let signal = signal.clone();
        let _ = found.try_set(None);
        let Some(client) = client.try_get_value() else { return };
        spawn_local(async move {
            let answer = client.access(user, &signal).await;
            let Some(reader) = reader.try_get_untracked() else { return };
            let answer = answer.map(|(access, _)| model::glimpses(&access, &reader));
            if answer != Err(ApiError::Aborted) {
                let _ = found.try_set(Some(answer));
            }
        });
    };
    load();
    let load = StoredValue::new_local(load);
    let skeleton = move || {
        let row = |_| view! { <div class="lost__row"><i class="skeleton skeleton--name"></i></div> };
        (0..places).map(row).collect_view()
    };
    (move || match found.get() {
        None => view! { <div class="lost" aria-busy="true">{skeleton()}</div> }.into_any(),
        Some(Ok(glimpses)) if glimpses.is_empty() => ().into_any(),
        Some(Ok(glimpses)) => {
            let hidden = hidden(language, &glimpses);
            let rows = glimpses.iter().map(|glimpse| place(language, glimpse)).collect_view();
            // A long list scrolls, also by the keyboard.
            view! {
                <div class="lost" tabindex="0" role="group" aria-labelledby="view-shows">
                    <ul role="list">{rows}</ul>
                    {hidden}
                </div>
            }
            .into_any()
        }
        Some(Err(error)) => view! {
            <p class="callout">
                <Icon glyph=Glyph::Info />
                <span>
                    {messages::view_shows_unknown(language)} " " {explain(language, &error)} " "
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

fn place(language: Language, glimpse: &Glimpse) -> impl IntoView + use<> {
    let sections = glimpse.sections.iter().map(|&section| {
        view! {
            <span class="tag">
                <Icon glyph=section_glyph(section) small=true />
                {section.name(language)}
            </span>
        }
    });
    let will_see =
        glimpse.pending.then(|| view! { <span class="hint">{messages::will_see(language)}</span> });
    view! {
        <li class="lost__row">
            <span class="view-start__place">
                <bdi>{glimpse.places.first().cloned()}</bdi>
                <span class="hint">{with_bdi(&model::line(language, glimpse))}</span>
            </span>
            <span class="chips">{will_see} {sections.collect_view()}</span>
        </li>
    }
}

fn hidden(language: Language, glimpses: &[Glimpse]) -> Option<impl IntoView + use<>> {
    let hidden = model::hidden(glimpses);
    let names: Vec<_> = hidden.iter().map(|section| section.name(language)).collect();
    (!names.is_empty()).then(|| {
        view! {
            <p class="view-start__hidden">
                <Icon glyph=Glyph::EyeOff small=true />
                {messages::hidden_in_all(language, &format::all(language, &names))}
            </p>
        }
    })
}
