use leptos::prelude::*;

use super::difference::{differences, shielded};
use super::gain_and_loss::GainAndLoss;
use super::model::Picture;
use super::store::AccessStore;
use super::tab::of_picture;
use super::words;
use crate::i18n::{Language, messages, use_language};
use crate::ui::{Glyph, Icon};

/// What saving would mean, environment by environment, before it is done.
#[component]
pub(super) fn Review(
    /// The access.
    access: AccessStore,
) -> impl IntoView {
    let language = use_language();
    let is_dirty = Memo::new(move |_| access.is_dirty());
    view! {
        <Show when=move || is_dirty.get()>
            <section class="notify" aria-labelledby="review-title">
                <h3 class="notify__head">
                    <Icon glyph=Glyph::Replace />
                    <span id="review-title">{messages::what_changes(language)}</span>
                </h3>
                {move || access.picture.with(|picture| picture.as_ref().map(|picture| rows(language, picture)))}
            </section>
        </Show>
    }
}

fn rows(language: Language, picture: &Picture) -> impl IntoView + use<> {
    let differences = differences(picture);
    let is_the_same = differences.is_empty();
    let differences = differences.into_iter().map(|difference| {
        let places = words::places(language, picture, &difference.nodes);
        view! {
            <li class="notify__row">
                <Icon glyph=Glyph::Layers />
                <span>
                    {places}
                    <small>
                        <GainAndLoss outcome=difference.outcome />
                    </small>
                </span>
            </li>
        }
    });
    let note = move |glyph, words: String| {
        view! {
            <li class="notify__row">
                <Icon glyph=glyph />
                <span>{words}</span>
            </li>
        }
    };
    let places =
        |positions: &[usize]| (!positions.is_empty()).then(|| words::places(language, picture, positions));
    let shielded = places(&shielded(picture))
        .map(|places| note(Glyph::Lock, messages::shielded_by_override(language, &places)));
    let left = places(&picture.left_without_manager())
        .map(|places| note(Glyph::Alert, messages::left_without_manager(language, &places)));
    let same = is_the_same.then(|| note(Glyph::Check, messages::roles_only(language).into()));
    view! { <ul class="notify__list">{differences.collect_view()} {same} {shielded} {left}</ul> }
}

/// Whether what is staged means anything to anybody.
pub(super) fn means_nothing(access: AccessStore) -> bool {
    of_picture(access, |picture| differences(picture).is_empty())
}
