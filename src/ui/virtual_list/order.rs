use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

use super::super::focus::active_element;

/// Puts the rows of a body in the order of their numbers, which is that of the keyboard and of screen readers, with as
/// few moves as possible. The row with the focus never moves, or it would lose it.
pub(super) fn sort_rows(body: &Element) {
    let Ok(found) = body.query_selector_all(":scope > [aria-rowindex]") else { return };
    let rows = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<Element>().ok());
    let mut rows: Vec<(u32, Element)> = rows.map(|row| (number(&row), row)).collect();
    if rows.is_sorted_by_key(|(number, _)| *number) {
        return;
    }
    let end: Option<Node> = rows.last().and_then(|(_, last)| last.next_sibling());
    rows.sort_by_key(|(number, _)| *number);
    let active = active_element(body);
    let held =
        rows.iter().position(|(_, row)| active.as_ref().is_some_and(|active| row.contains(Some(active))));
    let put = |row: &Element, before: Option<&Node>| {
        if row.next_sibling().as_ref() != before {
            // What stands in the page can be moved within it.
            let _ = body.insert_before(row, before);
        }
    };
    // From the last one to the first, each before the one that comes after it.
    let after = held.map_or(0, |held| held + 1);
    let mut before = end;
    for (_, row) in rows[after..].iter().rev() {
        put(row, before.as_ref());
        before = Some(row.clone().into());
    }
    let mut before: Option<Node> = held.map(|held| rows[held].1.clone().into());
    for (_, row) in rows[..held.unwrap_or_default()].iter().rev() {
        put(row, before.as_ref());
        before = Some(row.clone().into());
    }
}

fn number(row: &Element) -> u32 {
    row.get_attribute("aria-rowindex").and_then(|number| number.parse().ok()).unwrap_or_default()
}
