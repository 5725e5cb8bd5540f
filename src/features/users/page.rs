use leptos::prelude::*;
use studio_users_contract::Sort;
use studio_users_domain::UserId;

use super::bulk_bar::BulkBar;
use super::columns::Layout;
use super::empty::{Failed, empty, first};
use super::export::ExportButton;
use super::follow::{follow_changes, remember, select_rows, tell_results};
use super::foot::{Foot, OfflineBar, Pages};
use super::invite_button::InviteButton;
use super::model::{self, List};
use super::selection::Selection;
use super::store::Store;
use super::table::{NAME, RowDeed, UsersTable, focus_row};
use super::toolbar::Toolbar;
use crate::api::Client;
use crate::i18n::{messages, use_language};
use crate::parts::Lazy;
use crate::state::{
    Ask, Filters, History, Link, LinkCopy, Live, Navigation, Place, UsersPlace, use_asks, use_links,
    use_reader, use_results,
};
use crate::ui::virtual_list::ListHandle;
use crate::ui::{Glyph, Icon, use_shortcut};

/// The users: how many, a search and filters over them, and the table.
#[component]
pub fn UsersPage() -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let live = expect_context::<Live>();
    let reader = use_reader();
    let store = Store::new(expect_context::<Client>());
    let handle = ListHandle::default();
    let layout = Layout::load();
    let selection = Selection::new();
    let place = Memo::new(move |kept: Option<&UsersPlace>| {
        navigation.with_value(|navigation| match navigation.place.get() {
            Place::Users(users) => users,
            // The reader is on their way elsewhere.
            _ => kept.cloned().unwrap_or_default(),
        })
    });
    let go = move |to: UsersPlace, history| {
        navigation.with_value(|navigation| navigation.go(Place::Users(to), history));
    };
    let list = Memo::new(move |_| List::of(&place.read()));
    let page = Memo::new(move |_| place.read().page);
    let open = Memo::new(move |_| place.read().open.map(|open| open.id));
    let in_view = RwSignal::new(0..0);

    remember(store, handle, list, page, navigation);
    follow_changes(store, handle, selection);
    tell_results(store, open, place, go);
    // Who is not among them any more is not selected either.
    Effect::new(move |seen: Option<Filters>| {
        let filters = list.get().filters;
        if seen.is_some_and(|seen| seen != filters) {
            selection.clear();
        }
        filters
    });
    // Closing the panel leads back to the row.
    Effect::new(move |before: Option<Option<UserId>>| {
        let now = open.get();
        if let (Some(Some(before)), None) = (before, now) {
            let at = store.rows.with_untracked(|rows| rows.as_ref()?.position(before));
            // Once the panel is gone, lest the page be laid out with it.
            queue_microtask(move || match at {
                Some(at) if page.try_get_untracked() == Some(None) => focus_row(handle, at, NAME),
                _ => handle.focus_region(),
            });
        }
        now
    });
    Effect::new(move |_| {
        // Also when a list comes that is as long as the one before, or when another one did not come after all.
        store.list.track();
        store.is_awaited.track();
        store.moved.track();
        store.need(&in_view.read_untracked());
    });

    let on_search = Callback::new(move |text: String| {
        let place = place.get_untracked();
        let filters = Filters { search: text, ..place.filters };
        go(UsersPlace { filters, page: place.page.map(|_| 1), ..place }, History::Type);
    });
    let on_filters = Callback::new(move |filters: Filters| {
        let place = place.get_untracked();
        go(UsersPlace { filters, page: place.page.map(|_| 1), ..place }, History::Push);
    });
    let on_sort = Callback::new(move |sort: Sort| {
        let place = place.get_untracked();
        go(UsersPlace { sort, page: place.page.map(|_| 1), ..place }, History::Push);
    });
    let href = move |place: &Place| navigation.with_value(|navigation| navigation.href(place));
    let at_page = move |number| UsersPlace { page: Some(number), ..place.get_untracked() };
    let select = select_rows(store, selection);
    let on_deed = do_deeds(place, go, select);
    let select_focused = move |range: bool| {
        let Some(at) = handle.focused() else { return };
        if let Some(row) = store.rows.with_untracked(|rows| rows.as_ref()?.get(at)) {
            select.run((at, row.id, range));
        }
    };
    use_shortcut("x", messages::select_row(language), move || select_focused(false));
    use_shortcut("X", messages::select_rows(language), move || select_focused(true));

    let sort = Memo::new(move |_| place.read().sort);
    let filters = Memo::new(move |_| place.read().filters.clone());
    let total = Memo::new(move |_| store.rows.with(|rows| rows.as_ref().map(|rows| rows.total)));
    let is_empty = Memo::new(move |_| total.get().is_some_and(|total| total.value == 0));
    let shown = Memo::new(move |_| store.rows.with(|rows| rows.as_ref().map(|rows| rows.list.clone())));
    // A row leads to the list that it stands in, whoever is open and whatever is awaited: that is written once, with the
    // row itself.
    let shown_at = Memo::new(move |_| {
        let List { filters, sort, .. } = shown.get().unwrap_or_default();
        UsersPlace { filters, sort, page: page.get(), open: None }
    });
    let has_failed = Memo::new(move |_| store.error.with(Option::is_some));
    // Nobody but the reader, whom nothing narrows.
    let is_first = Memo::new(move |_| {
        let rows = store.rows.read();
        let rows = rows.as_ref().filter(|rows| rows.total.value == 1 && rows.list.filters.are_empty());
        rows.and_then(|rows| rows.get(0)).is_some_and(|row| reader.read().is(row.id))
    });
    let is_offline = move || live.link.get() == Link::Down;

    view! {
        <section class="users-page__list" aria-labelledby="users-title">
            <a class="skip-link" href="#after-users" on:click=move |event| skip(&event)>
                {messages::skip_table(language)}
            </a>
            <PageHead store />
            <Toolbar
                filters
                on_search
                on_filters
                layout
                is_paged=Signal::derive(move || page.read().is_some())
                on_paged=move |is_paged: bool| {
                    go(UsersPlace { page: is_paged.then_some(1), ..place.get_untracked() }, History::Push);
                }
            />
            <div class="users-page__progress" data-busy=move || store.is_awaited.get().then_some("")></div>
            <Announced store />
            <Show when=move || has_failed.get() && !is_offline()>
                <Failed
                    error=Signal::derive(move || store.error.get())
                    is_whole=Signal::derive(move || store.rows.with(Option::is_none))
                    on_retry=move || store.retry(list.get_untracked())
                />
            </Show>
            <Show
                when=move || is_empty.get()
                fallback=move || {
                    view! {
                        <Show when=move || total.get().is_some() || !has_failed.get()>
                            <UsersTable
                                store
                                handle
                                sort
                                on_sort
                                on_range=move |range| {
                                    // Before all that follows from it: what is asked for is on its way meanwhile.
                                    store.need(&range);
                                    in_view.set(range);
                                }
                                layout
                                selection
                                open
                                page
                                href=Callback::new(move |user| {
                                    href(&Place::Users(shown_at.read().with_open(user)))
                                })
                                on_deed
                            />
                            <Show when=move || is_first.get()>
                                <Lazy load=first with=() />
                            </Show>
                            <Show when=move || page.read().is_some()>
                                <Pages
                                    store
                                    page=Signal::derive(move || page.get().unwrap_or(1))
                                    href=Callback::new(move |number| href(&Place::Users(at_page(number))))
                                    on_page=move |number| go(at_page(number), History::Push)
                                />
                            </Show>
                        </Show>
                    }
                }
            >
                <Lazy load=empty with=(Signal::derive(move || shown.get().unwrap_or_default()), on_filters) />
            </Show>
            <Foot store in_view />
            <span id="after-users" tabindex="-1"></span>
            <OfflineBar store />
            <BulkBar store selection />
        </section>
    }
}

/// Does what was done in a row.
fn do_deeds(
    place: Memo<UsersPlace>,
    go: impl Fn(UsersPlace, History) + Copy + Send + Sync + 'static,
    select: Callback<(usize, UserId, bool)>,
) -> Callback<RowDeed> {
    let (results, links, asks) = (use_results(), use_links(), use_asks());
    Callback::new(move |deed: RowDeed| match deed {
        RowDeed::Press(user) => results.open_soon(user),
        RowDeed::Open(user) => {
            let then = move || {
                if let Some(place) = place.try_get_untracked() {
                    go(place.with_open(user), History::Push);
                }
            };
            results.open(user, Box::new(then));
        }
        RowDeed::Select { row, user, range } => select.run((row, user, range)),
        RowDeed::CopyLink(row) => {
            links.copy(LinkCopy { user: row.id, name: row.label().to_owned(), by_notice: false });
        }
        RowDeed::View(row) => asks.ask(Ask::View(row)),
        RowDeed::Remove(row) => asks.ask(Ask::Remove(row)),
        RowDeed::More(row) => asks.ask(Ask::RowSheet(row)),
    })
}

/// The heading with how many there are, and what can be done with all of them.
#[component]
fn PageHead(
    /// The rows.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let total = Memo::new(move |_| store.rows.with(|rows| rows.as_ref().map(|rows| rows.total)));
    view! {
        <header class="page-head" part="head">
            <h1 class="page-head__title" id="users-title">
                {messages::users(language)}
            </h1>
            <span class="page-head__count">
                {move || total.get().map(|total| model::total(language, total))}
            </span>
            <span class="page-head__actions">
                // A host's own buttons.
                <slot name="actions"></slot>
                <a
                    class="button button--quiet"
                    href=navigation.with_value(|navigation| navigation.href(&Place::Roles))
                    aria-label=messages::roles(language)
                    on:click=move |event| {
                        navigation.with_value(|navigation| navigation.follow(&event, Place::Roles));
                    }
                >
                    <Icon glyph=Glyph::Matrix />
                    <span class="button__label">{messages::roles(language)}</span>
                </a>
                <ExportButton store />
                <InviteButton />
            </span>
        </header>
    }
}

/// What is told to those who do not see the list change: how many there are, and in which order.
#[component]
fn Announced(
    /// The rows.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let total = Memo::new(move |_| store.rows.with(|rows| rows.as_ref().map(|rows| rows.total)));
    let sort = Memo::new(move |_| store.rows.with(|rows| rows.as_ref().map(|rows| rows.list.sort)));
    let words = move || {
        let found = messages::users_found(language, &model::total(language, total.get()?));
        let sort = sort.get()?;
        let order =
            if sort.descending { messages::descending(language) } else { messages::ascending(language) };
        let column = model::sort_name(language, sort.key);
        Some(format!("{found}. {}", messages::sorted_by(language, column, order)))
    };
    view! { <p class="visually-hidden" role="status">{words}</p> }
}

/// Leads past the table, in a shadow root as well, where an address with a fragment leads nowhere.
fn skip(event: &leptos::ev::MouseEvent) {
    use wasm_bindgen::JsCast;
    event.prevent_default();
    let link = event.target().and_then(|link| link.dyn_into::<web_sys::Element>().ok());
    let list = link.and_then(|link| link.closest(".users-page__list").ok().flatten());
    let end = list.and_then(|list| list.query_selector("#after-users").ok().flatten());
    if let Some(end) = end.and_then(|end| end.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = end.focus();
    }
}
