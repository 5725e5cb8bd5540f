use std::collections::HashSet;

use leptos::prelude::*;
use studio_users_domain::NodeId;

use super::model::Picture;
use super::node::NodeRow;
use super::store::AccessStore;
use super::tab::{of_picture, of_picture_now};
use super::words;
use crate::i18n::{letters, messages, use_language};
use crate::ui::{Glyph, Icon};

/// What of the tree is shown.
#[derive(Clone, Copy)]
pub(super) struct View {
    /// What is searched for.
    pub(super) search: RwSignal<String>,
    /// Whether every node is shown, or those that differ.
    pub(super) shows_all: RwSignal<bool>,
    /// The nodes below which everything is shown.
    pub(super) opened: RwSignal<HashSet<NodeId>>,
    /// Whether there are so many that not all are shown from the start.
    pub(super) is_large: Signal<bool>,
}

/// What is shown right below a node, and how many there are the same as it, where these are not always shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Level {
    shown: Vec<usize>,
    same: usize,
    is_open: bool,
}

impl View {
    /// The level below a node, or at the top.
    fn level(self, picture: &Picture, above: Option<usize>) -> Level {
        let below = picture.below(above);
        let search = letters::small(self.search.get().trim());
        if !search.is_empty() {
            let shown = below.into_iter().filter(|&at| has_match(picture, at, &search)).collect();
            return Level { shown, ..Level::default() };
        }
        let Some(above) = above.filter(|_| self.is_large.get() && !self.shows_all.get()) else {
            return Level { shown: below, ..Level::default() };
        };
        let (shown, same): (Vec<_>, Vec<_>) =
            below.iter().copied().partition(|&at| has_difference(picture, at));
        let node = picture.organisation.tree().nodes()[above].id;
        let is_open = self.opened.with(|opened| opened.contains(&node));
        Level { shown: if is_open { below } else { shown }, same: same.len(), is_open }
    }
}

fn within(picture: &Picture, at: usize) -> impl Iterator<Item = usize> + '_ {
    let within = picture.organisation.tree().subtree(at);
    picture.positions().filter(move |at| within.contains(at))
}

fn has_match(picture: &Picture, at: usize, search: &str) -> bool {
    within(picture, at).any(|at| letters::small(picture.organisation.name(at)).contains(search))
}

fn has_difference(picture: &Picture, at: usize) -> bool {
    within(picture, at).any(|at| picture.differs(at))
}

/// The nodes that the reader manages, each with what the user has there.
#[component]
pub(super) fn AccessTree(
    /// The access.
    access: AccessStore,
    /// What is shown of it.
    view: View,
) -> impl IntoView {
    let language = use_language();
    let level = Memo::new(move |_| of_picture(access, |picture| view.level(picture, None)));
    let is_empty = Memo::new(move |_| level.read().shown.is_empty());
    view! {
        <ul class="access-tree">
            <For each=move || level.get().shown key=|at| *at let:at>
                <li class="access-tree__root">
                    <Branch access view at />
                </li>
            </For>
        </ul>
        <Show when=move || is_empty.get()>
            <p class="hint" role="status">
                {move || messages::no_node_found(language, view.search.get().trim())}
            </p>
        </Show>
    }
}

/// A node, and what is shown below it.
#[component]
fn Branch(
    /// The access.
    access: AccessStore,
    /// What is shown of it.
    view: View,
    /// Which node.
    at: usize,
) -> AnyView {
    let level = Memo::new(move |_| of_picture(access, |picture| view.level(picture, Some(at))));
    let has_nodes = Memo::new(move |_| of_picture(access, |picture| !picture.below(Some(at)).is_empty()));
    let has_any = Memo::new(move |_| {
        let level = level.read();
        !level.shown.is_empty() || level.same > 0
    });
    let has_rest = Memo::new(move |_| level.read().same > 0);
    view! {
        <NodeRow access at has_nodes />
        <Show when=move || has_any.get()>
            <ul class="access-tree__group">
                <For each=move || level.get().shown key=|at| *at let:at>
                    <Item access view at />
                </For>
                <Show when=move || has_rest.get()>
                    <Rest access view at level />
                </Show>
            </ul>
        </Show>
    }
    .into_any()
}

/// The nodes that are the same as the one they stand below: how many, until they are asked for.
#[component]
fn Rest(
    /// The access.
    access: AccessStore,
    /// What is shown of it.
    view: View,
    /// Below which node.
    at: usize,
    /// What is shown there.
    level: Memo<Level>,
) -> impl IntoView {
    let language = use_language();
    let node = of_picture_now(access, |picture| Some(picture.organisation.tree().nodes()[at].id));
    let is_open = Memo::new(move |_| level.read().is_open);
    let words = move || {
        let Level { shown, same, is_open } = level.get();
        let count = u32::try_from(same).unwrap_or(u32::MAX);
        match (is_open, shown.is_empty()) {
            (true, _) => messages::show_fewer(language).into(),
            (false, true) => messages::below_the_same(language, count),
            (false, false) => messages::more_the_same(language, count),
        }
    };
    let roles = move || {
        let roles = of_picture(access, |picture| picture.after(at).effective);
        if roles.is_empty() {
            messages::no_access_here(language).into()
        } else {
            messages::all_have(language, &words::roles(language, roles))
        }
    };
    let on_click = move |_| {
        let Some(node) = node else { return };
        view.opened.update(|opened| {
            if !opened.remove(&node) {
                opened.insert(node);
            }
        });
    };
    view! {
        <li class="access-tree__node access-tree__rest">
            <button
                class="access-tree__toggle"
                type="button"
                aria-expanded=move || is_open.get().to_string()
                on:click=on_click
            >
                {words}
                {move || {
                    let glyph = if is_open.get() { Glyph::ChevronUp } else { Glyph::ChevronRight };
                    view! { <Icon glyph small=true /> }
                }}
            </button>
            <Show when=move || !is_open.get()>
                <span class="access-tree__more">{roles}</span>
            </Show>
        </li>
    }
}

/// A node below another: with something below it a branch, else a leaf.
#[component]
fn Item(
    /// The access.
    access: AccessStore,
    /// What is shown of it.
    view: View,
    /// Which node.
    at: usize,
) -> impl IntoView {
    // What is no environment has its mark, with or without anything below it.
    let is_branch = of_picture_now(access, |picture| {
        !picture.organisation.is_environment(at) || !picture.below(Some(at)).is_empty()
    });
    if is_branch {
        view! {
            <li class="access-tree__branch">
                <Branch access view at />
            </li>
        }
        .into_any()
    } else {
        view! {
            <li>
                <NodeRow access at has_nodes=false />
            </li>
        }
        .into_any()
    }
}
