use std::collections::HashSet;

use leptos::prelude::*;
use studio_users_domain::NodeId;

use super::model::Picture;
use super::node::NodeRow;
use super::store::AccessStore;
use super::tab::of_picture;
use super::words;
use crate::i18n::{format, messages, use_language};
use crate::ui::{Glyph, Icon, Segmented};

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

/// What is shown right below a node: some nodes, and how many more that are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Level {
    shown: Vec<usize>,
    more: usize,
}

impl View {
    /// The level below a node, or at the top.
    fn level(self, picture: &Picture, above: Option<usize>) -> Level {
        let below = picture.below(above);
        let search = self.search.get().trim().to_lowercase();
        if !search.is_empty() {
            let shown = below.into_iter().filter(|&at| has_match(picture, at, &search)).collect();
            return Level { shown, more: 0 };
        }
        let is_opened = above.is_none_or(|above| {
            let node = picture.organisation.tree.nodes()[above].id;
            self.opened.with(|opened| opened.contains(&node))
        });
        if !self.is_large.get() || self.shows_all.get() || is_opened {
            return Level { shown: below, more: 0 };
        }
        let all = below.len();
        let shown: Vec<_> = below.into_iter().filter(|&at| has_difference(picture, at)).collect();
        let more = all - shown.len();
        Level { shown, more }
    }
}

fn within(picture: &Picture, at: usize) -> impl Iterator<Item = usize> + '_ {
    let within = picture.organisation.tree.subtree(at);
    picture.positions().filter(move |at| within.contains(at))
}

fn has_match(picture: &Picture, at: usize, search: &str) -> bool {
    within(picture, at).any(|at| picture.organisation.name(at).to_lowercase().contains(search))
}

fn has_difference(picture: &Picture, at: usize) -> bool {
    within(picture, at).any(|at| picture.differs(at))
}

/// Finds nodes of a large tree.
#[component]
pub(super) fn Find(
    /// The access.
    access: AccessStore,
    /// What is shown of it.
    view: View,
) -> impl IntoView {
    let language = use_language();
    let counts = Memo::new(move |_| {
        of_picture(access, |picture| {
            let number = |count: usize| format::number(language, u32::try_from(count).unwrap_or(u32::MAX));
            let differ = picture.positions().filter(|&at| picture.differs(at)).count();
            (number(differ), number(picture.positions().count()))
        })
    });
    view! {
        <div class="access-find">
            <label class="input">
                <Icon glyph=Glyph::Search />
                <input
                    type="search"
                    placeholder=messages::find_environment_short(language)
                    aria-label=messages::find_node(language)
                    maxlength="200"
                    autocomplete="off"
                    prop:value=view.search
                    on:input=move |event| view.search.set(event_target_value(&event))
                />
            </label>
            {move || {
                let (differ, all) = counts.get();
                let choices = vec![
                    (false, messages::differ(language, &differ)),
                    (true, messages::all_of(language, &all)),
                ];
                view! {
                    <Segmented
                        label=messages::shown_nodes(language)
                        choices
                        chosen=view.shows_all
                        on_choose=move |all| {
                            view.opened.update(HashSet::clear);
                            view.shows_all.set(all);
                        }
                    />
                }
            }}
        </div>
    }
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
    let language = use_language();
    let level = Memo::new(move |_| of_picture(access, |picture| view.level(picture, Some(at))));
    let has_nodes = Memo::new(move |_| of_picture(access, |picture| !picture.below(Some(at)).is_empty()));
    let has_any = Memo::new(move |_| {
        let level = level.read();
        !level.shown.is_empty() || level.more > 0
    });
    let node = of_picture(access, |picture| Some(picture.organisation.tree.nodes()[at].id));
    let more = move || {
        let Level { shown, more } = level.get();
        if more == 0 {
            return None;
        }
        let count = u32::try_from(more).unwrap_or(u32::MAX);
        let words = if shown.is_empty() {
            messages::of_its_own_the_same(language, count)
        } else {
            messages::more_the_same(language, count)
        };
        let roles = of_picture(access, |picture| picture.after(at).effective);
        let roles = if roles.is_empty() {
            messages::no_access_here(language).to_string()
        } else {
            messages::all_have(language, &words::roles(language, roles))
        };
        Some(view! {
            <li class="access-tree__node access-tree__rest">
                <button
                    class="access-tree__toggle"
                    type="button"
                    aria-expanded="false"
                    on:click=move |_| {
                        if let Some(node) = node {
                            view.opened
                                .update(|opened| {
                                    opened.insert(node);
                                });
                        }
                    }
                >
                    {words}
                    <Icon glyph=Glyph::ChevronRight small=true />
                </button>
                <span class="access-tree__more">{roles}</span>
            </li>
        })
    };
    view! {
        <NodeRow access at has_nodes />
        <Show when=move || has_any.get()>
            <ul class="access-tree__group">
                <For each=move || level.get().shown key=|at| *at let:at>
                    <Item access view at />
                </For>
                {more}
            </ul>
        </Show>
    }
    .into_any()
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
    let is_branch = of_picture(access, |picture| {
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
