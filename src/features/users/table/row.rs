use leptos::prelude::*;
use studio_users_domain::UserId;

use super::cells::{cells, placeholder};
use super::row_context::RowContext;
use crate::features::users::data::rows::CachedRow;
use crate::reactive::memo;
use crate::ui::Markup;

/// The user that a DOM row shows. The virtual list recycles DOM rows for other users.
#[derive(Clone, PartialEq)]
struct Shown {
    index: usize,
    /// The last row that was loaded. While the next one loads, the `awaited` mark hides it.
    row: Option<CachedRow>,
}

/// Describes the `<tr>` of the row at an index that can change, without its position.
pub(super) fn row(index: Signal<usize>, context: RowContext) -> impl Fn() -> Markup + Send + 'static {
    let RowContext { store, settings, selection, open, href } = context;
    let shown = memo(move |previous: Option<&Shown>| {
        let index = index.get();
        if let Some(previous) = previous
            && previous.index == index
            && store.can_defer(index)
        {
            return previous.clone();
        }
        let row = store.rows.with(|rows| rows.as_ref()?.get(index));
        Shown { index, row: row.or_else(|| previous.and_then(|previous| previous.row.clone())) }
    });
    let is_selected = move |user: UserId| selection.selected.with(|selected| selected.contains(user));
    let marks = move || {
        let Some(user) = store.rows.with(|rows| Some(rows.as_ref()?.get(index.get())?.id)) else {
            // During the initial load the skeleton cells show the state, so the row needs no mark.
            return if store.rows.with(Option::is_none) { "" } else { "awaited" };
        };
        match (is_selected(user), open.get() == Some(user)) {
            (true, true) => "selected open",
            (true, false) => "selected",
            (false, true) => "open",
            (false, false) => "",
        }
    };
    move || {
        let settings = settings.read();
        let cells = match &shown.read().row {
            Some(row) => {
                let is_selected =
                    move || shown.with(|shown| shown.row.as_ref().is_some_and(|row| is_selected(row.id)));
                cells(row, &settings, href.run(row.id), is_selected)
            }
            None => placeholder(&settings),
        };
        Markup::new("tr")
            .class("users-table__row")
            .set("role", "row")
            .live("data-marks", move || Some(marks().into()))
            .children(cells)
    }
}
