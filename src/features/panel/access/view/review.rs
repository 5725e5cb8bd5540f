use leptos::prelude::*;

use super::gain_and_loss::GainAndLoss;
use crate::features::panel::access::model::descriptions;
use crate::features::panel::access::model::draft::AccessDraft;
use crate::features::panel::access::model::outcome::{outcome_groups, shielded};
use crate::features::panel::access::store::{AccessStore, with_draft};
use crate::i18n::{Language, messages, use_language};
use crate::reactive::memo;
use crate::ui::{Glyph, Icon};

/// Previews what saving changes in each environment.
#[component]
pub(crate) fn Review(access: AccessStore) -> impl IntoView {
    let language = use_language();
    let is_dirty = memo(move |_| access.is_dirty());
    view! {
        <Show when=move || is_dirty.get()>
            <section class="detail-card" aria-labelledby="review-title">
                <h3 class="detail-card__head">
                    <Icon glyph=Glyph::Replace />
                    <span id="review-title">{messages::what_changes(language)}</span>
                </h3>
                {move || access.draft.with(|draft| draft.as_ref().map(|draft| rows(language, draft)))}
            </section>
        </Show>
    }
}

fn rows(language: Language, draft: &AccessDraft) -> impl IntoView + use<> {
    let outcome_groups = outcome_groups(draft);
    let has_no_outcome = outcome_groups.is_empty();
    let outcome_groups = outcome_groups.into_iter().map(|group| {
        let node_names = descriptions::node_names(language, draft, &group.nodes);
        view! {
            <li class="detail-card__row">
                <Icon glyph=Glyph::Layers />
                <span>
                    {node_names}
                    <small>
                        <GainAndLoss outcome=group.outcome />
                    </small>
                </span>
            </li>
        }
    });
    let note = move |glyph, text: String| {
        view! {
            <li class="detail-card__row">
                <Icon glyph=glyph />
                <span>{text}</span>
            </li>
        }
    };
    let node_names = |positions: &[usize]| {
        (!positions.is_empty()).then(|| descriptions::node_names(language, draft, positions))
    };
    let shielded = node_names(&shielded(draft))
        .map(|node_names| note(Glyph::Lock, messages::unchanged_by_override(language, &node_names)));
    let without_manager = node_names(&draft.left_without_manager())
        .map(|node_names| note(Glyph::Alert, messages::no_direct_manager_left(language, &node_names)));
    let unchanged = has_no_outcome.then(|| note(Glyph::Check, messages::same_permissions(language).into()));
    view! { <ul>{outcome_groups.collect_view()} {unchanged} {shielded} {without_manager}</ul> }
}

/// Whether the staged changes alter roles only, and no capability or notification of the user.
pub(crate) fn has_no_effect(access: AccessStore) -> bool {
    with_draft(access, |draft| outcome_groups(draft).is_empty())
}
