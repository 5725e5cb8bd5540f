use leptos::prelude::*;

use super::gain_and_loss::GainAndLoss;
use super::review::has_no_effect;
use crate::features::panel::access::model::descriptions;
use crate::features::panel::access::model::outcome::{Outcome, outcome_groups};
use crate::features::panel::access::store::{AccessStore, with_draft};
use crate::features::panel::focus::RestoreFocus;
use crate::i18n::{format, messages, use_language};
use crate::reactive::memo;
use crate::state::{Lock, explain};
use crate::ui::{Glyph, Icon};

/// The save bar: a summary of the staged changes and what they mean, with discard and save buttons.
#[component]
pub(crate) fn SaveBar(access: AccessStore) -> impl IntoView {
    let language = use_language();
    let restore_focus = expect_context::<RestoreFocus>();
    let has_conflict = memo(move |_| access.conflict.with(Option::is_some));
    // The nodes that need a choice, and the number of nodes in conflict.
    let unresolved = memo(move |_| {
        access.conflict.with(|conflict| {
            let choices = access.choices.read();
            let unresolved = conflict
                .as_ref()?
                .unresolved(&choices)
                .map(|node_conflict| node_conflict.node)
                .collect::<Vec<_>>();
            Some((unresolved, conflict.as_ref()?.nodes.len()))
        })
    });
    let has_unresolved =
        memo(move |_| unresolved.read().as_ref().is_some_and(|(unresolved, _)| !unresolved.is_empty()));
    let lock = Lock::of(move || access.denial());
    let is_locked = move || has_unresolved.get() || lock.get().is_some() || access.is_saving.get();
    let positions = move || {
        with_draft(access, |draft| {
            let tree = draft.organisation.tree();
            draft.staged.keys().filter_map(|&node| tree.position(node)).collect::<Vec<_>>()
        })
    };
    let text = move || {
        let Some((unresolved, nodes)) = unresolved.get() else {
            let positions = positions();
            let count = u32::try_from(positions.len()).unwrap_or(u32::MAX);
            let node_names =
                with_draft(access, |draft| descriptions::node_names(language, draft, &positions));
            return messages::changes_in(language, count, &node_names);
        };
        let number = |count: usize| format::number(language, u32::try_from(count).unwrap_or(u32::MAX));
        if nodes == 0 {
            return messages::no_conflicts(language).into();
        }
        messages::resolved_count(language, &number(nodes - unresolved.len()), &number(nodes))
    };
    let meaning = move || {
        if let Some((unresolved, _)) = unresolved.get().filter(|(unresolved, _)| !unresolved.is_empty()) {
            let node_names = with_draft(access, |draft| {
                let tree = draft.organisation.tree();
                let unresolved: Vec<_> = unresolved.iter().filter_map(|&node| tree.position(node)).collect();
                descriptions::node_names(language, draft, &unresolved)
            });
            return view! {
                <span class="hint" id="unresolved-conflicts">
                    {messages::still_to_resolve(language, &node_names)}
                </span>
            }
            .into_any();
        }
        if let Some(lock) = lock.get() {
            return view! { <span class="loss">{lock.words(language)}</span> }.into_any();
        }
        if positions().is_empty() {
            return view! { <span class="hint">{messages::no_unsaved_changes_left(language)}</span> }
                .into_any();
        }
        if has_no_effect(access) {
            return view! { <span class="hint">{messages::same_permissions(language)}</span> }.into_any();
        }
        let outcome = with_draft(access, |draft| {
            outcome_groups(draft).into_iter().fold(Outcome::default(), |all, one| all.merge(one.outcome))
        });
        view! { <GainAndLoss outcome /> }.into_any()
    };
    let error_view = move || {
        let error = access.save_error.get()?;
        Some(view! {
            <p class="callout callout--danger">
                <Icon glyph=Glyph::Alert />
                <span>{explain(language, &error)}</span>
            </p>
        })
    };
    let described_by = move || {
        if has_unresolved.get() { Some("unresolved-conflicts".to_string()) } else { lock.get().map(Lock::id) }
    };
    view! {
        <footer class="save-bar">
            <div class="save-bar__error" role="alert">
                {error_view}
            </div>
            <span class="save-bar__text">
                {text}
                <span class="save-bar__effect">{meaning}</span>
            </span>
            <span class="save-bar__actions">
                <button
                    class="button"
                    type="button"
                    on:click=move |_| {
                        restore_focus.arm();
                        access.discard();
                    }
                >
                    {move || {
                        if has_conflict.get() { messages::discard_my_changes(language) } else { messages::discard(language) }
                    }}
                </button>
                <button
                    class="button button--primary"
                    type="button"
                    aria-disabled=move || is_locked().then_some("true")
                    aria-describedby=described_by
                    on:click=move |_| {
                        if !untrack(is_locked) {
                            restore_focus.arm();
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
