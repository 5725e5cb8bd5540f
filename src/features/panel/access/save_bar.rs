use leptos::prelude::*;

use super::difference::{Outcome, differences};
use super::gain_and_loss::GainAndLoss;
use super::review::means_nothing;
use super::store::AccessStore;
use super::tab::of_picture;
use super::words;
use crate::features::panel::focus::KeepFocus;
use crate::i18n::{format, messages, use_language};
use crate::state::{Lock, explain};
use crate::ui::{Glyph, Icon};

/// What waits to be saved, in a line, and what becomes of it.
#[component]
pub(in super::super) fn SaveBar(
    /// The access.
    access: AccessStore,
) -> impl IntoView {
    let language = use_language();
    let keep = expect_context::<KeepFocus>();
    let is_clashing = Memo::new(move |_| access.conflict.with(Option::is_some));
    // Those that wait for a choice.
    let open = Memo::new(move |_| {
        access.conflict.with(|conflict| {
            let choices = access.choices.read();
            let open = conflict.as_ref()?.open(&choices).map(|clash| clash.node).collect::<Vec<_>>();
            Some((open, conflict.as_ref()?.clashes.len()))
        })
    });
    let is_open = Memo::new(move |_| open.read().as_ref().is_some_and(|(open, _)| !open.is_empty()));
    let lock = Lock::of(move || access.denial());
    let is_locked = move || is_open.get() || lock.get().is_some() || access.is_saving.get();
    let positions = move || {
        of_picture(access, |picture| {
            let tree = picture.organisation.tree();
            picture.staged.keys().filter_map(|&node| tree.position(node)).collect::<Vec<_>>()
        })
    };
    let text = move || {
        let Some((open, clashes)) = open.get() else {
            let positions = positions();
            let count = u32::try_from(positions.len()).unwrap_or(u32::MAX);
            let places = of_picture(access, |picture| words::places(language, picture, &positions));
            return messages::changes_in(language, count, &places);
        };
        let number = |count: usize| format::number(language, u32::try_from(count).unwrap_or(u32::MAX));
        if clashes == 0 {
            return messages::none_needs_a_choice(language).into();
        }
        messages::chosen_of(language, &number(clashes - open.len()), &number(clashes))
    };
    let below = move || {
        if let Some((open, _)) = open.get().filter(|(open, _)| !open.is_empty()) {
            let places = of_picture(access, |picture| {
                let tree = picture.organisation.tree();
                let open: Vec<_> = open.iter().filter_map(|&node| tree.position(node)).collect();
                words::places(language, picture, &open)
            });
            return view! {
                <span class="hint" id="clash-left">
                    {messages::is_left(language, &places)}
                </span>
            }
            .into_any();
        }
        if let Some(lock) = lock.get() {
            return view! { <span class="loss">{lock.words(language)}</span> }.into_any();
        }
        if positions().is_empty() {
            return view! { <span class="hint">{messages::changes_nothing_more(language)}</span> }.into_any();
        }
        if means_nothing(access) {
            return view! { <span class="hint">{messages::roles_only(language)}</span> }.into_any();
        }
        let outcome = of_picture(access, |picture| {
            differences(picture).into_iter().fold(Outcome::default(), |all, one| all.and(one.outcome))
        });
        view! { <GainAndLoss outcome /> }.into_any()
    };
    let failure = move || {
        let error = access.save_error.get()?;
        Some(view! {
            <p class="callout callout--danger">
                <Icon glyph=Glyph::Alert />
                <span>{explain(language, &error)}</span>
            </p>
        })
    };
    let described = move || {
        if is_open.get() { Some("clash-left".to_string()) } else { lock.get().map(Lock::id) }
    };
    view! {
        <footer class="save-bar">
            <div class="save-bar__error" role="alert">
                {failure}
            </div>
            <span class="save-bar__text">
                {text}
                <span class="save-bar__meaning">{below}</span>
            </span>
            <span class="save-bar__do">
                <button
                    class="button"
                    type="button"
                    on:click=move |_| {
                        keep.keep();
                        access.discard();
                    }
                >
                    {move || {
                        if is_clashing.get() { messages::discard_mine(language) } else { messages::discard(language) }
                    }}
                </button>
                <button
                    class="button button--primary"
                    type="button"
                    aria-disabled=move || is_locked().then_some("true")
                    aria-describedby=described
                    on:click=move |_| {
                        if !untrack(is_locked) {
                            keep.keep();
                            access.save();
                        }
                    }
                >
                    {messages::save_changes(language)}
                </button>
            </span>
        </footer>
    }
}
