use std::collections::HashSet;

use leptos::prelude::*;

use super::chat_notifications::ChatNotifications;
use super::conflict_view::NodeConflicts;
use super::node_search::NodeSearch;
use super::review::Review;
use super::tree::{AccessTree, TreeFilter};
use crate::features::panel::access::model::draft::AccessDraft;
use crate::features::panel::access::store::AccessStore;
use crate::features::panel::load_error::TabLoadError;
use crate::features::panel::loading_skeleton::LoadingSkeleton;
use crate::i18n::{isolated, messages, use_language};
use crate::reactive::memo;
use crate::ui::{Glyph, Icon};

/// The maximum number of nodes for which the whole tree is shown. A larger tree shows only nodes with their own
/// roles by default.
const MAX_UNFILTERED: usize = 12;

/// The Access tab: the user's roles at each node and where they come from.
#[component]
pub(crate) fn AccessTab(access: AccessStore, name: Signal<String>) -> impl IntoView {
    let language = use_language();
    let is_loaded = memo(move |_| access.draft.with(Option::is_some));
    let has_conflict = memo(move |_| access.conflict.with(Option::is_some));
    let has_joined = memo(move |_| access.draft.with(|it| it.as_ref().is_some_and(|it| it.has_joined)));
    let is_large = memo(move |_| {
        access.draft.with(|draft| draft.as_ref().is_some_and(|it| it.positions().count() > MAX_UNFILTERED))
    });
    let has_levels = memo(move |_| access.draft.with(|it| it.as_ref().is_some_and(AccessDraft::has_levels)));
    let filter = TreeFilter {
        search: RwSignal::new(String::new()),
        shows_all: RwSignal::new(false),
        expanded: RwSignal::new(HashSet::new()),
        is_large: is_large.into(),
    };
    let has_failed = memo(move |_| access.load_error.with(Option::is_some));
    move || {
        if !is_loaded.get() {
            return if has_failed.get() {
                view! {
                    <TabLoadError
                        title=messages::access_failed(language)
                        error=access.load_error.into()
                        on_retry=move || access.refresh()
                    />
                }
                .into_any()
            } else {
                view! { <LoadingSkeleton /> }.into_any()
            };
        }
        if has_conflict.get() {
            return view! { <NodeConflicts access /> }.into_any();
        }
        view! {
            <Show when=move || !has_joined.get()>
                <p class="callout access-tree__invited">
                    <Icon glyph=Glyph::Mail />
                    <span>{messages::access_not_joined(language, &isolated(&name.get_untracked()))}</span>
                </p>
            </Show>
            <Show when=move || is_large.get()>
                <NodeSearch access filter />
            </Show>
            <AccessTree access filter />
            <Show when=move || has_levels.get()>
                <p class="hint">{messages::assigned_replace_inherited(language)}</p>
            </Show>
            <Review access />
            <ChatNotifications access />
        }
        .into_any()
    }
}
