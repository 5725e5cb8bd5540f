use leptos::prelude::*;
use studio_users_contract::Sort;
use studio_users_domain::UserId;

use super::bulk_bar::BulkBar;
use super::data::model;
use super::data::selection::Selection;
use super::data::store::UsersStore;
use super::empty::{LoadError, empty, only_user};
use super::export::ExportButton;
use super::footer::{ListFooter, OfflineBar, Pagination};
use super::invite_button::InviteButton;
use super::job_bar::JobBar;
#[cfg(not(target_family = "wasm"))]
use super::prerendered::read_only_note;
use super::sync::{
    KeptUsers, refresh_on_changes, scroll_to_linked_user, select_rows, sync_list_navigation,
    sync_list_with_route,
};
use super::table::columns::Layout;
use super::table::users_table::{NAME_LINK, RowAction, UsersTable, focus_row};
use super::toolbar::bar::Toolbar;
use crate::api::Client;
use crate::i18n::{messages, use_language};
use crate::parts::Lazy;
use crate::reactive::{effect, memo};
use crate::state::{
    Connection, DialogRequest, EventStream, Filters, History, LinkCopy, List, Navigation, Route, UsersRoute,
    use_current_user, use_dialogs, use_invitation_links, use_list_navigation,
};
use crate::ui::virtual_list::ListHandle;
use crate::ui::{Glyph, Icon, use_shortcut};

/// The users page: the header with the number of users, the toolbar and the table.
#[component]
pub fn UsersPage() -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let event_stream = expect_context::<EventStream>();
    let current_user = use_current_user();
    let store = UsersStore::new(expect_context::<Client>());
    let handle = ListHandle::default();
    let layout = Layout::load();
    let selection = Selection::new();
    let route = memo(move |previous: Option<&UsersRoute>| {
        navigation.with_value(|navigation| match navigation.route.get() {
            Route::Users(users) => users,
            // Keeps the last users route while the app navigates to another page.
            _ => previous.cloned().unwrap_or_default(),
        })
    });
    let go = move |to: UsersRoute, history| {
        navigation.with_value(|navigation| navigation.go(Route::Users(to), history));
    };
    let list = memo(move |_| route.read().list());
    let page = memo(move |_| route.read().page);
    let open = memo(move |_| route.read().open.map(|open| open.id));
    let in_view = RwSignal::new(0..0);

    let kept_users = KeptUsers::remember(store, handle);
    sync_list_with_route(store, handle, list, page, navigation, kept_users.clone());
    refresh_on_changes(store, handle, selection, kept_users);
    sync_list_navigation(store, open, route, go);
    scroll_to_linked_user(store, handle, open, page);
    // Clears the selection when the filters change, because selected users may no longer match.
    effect(move |previous: Option<Filters>| {
        let filters = list.get().filters;
        if previous.is_some_and(|previous| previous != filters) {
            selection.clear();
        }
        filters
    });
    // Returns the focus to the row when the panel closes.
    effect(move |previous: Option<Option<UserId>>| {
        let now = open.get();
        if let (Some(Some(previous)), None) = (previous, now) {
            let index = store.rows.with_untracked(|rows| rows.as_ref()?.position(previous));
            // Waits until the panel is removed, so that the focus does not force a layout with the panel in it.
            queue_microtask(move || match index {
                Some(index) if page.try_get_untracked() == Some(None) => focus_row(handle, index, NAME_LINK),
                _ => handle.focus_region(),
            });
        }
        now
    });
    effect(move |_| {
        // Also runs when a new list is as long as the old one, and when loading a new list failed.
        store.list_generation.track();
        store.is_loading.track();
        store.row_shift.track();
        store.ensure_loaded(&in_view.read_untracked());
    });

    let on_search = Callback::new(move |text: String| {
        let route = route.get_untracked();
        let filters = Filters { search: text, ..route.filters };
        go(UsersRoute { filters, page: route.page.map(|_| 1), ..route }, History::ReplaceDebounced);
    });
    let on_filters = Callback::new(move |filters: Filters| {
        let route = route.get_untracked();
        go(UsersRoute { filters, page: route.page.map(|_| 1), ..route }, History::Push);
    });
    let on_sort = Callback::new(move |sort: Sort| {
        let route = route.get_untracked();
        go(UsersRoute { sort, page: route.page.map(|_| 1), ..route }, History::Push);
    });
    let href = move |route: &Route| navigation.with_value(|navigation| navigation.href(route));
    let route_of_page = move |number| UsersRoute { page: Some(number), ..route.get_untracked() };
    let select = select_rows(store, selection);
    let on_action = handle_row_actions(route, go, select);
    let select_focused = move |is_range: bool| {
        let Some(index) = handle.focused_row() else { return };
        if let Some(row) = store.rows.with_untracked(|rows| rows.as_ref()?.get(index)) {
            select.run((index, row.id, is_range));
        }
    };
    use_shortcut("x", messages::select_row(language), move || select_focused(false));
    use_shortcut("X", messages::select_rows(language), move || select_focused(true));

    let sort = memo(move |_| route.read().sort);
    let filters = memo(move |_| route.read().filters.clone());
    let total = memo(move |_| store.rows.with(|rows| rows.as_ref().map(|rows| rows.total)));
    let is_empty = memo(move |_| total.get().is_some_and(|total| total.value == 0));
    let shown = memo(move |_| store.rows.with(|rows| rows.as_ref().map(|rows| rows.list.clone())));
    // The links of rows point to the list shown, not to the open user or the list that is loading. So they render only
    // once per list.
    let shown_route = memo(move |_| {
        let List { filters, sort, .. } = shown.get().unwrap_or_default();
        UsersRoute { filters, sort, page: page.get(), open: None }
    });
    let has_failed = memo(move |_| store.error.with(Option::is_some));
    // The unfiltered list contains only the current user.
    let is_only_user = memo(move |_| {
        let rows = store.rows.read();
        let rows = rows.as_ref().filter(|rows| rows.total.value == 1 && rows.list.filters.are_empty());
        rows.and_then(|rows| rows.get(0)).is_some_and(|row| current_user.read().is_self(row.id))
    });
    let is_offline = move || event_stream.connection.get() == Connection::Down;

    view! {
        <section class="users-page__list" aria-labelledby="users-title">
            <a class="skip-link" href="#after-users" on:click=move |event| skip_table(&event)>
                {messages::skip_table(language)}
            </a>
            <PageHead store />
            <Toolbar
                filters
                on_search
                on_filters
                layout
                is_paginated=Signal::derive(move || page.read().is_some())
                on_paginate=move |is_paginated: bool| {
                    go(UsersRoute { page: is_paginated.then_some(1), ..route.get_untracked() }, History::Push);
                }
            />
            {read_only_note(language)}
            <div class="users-page__progress" data-busy=move || store.is_loading.get().then_some("")></div>
            <ListStatus store />
            <Show when=move || has_failed.get() && !is_offline()>
                <LoadError
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
                                    // Sends the request before the effects of `in_view` run.
                                    store.ensure_loaded(&range);
                                    in_view.set(range);
                                }
                                layout
                                selection
                                open
                                page
                                href=Callback::new(move |user| {
                                    href(&Route::Users(shown_route.read().with_open(user)))
                                })
                                on_action
                            />
                            <Show when=move || is_only_user.get()>
                                <Lazy load=only_user with=() />
                            </Show>
                            <Show when=move || page.read().is_some()>
                                <Pagination
                                    store
                                    page=Signal::derive(move || page.get().unwrap_or(1))
                                    href=Callback::new(move |number| href(&Route::Users(route_of_page(number))))
                                    on_page=move |number| go(route_of_page(number), History::Push)
                                />
                            </Show>
                        </Show>
                    }
                }
            >
                <Lazy load=empty with=(Signal::derive(move || shown.get().unwrap_or_default()), on_filters) />
            </Show>
            <ListFooter store in_view />
            <span id="after-users" tabindex="-1"></span>
            <OfflineBar store />
            <JobBar />
            <BulkBar store selection />
        </section>
    }
}

/// Returns the handler for the actions of a row.
fn handle_row_actions(
    route: Memo<UsersRoute>,
    go: impl Fn(UsersRoute, History) + Copy + Send + Sync + 'static,
    select: Callback<(usize, UserId, bool)>,
) -> Callback<RowAction> {
    let (list_navigation, invitation_links, dialogs) =
        (use_list_navigation(), use_invitation_links(), use_dialogs());
    Callback::new(move |action: RowAction| match action {
        RowAction::Press(user) => list_navigation.prefetch(user),
        RowAction::Open(user) => {
            list_navigation.prefetch(user);
            if let Some(route) = route.try_get_untracked() {
                go(route.with_open(user), History::Push);
            }
        }
        RowAction::Select { row, user, is_range } => select.run((row, user, is_range)),
        RowAction::CopyLink(row) => {
            invitation_links.copy(LinkCopy { user: row.id, name: row.label().to_owned(), by_notice: false });
        }
        RowAction::View(row) => dialogs.open(DialogRequest::View(row)),
        RowAction::Remove(row) => dialogs.open(DialogRequest::Remove(row)),
        RowAction::More(row) => dialogs.open(DialogRequest::RowSheet(row)),
    })
}

/// The page header: the title, the number of users and the page actions.
#[component]
fn PageHead(store: UsersStore) -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let total = memo(move |_| store.rows.with(|rows| rows.as_ref().map(|rows| rows.total)));
    view! {
        <header class="page-head" part="head">
            <h1 class="page-head__title" id="users-title">
                {messages::users(language)}
            </h1>
            <span class="page-head__count">
                {move || total.get().map(|total| model::format_total(language, total))}
            </span>
            <span class="page-head__actions">
                // The slot for buttons of the embedding page.
                <slot name="actions"></slot>
                <a
                    class="button button--quiet"
                    href=navigation.with_value(|navigation| navigation.href(&Route::Roles))
                    aria-label=messages::roles(language)
                    on:click=move |event| {
                        navigation.with_value(|navigation| navigation.follow_link(&event, Route::Roles));
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

/// A live region that announces the number of users and the sort order to screen readers.
#[component]
fn ListStatus(store: UsersStore) -> impl IntoView {
    let language = use_language();
    let total = memo(move |_| store.rows.with(|rows| rows.as_ref().map(|rows| rows.total)));
    let sort = memo(move |_| store.rows.with(|rows| rows.as_ref().map(|rows| rows.list.sort)));
    let words = move || {
        let found = messages::users_found(language, &model::format_total(language, total.get()?));
        let sort = sort.get()?;
        let order =
            if sort.descending { messages::descending(language) } else { messages::ascending(language) };
        let column = model::sort_name(language, sort.key);
        Some(format!("{found}. {}", messages::sorted_by(language, column, order)))
    };
    view! { <p class="visually-hidden" role="status">{words}</p> }
}

/// Moves the focus past the table. A fragment link cannot do so: fragments do not reach elements in a shadow tree.
fn skip_table(event: &leptos::ev::MouseEvent) {
    use wasm_bindgen::JsCast;
    event.prevent_default();
    let link = event.target().and_then(|link| link.dyn_into::<web_sys::Element>().ok());
    let list = link.and_then(|link| link.closest(".users-page__list").ok().flatten());
    let end = list.and_then(|list| list.query_selector("#after-users").ok().flatten());
    if let Some(end) = end.and_then(|end| end.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = end.focus();
    }
}

/// Only the prerendered list can be read-only.
#[cfg(target_family = "wasm")]
fn read_only_note(_: crate::i18n::Language) {}
