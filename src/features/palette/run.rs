use leptos::prelude::*;

use super::model::PaletteAction;
use crate::state::{
    DialogRequest, Dialogs, Filters, History, InvitationLinks, LinkCopy, Navigation, OpenUser, Route,
    UsersRoute, use_dialogs, use_invitation_links,
};

/// Executes the actions of the palette.
#[derive(Clone, Copy)]
pub(super) struct ActionRunner {
    dialogs: Dialogs,
    invitation_links: InvitationLinks,
    navigation: StoredValue<Navigation>,
}

impl ActionRunner {
    /// Reads its dependencies from the leptos context.
    pub(super) fn new() -> Self {
        Self {
            dialogs: use_dialogs(),
            invitation_links: use_invitation_links(),
            navigation: StoredValue::new(expect_context()),
        }
    }

    /// The route of the users list, or the default one while another page is open.
    pub(super) fn route(self) -> UsersRoute {
        self.navigation.with_value(|navigation| match navigation.route.get() {
            Route::Users(users) => users,
            _ => UsersRoute::default(),
        })
    }

    /// Closes the palette and executes the action. Call this within the key or click handler, because copying a link
    /// needs [transient activation](https://developer.mozilla.org/docs/Glossary/Transient_activation).
    pub(super) fn run(self, action: PaletteAction) {
        let route = untrack(|| self.route());
        match action {
            PaletteAction::View(row) => self.dialogs.open(DialogRequest::View(row)),
            PaletteAction::Remove(row) => self.dialogs.open(DialogRequest::Remove(row)),
            PaletteAction::Invite => self.dialogs.open(DialogRequest::Invite),
            PaletteAction::Removed => self.dialogs.open(DialogRequest::Removed),
            PaletteAction::UndeliveredMail => self.dialogs.open(DialogRequest::UndeliveredMail),
            PaletteAction::Jobs => self.dialogs.open(DialogRequest::Jobs),
            PaletteAction::Shortcuts => self.dialogs.open(DialogRequest::Shortcuts),
            PaletteAction::CopyLink(row) => {
                let name = row.label().to_owned();
                self.invitation_links.copy(LinkCopy { user: row.id, name, by_notice: true });
                self.dialogs.close();
            }
            PaletteAction::Open(id, tab) => {
                self.navigate(Route::Users(UsersRoute { open: Some(OpenUser { id, tab }), ..route }));
            }
            PaletteAction::FilterByNode(node) => self.navigate(Route::Users(route).with_node(Some(node))),
            PaletteAction::ClearFilters => {
                let page = route.page.map(|_| 1);
                self.navigate(Route::Users(UsersRoute { filters: Filters::default(), page, ..route }));
            }
            PaletteAction::SortBy(sort) => {
                let page = route.page.map(|_| 1);
                self.navigate(Route::Users(UsersRoute { sort, page, ..route }));
            }
            PaletteAction::Roles => self.navigate(Route::Roles),
        }
    }

    fn navigate(self, route: Route) {
        self.dialogs.close();
        self.navigation.with_value(|navigation| navigation.go(route, History::Push));
    }
}
