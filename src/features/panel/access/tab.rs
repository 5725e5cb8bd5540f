use std::collections::HashSet;

use leptos::prelude::*;

use super::clash::Clashes;
use super::find::Find;
use super::model::Picture;
use super::notify::ChatNotifications;
use super::review::Review;
use super::store::AccessStore;
use super::tree::{AccessTree, View};
use crate::features::panel::details::Waiting;
use crate::features::panel::failed::Failed;
use crate::features::panel::user_panel::said;
use crate::i18n::{messages, use_language};
use crate::ui::{Glyph, Icon};

/// Up to so many nodes the whole tree is shown; of more, what differs.
const SMALL: usize = 12;

/// What a user may do where, and why.
#[component]
pub(in super::super) fn AccessTab(
    /// What they have, and would have.
    access: AccessStore,
    /// What they are called.
    name: Signal<String>,
) -> impl IntoView {
    let language = use_language();
    let is_there = Memo::new(move |_| access.picture.with(Option::is_some));
    let is_clashing = Memo::new(move |_| access.conflict.with(Option::is_some));
    let has_joined =
        Memo::new(move |_| access.picture.with(|it| it.as_ref().is_some_and(|it| it.has_joined)));
    let is_large = Memo::new(move |_| {
        access.picture.with(|picture| picture.as_ref().is_some_and(|it| it.positions().count() > SMALL))
    });
    let view = View {
        search: RwSignal::new(String::new()),
        shows_all: RwSignal::new(false),
        opened: RwSignal::new(HashSet::new()),
        is_large: is_large.into(),
    };
    let has_failed = Memo::new(move |_| access.load_error.with(Option::is_some));
    move || {
        if !is_there.get() {
            return if has_failed.get() {
                view! {
                    <Failed
                        title=messages::access_failed(language)
                        error=access.load_error.into()
                        on_retry=move || access.refresh()
                    />
                }
                .into_any()
            } else {
                view! { <Waiting /> }.into_any()
            };
        }
        if is_clashing.get() {
            return view! { <Clashes access /> }.into_any();
        }
        view! {
            <Show when=move || !has_joined.get()>
                <p class="callout access-tree__invited">
                    <Icon glyph=Glyph::Mail />
                    <span>{messages::access_not_joined(language, &said(name))}</span>
                </p>
            </Show>
            <Show when=move || is_large.get()>
                <Find access view />
            </Show>
            <AccessTree access view />
            <Review access />
            <ChatNotifications access />
        }
        .into_any()
    }
}

/// Something of the picture as it is now, whatever becomes of it.
pub(super) fn of_picture_now<T: Default>(access: AccessStore, get: impl Fn(&Picture) -> T) -> T {
    untrack(|| of_picture(access, get))
}

/// Something of the picture; by default where there is none.
pub(super) fn of_picture<T: Default>(access: AccessStore, get: impl Fn(&Picture) -> T) -> T {
    access.picture.with(|picture| picture.as_ref().map(get)).unwrap_or_default()
}
