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
    view! {
        <div class="toolbar" part="toolbar" role="search">
            <SearchBox text=Signal::derive(move || filters.read().search.clone()) on_search />
            <div class="toolbar__filters">
                <FilterBar filters on_filters />
                <span class="toolbar__end">
                    <ColumnsMenu layout is_paginated on_paginate />
                </span>
            </div>
        </div>
    }
}

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
