use std::ops::Range;

use leptos::prelude::*;

use super::model;
use super::rows::PAGE;
use super::store::Store;
use crate::i18n::{format, messages, use_language};
use crate::state::{Ask, Link, Live, use_asks};
use crate::ui::{Glyph, Icon};

/// Which rows are in view, and what the marks on the chips mean.
#[component]
pub(super) fn Foot(
    /// The rows.
    store: Store,
    /// The rows in view.
    #[prop(into)]
    in_view: Signal<Range<usize>>,
) -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
    let live = expect_context::<Live>();
    let number = move |value: usize| format::number(language, u32::try_from(value).unwrap_or(u32::MAX));
    let rows = move || {
        let in_view = in_view.get();
        let total = store.rows.with(|rows| rows.as_ref().map(|rows| rows.total))?;
        let total = (total.value > 0).then(|| model::total(language, total))?;
        (!in_view.is_empty())
            .then(|| messages::rows_of(language, &number(in_view.start + 1), &number(in_view.end), &total))
    };
    let loaded_at = move || {
        let loaded_at = store.rows.with(|rows| rows.as_ref().map(|rows| rows.loaded_at))?;
        let time = format::time_of_day(language, loaded_at);
        (live.link.get() == Link::Down).then(|| messages::loaded_at(language, &time))
    };
    view! {
        <footer class="list-foot" part="foot">
            <span>{rows}</span>
            <span>{loaded_at}</span>
            <button class="list-foot__keys" type="button" on:click=move |_| asks.ask(Ask::Shortcuts)>
                <kbd class="kbd" aria-hidden="true">
                    "?"
                </kbd>
                {messages::shortcuts(language)}
            </button>
            <button class="list-foot__keys" type="button" on:click=move |_| asks.ask(Ask::Removed)>
                <Icon glyph=Glyph::Trash small=true />
                {messages::removed_users(language)}
            </button>
            <span class="list-foot__end">
                <span class="legend">
                    <i class="legend__dot"></i>
                    {messages::legend_direct(language)}
                </span>
                <span class="legend">
                    <Icon glyph=Glyph::Inherit small=true />
                    {messages::legend_inherited(language)}
                </span>
            </span>
        </footer>
    }
}

/// The way from page to page, where the list is shown in pages.
#[component]
pub(super) fn Pages(
    /// The rows.
    store: Store,
    /// The number of the page, from 1.
    #[prop(into)]
    page: Signal<u32>,
    /// The address of a page.
    href: Callback<u32, String>,
    /// Goes to a page.
    #[prop(into)]
    on_page: Callback<u32>,
) -> impl IntoView {
    let language = use_language();
    let pages = Memo::new(move |_| {
        let total = store.rows.with(|rows| rows.as_ref().map_or(0, |rows| rows.total.value as usize));
        u32::try_from(total.div_ceil(PAGE).max(1)).unwrap_or(u32::MAX)
    });
    let link = move |words: &'static str, to: Signal<Option<u32>>| {
        let href = move || to.get().map(|to| href.run(to));
        let on_click = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            if let Some(to) = to.get_untracked() {
                on_page.run(to);
            }
        };
        view! {
            <a
                class="button"
                role="link"
                href=href
                aria-disabled=move || to.read().is_none().then_some("true")
                on:click=on_click
            >
                {words}
            </a>
        }
    };
    let previous = Signal::derive(move || page.get().checked_sub(1).filter(|page| *page > 0));
    let next = Signal::derive(move || Some(page.get() + 1).filter(|next| *next <= pages.get()));
    view! {
        <nav class="list-pages" aria-label=messages::pages(language)>
            {link(messages::previous_page(language), previous)}
            <span>
                {move || {
                    let number = |value| format::number(language, value);
                    messages::page_of(language, &number(page.get()), &number(pages.get()))
                }}
            </span>
            {link(messages::next_page(language), next)}
        </nav>
    }
}

/// Says that the backend is out of reach, from when the rows are, and offers to try at once.
#[component]
pub(super) fn OfflineBar(
    /// The rows.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let live = expect_context::<Live>();
    let rows_from = move || {
        let loaded_at = store.rows.with(|rows| rows.as_ref().map(|rows| rows.loaded_at))?;
        Some(messages::offline_rows(language, &format::time_of_day(language, loaded_at)))
    };
    view! {
        <div role="status">
            <Show when=move || live.link.get() == Link::Down>
                <div class="offline-bar">
                    <Icon glyph=Glyph::Offline />
                    <span>
                        <strong>{messages::offline_title(language)}</strong>
                        " "
                        {rows_from}
                    </span>
                    <button class="button button--small" type="button" on:click=move |_| live.try_now()>
                        {messages::try_now(language)}
                    </button>
                </div>
            </Show>
        </div>
    }
}
