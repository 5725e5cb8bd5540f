use web_sys::{Element, HtmlElement, Node};

use super::ROWS;
use crate::ui::focus::active_element;
use crate::ui::query::query_all;

/// Sorts the DOM rows of a `<tbody>` by `aria-rowindex`, with as few moves as possible.
///
/// The keyboard and screen readers follow DOM order. The row that contains the focus never moves: moving it would make
/// it lose the focus.
pub(super) fn sort_rows(body: &Element) {
    let rows = query_all(body, ROWS).into_iter().enumerate();
    let rows: Vec<_> = rows.map(|(index, row)| (row_index(&row), index, row)).collect();
    if rows.is_sorted_by_key(|(row_index, ..)| *row_index) {
        return;
    }
    let mut before: Option<Node> = rows.last().and_then(|(.., last)| last.next_sibling());
    let rows = sorted(rows);
    let active = active_element(body);
    let pinned =
        rows.iter().position(|(.., row)| active.as_ref().is_some_and(|active| row.contains(Some(active))));
    let positions: Vec<_> = rows.iter().map(|(_, index, _)| *index).collect();
    let stays = longest_increasing_subsequence(&positions, pinned);
    // Inserts from the last row to the first, each before its successor.
    for ((.., row), stays) in rows.iter().zip(stays).rev() {
        if !stays {
            // `insertBefore` on a connected node moves the node.
            let _ = body.insert_before(row, before.as_ref());
        }
        before = Some(row.clone().into());
    }
}

/// Sorts the few rows by their index. The standard library's sort would add 4 KB of code for this type.
fn sorted(rows: Vec<(u32, usize, HtmlElement)>) -> Vec<(u32, usize, HtmlElement)> {
    let mut sorted = Vec::<(u32, usize, HtmlElement)>::with_capacity(rows.len());
    for row in rows {
        let index = sorted.partition_point(|(row_index, ..)| *row_index <= row.0);
        sorted.insert(index, row);
    }
    sorted
}

/// Marks the positions that can stay while the others move around them: a
/// [longest increasing subsequence](https://en.wikipedia.org/wiki/Longest_increasing_subsequence) that contains the
/// `pinned` index.
fn longest_increasing_subsequence(positions: &[usize], pinned: Option<usize>) -> Vec<bool> {
    let is_increasing = |from: usize, to: usize| positions[from] < positions[to];
    let can_stay = |index: usize| match pinned {
        Some(pinned) if index < pinned => is_increasing(index, pinned),
        Some(pinned) if index > pinned => is_increasing(pinned, index),
        _ => true,
    };
    // For each index: the length of the longest subsequence that ends there, and the index before it.
    let mut longest = vec![(0, None); positions.len()];
    for index in (0..positions.len()).filter(|&index| can_stay(index)) {
        let before = (0..index).filter(|&before| longest[before].0 > 0 && is_increasing(before, index));
        let before = before.max_by_key(|&before| longest[before].0);
        longest[index] = (before.map_or(0, |before| longest[before].0) + 1, before);
    }
    let mut stays = vec![false; positions.len()];
    let mut next = (0..positions.len()).max_by_key(|&index| longest[index].0);
    while let Some(index) = next {
        stays[index] = true;
        next = longest[index].1;
    }
    stays
}

fn row_index(row: &Element) -> u32 {
    row.get_attribute("aria-rowindex").and_then(|index| index.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staying(positions: &[usize], pinned: Option<usize>) -> Vec<usize> {
        let stays = longest_increasing_subsequence(positions, pinned);
        positions.iter().zip(stays).filter(|(_, stays)| *stays).map(|(position, _)| *position).collect()
    }

    #[test]
    fn moves_only_the_row_that_is_out_of_order() {
        assert_eq!(staying(&[4, 0, 1, 2, 3], None), [0, 1, 2, 3]);
        assert_eq!(staying(&[1, 2, 3, 4, 0], None), [1, 2, 3, 4]);
        assert_eq!(staying(&[], None), [0; 0]);
    }

    #[test]
    fn keeps_the_pinned_row_in_place() {
        assert_eq!(staying(&[4, 0, 1, 2, 3], Some(0)), [4]);
        assert_eq!(staying(&[3, 0, 4, 1, 2], Some(2)).last(), Some(&4));
    }
}
