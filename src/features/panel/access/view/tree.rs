use std::collections::HashSet;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use studio_users_domain::NodeId;

use super::node::NodeRow;
use crate::features::panel::access::model::descriptions;
use crate::features::panel::access::model::draft::AccessDraft;
use crate::features::panel::access::model::outline::{Item, Outline, OutlineFilter, Piece, Rest};
use crate::features::panel::access::store::{AccessStore, with_draft, with_draft_untracked};
use crate::i18n::folding::SearchWords;
use crate::i18n::{messages, use_language};
use crate::reactive::memo;
use crate::ui::{Glyph, Icon, RowWindow, keyed_rows};

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

impl TreeFilter {
    /// Returns the rows to show.
    fn outline(self, draft: &AccessDraft) -> Outline {
        let words = SearchWords::of(&self.search.read());
        if !words.is_empty() {
            return Outline::new(draft, OutlineFilter::Matching(&words));
        }
        if !self.is_large.get() || self.shows_all.get() {
            return Outline::new(draft, OutlineFilter::All);
        }
        self.expanded.with(|expanded| Outline::new(draft, OutlineFilter::WithOwnRoles(expanded)))
    }
}

/// The tree and its rows in the DOM.
#[derive(Clone, Copy)]
struct Tree {
    access: AccessStore,
    filter: TreeFilter,
    outline: Memo<Outline>,
    window: RowWindow,
}

impl Tree {
    /// The children of a node to render, or the topmost nodes.
    fn pieces(self, above: Option<usize>) -> Vec<Piece> {
        let rendered = self.window.rendered();
        self.outline.with(|outline| outline.pieces(above, &rendered))
    }

    /// The value of the attribute `data-row` of an item.
    fn row(self, item: Item) -> Option<String> {
        let row = self.outline.with(|outline| outline.row(item));
        row.filter(|_| self.window.is_windowed()).map(|row| row.to_string())
    }
}

/// The tree of the nodes that the current user manages, with the roles of the user in the panel.
#[component]
pub(crate) fn AccessTree(access: AccessStore, filter: TreeFilter) -> impl IntoView {
    let language = use_language();
    let list = NodeRef::<html::Ul>::new();
    let outline = memo(move |_| with_draft(access, |draft| filter.outline(draft)));
    let rows = Signal::derive(move || outline.with(Outline::len));
    let tree = Tree { access, filter, outline, window: RowWindow::new(list, rows, Signal::stored(None)) };
    let is_empty = memo(move |_| rows.get() == 0);
    view! {
        <ul class="access-tree" node_ref=list>
            <Level tree above=None />
        </ul>
        <Show when=move || is_empty.get()>
            <p class="hint" role="status">
                {move || messages::no_results_for(language, filter.search.get().trim())}
            </p>
        </Show>
    }
}

/// The children of a node, or the topmost nodes. Children out of view are omitted.
#[component]
fn Level(tree: Tree, above: Option<usize>) -> AnyView {
    let pieces = memo(move |_| tree.pieces(above));
    let count = memo(move |_| tree.outline.with(|outline| outline.child_count(above)));
    let size = move || tree.window.is_windowed().then(|| count.get().to_string());
    let item_view = move |item: Item| {
        let place = move || {
            let pieces = pieces.read();
            let index = pieces.iter().find_map(|piece| match *piece {
                Piece::Row(other, index) => (other == item).then_some(index),
                Piece::Gap(..) => None,
            });
            index.filter(|_| tree.window.is_windowed()).map(|index| (index + 1).to_string())
        };
        let (class, content) = match item {
            Item::Rest(position) => {
                let class = "access-tree__node access-tree__rest";
                (Some(class), view! { <CollapsedNodes tree position /> }.into_any())
            }
            Item::Node(position) if above.is_none() => {
                (Some("access-tree__root"), view! { <Branch tree position /> }.into_any())
            }
            // A provider or agency is always a branch, even without children, so that it keeps the branch marker.
            Item::Node(position) if is_branch(tree.access, position) => {
                (Some("access-tree__branch"), view! { <Branch tree position /> }.into_any())
            }
            Item::Node(position) => (None, node_row(tree, position, false.into())),
        };
        let row = move || matches!(item, Item::Rest(_)).then(|| tree.row(item)).flatten();
        view! {
            <li class=class data-row=row aria-posinset=place aria-setsize=size>
                {content}
            </li>
        }
        .into_any()
    };
    let gap_view = move |start: usize, end: usize| {
        let height = move || format!("{}px", tree.window.height_of(start..end));
        view! { <li class="access-tree__gap" aria-hidden="true" style:block-size=height></li> }.into_any()
    };
    // The key of a gap is odd. Its rows are the numbers for the view.
    let row = |piece: &Piece| match *piece {
        Piece::Row(Item::Node(position), _) => (4 * position as u128, position, None),
        Piece::Row(Item::Rest(position), _) => (4 * position as u128 + 2, position, None),
        Piece::Gap(start, end) => (1, start, Some(end)),
    };
    keyed_rows(
        Arc::new(move || pieces.read().iter().map(row).collect()),
        Arc::new(move |(key, first, second)| match (key % 4, second) {
            (1, Some(end)) => gap_view(first, end),
            (2, _) => item_view(Item::Rest(first)),
            _ => item_view(Item::Node(first)),
        }),
    )
}

/// A node and its visible children.
#[component]
fn Branch(tree: Tree, position: usize) -> AnyView {
    let has_nodes = memo(move |_| with_draft(tree.access, |draft| draft.has_below(position)));
    let has_children = memo(move |_| tree.outline.with(|outline| outline.child_count(Some(position)) > 0));
    view! {
        {node_row(tree, position, has_nodes.into())}
        <Show when=move || has_children.get()>
            <ul class="access-tree__group">
                <Level tree above=Some(position) />
            </ul>
        </Show>
    }
    .into_any()
}

fn node_row(tree: Tree, position: usize, has_nodes: Signal<bool>) -> AnyView {
    let row = Signal::derive(move || tree.row(Item::Node(position)));
    view! { <NodeRow access=tree.access position has_nodes data_row=row /> }.into_any()
}

fn is_branch(access: AccessStore, position: usize) -> bool {
    with_draft_untracked(access, |draft| {
        !draft.organisation.is_environment(position) || draft.has_below(position)
    })
}

/// A button that expands or collapses the children that only inherit. While collapsed, it shows how many there are.
#[component]
fn CollapsedNodes(
    tree: Tree,
    /// The parent node.
    position: usize,
) -> impl IntoView {
    let language = use_language();
    let Tree { access, filter, outline, .. } = tree;
    let node = with_draft_untracked(access, |draft| Some(draft.organisation.tree().nodes()[position].id));
    let rest = memo(move |_| outline.with(|outline| outline.rest(position)));
    let is_expanded = memo(move |_| rest.get().is_some_and(|rest| rest.is_expanded));
    let label = move || {
        let Some(Rest { inheriting, is_expanded, has_others }) = rest.get() else { return String::new() };
        let count = u32::try_from(inheriting).unwrap_or(u32::MAX);
        match (is_expanded, has_others) {
            (true, _) => messages::show_fewer(language).into(),
            (false, false) => messages::below_with_same_access(language, count),
            (false, true) => messages::more_with_same_access(language, count),
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
    }
}
