use std::collections::HashSet;

use leptos::prelude::*;
use studio_users_domain::NodeId;

use super::node::NodeRow;
use crate::features::panel::access::model::descriptions;
use crate::features::panel::access::model::draft::AccessDraft;
use crate::features::panel::access::store::{AccessStore, with_draft, with_draft_untracked};
use crate::i18n::{case, messages, use_language};
use crate::ui::{Glyph, Icon};

/// The filter of the tree.
#[derive(Clone, Copy)]
pub(crate) struct TreeFilter {
    pub(crate) search: RwSignal<String>,
    /// Whether every node is shown, or only those with their own roles ([`AccessDraft::has_own_roles`]).
    pub(crate) shows_all: RwSignal<bool>,
    /// The nodes whose children are all shown.
    pub(crate) expanded: RwSignal<HashSet<NodeId>>,
    /// Whether the tree is too large to show every node by default.
    pub(crate) is_large: Signal<bool>,
}

/// The visible children of a node, and the number of children that can be collapsed because they only inherit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Level {
    shown: Vec<usize>,
    inheriting: usize,
    is_expanded: bool,
}

impl TreeFilter {
    /// Returns the level below a node, or the top level.
    fn level(self, draft: &AccessDraft, above: Option<usize>) -> Level {
        let below = draft.below(above);
        let search = case::to_lowercase(self.search.get().trim());
        if !search.is_empty() {
            let shown = below.into_iter().filter(|&position| has_match(draft, position, &search)).collect();
            return Level { shown, ..Level::default() };
        }
        let Some(above) = above.filter(|_| self.is_large.get() && !self.shows_all.get()) else {
            return Level { shown: below, ..Level::default() };
        };
        let (shown, inheriting): (Vec<_>, Vec<_>) =
            below.iter().copied().partition(|&position| has_own_roles_within(draft, position));
        let node = draft.organisation.tree().nodes()[above].id;
        let is_expanded = self.expanded.with(|expanded| expanded.contains(&node));
        Level { shown: if is_expanded { below } else { shown }, inheriting: inheriting.len(), is_expanded }
    }
}

fn within(draft: &AccessDraft, position: usize) -> impl Iterator<Item = usize> + '_ {
    let within = draft.organisation.tree().subtree(position);
    draft.positions().filter(move |position| within.contains(position))
}

fn has_match(draft: &AccessDraft, position: usize, search: &str) -> bool {
    within(draft, position)
        .any(|position| case::to_lowercase(draft.organisation.name(position)).contains(search))
}

fn has_own_roles_within(draft: &AccessDraft, position: usize) -> bool {
    within(draft, position).any(|position| draft.has_own_roles(position))
}

/// The tree of the nodes that the current user manages, with the roles of the user in the panel.
#[component]
pub(crate) fn AccessTree(access: AccessStore, filter: TreeFilter) -> impl IntoView {
    let language = use_language();
    let level = Memo::new(move |_| with_draft(access, |draft| filter.level(draft, None)));
    let is_empty = Memo::new(move |_| level.read().shown.is_empty());
    view! {
        <ul class="access-tree">
            <For each=move || level.get().shown key=|position| *position let:position>
                <li class="access-tree__root">
                    <Branch access filter position />
                </li>
            </For>
        </ul>
        <Show when=move || is_empty.get()>
            <p class="hint" role="status">
                {move || messages::no_results_for(language, filter.search.get().trim())}
            </p>
        </Show>
    }
}

/// A node and its visible children.
#[component]
fn Branch(access: AccessStore, filter: TreeFilter, position: usize) -> AnyView {
    let level = Memo::new(move |_| with_draft(access, |draft| filter.level(draft, Some(position))));
    let has_nodes = Memo::new(move |_| with_draft(access, |draft| !draft.below(Some(position)).is_empty()));
    let has_children = Memo::new(move |_| {
        let level = level.read();
        !level.shown.is_empty() || level.inheriting > 0
    });
    let has_collapsed = Memo::new(move |_| level.read().inheriting > 0);
    view! {
        <NodeRow access position has_nodes />
        <Show when=move || has_children.get()>
            <ul class="access-tree__group">
                <For each=move || level.get().shown key=|position| *position let:position>
                    <TreeItem access filter position />
                </For>
                <Show when=move || has_collapsed.get()>
                    <CollapsedNodes access filter position level />
                </Show>
            </ul>
        </Show>
    }
    .into_any()
}

/// A button that expands or collapses the children that only inherit. While collapsed, it shows how many there are.
#[component]
fn CollapsedNodes(
    access: AccessStore,
    filter: TreeFilter,
    /// The parent node.
    position: usize,
    level: Memo<Level>,
) -> impl IntoView {
    let language = use_language();
    let node = with_draft_untracked(access, |draft| Some(draft.organisation.tree().nodes()[position].id));
    let is_expanded = Memo::new(move |_| level.read().is_expanded);
    let label = move || {
        let Level { shown, inheriting, is_expanded } = level.get();
        let count = u32::try_from(inheriting).unwrap_or(u32::MAX);
        match (is_expanded, shown.is_empty()) {
            (true, _) => messages::show_fewer(language).into(),
            (false, true) => messages::below_with_same_access(language, count),
            (false, false) => messages::more_with_same_access(language, count),
        }
    };
    let roles = move || {
        let roles = with_draft(access, |draft| draft.after(position).effective);
        if roles.is_empty() {
            messages::no_access(language).into()
        } else {
            descriptions::role_names(language, roles)
        }
    };
    let on_click = move |_| {
        let Some(node) = node else { return };
        filter.expanded.update(|expanded| {
            if !expanded.remove(&node) {
                expanded.insert(node);
            }
        });
    };
    view! {
        <li class="access-tree__node access-tree__rest">
            <button
                class="access-tree__toggle"
                type="button"
                aria-expanded=move || is_expanded.get().to_string()
                on:click=on_click
            >
                {label}
                {move || {
                    let glyph = if is_expanded.get() { Glyph::ChevronUp } else { Glyph::ChevronRight };
                    view! { <Icon glyph small=true /> }
                }}
            </button>
            <Show when=move || !is_expanded.get()>
                <span class="access-tree__more">{roles}</span>
            </Show>
        </li>
    }
}

/// A node below another one: a branch if it has children, otherwise a leaf.
#[component]
fn TreeItem(access: AccessStore, filter: TreeFilter, position: usize) -> impl IntoView {
    // A provider or agency is always a branch, even without children, so that it keeps the branch marker.
    let is_branch = with_draft_untracked(access, |draft| {
        !draft.organisation.is_environment(position) || !draft.below(Some(position)).is_empty()
    });
    if is_branch {
        view! {
            <li class="access-tree__branch">
                <Branch access filter position />
            </li>
        }
        .into_any()
    } else {
        view! {
            <li>
                <NodeRow access position has_nodes=false />
            </li>
        }
        .into_any()
    }
}
