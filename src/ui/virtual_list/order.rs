use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

use super::super::focus::active_element;

/// Puts the rows of a body in the order of their numbers, which is that of the keyboard and of screen readers, with as
/// few moves as possible. The row with the focus never moves, or it would lose it.
pub(super) fn sort_rows(body: &Element) {
    let Ok(found) = body.query_selector_all(":scope > [aria-rowindex]") else { return };
    let rows = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<Element>().ok());
    let mut rows: Vec<_> = rows.enumerate().map(|(at, row)| (number(&row), at, row)).collect();
    if rows.is_sorted_by_key(|(number, ..)| *number) {
        return;
    }
    let mut before: Option<Node> = rows.last().and_then(|(.., last)| last.next_sibling());
    rows.sort_by_key(|(number, ..)| *number);
    let active = active_element(body);
    let held =
        rows.iter().position(|(.., row)| active.as_ref().is_some_and(|active| row.contains(Some(active))));
    let places: Vec<_> = rows.iter().map(|(_, at, _)| *at).collect();
    let stays = longest_rising(&places, held);
    // From the last one to the first, each before the one that comes after it.
    for ((.., row), stays) in rows.iter().zip(stays).rev() {
        if !stays {
            // What stands in the page can be moved within it.
            let _ = body.insert_before(row, before.as_ref());
        }
        before = Some(row.clone().into());
    }
}

/// Which of these places can stay as they are, as the others are moved around them: the most that rise, and among them
/// one that has to.
fn longest_rising(places: &[usize], held: Option<usize>) -> Vec<bool> {
    let rises = |from: usize, to: usize| places[from] < places[to];
    let may_stay = |at: usize| match held {
        Some(held) if at < held => rises(at, held),
        Some(held) if at > held => rises(held, at),
        _ => true,
    };
    // For each place the longest row of places that ends with it, and the one before it in that.
    let mut longest = vec![(0, None); places.len()];
    for at in (0..places.len()).filter(|&at| may_stay(at)) {
        let before = (0..at).filter(|&before| longest[before].0 > 0 && rises(before, at));
        let before = before.max_by_key(|&before| longest[before].0);
        longest[at] = (before.map_or(0, |before| longest[before].0) + 1, before);
    }
    let mut stays = vec![false; places.len()];
    let mut next = (0..places.len()).max_by_key(|&at| longest[at].0);
    while let Some(at) = next {
        stays[at] = true;
        next = longest[at].1;
    }
    stays
}

fn number(row: &Element) -> u32 {
    row.get_attribute("aria-rowindex").and_then(|number| number.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staying(places: &[usize], held: Option<usize>) -> Vec<usize> {
        let stays = longest_rising(places, held);
        places.iter().zip(stays).filter(|(_, stays)| *stays).map(|(place, _)| *place).collect()
    }

    #[test]
    fn one_row_that_came_to_an_end_is_the_one_that_moves() {
        assert_eq!(staying(&[4, 0, 1, 2, 3], None), [0, 1, 2, 3]);
        assert_eq!(staying(&[1, 2, 3, 4, 0], None), [1, 2, 3, 4]);
        assert_eq!(staying(&[], None), [0; 0]);
    }

    #[test]
    fn who_is_held_stays_whatever_that_costs() {
        assert_eq!(staying(&[4, 0, 1, 2, 3], Some(0)), [4]);
        assert_eq!(staying(&[3, 0, 4, 1, 2], Some(2)).last(), Some(&4));
    }
}
