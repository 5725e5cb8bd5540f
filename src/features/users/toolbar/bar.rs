use leptos::html;
use leptos::prelude::*;

use super::columns_menu::ColumnsMenu;
use super::filters::FilterBar;
use crate::features::users::table::columns::Layout;
use crate::i18n::{messages, use_language};
use crate::state::Filters;
use crate::ui::{Glyph, Icon, use_shortcut};

/// The toolbar: the search field, the filters and the columns menu.
#[component]
pub(crate) fn Toolbar(
    /// The current filters.
    #[prop(into)]
    filters: Signal<Filters>,
    /// Receives the search text on every keystroke.
    #[prop(into)]
    on_search: Callback<String>,
    /// Receives the new filters.
    #[prop(into)]
    on_filters: Callback<Filters>,
    layout: Layout,
    /// Whether the list is paged instead of scrolled.
    #[prop(into)]
    is_paginated: Signal<bool>,
    /// Switches between pages and the virtual list.
    #[prop(into)]
    on_paginate: Callback<bool>,
) -> impl IntoView {
    let controls = view! {
        <SearchBox text=Signal::derive(move || filters.read().search.clone()) on_search />
        <div class="toolbar__filters">
            <FilterBar filters on_filters />
            <span class="toolbar__end">
                <ColumnsMenu layout is_paginated on_paginate />
            </span>
        </div>
    };
    #[cfg(target_family = "wasm")]
    return view! {
        <div class="toolbar" part="toolbar" role="search">
            {controls}
        </div>
    };
    #[cfg(not(target_family = "wasm"))]
    view! { <SearchForm on_search>{controls}</SearchForm> }
}

/// The toolbar as a form, whose search works without the program.
#[cfg(not(target_family = "wasm"))]
#[component]
fn SearchForm(on_search: Callback<String>, children: Children) -> impl IntoView {
    // The form adds the search to the other parameters of the URL.
    let url = crate::state::url_after(|| on_search.run(String::new()));
    let (path, query) = url.split_once('?').unwrap_or((&url, ""));
    let parameters = form_urlencoded::parse(query.as_bytes()).into_owned();
    let parameters = parameters.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    view! {
        <form class="toolbar" part="toolbar" role="search" method="get" action=path.to_owned()>
            {parameters.collect_view()} {children()}
        </form>
    }
}

/// The value of an attribute that only the prerendered HTML has.
#[cfg(not(target_family = "wasm"))]
fn prerendered<T>(value: impl FnOnce() -> T) -> T {
    value()
}

/// No value: the program sets the property instead.
#[cfg(target_family = "wasm")]
fn prerendered<T>(_: impl FnOnce() -> T) {}

/// The search field.
#[component]
fn SearchBox(
    text: Signal<String>,
    /// Receives the text on every keystroke.
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
                name=prerendered(|| "search")
                value=prerendered(|| text.get_untracked())
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
