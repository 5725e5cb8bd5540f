use std::ops::Range;

use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent};
use leptos::html;
use leptos::leptos_dom::helpers::is_server;
use leptos::prelude::*;
use studio_users_contract::{Sort, UserRow};
use studio_users_domain::UserId;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::columns::{self, CARD_BREAKPOINT, Column, Layout};
use super::header::HeaderRow;
use super::paged_rows::PagedRows;
use super::panel_width::predict_width;
use super::row::row;
use super::row_context::{RowContext, RowSettings};
use crate::features::users::data::selection::{Selected, Selection};
use crate::features::users::data::store::UsersStore;
use crate::i18n::{messages, use_language};
use crate::reactive::memo;
use crate::state::{Lock, use_current_user, use_invitation_links};
use crate::ui::virtual_list::{ListHandle, VirtualRows, row_of};
use crate::ui::{pressed_key, use_size};

/// The height of a card with its bottom margin, in px. The stylesheet must match.
const CARD_HEIGHT: f64 = 112.0;
/// The number of skeleton rows while the first rows load.
const SKELETON_ROWS: usize = 12;
/// The row width, in px, used to fit the chips of prerendered rows: that of a small window.
const PRERENDERED_ROW_WIDTH: f64 = 1_168.0;
/// The width of one of the three action buttons, in px, with a fine and with a coarse pointer. The coarse width is
/// the minimum of [WCAG 2.5.5](https://www.w3.org/WAI/WCAG22/Understanding/target-size-enhanced.html).
const HIT_TARGET_WIDTHS: (f64, f64) = (28.0, 44.0);

/// The link in a row that receives the focus.
pub(crate) const NAME_LINK: &str = "[data-action=open]";

/// The button that starts an impersonation, or on cards the menu button that contains it.
pub(crate) const VIEW_AS_BUTTON: &str = ":is([data-action=view-as], [data-action=more])";

/// An action in a row.
#[derive(Debug, Clone)]
pub(crate) enum RowAction {
    /// Pointer down on the name. A click may follow, so the handler prefetches the user.
    Press(UserId),
    /// Opens the user.
    Open(UserId),
    /// Toggles the row. With Shift, selects the range from the last toggled row.
    Select {
        /// The row index, from 0.
        row: usize,
        /// The user of the row.
        user: UserId,
        /// Whether Shift was held.
        is_range: bool,
    },
    /// Copies the invitation link.
    CopyLink(Box<UserRow>),
    /// Opens the dialog that starts an impersonation.
    View(Box<UserRow>),
    /// Opens the removal dialog.
    Remove(Box<UserRow>),
    /// Opens the sheet with all actions.
    More(Box<UserRow>),
}

/// The users table, with a sortable header and a virtualized or paged body.
#[component]
pub(crate) fn UsersTable(
    store: UsersStore,
    /// Scrolls the rows.
    handle: ListHandle,
    /// The requested sort order.
    #[prop(into)]
    sort: Signal<Sort>,
    /// Requests another sort order.
    #[prop(into)]
    on_sort: Callback<Sort>,
    /// Receives the range of rows in view.
    #[prop(into)]
    on_range: Callback<Range<usize>>,
    layout: Layout,
    selection: Selection,
    /// The user whose panel is open.
    #[prop(into)]
    open: Signal<Option<UserId>>,
    /// The page number, from 1, of a paged list. `None` shows the virtual list.
    #[prop(into)]
    page: Signal<Option<u32>>,
    /// Returns the URL that opens a user.
    href: Callback<UserId, String>,
    /// Handles the actions of rows.
    #[prop(into)]
    on_action: Callback<RowAction>,
) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    let (table, header_row) = (NodeRef::<html::Table>::new(), NodeRef::<html::Tr>::new());
    let is_panel_open = memo(move |_| open.read().is_some());
    let width = predict_width(use_size(table).0, is_panel_open);
    let row_width = predict_width(use_size(header_row).0, is_panel_open);
    let row_width = Signal::derive(move || if is_server() { PRERENDERED_ROW_WIDTH } else { row_width.get() });
    let is_cards = memo(move |_| width.get() > 0.0 && width.get() <= CARD_BREAKPOINT);
    let columns = memo(move |_| {
        let width = if width.get() > 0.0 { width.get() } else { f64::INFINITY };
        columns::visible(&layout.choices.read(), width, sort.get().key)
    });
    let rendered = memo(move |_| columns::rendered(&layout.choices.read(), sort.get().key));
    let actions = actions_width(is_coarse());
    // The width for chips in a card: its own width minus the margins, the avatar and the button.
    let in_card = move || width.get() - 102.0;
    let column_width =
        move |column| columns::column_width(column, &columns.read(), width.get(), row_width.get(), actions);
    let font = memo(move |_| table.get().map(|table| chip_font(&table)).unwrap_or_default());
    let (lock, copied_link) = (Lock::of_everything(), use_invitation_links().copied);
    let managed_environments = memo(move |_| current_user.read().managed_environments());
    let settings = memo(move |_| {
        let is_cards = is_cards.get();
        let with_index = |column| (column, layout.aria_colindex(column));
        RowSettings {
            language,
            font: font.get(),
            roles_width: if is_cards { in_card() } else { column_width(Column::Roles) },
            environments_width: if is_cards { in_card() / 2.0 } else { column_width(Column::Environments) },
            columns: rendered.get().into_iter().map(with_index).collect(),
            aria_colcount: layout.aria_colcount(),
            lock: lock.get(),
            copied_link: copied_link.get(),
            current_user: current_user.read().own_id(),
            managed_environments: managed_environments.get(),
        }
    });
    let context = RowContext { store, settings, selection, open, href };
    let count = memo(move |_| {
        store.rows.with(|rows| rows.as_ref().map_or(SKELETON_ROWS, |rows| rows.total.value as usize))
    });
    let row_markup = move |index: Signal<usize>| row(index, context);
    let row_height =
        Signal::derive(move || if is_cards.get() { CARD_HEIGHT } else { layout.density.get().row_height() });
    let is_busy = Signal::derive(move || store.is_loading.get() || store.rows.with(Option::is_none));

    // Event delegation: one listener on the table, so that recycled rows need no listeners of their own.
    let row_at = move |event: &web_sys::Event| {
        let index = row_of(event.target())?;
        let row = store.rows.with_untracked(|rows| rows.as_ref()?.get(index))?;
        Some((index, row))
    };
    // The user under the pointer when it was pressed.
    let pressed = StoredValue::new(None::<UserId>);
    let on_click = move |event: MouseEvent| {
        let Some(control) = control(&event) else { return };
        let Some((index, row)) = row_at(&event) else { return };
        // Ignores a click if the row got another user between pressing and releasing. `detail` is 0 without a pointer.
        let has_moved = event.detail() > 0 && pressed.get_value().is_some_and(|user| user != row.id);
        if has_moved || control.get_attribute("aria-disabled").as_deref() == Some("true") {
            event.prevent_default();
            return;
        }
        let action = match control.get_attribute("data-action").as_deref() {
            Some("open") if is_plain_click(&event) => {
                event.prevent_default();
                RowAction::Open(row.id)
            }
            Some("select") => RowAction::Select { row: index, user: row.id, is_range: event.shift_key() },
            Some("copy-link") => RowAction::CopyLink(Box::new((*row).clone())),
            Some("view-as") => RowAction::View(Box::new((*row).clone())),
            Some("remove") => RowAction::Remove(Box::new((*row).clone())),
            Some("more") => RowAction::More(Box::new((*row).clone())),
            _ => return,
        };
        on_action.run(action);
    };
    let on_pointerdown = move |event: PointerEvent| {
        pressed.set_value(row_at(&event).map(|(_, row)| row.id));
        let is_name = |control: &Element| control.get_attribute("data-action").as_deref() == Some("open");
        if is_plain_click(&event)
            && control(&event).as_ref().is_some_and(is_name)
            && let Some((_, row)) = row_at(&event)
        {
            on_action.run(RowAction::Press(row.id));
        }
    };
    // While a name has the focus, the arrow keys, Page Up, Page Down, Home and End move the focus from name to name. On a
    // checkbox, the same keys with Shift extend the selection.
    let on_keydown = move |event: KeyboardEvent| {
        let Some(control) = control(&event) else { return };
        let action = control.get_attribute("data-action");
        let is_select = action.as_deref() == Some("select") && event.shift_key();
        let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
        if has_modifier || !(action.as_deref() == Some("open") || is_select) {
            return;
        }
        let (Some(index), Some(last)) = (row_of(event.target()), count.get_untracked().checked_sub(1)) else {
            return;
        };
        let page = handle.rows_per_page().saturating_sub(1).max(1);
        let to = match pressed_key(&event).as_str() {
            "ArrowDown" => index + 1,
            "ArrowUp" => index.saturating_sub(1),
            "PageDown" => index + page,
            "PageUp" => index.saturating_sub(page),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        let to = to.min(last);
        focus_row(handle, to, if is_select { "[data-action=select]" } else { "[data-action=open]" });
        if is_select && let Some(row) = store.rows.with_untracked(|rows| rows.as_ref()?.get(to)) {
            on_action.run(RowAction::Select { row: to, user: row.id, is_range: true });
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
            data-selecting=move || selection.selected.with(|selected| *selected != Selected::Empty).then_some("")
            aria-rowcount=move || {
                let count = |rows: &crate::features::users::data::rows::Rows| {
                    if rows.total.exact { i64::from(rows.total.value) + 1 } else { -1 }
                };
                store.rows.with(|rows| rows.as_ref().map_or(-1, count).to_string())
            }
            aria-colcount=move || layout.aria_colcount().to_string()
            data-fits=move || (page.get().is_none() && handle.fits()).then_some("")
            data-without=move || columns::hidden_slugs(&rendered.read(), &columns.read())
            style:grid-template-columns=move || columns::grid_template(&columns.read(), width.get(), actions)
            style:column-gap=move || format!("{}px", columns::gap(width.get()))
            node_ref=table
            on:pointerdown=on_pointerdown
            on:click=on_click
            on:keydown=on_keydown
        >
            <HeaderRow store selection layout columns=rendered.into() sort on_sort row=header_row />
            {move || match page.get() {
                // Prerendering has no viewport height, so it uses normal flow instead of the virtual list.
                None if is_server() => {
                    view! { <PagedRows store context page=1 on_range is_busy /> }.into_any()
                }
                None => {
                    view! {
                        <VirtualRows
                            handle
                            rows=count
                            row_height
                            class="users-table__body"
                            label=Signal::stored(messages::users(language).to_string())
                            is_busy
                            on_range
                            row=row_markup
                        />
                    }
                        .into_any()
                }
                Some(page) => view! { <PagedRows store context page on_range is_busy /> }.into_any(),
            }}
        </table>
    }
}

/// Scrolls a row into view and focuses the match of the selector in it, once the row is rendered.
pub(crate) fn focus_row(handle: ListHandle, row: usize, selector: &'static str) {
    handle.scroll_into_view(row);
    focus_row_in_view(handle, row, selector);
}

/// Like [`focus_row`], but for a row that is already in view.
pub(crate) fn focus_row_in_view(handle: ListHandle, row: usize, selector: &'static str) {
    if !handle.focus(row, selector) {
        // The rows in view render after the current task and before the next frame.
        request_animation_frame(move || {
            if !handle.focus(row, selector) {
                request_animation_frame(move || {
                    handle.focus(row, selector);
                });
            }
        });
    }
}

/// The control (an element with `data-action`) that an event hit.
fn control(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest("[data-action]").ok()?
}

/// Whether a click opens the link in the same tab: the primary button without a modifier key.
fn is_plain_click(event: &MouseEvent) -> bool {
    event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
}

/// The column rules for the prerendered table. See [`columns::prerendered_css`].
#[cfg(not(target_family = "wasm"))]
pub(crate) fn prerendered_css(scope: &str) -> String {
    columns::prerendered_css(scope, (actions_width(false), actions_width(true)))
}

/// The width of the actions column, in px.
fn actions_width(is_coarse: bool) -> f64 {
    let (fine, coarse) = HIT_TARGET_WIDTHS;
    3.0 * if is_coarse { coarse } else { fine } + 8.0
}

/// Whether the primary pointer is coarse, such as a finger.
fn is_coarse() -> bool {
    !is_server()
        && window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}

/// The CSS font to measure chips and tags with: the font family of the table at the chip size.
fn chip_font(table: &Element) -> String {
    let family = window()
        .get_computed_style(table)
        .ok()
        .flatten()
        .and_then(|style| style.get_property_value("font-family").ok());
    format!("12px {}", family.unwrap_or_else(|| "sans-serif".into()))
}
