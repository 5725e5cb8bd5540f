use leptos::prelude::*;
use studio_users_domain::UserId;

use super::model::{self, PreviewRow};
use crate::api::{ApiError, Client, Latest};
use crate::i18n::{Language, format, messages, use_language, with_bdi};
use crate::parts::{AccessListError, AccessListSkeleton, section_glyph};
use crate::state::{explain, use_current_user};
use crate::ui::{Glyph, Icon};

/// Fetches the user's access and previews what the view will show, node by node.
#[component]
pub(super) fn ViewPreview(
    /// The user to view as.
    user: UserId,
    /// The number of skeleton rows.
    expected_rows: usize,
) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    let client = StoredValue::new(expect_context::<Client>());
    let preview = RwSignal::new(None::<Result<Vec<PreviewRow>, ApiError>>);
    let request = Latest::new();
    let load = move || {
        let _ = preview.try_set(None);
        let Some(client) = client.try_get_value() else { return };
        let access = |signal| async move { client.access(user, Some(&signal)).await };
        request.send(access, move |response| {
            let Some(current_user) = current_user.try_get_untracked() else { return };
            let response = response.map(|(access, _)| model::preview_rows(&access, &current_user));
            let _ = preview.try_set(Some(response));
        });
    };
    load();
    (move || match preview.get() {
        None => view! { <AccessListSkeleton rows=expected_rows /> }.into_any(),
        Some(Ok(rows)) if rows.is_empty() => ().into_any(),
        Some(Ok(rows)) => {
            let hidden = hidden_sections(language, &rows);
            let rows = rows.iter().map(|row| row_view(language, row)).collect_view();
            // The list scrolls, so it is focusable for keyboard users.
            // WCAG 2.1.1: https://www.w3.org/WAI/WCAG22/Understanding/keyboard.html
            view! {
                <div class="access-list" tabindex="0" role="group" aria-labelledby="view-shows">
                    <ul role="list">{rows}</ul>
                    {hidden}
                </div>
            }
            .into_any()
        }
        Some(Err(error)) => {
            let message = format!("{} {}", messages::preview_failed(language), explain(language, &error));
            view! { <AccessListError message on_retry=load /> }.into_any()
        }
    })
    .into_any()
}

fn row_view(language: Language, row: &PreviewRow) -> impl IntoView + use<> {
    let sections = row.sections.iter().map(|&section| {
        view! {
            <span class="tag">
                <Icon glyph=section_glyph(section) small=true />
                {section.name(language)}
            </span>
        }
    });
    let will_see =
        row.pending.then(|| view! { <span class="hint">{messages::after_joining(language)}</span> });
    view! {
        <li class="access-list__row">
            <span class="view-start__node">
                <bdi>{row.nodes.first().cloned()}</bdi>
                <span class="hint">{with_bdi(&model::row_caption(language, row))}</span>
            </span>
            <span class="chips">{will_see} {sections.collect_view()}</span>
        </li>
    }
}

fn hidden_sections(language: Language, rows: &[PreviewRow]) -> Option<impl IntoView + use<>> {
    let hidden = model::hidden_sections(rows);
    let names: Vec<_> = hidden.iter().map(|section| section.name(language)).collect();
    (!names.is_empty()).then(|| {
        view! {
            <p class="view-start__hidden">
                <Icon glyph=Glyph::EyeOff small=true />
                {messages::hidden_everywhere(language, &format::list_and(language, &names))}
            </p>
        }
    })
}
