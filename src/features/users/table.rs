use std::ops::Range;

use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent};
use leptos::html;
use leptos::leptos_dom::helpers::is_server;
use leptos::prelude::*;
use studio_users_contract::{Sort, UserRow};
use studio_users_domain::UserId;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::beside::foreseen;
use super::cells::{self, Look};
use super::columns::{self, CARDS_BELOW, Column, Layout};
use super::header::HeadRow;
use super::plain::PlainRows;
use super::selection::{Selected, Selection};
use super::store::Store;
use crate::i18n::{messages, use_language};
use crate::state::{Lock, use_reader};
use crate::ui::use_size;
use crate::ui::virtual_list::{ListHandle, VirtualRows, row_of};

/// The height of a card with the space after it, in px, as the sheet has it.
const CARD_HEIGHT: f64 = 112.0;
/// How many empty rows stand where the first rows are awaited.
const SKELETONS: usize = 12;
/// How many rows are drawn without a browser: as many as a large screen has room for.
const DRAWN: usize = 24;
/// How wide a row is that is drawn without a browser, in px, as far as its chips have to know: that of a small window.
const DRAWN_WIDTH: f64 = 1_168.0;
/// How wide a button of the last column is, in px, with a mouse and with a finger; there are three of them.
const TARGETS: (f64, f64) = (28.0, 44.0);

/// What has the focus in a row that is moved to.
pub(super) const NAME: &str = "[data-deed=open]";

/// The button that begins a view, or on cards the one that leads to it.
pub(super) const VIEW_AS: &str = ":is([data-deed=view-as], [data-deed=more])";

/// What somebody did in a row.
#[derive(Debug, Clone)]
pub(super) enum RowDeed {
    /// Pressed the name of the user, and has yet to let go.
    Press(UserId),
    /// Opened the user.
    Open(UserId),
    /// Selected the row, or no longer; with Shift, all from the last one selected to this one.
    Select {
        /// The row.
        row: usize,
        /// Whose it is.
        user: UserId,
        /// Whether Shift was held.
        range: bool,
    },
    /// Copied a link to the invitation.
    CopyLink(Box<UserRow>),
    /// Wants to view as the user.
    View(Box<UserRow>),
    /// Removed the user.
    Remove(Box<UserRow>),
    /// Asked what there is to do.
    More(Box<UserRow>),
}

/// The table of the users: its header orders them, its body holds the rows in view.
#[component]
pub(super) fn UsersTable(
    /// The rows.
    store: Store,
    /// Scrolls them.
    handle: ListHandle,
    /// The order asked for.
    #[prop(into)]
    sort: Signal<Sort>,
    /// Asks for another.
    #[prop(into)]
    on_sort: Callback<Sort>,
    /// Is told which rows are in view.
    #[prop(into)]
    on_range: Callback<Range<usize>>,
    /// How the reader likes it.
    layout: Layout,
    /// Who is selected.
    selection: Selection,
    /// The user whose panel is open.
    #[prop(into)]
    open: Signal<Option<UserId>>,
    /// The number of the page, from 1, where the list is shown in plain pages.
    #[prop(into)]
    page: Signal<Option<u32>>,
    /// The address at which a user is open.
    href: Callback<UserId, String>,
    /// Does what was done in a row.
    #[prop(into)]
    on_deed: Callback<RowDeed>,
) -> impl IntoView {
    let language = use_language();
    let reader = use_reader();
    let (table, head_row) = (NodeRef::<html::Table>::new(), NodeRef::<html::Tr>::new());
    let is_beside = Memo::new(move |_| open.read().is_some());
    let width = foreseen(use_size(table).0, is_beside);
    let row_width = foreseen(use_size(head_row).0, is_beside);
    let row_width = Signal::derive(move || if is_server() { DRAWN_WIDTH } else { row_width.get() });
    let is_cards = Memo::new(move |_| width.get() > 0.0 && width.get() <= CARDS_BELOW);
    let columns = Memo::new(move |_| {
        let width = if width.get() > 0.0 { width.get() } else { f64::INFINITY };
        columns::visible(&layout.choices.read(), width, sort.get().key)
    });
    let made = Memo::new(move |_| columns::made(&layout.choices.read(), sort.get().key));
    let actions = actions_width(is_coarse());
    // A card gives its chips its own width, less its margins, the avatar and the button.
    let in_card = move || width.get() - 102.0;
    let width_of =
        move |column| columns::width_of(column, &columns.read(), width.get(), row_width.get(), actions);
    let look = Look {
        language,
        font: Memo::new(move |_| table.get().map(|table| chip_font(&table)).unwrap_or_default()).into(),
        roles_width: Memo::new(move |_| if is_cards.get() { in_card() } else { width_of(Column::Roles) })
            .into(),
        environments_width: Memo::new(move |_| {
            if is_cards.get() { in_card() / 2.0 } else { width_of(Column::Environments) }
        })
        .into(),
        lock: Lock::of_everything(),
        selection,
        reader,
        layout,
        columns: made.into(),
        href,
    };
    let count = Memo::new(move |_| {
        store.rows.with(|rows| rows.as_ref().map_or(SKELETONS, |rows| rows.total.value as usize))
    });
    let row = move |at: usize| store.rows.with(|rows| rows.as_ref()?.get(at));
    let row_cells = move |at: Signal<usize>| cells::row(store, at, look);
    let is_first = Memo::new(move |_| store.rows.with(Option::is_none));
    let marks = move |at: usize| {
        // Before the first have come, the cells themselves show that they are awaited.
        let Some(row) = row(at) else { return if is_first.get() { "" } else { "awaited" } };
        match (selection.selected.with(|selected| selected.has(row.id)), open.get() == Some(row.id)) {
            (true, true) => "selected open",
            (true, false) => "selected",
            (false, true) => "open",
            (false, false) => "",
        }
    };
    let row_height =
        Signal::derive(move || if is_cards.get() { CARD_HEIGHT } else { layout.density.get().row_height() });
    let is_busy = Signal::derive(move || store.is_awaited.get() || store.rows.with(Option::is_none));

    // One listener for all rows: a row that is used again needs none of its own.
    let row_at = move |event: &web_sys::Event| {
        let at = row_of(event.target())?;
        let row = store.rows.with_untracked(|rows| rows.as_ref()?.get(at))?;
        Some((at, row))
    };
    let on_click = move |event: MouseEvent| {
        let Some(control) = control(&event) else { return };
        let Some((at, row)) = row_at(&event) else { return };
        if control.get_attribute("aria-disabled").as_deref() == Some("true") {
            event.prevent_default();
            return;
        }
        let deed = match control.get_attribute("data-deed").as_deref() {
            Some("open") if is_plain(&event) => {
                event.prevent_default();
                RowDeed::Open(row.id)
            }
            Some("select") => RowDeed::Select { row: at, user: row.id, range: event.shift_key() },
            Some("copy-link") => RowDeed::CopyLink(Box::new((*row).clone())),
            Some("view-as") => RowDeed::View(Box::new((*row).clone())),
            Some("remove") => RowDeed::Remove(Box::new((*row).clone())),
            Some("more") => RowDeed::More(Box::new((*row).clone())),
            _ => return,
        };
        on_deed.run(deed);
    };
    let on_pointerdown = move |event: PointerEvent| {
        let is_name = |control: &Element| control.get_attribute("data-deed").as_deref() == Some("open");
        if is_plain(&event)
            && control(&event).as_ref().is_some_and(is_name)
            && let Some((_, row)) = row_at(&event)
        {
            on_deed.run(RowDeed::Press(row.id));
        }
    };
    // While the name of a user has the focus, the keys that scroll move from name to name.
    let on_keydown = move |event: KeyboardEvent| {
        let Some(control) = control(&event) else { return };
        let deed = control.get_attribute("data-deed");
        let is_select = deed.as_deref() == Some("select") && event.shift_key();
        let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
        if has_modifier || !(deed.as_deref() == Some("open") || is_select) {
            return;
        }
        let (Some(at), Some(last)) = (row_of(event.target()), count.get_untracked().checked_sub(1)) else {
            return;
        };
        let page = handle.page().saturating_sub(1).max(1);
        let to = match event.key().as_str() {
            "ArrowDown" => at + 1,
            "ArrowUp" => at.saturating_sub(1),
            "PageDown" => at + page,
            "PageUp" => at.saturating_sub(page),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        let to = to.min(last);
        focus_row(handle, to, if is_select { "[data-deed=select]" } else { "[data-deed=open]" });
        if is_select && let Some(row) = store.rows.with_untracked(|rows| rows.as_ref()?.get(to)) {
            on_deed.run(RowDeed::Select { row: to, user: row.id, range: true });
        }
    };

    view! {
        <table
            class="users-table"
            part="table"
            role="table"
            aria-label=messages::users(language)
            data-sort=move || sort.get().key.wire_name()
            data-density=move || layout.density.get().slug()
            data-selecting=move || selection.selected.with(|selected| *selected != Selected::Nobody).then_some("")
            aria-rowcount=move || {
                let count = |rows: &super::rows::Rows| {
                    if rows.total.exact { i64::from(rows.total.value) + 1 } else { -1 }
                };
                store.rows.with(|rows| rows.as_ref().map_or(-1, count).to_string())
            }
            aria-colcount=move || layout.places().to_string()
            data-without=move || columns::hidden(&made.read(), &columns.read())
            style:--su-columns=move || columns::template(&columns.read(), width.get(), actions)
            style:--su-column-gap=move || format!("{}px", columns::gap(width.get()))
            node_ref=table
            on:pointerdown=on_pointerdown
            on:click=on_click
            on:keydown=on_keydown
        >
            <HeadRow store selection layout columns=made.into() sort on_sort row=head_row />
            {move || match page.get() {
                // What is drawn without a browser knows no heights: the rows stand one below the other.
                None if is_server() => {
                    view! { <PlainRows store look page=1 on_range marks is_busy most=DRAWN /> }.into_any()
                }
                None => {
                    view! {
                        <VirtualRows
                            handle
                            rows=count
                            row_height
                            class="users-table__body"
                            row_class="users-table__row"
                            label=Signal::stored(messages::users(language).to_string())
                            is_busy
                            on_range
                            marks
                            cells=row_cells
                        />
                    }
                        .into_any()
                }
                Some(page) => view! { <PlainRows store look page on_range marks is_busy /> }.into_any(),
            }}
        </table>
    }
}

/// Brings a row into view, and gives the focus to what the selector finds in it, once it is there.
pub(super) fn focus_row(handle: ListHandle, row: usize, selector: &'static str) {
    handle.reveal(row);
    focus_row_in_view(handle, row, selector);
}

/// The same, where the row is in view already and nothing is to be scrolled.
pub(super) fn focus_row_in_view(handle: ListHandle, row: usize, selector: &'static str) {
    if !handle.focus(row, selector) {
        // The rows in view are made after what happens now, and before the next frame.
        request_animation_frame(move || {
            if !handle.focus(row, selector) {
                request_animation_frame(move || {
                    handle.focus(row, selector);
                });
            }
        });
    }
}

/// The control of a row that something happened to.
fn control(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest("[data-deed]").ok()?
}

/// Whether a click opens here, rather than in another tab or window.
fn is_plain(event: &MouseEvent) -> bool {
    event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
}

/// What a sheet says of the columns where nothing is measured.
#[cfg(not(target_family = "wasm"))]
pub(super) fn drawn_sheet(scope: &str) -> String {
    columns::sheet(scope, (actions_width(false), actions_width(true)))
}

/// How wide the last column is, in px.
fn actions_width(is_coarse: bool) -> f64 {
    let (fine, coarse) = TARGETS;
    3.0 * if is_coarse { coarse } else { fine } + 8.0
}

/// Whether rows are touched by fingers.
fn is_coarse() -> bool {
    !is_server()
        && window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}

/// The font in which chips and tags are measured: the table's own family, in their size.
fn chip_font(table: &Element) -> String {
    let family = window()
        .get_computed_style(table)
        .ok()
        .flatten()
        .and_then(|style| style.get_property_value("font-family").ok());
    format!("12px {}", family.unwrap_or_else(|| "sans-serif".into()))
}
