use leptos::prelude::*;
use studio_users_contract::Sort;
use studio_users_domain::UserId;

use super::Filters;

/// The maximum number of lists with a saved position.
const MAX_LISTS: usize = 20;

/// The scroll position and the focus of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ScrollPosition {
    /// The scroll offset, in rows.
    pub offset: f64,
    /// The user whose row had the focus.
    pub focus: Option<UserId>,
}

/// Saves the scroll position and the focused row of each list, and restores them on Back and Forward.
///
/// The page or the host's element owns it, because it outlives the table: the user may come back from another page of the
/// studio.
#[derive(Clone, Copy)]
pub struct ScrollMemory(StoredValue<Vec<((Filters, Sort), ScrollPosition)>>);

impl Default for ScrollMemory {
    fn default() -> Self {
        Self(StoredValue::new(Vec::new()))
    }
}

impl ScrollMemory {
    /// Saves the position of the list with these filters in this order. Drops the oldest position beyond 20 lists.
    pub fn save(self, filters: &Filters, sort: Sort, position: ScrollPosition) {
        let _ = self.0.try_update_value(|lists| {
            lists.retain(|((other, order), _)| other != filters || *order != sort);
            lists.push(((filters.clone(), sort), position));
            if lists.len() > MAX_LISTS {
                lists.remove(0);
            }
        });
    }

    /// Returns the saved position of a list.
    pub fn load(self, filters: &Filters, sort: Sort) -> Option<ScrollPosition> {
        let is_same = |(other, order): &(Filters, Sort)| other == filters && *order == sort;
        self.0.try_with_value(|lists| {
            lists.iter().find(|(list, _)| is_same(list)).map(|(_, position)| *position)
        })?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_only_the_most_recent_lists() {
        let owner = Owner::new();
        owner.set();
        let memory = ScrollMemory::default();
        let filters = |number: usize| Filters { search: number.to_string(), ..Filters::default() };
        let save = |number: usize, position| memory.save(&filters(number), Sort::default(), position);
        let load = |number: usize| memory.load(&filters(number), Sort::default());
        for number in 0..=MAX_LISTS {
            #[allow(clippy::cast_precision_loss, reason = "small numbers")]
            save(number, ScrollPosition { offset: number as f64, focus: None });
        }
        assert_eq!(load(0), None);
        assert_eq!(load(7).map(|position| position.offset), Some(7.0));
        save(7, ScrollPosition::default());
        assert_eq!(load(7), Some(ScrollPosition::default()));
    }

    #[test]
    fn keeps_the_positions_of_two_elements_apart() {
        let owner = Owner::new();
        owner.set();
        let (one, other) = (ScrollMemory::default(), ScrollMemory::default());
        one.save(&Filters::default(), Sort::default(), ScrollPosition { offset: 3.0, focus: None });
        assert_eq!(other.load(&Filters::default(), Sort::default()), None);
    }
}
