use leptos::html;
use leptos::prelude::*;

use super::columns::Layout;
use super::columns_menu::ColumnsMenu;
use super::filters::FilterBar;
use crate::i18n::{messages, use_language};
use crate::state::Filters;
use crate::ui::{Glyph, Icon, use_shortcut};

/// The search, the filters, and how the table looks.
#[component]
pub(super) fn Toolbar(
    /// Which users are shown.
    #[prop(into)]
    filters: Signal<Filters>,
    /// Is told of each letter typed.
    #[prop(into)]
    on_search: Callback<String>,
    /// Is told of other filters.
    #[prop(into)]
    on_filters: Callback<Filters>,
    /// How the reader likes the table.
    layout: Layout,
    /// Whether the list is shown in plain pages.
    #[prop(into)]
    is_paged: Signal<bool>,
    /// Shows it so, or not.
    #[prop(into)]
    on_paged: Callback<bool>,
) -> impl IntoView {
    view! {
        <div class="toolbar" part="toolbar" role="search">
            <SearchBox text=Signal::derive(move || filters.read().search.clone()) on_search />
            <div class="toolbar__filters">
                <FilterBar filters on_filters />
                <span class="toolbar__end">
                    <ColumnsMenu layout is_paged on_paged />
                </span>
            </div>
        </div>
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
