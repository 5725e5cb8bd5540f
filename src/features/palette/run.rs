use leptos::prelude::*;

use super::model::Deed;
use crate::state::{
    Ask, Asks, Filters, History, LinkCopy, Links, Navigation, OpenUser, Place, UsersPlace, use_asks,
    use_links,
};

/// Does what is chosen.
#[derive(Clone, Copy)]
pub(super) struct Runner {
    asks: Asks,
    links: Links,
    navigation: StoredValue<Navigation>,
}

impl Runner {
    /// Over what the page provides.
    pub(super) fn new() -> Self {
        Self { asks: use_asks(), links: use_links(), navigation: StoredValue::new(expect_context()) }
    }

    /// Where the list is; as by default while the reader is elsewhere.
    pub(super) fn place(self) -> UsersPlace {
        self.navigation.with_value(|navigation| match navigation.place.get() {
            Place::Users(users) => users,
            _ => UsersPlace::default(),
        })
    }

    /// Closes the palette and does it. To be called within the key press or the click, as a link may be copied.
    pub(super) fn run(self, deed: Deed) {
        let place = untrack(|| self.place());
        match deed {
            Deed::View(row) => self.asks.ask(Ask::View(row)),
            Deed::Remove(row) => self.asks.ask(Ask::Remove(row)),
            Deed::Invite => self.asks.ask(Ask::Invite),
            Deed::Removed => self.asks.ask(Ask::Removed),
            Deed::Shortcuts => self.asks.ask(Ask::Shortcuts),
            Deed::CopyLink(row) => {
                let name = row.label().to_owned();
                self.links.copy(LinkCopy { user: row.id, name, by_notice: true });
                self.asks.close();
            }
            Deed::Open(id, tab) => {
                self.go(Place::Users(UsersPlace { open: Some(OpenUser { id, tab }), ..place }));
            }
            Deed::OnlyIn(node) => self.go(Place::Users(place).with_node(Some(node))),
            Deed::ClearFilters => {
                let page = place.page.map(|_| 1);
                self.go(Place::Users(UsersPlace { filters: Filters::default(), page, ..place }));
            }
            Deed::SortBy(sort) => {
                let page = place.page.map(|_| 1);
                self.go(Place::Users(UsersPlace { sort, page, ..place }));
            }
            Deed::Roles => self.go(Place::Roles),
        }
    }

    fn go(self, place: Place) {
        self.asks.close();
        self.navigation.with_value(|navigation| navigation.go(place, History::Push));
    }
}
