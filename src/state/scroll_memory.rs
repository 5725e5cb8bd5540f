use leptos::prelude::*;
use studio_users_domain::UserId;

use super::List;

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
pub struct ScrollMemory(StoredValue<Vec<(List, ScrollPosition)>>);

impl Default for ScrollMemory {
    fn default() -> Self {
        Self(StoredValue::new(Vec::new()))
    }
}

impl ScrollMemory {
    /// Saves the position of a list. Drops the oldest position if there are too many.
    pub fn save(self, list: &List, position: ScrollPosition) {
        let _ = self.0.try_update_value(|lists| {
            lists.retain(|(other, _)| other != list);
            lists.push((list.clone(), position));
            if lists.len() > MAX_LISTS {
                lists.remove(0);
            }
        });
    }

    /// Returns the saved position of a list.
    pub fn load(self, list: &List) -> Option<ScrollPosition> {
        self.0.try_with_value(|lists| {
            lists.iter().find(|(other, _)| other == list).map(|(_, position)| *position)
        })?
    }
}

#[cfg(test)]
mod tests {
    use super::super::Filters;
    use super::*;

    #[test]
    fn remembers_only_the_most_recent_lists() {
        let owner = Owner::new();
        owner.set();
        let memory = ScrollMemory::default();
        let list = |number: usize| {
            let filters = Filters { search: number.to_string(), ..Filters::default() };
            List { filters, ..List::default() }
        };
        let save = |number: usize, position| memory.save(&list(number), position);
        let load = |number: usize| memory.load(&list(number));
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
        one.save(&List::default(), ScrollPosition { offset: 3.0, focus: None });
        assert_eq!(other.load(&List::default()), None);
    }
}
