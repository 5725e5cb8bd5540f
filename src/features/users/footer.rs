use std::ops::Range;

use leptos::prelude::*;

use super::data::model;
use super::data::rows::PAGE_SIZE;
use super::data::store::UsersStore;
use crate::i18n::{format, messages, use_language};
use crate::reactive::memo;
use crate::state::{Connection, DialogRequest, EventStream, use_current_user, use_dialogs};
use crate::ui::{Glyph, Icon};

/// The footer of the list: the range of rows in view and the legend of the chips.
#[component]
pub(crate) fn ListFooter(store: UsersStore, #[prop(into)] in_view: Signal<Range<usize>>) -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let current_user = use_current_user();
    let sees_undelivered_mail = memo(move |_| current_user.read().sees_undelivered_mail());
    let number = move |value: usize| format::number(language, u32::try_from(value).unwrap_or(u32::MAX));
    let rows = move || {
        let in_view = in_view.get();
        let total = store.rows.with(|rows| rows.as_ref().map(|rows| rows.total))?;
        let total = (total.value > 0).then(|| model::format_total(language, total))?;
        (!in_view.is_empty())
            .then(|| messages::rows_of(language, &number(in_view.start + 1), &number(in_view.end), &total))
    };
    view! {
        <footer class="list-foot" part="foot">
            <span>{rows}</span>
            <button class="list-foot__keys" type="button" on:click=move |_| dialogs.open(DialogRequest::Shortcuts)>
                <kbd class="kbd" aria-hidden="true">
                    "?"
                </kbd>
                {messages::shortcuts(language)}
            </button>
            <button class="list-foot__keys" type="button" on:click=move |_| dialogs.open(DialogRequest::Removed)>
                <Icon glyph=Glyph::Trash small=true />
                {messages::removed_users(language)}
            </button>
            <Show when=move || sees_undelivered_mail.get()>
                <button
                    class="list-foot__keys"
                    type="button"
                    on:click=move |_| dialogs.open(DialogRequest::UndeliveredMail)
                >
                    <Icon glyph=Glyph::Mail small=true />
                    {messages::undelivered_mail(language)}
                </button>
            </Show>
            <button class="list-foot__keys" type="button" on:click=move |_| dialogs.open(DialogRequest::Jobs)>
                <Icon glyph=Glyph::Clock small=true />
                {messages::recent_bulk_actions(language)}
            </button>
            <span class="list-foot__end">
                <span class="legend">
                    <i class="legend__dot"></i>
                    {messages::legend_assigned(language)}
                </span>
                <span class="legend">
                    <Icon glyph=Glyph::Inherit small=true />
                    {messages::legend_inherited(language)}
                </span>
            </span>
        </footer>
    }
}

/// The pagination links of a paged list.
#[component]
pub(crate) fn Pagination(
    store: UsersStore,
    /// The page number, from 1.
    #[prop(into)]
    page: Signal<u32>,
    /// Returns the URL of a page.
    href: Callback<u32, String>,
    /// Navigates to a page.
    #[prop(into)]
    on_page: Callback<u32>,
) -> impl IntoView {
    let language = use_language();
    let pages = memo(move |_| {
        let total = store.rows.with(|rows| rows.as_ref().map_or(0, |rows| rows.total.value as usize));
        u32::try_from(total.div_ceil(PAGE_SIZE).max(1)).unwrap_or(u32::MAX)
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

/// The offline banner: shows when the rows were loaded and offers to reconnect at once.
#[component]
pub(crate) fn OfflineBar(store: UsersStore) -> impl IntoView {
    let language = use_language();
    let event_stream = expect_context::<EventStream>();
    let rows_from = move || {
        let loaded_at = store.rows.with(|rows| rows.as_ref().map(|rows| rows.loaded_at))?;
        Some(messages::offline_rows(language, &format::time_of_day(language, loaded_at)))
    };
    view! {
        <div role="status">
            <Show when=move || event_stream.connection.get() == Connection::Down>
                <div class="offline-bar">
                    <Icon glyph=Glyph::Offline />
                    <span>
                        <strong>{messages::offline_title(language)}</strong>
                        " "
                        {rows_from}
                    </span>
                    <button class="button button--small" type="button" on:click=move |_| event_stream.retry_now()>
                        {messages::try_now(language)}
                    </button>
                </div>
            </Show>
        </div>
    }
}
