use std::ops::Range;

use leptos::html;
use leptos::prelude::*;
use studio_users_contract::{Sort, SortKey};

use super::cells::{Look, cells, placeholder};
use super::model;
use super::store::Store;
use crate::i18n::{Language, messages, use_language};
use crate::state::use_reader;
use crate::ui::virtual_list::VirtualRows;
use crate::ui::{Glyph, Icon, use_size};

/// The width below which rows become cards, in px; the sheet's container query says the same.
const CARDS_BELOW: f64 = 640.0;
/// The heights of a row and of a card with the space after it, in px, as the sheet has them.
const ROW_HEIGHT: f64 = 48.0;
const CARD_HEIGHT: f64 = 112.0;

/// The table of the users: its header orders them, its body holds the rows in view.
#[component]
pub(super) fn UsersTable(
    /// The rows.
    store: Store,
    /// The order asked for.
    #[prop(into)]
    sort: Signal<Sort>,
    /// Asks for another.
    #[prop(into)]
    on_sort: Callback<Sort>,
    /// Is told which rows are in view.
    #[prop(into)]
    on_range: Callback<Range<usize>>,
) -> impl IntoView {
    let language = use_language();
    let reader = use_reader();
    let (table, roles, environments) =
        (NodeRef::<html::Table>::new(), NodeRef::<html::Th>::new(), NodeRef::<html::Th>::new());
    let (width, _) = use_size(table);
    let (roles_width, _) = use_size(roles);
    let (environments_width, _) = use_size(environments);
    let is_cards = Memo::new(move |_| width.get() > 0.0 && width.get() <= CARDS_BELOW);
    // A card gives its chips its own width, less its margins and the avatar.
    let in_card = move || width.get() - 102.0;
    let look = Look {
        language,
        font: Memo::new(move |_| table.get().map(|table| chip_font(&table)).unwrap_or_default()).into(),
        roles_width: Signal::derive(move || if is_cards.get() { in_card() } else { roles_width.get() }),
        environments_width: Signal::derive(move || {
            if is_cards.get() { in_card() / 2.0 } else { environments_width.get() }
        }),
    };
    let count = Memo::new(move |_| {
        store.rows.with(|rows| rows.as_ref().map_or(SKELETONS, |rows| rows.total.value as usize))
    });
    let row_cells = move |at: usize| {
        let row = Memo::new(move |_| store.rows.with(|rows| rows.as_ref()?.get(at).cloned()));
        move || match &*row.read() {
            Some(row) => cells(row, &reader.read(), look).into_any(),
            _ => placeholder().into_any(),
        }
    };
    let row_cells = StoredValue::new(row_cells);
    let header = move |key: SortKey, class: &'static str| {
        view! { <SortHeader key class sort on_sort /> }
    };

    view! {
        <table
            class="users-table"
            role="table"
            aria-label=messages::users(language)
            data-sort=move || sort.get().key.wire_name()
            aria-rowcount=move || {
                store
                    .rows
                    .with(|rows| {
                        rows.as_ref()
                            .filter(|rows| rows.total.exact)
                            .map_or(-1, |rows| i64::from(rows.total.value) + 1)
                            .to_string()
                    })
            }
            node_ref=table
        >
            <thead class="users-table__head" role="rowgroup">
                <tr class="users-table__row" role="row" aria-rowindex="1">
                    {header(SortKey::Name, "users-table__cell users-table__cell--name")}
                    {header(SortKey::Status, "users-table__cell")}
                    <th class="users-table__cell" role="columnheader" scope="col" node_ref=roles>
                        {messages::roles(language)}
                    </th>
                    <th
                        class="users-table__cell users-table__cell--envs"
                        role="columnheader"
                        scope="col"
                        node_ref=environments
                    >
                        {messages::environments(language)}
                    </th>
                    {header(SortKey::LastActiveAt, "users-table__cell users-table__cell--last")}
                    {header(SortKey::CreatedAt, "users-table__cell users-table__cell--created")}
                </tr>
            </thead>
            <VirtualRows
                rows=count
                row_height=Signal::derive(move || if is_cards.get() { CARD_HEIGHT } else { ROW_HEIGHT })
                class="users-table__body"
                row_class="users-table__row"
                label=Signal::stored(messages::users(language).to_string())
                is_busy=Signal::derive(move || {
                    store.is_awaited.get() || store.rows.with(Option::is_none)
                })
                list=store.list
                on_range
                cells=move |at| row_cells.with_value(|cells| cells(at))
            />
        </table>
    }
}

/// How many empty rows stand where the first rows are awaited.
const SKELETONS: usize = 12;

#[component]
fn SortHeader(
    key: SortKey,
    class: &'static str,
    sort: Signal<Sort>,
    on_sort: Callback<Sort>,
) -> impl IntoView {
    let language = use_language();
    let direction = move || match sort.get() {
        sort if sort.key != key => None,
        Sort { descending: true, .. } => Some("descending"),
        _ => Some("ascending"),
    };
    view! {
        <th class=class role="columnheader" scope="col" aria-sort=direction>
            <button
                class="users-table__sort"
                type="button"
                on:click=move |_| on_sort.run(model::toggled(sort.get_untracked(), key))
            >
                {column_name(language, key)}
                <span class="users-table__direction">
                    <Icon glyph=Glyph::ArrowDown small=true />
                </span>
            </button>
        </th>
    }
}

/// The name of a column that can be ordered by.
pub(super) const fn column_name(language: Language, key: SortKey) -> &'static str {
    match key {
        SortKey::Name => messages::name(language),
        SortKey::Email => messages::email_address(language),
        SortKey::Status => messages::status(language),
        SortKey::LastActiveAt => messages::last_active(language),
        SortKey::CreatedAt => messages::created(language),
    }
}

/// The font in which chips and tags are measured: the table's own family, in their size.
fn chip_font(table: &web_sys::Element) -> String {
    let family = window()
        .get_computed_style(table)
        .ok()
        .flatten()
        .and_then(|style| style.get_property_value("font-family").ok());
    format!("12px {}", family.unwrap_or_else(|| "sans-serif".into()))
}
