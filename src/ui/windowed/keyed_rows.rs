use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Mountable, Render};
use web_sys::{Element, Node};

use crate::reactive::effect;

/// A row for [`keyed_rows`]: its key, and two numbers for the view. They belong to the key if the second is set.
pub type KeyedRow = (u128, usize, Option<usize>);

/// A row in the DOM.
struct MountedRow {
    row: KeyedRow,
    state: AnyViewState,
    /// Disposes the signals of the row when it is dropped.
    _owner: Owner,
}

/// Renders a list of rows by their keys.
///
/// Unlike [`For`], it never moves a row in the DOM whose order among the others stays, so the row keeps the focus.
pub fn keyed_rows(
    rows: Arc<dyn Fn() -> Vec<KeyedRow> + Send + Sync>,
    view: Arc<dyn Fn(KeyedRow) -> AnyView + Send + Sync>,
) -> AnyView {
    let marker = NodeRef::<html::Template>::new();
    let mounted = StoredValue::new_local(Vec::<MountedRow>::new());
    let owner = Owner::current();
    effect(move |_| {
        let (Some(marker), Some(owner)) = (marker.get(), owner.as_ref()) else { return };
        let rows = rows();
        let new = |row| {
            let owner = owner.with(Owner::new);
            MountedRow { row, state: owner.with(|| untrack(|| view(row)).build()), _owner: owner }
        };
        mounted.update_value(|mounted| update(mounted, &rows, &marker, new));
    });
    // The rows are siblings of the marker, so they do not leave the DOM with it.
    on_cleanup(move || {
        let _ = mounted.try_update_value(|mounted| mounted.drain(..).for_each(|mut row| row.state.unmount()));
    });
    view! { <template node_ref=marker></template> }.into_any()
}

/// Removes, adds and moves rows after the marker, until they are the wanted ones.
fn update(
    mounted: &mut Vec<MountedRow>,
    wanted: &[KeyedRow],
    marker: &Node,
    new: impl Fn(KeyedRow) -> MountedRow,
) {
    let Some(parent) = marker.parent_element() else { return };
    let (mut kept, removed): (Vec<_>, Vec<_>) = std::mem::take(mounted)
        .into_iter()
        .partition(|mounted| wanted.iter().any(|row| key(*row) == key(mounted.row)));
    for mut row in removed {
        row.state.unmount();
    }
    let mut last = marker.clone();
    for &row in wanted {
        let index = kept.iter().position(|mounted| key(mounted.row) == key(row));
        let mut row = index.map_or_else(|| new(row), |index| kept.remove(index));
        let next = last.next_sibling();
        let first = row.state.elements().into_iter().next();
        if index.is_none() || first.as_ref().map(AsRef::<Node>::as_ref) != next.as_ref() {
            row.state.mount(&parent, next.as_ref());
        }
        if let Some(end) = row.state.elements().pop() {
            last = Element::into(end);
        }
        mounted.push(row);
    }
}

fn key((key, first, second): KeyedRow) -> (u128, Option<(usize, usize)>) {
    (key, second.map(|second| (first, second)))
}
