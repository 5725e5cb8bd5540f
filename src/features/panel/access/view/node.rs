use leptos::ev::MouseEvent;
use leptos::prelude::*;
use studio_users_domain::Provenance;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::picker::RolePicker;
use super::role_chip::{RoleChip, render_chip, role_chips};
use crate::features::panel::access::model::descriptions;
use crate::features::panel::access::model::draft::AccessDraft;
use crate::features::panel::access::store::{AccessStore, with_draft, with_draft_untracked};
use crate::i18n::{Language, isolated, messages, use_language};
use crate::reactive::memo;
use crate::state::Lock;
use crate::ui::{Glyph, Icon, focus_later};

/// The content of a node's row.
#[derive(Debug, Clone, Default, PartialEq)]
struct Row {
    name: String,
    is_environment: bool,
    role_chips: Vec<RoleChip>,
    from: String,
    source: String,
    lost: Option<String>,
    pending: Option<String>,
    is_staged: bool,
    can_reset: bool,
}

/// The row of a node: name, roles, where they come from, and the controls to change them.
#[component]
pub(crate) fn NodeRow(
    access: AccessStore,
    position: usize,
    /// Whether the node has children in the tree.
    #[prop(into)]
    has_nodes: Signal<bool>,
    /// The value of the attribute `data-row`.
    data_row: Signal<Option<String>>,
) -> impl IntoView {
    let language = use_language();
    let row = memo(move |_| with_draft(access, |draft| row(language, draft, position)));
    let name = memo(move |_| row.read().name.clone());
    let chips = move || {
        let row = row.read();
        if row.role_chips.is_empty() {
            return view! { <span class="chip chip--none">{messages::no_access(language)}</span> }.into_any();
        }
        let chips = row.role_chips.iter().map(|&role_chip| render_chip(language, role_chip, &row.source));
        chips.collect_view().into_any()
    };
    let lock = Lock::of_everything();
    let undo = move || {
        let (is_staged, can_reset) = row.with(|row| (row.is_staged, row.can_reset));
        if is_staged {
            let before = move || with_draft_untracked(access, |draft| draft.before(position).assigned);
            let label = messages::discard_in(language, &name.get());
            Some(
                view! {
                    <span aria-hidden="true">" · "</span>
                    <button
                        class="link"
                        type="button"
                        aria-label=label
                        on:click=move |event| {
                            access.stage(position, before());
                            focus_row(&event);
                        }
                    >
                        {messages::discard(language)}
                    </button>
                }
                .into_any(),
            )
        } else {
            let is_impersonating = lock.get().is_some_and(Lock::is_view);
            (can_reset && !is_impersonating).then(|| {
                view! {
                    <span aria-hidden="true">" · "</span>
                    <button
                        class="link"
                        type="button"
                        on:click=move |event| {
                            access.stage(position, None);
                            focus_row(&event);
                        }
                    >
                        {messages::reset_to_inherited(language)}
                    </button>
                }
                .into_any()
            })
        }
    };
    view! {
        <div class="access-tree__node" data-row=data_row data-changed=move || row.read().is_staged.then_some("")>
            <Show when=move || has_nodes.get() || !row.read().is_environment>
                <span class="access-tree__tile">
                    <Icon glyph=Glyph::Agency />
                </span>
            </Show>
            <span class="access-tree__name">
                <bdi>{move || name.get()}</bdi>
            </span>
            <span class="chips">{chips}</span>
            <Show when=move || lock.get().is_some_and(Lock::is_view) fallback=move || view! { <RolePicker access position name /> }>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=move || messages::change_roles_in(language, &name.get())
                    aria-disabled="true"
                    aria-describedby=move || lock.get().map(Lock::id)
                    data-hint=move || lock.get().map(|lock| lock.words(language))
                >
                    <Icon glyph=Glyph::Lock />
                </button>
            </Show>
            <span class="access-tree__source">{move || row.read().from.clone()} {undo}</span>
            {move || {
                let lost = row.read().lost.clone()?;
                Some(
                    view! {
                        <span class="access-tree__less">
                            <Icon glyph=Glyph::ArrowDown small=true />
                            <span>{messages::less_than_inherited(language, &lost)}</span>
                        </span>
                    },
                )
            }}
            {move || {
                let pending = row.read().pending.clone()?;
                Some(view! { <span class="access-tree__source">{pending}</span> })
            }}
        </div>
    }
}

/// Moves the focus to the row's button, as the clicked link disappears.
fn focus_row(event: &MouseEvent) {
    let link = event.current_target().and_then(|link| link.dyn_into::<Element>().ok());
    let row = link.and_then(|link| link.closest(".access-tree__node").ok().flatten());
    let button = row.and_then(|row| row.query_selector(".icon-button").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        focus_later(button);
    }
}

fn row(language: Language, draft: &AccessDraft, position: usize) -> Row {
    let organisation = &draft.organisation;
    let (before, after) = (draft.before(position), draft.after(position));
    let node = organisation.tree().nodes()[position].id;
    let is_staged = draft.staged.contains_key(&node);
    let source = after.inherited_from.map(|from| organisation.name_of(from).to_owned()).unwrap_or_default();
    let from = match (is_staged, after.assigned) {
        (true, None) if !source.is_empty() => messages::unsaved_inherited(language, &isolated(&source)),
        (true, _) => descriptions::staged_change(language, draft, position).into(),
        (false, _) => descriptions::provenance(language, draft, position),
    };
    let pending = draft
        .pending
        .get(&node)
        .map(|&roles| messages::also_invited_as(language, &descriptions::role_names(language, roles)));
    let can_reset = matches!(after.provenance(), Provenance::Overrides { .. } | Provenance::Pinned { .. });
    Row {
        name: organisation.name(position).to_owned(),
        is_environment: organisation.is_environment(position),
        role_chips: role_chips(before, after, is_staged),
        from,
        source,
        lost: (after.assigned.is_some() && after.reduces())
            .then(|| descriptions::lost_by_override(language, after)),
        pending,
        is_staged,
        can_reset,
    }
}
