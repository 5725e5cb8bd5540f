use std::ops::Range;

use leptos::html;
use leptos::prelude::*;
use studio_users_contract::Sort;

use super::model;
use super::store::Store;
use super::table::{UsersTable, column_name};
use crate::api::{ApiError, Client};
use crate::i18n::{format, messages, use_language};
use crate::state::{Filters, History, Navigation, Place, SessionEnded, UsersPlace};
use crate::ui::{Glyph, Icon, use_shortcut};

/// The users: how many, a search over them, and the table.
#[component]
pub fn UsersPage() -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let store = Store::new(expect_context::<Client>(), expect_context::<SessionEnded>());
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
    Effect::new(move |_| store.show(place.get()));

    let in_view = RwSignal::new(0..0);
    Effect::new(move |_| {
        // Also when a list comes that is as long as the one before, or when another one did not come after all.
        store.list.track();
        store.is_awaited.track();
        store.need(&in_view.read());
    });

    let on_search = Callback::new(move |text: String| {
        let place = place.get_untracked();
        let filters = Filters { search: text, ..place.filters };
        go(UsersPlace { filters, ..place }, History::Type);
    });
    let on_sort = Callback::new(move |sort: Sort| {
        go(UsersPlace { sort, ..place.get_untracked() }, History::Push);
    });
    let sort = Signal::derive(move || place.read().sort);
    let total = Memo::new(move |_| store.rows.with(|rows| rows.as_ref().map(|rows| rows.total)));
    let is_empty = Memo::new(move |_| total.get().is_some_and(|total| total.value == 0));
    let shown = Memo::new(move |_| store.rows.with(|rows| rows.as_ref().map(|rows| rows.place.clone())));
    let has_failed = Memo::new(move |_| store.error.with(Option::is_some));
    let announced = move || {
        let total = total.get()?;
        let found = messages::users_found(language, &model::total(language, total));
        let sort = shown.get()?.sort;
        let order =
            if sort.descending { messages::descending(language) } else { messages::ascending(language) };
        Some(format!("{found}. {}", messages::sorted_by(language, column_name(language, sort.key), order)))
    };

    view! {
        <section class="users-page__list" aria-labelledby="users-title">
            <header class="page-head">
                <h1 class="page-head__title" id="users-title">
                    {messages::users(language)}
                </h1>
                <span class="page-head__count">
                    {move || total.get().map(|total| model::total(language, total))}
                </span>
            </header>
            <div class="toolbar" role="search">
                <SearchBox text=Signal::derive(move || place.read().filters.search.clone()) on_search />
            </div>
            <div
                class="users-page__progress"
                data-busy=move || store.is_awaited.get().then_some("")
            ></div>
            <p class="visually-hidden" role="status">{announced}</p>
            <Show when=move || has_failed.get()>
                <Failed
                    error=Signal::derive(move || store.error.get())
                    is_whole=Signal::derive(move || store.rows.with(Option::is_none))
                    on_retry=move || store.retry(place.get_untracked(), &in_view.get_untracked())
                />
            </Show>
            <Show when=move || is_empty.get() fallback=move || {
                view! {
                    <Show when=move || total.get().is_some() || !has_failed.get()>
                        <UsersTable store sort on_sort on_range=move |range| in_view.set(range) />
                        <Foot in_view total=Signal::derive(move || total.get().map(|total| model::total(language, total))) />
                    </Show>
                }
            }>
                <Empty
                    place=Signal::derive(move || shown.get().unwrap_or_default())
                    on_place=move |to| go(to, History::Push)
                />
            </Show>
        </section>
    }
}

/// What is searched for, letter by letter.
#[component]
fn SearchBox(
    /// The text.
    text: Signal<String>,
    /// Is told of every change.
    on_search: Callback<String>,
) -> impl IntoView {
    let language = use_language();
    let field = NodeRef::<html::Input>::new();
    use_shortcut("/", messages::search_users(language), move || {
        if let Some(field) = field.get_untracked() {
            let _ = field.focus();
            field.select();
        }
    });
    view! {
        <label class="input toolbar__search">
            <Icon glyph=Glyph::Search />
            <input
                type="search"
                node_ref=field
                placeholder=messages::search_placeholder(language)
                aria-label=messages::search_users(language)
                aria-keyshortcuts="/"
                maxlength="200"
                autocomplete="off"
                prop:value=text
                on:input=move |event| on_search.run(event_target_value(&event))
            />
            <kbd class="kbd" aria-hidden="true">
                "/"
            </kbd>
        </label>
    }
}

/// Which rows are in view, and what the marks on the chips mean.
#[component]
fn Foot(
    /// The rows in view.
    #[prop(into)]
    in_view: Signal<Range<usize>>,
    /// How many there are, in words.
    total: Signal<Option<String>>,
) -> impl IntoView {
    let language = use_language();
    let number = move |value: usize| format::number(language, u32::try_from(value).unwrap_or(u32::MAX));
    view! {
        <footer class="list-foot">
            <span>
                {move || {
                    let rows = in_view.get();
                    let total = total.get().filter(|_| !rows.is_empty())?;
                    Some(messages::rows_of(language, &number(rows.start + 1), &number(rows.end), &total))
                }}
            </span>
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

/// Nobody to show: nobody matches, or there is nobody.
#[component]
fn Empty(
    /// Where there is nobody.
    place: Signal<UsersPlace>,
    /// Asks for something else.
    #[prop(into)]
    on_place: Callback<UsersPlace>,
) -> impl IntoView {
    let language = use_language();
    move || {
        let asked = place.get();
        let (title, text) = match (asked.filters.search.trim(), asked.filters.nodes.first()) {
            ("", None) => (messages::no_users(language), messages::no_users_text(language).to_string()),
            ("", Some(_)) => (messages::no_match(language), messages::no_match_here(language).to_string()),
            (search, _) => (messages::no_match(language), messages::no_match_text(language, search)),
        };
        let clear = (!asked.filters.search.is_empty()).then(|| {
            let filters = Filters { search: String::new(), ..asked.filters.clone() };
            let without = UsersPlace { filters, ..asked.clone() };
            view! {
                <button class="button" type="button" on:click=move |_| on_place.run(without.clone())>
                    {messages::clear_search(language)}
                </button>
            }
        });
        let all = asked.filters.are_set().then(|| {
            let everywhere = UsersPlace { sort: asked.sort, ..UsersPlace::default() };
            view! {
                <button class="button" type="button" on:click=move |_| on_place.run(everywhere.clone())>
                    {messages::show_all(language)}
                </button>
            }
        });
        view! {
            <div class="empty">
                <span class="empty__round">
                    <Icon glyph=Glyph::Search />
                </span>
                <h2 class="empty__title">{title}</h2>
                <p class="empty__text">{text}</p>
                <div class="empty__ways">{clear} {all}</div>
            </div>
        }
    }
}

/// What went wrong, and the way on. Rows that came before stay where they are.
#[component]
fn Failed(
    /// What went wrong.
    error: Signal<Option<ApiError>>,
    /// Whether there is nothing else to show.
    is_whole: Signal<bool>,
    /// Tries again.
    #[prop(into)]
    on_retry: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let cause = move || error.get().map(|error| crate::state::explain(language, &error));
    view! {
        <div class=move || if is_whole.get() { "empty" } else { "notice" } role="alert">
            <span class="empty__round" data-error="">
                <Icon glyph=Glyph::Alert />
            </span>
            <h2 class="empty__title">{messages::users_failed(language)}</h2>
            <p class="empty__text">{cause}</p>
            <div class="empty__ways">
                <button class="button" type="button" on:click=move |_| on_retry.run(())>
                    {messages::retry(language)}
                </button>
            </div>
        </div>
    }
}
