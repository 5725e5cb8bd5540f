//! Where a list was scrolled to, and who had the focus, for when the reader comes back to it.

use std::cell::RefCell;

use studio_users_domain::UserId;

use super::model::List;

/// How many lists are remembered.
const LISTS: usize = 20;

/// Where a list was left.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Left {
    /// How many rows were scrolled past.
    pub(super) offset: f64,
    /// Whose row had the focus.
    pub(super) focus: Option<UserId>,
}

thread_local! {
    // It outlives the table: the reader may come back from another page of the studio.
    static LEFT: RefCell<Vec<(List, Left)>> = const { RefCell::new(Vec::new()) };
}

/// Remembers where a list was left.
pub(super) fn leave(list: &List, left: Left) {
    LEFT.with_borrow_mut(|lists| {
        lists.retain(|(other, _)| other != list);
        lists.push((list.clone(), left));
        if lists.len() > LISTS {
            lists.remove(0);
        }
    });
}

/// Where the list was left the last time.
pub(super) fn left(list: &List) -> Option<Left> {
    LEFT.with_borrow(|lists| lists.iter().find(|(other, _)| other == list).map(|(_, left)| *left))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Filters;

    #[test]
    fn the_lists_left_last_are_remembered() {
        let list = |number: usize| List {
            filters: Filters { search: number.to_string(), ..Filters::default() },
            ..List::default()
        };
        for number in 0..=LISTS {
            #[allow(clippy::cast_precision_loss, reason = "small numbers")]
            leave(&list(number), Left { offset: number as f64, focus: None });
        }
        assert_eq!(left(&list(0)), None);
        assert_eq!(left(&list(7)).map(|left| left.offset), Some(7.0));
        leave(&list(7), Left::default());
        assert_eq!(left(&list(7)), Some(Left::default()));
    }
}
